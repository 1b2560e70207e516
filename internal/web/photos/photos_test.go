package photos_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence"
)

// A form with files works without a script: what came is attached, seen by those who may
// once it is ready, and by nobody else.
func TestAFormWithPhotos(t *testing.T) {
	each(t, func(t *testing.T, s site) {
		unit, stranger := s.office.SignIn("case.unit"), s.office.SignIn()
		page := s.get(unit, "/case/1").body
		for _, want := range []string{`type="file"`, `accept="image/jpeg,image/heic`, "每个最多 20 MB", `enctype="multipart/form-data"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the form does not have %s", want)
			}
		}
		a := s.hand(unit, "/case/1", "text/html", text("note", "清运完毕"), part{"photo", "a.jpg", scene(t, 1, 900)}, part{"photo", "b.jpg", scene(t, 2, 900)})
		if a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		items := s.items("1")
		if len(items) != 2 || items[0].State != evidence.Pending {
			t.Fatalf("%+v", items)
		}
		thumb := "/photos/" + items[0].ID + "/thumb"
		if page := s.get(unit, "/case/1").body; !strings.Contains(page, "已收到，正在处理") || strings.Contains(page, thumb) {
			t.Error("a pending photo is not shown as one")
		}
		if a := s.get(unit, thumb); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "正在处理") {
			t.Errorf("a pending picture: %d", a.status)
		}
		s.develop()
		if page := s.get(unit, "/case/1").body; !strings.Contains(page, thumb) {
			t.Error("the photo that is ready is not shown")
		}
		if a := s.get(unit, "/photos/"+items[0].ID+"/tile"); !strings.Contains(a.body, thumb) || strings.Contains(a.body, "<html") {
			t.Errorf("its tile: %s", a.body)
		}
		for purpose, side := range map[string]int{"thumb": 320, "screen": 900, "full": 900} {
			a := s.get(unit, "/photos/"+items[0].ID+"/"+purpose)
			img, err := jpeg.DecodeConfig(strings.NewReader(a.body))
			if err != nil || img.Width != side || a.header.Get("Cache-Control") != "private, no-cache" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d %v %dx%d %v", purpose, a.status, err, img.Width, img.Height, a.header)
			}
		}
		if a := s.get(stranger, thumb); a.status != http.StatusForbidden {
			t.Errorf("somebody without a right gets %d", a.status)
		}
		if a := s.get("", thumb); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
			t.Errorf("nobody gets %d", a.status)
		}
		if a := s.get(unit, "/photos/01930000-0000-7000-8000-000000000000/thumb"); a.status != http.StatusNotFound {
			t.Errorf("what is not there: %d", a.status)
		}
		if a := s.get(unit, "/photos/"+items[0].ID+"/published"); a.status != http.StatusNotFound {
			t.Errorf("what is not published: %d", a.status)
		}
	})
}

// A script brings one file at a time, and the form names it.
func TestAScriptBringsAFile(t *testing.T) {
	s := here(t)
	unit, other, stranger := s.office.SignIn("case.unit"), s.office.SignIn("case.unit"), s.office.SignIn()
	photo := scene(t, 3, 640)
	sum := sha256.Sum256(photo)
	hash := hex.EncodeToString(sum[:])
	type brought struct{ Value, Hash, Name, Detail string }
	a := s.hand(unit, "/photos/case.photo", "application/json", text("file.sha256", hash), part{"file", `C:\照片\门口.jpg`, photo})
	got := decode[brought](t, a.body)
	if a.status != http.StatusCreated || got.Hash != hash || got.Name != "门口.jpg" {
		t.Fatalf("%d %+v", a.status, got)
	}
	// The same with a wrong hash, by somebody who may not, of no kind, and of none.
	for name, c := range map[string]struct {
		session, path string
		parts         []part
		status        int
		says          string
	}{
		"wrong hash":  {unit, "/photos/case.photo", []part{text("file.sha256", strings.Repeat("0", 64)), {"file", "a.jpg", photo}}, 422, "路上坏了"},
		"may not":     {stranger, "/photos/case.photo", []part{{"file", "a.jpg", photo}}, 403, ""},
		"no kind":     {unit, "/photos/case.gold", []part{{"file", "a.jpg", photo}}, 422, "没有"},
		"no file":     {unit, "/photos/case.photo", []part{text("note", "a")}, 422, "一个文件"},
		"two files":   {unit, "/photos/case.photo", []part{{"file", "a.jpg", photo}, {"file", "b.jpg", photo}}, 422, "一个文件"},
		"empty field": {unit, "/photos/case.photo", []part{{"file", "", nil}}, 422, "一个文件"},
	} {
		if a := s.hand(c.session, c.path, "application/json", c.parts...); a.status != c.status || !strings.Contains(decode[brought](t, a.body).Detail, c.says) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	// Only who brought it may name it.
	if a := s.post(other, "/case/1", "note", "偷", "photo", got.Value); a.status == http.StatusSeeOther {
		t.Error("somebody else has named it")
	}
	if a := s.post(unit, "/case/1", "note", "好", "photo", got.Value); a.status != http.StatusSeeOther || len(s.items("1")) != 1 {
		t.Errorf("naming it: %d %s", a.status, a.body)
	}
	if a := s.post(unit, "/case/1", "note", "好", "photo", "<script>"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a value that is none: %d", a.status)
	}
}

// A form that is wrong comes back: what was typed and the files that came are still
// there, and each that did not says why.
func TestAFormThatComesBack(t *testing.T) {
	s := here(t)
	unit := s.office.SignIn("case.unit")
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), bytes.Repeat([]byte{0}, 400)...)
	a := s.hand(unit, "/case/1", "text/html", text("note", "第二次"), part{"photo", "好的.jpg", scene(t, 4, 640)}, part{"photo", "IMG_7.HEIC", heic}, part{"photo", "说明.txt", []byte("这是一段文字，没有图。")})
	if a.status != http.StatusUnprocessableEntity || len(s.items("1")) != 0 {
		t.Fatalf("%d, %d items", a.status, len(s.items("1")))
	}
	for _, want := range []string{`value="第二次"`, "好的.jpg", "已收到，不用再选", "IMG_7.HEIC", "兼容性最佳", "说明.txt", "这是文字或网页"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the form does not say %s", want)
		}
	}
	value := between(a.body, `name="photo" value="`, `"`)
	if a := s.hand(unit, "/case/1", "text/html", text("note", "第二次"), text("photo", value), part{"photo", "c.jpg", scene(t, 5, 640)}); a.status != http.StatusSeeOther || len(s.items("1")) != 2 {
		t.Errorf("handing it in again: %d, %d items", a.status, len(s.items("1")))
	}
}

// between is what stands between two texts.
func between(in, before, after string) string {
	_, rest, _ := strings.Cut(in, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

// An original is handed out with a reason, as an attachment that runs nowhere, and that
// is on record.
func TestAnOriginalNeedsAReason(t *testing.T) {
	s := here(t)
	unit, stranger := s.office.SignIn("case.unit"), s.office.SignIn()
	photo := scene(t, 6, 640)
	item := s.shot(unit, "1", photo)
	path := "/photos/" + item.ID + "/original"
	if a := s.get(unit, path); a.status != http.StatusOK || !strings.Contains(a.body, "为什么要看") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := s.post(unit, path, "why", " "); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "写明原因") {
		t.Errorf("without a reason: %d", a.status)
	}
	a := s.post(unit, path, "why", "核对时间")
	h := a.header
	if a.status != http.StatusOK || a.body != string(photo) {
		t.Fatalf("%d, %d bytes", a.status, len(a.body))
	}
	if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; ") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", h)
	}
	if a := s.post(stranger, path, "why", "想看"); a.status != http.StatusForbidden {
		t.Errorf("somebody without a right: %d", a.status)
	}
	if n := s.views(item.ID); n != 1 {
		t.Errorf("%d views are on record", n)
	}
}
