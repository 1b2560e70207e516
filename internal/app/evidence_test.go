package app

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

var testKinds = []evidence.Kind{{Key: "case.photo", Name: lang.Text{ZH: "照片", EN: "A photo"}, MaxBytes: 1 << 20, Keep: time.Hour}}

// The worker of a server develops what has come within a second or two, and stops with it.
func TestPhotosAreDevelopedBehindTheServer(t *testing.T) {
	c := Config{Home: t.TempDir(), Evidence: filepath.Join(t.TempDir(), "照片")}
	d, e := openEvidence(t, c)
	var said bytes.Buffer
	a := newAlbum(c, d, testKinds, slog.New(slog.NewTextHandler(&said, nil)))
	ctx, stop := context.WithCancel(t.Context())
	wait := a.start(ctx)
	if _, err := a.get(); err != nil {
		t.Fatal(err)
	}
	taken, err := e.Take(t.Context(), photograph(t), evidence.Sent{Kind: "case.photo", By: "li"})
	if err != nil {
		t.Fatal(err)
	}
	var item evidence.Item
	if err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		item, err = e.Attach(tx, evidence.New{Hash: taken.Hash, Kind: "case.photo", System: "case", Subject: "measure/1", By: "unit", Person: "li"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); item.State != evidence.Ready; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("after %s it is %s", time.Since(began), item.State)
		}
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) { item, err = e.Item(tx, item.ID); return err }); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wait()
	if files, err := os.ReadDir(c.Evidence); err != nil || len(files) < 2 {
		t.Errorf("the folder that --evidence names has %v, %v", files, err)
	}
	if said.Len() > 0 {
		t.Errorf("the log says %s", &said)
	}
}

// A folder that is another database's is refused in the log, once, and to who brings a
// photo; nothing else of the site is kept from anybody.
func TestPhotosOfAnotherDatabase(t *testing.T) {
	mine := Config{Home: t.TempDir()}
	openEvidence(t, mine)
	other := Config{Home: t.TempDir()}
	d, _ := openEvidence(t, other)
	other.Evidence = evidenceFolder(mine)
	var said bytes.Buffer
	a := newAlbum(other, d, testKinds, slog.New(slog.NewTextHandler(&said, nil)))
	ctx, stop := context.WithCancel(t.Context())
	wait := a.start(ctx)
	_, err := a.get()
	if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(text, "管理员已经知道") {
		t.Errorf("who brings a photo is told %v", err)
	}
	a.tell(ctx, "opening the folder", a.open(ctx))
	stop()
	wait()
	if log := said.String(); strings.Count(log, "is not this database's") != 1 || !strings.Contains(log, evidenceFolder(mine)) {
		t.Errorf("the log says %s", log)
	}
}

// photograph is a drawn one, encoded.
func photograph(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, evidencetest.Scene{Seed: 5, W: 320, H: 240}.Draw(), nil); err != nil {
		t.Fatal(err)
	}
	return &b
}

// Backup and restore look where --evidence says, and nowhere else.
func TestBackupOfAFolderThatIsNamed(t *testing.T) {
	c := Config{Home: t.TempDir(), Evidence: filepath.Join(t.TempDir(), "a")}
	d, e := openEvidence(t, c)
	item, _ := bringPhoto(t, d, e, 10)
	var backup bytes.Buffer
	if err := Backup(t.Context(), c, &backup); err != nil {
		t.Fatal(err)
	}
	elsewhere := c
	elsewhere.Evidence = t.TempDir()
	if err := Backup(t.Context(), elsewhere, io.Discard); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a backup that looks elsewhere: %v", err)
	}
	into := Config{Home: t.TempDir(), Evidence: filepath.Join(t.TempDir(), "b")}
	copyKey(t, c, into)
	if err := Restore(t.Context(), into, &backup); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(into.Home, "evidence")); !os.IsNotExist(err) {
		t.Errorf("there is a folder in HOME: %v", err)
	}
	_, e = openEvidence(t, into)
	o, err := e.Original(t.Context(), item.ID, evidence.View{By: "office", Person: "wang", Why: "恢复后核对"})
	if err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
}
