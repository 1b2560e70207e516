package entry_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

// Review ends once the time is over and nothing waits; then what was accepted has numbers, which were committed to.
func TestShortlist(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		ev := c.Call(code)
		var ids []string
		for i := range 12 {
			ids = append(ids, c.Submit(code, fmt.Sprintf("第 %d 件", i+1), "市医院").ID)
		}
		for _, id := range ids[:9] {
			c.Review(id, entry.Accepted, "")
		}
		end := func(version int64) error {
			_, err := c.Entries.Shortlist(c.Ctx(), c.Organiser, code, version)
			return err
		}
		kind(t, "before the time is over", end(ev.Version), fault.Conflict)
		c.Now = ev.Until.Add(time.Second)
		kind(t, "while entries wait", end(ev.Version), fault.Conflict)
		c.Review(ids[9], entry.Returned, "缺证明")
		c.Review(ids[10], entry.Refused, "不在范围")
		c.Review(ids[11], entry.Refused, "不在范围")
		kind(t, "by a version that was changed", end(ev.Version-1), fault.Conflict)
		for role, who := range everybody(c) {
			if role != "organiser" {
				_, err := c.Entries.Shortlist(c.Ctx(), who, code, ev.Version)
				kind(t, role, err, fault.Denied)
			}
		}
		all := c.Shortlist(code)
		if now := c.Look(code); now.State != contest.Reviewed || now.Board <= ev.Board {
			t.Errorf("%+v", now)
		}
		kind(t, "a second time", end(c.Look(code).Version), fault.Conflict)
		if len(all) != 9 {
			t.Fatalf("%d have numbers", len(all))
		}
		inOrder := true
		for i, e := range all {
			if e.Number != fmt.Sprintf("E-%02d", i+1) || e.State != entry.OnShortlist || e.Status != mark.Ran || !slices.Equal(e.Groups[entry.Unit], []string{"市医院"}) {
				t.Errorf("%+v", e)
			}
			inOrder = inOrder && e.ID == ids[i]
		}
		if inOrder { // one chance of 362,880
			t.Error("the numbers are in the order in which entries came")
		}
		if now := c.Entry(ids[9]); now.State != entry.Returned || now.Number != "" {
			t.Errorf("%+v", now)
		}
		e := c.Entry(ids[0])
		_, err := c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Refused, Why: "晚了"})
		kind(t, "reviewed after that", err, fault.Conflict)
		_, err = c.Entries.Mend(c.Ctx(), c.Organiser, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("换一件")})
		kind(t, "mended after that", err, fault.Conflict)
		committed(t, c, all)
	})
}

// committed holds the list beside the log against what the numbers stand for.
func committed(t *testing.T, c *contesttest.City, all []entry.Entry) {
	t.Helper()
	c.View(func(tx *db.Tx) error {
		told, err := record.Latest(tx, "contest.shortlisted", "", 10)
		if err != nil || len(told) != 1 || !strings.Contains(told[0].Public, `"entries":9`) || !strings.Contains(told[0].Public, `"refused":2`) {
			t.Fatalf("%+v %v", told, err)
		}
		sums, err := record.FileSums(tx, "", 10)
		if err != nil || len(sums) != 1 || !strings.Contains(told[0].Public, sums[0]) {
			t.Fatalf("%v %v", sums, err)
		}
		text, err := record.File(tx, sums[0])
		if err != nil {
			return err
		}
		for _, e := range all {
			if strings.Contains(string(text), e.ID) || strings.Contains(string(text), e.Title) || strings.Contains(string(text), "市医院") {
				t.Errorf("the list tells what %s stands for: %s", e.Number, text)
			}
		}
		list, err := lots.Parse(text)
		if err != nil {
			return err
		}
		openings, err := entry.Openings(tx, code)
		if err != nil || len(openings) != len(all) {
			t.Fatalf("%d openings, %v", len(openings), err)
		}
		for i, o := range openings {
			if err := list.Opens(o); err != nil || !strings.HasPrefix(o.Subject, all[i].ID+" ") {
				t.Errorf("%+v: %v", o, err)
			}
		}
		other := openings[0]
		changed := all[0]
		changed.Title = "换了题目"
		if other.Subject, err = changed.Subject(); err != nil || list.Opens(other) == nil {
			t.Error("another title opens the same number", err)
		}
		return nil
	})
}

// An entry is out by its number, and none is that there is not.
func TestOut(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		for _, title := range []string{"甲", "乙", "丙"} {
			c.Review(c.Submit(code, title, "市医院").ID, entry.Accepted, "")
		}
		all := c.Shortlist(code)
		c.Update(func(tx *db.Tx) error {
			kind(t, "a number that there is not", entry.Out(tx, code, "E-09", mark.Withdrawn), fault.NotFound)
			kind(t, "no way to be out", entry.Out(tx, code, "E-01", mark.Forfeit), fault.Invalid)
			if err := entry.Out(tx, code, "E-03", mark.Disqualified); err != nil {
				return err
			}
			now, err := entry.Shortlisted(tx, code)
			if err != nil {
				return err
			}
			for i, want := range []mark.Status{mark.Ran, mark.Ran, mark.Disqualified} {
				if now[i].Status != want || want != mark.Ran && now[i].Version <= all[i].Version {
					t.Errorf("%+v", now[i])
				}
			}
			facts, err := entry.Facts(tx, code)
			if len(facts) != 3 || facts[2].Key != "E-03" || facts[2].Status != mark.Disqualified || facts[2].Groups[entry.Unit][0] != "市医院" {
				t.Errorf("%+v", facts)
			}
			return err
		})
	})
}

// A unit withdraws what has a number until the hall begins; it keeps the number, as withdrawn.
func TestWithdrawnFromTheShortlist(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		for _, title := range []string{"甲", "乙"} {
			c.Review(c.Submit(code, title, "市医院").ID, entry.Accepted, "")
		}
		all := c.Shortlist(code)
		e, err := c.Entries.Withdraw(c.Ctx(), c.Unit, all[0].ID, all[0].Version, "不能到场")
		if err != nil || e.Status != mark.Withdrawn || e.State != entry.OnShortlist || e.Number != "E-01" {
			t.Errorf("%+v %v", e, err)
		}
		_, err = c.Entries.Withdraw(c.Ctx(), c.Unit, e.ID, e.Version, "")
		kind(t, "twice", err, fault.Conflict)
		c.View(func(tx *db.Tx) error { // its number still opens
			openings, err := entry.Openings(tx, code)
			if len(openings) != 2 || openings[0].Salt == "" || openings[0].Salt == openings[1].Salt {
				t.Errorf("%+v", openings)
			}
			return err
		})
		ev := c.Look(code)
		ev.State = contest.Hall
		c.Update(func(tx *db.Tx) error { return ev.Write(tx) })
		_, err = c.Entries.Withdraw(c.Ctx(), c.Unit, all[1].ID, all[1].Version, "")
		kind(t, "in the hall", err, fault.Conflict)
	})
}

// Numbers are opened once judging is over, each with what proves it, in entries that are short enough to be published.
func TestNumbersAreOpened(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		for i := range 120 {
			c.Review(c.Submit(code, strings.Repeat("长", 190)+strconv.Itoa(i), "市医院").ID, entry.Accepted, "")
		}
		c.Shortlist(code)
		by := identity.Admitted{Sign: "contest.organiser@x", Person: c.Organiser.Person}
		open := func() error {
			return c.DB.Update(c.Ctx(), func(tx *db.Tx) error { return entry.Open(tx, by, code) })
		}
		kind(t, "before it is judged", open(), fault.Late)
		ev := c.Look(code)
		ev.State = contest.Judged
		c.Update(func(tx *db.Tx) error { return ev.Write(tx) })
		if err := open(); err != nil {
			t.Fatal(err)
		}
		c.View(func(tx *db.Tx) error {
			told, err := record.Latest(tx, "contest.numbers-opened", "", 10)
			n := 0
			for _, item := range told {
				n += strings.Count(item.Public, `"salt"`)
			}
			if n != 120 || len(told) < 2 {
				t.Errorf("%d numbers in %d entries", n, len(told))
			}
			return err
		})
	})
}
