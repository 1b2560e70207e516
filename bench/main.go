// Bench measures the product beside a peer or a limit that runs in the same
// invocation, on the same input, and proves first that both give the same
// answer. Only ratios are worth quoting: absolute figures do not carry from one
// machine to another.
//
//	go run ./bench            all entries
//	go run ./bench -only X    the entries whose name contains X
//
// It runs in the repository's root. Every entry prints one line: name, ours,
// peer, ratio, must, stretch, and met or short. A ratio above 1 is in our
// favour, whatever is measured. All lines land in bench/out/results.json. An
// entry that cannot run here (a peer or the data is missing) says so and does
// not count; one that fails spoils the exit code, not the others. An entry that
// is short does neither: it is there to be read.
//
// An entry, or a family of them over one input, is a file of its own, listed in
// entries. What they share is the large network (lattice.go), the stations on
// it (stations.go) and the plain search that proves answers (dijkstra.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"
)

// outDir is where results and everything made for a measurement go.
var outDir = filepath.Join("bench", "out")

// entries lists what is measured, in the order of running.
func entries() []Entry {
	var in inputs
	var all []Entry
	all = append(all, importEntries(&in)...)
	all = append(all, reachEntries(&in)...)
	all = append(all, straightEntries(&in)...)
	all = append(all, pgroutingEntry(&in))
	all = append(all, listEntries(&in)...)
	all = append(all, kfoldEntries(&in)...)
	all = append(all, moveEntry(&in))
	all = append(all, nearestEntries(&in)...)
	all = append(all, nearestHTTPEntry(&in))
	all = append(all, weekEntry(&in), changeEntry(&in))
	all = append(all, searchEntry(), signinEntry())
	all = append(all, pageEntries()...)
	all = append(all, logEntries()...)
	all = append(all, logProofs()...)
	all = append(all, nearTexts()...)
	all = append(all, letterEntries()...)
	all = append(all, caseEntries()...)
	all = append(all, scoringEntry(), locksEntry())
	all = append(all, liveEntries()...)
	all = append(all, sitingEntries(&in)...)
	return all
}

func main() {
	only := flag.String("only", "", "run the entries whose name contains this")
	out := flag.String("out", filepath.Join(outDir, "results.json"), "where the results go")
	profile := flag.String("profile", "", "write where the processor's time went, for go tool pprof")
	child := flag.String("child", "", "internal: measure one part in a process of its own")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	stopProfile, err := profiling(*profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return
	}
	defer stopProfile()
	if *child != "" {
		err = runChild(ctx, os.Stdout, *child, flag.Args())
	} else {
		err = run(ctx, os.Stdout, entries(), *only, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// profiling begins to write where the processor's time goes, if a file is named.
func profiling(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a profile that is cut off is seen when it is read
	}, pprof.StartCPUProfile(f)
}

// run runs the entries whose name contains only, prints a line for each and
// saves what was measured, even when some of them fail.
func run(ctx context.Context, w io.Writer, all []Entry, only, out string) error {
	var chosen []Entry
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
		if strings.Contains(e.Name, only) {
			chosen = append(chosen, e)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no entry is called like %q; there are: %s", only, strings.Join(names, ", "))
	}
	var results []Result
	var failed []error
	for _, e := range chosen {
		r, err := e.measure(ctx, time.Now)
		switch {
		case errors.Is(err, errNotHere):
			fmt.Fprintf(w, "%-*s skipped: %v\n", nameWidth, e.Name, err)
		case err != nil:
			fmt.Fprintf(w, "%-*s failed: %v\n", nameWidth, e.Name, err)
			failed = append(failed, fmt.Errorf("%s: %w", e.Name, err))
		default:
			fmt.Fprintln(w, r)
			results = append(results, r)
		}
		if ctx.Err() != nil {
			break // interrupted: keep what there is
		}
	}
	if len(results) > 0 {
		failed = append(failed, save(out, results))
	}
	return errors.Join(failed...)
}
