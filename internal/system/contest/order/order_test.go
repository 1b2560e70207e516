package order_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/order"
)

const (
	code = "hall-2026"
	part = "show"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// city is a city whose contest has a shortlist.
type city struct {
	*contesttest.City
	t       *testing.T
	orders  *order.Orders
	numbers []string
	ids     map[string]string // of entries, by number
}

func each(t *testing.T, f func(t *testing.T, c *city)) {
	t.Helper()
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		c := &city{City: contesttest.OpenCity(t, d), t: t, orders: order.In(d, entry.Facts), ids: map[string]string{}}
		c.Call(code)
		for _, title := range []string{"甲", "乙", "丙", "丁", "戊"} {
			c.Review(c.Submit(code, title, "市医院").ID, entry.Accepted, "")
		}
		for _, e := range c.Shortlist(code) {
			c.numbers, c.ids[e.Number] = append(c.numbers, e.Number), e.ID
		}
		f(t, c)
	})
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: %v, not %v", what, err, want)
	}
}

// dice are thrown in so many minutes, and waited for five more.
func (c *city) dice(minutes int) seed.Choice {
	at := c.Now.Add(time.Duration(minutes) * time.Minute).In(calendar.China)
	return seed.Choice{Sources: []seed.Ref{{Source: "dice", At: at.Format("2006-01-02T15:04")}}, Until: at.Add(5 * time.Minute)}
}

func (c *city) committing() order.Committing {
	return order.Committing{Contest: code, Part: part, Seen: c.Look(code).Version, Limit: 480, Warn: 30, Seed: []seed.Choice{c.dice(3)}}
}

func (c *city) commit() draw.Draw {
	c.t.Helper()
	d, err := c.orders.Commit(c.Ctx(), c.Organiser, c.committing())
	c.must(err)
	return d
}

func (c *city) typeIn(who identity.Colleague, value string) (draw.Typed, error) {
	return c.orders.Type(c.Ctx(), who, code, part, 1, []string{value})
}

func (c *city) stand() order.Stand {
	c.t.Helper()
	all, err := c.orders.Stands(c.Ctx(), c.Organiser, code)
	c.must(err)
	if len(all) != 1 {
		c.t.Fatal(all)
	}
	return all[0]
}

func (c *city) lined() (numbers []string) {
	for _, r := range c.stand().Lined {
		numbers = append(numbers, r.Entry)
	}
	return numbers
}

// drawn has two people type the seed.
func (c *city) drawn() {
	c.t.Helper()
	c.Later(4 * time.Minute)
	_, err := c.typeIn(c.Organiser, "4163526514")
	c.must(err)
	typed, err := c.typeIn(c.Supervisor, "4163526514")
	c.must(err)
	if !typed.Drawn {
		c.t.Fatalf("%+v", typed)
	}
}

// The order of a contest is what its draw gives, with nobody's say: it is committed to by the numbers of the shortlist, two people type
// the seed, and the lineup is there in the same transaction.
func TestTheOrderIsDrawn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		stale := c.committing()
		stale.Seen--
		for what, who := range map[string]identity.Colleague{"judge": c.Judge, "supervisor": c.Supervisor, "unit": c.Unit, "nobody": c.Nobody} {
			_, err := c.orders.Commit(c.Ctx(), who, c.committing())
			kind(t, what, err, fault.Denied)
		}
		_, err := c.orders.Commit(c.Ctx(), c.Organiser, stale)
		kind(t, "a version that is not the last", err, fault.Conflict)
		gone := c.committing()
		gone.Part = "gold"
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, gone)
		kind(t, "a part that there is not", err, fault.Invalid)
		late := c.committing()
		late.Seed = []seed.Choice{c.dice(0)}
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, late)
		kind(t, "a seed that may be known", err, fault.Late)
		if one := c.stand(); one.Draw.ID != "" || len(one.Lined) > 0 {
			t.Errorf("%+v", one)
		}

		d := c.commit()
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, c.committing())
		kind(t, "two at once", err, fault.Conflict)
		one := c.stand()
		if one.Draw.ID != d.ID || len(one.Course.List.Lots) != 5 || one.Course.List.Blinded() != 5 || one.Limit != 480 {
			t.Errorf("%+v", one)
		}
		_, err = c.typeIn(c.Organiser, "4163526514")
		kind(t, "before it is thrown", err, fault.Late)
		c.Later(4 * time.Minute)
		_, err = c.typeIn(c.Judge, "4163526514")
		kind(t, "a judge", err, fault.Denied)
		_, err = c.typeIn(c.Organiser, "7163526514")
		kind(t, "no value of dice", err, fault.Invalid)
		for range 2 { // one person twice is one
			typed, err := c.typeIn(c.Organiser, "4163526514")
			if err != nil || typed.Drawn {
				t.Fatal(typed, err)
			}
		}
		typed, err := c.typeIn(c.Scorekeeper, "4163526513")
		if err != nil || typed.Drawn || !typed.Differs || c.Look(code).State != contest.Reviewed || len(c.lined()) > 0 {
			t.Fatal(typed, err, c.Look(code).State)
		}
		if typed, err = c.typeIn(c.Supervisor, "4163526514"); err != nil || !typed.Drawn {
			t.Fatal(typed, err)
		}
		if c.Look(code).State != contest.Drawn {
			t.Error(c.Look(code).State)
		}
		var want []string
		for _, r := range c.stand().Course.Rows() {
			want = append(want, r.Code)
		}
		if got := c.lined(); !slices.Equal(got, want) || len(got) != 5 {
			t.Errorf("%q, and drawn was %q", got, want)
		}
		_, err = c.typeIn(c.Supervisor, "4163526514")
		kind(t, "once more", err, fault.Conflict)
		_, err = c.orders.Commit(c.Ctx(), c.Organiser, c.committing())
		kind(t, "drawn again", err, fault.Conflict)
		kind(t, "cancelled after it", c.orders.Cancel(c.Ctx(), c.Organiser, code, part, c.stand().Draw.Steps, "event"), fault.Conflict)
		c.View(func(tx *db.Tx) error {
			told, err := record.Latest(tx, "contest.lined-up", "", 10)
			if len(told) != 1 {
				t.Errorf("%d lineups are told of", len(told))
			}
			return err
		})
	})
}

// What was withdrawn before is excluded, and what is withdrawn between the commitment and the seed has its place in the draw and none
// in the lineup. Two people skip what was drawn and is withdrawn, and nothing else.
func TestWhatIsWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		leave := func(number string) {
			t.Helper()
			e := c.Entry(c.ids[number])
			_, err := c.Entries.Withdraw(c.Ctx(), c.Organiser, e.ID, e.Version, "不来了")
			c.must(err)
		}
		before, between, after, stays := c.numbers[0], c.numbers[1], c.numbers[2], c.numbers[3]
		leave(before)
		c.commit()
		if out := c.stand().Course.List.Excluded; len(out) != 1 || out[0].Code != before || out[0].Reason != "withdrawn" {
			t.Errorf("%+v", out)
		}
		leave(between)
		c.drawn()
		if got := c.lined(); len(got) != 3 || slices.Contains(got, before) || slices.Contains(got, between) {
			t.Error(got)
		}
		if gone := c.stand().Gone; !slices.Equal(gone, []string{between}) {
			t.Error(gone)
		}
		skip := func(who identity.Colleague, number string) (bool, error) {
			return c.orders.Skip(c.Ctx(), who, code, part, number)
		}
		_, err := skip(c.Organiser, stays)
		kind(t, "one that takes part", err, fault.Conflict)
		leave(after)
		_, err = skip(c.Judge, after)
		kind(t, "a judge", err, fault.Denied)
		for _, number := range []string{after, between} {
			if done, err := skip(c.Organiser, number); err != nil || done {
				t.Fatal(done, err)
			}
			_, err = skip(c.Organiser, number)
			kind(t, "alone", err, fault.Denied)
			if len(c.stand().Skips) != 1 {
				t.Errorf("%+v", c.stand().Skips)
			}
			if done, err := skip(c.Supervisor, number); err != nil || !done {
				t.Fatal(done, err)
			}
			_, err = skip(c.Supervisor, number)
			kind(t, "twice", err, fault.Conflict)
		}
		if got := c.lined(); len(got) != 2 || slices.Contains(got, after) {
			t.Error(got)
		}
		skipped := 0
		for _, r := range c.stand().Course.Rows() {
			if r.Skipped == "withdrawn" {
				skipped++
			}
		}
		if skipped != 2 || len(c.stand().Gone) > 0 {
			t.Errorf("%d %+v", skipped, c.stand().Gone)
		}
	})
}

// A draw that was cancelled gives way to another; once its seed could be known its result is published first, and is no order. One
// whose seed never came is closed after its deadline.
func TestADrawThatDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		first := c.commit()
		c.must(c.orders.Cancel(c.Ctx(), c.Organiser, code, part, 0, "source"))
		second := c.commit()
		c.Later(4 * time.Minute)
		kind(t, "by steps that are not the last", c.orders.Cancel(c.Ctx(), c.Organiser, code, part, 7, "source"), fault.Conflict)
		kind(t, "by the supervisor", c.orders.Cancel(c.Ctx(), c.Supervisor, code, part, 0, "source"), fault.Denied)
		c.must(c.orders.Cancel(c.Ctx(), c.Organiser, code, part, 0, "source"))
		_, err := c.orders.Commit(c.Ctx(), c.Organiser, c.committing())
		kind(t, "before its result is out", err, fault.Conflict)
		_, err = c.typeIn(c.Organiser, "4163526514")
		c.must(err)
		if typed, err := c.typeIn(c.Supervisor, "4163526514"); err != nil || !typed.Drawn || len(c.lined()) > 0 || c.Look(code).State != contest.Reviewed {
			t.Errorf("%+v %v %v %v", typed, err, c.lined(), c.Look(code).State)
		}
		third := c.commit()
		kind(t, "before its deadline", c.orders.Close(c.Ctx(), c.Organiser, code, part, 0), fault.Late)
		c.Later(10 * time.Minute)
		c.must(c.orders.Close(c.Ctx(), c.Organiser, code, part, 0))
		if one := c.stand(); one.Draw.ID != third.ID || one.Course.State != course.Over || !one.Course.Never {
			t.Errorf("%+v", one)
		}
		c.commit()
		c.drawn()
		if len(c.lined()) != 5 || first.ID == second.ID {
			t.Error(c.lined())
		}
	})
}

// No page writes an order but by a draw: none names what would.
func TestNoPageWritesAnOrder(t *testing.T) {
	read := 0
	err := filepath.WalkDir("../contesthttp", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
			return err
		}
		read++
		text, err := os.ReadFile(path)
		for _, way := range []string{".LineUp(", "hall.Lineup", "contest_run"} {
			if strings.Contains(string(text), way) {
				t.Errorf("%s has %s: the order comes from its draw", path, way)
			}
		}
		return err
	})
	if err != nil || read < 10 {
		t.Error(read, err)
	}
	_ = hall.LineUp // what is looked for is still called so
}
