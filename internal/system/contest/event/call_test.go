package event_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: %v, not %v", what, err, want)
	}
}

// A contest is called until a time, which may become another while it takes entries; what everybody sees has changed.
func TestCall(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		c := contesttest.OpenCity(t, d)
		e := c.Begin("hall-2026")
		until := c.Now.Add(time.Hour)
		for name, who := range map[string]identity.Colleague{
			"unit": c.Unit, "judge": c.Judge, "scorekeeper": c.Scorekeeper, "supervisor": c.Supervisor, "host": c.Host, "nobody": c.Nobody,
		} {
			_, err := c.Events.Call(c.Ctx(), who, e.Code, e.Version, until)
			kind(t, name, err, fault.Denied)
		}
		_, err := c.Events.Call(c.Ctx(), c.Organiser, e.Code, e.Version, c.Now)
		kind(t, "until now", err, fault.Invalid)
		called, err := c.Events.Call(c.Ctx(), c.Organiser, e.Code, e.Version, until)
		if err != nil || called.State != contest.Called || !called.Until.Equal(until) {
			t.Fatalf("%+v %v", called, err)
		}
		if now := c.Look(e.Code); now.Board != e.Board+1 || now.Version != called.Version {
			t.Errorf("%+v after %+v", now, called)
		}
		_, err = c.Events.Call(c.Ctx(), c.Organiser, e.Code, e.Version, until.Add(time.Hour))
		kind(t, "a version that was changed", err, fault.Conflict)
		later, err := c.Events.Call(c.Ctx(), c.Organiser, e.Code, called.Version, until.Add(time.Hour))
		if err != nil || !later.Until.Equal(until.Add(time.Hour)) {
			t.Errorf("%+v %v", later, err)
		}
		c.View(func(tx *db.Tx) error {
			all, err := record.History(tx, contest.Subject(e.Code), "", 10)
			if len(all) != 3 || all[0].Kind != "contest.called" || !strings.Contains(all[0].Public, until.Add(time.Hour).Format(time.RFC3339)) || strings.Contains(all[0].Public, c.Organiser.Person) {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// A contest that was cancelled stays, with the reason, is not called again, and takes no other rule.
func TestCancelledStays(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		c := contesttest.OpenCity(t, d)
		e := c.Call("hall-2026")
		for name, who := range map[string]identity.Colleague{"unit": c.Unit, "supervisor": c.Supervisor, "host": c.Host, "nobody": c.Nobody} {
			_, err := c.Events.Cancel(c.Ctx(), who, e.Code, e.Version, "不办了")
			kind(t, name, err, fault.Denied)
		}
		_, err := c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version, " ")
		kind(t, "no reason", err, fault.Invalid)
		_, err = c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version, strings.Repeat("长", 201))
		kind(t, "a long reason", err, fault.Invalid)
		_, err = c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version-1, "不办了")
		kind(t, "a version that was changed", err, fault.Conflict)
		was, err := c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version, "会场停电")
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, was.Version, "再来一次")
		kind(t, "twice", err, fault.Conflict)
		_, err = c.Events.Call(c.Ctx(), c.Organiser, e.Code, was.Version, c.Now.Add(time.Hour))
		kind(t, "called after that", err, fault.Conflict)
		_, err = c.Events.SetRule(c.Ctx(), c.Organiser, e.Code, was.Version, e.Rule)
		kind(t, "another rule after that", err, fault.Conflict)
		if now := c.Look(e.Code); now.State != contest.Cancelled || now.Why != "会场停电" {
			t.Errorf("%+v", now)
		}
		all, err := c.Events.List(c.Ctx(), event.From{}, 10)
		if err != nil || len(all) != 1 || all[0].Code != e.Code {
			t.Errorf("%+v %v", all, err)
		}
		c.View(func(tx *db.Tx) error {
			all, err := record.Latest(tx, "contest.cancelled", "", 10)
			if len(all) != 1 || !strings.Contains(all[0].Public, `"reason":"会场停电","was":"called"`) {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// What is in the hall has seals, and is not just cancelled.
func TestTheHallIsNotJustCancelled(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		c := contesttest.OpenCity(t, d)
		e := c.Call("hall-2026")
		for _, s := range []contest.State{contest.Hall, contest.Judged, contest.Final} {
			e.State = s
			c.Update(func(tx *db.Tx) error { return e.Write(tx) })
			_, err := c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version, "不办了")
			kind(t, string(s), err, fault.Conflict)
		}
		e.State = contest.Drawn
		c.Update(func(tx *db.Tx) error { return e.Write(tx) })
		if _, err := c.Events.Cancel(c.Ctx(), c.Organiser, e.Code, e.Version, "不办了"); err != nil {
			t.Error(err)
		}
	})
}
