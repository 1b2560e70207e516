package release

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Published is a public file of a contest as a log has it.
type Published struct {
	N     int
	Entry string // of the log
	File  string // its SHA-256
	Text  []byte // as it lies beside the log
}

// InLog checks a log, and returns what it released of a contest. Where the report has findings nothing of it is proved.
func InLog(ctx context.Context, src verify.Source, o verify.Options, code string) ([]Published, verify.Report, error) {
	all := &ofContest{code: code}
	fold := &figure.Fold{Kinds: []string{kindReleased}, Begin: func() figure.State { return all }}
	o.Queries = append(slices.Clone(o.Queries), figure.Query{Name: "contest.released/1", Over: fold, Shelf: fold})
	r, err := verify.Log(ctx, src, o)
	return all.released, r, err
}

// ofContest gathers the files of one contest.
type ofContest struct {
	code     string
	released []Published
}

var _ figure.Shelved = (*ofContest)(nil)

// Add takes in an entry.
func (c *ofContest) Add(s logtree.Statement) error {
	if s.Subject != contest.Subject(c.code) {
		return nil
	}
	var one step
	err := json.Unmarshal(s.Public, &one)
	c.released = append(c.released, Published{N: one.N, Entry: s.ID, File: one.File})
	return err
}

// Files are the files, to be read.
func (c *ofContest) Files() (all []figure.Shelf) {
	for _, r := range c.released {
		all = append(all, figure.Shelf{Name: fmt.Sprintf("%s, %d", contest.Subject(c.code), r.N), SHA256: r.File})
	}
	return all
}

// Holds keeps what a file says; that it holds is found by the figure of results.
func (c *ofContest) Holds(f figure.Shelf, text []byte) []figure.Difference {
	for i := range c.released {
		if c.released[i].File == f.SHA256 {
			c.released[i].Text = text
		}
	}
	return nil
}

// Contradictions are none: those of releases are found by the figure of results.
func (*ofContest) Contradictions() []figure.Contradiction { return nil }
