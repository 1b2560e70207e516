package photos

import (
	"image"
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Field completes a photo field with what its kind of evidence takes, said before
// anything is sent, and with the files of a form that comes back. Where evidence is away
// the field says so.
func (a *Album) Field(p web.Page, kind string, f kit.PhotoInput, form Form) kit.PhotoInput {
	wrong := 0
	for _, file := range form.Files(f.Name) {
		c := kit.ChosenFile{Name: file.Name}
		if file.Hash != "" {
			c.Value = file.value()
		}
		if file.Why != nil {
			c.Wrong, _ = fault.In(p.Lang, file.Why)
			wrong++
		}
		f.Chosen = append(f.Chosen, c)
	}
	if wrong > 0 { // why is said beside each
		f.Error = p.F("有 %d 个文件没有收下，原因在它旁边。", "%d of the files were not taken; why is said beside each.", wrong)
	}
	e, err := a.Evidence()
	var k evidence.Kind
	if err == nil {
		k, err = e.Kind(kind)
	}
	if err != nil {
		f.Hint, _ = fault.In(p.Lang, err)
		return f
	}
	f.Bytes, f.Bring = k.MaxBytes, "/photos/"+kind
	var names []string
	f.Accept, names = accepted(k)
	limit := p.F("每个最多 %d MB", "at most %d MB each", k.MaxBytes>>20)
	if k.MaxBytes < 1<<20 {
		limit = p.F("每个最多 %d KB", "at most %d KB each", k.MaxBytes>>10)
	}
	said := limit
	if len(names) > 0 {
		said = strings.Join(names, p.T("、", ", ")) + p.T("，", "; ") + limit
	}
	if f.Hint != "" {
		f.Hint += p.T("", " ")
	}
	f.Hint += said + p.T("。", ".")
	return f
}

// accepted is what an input offers, and how it is said. HEIC is offered since a script
// converts it.
func accepted(k evidence.Kind) (accept string, names []string) {
	if k.Opaque {
		return "", nil
	}
	media := k.Media
	if len(media) == 0 {
		media = []picture.Media{picture.JPEG, picture.PNG, picture.WebP, picture.PDF}
	}
	var types []string
	for _, m := range media {
		types = append(types, string(m))
		names = append(names, map[picture.Media]string{picture.JPEG: "JPEG", picture.PNG: "PNG", picture.WebP: "WebP", picture.PDF: "PDF"}[m])
		if m == picture.JPEG {
			types = append(types, "image/heic", "image/heif", ".heic", ".heif")
		}
	}
	return strings.Join(types, ","), names
}

// Shown is an item with what a reader may do with it, for a strip.
type Shown struct {
	evidence.Item
	Caption  string
	Original bool // they may see the original, with a reason
	Publish  bool // they may cover it and publish it
	Public   bool // it is published
	Erase    bool // they may erase it
}

// Strip is items for kit.PhotoStrip.
func (a *Album) Strip(p web.Page, items []Shown) (strip []kit.Photo) {
	for _, i := range items {
		tile := a.tileOf(p, i.Item)
		tile.Public = i.Public
		if i.Caption != "" {
			tile.Caption, tile.Alt = i.Caption, i.Caption
		}
		if i.Original {
			tile.Original = address(i.ID, "original")
		}
		if i.Publish {
			tile.Cover = address(i.ID, "cover")
		}
		if i.Erase && i.State != evidence.Erased {
			tile.Erase = address(i.ID, "erase")
		}
		strip = append(strip, tile)
	}
	return strip
}

// tileOf is an item in a strip.
func (a *Album) tileOf(p web.Page, i evidence.Item) kit.Photo {
	name := i.Kind
	if e, err := a.Evidence(); err == nil {
		if k, err := e.Kind(i.Kind); err == nil {
			name = k.Name.In(p.Lang)
		}
	}
	size := thumbSize(i)
	f := kit.Photo{Caption: name + p.T("，", ", ") + web.When(i.At), Alt: name, Width: size.X, Height: size.Y}
	switch i.State {
	case evidence.Ready:
		f.Src, f.Href = address(i.ID, string(evidence.Thumb)), address(i.ID, string(evidence.Screen))
	case evidence.Pending:
		f.State, f.Tile = kit.PhotoPending, address(i.ID, "tile")
	case evidence.Unreadable:
		f.State = kit.PhotoUnreadable
	case evidence.Only:
		f.State = kit.PhotoOnly
	case evidence.Erased:
		f.State = kit.PhotoErased
		f.Says = erasedSays(p, i)
	}
	if i.LostAt != nil {
		f.Lost = p.F("原件已丢失，%s 声明", "the original is lost, as was declared on %s", web.When(*i.LostAt)[:10])
	}
	return f
}

// thumbSize is how large the picture of a strip is.
func thumbSize(i evidence.Item) image.Point {
	if i.Width < 1 || i.Height < 1 {
		return image.Point{}
	}
	f := picture.Beside(image.Pt(i.Width, i.Height), image.Pt(i.Width, i.Height), min(picture.ThumbSide, max(i.Width, i.Height)))
	return f.Before
}

// tile answers with an item's place in a strip, for a page that shows it pending.
func (a *Album) tile(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToSee)
	if !ok {
		return err
	}
	p := a.page(r, lang.Text{})
	return p.Write(w, r, kit.PhotoIn(p, a.tileOf(p, v.item.Item)))
}

// Beside is two pictures of one place for kit.Compare. Both have to be ready.
func (a *Album) Beside(p web.Page, before, after evidence.Item) kit.Pair {
	f := picture.Beside(image.Pt(max(1, before.Width), max(1, before.Height)), image.Pt(max(1, after.Width), max(1, after.Height)), picture.ScreenSide)
	one := func(i evidence.Item, size image.Point, name string) kit.PairPicture {
		return kit.PairPicture{
			Src: address(i.ID, string(evidence.Screen)), Alt: name + p.T("，", ", ") + web.When(i.At),
			Name: name, Says: web.When(i.At), Width: size.X, Height: size.Y,
		}
	}
	return kit.Pair{
		Width: f.Box.X, Height: f.Box.Y,
		Before: one(before, f.Before, p.T("整改前", "Before")), After: one(after, f.After, p.T("整改后", "After")),
	}
}

// erasedSays is when an item was erased and why; empty where that was not kept.
func erasedSays(p web.Page, i evidence.Item) string {
	if i.GoneAt == nil {
		return ""
	}
	day := web.When(*i.GoneAt)[:10]
	if why := i.GoneWhy.Name().In(p.Lang); why != "" {
		return p.F("%[1]s 已删除：%[2]s", "Erased on %[1]s: %[2]s", day, why)
	}
	return p.F("%s 已删除", "Erased on %s", day)
}
