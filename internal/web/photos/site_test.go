package photos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// A system of a page: who has a case brings photos of it and sees them; another office
// publishes them and holds them against one another.
var rights = right.Declaration{
	System: "case",
	Rights: []right.Right{
		{Key: "case.work", Name: lang.Text{ZH: "办理", EN: "Work on it"}},
		{Key: "case.publish", Name: lang.Text{ZH: "公开", EN: "Publish it"}},
	},
	Roles: []right.Role{
		{Key: "case.unit", Name: lang.Text{ZH: "承办单位", EN: "Unit"}, Does: lang.Text{ZH: "办理", EN: "Works on cases"}, Rights: []string{"case.work"}, Way: right.ByPassword},
		{Key: "case.office", Name: lang.Text{ZH: "督办办公室", EN: "Office"}, Does: lang.Text{ZH: "督办", EN: "Looks after cases"}, Rights: []string{"case.work", "case.publish"}, Way: right.ByPassword},
	},
}

var kinds = []evidence.Kind{
	{Key: "case.photo", Name: lang.Text{ZH: "现场照片", EN: "Photo"}, Media: []picture.Media{picture.JPEG, picture.PNG, picture.WebP}, MaxBytes: 20 << 20},
	{Key: "case.paper", Name: lang.Text{ZH: "文件", EN: "Paper"}, MaxBytes: 4 << 20},
}

type site struct {
	url      string
	t        *testing.T
	db       *db.DB
	evidence *evidence.Evidence
	office   *identitytest.Office
}

func may(who identity.Colleague) evidence.Gate {
	return func(tx *db.Tx, a evidence.Asked) (evidence.Doer, error) {
		key := "case.work"
		if a.Do == evidence.ToPublish || a.Do == evidence.ToErase || a.Do == evidence.ToCompare {
			key = "case.publish"
		}
		by, err := who.Admit(tx, key, right.Nowhere)
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
}

func each(t *testing.T, f func(t *testing.T, s site)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, evidence.Schema}, func(t *testing.T, d *db.DB) { f(t, serve(t, d)) })
}

// here is a site on one engine, for what does not depend on it.
func here(t *testing.T) site {
	t.Helper()
	return serve(t, dbtest.Open(t, dbtest.SQLite(t), record.Schema, identity.Schema, evidence.Schema))
}

func serve(t *testing.T, d *db.DB) site {
	t.Helper()
	office := identitytest.Open(t, d, rights)
	e, err := evidence.Open(t.Context(), d, evidence.Options{Folder: t.TempDir(), Kinds: kinds})
	if err != nil {
		t.Fatal(err)
	}
	ws, err := web.New(web.Options{Reader: signin.Reader(office.Staff())})
	if err != nil {
		t.Fatal(err)
	}
	album := photos.New(photos.Deps{Site: ws, Evidence: func() (*evidence.Evidence, error) { return e, nil }, Who: signin.Who(office.Staff())})
	album.Let("case", may)
	mux := ws.NewMux()
	album.Routes(mux)
	c := casePages{album, ws, d, e, signin.Who(office.Staff())}
	mux.For("case.work", "GET /case/{id}", c.page)
	mux.For("case.work", "POST /case/{id}", c.post)
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	return site{server.URL, t, d, e, office}
}

// casePages is a page as a system makes one.
type casePages struct {
	album    *photos.Album
	site     *web.Site
	db       *db.DB
	evidence *evidence.Evidence
	who      func(*http.Request) (identity.Colleague, error)
}

func (c casePages) page(w http.ResponseWriter, r *http.Request) error {
	return c.show(w, r, photos.Form{}, web.Refusal{}, http.StatusOK)
}

func (c casePages) show(w http.ResponseWriter, r *http.Request, form photos.Form, wrong web.Refusal, status int) error {
	p := c.site.Page(r, lang.Text{ZH: "措施", EN: "Measure"})
	var items []evidence.Item
	if err := c.db.View(r.Context(), func(tx *db.Tx) (err error) {
		items, err = evidence.Items(tx, "case", r.PathValue("id"))
		return err
	}); err != nil {
		return err
	}
	var shown []photos.Shown
	for _, i := range items {
		shown = append(shown, photos.Shown{Item: i, Original: true, Publish: true, Erase: true})
	}
	in := kit.PhotoInput{Name: "photo", Label: p.T("现场照片", "Photos"), Error: wrong.Wrong("photo"), Camera: true}
	for _, i := range items {
		if i.State == evidence.Ready {
			in.Before = "/photos/" + i.ID + "/screen"
		}
	}
	field := c.album.Field(p, "case.photo", in, form)
	body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, `<h1>措施</h1><form class="stack" method="post" enctype="multipart/form-data">`)
		parts := []templ.Component{
			web.Field(web.Input{Name: "note", Label: p.T("说明", "Note"), Value: wrong.Value("note", "")}),
			kit.PhotoField(p, field), web.Submit(p.T("交上去", "Hand it in"), web.IconSave),
		}
		for _, part := range parts {
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		_, _ = io.WriteString(w, `</form>`)
		return kit.PhotoStrip(p, p.T("证据", "Evidence"), c.album.Strip(p, shown)).Render(ctx, w)
	})
	return p.WriteStatus(w, r, status, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Frame(p).Render(templ.WithChildren(ctx, body), w)
	}))
}

func (c casePages) post(w http.ResponseWriter, r *http.Request) error {
	who, err := c.who(r)
	if err != nil {
		return err
	}
	var by identity.Admitted
	if err := c.db.View(r.Context(), func(tx *db.Tx) (err error) {
		by, err = who.Admit(tx, "case.work", right.Nowhere)
		return err
	}); err != nil {
		return err
	}
	form, err := c.album.Read(w, r, photos.Reading{By: by.Person, Kinds: map[string]string{"photo": "case.photo"}})
	if err != nil {
		return err
	}
	err = form.Wrong()
	if form.Values.Get("note") == "" {
		err = errors.Join(err, fault.At("note", fault.New(fault.Invalid, "请写一句说明。", "Say what it is.")))
	}
	if err == nil {
		err = c.db.Update(r.Context(), func(tx *db.Tx) error {
			for _, hash := range form.Hashes("photo") {
				if _, err := c.evidence.Attach(tx, evidence.New{Hash: hash, Kind: "case.photo", System: "case", Subject: r.PathValue("id"), By: by.Sign, Person: by.Person}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		p := c.site.Page(r, lang.Text{})
		refused, other := p.Refused(form.Values, err)
		if other != nil {
			return other
		}
		return c.show(w, r, form, refused, refused.Status())
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}

// scene is a photograph of a place.
func scene(t testing.TB, seed uint64, size int) []byte {
	t.Helper()
	return encoded(t, evidencetest.Scene{Seed: seed, W: size, H: size * 3 / 4}.Draw())
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// part is a field of a multipart form; with a file's name it is a file.
type part struct {
	field, file string
	body        []byte
}

func text(field, value string) part { return part{field: field, body: []byte(value)} }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s site) send(session, method, path, kind string, body io.Reader, accept string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
	}
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{a.StatusCode, a.Header, string(b)}
}

func (s site) get(session, path string) answer {
	s.t.Helper()
	return s.send(session, http.MethodGet, path, "", http.NoBody, "text/html")
}

// post sends a form as a browser does.
func (s site) post(session, path string, fields ...string) answer {
	s.t.Helper()
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		b.WriteString("&" + fields[i] + "=" + strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", " ", "+", "#", "%23").Replace(fields[i+1]))
	}
	return s.send(session, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(b.String()), "text/html")
}

// hand sends a form with files as a browser does.
func (s site) hand(session, path, accept string, parts ...part) answer {
	s.t.Helper()
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		for _, p := range parts {
			var w io.Writer
			var err error
			if p.file != "" {
				w, err = form.CreateFormFile(p.field, p.file)
			} else {
				w, err = form.CreateFormField(p.field)
			}
			if err == nil {
				_, err = w.Write(p.body)
			}
			if err != nil {
				write.CloseWithError(err)
				return
			}
		}
		write.CloseWithError(form.Close())
	}()
	return s.send(session, http.MethodPost, path, form.FormDataContentType(), read, accept)
}

// items are those of a subject.
func (s site) items(subject string) (items []evidence.Item) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(tx *db.Tx) (err error) {
		items, err = evidence.Items(tx, "case", subject)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return items
}

// shot hands in a photo of a place and returns its item, ready.
func (s site) shot(session, subject string, photo []byte) evidence.Item {
	s.t.Helper()
	before := len(s.items(subject))
	if a := s.hand(session, "/case/"+subject, "text/html", text("note", "看"), part{"photo", "a.jpg", photo}); a.status != http.StatusSeeOther {
		s.t.Fatalf("handing in: %d %s", a.status, a.body)
	}
	s.develop()
	items := s.items(subject)
	if len(items) != before+1 {
		s.t.Fatalf("%d items, and %d before", len(items), before)
	}
	return items[len(items)-1]
}

func (s site) develop() {
	s.t.Helper()
	if _, err := s.evidence.Develop(s.t.Context(), 100); err != nil {
		s.t.Fatal(err)
	}
}

func decode[T any](t *testing.T, body string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// views counts the entries of an original that was seen, which the log has sealed.
func (s site) views(item string) (n int) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(tx *db.Tx) error {
		latest, err := record.Latest(tx, record.KindSealed, "", 100)
		if err != nil {
			return err
		}
		for _, entry := range latest {
			in, err := record.Inside(tx, entry)
			if err != nil {
				return err
			}
			if in.Kind == "evidence.viewed" && in.Subject == "evidence/"+item {
				n++
			}
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return n
}
