package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// Entry is one comparison.
type Entry struct {
	Name string
	Unit string // of both figures
	Peer string // what it is compared with
	// Less says that smaller figures are better, as of memory.
	Less bool
	// Must is the ratio promised, Stretch the one hoped for.
	Must, Stretch float64
	Run           func(context.Context) (Figures, error)
}

// Figures are what an entry measured, medians of several runs.
type Figures struct {
	Ours, Peer float64
	Note       string // what was equal, how large the input was
}

// errNotHere marks an entry that this machine lacks something for.
var errNotHere = errors.New("cannot run here")

// Result is a line of results.json.
type Result struct {
	Name    string    `json:"name"`
	Unit    string    `json:"unit"`
	Ours    float64   `json:"ours"`
	Peer    float64   `json:"peer"`
	PeerIs  string    `json:"peer_is"`
	Ratio   float64   `json:"ratio"` // above 1 is in our favour
	Must    float64   `json:"must"`
	Stretch float64   `json:"stretch"`
	Verdict Verdict   `json:"verdict"`
	Note    string    `json:"note,omitempty"`
	Machine string    `json:"machine"`
	At      time.Time `json:"at"`
}

// Verdict says whether an entry keeps its promise.
type Verdict string

// The verdicts.
const (
	MetStretch Verdict = "met, stretch too"
	Met        Verdict = "met"
	Short      Verdict = "short"
)

// measure runs e and judges what comes of it.
func (e Entry) measure(ctx context.Context, now func() time.Time) (Result, error) {
	f, err := e.Run(ctx)
	if err != nil {
		return Result{}, err
	}
	if !(f.Ours > 0 && f.Peer > 0) {
		return Result{}, fmt.Errorf("measured nothing: ours %v, peer %v", f.Ours, f.Peer)
	}
	r := Result{
		Name: e.Name, Unit: e.Unit, Ours: f.Ours, Peer: f.Peer, PeerIs: e.Peer, Ratio: f.Ours / f.Peer,
		Must: e.Must, Stretch: e.Stretch, Verdict: Short, Note: f.Note,
		Machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()),
		At:      now().UTC().Truncate(time.Second),
	}
	if e.Less {
		r.Ratio = f.Peer / f.Ours
	}
	switch {
	case r.Ratio >= e.Stretch:
		r.Verdict = MetStretch
	case r.Ratio >= e.Must:
		r.Verdict = Met
	}
	return r, nil
}

const nameWidth = 24

func (r Result) String() string {
	return fmt.Sprintf("%-*s ours %s  %s %s %s  ratio %.2f  must %.2f  stretch %.2f  %s  (%s)",
		nameWidth, r.Name, figure(r.Ours), r.PeerIs, figure(r.Peer), r.Unit, r.Ratio, r.Must, r.Stretch, r.Verdict, r.Note)
}

// figure writes three digits, or all before the point.
func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// save writes results to path. Those of other entries stay, each in its place.
func save(path string, results []Result) error {
	var all []Result
	if raw, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(raw, &all) != nil {
			all = nil // a damaged file is replaced
		}
	}
	for _, r := range results {
		i := slices.IndexFunc(all, func(o Result) bool { return o.Name == r.Name })
		if i < 0 {
			all = append(all, r)
		} else {
			all[i] = r
		}
	}
	raw, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}
