package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"xiadu": func() { os.Exit(start()) }})
}

// TestStories runs each story of testdata through the real binary, in a folder
// of its own.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: false, RequireUniqueNames: true,
		UpdateScripts: os.Getenv("XIADU_GOLDEN") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}
