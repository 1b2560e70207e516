package app

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
)

// A backup takes the place of none that holds more, and of nothing that is none.
func TestBackupKeepsTheLargerOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "all.tgz")
	small, large := Config{Home: t.TempDir()}, Config{Home: t.TempDir()}
	for _, c := range []Config{small, large} {
		if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bring(t, large, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	write := func(c Config, larger bool, want fault.Kind) {
		t.Helper()
		before, _ := os.ReadFile(file)
		if err := BackupTo(t.Context(), c, file, larger); fault.KindOf(err) != want {
			t.Errorf("%v, want kind %v", err, want)
		}
		after, err := os.ReadFile(file)
		if err != nil || bytes.Equal(before, after) != (want != 0) {
			t.Errorf("replaced, or not: %v", err)
		}
	}
	write(small, false, 0)
	write(large, false, 0)
	write(small, false, fault.Conflict)
	write(large, false, 0)
	write(small, true, 0)
	if err := os.Remove(small.streets()); err != nil {
		t.Fatal(err)
	}
	write(small, false, fault.Conflict)
	write(large, false, 0)
	for _, other := range []string{"my notes", ""} {
		if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		if other != "" {
			write(small, true, fault.Conflict)
		} else {
			write(small, false, 0)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := BackupTo(t.Context(), small, os.DevNull, true); fault.KindOf(err) != fault.Conflict {
		t.Errorf("in the place of a device: %v", err)
	}
}

// What is read back is the backup, or an error: no flipped bit goes unseen.
func TestReadBackup(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "all.tgz")
	if err := BackupTo(t.Context(), c, file, false); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := readBackup(t.Context(), file)
	if err != nil || len(want.sums) != 3 {
		t.Fatal(want, err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		flipped := bytes.Clone(whole)
		at := random.IntN(len(whole))
		flipped[at] ^= 1 << random.IntN(8)
		if err := os.WriteFile(file, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readBackup(t.Context(), file)
		if fault.KindOf(err) == fault.Invalid {
			continue
		}
		if err != nil || got.entries != want.entries || !maps.Equal(got.sums, want.sums) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

// A restore overwrites nothing, streets as little as data.
func TestRestoreKeepsStreets(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := Backup(t.Context(), c, &backup); err != nil {
		t.Fatal(err)
	}
	other := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), other, writeStreet(t, "短街", 3), "", nil); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(other.streets())
	if err != nil {
		t.Fatal(err)
	}
	err = Restore(t.Context(), other, bytes.NewReader(backup.Bytes()))
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), other.streets()) {
		t.Errorf("%v, want a fault.Conflict that names the streets", err)
	}
	if after, err := os.ReadFile(other.streets()); !bytes.Equal(before, after) {
		t.Errorf("the streets were overwritten: %v", err)
	}
	if left, err := os.ReadDir(other.Home); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}
