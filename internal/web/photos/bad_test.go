package photos_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// huge is a PNG of a few hundred bytes whose header promises 30,000 × 30,000 pixels.
func huge() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(body)))
		in := append([]byte(kind), body...)
		b.Write(in)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(in))
	}
	chunk("IHDR", []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0})
	chunk("IDAT", make([]byte, 300))
	chunk("IEND", nil)
	return b.Bytes()
}

// What is too large is told after all of it has come, in the form with everything else
// that was typed and brought, and by a script in a sentence.
func TestFilesThatAreTooLarge(t *testing.T) {
	s := here(t)
	unit := s.office.SignIn("case.unit")
	sixty := append(scene(t, 1, 640), make([]byte, 60<<20)...)
	a := s.hand(unit, "/case/1", "text/html", text("note", "两张太大"), part{"photo", "长.jpg", sixty}, part{"photo", "广告.png", huge()}, part{"photo", "好.jpg", scene(t, 2, 640)})
	if a.status != http.StatusUnprocessableEntity || len(s.items("1")) != 0 {
		t.Fatalf("%d, %d items", a.status, len(s.items("1")))
	}
	for _, want := range []string{`value="两张太大"`, "文件太大：“现场照片”最多 20 MB", "30000×30000 像素，太大", "好.jpg"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the form does not say %s", want)
		}
	}
	if strings.Count(a.body, `type="checkbox" name="photo"`) != 1 {
		t.Error("what came whole is asked for again")
	}
	a = s.hand(unit, "/photos/case.photo", "application/json", part{"file", "长.jpg", sixty})
	if got := decode[struct{ Detail string }](t, a.body); a.status != http.StatusUnprocessableEntity || !strings.Contains(got.Detail, "20 MB") {
		t.Errorf("%d %s", a.status, a.body)
	}
	// A form that takes no files takes no more than any other.
	if a := s.hand(unit, "/photos/x/original", "application/json", text("why", strings.Repeat("看", 1<<20))); a.status == http.StatusOK {
		t.Errorf("%d", a.status)
	}
}

// A PDF may be a program: it is handed out as an attachment that runs nowhere, and is
// never a picture.
func TestAPaperIsOnlyHandedOut(t *testing.T) {
	s := here(t)
	unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
	program := []byte("%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n<script>alert(1)</script>\n%%EOF\n")
	a := s.hand(unit, "/photos/case.paper", "application/json", part{"file", "报告.pdf", program})
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	taken := decode[struct{ Hash string }](t, a.body)
	var item evidence.Item
	person := s.office.Who(unit).Person
	if err := s.db.Update(t.Context(), func(tx *db.Tx) (err error) {
		item, err = s.evidence.Attach(tx, evidence.New{Hash: taken.Hash, Kind: "case.paper", System: "case", Subject: "1", By: "unit", Person: person})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	at := "/photos/" + item.ID
	for path, session := range map[string]string{"/thumb": unit, "/screen": unit, "/full": unit, "/published": "", "/cover": office} {
		if a := s.get(session, at+path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if page := s.get(unit, "/case/1").body; !strings.Contains(page, "文件，只能下载") || strings.Contains(page, at+"/thumb") {
		t.Error("the strip does not say that it is a paper")
	}
	a = s.post(unit, at+"/original", "why", "核对结论")
	h := a.header
	if a.body != string(program) || h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
		!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'; sandbox") {
		t.Errorf("%d %v", a.status, h)
	}
}

// While the folder is away, a page that has a field for photos says so, and the rest of
// the site is there.
func TestWhileThePhotosAreAway(t *testing.T) {
	s := here(t)
	ws, err := web.New(web.Options{Reader: signin.Reader(s.office.Staff())})
	if err != nil {
		t.Fatal(err)
	}
	away := fault.New(fault.Unavailable, "照片现在存不了。", "Photos cannot be kept just now.")
	album := photos.New(photos.Deps{Site: ws, Evidence: func() (*evidence.Evidence, error) { return nil, away }, Who: signin.Who(s.office.Staff())})
	album.Let("case", may)
	mux := ws.NewMux()
	album.Routes(mux)
	mux.Open("GET /case", func(w http.ResponseWriter, r *http.Request) error {
		p := ws.Page(r, lang.Text{})
		return p.Write(w, r, kit.PhotoField(p, album.Field(p, "case.photo", kit.PhotoInput{Name: "photo", Label: "照片"}, photos.Form{})))
	})
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	unit := s.office.SignIn("case.unit")
	if a := s.get(unit, "/case"); a.status != http.StatusOK || !strings.Contains(a.body, "照片现在存不了") {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, path := range []string{"/photos/x/thumb", "/photos/x/published"} {
		if a := s.get(unit, path); a.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := s.hand(unit, "/photos/case.photo", "application/json", part{"file", "a.jpg", scene(t, 1, 320)}); a.status != http.StatusServiceUnavailable {
		t.Errorf("%d", a.status)
	}
}

// Without scripts a form with photos is sent as it is, comes back with what was wrong,
// and is sent again.
func TestWithoutScripts(t *testing.T) {
	s := here(t)
	still := webtest.Phone
	still.NoScript = true
	b := s.open(s.office.SignIn("case.unit"), still)
	b.Go("/case/1")
	b.Type("#f-note", "没有脚本")
	b.Choose(input, file(t, "门口.jpg", scene(t, 3, 640)), file(t, "说明.txt", []byte("这是一段文字，没有图。")))
	b.Follow(`.button-main[type="submit"]`)
	if text := b.Text(".chosen"); !strings.Contains(text, "门口.jpg") || !strings.Contains(text, "这是文字或网页") {
		t.Errorf("the list says %q", text)
	}
	b.Shot("noscript-back")
	b.Follow(`.button-main[type="submit"]`) // with nothing chosen: the browser sends an empty file
	if items := s.items("1"); len(items) != 1 {
		t.Errorf("%d items", len(items))
	}
}
