package app

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/subject"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// judgeDevice is on which the judge sits.
const judgeDevice = "00000000-0000-4000-8000-000000000001"

// judged holds a contest in a division: of one entry, whose order was drawn, whose result is released and hangs out, and to which
// somebody objected. Each of its steps is taken by who has the role for it.
func (s doors) judged(t *testing.T, home gb.Division, office string, as func(role string) identity.Colleague) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const code, part, thrown = "hall-2026", "show", "4163526514"
	now := chinaTime().Truncate(time.Second)
	ctx := db.Rehearse(t.Context(), now)
	later := func(d time.Duration) context.Context { now = now.Add(d); return db.Rehearse(t.Context(), now) }
	events, entries, halls := event.In(s.db), entry.In(s.db), hall.In(s.db, entry.Facts)
	organiser, keeper, supervisor, judge := as("organiser"), as("scorekeeper"), as("supervisor"), as("judge")
	look := func() event.Event {
		e, err := events.Get(ctx, code)
		must(err)
		return e
	}
	f, _ := rule.Preset("trim-1-1-mean-2dp")
	e, err := events.Begin(ctx, organiser, event.New{Code: code, Title: "评审", Office: office, Division: home, Rule: f})
	must(err)
	_, err = events.Call(ctx, organiser, code, e.Version, now.Add(time.Minute))
	must(err)
	stations := nomination.In(s.db, subject.Look)
	must(stations.SetQuota(ctx, organiser, nomination.Quota{Contest: code, Division: home, N: 2, Paper: "一号"}))
	_, err = stations.Nominate(ctx, as("recommender"), nomination.Naming{Contest: code, Station: "A-1"})
	must(err)
	one, err := entries.SubmitFor(ctx, organiser, entry.New{Contest: code, Organisation: office, Draft: entry.Draft{Title: "作品", Groups: map[string][]string{entry.Unit: {"here"}}}})
	must(err)
	_, err = entries.Review(ctx, organiser, entry.Review{Entry: one.ID, Seen: one.Version, To: entry.Accepted})
	must(err)
	ctx = later(2 * time.Minute)
	_, err = entries.Shortlist(ctx, organiser, code, look().Version)
	must(err)
	must(seat.In(s.db).Give(ctx, organiser, code, "j1", judge.Person))

	orders, at := order.In(s.db, entry.Facts), now.Add(3*time.Minute)
	dice := seed.Choice{Sources: []seed.Ref{{Source: "dice", At: at.In(calendar.China).Format("2006-01-02T15:04")}}, Until: at.Add(time.Hour)}
	_, err = orders.Commit(ctx, organiser, order.Committing{Contest: code, Part: part, Seen: look().Version, Limit: 60, Seed: []seed.Choice{dice}})
	must(err)
	ctx = later(4 * time.Minute)
	for _, who := range []identity.Colleague{organiser, supervisor} {
		_, err = orders.Type(ctx, who, code, part, 1, []string{thrown})
		must(err)
	}

	run := hall.At{Contest: code, Part: part, Entry: "E-01", Attempt: 1}
	must(halls.Call(ctx, keeper, run))
	must(halls.Start(ctx, keeper, run))
	must(halls.Stop(ctx, keeper, run))
	_, err = seat.In(s.db).Beat(ctx, judge, seat.Beat{Contest: code, Device: judgeDevice})
	must(err)
	o := seal.Opening{Contest: code, Rule: look().RuleHash, Entry: run.Entry, Part: part, Seat: "j1", Version: 1, Marks: map[string]string{"score": "9"}, Salt: seal.Salt(), By: seal.Device}
	_, err = halls.Lock(ctx, judge, hall.Lock{At: run, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:16], Device: judgeDevice})
	must(err)
	must(halls.Close(ctx, keeper, run))
	must(halls.Check(ctx, supervisor, run))
	hash := ""
	must(s.db.View(ctx, func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, code)
		hash = runs[0].Openings
		return err
	}))
	must(halls.Reveal(ctx, as("host"), run, hash))
	_, err = release.In(s.db, entry.Facts).Release(ctx, organiser, code, "")
	must(err)
	public := publicity.In(s.db, s.book, entry.Facts)
	_, err = public.Post(ctx, organiser, code, look().Version)
	must(err)
	_, err = public.Object(ctx, publicity.Objecting{Contest: code, What: "有异议"})
	must(err)
	maps.Copy(s.there, map[string]string{
		"/contests/{": code, "/contests/{id": one.ID, "/contests/{number": run.Entry, "/contests/{n": "1", "/contests/{step": "call", "/contests/{station": "A-1", "/contests/{move": "return",
		"/contests/experts/{": "1",
	})
}
