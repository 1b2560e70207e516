package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

// TestOutOfTheHall is the story of a contest that was judged on a laptop in a hall and is taken into a city.
func TestOutOfTheHall(t *testing.T) {
	home := filepath.Join(t.TempDir(), "hall")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	xiadu(t, t.TempDir(), home, "people", "list") // makes the home
	d := opened(t, home)
	h := contesttest.OpenIn(t, d, home, contesttest.Rule(0), 2)
	for i, number := range h.Numbers {
		h.Run(number)
		m := []string{"9", "8"}[i]
		h.Mark(number, m, m, m, m, m, m, m, m, m)
		h.Show(number)
	}
	_, err := release.In(d, h.Facts).Release(t.Context(), h.Organiser, contesttest.Code, "")
	h.Must(err)
	h.Must(d.Close())
	p := stories(t, func(env *testscript.Env) {
		env.Setenv("HALL", home)
		env.Setenv("CODE", contesttest.Code)
	})
	p.Dir, p.Files = "", []string{filepath.Join("testdata", "hall", "contest.txtar")}
	p.Cmds["spoil"] = spoil
	testscript.Run(t, p)
}

// spoil writes spoiled.zip: a file with another byte in its middle.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	text := []byte(ts.ReadFile(args[0]))
	text[len(text)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs("spoiled.zip"), text, 0o600))
}
