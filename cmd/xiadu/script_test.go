package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xiadu/xiadu/internal/db/dbtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"xiadu": func() { os.Exit(start()) }, "fetch": fetch})
}

// TestStories runs each story of testdata through the real binary, in a folder
// of its own.
func TestStories(t *testing.T) {
	p := stories(t, func(*testscript.Env) {})
	if testing.Short() {
		p.Dir, p.Files = "", withServer(t)
	}
	testscript.Run(t, p)
}

// withServer are the stories in which a server runs: those of one command after the other have no two goroutines to watch, and are
// passed over where only that is wanted.
func withServer(t *testing.T) (files []string) {
	t.Helper()
	all, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("serve")) && bytes.Contains(text, []byte(" &")) {
			files = append(files, file)
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Skip("one command after the other; run without -short")
		})
	}
	return files
}

// TestStoriesOnPostgres tells the stories whose data are in the database again,
// each with a PostgreSQL database of its own.
func TestStoriesOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("the stories are told on SQLite; again on PostgreSQL without -short")
	}
	dbtest.Postgres(t) // skips here if there is no server
	p := stories(t, func(env *testscript.Env) { env.Setenv("XIADU_DB", dbtest.Postgres(t)) })
	p.Dir = ""
	for _, story := range []string{"import", "areas", "demand", "rows", "hostile", "real", "move"} {
		p.Files = append(p.Files, filepath.Join("testdata", story+".txtar"))
	}
	testscript.Run(t, p)
}

func stories(t *testing.T, setup func(*testscript.Env)) testscript.Params {
	t.Helper()
	data := extracts(t)
	return testscript.Params{
		Dir: "testdata", RequireExplicitExec: false, RequireUniqueNames: true,
		UpdateScripts: os.Getenv("XIADU_GOLDEN") != "",
		Setup: func(env *testscript.Env) error {
			// A free port for the story's server: taken and given back.
			socket, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("LISTEN", socket.Addr().String())
			env.Setenv("DATA", data)
			env.Setenv("SOON", time.Now().AddDate(0, 2, 0).Format(time.DateOnly))
			setup(env)
			return socket.Close()
		},
		Condition: func(cond string) (bool, error) { return cond == "extracts" && data != "", nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "answers": answers, "keep": keep, "kept": kept, "harm": harm, "figures": checkFigures, "samefigures": samefigures, "same": same, "bulletins": bulletins, "recount": recount, "losses": losses,
		},
	}
}

// extracts is the folder of real input, or empty where there is none.
func extracts(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("XIADU_DATA")
	if folder == "" {
		folder = "../../../shared/data"
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "poa_osm.pbf")); err != nil {
		return ""
	}
	return folder
}
