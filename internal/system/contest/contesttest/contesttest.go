// Package contesttest has a small contest for tests: its people, nine seats, and as many entries as are wanted.
//
//	h := contesttest.Open(t, d, contesttest.Rule(1), 3)
//	h.Run("01"); h.Mark("01", "9.2"); h.Close("01"); h.Check("01"); h.Reveal("01")
//
// What comes before the hall has a city with organisations: [OpenCity].
package contesttest

import (
	"fmt"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/bound"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Schemas are the tables that a contest needs.
var Schemas = []db.Schema{record.Schema, identity.Schema, evidence.Schema, draw.Schema, act.Schema, casework.Schema, bound.Schema, contest.Schema}

// Code is the contest's.
const Code = "hall-2026"

// Part is the one part that is judged.
const Part = "show"

// Rule is the rule of a hall: one score of one decimal, trimmed from five judges on; calibrate says how many are heard first.
func Rule(calibrate int) rule.File {
	text := fmt.Sprintf(`{"about":{"title":{"zh":"现场评审","en":"In the hall"}},"rule":{"format":"xiadu rule 1","calibrate":%d,
"stages":[{"key":"final","of":"10","round":{"places":2,"mode":"half-up"},"parts":[{"key":"show","weight":"1","of":"10","round":{"places":2,"mode":"half-up"},
"judged":{"across":"sheets","combine":"mean","criteria":[{"key":"score","weight":"1","from":"0","to":"10","step":"0.1"}],"trim":[{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]}}],
"deductions":[{"measure":"overtime","kind":"count","unmeasured":"none","bands":[{"from":"11","points":"-0.2"},{"from":"31","points":"-0.5"}]}]}],
"order":{"ranking":"competition","where":"all","chain":[{"by":"decimals","places":4},{"by":"lots"}]},
"cuts":[{"key":"top","stage":"final","heads":2,"tie":"decide"}]}}`, calibrate)
	f, err := rule.Read([]byte(text))
	if err != nil {
		panic(err)
	}
	return f
}

// Hall is a contest in which everybody is there.
type Hall struct {
	t      testing.TB
	folder string
	tokens []string // of the sessions of everybody, in their order
	DB     *db.DB
	*hall.Halls
	Seats  *seat.Seats
	Events *event.Events
	People *identitytest.Office

	// Told is told before each statement, where it is set: see db.Before.
	Told func(text string)

	// Both is scorekeeper and supervisor in one person, as the policy of a hall allows.
	Organiser, Keeper, Another, Supervisor, Host, Both, Stranger identity.Colleague
	Judges                                                       []identity.Colleague
	Numbers                                                      []string
}

// Device is the chosen one of a judge.
func Device(judge int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", judge) }

// Open begins a contest with its seats and lines its entries up.
func Open(t testing.TB, d *db.DB, r rule.File, entries int) *Hall {
	t.Helper()
	return OpenIn(t, d, t.TempDir(), r, entries)
}

// OpenUnseated is Open in which no device has said yet that it is there.
func OpenUnseated(t testing.TB, d *db.DB, r rule.File, entries int) *Hall {
	t.Helper()
	return begin(t, d, t.TempDir(), r, entries)
}

// OpenIn is Open with what another process needs to go on in a folder: see [Again].
func OpenIn(t testing.TB, d *db.DB, folder string, r rule.File, entries int) *Hall {
	t.Helper()
	h := begin(t, d, folder, r, entries)
	for j, judge := range h.Judges {
		_, err := h.Seats.Beat(t.Context(), judge, seat.Beat{Contest: Code, Device: Device(j)})
		h.Must(err)
	}
	return h
}

func begin(t testing.TB, d *db.DB, folder string, r rule.File, entries int) *Hall {
	t.Helper()
	h := open(t, d, folder)
	for _, roles := range [][]string{{"contest.organiser"}, {"contest.scorekeeper"}, {"contest.scorekeeper"}, {"contest.supervisor"}, {"contest.host"}, {"contest.scorekeeper", "contest.supervisor"}, nil} {
		h.tokens = append(h.tokens, h.People.SignIn(roles...))
	}
	for range 9 {
		h.tokens = append(h.tokens, h.People.SignIn("contest.judge"))
	}
	h.signedIn()
	xining, err := gb.Parse("630100")
	h.Must(err)
	_, err = h.Events.Begin(t.Context(), h.Organiser, event.New{Code: Code, Title: "现场评审", Office: "office", Division: xining, Rule: r})
	h.Must(err)
	for i := range entries {
		h.Numbers = append(h.Numbers, fmt.Sprintf("%02d", i+1))
	}
	for j, judge := range h.Judges {
		h.Must(h.Seats.Give(t.Context(), h.Organiser, Code, fmt.Sprintf("j%d", j+1), judge.Person))
	}
	h.Must(d.Update(t.Context(), func(tx *db.Tx) error {
		e, err := event.Read(tx, Code)
		if err != nil {
			return err
		}
		by, err := h.Organiser.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		return hall.LineUp(tx, h.Facts, by, hall.Lineup{Contest: Code, Part: Part, Order: h.Numbers, Limit: 480, Warn: 30})
	}))
	h.keep()
	return h
}

// Facts are the entries as the room of entries would give them.
func (h *Hall) Facts(*db.Tx, string) (all []mark.Entry, err error) {
	for _, n := range h.Numbers {
		all = append(all, mark.Entry{Key: n, Groups: map[string][]string{"unit": {"unit of " + n}}})
	}
	return all, nil
}

// Must ends the test on an error.
func (h *Hall) Must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// At is the first attempt of an entry.
func At(number string) hall.At { return hall.At{Contest: Code, Part: Part, Entry: number, Attempt: 1} }

// Run has an entry called and heard.
func (h *Hall) Run(number string) {
	h.t.Helper()
	h.Must(h.Call(h.t.Context(), h.Keeper, At(number)))
	h.Must(h.Start(h.t.Context(), h.Keeper, At(number)))
	h.Must(h.Stop(h.t.Context(), h.Keeper, At(number)))
}

// Sealing is a lock as a judge's device makes it.
func (h *Hall) Sealing(at hall.At, judge, version int, score string) hall.Lock {
	h.t.Helper()
	e, err := h.Events.Get(h.t.Context(), Code)
	h.Must(err)
	o := seal.Opening{Contest: Code, Rule: e.RuleHash, Entry: at.Entry, Part: at.Part, Seat: fmt.Sprintf("j%d", judge+1), Version: version, Marks: map[string]string{"score": score}, Salt: seal.Salt(), By: seal.Device}
	return hall.Lock{At: at, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:16], Device: Device(judge)}
}

// Mark has every judge from the first on seal one score each.
func (h *Hall) Mark(number string, scores ...string) {
	h.t.Helper()
	for j, score := range scores {
		if score == "" {
			continue
		}
		_, err := h.Lock(h.t.Context(), h.Judges[j], h.Sealing(At(number), j, 1, score))
		h.Must(err)
	}
}

// Show closes, checks and reveals an entry.
func (h *Hall) Show(number string) {
	h.t.Helper()
	h.Must(h.Close(h.t.Context(), h.Keeper, At(number)))
	h.Must(h.Check(h.t.Context(), h.Supervisor, At(number)))
	h.Must(h.Reveal(h.t.Context(), h.Host, At(number), h.Openings(number)))
}

// Openings is what was checked of an entry, as the host is shown it.
func (h *Hall) Openings(number string) (hash string) {
	h.t.Helper()
	h.Must(h.DB.View(h.t.Context(), func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, Code)
		for _, r := range runs {
			if r.Entry == number {
				hash = r.Openings
			}
		}
		return err
	}))
	return hash
}

// RuleOf is the hash of a rule.
func (*Hall) RuleOf(f rule.File) string { return f.Rule.Hash() }

// ShowAgain has an entry run at its second attempt, every judge seal one score, and the score revealed; so many judges had sealed the
// first attempt, and seal another version.
func (h *Hall) ShowAgain(number, score string, had int) {
	h.t.Helper()
	ctx, again := h.t.Context(), At(number)
	again.Attempt = 2
	h.Must(h.Call(ctx, h.Keeper, again))
	h.Must(h.Start(ctx, h.Keeper, again))
	h.Must(h.Stop(ctx, h.Keeper, again))
	for j, judge := range h.Judges {
		version := 1
		if j < had {
			version = 2
		}
		_, err := h.Lock(ctx, judge, h.Sealing(again, j, version, score))
		h.Must(err)
	}
	h.Must(h.Close(ctx, h.Keeper, again))
	h.Must(h.Check(ctx, h.Supervisor, again))
	h.Must(h.Reveal(ctx, h.Host, again, h.Openings(number)))
}
