package photos_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// open opens a tab of somebody who is signed in.
func (s site) open(session string, v webtest.View) *webtest.Tab {
	s.t.Helper()
	b := webtest.Open(s.t, s.url, v)
	b.SetCookie("session", session)
	return b
}

// file writes bytes where a browser finds them.
func file(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	input = `input[type="file"]`
	rows  = `document.querySelectorAll('.chosen-file').length`
	came  = `document.querySelectorAll('.chosen-file input[type="hidden"]').length`
)

// Photos are sent while the form is still filled in; a HEIC is converted, by a library
// that no other page loads, and what is no photo is said beside it.
func TestPhotosAreSentAtOnce(t *testing.T) {
	s := here(t)
	unit := s.office.SignIn("case.unit")
	b := s.open(unit, webtest.Phone)
	b.Go("/case/1")
	b.Wait(`document.querySelector('[data-photos][data-started]')`)
	heic, err := filepath.Abs("testdata/yard.heic")
	if err != nil {
		t.Fatal(err)
	}
	b.Choose(input, file(t, "门口.jpg", scene(t, 1, 1200)), heic)
	b.Wait(came + ` === 2`)
	if text := b.Text(".chosen"); !strings.Contains(text, "由 HEIC 转换而来") || !strings.Contains(text, "门口.jpg") {
		t.Errorf("the list says %q", text)
	}
	b.Check()
	b.Forget()
	b.Choose(input, file(t, "说明.txt", []byte("这是一段文字，没有图。")))
	b.Wait(`document.querySelector('.chosen-wrong .wrong')?.textContent.includes('这是文字或网页')`)
	b.Shot("photos-phone-list")
	b.Type("#f-note", "清运完毕")
	b.Click(`.button-main[type="submit"]`) // it is held: one file was not taken
	b.Wait(`document.querySelector('[data-photos-says]').textContent.includes('没有发出去')`)
	b.Click(`.chosen-wrong .chosen-acts button:last-child`)
	b.Wait(rows + ` === 2`)
	b.Follow(`.button-main[type="submit"]`)
	b.Wait(`document.querySelectorAll('.tile').length === 2`)
	b.Shot("photos-phone-pending")
	s.develop()
	b.Wait(`document.querySelectorAll('.tile img').length === 2`) // the page asks for itself
	b.Shot("photos-phone-ready")
	items := s.items("1")
	if len(items) != 2 || items[1].Width != 320 || items[1].Height != 240 || items[1].Media != "image/jpeg" {
		t.Errorf("%+v", items)
	}
}

// A photo that is larger than it may be is made smaller before it is sent, and keeps what
// its camera said.
func TestAPhotoIsMadeSmaller(t *testing.T) {
	s := here(t)
	unit := s.office.SignIn("case.unit")
	b := s.open(unit, webtest.Desk)
	b.Go("/case/1")
	b.Wait(`document.querySelector('[data-photos][data-started]')`)
	large := evidencetest.WithEXIF(scene(t, 2, 5000), evidencetest.EXIF{Turn: 6, Taken: "2026:11:30 08:15:02", Offset: "+08:00", Make: "Pinecone", Model: "P9", Lat: 36.6, Lon: 101.7})
	path := file(t, "大.jpg", append(large, make([]byte, 21<<20)...)) // padded beyond the limit
	b.Choose(input, path)
	b.Wait(came + ` === 1`)
	if text := b.Text(".chosen"); !strings.Contains(text, "已缩小") {
		t.Errorf("the list says %q", text)
	}
	b.Shot("photos-desk-shrunk")
	b.Type("#f-note", "原图太大")
	b.Follow(`.button-main[type="submit"]`)
	s.develop()
	items := s.items("1")
	if len(items) != 1 || items[0].State != evidence.Ready || max(items[0].Width, items[0].Height) != 4000 || items[0].Width > items[0].Height {
		t.Fatalf("%+v", items)
	}
	if err := s.db.View(t.Context(), func(tx *db.Tx) error {
		told, err := evidence.Told(tx, items[0].ID)
		if told.Taken != "2026-11-30T08:15:02+08:00" || told.Device != "Pinecone P9" || !told.Place || told.Turn != 1 {
			t.Errorf("its camera said %+v", told)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.Check()
}

// The camera shows the earlier photo faintly over what it sees; where it is not allowed
// the field for files is there.
func TestTheGuidedCamera(t *testing.T) {
	s := here(t)
	unit := s.office.SignIn("case.unit")
	s.shot(unit, "1", scene(t, 3, 1200))
	b := s.open(unit, webtest.Phone)
	b.Go("/case/1")
	b.Wait(`!document.querySelector('[data-photos-camera]').hidden`)
	b.Click("[data-photos-camera]")
	b.Wait(`document.querySelector('dialog.camera[open] video').videoWidth > 0 && document.querySelector('.camera-ghost').complete`)
	b.Shot("camera-phone")
	at := webtest.Eval[[]float64](b, `(() => { const r = document.querySelector('.camera-shutter').getBoundingClientRect(); return [r.top / innerHeight, r.bottom / innerHeight, r.height]; })()`)
	if at[0] < .75 || at[1] > 1 || at[2] < 56 {
		t.Errorf("the shutter is at %v of the height", at)
	}
	b.Check()
	b.Click(".camera-shutter")
	b.Wait(came + ` === 1`)
	if n := b.Count("dialog.camera"); n != 0 {
		t.Error("the camera is still open")
	}
	b.Type("#f-note", "同一个角度")
	b.Follow(`.button-main[type="submit"]`)
	if n := len(s.items("1")); n != 2 {
		t.Errorf("%d items", n)
	}

	refusing := webtest.Phone
	refusing.NoCamera = true
	b = s.open(unit, refusing)
	b.Go("/case/1")
	b.Wait(`!document.querySelector('[data-photos-camera]').hidden`)
	b.Click("[data-photos-camera]")
	b.Wait(`document.querySelector('[data-photos-says]')?.textContent.includes('用不了相机')`)
}

// Faces are covered with a finger, undone, moved by keys, and published; the covered
// pixels are gone.
func TestPaintingOverAPhoto(t *testing.T) {
	s := here(t)
	unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		item := s.shot(unit, name, plated(t))
		b := s.open(office, view)
		b.Go("/photos/" + item.ID + "/cover")
		b.Wait(`!document.querySelector('[data-cover-tools]').hidden`)
		b.Drag("[data-cover-picture]", .1, .1, .3, .3)
		b.Wait(`document.querySelectorAll('[data-shape]').length === 1`)
		b.Click("[data-cover-undo]")
		b.Wait(`document.querySelectorAll('[data-shape]').length === 0`)
		b.Click("[data-cover-add]") // in the middle, 4000 to 6000
		for _, key := range []string{"ArrowLeft", "ArrowLeft"} {
			webtest.Eval[bool](b, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '`+key+`', bubbles: true, cancelable: true}))`)
		}
		webtest.Eval[bool](b, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', shiftKey: true, bubbles: true, cancelable: true}))`)
		if shapes := webtest.Eval[string](b, `document.querySelector('[data-cover-value]').value`); shapes != `[{"points":[[3800,4000],[5900,6000]]}]` {
			t.Errorf("%s: the shapes are %s", name, shapes)
		}
		b.Click(`[data-cover-mode="brush"]`)
		b.Drag("[data-cover-picture]", .05, .8, .5, .85)
		b.Wait(`document.querySelectorAll('[data-shape]').length === 2`)
		b.Shot("cover-" + name)
		b.Check()
		b.Follow(`form .button-main`)
		b.Wait(`document.querySelector('.cover-shown').complete`)
		b.Shot("cover-look-" + name)
		b.Check()
		b.Follow(`form[action$="/publish"] .button-main`)
		b.Wait(`document.querySelector('.cover-shown').complete`)
		b.Shot("cover-public-" + name)
		b.Check()
		public := s.get("", "/photos/"+item.ID+"/published")
		if n := reds(t, public.body); public.status != http.StatusOK || n > 0 {
			t.Errorf("%s: %d, %d red pixels are public", name, public.status, n)
		}
	}
}

// Pages that ask for little: why an original is to be seen, and whether two are one.
func TestPhotoPagesLookRight(t *testing.T) {
	s := here(t)
	unit, office := s.office.SignIn("case.unit"), s.office.SignIn("case.office")
	earlier, later := s.shot(unit, "1", scene(t, 11, 1000)), s.shot(unit, "2", scene(t, 11, 900))
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.open(office, view)
		for shot, path := range map[string]string{
			"why-": "/photos/" + later.ID + "/original", "like-": "/photos/" + later.ID + "/like/" + earlier.ID, "likenesses-": "/photos/likenesses", "case-": "/case/1",
		} {
			b.Go(path)
			b.Wait(`[...document.images].every((i) => i.complete)`)
			b.Shot(shot + name)
			b.Check()
		}
		b.Go("/photos/" + later.ID + "/like/" + earlier.ID)
		b.Wait(`!document.querySelector('[data-beside-tools]').hidden`)
		b.Click("[data-beside-over]")
		before := webtest.Eval[string](b, `document.querySelector('.beside-in svg').style.clipPath`)
		webtest.Eval[bool](b, `document.querySelector('[data-beside-line]').focus() ?? true`)
		b.Press(kb.ArrowRight) // the arrow to the right
		b.Wait(`document.querySelector('.beside-in svg').style.clipPath !== ` + `'` + before + `'`)
		b.Shot("like-over-" + name)
		b.Check()
	}
	still := webtest.Phone
	still.NoScript = true
	b := s.open(office, still)
	b.Go("/photos/" + later.ID + "/like/" + earlier.ID)
	b.Shot("like-noscript")
}
