package register

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Many is the pages on which many stations are changed together.
type Many struct {
	*Pages
	long *longAct
}

// Many returns these pages.
func (p *Pages) Many() Many { return Many{p, &longAct{}} }

// manyPage is what an act on many stations would do, and asks for the yes to it. The
// address says all of it but the reason:
//
//	do     pause, reopen, hours or host
//	to     what hours or host become
//	code   a station, as often as wanted; or
//	all    all that the filter of the list chooses, which is in the address too
//	from   how many changes the pages before have shown
type manyPage struct {
	web.Page
	query   url.Values
	act     station.Act
	chosen  bool // stations are
	preview station.Preview
	from    int
	why     string
	form    web.Refusal
}

const (
	manyChange = "/stations/many/change"
	manyActs   = "/stations/many/acts"
	manyRows   = 20
)

var manyTitle = lang.Text{ZH: "批量修改", EN: "Change many"}

// Preview answers GET /stations/many/change.
func (p Many) Preview(w http.ResponseWriter, r *http.Request) error {
	v, err := p.many(r)
	if err != nil {
		return err
	}
	return p.showMany(w, r, v, nil)
}

// many reads an act from the address.
func (p Many) many(r *http.Request) (v manyPage, err error) {
	v = manyPage{Page: p.Site.Page(r, manyTitle), query: r.URL.Query()}
	v.Wide, v.Unlisted, v.Private = true, true, true
	do, ok := station.ParseDoing(v.query.Get("do"))
	if v.query.Get("do") != "" && !ok {
		return v, words.UnknownChoice("do", v.query.Get("do"))
	}
	v.act = station.Act{Do: do, To: v.query.Get("to")}
	v.from, _ = strconv.Atoi(v.query.Get("from"))
	v.from = max(0, v.from)
	switch {
	case v.query.Get("all") != "":
		v.act.Filter, err = p.listed(v.query)
		v.chosen = true
	case v.query.Has("code"):
		v.act.Codes, v.chosen = v.query["code"], true
		if len(v.act.Codes) > station.MaxPage {
			err = fault.New(fault.Invalid, "一次最多点选 %d 站；更多的请用筛选。", "At most %d stations can be picked one by one; filter for more.", station.MaxPage)
		}
	}
	return v, err
}

// asked reports whether all is said that an act has to say.
func (v manyPage) asked() bool { return v.chosen && (!v.act.Do.Says() || v.query.Has("to")) }

// showMany shows what an act would do, and why it was not done, if it was not.
func (p Many) showMany(w http.ResponseWriter, r *http.Request, v manyPage, refused error) error {
	status := http.StatusOK
	show := func(err error) (other error) {
		if v.form, other = v.Refused(r.Form, err); other == nil {
			status = v.form.Status()
		}
		return other
	}
	if refused != nil {
		if err := show(refused); err != nil {
			return err
		}
	}
	if v.asked() {
		who, err := p.Who(r)
		if err != nil {
			return err
		}
		v.preview, err = p.Stations.Preview(r.Context(), who, v.act, v.from, manyRows)
		if fault.KindOf(err) == fault.Denied {
			return err
		}
		if err != nil {
			if err = show(err); err != nil {
				return err
			}
		}
	}
	return v.WriteStatus(w, r, status, manyView(v))
}

// Apply answers POST /stations/many/change: the yes to a preview. What takes long goes on
// behind the page that it leads to.
func (p Many) Apply(w http.ResponseWriter, r *http.Request) error {
	v, err := p.many(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v.why = r.PostForm.Get("why")
	revision, notRevision := strconv.ParseInt(r.PostForm.Get("revision"), 10, 64)
	changes, notChanges := strconv.Atoi(r.PostForm.Get("changes"))
	if errors.Join(notRevision, notChanges) != nil || !v.asked() {
		return fault.New(fault.Invalid, "不知道您确认的是哪一次预览：请回到名册重新选。", "It is not clear which preview you say yes to: choose again in the register.")
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	act, err := p.long.do(r.Context(), changes, func(ctx context.Context) (int64, error) {
		return p.Stations.Apply(ctx, who, v.act, station.Seen{Revision: revision, Changes: changes}, v.why)
	})
	if err != nil {
		return p.showMany(w, r, v, err)
	}
	http.Redirect(w, r, actPath(act), http.StatusSeeOther)
	return nil
}

func unreadable(err error) error {
	return fault.New(fault.Invalid, "表单读不懂，请重新打开这一页再填。", "The form cannot be read. Open the page again and fill it in.").Because(err)
}

// actPath is where an act is told; 0 is one that still goes on.
func actPath(number int64) string {
	if number == 0 {
		return manyActs
	}
	return manyActs + "/" + strconv.FormatInt(number, 10)
}

// address is that of this page with one part of it changed.
func (v manyPage) address(name, value string) string {
	q := ask.Without(v.query, name)
	if value != "" {
		q.Set(name, value)
	}
	return manyChange + "?" + q.Encode()
}

// back is the list that the stations were chosen in.
func (v manyPage) back() string {
	return ask.AddressWith("/stations", v.query, append(filters, "sort"), "", "")
}

// sentence says what an act does to how many.
func sentence(l lang.Lang, do station.Doing, n int, to string) string {
	count := words.Count(int64(n))
	switch do {
	case station.Pause:
		return l.F("%s 站暂停开放", "pause %s stations", count)
	case station.Reopen:
		return l.F("%s 站恢复开放", "reopen %s stations", count)
	case station.SetHours, station.SetHost:
	}
	name := do.Field().Name().In(l)
	if to == "" {
		return l.F("%[2]s 站的%[1]s改回原来的", "put the %[1]s of %[2]s stations back", name, count)
	}
	return l.F("%[2]s 站的%[1]s改成“%[3]s”", "set the %[1]s of %[2]s stations to “%[3]s”", name, count, to)
}

// leftWords say why stations are left as they are.
var leftWords = [...]lang.Text{
	station.LeftSame:      {ZH: "已经是这样", EN: "are so already"},
	station.LeftNoRight:   {ZH: "不在您负责的范围", EN: "are not where you are responsible"},
	station.LeftCandidate: {ZH: "是候选，还不是站", EN: "are candidates, not stations yet"},
	station.LeftChanged:   {ZH: "刚被别人改过", EN: "have just been changed by somebody else"},
	station.LeftGone:      {ZH: "已不在名册", EN: "are no longer in the register"},
}

// pages lead through the changes.
func (v manyPage) pages() kit.Pages {
	last := v.from + len(v.preview.Rows)
	l := kit.Pages{Shown: v.F("第 %s–%s 站，共 %s 站", "%s–%s of %s", words.Count(int64(v.from+1)), words.Count(int64(last)), words.Count(int64(v.preview.Changes)))}
	if v.from > 0 {
		l.First = v.address("from", "")
	}
	if last < v.preview.Changes {
		l.Next = v.address("from", strconv.Itoa(last))
	}
	return l
}

// texts are the field of a change before and after.
func (v manyPage) texts(c station.Changing) (before, after string) {
	f := v.act.Do.Field()
	return page.OrNothing(v.Lang, c.Before.Sheet(v.Lang)[f]), page.OrNothing(v.Lang, c.After.Sheet(v.Lang)[f])
}

// value is the field that says what is written.
func (v manyPage) value() web.Input {
	in := web.Input{Name: "to", Label: v.F("%s改成", "New %s", v.act.Do.Field().Name().In(v.Lang)), Value: v.act.To, Error: v.form.Wrong("to"), Required: true}
	if v.act.Do == station.SetHours {
		in.Hint = v.T("照门上写的填，如 周一至周五 9:00-17:00", "As on the door: Mo-Fr 09:00-17:00")
	}
	return in
}
