package evidence_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, schemas...) }

var schemas = []db.Schema{record.Schema, identity.Schema, evidence.Schema}

var kinds = []evidence.Kind{
	{Key: "case.photo", Name: lang.Text{ZH: "现场照片", EN: "A photo"}, Media: []picture.Media{picture.JPEG, picture.PNG, picture.WebP}, MaxBytes: 20 << 20},
	{Key: "case.signature", Name: lang.Text{ZH: "签名", EN: "A signature"}, MaxBytes: 1 << 20, Uncompared: true},
	{Key: "case.paper", Name: lang.Text{ZH: "文件", EN: "A paper"}, MaxBytes: 1 << 20, Keep: time.Hour},
	{Key: "case.video", Name: lang.Text{ZH: "视频", EN: "A video"}, MaxBytes: 1 << 20, Opaque: true},
}

// archive is evidence on a database and a folder of its own.
type archive struct {
	*evidence.Evidence
	t      *testing.T
	db     *db.DB
	folder string
}

func each(t *testing.T, f func(t *testing.T, a archive)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		if _, err := identity.Open(t.Context(), d, identity.Options{
			Catalogue: right.NewCatalogue(right.People), Policy: identity.Plain, KeyFile: filepath.Join(t.TempDir(), "people.key"),
		}); err != nil {
			t.Fatal(err)
		}
		f(t, open(t, d, t.TempDir(), 0))
	})
}

func open(t *testing.T, d *db.DB, folder string, grace time.Duration) archive {
	t.Helper()
	e, err := evidence.Open(t.Context(), d, evidence.Options{Folder: folder, Kinds: kinds, Grace: grace})
	if err != nil {
		t.Fatal(err)
	}
	return archive{e, t, d, folder}
}

func (a archive) take(kind, by string, b []byte) evidence.Taken {
	a.t.Helper()
	taken, err := a.Take(a.t.Context(), bytes.NewReader(b), evidence.Sent{Kind: kind, By: by})
	if err != nil {
		a.t.Fatal(err)
	}
	return taken
}

func (a archive) attach(kind, by, subject, hash string) (item evidence.Item, err error) {
	err = a.db.Update(a.t.Context(), func(tx *db.Tx) (err error) {
		item, err = a.Attach(tx, evidence.New{Hash: hash, Kind: kind, System: "case", Subject: subject, By: "unit", Person: by})
		return err
	})
	return item, err
}

// bring takes and attaches.
func (a archive) bring(kind, subject string, b []byte) evidence.Item {
	a.t.Helper()
	item, err := a.attach(kind, "li", subject, a.take(kind, "li", b).Hash)
	if err != nil {
		a.t.Fatal(err)
	}
	return item
}

func (a archive) develop() {
	a.t.Helper()
	if _, err := a.Develop(a.t.Context(), 100); err != nil {
		a.t.Fatal(err)
	}
}

func (a archive) item(id string) (item evidence.Item) {
	a.t.Helper()
	a.view(func(tx *db.Tx) (err error) { item, err = a.Item(tx, id); return err })
	return item
}

func (a archive) view(f func(tx *db.Tx) error) {
	a.t.Helper()
	if err := a.db.View(a.t.Context(), f); err != nil {
		a.t.Fatal(err)
	}
}

// stored are the files of the folder, without locks and the store's id.
func (a archive) stored() (all []string) {
	a.t.Helper()
	err := filepath.WalkDir(a.folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != ".lock" && d.Name() != "store-id" {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return all
}

func (a archive) seen(id, why string) ([]byte, error) {
	o, err := a.Original(a.t.Context(), id, evidence.View{By: "office", Person: "wang", Why: why})
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(o)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photo is a photograph with what a phone writes into it.
func photo(t *testing.T, seed uint64) []byte {
	t.Helper()
	return evidencetest.WithEXIF(asJPEG(t, evidencetest.Scene{Seed: seed, W: 400, H: 300}.Draw()),
		evidencetest.EXIF{Turn: 6, Taken: "2026:11:30 08:15:02", Offset: "+08:00", Make: "Pinecone", Model: "P 12", Lat: 36.62, Lon: 101.78})
}

// A photo's whole way: taken, named by an act, developed, looked at, published, erased.
func TestWay(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		b := photo(t, 1)
		taken, err := a.Take(t.Context(), bytes.NewReader(b), evidence.Sent{Kind: "case.photo", By: "li", Hash: strings.ToUpper(hash(b)), Size: int64(len(b))})
		if err != nil || taken.Hash != hash(b) || taken.Media != picture.JPEG || taken.Width != 400 {
			t.Fatal(taken, err)
		}
		a.view(func(tx *db.Tx) error {
			for person, want := range map[string]int{"li": 1, "zhao": 2} {
				if missing, err := evidence.Missing(tx, person, []string{taken.Hash, "00"}); err != nil || len(missing) != want {
					t.Errorf("of %s %v are missing (%v)", person, missing, err)
				}
			}
			return nil
		})
		if _, err := a.attach("case.photo", "zhao", "measure/1", taken.Hash); fault.KindOf(err) != fault.Conflict {
			t.Errorf("somebody else names the bytes: %v", err)
		}
		if _, err := a.attach("case.paper", "li", "measure/1", taken.Hash); fault.KindOf(err) != fault.Invalid {
			t.Errorf("as another kind: %v", err)
		}
		item, err := a.attach("case.photo", "li", "measure/1", taken.Hash)
		if err != nil || item.State != evidence.Pending {
			t.Fatal(item, err)
		}
		if _, err := a.Rendition(t.Context(), item.ID, evidence.Thumb); fault.KindOf(err) != fault.Late {
			t.Errorf("before it is developed: %v", err)
		}
		a.develop()
		item = a.item(item.ID)
		if item.State != evidence.Ready || item.Width != 300 || item.Height != 400 {
			t.Errorf("%+v", item)
		}
		a.view(func(tx *db.Tx) error {
			told, err := evidence.Told(tx, item.ID)
			if err != nil || told.Taken != "2026-11-30T08:15:02+08:00" || told.Device != "Pinecone P 12" || !told.Place {
				t.Errorf("%+v, %v", told, err)
			}
			items, err := evidence.Items(tx, "case", "measure/1")
			if err != nil || len(items) != 1 || items[0] != item {
				t.Errorf("%v, %v", items, err)
			}
			return nil
		})
		for p, w := range map[evidence.Purpose]int{evidence.Thumb: 240, evidence.Screen: 300, evidence.Full: 300} {
			served, err := a.Rendition(t.Context(), item.ID, p)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := jpeg.DecodeConfig(bytes.NewReader(served)); err != nil || c.Width != w {
				t.Errorf("%s is %+v, %v", p, c, err)
			}
			for _, secret := range []string{"Exif", "Pinecone", "GPS", "2026", "II*\x00"} {
				if bytes.Contains(served, []byte(secret)) {
					t.Errorf("%s has %q", p, secret)
				}
			}
		}
		if _, err := a.seen(item.ID, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if got, err := a.seen(item.ID, "信访件 12 号复核"); err != nil || !bytes.Equal(got, b) {
			t.Errorf("the original: %d bytes, %v", len(got), err)
		}
		a.sealedView(item.ID)
		for _, file := range a.stored() {
			if on, err := os.ReadFile(file); err != nil || bytes.Contains(on, []byte("Pinecone")) || bytes.Contains(on, []byte("\xff\xd8\xff")) {
				t.Errorf("%s is not encrypted (%v)", file, err)
			}
		}
	})
}

// sealedView: that an original was seen is in the log, and nobody sees of what.
func (a archive) sealedView(id string) {
	a.t.Helper()
	a.view(func(tx *db.Tx) error {
		latest, err := record.Latest(tx, "", "", 1)
		if err != nil || len(latest) != 1 || latest[0].Kind != record.KindSealed || strings.Contains(string(latest[0].Statement()), id) {
			a.t.Errorf("%+v, %v", latest, err)
			return err
		}
		in, err := record.Inside(tx, latest[0])
		if err != nil || in.Kind != "evidence.viewed" || in.Subject != "evidence/"+id {
			a.t.Errorf("%+v, %v", in, err)
		}
		private, err := record.Private(tx, latest[0])
		if err != nil || private != `{"by":"wang","why":"信访件 12 号复核"}` {
			a.t.Errorf("%s, %v", private, err)
		}
		return nil
	})
}

// What may not be taken is refused with what to do, and leaves nothing.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		b := photo(t, 1)
		large := io.LimitReader(endless{}, 60<<20)
		for name, c := range map[string]struct {
			r    io.Reader
			sent evidence.Sent
			says string
		}{
			"another hash":   {bytes.NewReader(b), evidence.Sent{Kind: "case.photo", Hash: hash([]byte("x"))}, "damaged on the way"},
			"another size":   {bytes.NewReader(b), evidence.Sent{Kind: "case.photo", Size: 5}, "damaged on the way"},
			"60 MB":          {large, evidence.Sent{Kind: "case.photo"}, "20 MB"},
			"60 MB, said so": {errReader{}, evidence.Sent{Kind: "case.photo", Size: 60 << 20}, "20 MB"},
			"a broken line":  {io.MultiReader(bytes.NewReader(b[:len(b)/2]), errReader{}), evidence.Sent{Kind: "case.photo"}, "half way"},
			"a program":      {strings.NewReader("MZ\x90\x00"), evidence.Sent{Kind: "case.photo"}, "program"},
			"heic":           {strings.NewReader("\x00\x00\x00\x18ftypheic____"), evidence.Sent{Kind: "case.photo"}, "Most Compatible"},
			"a pdf":          {strings.NewReader("%PDF-1.4 %%EOF"), evidence.Sent{Kind: "case.photo"}, "has to be a photo"},
			"nothing":        {strings.NewReader(""), evidence.Sent{Kind: "case.video"}, "empty"},
			"no such kind":   {strings.NewReader("x"), evidence.Sent{Kind: "case.x"}, "no kind"},
		} {
			c.sent.By = "li"
			if _, err := a.Take(t.Context(), c.r, c.sent); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Take(gone, bytes.NewReader(b), evidence.Sent{Kind: "case.photo", By: "li"}); err == nil {
			t.Error("taken for somebody who has gone")
		}
		if left := a.stored(); left != nil {
			t.Errorf("left: %v", left)
		}
		// A paper that is a program is kept and never looked into.
		paper := a.bring("case.paper", "measure/1", []byte("%PDF-1.4 /JavaScript (app.alert(1)) %%EOF"))
		video := a.bring("case.video", "measure/1", []byte("\x00\x00\x00\x18ftypisom"))
		a.develop()
		for _, item := range []evidence.Item{paper, video} {
			if a.item(item.ID).State != evidence.Only {
				t.Errorf("%+v", item)
			}
			if _, err := a.Rendition(t.Context(), item.ID, evidence.Screen); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a rendition of %s: %v", item.Kind, err)
			}
		}
	})
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the line is cut") }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "\xff\xd8\xff\xe0 and so on"), nil }

// A picture that is cut off after its header becomes unreadable, and its original stays.
func TestUnreadable(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		b := photo(t, 1)
		item := a.bring("case.photo", "measure/1", b[:len(b)/2])
		whole := a.bring("case.photo", "measure/1", b)
		a.develop()
		if got := a.item(item.ID); got.State != evidence.Unreadable {
			t.Errorf("%+v", got)
		}
		if got := a.item(whole.ID); got.State != evidence.Ready {
			t.Errorf("one that is whole stays behind: %+v", got)
		}
		if got, err := a.seen(item.ID, "检查"); err != nil || len(got) != len(b)/2 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

// A folder of another database is refused.
func TestAnotherFolder(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		if _, err := evidence.Open(t.Context(), a.db, evidence.Options{Folder: a.folder, Kinds: kinds}); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if _, err := evidence.Open(t.Context(), a.db, evidence.Options{Folder: t.TempDir(), Kinds: kinds}); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("an empty one: %v", err)
		}
	})
}
