package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/demo"
)

// works are the long commands. Each is to be done or not done at all, however
// it ends.
var works = []struct {
	name  string
	fresh bool // begins with an empty folder
	args  []string
}{
	{"streets", false, []string{"import", "streets", "city.osm"}},
	{"stations", false, []string{"import", "stations", "many.csv", "--division", "630103", "--replace"}},
	{"demand", false, []string{"import", "demand", "people.csv"}},
	{"letters", false, []string{"complaints", "import", "batch.csv", "--campaign", "XN2023"}},
	{"restore", true, []string{"restore", "all.tgz"}},
	{"backup", false, []string{"backup", "again.tgz"}},
}

// manyRows and manyLetters are enough to be interrupted among.
const (
	manyRows    = 4000
	manyLetters = 600
)

// TestInterrupted ends each command in its middle, by kill -9 and by Ctrl+C. The
// data are then those before or those after, and the same command works again.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some fifty processes; run without -short")
	}
	work := crashSite(t)
	for _, w := range works {
		t.Run(w.name, func(t *testing.T) {
			before := filepath.Join(work, "begun")
			if w.fresh {
				before = t.TempDir()
			}
			home := copyOf(t, before)
			wasBefore := state(t, home)
			start := time.Now()
			xiadu(t, work, home, w.args...)
			took := time.Since(start)
			wasAfter := state(t, home)
			for _, end := range []struct {
				signal syscall.Signal
				share  float64 // of the time that it takes
			}{{syscall.SIGINT, 0.5}, {syscall.SIGKILL, 0.4}, {syscall.SIGKILL, 0.8}} {
				home := copyOf(t, before)
				code, said := interrupted(t, work, home, end.signal, time.Duration(end.share*float64(took)), w.args...)
				if end.signal == syscall.SIGINT {
					// -1: it was not yet listening for signals.
					if code != exitDone && code != -1 && (code != exitCancelled || !strings.Contains(said, "已取消，没有留下做了一半的东西")) {
						t.Errorf("after Ctrl+C: exit code %d, %q", code, said)
					}
					if left := begunFiles(t, home, work); left != nil {
						t.Errorf("after Ctrl+C these are left: %v", left)
					}
				}
				is := state(t, home)
				if is != wasBefore && withoutSum(is) != withoutSum(wasAfter) {
					t.Errorf("%v after %v of %v: the data are\n%s, neither those before\n%s nor those after\n%s",
						end.signal, end.share, took, is, wasBefore, wasAfter)
				}
				t.Logf("%v at %v of %v: done: %v", end.signal, end.share, took, is != wasBefore)
				if is != wasBefore {
					continue // it was done in time
				}
				xiadu(t, work, home, w.args...)
				if is := state(t, home); withoutSum(is) != withoutSum(wasAfter) {
					t.Errorf("%v, then again: the data are\n%s, and should be\n%s", end.signal, is, wasAfter)
				}
			}
		})
	}
}

// crashSite makes a folder with input files, a city that is begun, and a backup
// of one that is whole.
func crashSite(t *testing.T) string {
	t.Helper()
	work := t.TempDir()
	write := func(name string, write func(io.Writer) error) {
		var b bytes.Buffer
		if err := errors.Join(write(&b), os.WriteFile(filepath.Join(work, name), b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("city.osm", demo.Streets)
	write("few.csv", demo.Stations)
	write("cells.csv", demo.Demand)
	write("many.csv", func(w io.Writer) error {
		fmt.Fprintln(w, "编号,名称,经度,纬度,营业时间")
		for i := range manyRows {
			fmt.Fprintf(w, "M-%d,驿站 %d,%.6f,36.617,8:00-18:00\n", i, i, 101.70+float64(i)*1e-5)
		}
		return nil
	})
	write("people.csv", func(w io.Writer) error {
		fmt.Fprintln(w, "id,lon,lat,population")
		for i := range manyRows {
			fmt.Fprintf(w, "c%d,%.6f,36.617,%d\n", i, 101.70+float64(i)*1e-5, i%50)
		}
		return nil
	})
	write("batch.csv", func(w io.Writer) error {
		fmt.Fprintln(w, "受理编号,交办问题基本情况,行政区域,污染类型")
		for i := range manyLetters {
			fmt.Fprintf(w, "D3QH20231126%04d,第 %d 家的油烟夜里直排，开不了窗,城西区,大气\n", i, i)
		}
		return nil
	})
	write("village.osm", func(w io.Writer) error {
		_, err := io.WriteString(w, `<osm version="0.6"><node id="1" lat="36.617" lon="101.77"/><node id="2" lat="36.617" lon="101.78"/>`+
			`<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>`)
		return err
	})
	begun := filepath.Join(work, "begun")
	xiadu(t, work, begun, "import", "streets", "village.osm")
	xiadu(t, work, begun, "import", "stations", "few.csv")
	xiadu(t, work, begun, "import", "demand", "cells.csv")
	xiadu(t, work, begun, "complaints", "begin", "--campaign", "XN2023")
	whole := copyOf(t, begun)
	xiadu(t, work, whole, "import", "streets", "city.osm")
	xiadu(t, work, whole, "import", "stations", "many.csv", "--division", "630103")
	xiadu(t, work, whole, "backup", "all.tgz")
	return work
}

// command is the program on a data folder, ready to start.
func command(t *testing.T, work, home string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xiadu", append([]string{"--home", home}, args...)...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "XIADU_LANG=zh", "XIADU_DB=")
	return cmd
}

// xiadu runs the program, which must work.
func xiadu(t *testing.T, work, home string, args ...string) {
	t.Helper()
	if out, err := command(t, work, home, args...).CombinedOutput(); err != nil {
		t.Fatalf("xiadu %v: %v: %s", args, err, out)
	}
}

// interrupted runs the program and sends it a signal after a while. It returns
// the exit code and what it said.
func interrupted(t *testing.T, work, home string, signal syscall.Signal, after time.Duration, args ...string) (int, string) {
	t.Helper()
	cmd := command(t, work, home, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); ok {
		return exit.ExitCode(), said.String()
	}
	return 0, said.String()
}

// state is what a data folder holds, by a backup.
func state(t *testing.T, home string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.tgz")
	xiadu(t, home, home, "backup", file)
	sums, err := backupSums(file)
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

var rowsSum = regexp.MustCompile(`(data\.jsonl, \d+ lines), \w+`)

// withoutSum leaves out the sum of the rows: two imports of the same file differ
// in the times of their entries.
func withoutSum(state string) string { return rowsSum.ReplaceAllString(state, "$1") }

// begunFiles lists files that a command has begun and not finished.
func begunFiles(t *testing.T, folders ...string) (left []string) {
	t.Helper()
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(folder, ".*"))
		if err != nil {
			t.Fatal(err)
		}
		left = slices.Concat(left, found)
	}
	return left
}

func copyOf(t *testing.T, folder string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return to
}
