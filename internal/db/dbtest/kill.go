package dbtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
)

// reads are statements that write nothing: to die before one is to die before the next that does.
var reads = regexp.MustCompile(`(?i)^\s*SELECT\b`)

// Writes is for db.Before: it calls f before each write, and before each end of a transaction.
func Writes(f func()) func(text string) {
	return func(text string) {
		if !reads.MatchString(text) {
			f()
		}
	}
}

// Die kills this process as nothing can be warned of. It does not return.
func Die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {}
}

// Victim runs a test of this binary in a process of its own, which finds in its environment what it is to do, and has to be killed there.
func Victim(t testing.TB, test string, env ...string) {
	t.Helper()
	if out, err := child(t, test, env); !killed(err) {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
}

// Survivor is Victim for a process that has to come to its end.
func Survivor(t testing.TB, test string, env ...string) {
	t.Helper()
	if out, err := child(t, test, env); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func child(t testing.TB, test string, env []string) ([]byte, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.timeout=60s")
	c.Env = append(os.Environ(), env...)
	return c.CombinedOutput()
}

func killed(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL
}

// Rows are all that a database holds, a line a row with its table before it, but for some tables.
func Rows(t testing.TB, d *db.DB, without ...string) (rows []string) {
	t.Helper()
	var b bytes.Buffer
	if err := d.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	table := ""
	for _, line := range lines[1 : len(lines)-1] {
		if strings.HasPrefix(line, "{") {
			var head struct{ Table string }
			if err := json.Unmarshal([]byte(line), &head); err != nil {
				t.Fatal(err)
			}
			table = head.Table
			continue
		}
		if !slices.Contains(without, table) {
			rows = append(rows, table+" "+line)
		}
	}
	return rows
}
