package expert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
)

const code = "hall-2026"

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

func each(t *testing.T, f func(t *testing.T, c *contesttest.City)) {
	t.Helper()
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) { f(t, contesttest.OpenCity(t, d)) })
}

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: %v, not %v", what, err, want)
	}
}

// pool adds somebody to the pool, of a unit and perhaps an organisation.
func pool(t *testing.T, c *contesttest.City, unit, org string) identity.Colleague {
	t.Helper()
	who := c.Somebody("contest.judge", "")
	if _, err := c.Experts.Add(c.Ctx(), c.Organiser, expert.New{Person: who.Person, Division: c.Home, Field: "营商环境", Unit: unit, Organisation: c.Orgs[org]}); err != nil {
		t.Fatal(err)
	}
	return who
}

// The pool is kept by who holds contests in its division, and by nobody else; who changes an expert has seen the last version.
func TestPool(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		n := expert.New{Person: c.Judge.Person, Division: c.Home, Field: "营商环境", Organisation: c.Orgs["住建局"]}
		for name, who := range map[string]identity.Colleague{"unit": c.Unit, "judge": c.Judge, "supervisor": c.Supervisor, "scorekeeper": c.Scorekeeper, "host": c.Host, "nobody": c.Nobody} {
			_, err := c.Experts.Add(c.Ctx(), who, n)
			kind(t, "added by "+name, err, fault.Denied)
			_, err = c.Experts.List(c.Ctx(), who, expert.Filter{Division: c.Home})
			kind(t, "listed by "+name, err, fault.Denied)
		}
		e, err := c.Experts.Add(c.Ctx(), c.Organiser, n)
		if err != nil || e.Unit != "住建局" || !e.Active {
			t.Fatalf("%+v %v", e, err)
		}
		_, err = c.Experts.Add(c.Ctx(), c.Organiser, n)
		kind(t, "twice", err, fault.Conflict)
		n.Person = "nobody"
		_, err = c.Experts.Add(c.Ctx(), c.Organiser, n)
		kind(t, "somebody who is not there", err, fault.NotFound)
		n.Person = c.Host.Person
		n.Organisation = "none"
		_, err = c.Experts.Add(c.Ctx(), c.Organiser, n)
		kind(t, "an organisation that is not there", err, fault.NotFound)
		n.Organisation, n.Unit = "", ""
		_, err = c.Experts.Add(c.Ctx(), c.Organiser, n)
		kind(t, "no unit", err, fault.Invalid)

		_, err = c.Experts.Change(c.Ctx(), c.Unit, expert.Change{Person: e.Person, Seen: e.Version, Field: "法律", Unit: "律所"})
		kind(t, "changed by a unit", err, fault.Denied)
		now, err := c.Experts.Change(c.Ctx(), c.Organiser, expert.Change{Person: e.Person, Seen: e.Version, Field: "法律", Unit: "律所", Active: false})
		if err != nil || now.Active || now.Unit != "律所" || now.Organisation != "" {
			t.Errorf("%+v %v", now, err)
		}
		_, err = c.Experts.Change(c.Ctx(), c.Organiser, expert.Change{Person: e.Person, Seen: e.Version, Field: "医学", Unit: "律所"})
		kind(t, "a version that was changed", err, fault.Conflict)
	})
}

// The pool is listed by division and all within it, page by page.
func TestPoolByKeys(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		for i := range 7 {
			who := c.Somebody("contest.judge", "")
			d, err := gb.Parse([]string{"630100", "630102", "630104"}[i%3])
			if err != nil {
				t.Fatal(err)
			}
			e, err := c.Experts.Add(c.Ctx(), c.Organiser, expert.New{Person: who.Person, Division: d, Field: []string{"法律", "医学"}[i%2], Unit: "律所"})
			if err == nil && i == 6 {
				_, err = c.Experts.Change(c.Ctx(), c.Organiser, expert.Change{Person: e.Person, Seen: e.Version, Field: e.Field, Unit: e.Unit})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		count := func(f expert.Filter) (n int) {
			f.Limit = 2
			for had := map[string]bool{}; ; n += 2 {
				page, err := c.Experts.List(c.Ctx(), c.Organiser, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page {
					if had[e.Person] {
						t.Errorf("%s is listed twice", e.Person)
					}
					had[e.Person] = true
				}
				if len(page) < 2 {
					return n + len(page)
				}
				f.After = page[1]
			}
		}
		district, _ := gb.Parse("630102")
		for want, f := range map[int]expert.Filter{7: {Division: c.Home}, 2: {Division: district}, 6: {Division: c.Home, Active: true}, 4: {Division: c.Home, Field: "法律"}} {
			if n := count(f); n != want {
				t.Errorf("%+v: %d, not %d", f, n, want)
			}
		}
		_, err := c.Experts.List(c.Ctx(), c.Organiser, expert.Filter{})
		kind(t, "of everywhere", err, fault.Denied)
		plans, err := c.DB.Plans(t.Context(), "contest", func(string, string) (any, bool) { return nil, false })
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range plans {
			if c.DB.Engine() == db.SQLite && strings.Contains(p.Text, "contest_expert") && (len(p.Whole) > 0 || p.Sorts) {
				t.Errorf("%s\n%s", p.Text, p.Says)
			}
		}
	})
}

var rawNotes = db.Declare[db.None, string](`SELECT note FROM contest_relation`)

// An expert declares relations and takes them back; who keeps the pool notes others, and cannot make a declared one disappear.
// Notes are sealed, and the record does not say whose they are.
func TestRelations(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		who := pool(t, c, "律所", "")
		n := expert.Relating{Person: who.Person, Unit: "市 医院", Kind: expert.Adviser, Note: "每年受聘，王某经手"}
		for name, other := range map[string]identity.Colleague{"unit": c.Unit, "another judge": c.Judge, "supervisor": c.Supervisor, "nobody": c.Nobody} {
			_, err := c.Experts.Relate(c.Ctx(), other, n)
			kind(t, name, err, fault.Denied)
			_, err = c.Experts.Relations(c.Ctx(), other, who.Person)
			kind(t, name, err, fault.Denied)
		}
		declared, err := c.Experts.Relate(c.Ctx(), who, n)
		if err != nil || declared.Said != expert.Declared {
			t.Fatalf("%+v %v", declared, err)
		}
		n.Unit = "市医院"
		_, err = c.Experts.Relate(c.Ctx(), who, n)
		kind(t, "the same, written otherwise", err, fault.Conflict)
		n.Kind = "friend"
		_, err = c.Experts.Relate(c.Ctx(), who, n)
		kind(t, "a kind that there is not", err, fault.Invalid)
		n.Kind, n.Note = expert.Relative, ""
		found, err := c.Experts.Relate(c.Ctx(), c.Organiser, n)
		if err != nil || found.Said != expert.Found {
			t.Fatalf("%+v %v", found, err)
		}
		_, err = c.Experts.Relate(c.Ctx(), c.Judge, expert.Relating{Person: c.Judge.Person, Unit: "市医院", Kind: expert.Other})
		kind(t, "of somebody who is not in the pool", err, fault.NotFound)

		all, err := c.Experts.Relations(c.Ctx(), c.Organiser, who.Person)
		if err != nil || len(all) != 2 || all[0].Note != "每年受聘，王某经手" {
			t.Errorf("%+v %v", all, err)
		}
		c.View(func(tx *db.Tx) error {
			notes, err := rawNotes.Slice(tx, db.None{})
			if err != nil || slices.ContainsFunc(notes, func(s string) bool { return strings.Contains(s, "王某") }) {
				t.Errorf("%q %v", notes, err)
			}
			told, err := record.Latest(tx, "contest.", "", 100)
			for _, item := range told {
				for _, secret := range []string{who.Person, "医院", "王某", "律所"} {
					if strings.Contains(string(item.Statement()), secret) {
						t.Errorf("%s tells %q", item.Statement(), secret)
					}
				}
			}
			return err
		})
		if n, err := record.OwnAnew(c.Ctx(), c.DB, expert.Anew...); n != 0 || err != nil {
			t.Error(n, err)
		}
		if _, _, err := c.People.Keys.Rotate(c.Ctx(), identity.CommandLine, c.People.Policy().Suite, false); err != nil {
			t.Fatal(err)
		}
		if n, err := record.OwnAnew(c.Ctx(), c.DB, expert.Anew...); n != 1 || err != nil {
			t.Error(n, err)
		}

		kind(t, "a declared one by the office", c.Experts.Unrelate(c.Ctx(), c.Organiser, declared.ID), fault.Denied)
		kind(t, "a found one by the expert", c.Experts.Unrelate(c.Ctx(), who, found.ID), fault.Denied)
		kind(t, "by a unit", c.Experts.Unrelate(c.Ctx(), c.Unit, found.ID), fault.Denied)
		for id, by := range map[string]identity.Colleague{declared.ID: who, found.ID: c.Organiser} {
			if err := c.Experts.Unrelate(c.Ctx(), by, id); err != nil {
				t.Error(err)
			}
		}
		kind(t, "one that is gone", c.Experts.Unrelate(c.Ctx(), who, declared.ID), fault.NotFound)
	})
}

// Conflicts are found by organisation, by the tree, by the name to the letter but for spaces and widths, and by what was said. What
// differs in how a company is called is a question. Nothing else is found, nor of who is out of the pool, nor of entries without a
// number.
func TestConflicts(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		number := map[string]string{}
		for _, one := range []struct{ title, unit string }{{"甲", "市医院"}, {"乙", "西宁城投集团有限公司"}, {"丙", "住建局"}, {"丁", "（青海）某厂"}} {
			c.Review(c.Submit(code, one.title, one.unit).ID, entry.Accepted, "")
		}
		out := c.Submit(code, "戊", "某学校")
		c.Review(out.ID, entry.Refused, "不在范围")
		for _, e := range c.Shortlist(code) {
			number[e.Title] = e.Number
		}
		people := map[string]identity.Colleague{
			"same organisation":   pool(t, c, "心内科", "市医院"),
			"above":               pool(t, c, "", "卫生健康委"),
			"name":                pool(t, c, " 市 医院 ", ""),
			"width":               pool(t, c, "(青海)某厂", ""),
			"question":            pool(t, c, "西宁城投", ""),
			"the group":           pool(t, c, "西宁城投集团", ""),
			"adviser":             pool(t, c, "律所", ""),
			"unrelated":           pool(t, c, "大学", ""),
			"part of the name":    pool(t, c, "市医院分院", ""),
			"refused entry":       pool(t, c, "某学校", ""),
			"no more in the pool": pool(t, c, "市医院", ""),
		}
		if _, err := c.Experts.Relate(c.Ctx(), people["adviser"], expert.Relating{Person: people["adviser"].Person, Unit: "住 建局", Kind: expert.Adviser}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Experts.Relate(c.Ctx(), c.Organiser, expert.Relating{Person: people["adviser"].Person, Unit: "市医院", Kind: expert.Relative}); err != nil {
			t.Fatal(err)
		}
		gone := people["no more in the pool"].Person
		if _, err := c.Experts.Change(c.Ctx(), c.Organiser, expert.Change{Person: gone, Seen: 1, Field: "医学", Unit: "市医院"}); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{
			"same organisation": {"甲 own found"}, "above": {"甲 subordinate found"}, "name": {"甲 own found"}, "width": {"丁 own found"},
			"question": {"乙 own alike"}, "the group": {"乙 own alike"}, "adviser": {"丙 adviser declared", "甲 relative found"},
		}
		all, err := c.Experts.Conflicts(c.Ctx(), c.Organiser, code)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, one := range all {
			for name, who := range people {
				for title, n := range number {
					if who.Person == one.Person && n == one.Number {
						got[name] = append(got[name], fmt.Sprintf("%s %s %s", title, one.Kind, one.Said))
					}
				}
			}
		}
		for name := range people {
			slices.Sort(got[name])
			if !slices.Equal(got[name], want[name]) {
				t.Errorf("%s: %q, not %q", name, got[name], want[name])
			}
		}
		for name, who := range map[string]identity.Colleague{"unit": c.Unit, "judge": c.Judge, "host": c.Host, "nobody": c.Nobody, "supervisor": c.Supervisor, "scorekeeper": c.Scorekeeper} {
			some, err := c.Experts.Conflicts(c.Ctx(), who, code)
			if kind(t, name, err, fault.Denied); len(some) > 0 {
				t.Error(name, some)
			}
		}
	})
}

// An expert whose own unit is below that of an entry has a conflict, too, and one beside it has none.
func TestTheTreeUpwards(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		c.Review(c.Submit(code, "甲", "卫生健康委").ID, entry.Accepted, "")
		c.Shortlist(code)
		below, beside := pool(t, c, "", "市医院"), pool(t, c, "", "住建局")
		all, err := c.Experts.Conflicts(c.Ctx(), c.Organiser, code)
		if err != nil || len(all) != 1 || all[0].Person != below.Person || all[0].Kind != expert.Superior {
			t.Errorf("%+v %v, and not of %s", all, err, beside.Person)
		}
	})
}
