package flat_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
)

func write(t testing.TB, path string, numbers []uint32, corners []geo.Fixed) {
	t.Helper()
	w, err := flat.Create(path, "test/1")
	if err != nil {
		t.Fatal(err)
	}
	flat.Put(w, "numbers", numbers)
	flat.Put(w, "corners", corners)
	flat.Put(w, "empty", []byte(nil))
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsPutIsGot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.flat")
	rapid.Check(t, func(r *rapid.T) {
		numbers := rapid.SliceOf(rapid.Uint32()).Draw(r, "numbers")
		corners := []geo.Fixed{{Lon: rapid.Int32().Draw(r, "lon"), Lat: 7}}
		write(t, path, numbers, corners)
		f, err := flat.Open(path, "test/1")
		if err != nil {
			r.Fatal(err)
		}
		gotN, err1 := flat.Get[uint32](f, "numbers")
		gotC, err2 := flat.Get[geo.Fixed](f, "corners")
		if err1 != nil || err2 != nil || !slices.Equal(gotN, numbers) || !slices.Equal(gotC, corners) {
			r.Fatalf("got %v %v, %v %v", gotN, gotC, err1, err2)
		}
	})
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("temporary files left behind: %v", left)
	}
}

// Every byte matters: changing any one, or cutting the file anywhere, is noticed.
func TestDamageIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.flat")
	write(t, path, []uint32{1, 2, 3, 4, 5}, []geo.Fixed{{Lon: 1, Lat: 2}})
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, i int, raw []byte) {
		bad := filepath.Join(dir, "bad.flat")
		if err := os.WriteFile(bad, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := flat.Open(bad, "test/1")
		if err == nil {
			numbers, errN := flat.Get[uint32](f, "numbers")
			if errN != nil || !slices.Equal(numbers, []uint32{1, 2, 3, 4, 5}) {
				t.Errorf("%s %d: opened with wrong content %v", what, i, numbers)
			}
			return // a changed byte of padding is harmless
		}
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s %d: %v is no fault", what, i, err)
		}
	}
	for i := range good {
		changed := slices.Clone(good)
		changed[i] ^= 0x41
		refused("byte", i, changed)
		refused("cut at", i, good[:i])
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.flat")
	if _, err := flat.Open(path, "test/1"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a missing file: %v", err)
	}
	write(t, path, nil, nil)
	if _, err := flat.Open(path, "test/2"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("another version: %v", err)
	}
	f, err := flat.Open(path, "test/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flat.Get[byte](f, "numbers"); err == nil {
		t.Error("a section was read as another type")
	}
	if _, err := flat.Create(filepath.Join(dir, "no", "such"), "v"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a missing folder: %v", err)
	}
}

// The old file stays when the disk fills up while the new one is written.
func TestFullDiskKeepsTheOldFile(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	path := filepath.Join(t.TempDir(), "a.flat")
	write(t, path, []uint32{9}, nil)
	w, err := flat.Create(path, "test/1")
	if err != nil {
		t.Fatal(err)
	}
	flat.FillDisk(t, w)
	flat.Put(w, "numbers", make([]uint32, 1<<20))
	if err := w.Commit(); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("commit on a full disk: %v", err)
	}
	f, err := flat.Open(path, "test/1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := flat.Get[uint32](f, "numbers"); err != nil || !slices.Equal(got, []uint32{9}) {
		t.Errorf("the old file has %v, %v", got, err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := flat.Create(filepath.Join(dir, "a.flat"), "test/1")
	if err != nil {
		t.Fatal(err)
	}
	flat.Put(w, "numbers", []uint32{1})
	w.Abort()
	if err := w.Commit(); err == nil {
		t.Error("committed after Abort")
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}
