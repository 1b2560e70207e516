package taken

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Entry is what a number stands for, as the hall's log opened it.
type Entry struct {
	Number string              `json:"number"`
	Title  string              `json:"title"`
	Groups map[string][]string `json:"groups"`
}

// Released is a public file of the contest.
type Released struct {
	N     int
	Entry string // of the hall's log
	File  *seal.File
	Text  []byte
	Proof []byte // that the hall's log has the entry
}

// Found is a contest as its file proves it.
type Found struct {
	About      About
	Title      string
	Approval   string
	Cycle      string
	Entries    []Entry
	Releases   []Released
	Checkpoint logtree.Checkpoint
	After      string // the hash of the file that was taken in before, and that it was held against
}

// Check holds a file against itself: its log by [verify.Log], with what is known from elsewhere in o, each release by [seal.Verify] and
// by the seals of the log, and what the file says beside. Nothing is taken of a file with findings.
func Check(ctx context.Context, a *Archive, o verify.Options) (*Found, []verify.Finding, error) {
	told := &teller{code: a.About.Contest, texts: map[string][]byte{}}
	fold := &figure.Fold{Kinds: []string{kindBegun, kindShortlisted, kindOpened, kindReleased}, Begin: func() figure.State { return told }}
	o.Queries = append(slices.Clone(o.Queries), figure.Query{Name: "contest.taken/1", Over: fold, Shelf: fold})
	o.Receipts = append(slices.Clone(o.Receipts), a.proofs()...)
	report, err := verify.Log(ctx, a.Log(), o)
	if err != nil {
		return nil, nil, err
	}
	findings := report.Findings
	if len(findings) > 0 {
		return nil, findings, nil
	}
	wrong := func(where, zh, en string, args ...any) {
		findings = append(findings, verify.Finding{What: verify.Unfounded, Where: where, Text: lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
	}
	f := &Found{About: a.About, Title: told.begun.Title, Approval: told.begun.Approval, Cycle: told.begun.Cycle, Entries: told.entries, Checkpoint: report.Checkpoint}
	switch {
	case told.begun.Contest == "":
		wrong(aboutName, "日志里没有开始过“%s”这个评审", "no contest %q begins in the log", a.About.Contest)
	case told.begun.Rehearsal:
		return nil, nil, fault.New(fault.Conflict, "“%s”是演练，演练不收进来。", "%s is a rehearsal, and a rehearsal is never taken in.", a.About.Contest)
	case len(told.released) == 0 || len(told.released) != a.About.Releases:
		wrong(aboutName, "写着公布过 %[1]d 次，日志里是 %[2]d 次", "says that there are %[1]d releases, and the log has %[2]d", a.About.Releases, len(told.released))
	}
	names := map[string]bool{}
	for _, e := range f.Entries {
		names[e.Number] = true
	}
	for i, r := range told.released {
		path := fmt.Sprintf(proofName, i+1)
		one := Released{N: i + 1, Entry: r.id, Text: told.texts[r.file], Proof: a.files[path]}
		receipt, err := logtree.ParseReceipt(one.Proof)
		if err == nil {
			var s logtree.Statement
			if s, err = logtree.ParseStatement(receipt.Statement); err == nil && s.ID != r.id {
				err = fmt.Errorf("it is of %s", s.ID)
			}
		}
		if err != nil {
			wrong(path, "不是第 %[1]d 次公布的凭据", "is no receipt of release %[1]d", i+1)
			continue
		}
		if one.File, err = seal.Read(one.Text); err != nil {
			wrong(r.file, "第 %[1]d 次公布的文件读不懂", "the file of release %[1]d cannot be read", i+1)
			continue
		}
		for _, l := range one.File.Result {
			if told.shortlisted && !names[l.Entry] {
				wrong(r.file, "编号 %[1]s 代表谁，日志里没有公开过", "the log does not say what the number %[1]s stands for", l.Entry)
			}
		}
		f.Releases = append(f.Releases, one)
	}
	if len(findings) > 0 {
		return nil, findings, nil
	}
	return f, nil, nil
}

// The kinds that say what a contest is.
const (
	kindBegun       = "contest.begun"
	kindShortlisted = "contest.shortlisted"
	kindOpened      = "contest.numbers-opened"
	kindReleased    = "contest.released"
)

// teller is what the log says of one contest.
type teller struct {
	code  string
	begun struct {
		Contest   string `json:"contest"`
		Title     string `json:"title"`
		Approval  string `json:"approval"`
		Cycle     string `json:"cycle"`
		Rehearsal bool   `json:"rehearsal"`
	}
	shortlisted bool
	entries     []Entry
	released    []struct{ id, file string }
	texts       map[string][]byte
}

var _ figure.Shelved = (*teller)(nil)

// Add takes in an entry.
func (t *teller) Add(s logtree.Statement) error {
	if s.Subject != contest.Subject(t.code) {
		return nil
	}
	switch s.Kind {
	case kindBegun:
		return json.Unmarshal(s.Public, &t.begun)
	case kindShortlisted:
		t.shortlisted = true
	case kindOpened:
		var o struct {
			Numbers []Entry `json:"numbers"`
		}
		err := json.Unmarshal(s.Public, &o)
		t.entries = append(t.entries, o.Numbers...)
		return err
	case kindReleased:
		var r struct {
			File string `json:"file"`
		}
		err := json.Unmarshal(s.Public, &r)
		t.released = append(t.released, struct{ id, file string }{s.ID, r.File})
		return err
	}
	return nil
}

// Contradictions are none: those of releases are found by their own figure.
func (*teller) Contradictions() []figure.Contradiction { return nil }

// Files are the releases, to be read.
func (t *teller) Files() (all []figure.Shelf) {
	for i, r := range t.released {
		all = append(all, figure.Shelf{Name: fmt.Sprintf("%s, %d", contest.Subject(t.code), i+1), SHA256: r.file})
	}
	return all
}

// Holds keeps what a file says. That it holds is found by the figure of releases.
func (t *teller) Holds(f figure.Shelf, text []byte) []figure.Difference {
	t.texts[f.SHA256] = text
	return nil
}
