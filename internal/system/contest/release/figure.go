package release

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Results is the figure of how many contests were judged. Who checks the log has every one of them computed again, by the file beside
// it, and holds each of its sheets against what was sealed.
const Results = "contest.results/1"

// The kinds that it reads.
const (
	kindBegun     = "contest.begun"
	kindRuleSet   = "contest.rule-set"
	kindRevealed  = "contest.revealed"
	kindCorrected = "contest.sheet-corrected"
	kindSealed    = "contest.sheet-sealed"
	kindAway      = "contest.away"
	kindHeard     = "contest.run-heard"
)

var kindReleased = released{}.Kind()

var _ figure.Shelved = (*account)(nil)

var told = &figure.Fold{
	Kinds: []string{kindBegun, kindRuleSet, kindRevealed, kindCorrected, kindHeard, kindReleased, logtree.KindOpened},
	Begin: func() figure.State { return &account{contests: map[string]*history{}} },
}

// Queries are the figures.
func Queries() []figure.Query {
	return []figure.Query{{
		Name: Results, Members: []string{"contests", "released", "revealed", "corrected", "releases"},
		Title: lang.Text{ZH: "评了多少次审", EN: "How many contests were judged"},
		How: lang.Text{
			ZH: "数日志里的条目：开始、公布成绩、更正、公开文件各一条。每份公开文件都重算一遍，每张评分表和封存时的承诺对照。",
			EN: "Entries of the log are counted: a beginning, a reveal, a correction, a public file is one each. Every public file is computed again, and each of its sheets held against what was sealed.",
		},
		Over: told, Shelf: told,
		Settle: func(figure.Params, time.Time) (figure.Params, error) { return figure.Params{}, nil },
		Answer: func(_ context.Context, s figure.State, _ figure.Params, _ map[string]string) (any, error) {
			return s.(*account).Counts, nil
		},
		Tell: func(_ figure.Params, result json.RawMessage) []figure.Line {
			var n Counts
			if json.Unmarshal(result, &n) != nil {
				return nil
			}
			return []figure.Line{
				figure.Counted("开始", "Begun", n.Contests), figure.Counted("公布了结果", "With a public file", n.Released), figure.Counted("公布的成绩", "Scores revealed", n.Revealed),
				figure.Counted("更正的评分表", "Sheets corrected", n.Corrected), figure.Counted("公开文件", "Public files", n.Releases),
			}
		},
	}}
}

// Counts is the answer of contest.results/1.
type Counts struct {
	Contests  int `json:"contests"`
	Released  int `json:"released"`
	Revealed  int `json:"revealed"`
	Corrected int `json:"corrected"`
	Releases  int `json:"releases"`
}

// account is what the entries of contests add up to.
type account struct {
	Counts
	contests map[string]*history
	files    []file
	wrong    []figure.Contradiction
}

// history is a contest as the log has it.
type history struct {
	rule, ruleAt string
	sealed       map[string]seal.Opening // by entry of the log; of the opening only what an entry tells
	commitments  map[string]string
	away         map[string]seal.Away
	heard        map[string]seal.Run
	files        int
}

// file is a public file, with what the log had when it went out.
type file struct {
	name, sum string
	code      string
	rule      string
	ruleAt    string
	sealed    int // sheets that were open
}

// step is what entries of a contest have in common.
type step struct {
	Contest    string  `json:"contest"`
	Rule       string  `json:"rule"`
	N          int     `json:"n"`
	File       string  `json:"file"`
	Part       string  `json:"part"`
	Entry      string  `json:"entry"`
	Seat       string  `json:"seat"`
	Attempt    int     `json:"attempt"`
	Seconds    int     `json:"seconds"`
	Version    int     `json:"version"`
	Commitment string  `json:"commitment"`
	SealedBy   seal.By `json:"sealed_by"`
	Why        string  `json:"why"`
}

// Add takes in an entry.
func (a *account) Add(s logtree.Statement) error {
	if s.Kind == logtree.KindOpened {
		var o struct {
			Statement json.RawMessage `json:"statement"`
		}
		if err := json.Unmarshal(s.Public, &o); err != nil {
			return fmt.Errorf("contest: %s: %w", s.ID, err)
		}
		inner, err := logtree.ParseStatement(o.Statement)
		if err != nil || inner.Kind != kindSealed && inner.Kind != kindAway {
			return err // of another system
		}
		s = inner
	}
	var one step
	if err := json.Unmarshal(s.Public, &one); err != nil {
		return fmt.Errorf("contest: %s: %w", s.Kind, err)
	}
	if s.Kind == kindBegun {
		if a.contests[one.Contest] != nil {
			a.contradict(one.Contest, "这个评审在日志里开始了两次", "this contest begins twice in the log")
		}
		a.Contests++
		a.contests[one.Contest] = &history{rule: one.Rule, ruleAt: s.ID, sealed: map[string]seal.Opening{}, commitments: map[string]string{}, away: map[string]seal.Away{}, heard: map[string]seal.Run{}}
		return nil
	}
	h := a.contests[one.Contest]
	if h == nil {
		return fmt.Errorf("contest: %s of %q, which had not begun", s.Kind, one.Contest)
	}
	switch s.Kind {
	case kindRuleSet:
		h.rule, h.ruleAt = one.Rule, s.ID
	case kindRevealed:
		a.Revealed++
	case kindCorrected:
		a.Corrected++
	case kindSealed:
		h.sealed[s.ID] = seal.Opening{Contest: one.Contest, Entry: one.Entry, Part: one.Part, Seat: one.Seat, Version: one.Version, By: one.SealedBy}
		h.commitments[s.ID] = one.Commitment
	case kindAway:
		h.away[s.ID] = seal.Away{Entry: one.Entry, Part: one.Part, Seat: one.Seat, Why: one.Why, Log: s.ID}
	case kindHeard:
		h.heard[s.ID] = seal.Run{Part: one.Part, Entry: one.Entry, Attempt: one.Attempt, Seconds: one.Seconds, Log: s.ID}
	case kindReleased:
		if h.files++; h.files == 1 {
			a.Released++
		}
		if one.N != h.files {
			a.contradict(one.Contest, "第 %[1]d 次公布，在日志里是第 %[2]d 次", "release %[1]d is number %[2]d in the log", one.N, h.files)
		}
		a.Releases++
		a.files = append(a.files, file{fmt.Sprintf("%s, %d", contest.Subject(one.Contest), one.N), one.File, one.Contest, h.rule, h.ruleAt, len(h.sealed)})
	}
	return nil
}

func (a *account) contradict(code, zh, en string, args ...any) {
	a.wrong = append(a.wrong, figure.Contradiction{Name: contest.Subject(code), Says: lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
}

// Contradictions are contests and releases that there should not be.
func (a *account) Contradictions() []figure.Contradiction { return a.wrong }

// Files are the public files beside the log.
func (a *account) Files() (all []figure.Shelf) {
	for _, f := range a.files {
		all = append(all, figure.Shelf{Name: f.name, SHA256: f.sum})
	}
	return all
}

// Holds computes a public file again, and holds it against the log.
func (a *account) Holds(shelf figure.Shelf, text []byte) (found []figure.Difference) {
	for _, f := range a.files {
		if f.name != shelf.Name {
			continue
		}
		p, err := seal.Read(text)
		if err != nil {
			return []figure.Difference{{Name: "file", Says: f.sum, Is: err.Error()}}
		}
		for _, one := range seal.Verify(p).Findings {
			found = append(found, figure.Difference{Name: one.At, Says: f.name, Is: one.Text.EN})
		}
		found = append(found, f.against(p, a.contests[f.code])...)
	}
	return found
}

// against holds a public file against the log: its rule, and that each of its sheets, absences and runs is an entry, and each of those in it.
func (f *file) against(p *seal.File, h *history) (found []figure.Difference) {
	differs := func(holds bool, name, says, is string) {
		if !holds {
			found = append(found, figure.Difference{Name: name, Says: says, Is: is})
		}
	}
	differs(p.Contest == f.code, "contest", p.Contest, f.code)
	differs(p.RuleHash == f.rule && p.Log.Rule == f.ruleAt, "rule", p.RuleHash, f.rule)
	for i, s := range p.Sheets {
		o := s.Opening
		o.Rule, o.Marks, o.Salt = "", nil, ""
		was, there := h.sealed[s.Log]
		differs(there && h.commitments[s.Log] == s.Commitment && fmt.Sprint(was) == fmt.Sprint(o), fmt.Sprintf("sheets[%d]", i), s.Commitment, h.commitments[s.Log])
	}
	differs(len(p.Sheets) == f.sealed, "sheets", strconv.Itoa(len(p.Sheets)), strconv.Itoa(f.sealed))
	for i, w := range p.Facts.Away {
		differs(h.away[w.Log] == w, fmt.Sprintf("facts.away[%d]", i), fmt.Sprint(w), fmt.Sprint(h.away[w.Log]))
	}
	for i, r := range p.Runs {
		differs(h.heard[r.Log] == r, fmt.Sprintf("runs[%d]", i), fmt.Sprint(r), fmt.Sprint(h.heard[r.Log]))
	}
	return found
}
