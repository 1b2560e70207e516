package hall

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Board is all of a contest that anybody may see. Everything that is shown to who is not at the desk is made from it.
type Board struct {
	Event  event.Event
	Number int64  // of the last change
	Order  []Next // who has run, who is on, who is to come: without any score
	Stage  *Stage // who is on, with the clock; nil: nobody
	Result *scoring.Result
	Facts  seal.Facts
	Sheets []seal.Sheet
	Heard  []Run // of what is revealed, interrupted attempts too: what was heard before a sheet was sealed
	Last   *Run  // that was revealed last
	All    bool  // everything is revealed
}

// Next is an entry in the order of a part.
type Next struct {
	Part  string
	Entry string
	Place int
	State State // closed and checked are shown as heard: how far the desk is tells of marks
}

// public tells whether anybody may see what a run came to.
func (r *Run) public() bool { return r.State == Shown || r.State == Forfeit }

// settled tells whether the desk sees a run's marks: nobody gives any more.
func (r *Run) settled() bool { return r.State == Closed || r.State == Checked || r.State == Shown }

// Revealed is what anybody may see of a contest.
func Revealed(tx *db.Tx, code string, facts Facts) (b Board, err error) {
	e, err := event.Read(tx, code)
	if err != nil {
		return b, err
	}
	a, err := everything(tx, facts, e)
	if err != nil {
		return b, err
	}
	if b, err = a.board(tx); err != nil {
		return b, err
	}
	b.Stage, err = stage(tx, a.runs)
	return b, err
}

// board is what anybody may see of it, but for who is on.
func (a *all) board(tx *db.Tx) (b Board, err error) {
	b = Board{Event: a.e, Number: a.e.Board, All: len(a.runs) > 0}
	public := map[[2]string]bool{}
	for i := range a.runs {
		r := &a.runs[i]
		public[[2]string{r.Part, r.Entry}] = public[[2]string{r.Part, r.Entry}] || r.public()
	}
	for i := range a.runs {
		r := &a.runs[i]
		if r.Heard != "" && public[[2]string{r.Part, r.Entry}] {
			b.Heard = append(b.Heard, *r)
		}
		if r.State == Interrupted {
			continue
		}
		b.All = b.All && r.public()
		state := r.State
		if state == Closed || state == Checked {
			state = Heard
		}
		b.Order = append(b.Order, Next{Part: r.Part, Entry: r.Entry, Place: r.Place, State: state})
		if r.State == Shown && (b.Last == nil || r.Revealed > b.Last.Revealed) {
			b.Last = r
		}
	}
	if b.Facts, b.Sheets, err = a.set(tx, (*Run).public); err != nil {
		return b, err
	}
	b.Result, err = a.scored(tx, (*Run).public)
	return b, err
}

// File is the contest as anybody may have it: from what is revealed.
func (b *Board) File() *seal.File {
	f := &seal.File{
		Format: seal.Format, Contest: b.Event.Code, Title: lang.Text{ZH: b.Event.Title, EN: b.Event.Title}, Rule: b.Event.Rule, RuleHash: b.Event.RuleHash, Facts: b.Facts, Sheets: b.Sheets,
		Runs: []seal.Run{}, Result: seal.Lines(b.Result), Cuts: seal.CutsOf(b.Result), Log: seal.Log{Rule: b.Event.RuleEntry},
	}
	for _, r := range b.Heard {
		f.Runs = append(f.Runs, seal.Run{Part: r.Part, Entry: r.Entry, Attempt: r.Attempt, Seconds: r.Seconds, Log: r.Heard})
	}
	slices.SortFunc(f.Runs, func(x, y seal.Run) int { return strings.Compare(x.Log, y.Log) })
	return f
}

// Board reads what anybody may see.
func (h *Halls) Board(ctx context.Context, code string) (b Board, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error { b, err = Revealed(tx, code, h.facts); return err })
	return b, err
}

// Desk is what the scorekeeper and the supervisor see: every run, and the marks of closed ones.
type Desk struct {
	Event     event.Event
	Runs      []Run
	Seats     []seat.Seat
	Aways     []seat.Away
	Sealed    map[At][]string // seats that have sealed
	Owed      map[At][]string
	Asks      []Ask
	Decisions []Decision
	Marks     map[At]scoring.Trace // of closed runs
	Totals    map[At]string        // of closed runs: what the entry has come to by the rule with it
	Corrected map[At][]Corrected   // sheets in whose place a later version counts
	Stage     *Stage               // who is on; nil: nobody
	Again     *Again               // judging is to begin anew; nil: nobody asks
	Typed     []Typed              // sheets of paper that were typed
}

// Corrected is a version of a sheet that does not count any more.
type Corrected struct {
	Seat    string
	Version int
	Why     string
}

// Desk is for who keeps the scores, supervises, or organises.
func (h *Halls) Desk(ctx context.Context, who identity.Colleague, code string) (d Desk, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		if err := desk(tx, who, &e); err != nil {
			return err
		}
		a, err := everything(tx, h.facts, e)
		if err != nil {
			return err
		}
		d = Desk{Event: e, Runs: a.runs, Seats: a.seats, Aways: a.aways, Sealed: map[At][]string{}, Owed: map[At][]string{}, Marks: map[At]scoring.Trace{}, Totals: map[At]string{}, Corrected: map[At][]Corrected{}}
		if d.Asks, err = Asks(tx, code); err != nil {
			return err
		}
		if d.Decisions, err = Decisions(tx, code); err != nil {
			return err
		}
		if err := d.more(tx, who); err != nil {
			return err
		}
		var result *scoring.Result
		for i := range a.runs {
			r := &a.runs[i]
			for _, s := range a.sheets {
				if s.Part != r.Part || s.Entry != r.Entry {
					continue
				}
				if s.counts() {
					d.Sealed[r.At] = append(d.Sealed[r.At], s.Seat)
				}
				if s.State == correctedSheet && s.Attempt == r.Attempt {
					d.Corrected[r.At] = append(d.Corrected[r.At], Corrected{s.Seat, s.Version, s.Reason})
				}
			}
			d.Owed[r.At] = a.owed(r)
			if !r.settled() {
				continue
			}
			if result == nil {
				if result, err = a.scored(tx, (*Run).settled); err != nil {
					return err
				}
			}
			d.Marks[r.At], _ = result.Trace(r.Entry)
			if _, i, ok := e.Rule.Rule.Part(r.Part); ok {
				if sum, ok := result.Of(r.Entry); ok && sum.Has && sum.Stage == e.Rule.Rule.Stages[i].Key {
					d.Totals[r.At] = sum.Text()
				}
			}
		}
		return nil
	})
	return d, err
}

// more adds the clock and what waits for a second person.
func (d *Desk) more(tx *db.Tx, who identity.Colleague) (err error) {
	if d.Stage, err = stage(tx, d.Runs); err != nil {
		return err
	}
	rows, err := anewOf.Slice(tx, d.Event.Code)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var f rule.File
		if err := parse(r.Rule, &f); err != nil {
			return err
		}
		d.Again = &Again{Rule: f, Reason: r.Reason, AskedBy: r.AskedBy}
	}
	d.Typed, err = typed(tx, d.Event.Code, who.Person)
	return err
}

var (
	countShown     = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM contest_run WHERE state = 'revealed'`)
	countCorrected = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM contest_sheet WHERE state = 'corrected'`)
)

// Count is how many scores were revealed in all contests, and how many sheets of them corrected.
func Count(tx *db.Tx) (shown, corrected int, err error) {
	if shown, err = countShown.One(tx, db.None{}); err != nil {
		return 0, 0, err
	}
	corrected, err = countCorrected.One(tx, db.None{})
	return shown, corrected, err
}

// desk admits those who may see marks of closed runs.
func desk(tx *db.Tx, who identity.Colleague, e *event.Event) (err error) {
	for _, key := range []string{contest.Score, contest.Supervise} {
		by, admitted := who.Admit(tx, key, e.Place())
		if err = admitted; err == nil {
			if _, sits, e := seat.Of(tx, e.Code, by.Person); e != nil || sits {
				return fault.New(fault.Denied, "评委看不到计分台。", "A judge does not see the desk.")
			}
			return nil
		}
	}
	return err
}

// Mine is what a judge sees: the runs, and what they themselves gave.
type Mine struct {
	Event event.Event
	Seat  seat.Seat
	Runs  []MyRun
	Asks  []Ask  // that wait for this judge
	Stage *Stage // the clock of what is called or presents; nil: nothing is, or the judge is recused from it
}

// MyRun is a run as its judge sees it.
type MyRun struct {
	At
	Place    int
	State    State
	LimitS   int
	Recused  bool
	Absent   bool
	Drafts   map[string]string
	Sealed   *seal.Opening
	Receipt  string // the commitment
	LogEntry string // of the record

	Version  int  // that a lock seals next
	Early    int  // so many more are heard before a sheet of its part is sealed
	Resealed bool // a correction of the judge's waits for another person
}

// Mine is for a judge.
func (h *Halls) Mine(ctx context.Context, who identity.Colleague, code string) (m Mine, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		m = Mine{Event: e}
		if m.Seat, _, err = seat.Admit(tx, who, &e); err != nil {
			return err
		}
		runs, err := Runs(tx, code)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.State == Interrupted {
				continue
			}
			state := r.State
			if state == Checked {
				state = Closed
			}
			m.Runs = append(m.Runs, MyRun{At: r.At, Place: r.Place, State: state, LimitS: r.LimitS, Drafts: map[string]string{}, Version: 1, Early: early(&e, runs, r.Part)})
		}
		if err := m.fill(tx, code); err != nil {
			return err
		}
		if err := m.onStage(tx, runs); err != nil {
			return err
		}
		open, err := Asks(tx, code)
		for _, a := range open {
			switch r := m.at(a.Part, a.Entry); {
			case a.Seat != m.Seat.Seat:
			case a.State == asked:
				m.Asks = append(m.Asks, a)
			case r != nil:
				r.Resealed = true
			}
		}
		return err
	})
	return m, err
}

// onStage adds the clock, which everybody in the hall sees; of a run that was heard it would tell that the desk has closed it.
func (m *Mine) onStage(tx *db.Tx, runs []Run) error {
	on, err := stage(tx, runs)
	if err != nil || on == nil || on.State != Called && on.State != Presenting {
		return err
	}
	if r := m.at(on.Part, on.Entry); r != nil && !r.Recused {
		m.Stage = on
	}
	return nil
}

// early is how many more runs of a part are heard before any sheet of it is sealed.
func early(e *event.Event, runs []Run, part string) int {
	var n howMany
	for _, r := range runs {
		if r.Part != part || r.State == Interrupted {
			continue
		}
		if r.Heard != "" {
			n.Heard++
		}
		if r.State != Forfeit {
			n.Could++
		}
	}
	return max(0, min(e.Rule.Rule.Calibrate, n.Could)-n.Heard)
}

func (m *Mine) at(part, entry string) *MyRun {
	i := slices.IndexFunc(m.Runs, func(r MyRun) bool { return r.Part == part && r.Entry == entry })
	if i < 0 {
		return nil
	}
	return &m.Runs[i]
}

// fill adds what the judge gave, and where they are away.
func (m *Mine) fill(tx *db.Tx, code string) error {
	drafts, err := draftsOf.Slice(tx, draftRow{Contest: code, Seat: m.Seat.Seat})
	if err != nil {
		return err
	}
	for _, d := range drafts {
		text, err := record.OpenOwn(tx, "contest_mark/"+d.ID, d.Mark)
		if err != nil {
			return err
		}
		if r := m.at(d.Part, d.Entry); r != nil && text != "" {
			r.Drafts[d.Criterion] = text
		}
	}
	sheets, err := sheetsOf.Slice(tx, code)
	if err != nil {
		return err
	}
	for i := range sheets {
		s := &sheets[i]
		r := m.at(s.Part, s.Entry)
		if s.Seat != m.Seat.Seat || r == nil {
			continue
		}
		r.Version = s.Version + 1
		if !s.counts() {
			continue
		}
		o, err := s.open(tx)
		if err != nil {
			return err
		}
		r.Sealed, r.Receipt, r.LogEntry = &o, s.Commitment, s.LogEntry
	}
	aways, err := seat.Aways(tx, code)
	for _, a := range aways {
		if r := m.at(a.Part, a.Entry); r != nil && a.Seat == m.Seat.Seat && a.Stands() {
			r.Recused, r.Absent = a.Why == seal.Recused, a.Why == seal.Absent
		}
	}
	return err
}

func sheetID(o seal.Opening) string {
	return strings.Join([]string{o.Contest, o.Part, o.Entry, o.Seat, version(o.Version)}, "/")
}

func parse(text string, to any) error { return json.Unmarshal([]byte(text), to) }

func write(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}
