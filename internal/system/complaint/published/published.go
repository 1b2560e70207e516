// Package published says which figures the complaint system publishes with a receipt, each as a query of the
// public log (record/figure) and of the files beside it:
//
//   - complaint.table/1: the official table of a bulletin, or what stands public of an inspection.
//   - complaint.counts/1: letters, problems and types of it. What stands is counted as of today: a letter that was
//     published as done and has been taken up again is done no more, and a problem that was closed and came
//     back is not closed.
//
// What was published is held against the other entries, too (shelf.go): a letter's key mark, kinds, place, verdict and
// state as they were logged when it came and with each step, not only what the bulletin says of itself.
//
// A query answers from entries and files, never from the database, so that a site and whoever doubts it compute
// the same by the same lines. A file is named by its hash in the entry of its bulletin; where a text was
// withdrawn, by the entry that says so.
package published

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// The kinds of entries that rooms below write and do not export: what is read of them is below.
const (
	letterMoved  = "complaint.letter-moved"
	problemMoved = "complaint.problem-moved"
	opened       = logtree.KindOpened
	received     = "complaint.letter-received"
	corrected    = "complaint.letter-corrected"
	divided      = "complaint.letter-divided"
	pointed      = "complaint.letter-points"
	sanctioned   = "complaint.sanctioned"
	turned       = "complaint.period-changed"
)

// fromLog is what has become public of complaints.
var fromLog = &figure.Fold{
	Kinds: []string{bulletin.Out{}.Kind(), bulletin.Back{}.Kind(), letterMoved, problemMoved, opened},
	Begin: func() figure.State {
		return &public{letters: map[string]*letter{}, problems: map[string]problem{}}
	},
}

// public is what the entries add up to.
type public struct {
	editions
	letters  map[string]*letter // by subject
	problems map[string]problem // by code
}

// letter is what the log says of one: its code once it was opened, and how far it is.
type letter struct {
	campaign, code string
	batch          int
	status         string
}

type problem struct {
	stage string
	life  int
}

// Add takes in an entry.
func (p *public) Add(s logtree.Statement) error {
	fail := func(err error) error {
		if err != nil {
			return fmt.Errorf("published: %s: %w", s.Kind, err)
		}
		return nil
	}
	switch s.Kind {
	case bulletin.Out{}.Kind(), bulletin.Back{}.Kind():
		return fail(p.publish(s))
	case letterMoved:
		var m struct {
			Status string `json:"status"`
		}
		if err := json.Unmarshal(s.Public, &m); err != nil {
			return fail(err)
		}
		p.letter(s.Subject).status = m.Status
	case problemMoved:
		var m struct {
			Code string `json:"code"`
			Life int    `json:"life"`
			To   string `json:"to"`
		}
		err := json.Unmarshal(s.Public, &m)
		p.problems[m.Code] = problem{m.To, m.Life}
		return fail(err)
	case opened:
		return fail(p.open(s))
	}
	return nil
}

func (p *public) letter(subject string) *letter {
	if p.letters[subject] == nil {
		p.letters[subject] = &letter{}
	}
	return p.letters[subject]
}

// open takes in what a letter was that had been sealed; what else is opened is of others.
func (p *public) open(s logtree.Statement) error {
	l, ok, err := openedLetter(s)
	if err != nil || !ok {
		return err
	}
	known := p.letter(s.Subject)
	known.campaign, known.code, known.batch = l.Campaign, l.Code, l.Batch
	return nil
}

// of are the bulletins of a campaign, of each the version that stands.
func (p *public) of(campaign string) (all []edition) {
	for _, e := range p.bulletins {
		if e.Campaign != campaign {
			continue
		}
		all = append(slices.DeleteFunc(all, func(o edition) bool { return o.Bulletin == e.Bulletin }), e)
	}
	return all
}

// today is the state of each letter as it is now, where it is another than was published: by its code, and the
// batch of a bare serial.
func (p *public) today(campaign string) map[string]table.Status {
	out := map[string]table.Status{}
	for _, l := range p.letters {
		if l.campaign == campaign && l.status == "doing" {
			out[key(l.code, l.batch)] = table.Working
		}
	}
	return out
}

func key(code string, batch int) string {
	if c, err := complaint.ReadCode(code); err == nil && c.Shape == complaint.Serial {
		return strconv.Itoa(batch) + "/" + c.Key
	}
	return complaint.CodeKey(code)
}

// closings are how many problems of a campaign stand where, how many are closed, and how many came back.
type closings struct {
	Stages  []table.Count `json:"stages"`
	Closed  int           `json:"closed"`
	Rebound int           `json:"came_back"`
}

func (p *public) closings(campaign string) closings {
	out := closings{Stages: []table.Count{}}
	stages := map[string]int{}
	for code, one := range p.problems {
		if !strings.HasPrefix(code, campaign+"-") {
			continue
		}
		stages[one.stage]++
		if one.stage == complaint.Filed || one.stage == complaint.Settled {
			out.Closed++
		}
		if one.life > 1 {
			out.Rebound++
		}
	}
	for stage, n := range stages {
		out.Stages = append(out.Stages, table.Count{Key: stage, N: n})
	}
	slices.SortFunc(out.Stages, func(a, b table.Count) int { return strings.Compare(a.Key, b.Key) })
	return out
}
