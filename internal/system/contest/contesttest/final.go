package contesttest

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Final has a contest of entries, as title and unit, go from its call to its final list, and returns their numbers in their order: the
// first two have won.
func (c *City) Final(code string, entries ...[2]string) (numbers []string) {
	c.t.Helper()
	e, err := c.Events.Begin(c.Ctx(), c.Organiser, event.New{Code: code, Title: "十佳案例评审", Office: c.Orgs["营商局"], Division: c.Home, Rule: Rule(0)})
	c.must(err)
	_, err = c.Events.Call(c.Ctx(), c.Organiser, code, e.Version, c.Now.Add(time.Hour))
	c.must(err)
	ids := map[string]int{}
	for i, one := range entries {
		made := c.Submit(code, one[0], one[1])
		c.Review(made.ID, entry.Accepted, "")
		ids[made.ID] = i
	}
	numbers = make([]string, len(entries))
	for _, one := range c.Shortlist(code) {
		numbers[ids[one.ID]] = one.Number
	}
	seats, halls := seat.In(c.DB), hall.In(c.DB, entry.Facts)
	judges := make([]identity.Colleague, 3)
	for j := range judges {
		judges[j] = c.Somebody("contest.judge", "")
		c.must(seats.Give(c.Ctx(), c.Organiser, code, fmt.Sprintf("j%d", j+1), judges[j].Person))
	}
	c.Update(func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := c.Organiser.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		return hall.LineUp(tx, entry.Facts, by, hall.Lineup{Contest: code, Part: Part, Order: numbers, Limit: 480, Warn: 30})
	})
	for i, number := range numbers {
		c.hear(halls, seats, judges, hall.At{Contest: code, Part: Part, Entry: number, Attempt: 1}, fmt.Sprintf("9.%d", 9-i))
	}
	_, err = release.In(c.DB, entry.Facts).Release(c.Ctx(), c.Organiser, code, "")
	c.must(err)
	book, err := casework.New(casework.Options{Processes: contest.Processes(), Outside: identity.Outside})
	c.must(err)
	public := publicity.In(c.DB, book, entry.Facts)
	p, err := public.Post(c.Ctx(), c.Organiser, code, c.Look(code).Version)
	c.must(err)
	now, login := c.Now, c.People.Account("contest.organiser")
	c.Now = p.Until.Add(time.Minute) // the sessions of today are over then
	in, err := c.People.Entrance.SignIn(c.Ctx(), identity.Attempt{Login: login, Password: identitytest.Password, Network: "test", Browser: "test"})
	c.must(err)
	actor, err := c.People.Sessions.Who(c.Ctx(), in.Token)
	c.must(err)
	_, err = public.Finish(c.Ctx(), c.People.Colleague(actor), code, c.Look(code).Version)
	c.Now = now
	c.must(err)
	return numbers
}

// hear has an entry called, heard, marked by all, checked and revealed.
func (c *City) hear(halls *hall.Halls, seats *seat.Seats, judges []identity.Colleague, at hall.At, score string) {
	c.t.Helper()
	for _, step := range []func() error{
		func() error { return halls.Call(c.Ctx(), c.Scorekeeper, at) },
		func() error { return halls.Start(c.Ctx(), c.Scorekeeper, at) },
		func() error { return halls.Stop(c.Ctx(), c.Scorekeeper, at) },
	} {
		c.must(step())
	}
	rule := c.Look(at.Contest).RuleHash
	for j, judge := range judges {
		_, err := seats.Beat(c.Ctx(), judge, seat.Beat{Contest: at.Contest, Device: Device(j)})
		c.must(err)
		o := seal.Opening{Contest: at.Contest, Rule: rule, Entry: at.Entry, Part: at.Part, Seat: fmt.Sprintf("j%d", j+1), Version: 1, Marks: map[string]string{"score": score}, Salt: seal.Salt(), By: seal.Device}
		_, err = halls.Lock(c.Ctx(), judge, hall.Lock{At: at, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:16], Device: Device(j)})
		c.must(err)
	}
	c.must(halls.Close(c.Ctx(), c.Scorekeeper, at))
	c.must(halls.Check(c.Ctx(), c.Supervisor, at))
	openings := ""
	c.View(func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, at.Contest)
		for _, r := range runs {
			if r.At == at {
				openings = r.Openings
			}
		}
		return err
	})
	c.must(halls.Reveal(c.Ctx(), c.Host, at, openings))
}
