// Package photos is the pages of evidence, for every system: files are brought, looked at,
// covered, published, and held against one another.
//
//	album := photos.New(photos.Deps{…})              // one for the site; app makes it
//	album.Let("complaint", may)                      // each system says who may do what
//	form, err := album.Read(w, r, photos.Reading{…}) // a form that came with files
//	item, err := e.Attach(tx, …form.Hashes("photo")…)
//	@kit.PhotoField(album.Field(page, "complaint.photo", kit.PhotoField{…}))
//	@kit.Photos(page, album.Strip(page, items))
//	@kit.Compare(page, album.Beside(page, before, after))
//
// The addresses:
//
//	POST /photos/{kind}                 a script brings one file; JSON comes back
//	GET  /photos/{item}/{purpose}       thumb, screen or full, for those who may see it
//	GET  /photos/{item}/tile            its place in a strip, while it is being made ready
//	GET  /photos/{item}/original        asks why; the POST hands the original out
//	GET  /photos/{item}/published       what the public has, for everybody
//	GET  /photos/{item}/cover           paint over it, look at it, publish it, withdraw it
//	GET  /photos/{item}/covered/{v}     what the public would get
//	GET  /photos/{item}/erase           asks on what ground, and once more; the POST erases
//	GET  /photos/likenesses             what looks alike, for those who may say
//	GET  /photos/{item}/like/{other}    are these one picture?
//
// This package authorises nothing: the system does, by the gate that its [May] makes for
// who asks. What a system has not said may not be done. A file is streamed into the engine while it
// comes and never held in memory; what is wrong with one is said beside it, and those that
// came whole are not asked for again.
package photos

import (
	"net/http"
	"net/url"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// May is how a system answers: the gate at which somebody stands. It is asked in the
// transaction of what is done.
type May func(identity.Colleague) evidence.Gate

// Deps are what the pages stand on.
type Deps struct {
	Site     *web.Site
	Evidence func() (*evidence.Evidence, error) // or why it is away
	Who      func(*http.Request) (identity.Colleague, error)
}

// Album is the pages. Systems say what they let before the site is served.
type Album struct {
	Deps
	may map[string]May
}

// New returns the pages, of which nobody may do anything yet.
func New(d Deps) *Album { return &Album{Deps: d, may: map[string]May{}} }

// Let has a system say who may do what with its evidence.
func (a *Album) Let(system string, may May) { a.may[system] = may }

// Routes lists the addresses.
func (a *Album) Routes(mux *web.Mux) {
	mux.For("", "POST /photos/{kind}", a.bring)
	mux.For("", "GET /photos/{item}/{purpose}", a.rendition)
	mux.For("", "GET /photos/{item}/tile", a.tile)
	mux.For("", "GET /photos/{item}/original", a.askWhy)
	mux.For("", "POST /photos/{item}/original", a.original)
	mux.Open("GET /photos/{item}/published", a.published)

	mux.For("", "GET /photos/{item}/cover", a.cover)
	mux.For("", "POST /photos/{item}/cover", a.paint)
	mux.For("", "GET /photos/{item}/covered/{version}", a.covered)
	mux.For("", "POST /photos/{item}/publish", a.publish)
	mux.For("", "POST /photos/{item}/withdraw", a.withdraw)

	mux.For("", "GET /photos/{item}/erase", a.askErase)
	mux.For("", "POST /photos/{item}/erase", a.erase)

	mux.For("", "GET /photos/likenesses", a.likenesses)
	mux.For("", "GET /photos/{item}/like/{other}", a.like)
	mux.For("", "POST /photos/{item}/like/{other}", a.answer)
}

// visit is a request about an item by somebody who may do what they want with it.
type visit struct {
	evidence *evidence.Evidence
	by       evidence.Visitor
	item     evidence.Found
}

// enter reads the item of the address and asks whether who is there may do a thing with
// it. Where nobody is signed in it leads to where one signs in, and returns false.
func (a *Album) enter(w http.ResponseWriter, r *http.Request, do evidence.Act) (v visit, ok bool, err error) {
	if v.evidence, v.by, ok, err = a.visitor(w, r); !ok {
		return v, false, err
	}
	v.item, err = v.by.Find(r.Context(), do, r.PathValue("item"))
	return v, err == nil, nameless(err)
}

// visitor is somebody who is signed in, before the evidence of all systems.
func (a *Album) visitor(w http.ResponseWriter, r *http.Request) (e *evidence.Evidence, v evidence.Visitor, ok bool, err error) {
	who, ok, err := a.who(w, r)
	if !ok {
		return e, v, false, err
	}
	if e, err = a.Evidence(); err != nil {
		return e, v, false, err
	}
	return e, e.For(func(system string) evidence.Gate {
		if may := a.may[system]; may != nil {
			return may(who)
		}
		return nil
	}), true, nil
}

// who is somebody who is signed in. Others are led to where one signs in.
func (a *Album) who(w http.ResponseWriter, r *http.Request) (who identity.Colleague, ok bool, err error) {
	if who, err = a.Who(r); err != nil || who.SignedIn() {
		return who, err == nil, err
	}
	back := "/me"
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"back": {back}}.Encode(), http.StatusSeeOther)
	return who, false, nil
}

// nameless says of an item that is not there what a reader can use.
func nameless(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "没有这份材料。", "There is no such piece of evidence.").Because(err)
	}
	return err
}

// page begins a page about an item, which nothing keeps.
func (a *Album) page(r *http.Request, title lang.Text) web.Page {
	p := a.Site.Page(r, title)
	p.Private, p.Unlisted = true, true
	return p
}

// address of a page or picture of an item.
func address(item, what string) string { return "/photos/" + item + "/" + what }
