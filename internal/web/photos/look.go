package photos

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// rendition is a picture for those who may see it. A browser keeps it for itself and asks
// each time whether it may still show it.
func (a *Album) rendition(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToSee)
	if !ok {
		return err
	}
	purpose := evidence.Purpose(r.PathValue("purpose"))
	switch purpose {
	case evidence.Thumb, evidence.Screen, evidence.Full:
	default:
		return fault.New(fault.NotFound, "这个地址下没有照片。", "There is no picture at this address.")
	}
	if v.item.State == evidence.Pending {
		return pending()
	}
	b, err := v.evidence.Rendition(r.Context(), v.item.ID, purpose)
	if fault.KindOf(err) == fault.Late {
		return pending()
	}
	if err != nil {
		return err
	}
	return writePicture(w, r, b, "private, no-cache")
}

// pending is that a picture has come and cannot be seen yet: it can in a moment.
func pending() error {
	return fault.New(fault.Unavailable, "照片已收到，正在处理，请稍后再看。", "The photo has come and is being made ready: look again shortly.")
}

// published is what the public has of an item. A picture that is withdrawn is gone with
// the next question, so that nobody keeps it without asking.
func (a *Album) published(w http.ResponseWriter, r *http.Request) error {
	e, err := a.Evidence()
	if err != nil {
		return err
	}
	b, err := e.Public().Picture(r.Context(), r.PathValue("item"))
	if err != nil {
		return nameless(err)
	}
	return writePicture(w, r, b, "public, no-cache")
}

// writePicture answers with a JPEG that the engine encoded.
func writePicture(w http.ResponseWriter, r *http.Request, b []byte, keep string) error {
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Cache-Control", keep)
	h.Set("ETag", tag)
	h.Set("Content-Security-Policy", untouched)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", string(picture.JPEG))
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, err := web.Download(w).Write(b)
	return gone(err)
}

// gone drops the error of a reader who has left.
func gone(err error) error {
	if err != nil {
		return fmt.Errorf("photos: write: %w", err)
	}
	return nil
}

// untouched is the policy of what was brought: nothing in it runs, loads or links.
const untouched = "default-src 'none'; sandbox; frame-ancestors 'self'"

// why is the page that asks for the reason to see an original.
type whyView struct {
	web.Page
	form web.Refusal
	item evidence.Item
	tile kit.Photo
}

var whyTitle = lang.Text{ZH: "看原件", EN: "See the original"}

func (a *Album) askWhy(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToSeeOriginal)
	if !ok {
		return err
	}
	p := a.page(r, whyTitle)
	return p.Write(w, r, whyPage(whyView{Page: p, item: v.item.Item, tile: a.tileOf(p, v.item.Item)}))
}

// original hands out what came, as it came. It is never shown in a page nor with a type of
// its own: what is in it nobody has looked for.
func (a *Album) original(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToSeeOriginal)
	if !ok {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	o, err := v.by.Original(r.Context(), v.item.ID, r.PostForm.Get("why"))
	if err != nil {
		p := a.page(r, whyTitle)
		refused, other := p.Refused(r.PostForm, err)
		if other != nil {
			return other
		}
		return p.WriteStatus(w, r, refused.Status(), whyPage(whyView{Page: p, form: refused, item: v.item.Item, tile: a.tileOf(p, v.item.Item)}))
	}
	defer o.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(o.Size, 10))
	h.Set("Content-Disposition", "attachment; filename="+fileName(o.Item)+"; filename*=UTF-8''"+url.PathEscape("原件-"+fileName(o.Item)))
	h.Set("Content-Security-Policy", untouched)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, err = io.Copy(web.Download(w), o)
	return gone(err)
}

// fileName is what an original is saved as: by when it came, and nothing that tells of
// what it is about.
func fileName(i evidence.Item) string {
	suffix := map[picture.Media]string{picture.JPEG: ".jpg", picture.PNG: ".png", picture.WebP: ".webp", picture.PDF: ".pdf"}[i.Media]
	if suffix == "" {
		suffix = ".bin"
	}
	return web.When(i.At)[:10] + "-" + i.ID[len(i.ID)-6:] + suffix
}
