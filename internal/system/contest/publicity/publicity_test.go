package publicity_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want || err == nil {
		t.Errorf("%s: %v", what, err)
	}
}

// judged is a hall of three entries, all revealed.
func judged(t *testing.T, d *db.DB) (*contesttest.Hall, *publicity.Publicities, *release.Releases) {
	t.Helper()
	h := contesttest.Open(t, d, contesttest.Rule(1), 3)
	for i, n := range h.Numbers {
		h.Run(n)
		score := []string{"9.1", "9.2", "9.3"}[i]
		h.Mark(n, score, score, score, score, score, score, score, score, score)
		h.Show(n)
	}
	book, err := casework.New(casework.Options{Processes: contest.Processes(), Outside: identity.Outside})
	h.Must(err)
	return h, publicity.In(d, book, h.Facts), release.In(d, h.Facts)
}

// A result hangs out, somebody objects, one person looks into it and another decides; package rehearsal goes on to the end.
func TestPublicity(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h, s, out := judged(t, d)
		ctx := t.Context()
		seen := func() int64 {
			e, err := h.Events.Get(ctx, contesttest.Code)
			h.Must(err)
			return e.Version
		}
		_, err := s.Object(ctx, publicity.Objecting{Contest: contesttest.Code, What: "太早"})
		kind(t, "an objection before the publicity", err, fault.Late)
		_, err = s.Post(ctx, h.Organiser, contesttest.Code, seen())
		kind(t, "publicity before a release", err, fault.Conflict)
		_, err = out.Release(ctx, h.Organiser, contesttest.Code, "")
		h.Must(err)
		_, err = s.Post(ctx, h.Supervisor, contesttest.Code, seen())
		kind(t, "publicity by the supervisor", err, fault.Denied)
		_, err = s.Post(ctx, h.Organiser, contesttest.Code, seen()+1)
		kind(t, "publicity of another version", err, fault.Conflict)
		p, err := s.Post(ctx, h.Organiser, contesttest.Code, seen())
		h.Must(err)
		if days := p.Until.Sub(p.From).Hours() / 24; days < 5 || days > 16 { // working days, over a holiday too
			t.Errorf("it hangs out for %v days", days)
		}
		_, err = s.Post(ctx, h.Organiser, contesttest.Code, seen())
		kind(t, "publicity twice", err, fault.Conflict)

		_, err = s.Object(ctx, publicity.Objecting{Contest: contesttest.Code, What: "  "})
		kind(t, "an objection without words", err, fault.Invalid)
		form := strings.Repeat("A", 26)
		o, err := s.Object(ctx, publicity.Objecting{Contest: contesttest.Code, What: "第一名的案例三年前得过奖", Contact: "13800000000", Form: form})
		h.Must(err)
		again, err := s.Object(ctx, publicity.Objecting{Contest: contesttest.Code, What: "第一名的案例三年前得过奖", Contact: "13800000000", Form: form})
		if err != nil || again.ID != o.ID || o.N != 1 {
			t.Errorf("the same form again made %+v, %v", again, err)
		}

		_, _, err = s.Read(ctx, h.Judges[0], contesttest.Code, 1)
		kind(t, "a judge reads an objection", err, fault.Denied)
		read, words, err := s.Read(ctx, h.Supervisor, contesttest.Code, 1)
		if err != nil || words.What != "第一名的案例三年前得过奖" || words.Contact != "13800000000" || strings.Contains(read.Sealed, "得过奖") {
			t.Errorf("%+v %+v %v", read, words, err)
		}

		_, err = s.Decide(ctx, h.Supervisor, publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "uphold", Why: "属实"})
		kind(t, "a decision before anybody looked into it", err, fault.Conflict)
		_, err = s.Examine(ctx, h.Supervisor, publicity.Examining{Objection: o.ID, Seen: o.Version, Found: "属实"})
		kind(t, "the supervisor looks into it", err, fault.Denied)
		_, err = s.Examine(ctx, h.Organiser, publicity.Examining{Objection: o.ID, Seen: o.Version, Found: "属实", Out: "77"})
		kind(t, "an entry that there is not", err, fault.Invalid)
		o, err = s.Examine(ctx, h.Organiser, publicity.Examining{Objection: o.ID, Seen: o.Version, Found: "查到三年前的获奖通报"})
		h.Must(err)
		_, err = s.Decide(ctx, h.Organiser, publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "dismiss", Why: "不算"})
		kind(t, "who looked into it decides", err, fault.Denied)
		_, err = s.Decide(ctx, h.Supervisor, publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "examine", Why: "属实"})
		kind(t, "a move that is not the supervisor's", err, fault.Invalid)
		_, err = s.Decide(ctx, h.Supervisor, publicity.Deciding{Objection: o.ID, Seen: o.Version - 1, Move: "uphold", Why: "属实"})
		kind(t, "an older version", err, fault.Conflict)
		o, err = s.Decide(ctx, h.Supervisor, publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "uphold", Why: "按通知，得过同级奖的不再评"})
		h.Must(err)
		_, err = s.Finish(ctx, h.Organiser, contesttest.Code, seen())
		kind(t, "final before the period is over", err, fault.Conflict)
		h.Must(d.View(ctx, func(tx *db.Tx) error {
			told, err := record.Latest(tx, "contest.objected", "", 10)
			for _, e := range told {
				if strings.Contains(e.Public, "得过奖") {
					t.Error("the log tells what was objected:", e.Public)
				}
			}
			return err
		}))
	})
}
