package problem_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// pick draws one.
func pick[T any](w *wanderer, all []T) T { return all[w.r.IntN(len(all))] }

// wanderer tries whatever comes on the problems of a city, and keeps its own book.
type wanderer struct {
	walk
	r     *rand.Rand
	cast  []identity.Colleague
	seeds *uint64
	codes []string // of the problems
	usual bool     // nothing but what is usual happens: the walk comes to the end
}

var wandering = []string{
	"assign", "sign", "return", "insist", "found", "untrue", "confirm", "doubt", "stage", "resume", "done", "apply", "check", "check-against", "accept", "check-too", "fail",
	"sign-off", "refuse", "file", "reopen", "merge",
}

// onwards are the moves that lead on from a stage.
var onwards = map[string][]string{
	complaint.Received: {"assign"}, complaint.Assigned: {"sign"}, complaint.Returned: {"insist"}, complaint.Verifying: {"found", "found", "untrue"},
	complaint.Unfounded: {"confirm"}, complaint.Rectifying: {"done", "done", "stage"}, complaint.Staged: {"done"}, complaint.Done: {"apply"},
	complaint.Applied: {"check", "check", "check-against"}, complaint.Checked: {"sign-off"}, complaint.Publicity: {"file"}, complaint.Filed: {"reopen"},
}

func (w *wanderer) who() identity.Colleague { return pick(w, w.cast) }

// rarely is once in so many times, and never where all is usual.
func (w *wanderer) rarely(n int) bool { return !w.usual && w.r.IntN(n) == 0 }

func (w *wanderer) photo(who identity.Colleague) problem.File {
	if *w.seeds++; w.rarely(10) {
		return w.Photo(who, 1)
	}
	return w.Photo(who, *w.seeds)
}

// step asks for a move, mostly one that leads on, by whoever it is.
func (w *wanderer) step() {
	p := w.now()
	name := pick(w, wandering)
	if next := onwards[p.Stage]; len(next) > 0 && w.r.IntN(4) > 0 {
		name = pick(w, next)
	}
	v := complaint.True
	if name == "untrue" || w.r.IntN(10) == 0 {
		v = complaint.Untrue
	}
	who := w.who()
	m := problem.Move{
		Problem: p.ID, Seen: p.Version, Move: name, Why: pick(w, []string{"", "因为", "因为"}), Lead: w.Orgs[pick(w, []string{"市医院", "住建局"})],
		Verdicts: w.Points(p, v), Day: w.Day(20), Owes: "市医院", Tests: allTests(), Into: pick(w, w.codes), Digests: w.Digests(p),
	}
	for range w.r.IntN(3) {
		m.Files = append(m.Files, w.photo(who))
	}
	_, err := w.Problems.Move(w.Ctx(), who, m)
	w.allowed(err)
}

// allowed: a step is made, or refused with a fault, of one thing or of several.
func (w *wanderer) allowed(err error) {
	switch more, several := err.(interface{ Unwrap() []error }); {
	case err == nil:
	case several:
		for _, e := range more.Unwrap() {
			w.allowed(e)
		}
	case fault.KindOf(err) == 0:
		w.t.Fatal(err)
	}
}

// measure adds one or has one done.
func (w *wanderer) measure(who identity.Colleague) {
	p := w.now()
	var all []problem.Measure
	w.view(func(tx *db.Tx) (err error) { all, err = problem.Measures(tx, p.ID); return err })
	if len(all) == 0 || len(all) < 4 && w.rarely(4) {
		owner := "市医院"
		if w.rarely(2) {
			owner = "水务局"
		}
		_, err := w.Problems.AddMeasure(w.Ctx(), who, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Owner: w.Orgs[owner], Day: w.Day(9)})
		w.allowed(err)
		return
	}
	m := pick(w, all)
	move := problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Why: "不需要了"}
	if w.rarely(4) {
		move.Move = "withdraw"
	}
	if !w.rarely(5) {
		move.Files = []problem.File{w.photo(who)}
	}
	_, err := w.Problems.MoveMeasure(w.Ctx(), who, move)
	w.allowed(err)
}

// word is somebody's, or the complainant's.
func (w *wanderer) word() {
	p := w.now()
	letters := w.LettersOf(p)
	if len(letters) == 0 {
		return
	}
	l := pick(w, letters)
	says := pick(w, []string{problem.Solved, problem.Solved, problem.Solved, problem.NotSolved, problem.Unsure})
	if w.r.IntN(8) == 0 {
		_, err := w.Problems.Say(w.Ctx(), problem.Said{Token: w.Secret(l), Says: says})
		w.allowed(err)
		return
	}
	source := pick(w, []string{problem.Neighbours, problem.Neighbours, problem.None})
	w.allowed(w.Problems.AddWord(w.Ctx(), w.who(), problem.NewWord{Problem: p.ID, Letter: l.ID, Source: source, Says: says, Why: "举报人没有留联系方式，附近没有住户"}))
}

// question asks or decides.
func (w *wanderer) question() {
	p := w.now()
	for _, c := range w.Children(p) {
		if c.Open() {
			move := pick(w, []string{"dismiss", "decline", "decline", "take", "uphold"})
			_, err := w.Problems.Decide(w.Ctx(), w.who(), problem.Decision{Child: c.ID, Seen: c.Version, Move: move, Why: "看过了", Day: problem.Move{Day: w.Day(9)}})
			w.allowed(err)
			return
		}
	}
	switch w.r.IntN(4) {
	case 0:
		_, err := w.Problems.Object(w.Ctx(), w.code, "还有味道", "")
		w.allowed(err)
	case 1:
		_, err := w.Problems.Propose(w.Ctx(), w.who(), p.ID, "又有了", "")
		w.allowed(err)
	}
}

// judge holds a problem that was filed against what nobody may evade. It reads what stands, and asks none of the
// rules that let it pass.
func (w *wanderer) judge() {
	p := w.now()
	if p.Stage != complaint.Filed && p.Stage != complaint.Settled {
		return
	}
	w.view(func(tx *db.Tx) error {
		past, err := w.Book.History(tx, p.ID, 0, 2000)
		if err != nil {
			return err
		}
		var life []casework.Past // of this life, from when it was last sent to be put right or judged
		began := time.Time{}
		made := map[string]casework.Past{}
		for _, s := range past {
			if s.Life != p.Life {
				continue
			}
			if s.To == complaint.Rectifying && s.From != complaint.Staged && s.From != s.To || s.Move == "reopen" || s.To == complaint.Assigned {
				life, began, made = nil, s.Recorded, map[string]casework.Past{}
			}
			life = append(life, s)
			made[s.Move] = s
		}
		_, untrue := made["confirm"]
		measures, err := problem.Measures(tx, p.ID)
		if err != nil {
			return err
		}
		done := 0
		for _, m := range measures {
			if m.Stage == "open" {
				w.t.Fatalf("%s is filed with the measure %d open", p.Code, m.Number)
			}
			if m.Stage != "done" || m.DoneAt.Before(began) {
				continue
			}
			done++
			shown, err := evidence.Items(tx, complaint.System, m.Evidence())
			if err != nil {
				return err
			}
			if len(shown) == 0 {
				w.t.Fatalf("%s is filed with a measure that nothing proves", p.Code)
			}
		}
		if !untrue && done == 0 {
			w.t.Fatalf("%s is filed and nothing was done since %v: %+v", p.Code, began, life)
		}
		check, ok := made["check"]
		for _, other := range []string{"check-against", "confirm"} {
			if s, also := made[other]; also && !ok {
				check, ok = s, true
			}
		}
		off, signed := made["sign-off"]
		if !ok || !signed || off.By[0].ID == check.By[0].ID {
			w.t.Fatalf("%s is filed and was checked by %v and signed off by %v", p.Code, check.By, off.By)
		}
		units := []string{p.Lead}
		for _, m := range measures {
			units = append(units, m.Owner)
		}
		if slices.Contains(units, check.By[0].Organisation) || slices.Contains(units, off.By[0].Organisation) {
			w.t.Fatalf("%s was checked by one of %v", p.Code, units)
		}
		file := made["file"]
		if file.Recorded.Before(off.Recorded.AddDate(0, 0, 5)) {
			w.t.Fatalf("%s was open to objections from %v to %v", p.Code, off.Recorded, file.Recorded)
		}
		words, err := problem.Words(tx, p)
		if err != nil {
			return err
		}
		said := map[string]bool{}
		for _, one := range words {
			if !one.MadeAt.Before(began) && !one.MadeAt.After(file.Recorded) {
				said[one.Letter] = true
			}
		}
		for _, l := range w.LettersOf(p) {
			if !said[l.ID] {
				w.t.Fatalf("%s is filed without a word for %s", p.Code, l.Code)
			}
		}
		children, err := problem.Children(tx, p.ID)
		for _, c := range children {
			if c.Open() && c.MadeAt.Before(file.Recorded) {
				w.t.Fatalf("%s is filed with a question undecided", p.Code)
			}
		}
		if p.Stage == complaint.Settled && w.Now.Before(file.Recorded.AddDate(0, 6, 0)) {
			w.t.Fatalf("%s was settled at %v after %v", p.Code, w.Now, file.Recorded)
		}
		return err
	})
}

// walkSeed plays the walks again that a failure names.
var walkSeed = flag.Uint64("walk.seed", 0, "the seed of TestNoPathOfAProblemEvades; 0: another each time")

// Whatever is tried on the problems of an inspection, by whom, in whatever order: none is filed without each measure
// done and proven, a check from outside of all who did something, a word for each letter or its reason, and all
// questions decided; and none is settled before its window has ended.
func TestNoPathOfAProblemEvades(t *testing.T) {
	c := complainttest.Open(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	cast := []identity.Colleague{
		c.Clerk, c.Clerk, c.Unit, c.Unit, c.Unit, c.Stranger, c.UnitOf("水务局"), c.Checker, c.Another, c.Another, c.Superior, c.Signer, c.Signer,
		c.Somebody("complaint.checker", "市医院"), c.Somebody("complaint.checker", "城西分局"),
	}
	seeds := uint64(1)
	reached := map[string]int{}
	start, seed := c.Now, *walkSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	walks := 12
	if testing.Short() {
		walks = 3
	}
	for n := range walks {
		t.Run(fmt.Sprintf("seed %d walk %d", seed, n), func(t *testing.T) {
			w := &wanderer{walk: walk{City: c, t: t}, r: rand.New(rand.NewPCG(seed, uint64(n))), cast: cast, seeds: &seeds, usual: n == 0}
			c.Now = start // each walk has its own inspection, and sessions end one day
			campaign := fmt.Sprintf("W%04d", n)
			w.Begin(campaign, "city")
			w.Take(campaign, strings.ReplaceAll(table, "D3QH20231126", fmt.Sprintf("D3QH%08d", n)))
			for i := range 3 {
				w.codes = append(w.codes, fmt.Sprintf("%s-%04d", campaign, i+1))
				for _, one := range w.LettersOf(w.Look(w.codes[i])) {
					w.Describe(one, "摘要")
				}
			}
			for range 70 {
				w.code = w.codes[pick(w, []int{0, 0, 0, 1, 2})]
				w.something()
				w.judge()
				reached[w.now().Stage]++
			}
		})
	}
	if reached[complaint.Filed] == 0 || reached[complaint.Settled] == 0 {
		t.Errorf("no walk came to the end, so nothing was shown: %v", reached)
	}
	t.Log("stood in", reached)
}

// something happens: mostly what leads on, or what tries to go around it.
func (w *wanderer) something() {
	if w.usual {
		w.towards()
		return
	}
	switch w.r.IntN(12) {
	case 0:
		w.measure(w.who())
	case 1:
		w.word()
	case 2:
		w.question()
	case 3:
		w.Later(time.Duration(pick(w, []int{1, 30, 400, 9000})) * time.Hour)
		w.runOut()
	case 4:
		w.develop()
		w.publish()
	case 5, 6, 7:
		w.step()
	default:
		w.towards()
	}
}

// towards does what is usual in a stage, each part of it most of the time.
func (w *wanderer) towards() {
	p := w.now()
	do := func(who identity.Colleague, m problem.Move, photos int) {
		for range photos {
			m.Files = append(m.Files, w.photo(who))
		}
		m.Problem, m.Seen, m.Why, m.Digests = p.ID, w.now().Version, "因为", w.Digests(p)
		_, err := w.Problems.Move(w.Ctx(), who, m)
		w.allowed(err)
	}
	usually := func(f func()) {
		if !w.rarely(5) {
			f()
		}
	}
	decline := func() {
		for _, c := range w.Children(p) {
			if c.Open() {
				_, err := w.Problems.Decide(w.Ctx(), w.Clerk, problem.Decision{Child: c.ID, Seen: c.Version, Move: pick(w, []string{"decline", "dismiss"}), Why: "看过了"})
				w.allowed(err)
			}
		}
	}
	words := func() {
		for _, l := range w.LettersOf(p) {
			w.allowed(w.Problems.AddWord(w.Ctx(), w.Checker, problem.NewWord{Problem: p.ID, Letter: l.ID, Source: problem.Neighbours, Says: problem.Solved, Why: "问了三户"}))
		}
	}
	if passed := p.Stage == complaint.Checked || p.Stage == complaint.Publicity; passed && w.rarely(3) {
		_, err := w.Problems.Say(w.Ctx(), problem.Said{Token: w.Secret(w.LettersOf(p)[0]), Says: problem.NotSolved})
		w.allowed(err)
	}
	switch p.Stage {
	case complaint.Received, complaint.Returned:
		do(w.Clerk, problem.Move{Move: "assign", Lead: w.Orgs["市医院"]}, 0)
	case complaint.Assigned:
		do(w.Unit, problem.Move{Move: "sign"}, 0)
	case complaint.Verifying:
		do(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(p, complaint.True), Day: w.Day(20)}, 1)
	case complaint.Unfounded:
		usually(words)
		do(w.Checker, problem.Move{Move: pick(w, []string{"confirm", "doubt"})}, 1)
	case complaint.Rectifying, complaint.Staged:
		usually(func() { w.measure(w.Unit) })
		usually(func() { w.measure(w.Unit) })
		do(w.Unit, problem.Move{Move: "done"}, 0)
	case complaint.Done:
		do(w.Unit, problem.Move{Move: "apply", Tests: allTests()}, 1)
	case complaint.Applied:
		usually(words)
		do(w.Checker, problem.Move{Move: "check"}, 2)
	case complaint.Checked:
		usually(w.develop)
		usually(decline)
		do(w.Signer, problem.Move{Move: "sign-off"}, 0)
	case complaint.Publicity:
		usually(func() { w.Days(15) })
		usually(w.publish)
		usually(decline)
		do(w.Clerk, problem.Move{Move: "file"}, 0)
	case complaint.Filed:
		usually(decline)
		w.Days(pick(w, []int{100, 300}))
		w.runOut()
	}
}
