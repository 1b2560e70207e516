// Package published says which figures the complaint system publishes with a receipt, each as a query of the
// public log (record/figure) and of the files beside it:
//
//   - complaint.table/1: the official table of a bulletin, or what stands public of an inspection.
//   - complaint.counts/1: letters, problems and types of it. What stands is counted as of today: a letter that was
//     published as done and has been taken up again is done no more, and a problem that was closed and came
//     back is not closed.
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

	"github.com/xiadu/xiadu/internal/lang"
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
	bulletins []edition
	letters   map[string]*letter // by subject
	problems  map[string]problem // by code
}

// edition is a version of a bulletin.
type edition struct {
	bulletin.Out
	back []bulletin.Back
}

// file is where its table lies now.
func (e edition) file() string {
	if n := len(e.back); n > 0 {
		return e.back[n-1].Instead
	}
	return e.File
}

func (e edition) name() string {
	return fmt.Sprintf("%s v%d", e.Subject(), e.Version)
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
	case bulletin.Out{}.Kind():
		var e edition
		err := json.Unmarshal(s.Public, &e.Out)
		p.bulletins = append(p.bulletins, e)
		return fail(err)
	case bulletin.Back{}.Kind():
		var b bulletin.Back
		if err := json.Unmarshal(s.Public, &b); err != nil {
			return fail(err)
		}
		i := slices.IndexFunc(p.bulletins, func(e edition) bool { return e.Campaign == b.Campaign && e.file() == b.File })
		if i < 0 {
			return fmt.Errorf("published: %s: it is of no bulletin", s.Kind)
		}
		p.bulletins[i].back = append(p.bulletins[i].back, b)
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
	var o struct {
		Statement json.RawMessage `json:"statement"`
	}
	if err := json.Unmarshal(s.Public, &o); err != nil {
		return err
	}
	said, err := logtree.ParseStatement(o.Statement)
	if err != nil || said.Kind != received {
		return err
	}
	var l struct {
		Campaign string `json:"campaign"`
		Batch    int    `json:"batch"`
		Code     string `json:"code"`
	}
	if err := json.Unmarshal(said.Public, &l); err != nil {
		return err
	}
	known := p.letter(s.Subject)
	known.campaign, known.code, known.batch = l.Campaign, l.Code, l.Batch
	return nil
}

// Files are the tables beside the log, and those that were withdrawn.
func (p *public) Files() (all []figure.Shelf) {
	for _, e := range p.bulletins {
		at := e.File
		for _, b := range e.back {
			all = append(all, figure.Shelf{Name: e.name(), SHA256: at, Instead: b.Instead, Why: lang.Text{ZH: b.Why, EN: b.Why}})
			at = b.Instead
		}
		all = append(all, figure.Shelf{Name: e.name(), SHA256: at})
	}
	return all
}

// Holds counts a table anew, and holds it against what the entry of its bulletin says.
func (p *public) Holds(f figure.Shelf, text []byte) (all []figure.Difference) {
	i := slices.IndexFunc(p.bulletins, func(e edition) bool { return e.file() == f.SHA256 })
	if i < 0 {
		return nil
	}
	e := p.bulletins[i]
	t, err := table.Read(text)
	if err != nil {
		return []figure.Difference{{Name: "table", Says: e.File, Is: err.Error()}}
	}
	hold := func(name, says, is string) {
		if says != is {
			all = append(all, figure.Difference{Name: name, Says: says, Is: is})
		}
	}
	hold("bulletin", fmt.Sprint(e.Campaign, " ", e.Bulletin, " ", e.Version), fmt.Sprint(t.Campaign, " ", t.Bulletin, " ", t.Version))
	says, is := e.Counts, t.Counts()
	for _, n := range []struct {
		name     string
		says, is int
	}{
		{"letters", says.Letters, is.Letters},
		{"republished", says.Republished, is.Republished},
		{"key", says.Key, is.Key},
		{"problems", says.Problems, is.Problems},
		{"types", says.Types, is.Types},
		{"untyped", says.Untyped, is.Untyped},
	} {
		hold(n.name, strconv.Itoa(n.says), strconv.Itoa(n.is))
	}
	for _, n := range []struct {
		name     string
		says, is []table.Count
	}{
		{"by_kind", says.ByKind, is.ByKind},
		{"by_region", says.ByRegion, is.ByRegion},
		{"by_verdict", says.ByVerdict, is.ByVerdict},
		{"by_point", says.ByPoint, is.ByPoint},
		{"by_status", says.ByStatus, is.ByStatus},
	} {
		hold(n.name, fmt.Sprint(n.says), fmt.Sprint(n.is))
	}
	return all
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
