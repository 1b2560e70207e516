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

// TestWithoutRights uses folders and files that the user may not write or read:
// each command names the one that refuses and what to look at.
func TestWithoutRights(t *testing.T) {
	if testing.Short() {
		t.Skip("copies the program; run without -short")
	}
	program, work := programOfNobody(t)
	closed, open := filepath.Join(work, "closed"), filepath.Join(work, "open")
	for _, home := range []string{closed, open} {
		xiadu(t, work, home, "import", "streets", "village.osm")
		xiadu(t, work, home, "import", "stations", "few.csv")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	before := state(t, closed)
	must(os.Chmod(closed, 0o555)) //nolint:gosec // this is what is tested
	must(os.Chmod(open, 0o777))   //nolint:gosec // as above
	must(os.Chmod(filepath.Join(open, "city.streets"), 0))
	must(os.Chmod(filepath.Join(work, "cells.csv"), 0))
	must(os.MkdirAll(filepath.Join(work, "none"), 0o555)) //nolint:gosec // as above

	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--home", "closed", "import", "streets", "village.osm"}, 8, "不能写入 closed/city.streets：请检查目录是否存在、是否可写"},
		{[]string{"--home", "closed", "import", "stations", "few.csv"}, 8, "权限"},
		{[]string{"--home", "closed", "backup", "none/all.tgz"}, 8, "写不了 none/all.tgz：请检查文件夹是否存在、能否写入"},
		{[]string{"--home", "none", "import", "stations", "few.csv"}, 8, "不能在 " + filepath.Join(work, "none") + " 建立数据库：文件夹不可写"},
		{[]string{"--home", "none/deep", "import", "streets", "village.osm"}, 8, "不能建立数据目录 none/deep"},
		{[]string{"--home", "none", "serve", "--demo"}, 8, "写不了 none"},
		{[]string{"--home", "none", "restore", "few.csv"}, 8, "写不了 none"},
		{[]string{"--home", "open", "import", "demand", "cells.csv"}, 4, "打不开文件 cells.csv：请检查文件名和权限"},
		{[]string{"--home", "open", "import", "stations", "few.csv"}, 8, "读不了 open/city.streets：请检查它所在的位置和权限"},
		{[]string{"--home", "open", "serve"}, 8, "权限"},
		{[]string{"coverage", "--osm", "village.osm", "--stations", "few.csv", "--demand", "people.csv", "--html", "none/report.html"}, 8, "写不了 none/report.html：请检查文件夹是否存在、能否写入"},
	} {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Args, cmd.Dir, cmd.Env = append([]string{"xiadu"}, c.args...), work, append(os.Environ(), "XIADU_LANG=zh", "XIADU_DB=")
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := cmd.CombinedOutput()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != c.code || !strings.Contains(string(out), c.want) {
			t.Errorf("%v: %v: %s; want %d, %s", c.args, err, out, c.code, c.want)
		}
	}
	must(os.Chmod(closed, 0o755)) //nolint:gosec // for the cleanup
	if is := state(t, closed); is != before {
		t.Errorf("it held\n%s and now holds\n%s", before, is)
	}
}

// nobody is the user without rights on Linux.
const nobody = 65534

// programOfNobody copies this program and input to where everybody may read,
// since root may read and write anything.
func programOfNobody(t *testing.T) (program, work string) {
	t.Helper()
	work = crashSite(t)
	for at := work; filepath.Base(at) != filepath.Base(os.TempDir()); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil { //nolint:gosec // as said
			t.Fatal(err)
		}
	}
	for _, name := range []string{"village.osm", "few.csv", "people.csv"} {
		if err := os.Chmod(filepath.Join(work, name), 0o644); err != nil { //nolint:gosec // as said
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(work, "xiadu")
	if err := os.WriteFile(program, data, 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return program, work
}
