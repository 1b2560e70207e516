package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/sheet"
)

// sitingEntries measure the choice of sites on five instances, the San
// Francisco ones of the literature besides. A and D are to be proven optimal
// sooner than CBC proves them, one thread each; of the others the gap between
// the plan and the proven bound is held against a limit, on all processors.
func sitingEntries(in *inputs) []Entry {
	all := []Entry{
		sitingProof(in, "A", 3.3),
		sitingGap(in, "B", 10*time.Second, 1.0, 0.3),
		sitingGap(in, "C", 10*time.Second, 0.5, leastGap),
		sitingProof(in, "D", 1.5),
		sitingGap(in, "E", 20*time.Second, 0.6, 0.3),
		sanFrancisco(),
	}
	return all
}

// longest is when a proof is given up.
const longest = 60 * time.Second

// sitingProof measures the time to a proven optimum.
func sitingProof(in *inputs, name string, stretch float64) Entry {
	return Entry{
		Name: "siting-" + name + "-proof", Unit: "s", Peer: "CBC", Less: true, Must: 1, Stretch: stretch,
		Run: func(ctx context.Context) (Figures, error) {
			x, err := in.sitingInstance(ctx, name)
			if err != nil {
				return Figures{}, err
			}
			cbc, err := startCBC(x)
			if err != nil {
				return Figures{}, err
			}
			var plan *siting.Solution
			var peers int64
			ours := func() (float64, error) {
				return seconds(processor, func() (err error) {
					limited, stop := context.WithTimeout(ctx, longest)
					defer stop()
					plan, err = siting.Solve(limited, &x.problem, x.question, siting.Options{Workers: 1})
					return err
				})
			}
			peer := func() (took float64, err error) {
				peers, took, err = cbc.solve(ctx)
				return took, err
			}
			f, err := interleave(ctx, 1, ours, peer)
			if err != nil {
				return f, err
			}
			if !plan.Proven || plan.Value != peers {
				return f, fmt.Errorf("ours is %d (proven: %v, bound %d), CBC's %d", plan.Value, plan.Proven, plan.Bound, peers)
			}
			f.Note = fmt.Sprintf("%s; equal optima: %d", x, plan.Value)
			return f, nil
		},
	}
}

// leastGap stands for none where one divides by it, in percent.
const leastGap = 0.001

// sitingGap measures how far, in percent, a plan may be from the best after some time.
func sitingGap(in *inputs, name string, after time.Duration, limit, hoped float64) Entry {
	return Entry{
		Name: "siting-" + name + "-gap", Unit: fmt.Sprintf("%% after %v", after), Peer: "limit",
		Less: true, Must: 1, Stretch: limit / hoped,
		Run: func(ctx context.Context) (Figures, error) {
			x, err := in.sitingInstance(ctx, name)
			if err != nil {
				return Figures{}, err
			}
			began := time.Now()
			first := time.Duration(0)
			limited, stop := context.WithTimeout(ctx, after)
			defer stop()
			plan, err := siting.Solve(limited, &x.problem, x.question, siting.Options{Progress: func(p siting.Progress) {
				if first == 0 && p.Found {
					first = time.Since(began)
				}
			}})
			if err != nil {
				return Figures{}, err
			}
			if got := x.covered(plan.Sites); got != plan.Value || len(plan.Sites) > *x.question.Sites {
				return Figures{}, fmt.Errorf("the plan of %d sites covers %d, not %d", len(plan.Sites), got, plan.Value)
			}
			return Figures{
				Ours: max(leastGap, 100*plan.Gap()), Peer: limit,
				Note: fmt.Sprintf("%s; %d of at most %d, the first plan after %v", x, plan.Value, plan.Bound, first.Round(time.Millisecond)),
			}, nil
		},
	}
}

// sanFrancisco counts the instances of the literature whose optimum is found
// and proven: the one in exact_cbc.csv, which is also that of every plan tried.
func sanFrancisco() Entry {
	return Entry{
		Name: "siting-san-francisco", Unit: "optima proven", Peer: "the published optima", Must: 1, Stretch: 1,
		Run: func(ctx context.Context) (Figures, error) {
			dir := os.Getenv("XIADU_DATA")
			if dir == "" {
				dir = filepath.Join("..", "shared", "data")
			}
			dir = filepath.Join(dir, "mclp")
			rows, err := readCSV(filepath.Join(dir, "exact_cbc.csv"))
			if errors.Is(err, os.ErrNotExist) {
				return Figures{}, fmt.Errorf("%w: %s is not there", errNotHere, dir)
			} else if err != nil {
				return Figures{}, err
			}
			var f Figures
			var took time.Duration
			for _, row := range rows {
				radius, err1 := strconv.ParseFloat(row["radius"], 64)
				sites, err2 := strconv.Atoi(row["p"])
				published, err3 := strconv.ParseFloat(row["covered_demand"], 64)
				x, err4 := readSanFrancisco(dir, radius)
				if err := errors.Join(err1, err2, err3, err4); err != nil {
					return Figures{}, err
				}
				began := time.Now()
				plan, err := siting.Solve(ctx, &x.problem, siting.Question{Sites: &sites}, siting.Options{})
				if err != nil {
					return Figures{}, err
				}
				took += time.Since(began)
				f.Peer++
				if every := x.exhaust(nil, 0, sites); float64(every) != published {
					return Figures{}, fmt.Errorf("%d stores: the best of every plan covers %d, not %v as published", sites, every, published)
				}
				if plan.Proven && float64(plan.Value) == published {
					f.Ours++
				}
			}
			f.Note = fmt.Sprintf("16 candidates, 205 tracts, all in %v", took.Round(time.Millisecond))
			return f, nil
		},
	}
}

// readCSV returns the rows of a file by the names of its columns.
func readCSV(path string) ([]map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	table, err := sheet.Open(file)
	if err != nil {
		return nil, err
	}
	var heads []string
	var rows []map[string]string
	err = table.EachRow(context.Background(), func(r *sheet.Row) error {
		if heads == nil {
			heads = r.Texts()
			return nil
		}
		row := map[string]string{}
		for i, name := range heads {
			row[name] = r.Text(i)
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}
