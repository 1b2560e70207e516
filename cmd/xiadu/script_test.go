package main

import (
	"net"
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
		Setup: func(env *testscript.Env) error {
			// A free port for the story's server: taken and given back.
			socket, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("LISTEN", socket.Addr().String())
			return socket.Close()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "answers": answers},
	})
}
