package process_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/lang"
)

func name(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

// mend is a small process: a fault is mended, looked at by another, and done after a week.
func mend() process.Process {
	return process.Process{
		Key: "test.mend", Name: name("mend"), Starts: []string{"mend"},
		Stages: []process.Stage{
			{Key: "open", Name: name("open"), Owes: process.Lead, Clock: "mend"},
			{Key: "mended", Name: name("mended"), Owes: process.Asker},
			{Key: "watched", Name: name("watched"), Clock: "watch"},
			{Key: "done", Name: name("done"), Final: true},
		},
		Moves: []process.Move{
			{Key: "mend", Name: name("mend"), From: []string{"open"}, To: "mended", Meets: []string{"mend"}, Needs: []process.Need{{Kind: process.Evidence, Name: "photo"}}},
			{Key: "fail", Name: name("fail"), From: []string{"mended"}, To: "open", Starts: []string{"mend"}, Needs: []process.Need{{Kind: process.Reason}}},
			{
				Key: "check", Name: name("check"), From: []string{"mended"}, To: "watched", Starts: []string{"watch"},
				Needs: []process.Need{{Kind: process.NotPersonsOf, Not: []string{"mend"}}, {Kind: process.Outside}},
			},
			{Key: "settle", Name: name("settle"), From: []string{"watched"}, To: "done", Meets: []string{"watch"}, Needs: []process.Need{{Kind: process.Elapsed, Name: "watch"}}},
			{Key: "again", Name: name("again"), From: []string{"watched"}, To: "open", Starts: []string{"mend"}, Again: true},
		},
		Ways: []process.Way{{To: "done", Since: "open", Through: []process.Through{
			{Moves: []string{"mend"}, Needs: []process.Kind{process.Evidence}},
			{Moves: []string{"check"}, Needs: []process.Kind{process.NotPersonsOf, process.Outside}},
			{Moves: []string{"settle"}, Needs: []process.Kind{process.Elapsed}},
		}}},
	}
}

func TestCheck(t *testing.T) {
	p := mend()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for why, harm := range map[string]func(*process.Process){
		`can be reached from "open" without [check]`: func(p *process.Process) {
			p.Moves = append(p.Moves, process.Move{Key: "short", Name: name("short"), From: []string{"mended"}, To: "watched", Starts: []string{"watch"}})
		},
		`has no hard need "outside"`: func(p *process.Process) {
			p.Moves[2].Needs = p.Moves[2].Needs[:1]
		},
		`has no hard need "evidence"`: func(p *process.Process) {
			p.Moves[0].Needs = []process.Need{{Kind: process.Evidence, Name: "photo", Soft: true}}
		},
		`past "open"`: func(p *process.Process) {
			p.Starts = nil
			p.Stages = append([]process.Stage{{Key: "told", Name: name("told"), Owes: process.Asker}}, p.Stages...)
			p.Moves = append(p.Moves,
				process.Move{Key: "take", Name: name("take"), From: []string{"told"}, To: "open", Starts: []string{"mend"}},
				process.Move{Key: "skip", Name: name("skip"), From: []string{"told"}, To: "mended"})
			p.Ways[0].Through = p.Ways[0].Through[:1]
		},
		`the clocks [watch] may still run`: func(p *process.Process) { p.Moves[3].Meets = nil },
		`which nothing starts`:             func(p *process.Process) { p.Moves[2].Starts = nil },
		`nothing leads to an end`: func(p *process.Process) {
			p.Stages = append(p.Stages, process.Stage{Key: "lost", Name: name("lost"), Owes: process.Lead})
			p.Moves = append(p.Moves, process.Move{Key: "lose", Name: name("lose"), From: []string{"open"}, To: "lost"})
		},
		`nothing leads to the stage "island"`: func(p *process.Process) {
			p.Stages = append(p.Stages, process.Stage{Key: "island", Name: name("island"), Final: true})
		},
		`nobody owes anything`: func(p *process.Process) { p.Stages[1].Owes = process.Nobody },
		`something is owed`:    func(p *process.Process) { p.Stages[3].Owes = process.Lead },
		`is there twice`:       func(p *process.Process) { p.Stages[1].Key = "open" },
		`which is not there`:   func(p *process.Process) { p.Moves[0].To = "nowhere" },
		`which is no move`:     func(p *process.Process) { p.Moves[2].Needs[0].Not = []string{"x"} },
		`any of 1 needs`: func(p *process.Process) {
			p.Moves[1].Needs = []process.Need{{Kind: process.AnyOf, Any: p.Moves[1].Needs}}
		},
		`there is no need "x"`: func(p *process.Process) { p.Moves[1].Needs = []process.Need{{Kind: "x"}} },
		`"field" has no name`:  func(p *process.Process) { p.Moves[1].Needs = []process.Need{{Kind: process.Field}} },
		`the move "gone"`:      func(p *process.Process) { p.Ways[0].Through[0].Moves = []string{"mend", "gone"} },
	} {
		p := mend()
		p.Moves = slices.Clone(p.Moves)
		harm(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
}
