package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk runs each command with a disk that is too small for it: it says
// so, what is there stays, and with room again the same command works.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("needs many rows; run without -short")
	}
	disk := smallDisk(t)
	work := crashSite(t)
	for _, w := range works {
		t.Run(w.name, func(t *testing.T) {
			home := filepath.Join(disk, w.name)
			from := filepath.Join(work, "begun")
			if w.fresh {
				from = t.TempDir()
			}
			if err := os.CopyFS(home, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			before := state(t, home)
			args := w.args
			if w.name == "backup" {
				args = []string{"backup", filepath.Join(home, "again.tgz")}
			}
			filler := filepath.Join(disk, "filler")
			fill(t, filler)
			out, err := command(t, work, home, args...).CombinedOutput()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 8 || !strings.Contains(string(out), "磁盘已满") {
				t.Errorf("%v: %s", err, out)
			}
			if left := begunFiles(t, home); left != nil {
				t.Errorf("left behind: %v", left)
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			if is := state(t, home); is != before {
				t.Errorf("it held\n%s and now it holds\n%s", before, is)
			}
			xiadu(t, work, home, args...)
			if w.name != "backup" && state(t, home) == before {
				t.Error("with room again it changed nothing")
			}
			if err := os.RemoveAll(home); err != nil {
				t.Fatal(err)
			}
		})
	}
}

const diskSize = "32m"

// smallDisk mounts a small disk in memory, for which one must be root.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+diskSize); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill leaves 100 KB of the disk.
func fill(t *testing.T, file string) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(file), &disk); err != nil {
		t.Fatal(err)
	}
	free := int64(disk.Bavail)*disk.Bsize - 100<<10
	if err := os.WriteFile(file, make([]byte, free), 0o600); err != nil {
		t.Fatal(err)
	}
}
