package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/demo"
)

// small are tiles that make thousands of items of the demo city, so that a run
// lasts while workers come and go.
const small = "0.2"

// TestKilledWorkersAndCoordinator runs a city through real processes: workers are
// killed while they compute, one after another, and so is the coordinator. What
// comes of it equals, to the last digit, the run of a single process.
func TestKilledWorkersAndCoordinator(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a dozen processes; run without -short")
	}
	work := t.TempDir()
	for name, write := range map[string]func(io.Writer) error{"city.osm": demo.Streets, "stations.csv": demo.Stations, "people.csv": demo.Demand} {
		var b bytes.Buffer
		if err := errors.Join(write(&b), os.WriteFile(filepath.Join(work, name), b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	xiadu(t, work, "city", "import", "streets", "city.osm")
	xiadu(t, work, "city", "import", "stations", "stations.csv")
	xiadu(t, work, "city", "import", "demand", "people.csv", "--night", "night")
	single, err := command(t, work, "alone", "run", "city", "--workers", "1", "--tile-km", "1000").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, single)
	}

	address := freeAddress(t)
	run := []string{"run", "city", "--tile-km", small, "--workers", "0", "--nats-listen", address, "--nats-patience", "1s"}
	coordinator := launch(t, work, "nation", run...)
	join := regexp.MustCompile(`nats://\S+`).FindString(coordinator.says(t, "nats://"))
	worker := func(home string) *child {
		w := launch(t, work, home, "worker", "--nats", join, "--nats-patience", "1s", "--workers", "2")
		w.says(t, "已加入")
		return w
	}
	for _, home := range []string{"w1", "w2"} { // killed amid items, with no time to say so
		w := worker(home)
		time.Sleep(300 * time.Millisecond)
		w.kill(t)
	}
	stays := worker("w3")
	time.Sleep(300 * time.Millisecond)
	coordinator.kill(t)
	time.Sleep(300 * time.Millisecond)
	coordinator = launch(t, work, "nation", run...)
	time.Sleep(200 * time.Millisecond)
	coordinator.kill(t)
	coordinator = launch(t, work, "nation", "run", "--workers", "0", "--nats-listen", address, "--nats-patience", "1s")
	if err := coordinator.wait(); err != nil {
		t.Fatalf("the coordinator: %v: %s", err, coordinator.said())
	}
	fingerprint := regexp.MustCompile(`指纹 ([0-9a-f]{16})`)
	want, got := fingerprint.FindString(string(single)), fingerprint.FindString(coordinator.said())
	if want == "" || got != want {
		t.Errorf("the figures have the %q, those of one process the %q: %s", got, want, coordinator.said())
	}
	if err := stays.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if exit, ok := errors.AsType[*exec.ExitError](stays.wait()); !ok || exit.ExitCode() != exitCancelled {
		t.Errorf("the worker that stayed: %v: %s", exit, stays.said())
	}
}

// child is a process under way.
type child struct {
	cmd    *exec.Cmd
	output string // a file, so that it is there whoever is killed
}

func launch(t *testing.T, work, home string, args ...string) *child {
	t.Helper()
	c := &child{cmd: command(t, work, home, args...), output: filepath.Join(t.TempDir(), "output")}
	f, err := os.Create(c.output)
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Stdout, c.cmd.Stderr = f, f
	if err := errors.Join(c.cmd.Start(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) said() string {
	data, err := os.ReadFile(c.output)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// says waits until the process has said something.
func (c *child) says(t *testing.T, what string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if said := c.said(); strings.Contains(said, what) && strings.HasSuffix(said, "\n") {
			return said
		}
	}
	t.Fatalf("%v said within a minute only %q", c.cmd.Args, c.said())
	return ""
}

func (c *child) wait() error { return c.cmd.Wait() }

// kill ends the process at once. It must have been at work.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Errorf("%v was over before it could be killed: %v: %s", c.cmd.Args, err, c.said())
	}
	if exit, ok := errors.AsType[*exec.ExitError](c.wait()); !ok || exit.ExitCode() != -1 {
		t.Errorf("%v was not killed but ended: %s", c.cmd.Args, c.said())
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	return socket.Addr().String()
}
