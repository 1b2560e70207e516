package order_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// twoStages is a rule of papers, over whose line two come, and a show.
func twoStages(t *testing.T) rule.File {
	t.Helper()
	f, _ := rule.Preset("two-stages-carry")
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	f, err = rule.Read([]byte(strings.Replace(string(text), `"heads":10`, `"heads":2`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// play plays the run of an entry from its call to its reveal, with one judge.
func (c *city) play(halls *hall.Halls, at hall.At, score string) {
	c.t.Helper()
	const device = "00000000-0000-4000-8000-000000000001"
	c.must(halls.Call(c.Ctx(), c.Scorekeeper, at))
	c.must(halls.Start(c.Ctx(), c.Scorekeeper, at))
	c.must(halls.Stop(c.Ctx(), c.Scorekeeper, at))
	_, err := seat.In(c.DB).Beat(c.Ctx(), c.Judge, seat.Beat{Contest: code, Device: device})
	c.must(err)
	o := seal.Opening{Contest: code, Rule: c.Look(code).RuleHash, Entry: at.Entry, Part: at.Part, Seat: "j1", Version: 1, Marks: map[string]string{"score": score}, Salt: seal.Salt(), By: seal.Device}
	_, err = halls.Lock(c.Ctx(), c.Judge, hall.Lock{At: at, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:16], Device: device})
	c.must(err)
	c.must(halls.Close(c.Ctx(), c.Scorekeeper, at))
	c.must(halls.Check(c.Ctx(), c.Supervisor, at))
	openings := ""
	c.View(func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, code)
		for _, r := range runs {
			if r.At == at {
				openings = r.Openings
			}
		}
		return err
	})
	c.must(halls.Reveal(c.Ctx(), c.Host, at, openings))
}

// Each judged part has a draw of its own. That of a later stage waits until the stage before is all revealed, and has who came over its
// line.
func TestEachStageHasItsDraw(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		c := &city{City: contesttest.OpenCity(t, d), t: t, orders: order.In(d, entry.Facts), ids: map[string]string{}}
		halls := hall.In(d, entry.Facts)
		e := c.Begin(code)
		e, err := c.Events.SetRule(c.Ctx(), c.Organiser, code, e.Version, twoStages(t))
		c.must(err)
		_, err = c.Events.Call(c.Ctx(), c.Organiser, code, e.Version, c.Now.Add(time.Minute))
		c.must(err)
		for _, title := range []string{"甲", "乙", "丙"} {
			c.Review(c.Submit(code, title, "市医院").ID, entry.Accepted, "")
		}
		for _, e := range c.Shortlist(code) {
			c.ids[e.Number] = e.ID
		}
		c.must(seat.In(d).Give(c.Ctx(), c.Organiser, code, "j1", c.Judge.Person))

		in := func(part string) order.Committing {
			one := c.committing()
			one.Part = part
			return one
		}
		drawn := func(part string) (lots, lined []string) {
			t.Helper()
			_, err := c.orders.Commit(c.Ctx(), c.Organiser, in(part))
			c.must(err)
			c.Later(4 * time.Minute)
			_, err = c.orders.Type(c.Ctx(), c.Organiser, code, part, 1, []string{"4163526514"})
			c.must(err)
			_, err = c.orders.Type(c.Ctx(), c.Supervisor, code, part, 1, []string{"4163526514"})
			c.must(err)
			all, err := c.orders.Stands(c.Ctx(), c.Supervisor, code)
			c.must(err)
			for _, one := range all {
				if one.Part != part {
					continue
				}
				for _, l := range one.Course.List.Lots {
					lots = append(lots, l.Code)
				}
				for _, r := range one.Lined {
					lined = append(lined, r.Entry)
				}
			}
			return lots, lined
		}
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, in("show"))
		kind(t, "the show before the papers", err, fault.Conflict)
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, in("carried"))
		kind(t, "a part that nobody judges", err, fault.Invalid)
		if lots, lined := drawn("papers"); len(lots) != 3 || len(lined) != 3 || c.Look(code).State != contest.Drawn {
			t.Fatal(lots, lined, c.Look(code).State)
		}
		score := map[string]string{"E-01": "70", "E-02": "90", "E-03": "80"}
		for _, number := range []string{"E-01", "E-02", "E-03"} {
			_, err = c.orders.Commit(c.Ctx(), c.Organiser, in("show"))
			kind(t, "the show while papers are judged", err, fault.Conflict)
			c.play(halls, hall.At{Contest: code, Part: "papers", Entry: number, Attempt: 1}, score[number])
		}
		lots, lined := drawn("show")
		slices.Sort(lined)
		if want := []string{"E-02", "E-03"}; !slices.Equal(lots, want) || !slices.Equal(lined, want) || c.Look(code).State != contest.Hall {
			t.Error(lots, lined, c.Look(code).State)
		}
		// What numbers stand for is opened in both draws, of each for those that were in it.
		c.Update(func(tx *db.Tx) error {
			e := c.Look(code)
			by, err := c.Organiser.Admit(tx, contest.Organise, e.Place())
			if err != nil {
				return err
			}
			return order.Open(tx, by, code)
		})
		all, err := c.orders.Stands(c.Ctx(), c.Supervisor, code)
		c.must(err)
		for _, one := range all {
			opened := one.Course.Opened
			if want := map[string]int{"papers": 3, "show": 2}[one.Part]; len(opened) != want || !strings.Contains(opened["E-02"].Subject, c.ids["E-02"]) {
				t.Errorf("%s: %d are opened, and E-02 is %q", one.Part, len(opened), opened["E-02"].Subject)
			}
		}
	})
}
