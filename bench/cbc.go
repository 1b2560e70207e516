package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// cbcSolver is the solver of coinor-cbc with an instance in a file.
type cbcSolver struct{ program, file string }

// startCBC writes the compact formulation: a variable for each candidate and
// each cell, a row for each cell.
func startCBC(x *sitingInstance) (*cbcSolver, error) {
	program, err := exec.LookPath("cbc")
	if err != nil {
		return nil, fmt.Errorf("%w: coinor-cbc is not installed", errNotHere)
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return nil, err
	}
	c := &cbcSolver{program, filepath.Join(outDir, "siting-"+x.name+".lp")}
	f, err := os.Create(c.file)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	x.writeLP(w)
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return c, f.Close()
}

func (x *sitingInstance) writeLP(w *bufio.Writer) {
	weights := x.problem.Weights[0]
	covers := make([][]int, len(weights))
	for j, s := range x.problem.Sites {
		for _, i := range s.Cells {
			covers[i] = append(covers[i], j)
		}
	}
	fmt.Fprintln(w, "Maximize\n obj:")
	for i, v := range weights {
		if covers[i] != nil {
			fmt.Fprintf(w, " + %d y%d\n", v, i)
		}
	}
	fmt.Fprintln(w, "Subject To")
	for i := range weights {
		if covers[i] == nil {
			continue
		}
		fmt.Fprintf(w, " c%d:\n", i)
		for _, j := range covers[i] {
			fmt.Fprintf(w, " + x%d\n", j)
		}
		fmt.Fprintf(w, " - y%d >= 0\n", i)
	}
	fmt.Fprintln(w, " card:")
	for j := range x.problem.Sites {
		fmt.Fprintf(w, " + x%d\n", j)
	}
	fmt.Fprintf(w, " <= %d\nBounds\n", *x.question.Sites)
	for i := range weights {
		if covers[i] != nil {
			fmt.Fprintf(w, " 0 <= y%d <= 1\n", i)
		}
	}
	fmt.Fprintln(w, "Binaries")
	for j := range x.problem.Sites {
		fmt.Fprintf(w, " x%d\n", j)
	}
	fmt.Fprintln(w, "End")
}

var (
	cbcOptimal   = regexp.MustCompile(`Result - Optimal solution found`)
	cbcObjective = regexp.MustCompile(`Objective value:\s+(-?[\d.]+)`)
)

// solve returns the optimum and the processor time it took, reading the file
// included, which is little.
func (c *cbcSolver) solve(ctx context.Context) (int64, float64, error) {
	cmd := exec.CommandContext(ctx, c.program, c.file, "ratio", "0", "allow", "0", "solve")
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, fmt.Errorf("cbc: %w", err)
	}
	m := cbcObjective.FindSubmatch(out)
	if m == nil || !cbcOptimal.Match(out) {
		return 0, 0, fmt.Errorf("cbc proved nothing: %s", out)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		return 0, 0, err
	}
	s := cmd.ProcessState
	return int64(math.Abs(math.Round(v))), (s.UserTime() + s.SystemTime()).Seconds(), nil
}
