package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
)

// A full disk is said, leaves nothing, and with room again the same works.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 700<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Put(t.Context(), random(600<<10))
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "full") {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "incoming")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if got, err := read(s, put(t, s, random(600<<10))); err != nil || len(got) != 600<<10 {
		t.Error(err)
	}
}
