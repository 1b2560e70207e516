package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// losses has an original be damaged, declared lost and left out of a backup, and another erased on request, in a home with
// two at least; the backup that follows is restored into the folder "restored".
func losses(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: losses HOME")
	}
	home, backup := ts.MkAbs(args[0]), ts.MkAbs("losses.tgz")
	run := func(args ...string) string {
		ts.Check(ts.Exec("xiadu", append([]string{"--home", home}, args...)...))
		return ts.ReadFile("stdout")
	}
	run("backup", backup)
	list, err := backupSums(backup)
	ts.Check(err)
	names := regexp.MustCompile(`evidence/([0-9A-Za-z_-]+)`).FindAllStringSubmatch(list, 2)
	if len(names) < 2 {
		ts.Fatalf("no two originals in\n%s", list)
	}
	// idOf damages an original: the backup says of which item it is, and how to go on.
	idOf := func(name string) (id string, mend func()) {
		found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "evidence", "*", name))
		if err != nil || len(found) != 1 {
			ts.Fatalf("%v, %v", found, err)
		}
		whole, err := os.ReadFile(found[0])
		ts.Check(err)
		ts.Check(os.WriteFile(found[0], whole[:len(whole)/2], 0o600))
		if ts.Exec("xiadu", "--home", home, "backup", backup) == nil {
			ts.Fatalf("a backup without %s", name)
		}
		said := regexp.MustCompile(`xiadu evidence lost (\S+)`).FindStringSubmatch(ts.ReadFile("stderr"))
		if said == nil {
			ts.Fatalf("it does not say how to go on: %s", ts.ReadFile("stderr"))
		}
		return said[1], func() { ts.Check(os.WriteFile(found[0], whole, 0o600)) }
	}
	other, mend := idOf(names[1][1])
	mend()
	lost, _ := idOf(names[0][1])
	run("evidence", "lost", lost)
	if said := run("backup", backup); !strings.Contains(said, "备份里没有 1 份材料的原件") || !strings.Contains(said, lost) {
		ts.Fatalf("the backup does not say what it is without: %s", said)
	}
	if ts.Exec("xiadu", "--home", home, "evidence", "erase", other, "--reason", "because") == nil {
		ts.Fatalf("erased on no ground")
	}
	run("evidence", "erase", other, "--reason", "asked")
	run("backup", backup)
	if list, err = backupSums(backup); err != nil || strings.Contains(list, names[0][1]) || strings.Contains(list, names[1][1]) {
		ts.Fatalf("%v, still there:\n%s", err, list)
	}
	ts.Check(ts.Exec("xiadu", "--home", ts.MkAbs("restored"), "restore", backup))
	for _, name := range []string{names[0][1], names[1][1]} {
		for _, home := range []string{args[0], "restored"} {
			left, err := filepath.Glob(filepath.Join(ts.MkAbs(home), "evidence", "*", name))
			if err != nil || name == names[1][1] && left != nil || home == "restored" && left != nil {
				ts.Fatalf("%s is there: %v, %v", name, left, err)
			}
		}
	}
}
