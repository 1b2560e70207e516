package published

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
)

// shelf is what the entries say of letters and problems, held against the tables. It is a fold of its own, so that it may
// learn of more kinds without changing what receipts are made of.
var shelf = &figure.Fold{
	Kinds: []string{
		bulletin.Out{}.Kind(), bulletin.Back{}.Kind(), opened, letterMoved, corrected, divided, pointed, problemMoved, turned, sanctioned,
	},
	Begin: func() figure.State {
		return &account{letters: map[string]*history{}, problems: map[string]*course{}}
	},
}

// account is what the entries add up to.
type account struct {
	editions
	at       int                 // entries so far
	letters  map[string]*history // by subject
	problems map[string]*course  // by code
}

// over is something that changes, as of places among the entries.
type over[T any] []struct {
	at int
	is T
}

func (o *over[T]) set(at int, is T) {
	*o = append(*o, struct {
		at int
		is T
	}{at, is})
}

// asOf is what it was before a place; false: nothing was said by then.
func (o over[T]) asOf(at int) (is T, ok bool) {
	for _, one := range slices.Backward(o) {
		if one.at < at {
			return one.is, true
		}
	}
	return is, false
}

// history is a letter: what it was when it came, known from when it was opened, and what was said of it since it came.
type history struct {
	came   came
	opened int // 0: it is sealed
	mark   over[mark]
	step   over[stepped]
	points over[[]part]
}

// mark is what the office put right of a letter.
type mark struct {
	Kinds    []string `json:"kinds"`
	Division string   `json:"division"`
	Key      bool     `json:"key"`
}

type stepped struct {
	Verdict string `json:"verdict"`
	Status  string `json:"status"`
}

// part is a point of a letter. Entries of before there was one that tells its kinds and verdict say how many there are.
type part struct {
	Number  int      `json:"number"`
	Problem string   `json:"problem"`
	Kinds   []string `json:"kinds"`
	Verdict string   `json:"verdict"`
	told    bool
}

// course is a problem, as far as tables tell of it.
type course struct {
	next over[string] // the day of the next step; RFC 3339 where it is when the running period ends
	done over[acts]
}

// acts are what was done to those who are responsible.
type acts struct {
	cases, penalties, interviewed, accountable int
	fined                                      int64
}

func (a *account) letter(subject string) *history {
	if a.letters[subject] == nil {
		a.letters[subject] = &history{}
	}
	return a.letters[subject]
}

func (a *account) problem(code string) *course {
	if a.problems[code] == nil {
		a.problems[code] = &course{}
	}
	return a.problems[code]
}

// Add takes in an entry.
func (a *account) Add(s logtree.Statement) error {
	a.at++
	if err := a.take(s); err != nil {
		return fmt.Errorf("published: %s: %w", s.Kind, err)
	}
	return nil
}

func (a *account) take(s logtree.Statement) error {
	switch s.Kind {
	case bulletin.Out{}.Kind(), bulletin.Back{}.Kind():
		n := len(a.bulletins)
		err := a.publish(s)
		if len(a.bulletins) > n {
			a.bulletins[n].at = a.at
		}
		return err
	case opened:
		l, ok, err := openedLetter(s)
		if ok && err == nil {
			known := a.letter(s.Subject)
			known.came, known.opened = l, a.at
		}
		return err
	case letterMoved:
		return read1(s, func(m stepped) { a.letter(s.Subject).step.set(a.at, m) })
	case corrected:
		return read1(s, func(m mark) { a.letter(s.Subject).mark.set(a.at, m) })
	case divided:
		return read1(s, func(m struct {
			Points []string `json:"points"`
		},
		) {
			a.letter(s.Subject).divide(a.at, m.Points)
		})
	case pointed:
		return read1(s, func(m struct {
			Points []part `json:"points"`
		},
		) {
			for i := range m.Points {
				m.Points[i].told = true
			}
			a.letter(s.Subject).points.set(a.at, m.Points)
		})
	}
	return a.takeProblem(s)
}

func (a *account) takeProblem(s logtree.Statement) error {
	switch s.Kind {
	case problemMoved:
		return read1(s, func(m struct {
			Code string `json:"code"`
			Next string `json:"next"`
			Due  string `json:"due"`
			From string `json:"from"`
			To   string `json:"to"`
		},
		) {
			if m.Next == "" {
				m.Next = m.Due
			}
			a.problem(m.Code).next.set(a.at, m.Next)
		})
	case turned:
		return read1(s, func(m struct {
			Code string `json:"code"`
			Due  string `json:"due"`
		},
		) {
			p := a.problem(m.Code)
			if next, _ := p.next.asOf(a.at); strings.Contains(next, "T") || next == "" { // a day that was promised stays
				p.next.set(a.at, m.Due)
			}
		})
	case sanctioned:
		return read1(s, func(m struct {
			Code  string `json:"code"`
			What  string `json:"what"`
			N     int    `json:"n"`
			Money int64  `json:"money"`
		},
		) {
			p := a.problem(m.Code)
			sum, _ := p.done.asOf(a.at)
			sum.fined += m.Money
			switch m.What {
			case "case":
				sum.cases += m.N
			case "penalty":
				sum.penalties += m.N
			case "interview":
				sum.interviewed += m.N
			case "account":
				sum.accountable += m.N
			}
			p.done.set(a.at, sum)
		})
	}
	return nil
}

// read1 reads what an entry says.
func read1[T any](s logtree.Statement, take func(T)) error {
	var said T
	if err := json.Unmarshal(s.Public, &said); err != nil {
		return err
	}
	take(said)
	return nil
}

// divide takes in that a letter was divided: into these, or further.
func (h *history) divide(at int, problems []string) {
	was, _ := h.points.asOf(at)
	all := append([]part{}, was...)
	if len(was) == 1 || len(problems) > 1 && len(was) == 0 {
		all = nil
	}
	for _, code := range problems {
		all = append(all, part{Number: len(all) + 1, Problem: code})
	}
	h.points.set(at, all)
}

// Files are the tables beside the log, and those that were withdrawn.
func (a *account) Files() (all []figure.Shelf) {
	for _, e := range a.bulletins {
		at := e.File
		for _, b := range e.back {
			all = append(all, figure.Shelf{Name: e.name(), SHA256: at, Instead: b.Instead, Why: lang.Text{ZH: b.Why, EN: b.Why}})
			at = b.Instead
		}
		all = append(all, figure.Shelf{Name: e.name(), SHA256: at})
	}
	return all
}

// Contradictions are bulletins that were published twice under one number and version.
func (a *account) Contradictions() (all []figure.Contradiction) {
	seen := map[string]edition{}
	for _, e := range a.bulletins {
		if was, twice := seen[e.name()]; twice {
			all = append(all, figure.Contradiction{Name: e.name(), Says: lang.Text{
				ZH: fmt.Sprintf("%s 第 %d 号第 %d 版公布了两次：文件 %.12s… 和 %.12s…", e.Campaign, e.Bulletin, e.Version, was.File, e.File),
				EN: fmt.Sprintf("version %[3]d of bulletin %[2]d of %[1]s was published twice: the files %.12[4]s… and %.12[5]s…", e.Campaign, e.Bulletin, e.Version, was.File, e.File),
			}})
		}
		seen[e.name()] = e
	}
	return all
}
