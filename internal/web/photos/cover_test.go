package photos_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
)

// plated is a photo with a number plate: white on red, in the middle.
func plated(t *testing.T) []byte {
	t.Helper()
	img := evidencetest.Scene{Seed: 9, W: 800, H: 600}.Draw()
	draw.Draw(img, image.Rect(360, 280, 440, 320), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	return encoded(t, img)
}

// reds counts the pixels that are clearly red.
func reds(t *testing.T, body string) (n int) {
	t.Helper()
	img, err := jpeg.Decode(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, _, _ := img.At(x, y).RGBA(); r > 0xb000 && g < 0x5000 {
				n++
			}
		}
	}
	return n
}

// A photo is covered, looked at, published and withdrawn; what the public has is pixels,
// of which none is left of what was covered.
func TestCoverAndPublish(t *testing.T) {
	each(t, func(t *testing.T, s site) {
		unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
		item := s.shot(unit, "1", plated(t))
		at := "/photos/" + item.ID
		if n := reds(t, s.get(unit, at+"/screen").body); n < 2000 {
			t.Fatalf("the plate has %d red pixels", n)
		}
		for _, path := range []string{"/cover", "/covered/1"} {
			if a := s.get(unit, at+path); a.status != http.StatusForbidden {
				t.Errorf("the unit opens %s: %d", path, a.status)
			}
		}
		if a := s.post(office, at+"/cover", "shapes", "[]"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "还没有遮住任何地方") {
			t.Errorf("nothing painted: %d", a.status)
		}
		a := s.post(office, at+"/cover", "shapes", `[{"points":[[4400,4600],[5600,5400]]}]`)
		if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != at+"/cover?version=1" {
			t.Fatalf("%d %s %s", a.status, to, a.body)
		}
		if page := s.get(office, at+"/cover?version=1").body; !strings.Contains(page, at+"/covered/1") || !strings.Contains(page, "公众会看到这张") {
			t.Error("what the public would get is not shown")
		}
		if n := reds(t, s.get(office, at+"/covered/1").body); n > 0 {
			t.Errorf("%d red pixels are left before it is published", n)
		}
		if a := s.get("", at+"/published"); a.status != http.StatusNotFound {
			t.Errorf("it is public before somebody has confirmed it: %d", a.status)
		}
		if a := s.post(office, at+"/publish", "version", "1"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		public := s.get("", at+"/published")
		if n := reds(t, public.body); public.status != http.StatusOK || n > 0 || bytes.Contains([]byte(public.body), []byte("Exif")) {
			t.Errorf("%d, %d red pixels are public", public.status, n)
		}
		if page := s.get(office, at+"/cover").body; !strings.Contains(page, "公众现在看到的") {
			t.Error("the page does not show what the public has")
		}
		if a := s.post(office, at+"/withdraw"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "请选择为什么撤下") {
			t.Errorf("withdrawn without a reason: %d", a.status)
		}
		if a := s.post(office, at+"/withdraw", "reason", "asked"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := s.get("", at+"/published"); a.status != http.StatusNotFound {
			t.Errorf("what was withdrawn: %d", a.status)
		}
	})
}

// That there is nothing to hide is an act of its own, and an older version than the
// latest is not published.
func TestNothingToHide(t *testing.T) {
	s := here(t)
	unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
	item := s.shot(unit, "1", plated(t))
	at := "/photos/" + item.ID
	for range 2 {
		if a := s.post(office, at+"/cover", "nothing", "1"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if page := s.get(office, at+"/cover?version=1").body; strings.Contains(page, `name="version"`) || !strings.Contains(page, "又有人改过遮盖") {
		t.Error("an older version is offered")
	}
	if a := s.post(office, at+"/publish", "version", "1"); a.status != http.StatusConflict {
		t.Errorf("an older version: %d", a.status)
	}
	if a := s.post(office, at+"/publish", "version", "2"); a.status != http.StatusSeeOther || reds(t, s.get("", at+"/published").body) < 2000 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := s.post(unit, at+"/withdraw", "reason", "asked"); a.status != http.StatusForbidden {
		t.Errorf("the unit withdraws it: %d", a.status)
	}
}

// Two photos that look alike are a question, which an office that is not responsible
// answers once.
func TestAreTheyOnePhoto(t *testing.T) {
	each(t, func(t *testing.T, s site) {
		unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
		earlier := s.shot(unit, "1", scene(t, 11, 800))
		later := s.shot(unit, "2", scene(t, 11, 700))
		at := "/photos/" + later.ID + "/like/" + earlier.ID
		if a := s.get(unit, at); a.status != http.StatusForbidden {
			t.Errorf("the responsible unit: %d", a.status)
		}
		if page := s.get(unit, "/photos/likenesses").body; strings.Contains(page, at) {
			t.Error("the responsible unit is shown the question")
		}
		if page := s.get(office, "/photos/likenesses").body; !strings.Contains(page, at) {
			t.Error("the office is not shown the question")
		}
		if page := s.get(office, at).body; !strings.Contains(page, earlier.ID+"/screen") || !strings.Contains(page, later.ID+"/screen") || !strings.Contains(page, "很像") {
			t.Error("they are not side by side")
		}
		if a := s.post(office, at, "note", "想想"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "想想") {
			t.Errorf("no answer: %d", a.status)
		}
		if a := s.post(office, at, "answer", "same", "note", "墙上的裂缝一样"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if page := s.get(office, at).body; !strings.Contains(page, "已经回答") || strings.Contains(page, "<textarea") {
			t.Error("the answer is not shown")
		}
		if a := s.post(office, at, "answer", "another"); a.status != http.StatusConflict {
			t.Errorf("a second answer: %d", a.status)
		}
		if page := s.get(office, "/photos/likenesses").body; strings.Contains(page, at) {
			t.Error("an answered question is still open")
		}
	})
}

// What is erased on request goes with its thumbnails and its published copy, once somebody has given a
// ground and confirmed it; where it stood it says when and why.
func TestErase(t *testing.T) {
	each(t, func(t *testing.T, s site) {
		unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
		item := s.shot(unit, "1", plated(t))
		at := "/photos/" + item.ID
		s.post(office, at+"/cover", "nothing", "1")
		s.post(office, at+"/publish", "version", "1")
		if a := s.get(unit, at+"/erase"); a.status != http.StatusForbidden {
			t.Errorf("the unit may erase: %d", a.status)
		}
		if a := s.post(unit, at+"/erase", "reason", "asked", "confirm", "1"); a.status != http.StatusForbidden {
			t.Errorf("the unit erases: %d", a.status)
		}
		if a := s.post(office, at+"/erase", "confirm", "1"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "请选择为什么删除") {
			t.Errorf("without a ground: %d", a.status)
		}
		if a := s.post(office, at+"/erase", "reason", "asked", "note", "凭申请"); a.status != http.StatusOK || !strings.Contains(a.body, "确实要删除吗") {
			t.Errorf("it is not asked once more: %d %s", a.status, a.body)
		}
		for _, path := range []string{"/thumb", "/screen", "/published"} {
			if a := s.get(office, at+path); a.status != http.StatusOK {
				t.Errorf("%s before it is confirmed: %d", path, a.status)
			}
		}
		if a := s.post(office, at+"/erase", "reason", "asked", "note", "凭申请", "confirm", "1"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		for _, path := range []string{"/thumb", "/screen", "/full", "/published", "/cover"} {
			if a := s.get(office, at+path); a.status != http.StatusNotFound {
				t.Errorf("%s of what was erased: %d", path, a.status)
			}
		}
		if page := s.get(office, "/case/1").body; !strings.Contains(page, "已删除：当事人要求") || strings.Contains(page, at+"/erase") {
			t.Errorf("the page does not say that it is erased: %s", page)
		}
	})
}
