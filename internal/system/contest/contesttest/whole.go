package contesttest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

var sheetRows = db.Declare[string, hall.Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest ORDER BY part, entry, seat, version`)

// site is a hall as its tables and the record have it: it is read without the functions that are tested.
type site struct {
	runs   []hall.Run
	seats  []seat.Seat
	aways  []seat.Away
	sheets []hall.Sheet
	said   []hall.Decision
	sealed map[string]string // kind of what is inside, by the entry of the record
	opened map[string]bool
}

func read(tx *db.Tx) (s site, err error) {
	s = site{sealed: map[string]string{}, opened: map[string]bool{}}
	if s.runs, err = hall.Runs(tx, Code); err != nil {
		return s, err
	}
	if s.seats, err = seat.All(tx, Code); err != nil {
		return s, err
	}
	if s.aways, err = seat.Aways(tx, Code); err != nil {
		return s, err
	}
	if s.sheets, err = sheetRows.Slice(tx, Code); err != nil {
		return s, err
	}
	if s.said, err = hall.Decisions(tx, Code); err != nil {
		return s, err
	}
	items, err := record.Latest(tx, record.KindSealed, "", 1000)
	if err != nil {
		return s, err
	}
	for _, i := range items {
		in, err := record.Inside(tx, i)
		if err != nil {
			return s, err
		}
		if strings.HasPrefix(in.Kind, "contest.") { // others are sealed of who signed in
			s.sealed[i.ID] = in.Kind
		}
	}
	items, err = record.Latest(tx, record.Opened{}.Kind(), "", 1000)
	for _, i := range items {
		var o record.Opened
		if err := json.Unmarshal([]byte(i.Public), &o); err != nil {
			return s, err
		}
		s.opened[o.Entry] = true
	}
	return s, err
}

// run is the last of an entry.
func (s *site) run(part, entry string) (run hall.Run) {
	for _, r := range s.runs {
		if r.Part == part && r.Entry == entry && r.Attempt > run.Attempt {
			run = r
		}
	}
	return run
}

func public(r hall.Run) bool { return r.State == hall.Shown || r.State == hall.Forfeit }

func counts(s hall.Sheet) bool { return s.State == "sealed" || s.State == "opened" }

// Whole says what of a hall is half or should not be: nothing, at any time.
func (h *Hall) Whole() (wrong []string) {
	h.t.Helper()
	var s site
	h.Must(h.DB.View(h.t.Context(), func(tx *db.Tx) (err error) { s, err = read(tx); return err }))
	if len(s.sealed) >= 1000 || len(s.opened) >= 1000 {
		h.t.Fatal("there are more entries than are looked at")
	}
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	s.papers(say)
	s.closings(say)
	s.twoPeople(say)
	h.board(&s, say)
	h.mine(&s, say)
	return wrong
}

// papers: each sheet and each absence has its entry, each entry its sheet, and both are open when the run is public and not before.
func (s *site) papers(say func(string, ...any)) {
	named := map[string]bool{}
	counting := map[[3]string]int{}
	for _, one := range s.sheets {
		named[one.LogEntry] = true
		run := s.run(one.Part, one.Entry)
		waits := one.State == "void" && one.By == "" // for a correction to be confirmed
		if s.sealed[one.LogEntry] != "contest.sheet-sealed" {
			say("the sheet %s has no sealed entry: %q", one.ID, s.sealed[one.LogEntry])
		}
		if s.opened[one.LogEntry] != (public(run) && !waits) {
			say("the entry of %s is opened %v, and its run is %s", one.ID, s.opened[one.LogEntry], run.State)
		}
		if one.State == "sealed" && public(run) || one.State == "opened" && !public(run) {
			say("the sheet %s is %s, and its run is %s", one.ID, one.State, run.State)
		}
		if counts(one) {
			if counting[[3]string{one.Part, one.Entry, one.Seat}]++; counting[[3]string{one.Part, one.Entry, one.Seat}] > 1 {
				say("two versions of %s count", one.ID)
			}
			if run.State == hall.Forfeit || one.Attempt != run.Attempt {
				say("%s counts for attempt %d, and the run is %s at %d", one.ID, one.Attempt, run.State, run.Attempt)
			}
		}
	}
	for _, a := range s.aways {
		if !a.Stands() {
			continue
		}
		named[a.LogEntry] = true
		if s.sealed[a.LogEntry] != "contest.away" || s.opened[a.LogEntry] != public(s.run(a.Part, a.Entry)) {
			say("that %s is %s for %s is in the log as %q, opened %v", a.Seat, a.Why, a.Entry, s.sealed[a.LogEntry], s.opened[a.LogEntry])
		}
		if counting[[3]string{a.Part, a.Entry, a.Seat}] > 0 {
			say("%s is %s for %s beside a sheet that counts", a.Seat, a.Why, a.Entry)
		}
	}
	for id, kind := range s.sealed {
		if !named[id] {
			say("the sealed entry %s of %s has no row", id, kind)
		}
	}
}

// closings: a run is closed, checked or revealed only when each seat has sealed or is away.
func (s *site) closings(say func(string, ...any)) {
	for _, r := range s.runs {
		if r.State != hall.Closed && r.State != hall.Checked && r.State != hall.Shown {
			continue
		}
		for _, j := range s.seats {
			given := slices.ContainsFunc(s.sheets, func(one hall.Sheet) bool {
				return one.Part == r.Part && one.Entry == r.Entry && one.Seat == j.Seat && counts(one)
			})
			away := slices.ContainsFunc(s.aways, func(a seat.Away) bool {
				return a.Part == r.Part && a.Entry == r.Entry && a.Seat == j.Seat && a.Stands()
			})
			if given == away {
				say("%s is %s, and %s has sealed %v, is away %v", r.Entry, r.State, j.Seat, given, away)
			}
		}
	}
}

// twoPeople: who asked never confirmed.
func (s *site) twoPeople(say func(string, ...any)) {
	differ := func(what, asked, by string) {
		if asked == "" || by == "" || asked == by {
			say("%s was asked for by %q and confirmed by %q", what, asked, by)
		}
	}
	for _, r := range s.runs {
		switch {
		case r.State == hall.Checked || r.State == hall.Shown:
			differ("the check of "+r.Entry, r.AskedBy, r.CheckedBy)
		case (r.State == hall.Forfeit || r.State == hall.Interrupted) && r.AskedBy == "":
			say("%s is %s, which nobody asked for", r.Entry, r.State)
		}
	}
	for _, one := range s.sheets {
		if one.State == "corrected" || one.State == "void" && one.By != "" {
			differ("the end of "+one.ID, one.AskedBy, one.By)
		}
	}
	for _, a := range s.aways {
		if a.Stands() && a.Why == seal.Absent {
			differ("the absence of "+a.Seat, a.AskedBy, a.By)
		}
	}
	for _, d := range s.said {
		if d.By != "" {
			differ("a decision", d.AskedBy, d.By)
		}
	}
}

// board: what anybody sees has nothing of a run that is not public.
func (h *Hall) board(s *site, say func(string, ...any)) {
	b, err := h.Board(h.t.Context(), Code)
	h.Must(err)
	for _, one := range b.Sheets {
		if r := s.run(one.Part, one.Entry); !public(r) {
			say("the board shows a sheet of %s, which is %s", one.Entry, r.State)
		}
		if !s.opened[one.Log] {
			say("the board shows the sheet of %s by %s, whose entry is sealed", one.Entry, one.Seat)
		}
	}
	for _, e := range b.Result.Entries {
		if r := s.run(Part, e.Key); !public(r) {
			say("the board has %s with %s, which is %s", e.Key, e.Text(), r.State)
		}
	}
	for _, r := range b.Heard {
		if !public(s.run(r.Part, r.Entry)) {
			say("the board tells of %s, which is %s", r.Entry, r.State)
		}
	}
	for _, a := range b.Facts.Away {
		if !s.opened[a.Log] {
			say("the board shows that %s is away for %s, whose entry is sealed", a.Seat, a.Entry)
		}
	}
	if b.Last != nil && !public(*b.Last) {
		say("the last of the board is %s", b.Last.State)
	}
}

// mine: a judge sees what their own seat sealed, and nothing else.
func (h *Hall) mine(s *site, say func(string, ...any)) {
	for j, judge := range h.Judges {
		m, err := h.Mine(h.t.Context(), judge, Code)
		h.Must(err)
		own := fmt.Sprintf("j%d", j+1)
		for _, r := range m.Runs {
			i := slices.IndexFunc(s.sheets, func(one hall.Sheet) bool {
				return one.Part == r.Part && one.Entry == r.Entry && one.Seat == own && counts(one)
			})
			if (r.Sealed != nil) != (i >= 0) || r.Sealed != nil && (r.Sealed.Seat != own || r.Receipt != s.sheets[i].Commitment || r.Sealed.Commitment() != r.Receipt) {
				say("%s sees %+v of %s", own, r.Sealed, r.Entry)
			}
		}
	}
}

// Version is what a judge's next sheet of an entry will be.
func (h *Hall) Version(entry string, judge int) (n int) {
	h.t.Helper()
	var s site
	h.Must(h.DB.View(h.t.Context(), func(tx *db.Tx) (err error) { s.sheets, err = sheetRows.Slice(tx, Code); return err }))
	for _, one := range s.sheets {
		if one.Entry == entry && one.Seat == fmt.Sprintf("j%d", judge+1) {
			n++
		}
	}
	return n + 1
}
