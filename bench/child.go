package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/xiadu/xiadu/internal/app"
)

// cost is what a child says of itself when it is done.
type cost struct {
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor"` // seconds of all cores together
	Bytes     int64   `json:"bytes"`     // most memory ever resident
}

// runChild is the other side of costOf and of startServer: it does one part
// alone in its process.
func runChild(ctx context.Context, w io.Writer, name string, args []string) error {
	var part func() error
	switch {
	case name == "import" && len(args) == 2:
		part = func() error {
			_, err := app.ImportStreets(ctx, app.Config{Home: filepath.Dir(args[1])}, args[0], "", nil)
			return err
		}
	case name == "walk" && len(args) == 1:
		part = func() error { return walkingGraph(ctx, args[0]) }
	case name == "decode" && len(args) == 1:
		part = func() error { _, err := decode(ctx, args[0]); return err }
	case name == "serve" && len(args) == 1:
		return serveNearest(ctx, w, args[0])
	default:
		return fmt.Errorf("no part is called %q with %d arguments", name, len(args))
	}
	took, err := seconds(wall, part)
	if err != nil {
		return err
	}
	bytes, err := highWater()
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(cost{Seconds: took, Processor: processor().Seconds(), Bytes: bytes})
}

// costOf does a part in a process of its own and returns what it cost.
func costOf(ctx context.Context, name string, args ...string) (cost, error) {
	var c cost
	cmd, err := child(ctx, name, args...)
	if err != nil {
		return c, err
	}
	out, err := cmd.Output()
	if err != nil {
		return c, fmt.Errorf("child %s: %w", name, err)
	}
	if err := json.Unmarshal(out, &c); err != nil {
		return c, fmt.Errorf("child %s said %q: %w", name, bytes.TrimSpace(out), err)
	}
	return c, nil
}

func child(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"-child", name}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd, nil
}

var highWaterLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// highWater returns the most memory that this process ever had resident. Its
// rusage would not do: on Linux a child's Maxrss starts at what its parent had
// when it was forked.
func highWater() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("%w: the peak of memory is read from /proc", errNotHere)
	}
	m := highWaterLine.FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("%w: /proc/self/status has no VmHWM", errNotHere)
	}
	kB, err := strconv.ParseInt(string(m[1]), 10, 64)
	return kB << 10, err
}
