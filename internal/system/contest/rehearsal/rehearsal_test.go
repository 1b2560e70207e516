package rehearsal_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

const entrant = "西宁市政务服务局"

// stage sets the event up in a database, with its cast, a week ago.
func stage(t *testing.T, d *db.DB) rehearsal.Stage {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	day := calendar.DateOf(time.Now().In(calendar.China)).Add(-7).Start(calendar.China)
	ctx := db.Rehearse(t.Context(), day.AddDate(0, 0, -21))
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	people, err := identity.Open(ctx, d, identity.Options{Catalogue: right.NewCatalogue(right.People, contest.Rights), Policy: policy, KeyFile: filepath.Join(t.TempDir(), "people.key")})
	must(err)
	home, err := gb.Parse("630100")
	must(err)
	must(people.Cast.Make(ctx, append(rehearsal.Units(home), identity.Unit{Name: entrant, Division: home}), rehearsal.Members(home, entrant)...))
	book, err := casework.New(casework.Options{Processes: contest.Processes(), Outside: identity.Outside})
	must(err)
	office, err := people.Organisations.Named(ctx, rehearsal.OfficeName)
	must(err)
	album, err := evidence.Open(ctx, d, evidence.Options{Folder: t.TempDir(), Kinds: contest.EvidenceKinds()})
	must(err)
	return rehearsal.Stage{
		DB: d, People: people, Events: event.In(d), Entries: entry.In(d), Experts: expert.In(d), Seats: seat.In(d), Halls: hall.In(d, entry.Facts), Orders: order.In(d, entry.Facts), Releases: release.In(d, entry.Facts), Public: publicity.In(d, book, entry.Facts),
		Cards: card.In(d, entry.Facts, func() (*evidence.Evidence, error) { return album, nil }),
		Home:  home, Office: office.ID, Day: day,
	}
}

// A smaller contest goes on to its final list: its winners have cards, and others have adopted them, some of whom were believed.
func TestSpread(t *testing.T) {
	s := stage(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...))
	s.Day = s.Day.AddDate(0, 0, -12)
	if err := rehearsal.Spread(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	err := s.DB.View(t.Context(), func(tx *db.Tx) error {
		cards, err := card.OfContest(tx, rehearsal.EarlierCode)
		if err != nil {
			return err
		}
		states := map[card.State]int{}
		for _, c := range cards {
			states[c.State]++
		}
		months, err := card.Months(tx, "", "")
		sum := card.Tally{}
		for _, m := range months {
			sum.Said, sum.Verified = sum.Said+m.Said, sum.Verified+m.Verified
		}
		if states[card.Shown] != 3 || states[card.Offered] != 1 || len(months) < 3 || sum != (card.Tally{Said: 3, Verified: 4}) {
			t.Errorf("%v, %v", states, months)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The article's event is played through: 55 cases of 39 units, with everything that may go wrong on the day. It ends with a file that a
// stranger verifies, a decision about the tie at place ten, and numbers that are opened.
func TestTheEvent(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		signer, err := sequencer.Open(t.Context(), d, filepath.Join(t.TempDir(), "log"), "test.invalid/log")
		if err != nil {
			t.Fatal(err)
		}
		if err := rehearsal.Play(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if err := signer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b, err := s.Halls.Board(t.Context(), rehearsal.Code)
		if err != nil {
			t.Fatal(err)
		}
		units := map[string]bool{}
		var names map[string]entry.Entry
		err = d.View(t.Context(), func(tx *db.Tx) error { names, err = entry.Numbered(tx, rehearsal.Code); return err })
		for _, e := range names {
			for _, u := range e.Groups[entry.Unit] {
				units[u] = true
			}
		}
		if err != nil || len(names) != 55 || len(units) != 39 || !b.All || b.Event.Frozen {
			t.Fatalf("%d entries of %d units, all %t, frozen %t, %v", len(names), len(units), b.All, b.Event.Frozen, err)
		}
		top := b.Result.Cuts[0]
		if len(top.In) != 10 || top.Open || len(b.Result.Wants) > 0 {
			t.Errorf("the first ten are %v, open %t, and %v is to be decided", top.In, top.Open, b.Result.Wants)
		}
		tenth, _ := b.Result.Of(top.In[9])
		next := slices.IndexFunc(b.Result.Entries, func(e scoring.Entry) bool { return !slices.Contains(top.In, e.Key) })
		if eleventh := b.Result.Entries[next]; eleventh.Text() != tenth.Text() {
			t.Errorf("no tie at the line: %s and %s", tenth.Text(), eleventh.Text())
		}
		text, err := s.Releases.File(t.Context(), rehearsal.Code, 1)
		if err != nil {
			t.Fatal(err)
		}
		f, err := seal.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		r := seal.Verify(f)
		if len(r.Findings) > 0 || r.Late != 1 || r.Sheets != 54*9-6 {
			t.Errorf("%v: %d sheets, %d corrected", r.Findings, r.Sheets, r.Late)
		}
		paper := 0
		for _, one := range f.Sheets {
			if one.By == seal.Paper {
				paper++
			}
		}
		if paper != 1 || !slices.ContainsFunc(f.Facts.Decisions, func(d mark.Decision) bool { return d.Cut == "top10" }) {
			t.Errorf("%d sheets of paper, decisions %v", paper, f.Facts.Decisions)
		}
		err = d.View(t.Context(), func(tx *db.Tx) error {
			opened, err := record.Latest(tx, "contest.numbers-opened", "", 10)
			if len(opened) == 0 || !strings.Contains(opened[0].Public, "一枚印章") && len(opened) == 1 {
				t.Errorf("numbers are not opened: %d entries", len(opened))
			}
			if err != nil {
				return err
			}
			// So are they in the draw of the order, which two people typed.
			for kind, want := range map[string]int{course.KindSeeded: 1, course.KindOpened: 1} {
				steps, err := record.Latest(tx, kind, "", 10)
				if err != nil || len(steps) != want {
					return fmt.Errorf("%d of %s: %w", len(steps), kind, err)
				}
				if n := strings.Count(steps[0].Public, `"salt"`); kind == course.KindOpened && n != 55 {
					t.Errorf("%d codes are opened in the draw", n)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		again(t, s, b)
		upheld(t, s, top.In[0])
	})
}

// upheld has the objection that waits be upheld, so that the first is out, and the list be final.
func upheld(t *testing.T, s rehearsal.Stage, first string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := s.Public.Of(t.Context(), rehearsal.Code)
	must(err)
	ctx := db.Rehearse(t.Context(), p.Until.Add(time.Hour))
	as := func(login string) identity.Colleague {
		t.Helper()
		cast, err := s.People.Cast.List(ctx)
		must(err)
		i := slices.IndexFunc(cast, func(p identity.Person) bool { return p.Login == login })
		in, err := s.People.Cast.Enter(ctx, cast[i].ID, "")
		must(err)
		actor, err := s.People.Sessions.Who(ctx, in.Token)
		must(err)
		return s.People.Colleague(actor)
	}
	all, err := s.Public.List(ctx, rehearsal.Code)
	must(err)
	if len(all) != 2 || all[0].Stage != contest.ObjectionDismissed {
		t.Fatalf("%+v", all)
	}
	not := func(what string) {
		t.Helper()
		e, err := s.Events.Get(ctx, rehearsal.Code)
		must(err)
		if _, err := s.Public.Finish(ctx, as(rehearsal.Organiser), rehearsal.Code, e.Version); fault.KindOf(err) != fault.Conflict {
			t.Errorf("final %s: %v", what, err)
		}
	}
	not("with an open objection")
	o, err := s.Public.Examine(ctx, as(rehearsal.Organiser), publicity.Examining{Objection: all[1].ID, Seen: all[1].Version, Found: "查到前年的获奖通报", Out: first})
	must(err)
	_, err = s.Public.Decide(ctx, as(rehearsal.Supervisor), publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "uphold", Why: "得过同类奖的不再评"})
	must(err)
	not("before what was upheld is released")
	b, err := s.Halls.Board(ctx, rehearsal.Code)
	must(err)
	if e, _ := b.Result.Of(first); e.Status != mark.Disqualified || e.Place != 0 || slices.Contains(b.Result.Cuts[0].In, first) {
		t.Errorf("who is out has a place: %+v", e)
	}
	ctx = db.Rehearse(t.Context(), p.Until.Add(90*time.Minute))
	_, err = s.Releases.Release(ctx, as(rehearsal.Organiser), rehearsal.Code, "第 2 号异议成立")
	must(err)
	e, err := s.Events.Get(ctx, rehearsal.Code)
	must(err)
	_, err = s.Public.Finish(ctx, as(rehearsal.Organiser), rehearsal.Code, e.Version)
	must(err)
	if e, err = s.Events.Get(ctx, rehearsal.Code); err != nil || e.State != contest.Final {
		t.Errorf("%s %v", e.State, err)
	}
}

// again plays the event once more: at each of its moments the board is as it was, and at the end as it is.
func again(t *testing.T, s rehearsal.Stage, end hall.Board) {
	t.Helper()
	ctx := t.Context()
	story, err := hall.Replay{Halls: s.Halls}.Story(ctx, rehearsal.Code)
	if err != nil || len(story) < 55*3 {
		t.Fatalf("%d moments, %v", len(story), err)
	}
	shown, before, after := 0, "", ""
	for i, m := range story {
		if m.What == "contest.revealed" {
			shown++
		}
		if m.What != "contest.revealed" && m.What != "contest.sheet-corrected" || i+1 < len(story) && story[i+1].At.Equal(m.At) {
			continue
		}
		b, err := hall.Replay{Halls: s.Halls}.AsOf(ctx, rehearsal.Code, m.At)
		if err != nil {
			t.Fatal(err)
		}
		have := 0
		for _, e := range b.Result.Entries {
			if e.Has {
				have++
			}
		}
		if have != shown || (b.Last == nil || b.Last.Entry != m.Entry) && m.What == "contest.revealed" {
			t.Errorf("after %d reveals %d have totals, and the last is %+v", shown, have, b.Last)
		}
		if e, ok := b.Result.Of(m.Entry); ok && m.What == "contest.sheet-corrected" {
			was, err := hall.Replay{Halls: s.Halls}.AsOf(ctx, rehearsal.Code, m.At.Add(-time.Second))
			if err != nil {
				t.Fatal(err)
			}
			old, _ := was.Result.Of(m.Entry)
			before, after = old.Text(), e.Text()
		}
	}
	if before == "" || before == after {
		t.Errorf("the corrected total is %q before and %q after", before, after)
	}
	b, err := hall.Replay{Halls: s.Halls}.AsOf(ctx, rehearsal.Code, story[len(story)-1].At)
	if err != nil || !slices.Equal(seal.Lines(b.Result), seal.Lines(end.Result)) || !b.All || b.Stage != nil {
		t.Errorf("the end is another one: %v", err)
	}
}
