// Package process is the way of a kind of case, as data: its stages, the moves between
// them, and what each move needs.
//
//	p := process.Process{Key: "complaint.problem", Stages: …, Moves: …, Ways: …}
//	err := p.Check()
//
// A system declares its processes in Go and checks them once, at its start. Nothing here
// knows a database or what a stage means; package casework carries it out.
//
// # What cannot be evaded
//
// A [Way] says what every way to a stage must have passed since it left another one, as
// 销号 a check by somebody from outside since rectifying. Check holds it against the graph: it
// takes those moves away and looks whether the stage can still be reached. So "no path
// closes a problem without a check" is a property of the data, not of a review of it.
package process

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Process is the way of a kind of case. The first stage is where cases begin.
type Process struct {
	Key    string // system.noun; stored
	Name   lang.Text
	Stages []Stage
	Starts []string // the clocks that a case begins with
	Moves  []Move
	Ways   []Way
}

// Stage is where a case stands.
type Stage struct {
	Key   string // stored
	Name  lang.Text
	Final bool // nothing is owed any more
	Void  bool // final, and as if it had not been: what was withdrawn
	// Owes is the party that has to make the next move, and by the clock of that name
	// (empty: without one).
	Owes  Party
	Clock string
	// Tell announces it: that it is owed, before it is due, and that it is late.
	Tell bool
}

// Party is what somebody is on a case.
type Party string

// The parties.
const (
	Nobody Party = ""
	Lead   Party = "lead"  // 主办
	Joint  Party = "joint" // 协办
	Asker  Party = "asker" // who assigned it
)

// Move is one way from a stage to another, or to the same.
type Move struct {
	Key    string // stored
	Name   lang.Text
	From   []string
	To     string
	Needs  []Need
	Starts []string // clocks that it starts; the caller gives their rules
	Meets  []string // clocks that it meets
	Ends   []string // clocks that are no longer needed
	// Again begins another life of the case: steps and clocks before it stay and count no more.
	Again bool
}

// Need is what a move has to have.
type Need struct {
	Kind  Kind
	Name  string    // of a field, kind of evidence, clock, or kind of child
	Title lang.Text // what it is called to people; empty: its name
	N     int       // how many pieces of evidence, 1 where it is not said
	Not   []string  // moves, of NotPersonsOf; those of children as KIND/MOVE
	// Superior counts those above a party as inside, too.
	Superior bool
	Any      []Need
	// Soft lets the move pass without it, with a reason that is kept and counted.
	Soft bool
}

// Called is what a need's name is called to people.
func (n Need) Called() lang.Text {
	if n.Title.ZH == "" {
		return lang.Text{ZH: n.Name, EN: n.Name}
	}
	return n.Title
}

// Kind is what a need is about.
type Kind string

// The kinds of need.
const (
	Field        Kind = "field"          // a value that the step must bring
	Evidence     Kind = "evidence"       // so many different pieces, since the case last came to its stage's side of the way
	Reason       Kind = "reason"         // in words
	Elapsed      Kind = "elapsed"        // the time of a clock has run out
	Each         Kind = "each"           // there is a child of the kind, and each one has its proof
	NoneOpen     Kind = "none-open"      // no child of the kind is undecided
	NotPersonsOf Kind = "not-persons-of" // others than all who made those moves in this life
	Outside      Kind = "outside"        // of an organisation that was no party, nor below one
	AnyOf        Kind = "any-of"
)

// Way is what every way to a stage must have passed.
type Way struct {
	To    string // a stage
	Since string // the stage that it left last, from which it counts
	// Through lists what has to be passed: of each set one move, and each move of a set has
	// the needs, none of them soft.
	Through []Through
}

// Through is one thing that a way has to pass.
type Through struct {
	Moves []string
	Needs []Kind
}

// Stage returns a stage by its key.
func (p *Process) Stage(key string) (Stage, bool) {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Key == key })
	if i < 0 {
		return Stage{}, false
	}
	return p.Stages[i], true
}

// Move returns a move by its key.
func (p *Process) Move(key string) (Move, bool) {
	i := slices.IndexFunc(p.Moves, func(m Move) bool { return m.Key == key })
	if i < 0 {
		return Move{}, false
	}
	return p.Moves[i], true
}

// First is the stage in which cases begin.
func (p *Process) First() Stage { return p.Stages[0] }

// From lists the moves that lead on from a stage.
func (p *Process) From(stage string) (moves []Move) {
	for _, m := range p.Moves {
		if slices.Contains(m.From, stage) {
			moves = append(moves, m)
		}
	}
	return moves
}

// Check says what is wrong with a process: a mistake of the program, found by its first
// start and by every test of the system.
func (p *Process) Check() error {
	if len(p.Stages) == 0 {
		return fmt.Errorf("process %s has no stages", p.Key)
	}
	for _, check := range []func() error{p.checkNames, p.checkReach, p.checkClocks, p.checkWays} {
		if err := check(); err != nil {
			return fmt.Errorf("process %s: %w", p.Key, err)
		}
	}
	return nil
}

func (p *Process) checkNames() error {
	seen := map[string]bool{}
	for _, s := range p.Stages {
		if s.Key == "" || s.Name.ZH == "" || s.Name.EN == "" || seen[s.Key] {
			return fmt.Errorf("the stage %q has no names, or is there twice", s.Key)
		}
		seen[s.Key] = true
	}
	moves := map[string]bool{}
	for _, m := range p.Moves {
		if m.Key == "" || m.Name.ZH == "" || m.Name.EN == "" || moves[m.Key] || len(m.From) == 0 {
			return fmt.Errorf("the move %q has no names, begins nowhere, or is there twice", m.Key)
		}
		moves[m.Key] = true
		for _, s := range append(slices.Clone(m.From), m.To) {
			if !seen[s] {
				return fmt.Errorf("the move %q knows the stage %q, which is not there", m.Key, s)
			}
		}
	}
	for _, m := range p.Moves {
		for _, n := range m.Needs {
			if err := n.check(moves); err != nil {
				return fmt.Errorf("the move %q: %w", m.Key, err)
			}
		}
	}
	return nil
}

func (n Need) check(moves map[string]bool) error {
	switch n.Kind {
	case Field, Evidence, Elapsed, Each, NoneOpen:
		if n.Name == "" {
			return fmt.Errorf("the need %q has no name", n.Kind)
		}
	case NotPersonsOf:
		for _, m := range n.Not {
			if !moves[m] && !strings.Contains(m, "/") {
				return fmt.Errorf("others than who made %q, which is no move", m)
			}
		}
		if len(n.Not) == 0 {
			return errors.New("others than who made nothing")
		}
	case AnyOf:
		if len(n.Any) < 2 {
			return fmt.Errorf("any of %d needs", len(n.Any))
		}
		for _, one := range n.Any {
			if err := one.check(moves); err != nil {
				return err
			}
		}
	case Reason, Outside:
	default:
		return fmt.Errorf("there is no need %q", n.Kind)
	}
	return nil
}

// Children are the kinds of children of which a move wants each to be done.
func (p *Process) Children() (kinds []string) {
	for _, m := range p.Moves {
		for _, n := range m.Needs {
			if n.Kind == Each && !slices.Contains(kinds, n.Name) {
				kinds = append(kinds, n.Name)
			}
		}
	}
	return kinds
}

// reach are the stages that can be reached from one, without some moves; the one itself only
// where a way leads back to it.
func (p *Process) reach(from string, without []string) map[string]bool {
	reached, todo := map[string]bool{}, []string{from}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, m := range p.From(at) {
			if !reached[m.To] && !slices.Contains(without, m.Key) {
				reached[m.To] = true
				todo = append(todo, m.To)
			}
		}
	}
	return reached
}

func (p *Process) checkReach() error {
	all := p.reach(p.First().Key, nil)
	for i, s := range p.Stages {
		if i > 0 && !all[s.Key] {
			return fmt.Errorf("nothing leads to the stage %q", s.Key)
		}
		if !s.Final && !slices.ContainsFunc(p.Stages, func(o Stage) bool { return o.Final && p.reach(s.Key, nil)[o.Key] }) {
			return fmt.Errorf("from the stage %q nothing leads to an end", s.Key)
		}
		if s.Void && !s.Final {
			return fmt.Errorf("the stage %q is void and not final", s.Key)
		}
		if s.Final && s.Owes != Nobody {
			return fmt.Errorf("in the final stage %q something is owed", s.Key)
		}
		if !s.Final && s.Owes == Nobody && s.Clock == "" {
			return fmt.Errorf("in the stage %q nobody owes anything, and nothing runs", s.Key)
		}
	}
	return nil
}

// checkClocks follows the clocks through the graph: which may run in which stage.
func (p *Process) checkClocks() error {
	started := map[string]bool{}
	for _, c := range p.Starts {
		started[c] = true
	}
	for _, m := range p.Moves {
		for _, c := range m.Starts {
			started[c] = true
		}
	}
	runs := p.running()
	for _, s := range p.Stages {
		if s.Clock != "" && !started[s.Clock] {
			return fmt.Errorf("the stage %q waits for the clock %q, which nothing starts", s.Key, s.Clock)
		}
		if s.Final && len(runs[s.Key]) > 0 {
			return fmt.Errorf("in the final stage %q the clocks %v may still run", s.Key, runs[s.Key])
		}
	}
	for _, m := range p.Moves {
		for _, c := range append(slices.Clone(m.Meets), m.Ends...) {
			if !started[c] {
				return fmt.Errorf("the move %q stops the clock %q, which nothing starts", m.Key, c)
			}
		}
	}
	return nil
}

// running are the clocks that may run in each stage, on any way to it.
func (p *Process) running() map[string][]string {
	runs := map[string][]string{p.First().Key: slices.Clone(p.Starts)}
	for changed := true; changed; {
		changed = false
		for _, m := range p.Moves {
			for _, from := range m.From {
				after := slices.Clone(m.Starts)
				if !m.Again {
					for _, c := range runs[from] {
						if !slices.Contains(m.Meets, c) && !slices.Contains(m.Ends, c) {
							after = append(after, c)
						}
					}
				}
				for _, c := range after {
					if !slices.Contains(runs[m.To], c) {
						runs[m.To] = append(runs[m.To], c)
						changed = true
					}
				}
			}
		}
	}
	return runs
}

// checkWays takes what a way has to pass away, and looks whether its end is still reached.
func (p *Process) checkWays() error {
	for _, w := range p.Ways {
		for _, stage := range []string{w.To, w.Since} {
			if _, ok := p.Stage(stage); !ok {
				return fmt.Errorf("a way knows the stage %q, which is not there", stage)
			}
		}
		for _, t := range w.Through {
			if p.reach(w.Since, t.Moves)[w.To] {
				return fmt.Errorf("the stage %q can be reached from %q without %v", w.To, w.Since, t.Moves)
			}
			// What does not come by w.Since has not passed it either, however it goes.
			if from := p.First().Key; from != w.Since && p.reach(from, append(slices.Clone(t.Moves), p.leaving(w.Since)...))[w.To] {
				return fmt.Errorf("the stage %q can be reached without %v, past %q", w.To, t.Moves, w.Since)
			}
			for _, key := range t.Moves {
				m, ok := p.Move(key)
				if !ok {
					return fmt.Errorf("a way knows the move %q, which is not there", key)
				}
				for _, kind := range t.Needs {
					if !slices.ContainsFunc(m.Needs, func(n Need) bool { return n.Kind == kind && !n.Soft }) {
						return fmt.Errorf("the move %q, on the way to %q, has no hard need %q", key, w.To, kind)
					}
				}
			}
		}
	}
	return nil
}

// leaving are the moves that lead on from a stage.
func (p *Process) leaving(stage string) (keys []string) {
	for _, m := range p.From(stage) {
		keys = append(keys, m.Key)
	}
	return keys
}
