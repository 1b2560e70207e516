package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnlyHome takes the data out of a folder in which nothing can be
// written: coverage, a backup to another place, and the pages work; what would
// save says why it cannot. The folder is that of a program which ended, and that
// of one which was killed with changes in its log.
func TestReadOnlyHome(t *testing.T) {
	if testing.Short() {
		t.Skip("copies the program; run without -short")
	}
	program, work := programOfNobody(t)
	ended, killed := filepath.Join(work, "ended"), filepath.Join(work, "killed")
	for _, home := range []string{ended, killed} {
		xiadu(t, work, home, "import", "streets", "village.osm")
		xiadu(t, work, home, "import", "demand", "people.csv")
		if home == killed {
			server := served(t, command(t, work, home, "serve", "--listen", "127.0.0.1:0"))
			xiadu(t, work, home, "import", "stations", "few.csv")
			server.kill()
			if _, err := os.Stat(filepath.Join(home, "xiadu.db-wal")); err != nil {
				t.Fatal("nothing is left in the log:", err)
			}
		} else {
			xiadu(t, work, home, "import", "stations", "few.csv")
		}
	}
	out := filepath.Join(work, "out")
	for _, home := range []string{ended, killed} {
		before := snapshot(t, home, 0o444)
		for _, folder := range []struct {
			name string
			mode os.FileMode
		}{{home, 0o555}, {out, 0o777}} {
			if err := errors.Join(os.MkdirAll(folder.name, 0o755), os.Chmod(folder.name, folder.mode)); err != nil { //nolint:gosec // this is what is tested
				t.Fatal(err)
			}
		}
		run := func(args ...string) *exec.Cmd {
			cmd := exec.CommandContext(t.Context(), program)
			cmd.Args, cmd.Dir = append([]string{"xiadu", "--home", filepath.Base(home)}, args...), work
			cmd.Env = append(os.Environ(), "XIADU_LANG=zh", "XIADU_DB=", "HOME=/nonexistent")
			if os.Getuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			}
			return cmd
		}
		backup := filepath.Join(out, filepath.Base(home)+".tgz")
		if said, err := run("backup", backup).CombinedOutput(); err != nil {
			t.Errorf("backup: %v: %s", err, said)
		}
		answer, err := run("coverage", "--at", "2026-11-23T12:00", "--json").Output()
		if err != nil {
			t.Errorf("coverage: %v: %s", err, answer)
		}
		// What was taken out is what is there.
		restored := filepath.Join(work, "again-"+filepath.Base(home))
		xiadu(t, work, restored, "restore", backup)
		again, err := command(t, work, restored, "coverage", "--at", "2026-11-23T12:00", "--json").Output()
		if err != nil || string(again) != string(answer) || !strings.Contains(string(answer), `"stations"`) {
			t.Errorf("restored, %v: %s, want %s", err, again, answer)
		}
		pagesOfReader(t, served(t, run("serve", "--listen", "127.0.0.1:0")))
		for _, args := range [][]string{{"import", "stations", "few.csv"}, {"import", "demand", "people.csv"}} {
			said, err := run(args...).CombinedOutput()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok || exit.ExitCode() != 8 || !strings.Contains(string(said), "只能读取") {
				t.Errorf("%v: %v: %s, want 8 and why", args, err, said)
			}
		}
		if is := snapshot(t, home, 0o444); is != before {
			t.Errorf("the folder held\n%s and now holds\n%s", before, is)
		}
		if err := os.Chmod(home, 0o755); err != nil { //nolint:gosec // for the cleanup
			t.Fatal(err)
		}
	}
}

// pagesOfReader reads pages and tries to save.
func pagesOfReader(t *testing.T, s *server) {
	t.Helper()
	defer s.kill()
	for _, page := range []string{"/", "/stations", "/coverage", "/plans", "/stations.csv"} {
		if code, body := s.ask(t, http.MethodGet, page, nil); code != http.StatusOK {
			t.Errorf("%s: %d %.300s", page, code, body)
		}
	}
	form := url.Values{"name": {"夜里"}, "changes": {"open NEW-1 101.775,36.617 \"新站\" 24/7"}, "at": {"2026-11-23T12:00"}, "minutes": {"15"}}
	if code, body := s.ask(t, http.MethodPost, "/plans", form); code != http.StatusServiceUnavailable || !strings.Contains(body, "只能读取") {
		t.Errorf("saving: %d %.300s, want 503 and why", code, body)
	}
}

// snapshot gives every file the mode, and tells names and sizes.
func snapshot(t *testing.T, home string, mode os.FileMode) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(d.Name() + " " + info.ModTime().String() + "\n")
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// server is a running xiadu serve.
type server struct {
	cmd *exec.Cmd
	url string
}

var servedAt = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// served starts the program and waits for its address.
func served(t *testing.T, cmd *exec.Cmd) *server {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd}
	t.Cleanup(s.kill)
	for lines := bufio.NewScanner(out); s.url == "" && lines.Scan(); {
		s.url = servedAt.FindString(lines.Text())
	}
	if s.url == "" {
		t.Fatalf("no server: %s", errs.String())
	}
	go io.Copy(io.Discard, out) // nobody reads what it says later
	return s
}

func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

func (s *server) ask(t *testing.T, method, page string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+page, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}
