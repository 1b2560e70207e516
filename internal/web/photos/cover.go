package photos

import (
	"fmt"
	"image"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

var coverTitle = lang.Text{ZH: "遮盖和公开", EN: "Cover and publish"}

// coverView is the page on which a photo is covered, looked at and published.
type coverView struct {
	web.Page
	item    evidence.Item
	size    image.Point // of the picture that is painted on
	shapes  string      // that are painted already, as JSON
	version int         // to be looked at and confirmed; 0: it is being painted
	latest  bool        // the version is the latest
	public  bool        // it is published
	form    web.Refusal
	typed   string // the reason that was chosen
}

// reasons are why a published photo is withdrawn. They are public, so they are grounds
// and never a text in which somebody could be named.
var reasons = []struct {
	key  string
	text lang.Text
}{
	{"uncovered", lang.Text{ZH: "遮盖不够，还能认出人、车或门牌", EN: "It does not hide enough: somebody, a vehicle or a door can still be told"}},
	{"asked", lang.Text{ZH: "当事人要求", EN: "Somebody whom it concerns has asked for it"}},
	{"wrong", lang.Text{ZH: "发错了照片", EN: "It is the wrong photo"}},
	{"expired", lang.Text{ZH: "公开期满", EN: "The time for which it is published has passed"}},
}

func (v coverView) reasons() (choices []web.Choice) {
	for _, r := range reasons {
		choices = append(choices, web.Choice{Name: "reason", Value: r.key, Label: r.text.In(v.Lang), On: v.typed == r.key})
	}
	return choices
}

// coverOf is the page as an item is now.
func (a *Album) coverOf(r *http.Request, v visit) coverView {
	i := v.item
	size := image.Pt(max(1, i.Width), max(1, i.Height))
	c := coverView{Page: a.page(r, coverTitle), item: i.Item, shapes: "[]"}
	c.size = picture.Beside(size, size, min(picture.ScreenSide, max(size.X, size.Y))).Before
	if len(i.Covers) > 0 {
		c.shapes = i.Covers[0].Shapes
	}
	for _, cover := range i.Covers {
		c.public = c.public || cover.Published
	}
	c.Wide = true
	return c
}

func (a *Album) cover(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToPublish)
	if !ok {
		return err
	}
	if v.item.State != evidence.Ready {
		return notReady(v.item.State)
	}
	c := a.coverOf(r, v)
	if asked := r.URL.Query().Get("version"); asked != "" && len(v.item.Covers) > 0 {
		if c.version, err = version(asked); err != nil {
			return err
		}
		c.latest = c.version == v.item.Covers[0].Version
	}
	return c.Write(w, r, coverPage(c))
}

func notReady(s evidence.State) error {
	if s == evidence.Pending {
		return pending()
	}
	return fault.New(fault.NotFound, "这份材料没有可以遮盖的图像：只有处理好的照片才能公开。", "There is no picture of it to be covered: only a photo that is ready can be published.")
}

func version(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "没有这一版遮盖。", "There is no such version of what covers it.")
	}
	return n, nil
}

// paint keeps what was painted, or that there is nothing to hide, and leads to what the
// public would get.
func (a *Album) paint(w http.ResponseWriter, r *http.Request) error {
	return a.act(w, r, func(v visit) (to string, err error) {
		shapes := r.PostForm.Get("shapes")
		if r.PostForm.Get("nothing") != "" {
			shapes = "[]"
		} else if parsed, err := picture.ParseShapes(shapes); err != nil || len(parsed) == 0 {
			return "", fault.At("shapes", fault.New(fault.Invalid, "还没有遮住任何地方。请先涂抹；确实没有要遮的，请用下面的“没有要遮的”。",
				"Nothing is covered yet. Paint over something first; if there is nothing to hide, say so below.").Because(err))
		}
		n, err := v.by.Paint(r.Context(), v.item.ID, shapes)
		return fmt.Sprintf("%s?version=%d", address(v.item.ID, "cover"), n), err
	})
}

// publish confirms a version, which the public has from then on.
func (a *Album) publish(w http.ResponseWriter, r *http.Request) error {
	return a.act(w, r, func(v visit) (to string, err error) {
		n, err := version(r.PostForm.Get("version"))
		if err != nil {
			return "", err
		}
		return address(v.item.ID, "cover"), v.by.Publish(r.Context(), v.item.ID, n)
	})
}

func (a *Album) withdraw(w http.ResponseWriter, r *http.Request) error {
	return a.act(w, r, func(v visit) (to string, err error) {
		for _, reason := range reasons {
			if reason.key == r.PostForm.Get("reason") {
				return address(v.item.ID, "cover"), v.by.Withdraw(r.Context(), v.item.ID, reason.key)
			}
		}
		return "", fault.At("reason", fault.New(fault.Invalid, "请选择为什么撤下：这会公开记录。", "Choose why it is withdrawn: that is put on the public record."))
	})
}

// act does something to an item and leads on, or shows the page again with why not.
func (a *Album) act(w http.ResponseWriter, r *http.Request, do func(visit) (to string, err error)) error {
	v, ok, err := a.enter(w, r, evidence.ToPublish)
	if !ok {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	to, err := do(v)
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	c := a.coverOf(r, v)
	refused, other := c.Refused(r.PostForm, err)
	if other != nil {
		return other
	}
	c.form, c.typed = refused, r.PostForm.Get("reason")
	if shapes := r.PostForm.Get("shapes"); shapes != "" {
		if _, err := picture.ParseShapes(shapes); err == nil {
			c.shapes = shapes
		}
	}
	return c.WriteStatus(w, r, refused.Status(), coverPage(c))
}

// covered is what the public would get.
func (a *Album) covered(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToPublish)
	if !ok {
		return err
	}
	n, err := version(r.PathValue("version"))
	if err != nil {
		return err
	}
	b, err := v.by.Covered(r.Context(), v.item, n)
	if err != nil {
		return err
	}
	return writePicture(w, r, b, "private, no-cache")
}
