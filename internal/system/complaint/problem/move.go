package problem

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// Move is a step of a problem as somebody asks for it.
type Move struct {
	Problem string
	Move    string // of complaint.Problem
	Seen    int    // the version that they have seen
	Why     string
	Files   []File // what is shown for it

	Lead  string   // assign: who answers, and
	Joint []string // who helps
	// Verdicts are of points, by Point.Key: found, untrue.
	Verdicts map[string]complaint.Verdict
	Day      calendar.Date // by which it is to be put right, or of the next step
	Owes     string        // stage: who answers for the next step
	Tests    []string      // apply: of the five, which are met
	Into     string        // merge: the code of another problem
	// Digests are of letters that have none, by their ids: a unit that is assigned a problem sees them and not the letters.
	Digests map[string]string

	Act, After string // of a device, see casework.Step
	Happened   time.Time
	Device     bool
}

// File is bytes that were brought (evidence.Take) and are shown for a step.
type File struct {
	Kind string // complaint.ProofPhoto or ProofPaper
	Hash string
}

// rights says what one must hold for a move, and whether as the responsible unit.
var rights = map[string]string{
	"assign": complaint.Coordinate, "insist": complaint.Coordinate, "merge": complaint.Coordinate, "reopen": complaint.Coordinate,
	"uphold": complaint.Coordinate, "file": complaint.Coordinate,
	"sign": complaint.Answer, "return": complaint.Answer, "found": complaint.Answer, "untrue": complaint.Answer, "stage": complaint.Answer,
	"resume": complaint.Answer, "done": complaint.Answer, "apply": complaint.Answer,
	"confirm": complaint.Check, "doubt": complaint.Check, "check": complaint.Check, "check-against": complaint.Check, "accept": complaint.Check,
	"check-too": complaint.Check, "fail": complaint.Check,
	"sign-off": complaint.SignOff, "refuse": complaint.SignOff,
}

// RightOf is the right that a move takes; empty: nobody makes it but the program.
func RightOf(move string) string { return rights[move] }

// Tests are the five of 销号, in the order of the plan of 安徽; each has to be met.
var Tests = []struct {
	Key  string
	Says [2]string // Chinese, English
}{
	{"done", [2]string{"各项措施全部完成", "every measure is done"}},
	{"punished", [2]string{"违法行为依法查处", "breaches were dealt with by law"}},
	{"effect", [2]string{"整改效果达到法规和标准", "the effect meets law and standard"}},
	{"similar", [2]string{"举一反三：同企业、同点位、同园区的类似问题一并解决", "similar problems of the same firm, site and park are solved, too"}},
	{"lasting", [2]string{"查明根源，建立长效机制", "the root was found, and a lasting mechanism stands"}},
}

// making is a move while it is being made.
type making struct {
	*Problems
	tx   *db.Tx
	who  identity.Colleague
	by   identity.Admitted
	c    campaign.Campaign
	p    Problem
	m    Move
	step casework.Step
	says moved
}

// Move makes a step. What it lacks is a fault that names all of it; who has not seen the problem as it is gets a
// fault.Conflict that says what happened since.
func (s *Problems) Move(ctx context.Context, who identity.Colleague, m Move) (p Problem, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { p, err = s.MoveIn(tx, who, m); return err })
	return p, err
}

// MoveIn is Move in a transaction that does more, as an act of a device.
func (s *Problems) MoveIn(tx *db.Tx, who identity.Colleague, m Move) (Problem, error) {
	key := rights[m.Move]
	if key == "" {
		return Problem{}, fault.New(fault.Invalid, "没有“%[1]s”这一步。", "There is no step %[1]q.", m.Move)
	}
	p, err := Read(tx, m.Problem)
	if err != nil {
		return p, err
	}
	by, err := s.admit(tx, who, key, p)
	if err != nil {
		return p, err
	}
	return s.make(tx, who, by, p, m)
}

// admit asks for a right where a problem is: of the responsible unit as that unit, else where the problem lies.
func (s *Problems) admit(tx *db.Tx, who identity.Colleague, key string, p Problem) (identity.Admitted, error) {
	if key == complaint.Answer {
		return admitUnit(tx, who, p.Lead)
	}
	at, err := p.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, key, at)
}

func admitUnit(tx *db.Tx, who identity.Colleague, unit string) (identity.Admitted, error) {
	if unit == "" {
		return identity.Admitted{}, fault.New(fault.Denied, "这个问题还没有交办，没有责任单位。", "This problem was not assigned yet, and nobody answers for it.")
	}
	at, err := identity.PlaceOf(tx, unit)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, complaint.Answer, at)
}

func (s *Problems) make(tx *db.Tx, who identity.Colleague, by identity.Admitted, p Problem, m Move) (Problem, error) {
	k := &making{Problems: s, tx: tx, who: who, by: by, p: p, m: m}
	k.m.Why = strings.TrimSpace(m.Why)
	var err error
	if k.c, err = campaign.Read(tx, p.Campaign); err != nil {
		return p, err
	}
	k.step = casework.Step{
		Case: p.ID, Move: m.Move, Seen: m.Seen, Act: m.Act, After: m.After, Happened: m.Happened, Device: m.Device, Reason: k.m.Why,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, Rules: map[string]clock.Rule{}, Fields: map[string]string{}, Proves: k.proves,
	}
	k.says = moved{person: by.Person, why: k.m.Why, Code: p.Code, Move: m.Move, From: p.Stage}
	for _, f := range []func() error{k.rules, k.prepare, func() error { return describe(k) }, k.attach, k.advance, k.follow, k.write, func() error { return letter.Follow(k.tx, k.by, k.p.ID) }} {
		if err := f(); err != nil {
			return p, err
		}
	}
	return k.p, nil
}

// rules finds the period of each clock that the move starts.
func (k *making) rules() error {
	m, ok := complaint.Problem.Move(k.m.Move)
	if !ok {
		return fmt.Errorf("problem: no move %q", k.m.Move)
	}
	for _, name := range m.Starts {
		var rule clock.Rule
		var err error
		switch {
		case name == complaint.ClockRectify, name == complaint.ClockNext:
			rule, err = until(k.tx.Now(), k.m.Day)
		case name == complaint.ClockWindow && k.p.Life > 1:
			rule, err = k.c.Rule(campaign.WindowAgain)
		default:
			rule, err = k.c.Rule(name)
		}
		if err != nil {
			return err
		}
		k.step.Rules[name] = rule
	}
	return nil
}

// farthest is how far ahead a plan may reach.
const farthest = 5 * 366

// until is a period that ends with a day that somebody said.
func until(now time.Time, day calendar.Date) (clock.Rule, error) {
	today := calendar.DateOf(now.In(calendar.China))
	n := 0
	if day != (calendar.Date{}) {
		n = day.Sub(today)
	}
	if n < 1 || n > farthest {
		return clock.Rule{}, fault.At("day", fault.New(fault.Invalid, "请填写期限：从明天到五年内的一天", "give the day by which it is due: from tomorrow to five years ahead"))
	}
	return clock.Rule{
		Name: "整改.期限", Title: says("整改方案定的期限", "the day that the plan sets"), Length: clock.Length{N: n, Unit: clock.Day}, AsItIs: true,
		Pauses: []clock.Pause{{Key: "检测", Name: says("检测", "measuring")}, {Key: "冬季停工", Name: says("冬季停工（冻土、低温不能施工）", "work rests in winter (frozen ground)")}},
		Extend: &clock.Extension{Most: clock.Length{N: 366, Unit: clock.Day}, Times: 3, By: says("协调联络组", "the coordination group")},
		From:   says("定下期限之日", "the day it was set"), Law: "整改方案", Article: "完成时限",
	}, nil
}

func (k *making) advance() error {
	made, err := k.book.Advance(k.tx, k.step)
	if err != nil {
		return err
	}
	k.says.To, k.says.Life = made.Case.Stage, made.Case.Life
	return k.p.stand(k.tx, k.book, made.Case)
}

// follow does what a step brings with it.
func (k *making) follow() error {
	switch k.m.Move {
	case "assign":
		return k.hand()
	case "file":
		now := k.tx.Now()
		k.p.FiledAt = &now
		return k.openWords()
	case "reopen":
		return k.takeUpAgain()
	case "merge":
		return k.merge()
	}
	return nil
}

func (k *making) write() error {
	if _, err := writeProblem.Exec(k.tx, k.p); err != nil {
		return err
	}
	k.says.Lead = k.p.Lead
	if k.p.HasDue() {
		k.says.Due = k.p.DueAt.UTC().Format(time.RFC3339)
	}
	if !k.m.Happened.IsZero() {
		k.says.Happened = k.m.Happened.UTC().Format(time.RFC3339)
	}
	return record.Append(k.tx, k.by.Sign, k.says)
}
