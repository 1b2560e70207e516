package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// openEvidence is the evidence of a home.
func openEvidence(t *testing.T, c Config) (*db.DB, *evidence.Evidence) {
	t.Helper()
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if _, err := identity.Open(t.Context(), d, identity.Options{Catalogue: right.NewCatalogue(right.People), Policy: identity.Plain, KeyFile: c.keyFile()}); err != nil {
		t.Fatal(err)
	}
	e, err := evidence.Open(t.Context(), d, evidence.Options{Folder: evidenceFolder(c), Kinds: []evidence.Kind{
		{Key: "case.photo", Name: lang.Text{ZH: "照片", EN: "A photo"}, MaxBytes: 1 << 20},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d, e
}

// bringPhoto makes an item, developed and published, and returns it with its bytes.
func bringPhoto(t *testing.T, d *db.DB, e *evidence.Evidence, shade uint8) (item evidence.Item, original []byte) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range img.Pix {
		img.Pix[i] = shade + uint8(i%7)
	}
	img.SetRGBA(1, 1, color.RGBA{255, 0, 0, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	taken, err := e.Take(t.Context(), bytes.NewReader(b.Bytes()), evidence.Sent{Kind: "case.photo", By: "li"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		item, err = e.Attach(tx, evidence.New{Hash: taken.Hash, Kind: "case.photo", System: "case", Subject: "measure/1", By: "unit", Person: "li"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Develop(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := e.Paint(tx, "office", item.ID, `[]`); return err }); err != nil {
		t.Fatal(err)
	}
	if err := e.Publish(t.Context(), item.ID, evidence.Confirmed{By: "office", Person: "wang", Version: 1}); err != nil {
		t.Fatal(err)
	}
	return item, b.Bytes()
}

// A backup has the originals, and a restore brings them back with all that is made of
// them; what was erased while the backup was made is not among them.
func TestBackupOfEvidence(t *testing.T) {
	c := Config{Home: t.TempDir()}
	d, e := openEvidence(t, c)
	kept, original := bringPhoto(t, d, e, 10)
	erased, _ := bringPhoto(t, d, e, 100)
	var backup bytes.Buffer
	if err := Backup(t.Context(), c, &backup); err != nil {
		t.Fatal(err)
	}
	published, err := e.Public().Picture(t.Context(), kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	// The archive as it would be, had the second been erased after the rows were copied.
	var files []string
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		all, err := evidence.Originals(tx)
		for _, f := range all {
			if f.Item == erased.ID {
				files = append(files, f.Name)
			}
		}
		return err
	}); err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	lacking := rewritten(t, backup.Bytes(), func(name string, b []byte) []byte {
		switch {
		case strings.HasSuffix(name, files[0]):
			return nil
		case name == goneName:
			return append(b, files[0]+"\n"...)
		}
		return b
	})
	into := Config{Home: t.TempDir()}
	copyKey(t, c, into)
	if err := Restore(t.Context(), into, bytes.NewReader(lacking)); err != nil {
		t.Fatal(err)
	}
	d, e = openEvidence(t, into)
	if _, err := e.Develop(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	o, err := e.Original(t.Context(), kept.ID, evidence.View{By: "office", Person: "wang", Why: "恢复后核对"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(o); err != nil || !bytes.Equal(got, original) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	_ = o.Close()
	if again, err := e.Public().Picture(t.Context(), kept.ID); err != nil || !bytes.Equal(again, published) {
		t.Errorf("what was published: %d bytes, %v", len(again), err)
	}
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		if item, err := e.Item(tx, erased.ID); err != nil || item.State != evidence.Erased {
			t.Errorf("%+v, %v", item, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A backup that lacks an original, or has another in its place, is refused by the item's
// name and changes nothing; so is a backup of a folder that lacks one.
func TestBackupLacksEvidence(t *testing.T) {
	c := Config{Home: t.TempDir()}
	d, e := openEvidence(t, c)
	item, _ := bringPhoto(t, d, e, 10)
	var backup bytes.Buffer
	if err := Backup(t.Context(), c, &backup); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(b []byte) []byte{
		"lacking": func([]byte) []byte { return nil },
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
	} {
		into := Config{Home: t.TempDir()}
		bad := rewritten(t, backup.Bytes(), func(name string, b []byte) []byte {
			if strings.HasPrefix(name, evidenceNames) {
				return change(b)
			}
			return b
		})
		err := Restore(t.Context(), into, bytes.NewReader(bad))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), item.ID) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(evidenceFolder(into)); !os.IsNotExist(err) {
			t.Errorf("%s: a folder of evidence is there", name)
		}
	}
	// Before there was evidence a backup ended with the streets.
	if err := Restore(t.Context(), Config{Home: t.TempDir()}, bytes.NewReader(rewritten(t, emptyBackup(t), func(name string, b []byte) []byte {
		if name == goneName {
			return nil
		}
		return b
	}))); err != nil {
		t.Errorf("an older backup: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(evidenceFolder(c), "??", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := Backup(t.Context(), c, io.Discard); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), item.ID) {
		t.Errorf("a folder that lacks it: %v", err)
	}
}

func emptyBackup(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Backup(t.Context(), Config{Home: t.TempDir()}, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rewritten is a backup with other files; nil leaves one out.
func rewritten(t *testing.T, backup []byte, change func(name string, b []byte) []byte) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(backup))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	from, to := tar.NewReader(zip), tar.NewWriter(zipped)
	for {
		head, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if b = change(head.Name, slices.Clone(b)); b == nil {
			continue
		}
		head.Size = int64(len(b))
		if err := to.WriteHeader(head); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(to.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func copyKey(t *testing.T, from, to Config) {
	t.Helper()
	b, err := os.ReadFile(from.keyFile())
	if err == nil {
		err = os.WriteFile(to.keyFile(), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
