package entry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
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

func draft(title string) entry.Draft {
	return entry.Draft{
		Title: title, Summary: "一次办成。", Groups: map[string][]string{entry.Unit: {"市医院"}, entry.City: {"西宁"}, entry.Province: {"青海"}},
		Contact: entry.Contact{Presenter: "某某", Phone: "138 0000 0000", Email: "a@example.cn"},
	}
}

// everybody is who might do something, by role.
func everybody(c *contesttest.City) map[string]identity.Colleague {
	return map[string]identity.Colleague{
		"organiser": c.Organiser, "unit": c.Unit, "another unit": c.Another, "judge": c.Judge, "scorekeeper": c.Scorekeeper, "supervisor": c.Supervisor, "host": c.Host, "nobody": c.Nobody,
	}
}

// Each move, by each role: only the entry's own unit and who holds the contest do anything, and each only what is theirs.
func TestMovesByRole(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		c.Call("units-2026") // where the unit submits: it may have so many in one
		org := c.Orgs["市医院"]
		moves := map[string]struct {
			may string
			do  func(who identity.Colleague, e entry.Entry) error
		}{
			"submit": {"unit", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.Submit(c.Ctx(), who, entry.New{Contest: "units-2026", Organisation: org, Draft: draft("又一件")})
				return err
			}},
			"submit for": {"organiser", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.SubmitFor(c.Ctx(), who, entry.New{Contest: code, Organisation: org, Draft: draft("代报")})
				return err
			}},
			"mend": {"unit, organiser", func(who identity.Colleague, e entry.Entry) error {
				_, err := c.Entries.Mend(c.Ctx(), who, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("改了")})
				return err
			}},
			"withdraw": {"unit, organiser", func(who identity.Colleague, e entry.Entry) error {
				_, err := c.Entries.Withdraw(c.Ctx(), who, e.ID, e.Version, "不参加了")
				return err
			}},
			"accept": {"organiser", func(who identity.Colleague, e entry.Entry) error {
				_, err := c.Entries.Review(c.Ctx(), who, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted})
				return err
			}},
			"return": {"organiser", func(who identity.Colleague, e entry.Entry) error {
				_, err := c.Entries.Review(c.Ctx(), who, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Returned, Why: "缺证明"})
				return err
			}},
			"refuse": {"organiser", func(who identity.Colleague, e entry.Entry) error {
				_, err := c.Entries.Review(c.Ctx(), who, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Refused, Why: "不在范围"})
				return err
			}},
			"get": {"unit, organiser", func(who identity.Colleague, e entry.Entry) error {
				got, contact, err := c.Entries.Get(c.Ctx(), who, e.ID)
				if err == nil && contact.Phone != "13800000000" || err != nil && (got.Title != "" || contact.Phone != "") {
					t.Errorf("%+v %+v with %v", got, contact, err)
				}
				return err
			}},
			"list": {"organiser", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.List(c.Ctx(), who, entry.Filter{Contest: code})
				return err
			}},
			"own": {"unit", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.Own(c.Ctx(), who, org, entry.Filter{Contest: code})
				return err
			}},
			"import": {"organiser", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.Import(c.Ctx(), who, entry.Upload{Contest: code, Table: sheet(t, "作品名称,申报单位\n"+who.Person+",市医院\n")})
				return err
			}},
			"shortlist": {"", func(who identity.Colleague, _ entry.Entry) error {
				_, err := c.Entries.Shortlist(c.Ctx(), who, code, c.Look(code).Version)
				if fault.KindOf(err) == fault.Conflict && who.Person == c.Organiser.Person { // it is too early
					err = fault.New(fault.Denied, "早", "early")
				}
				return err
			}},
		}
		n := 0
		for move, m := range moves {
			for role, who := range everybody(c) {
				n++
				e := c.Submit(code, fmt.Sprintf("第 %d 件", n), "市医院")
				err := m.do(who, e)
				may := false
				for one := range strings.SplitSeq(m.may, ", ") {
					may = may || one == role
				}
				if may && err != nil || !may && fault.KindOf(err) != fault.Denied {
					t.Errorf("%s by %s: %v", move, role, err)
				}
			}
		}
	})
}

// Units submit and mend until the time that was announced, the office until review is over, and nobody in a contest that is not
// called or was cancelled.
func TestOnlyWhileItIsCalled(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		ev := c.Begin(code)
		n := entry.New{Contest: code, Organisation: c.Orgs["市医院"], Draft: draft("一件")}
		_, err := c.Entries.Submit(c.Ctx(), c.Unit, n)
		kind(t, "before the call", err, fault.Conflict)
		ev, err = c.Events.Call(c.Ctx(), c.Organiser, code, ev.Version, c.Now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.Entries.Submit(c.Ctx(), c.Unit, n)
		if err != nil || e.State != entry.Submitted || e.MadeBy != c.Unit.Person {
			t.Fatalf("%+v %v", e, err)
		}
		c.Now = *ev.Until
		_, err = c.Entries.Submit(c.Ctx(), c.Unit, n)
		kind(t, "at the very end", err, fault.Late)
		_, err = c.Entries.Mend(c.Ctx(), c.Unit, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("改")})
		kind(t, "mended at the end", err, fault.Late)
		if e, err = c.Entries.Mend(c.Ctx(), c.Organiser, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("改")}); err != nil || e.Title != "改" {
			t.Errorf("%+v %v", e, err)
		}
		if _, err := c.Entries.SubmitFor(c.Ctx(), c.Organiser, n); err != nil {
			t.Error("what came on paper:", err)
		}
		if _, err := c.Events.Cancel(c.Ctx(), c.Organiser, code, ev.Version, "不办了"); err != nil {
			t.Fatal(err)
		}
		_, err = c.Entries.SubmitFor(c.Ctx(), c.Organiser, n)
		kind(t, "in one that was cancelled", err, fault.Conflict)
		_, err = c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted})
		kind(t, "reviewed in one that was cancelled", err, fault.Conflict)
		if got, _, err := c.Entries.Get(c.Ctx(), c.Unit, e.ID); err != nil || got.Title != "改" {
			t.Errorf("it is gone with its contest: %+v %v", got, err)
		}
	})
}

// A unit mends what was returned and submits it again; what was accepted or refused stands. Who has not seen the last version
// changes nothing.
func TestReturnedAndMended(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		e := c.Submit(code, "一件", "市医院", "住建局")
		for _, to := range []entry.State{entry.Returned, entry.Refused} {
			_, err := c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: to})
			kind(t, "without a reason", err, fault.Invalid)
		}
		_, err := c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.OnShortlist})
		kind(t, "shortlisted by hand", err, fault.Invalid)
		was := e
		e = c.Review(e.ID, entry.Returned, "缺主管部门意见")
		if e.State != entry.Returned || e.Why != "缺主管部门意见" {
			t.Errorf("%+v", e)
		}
		_, err = c.Entries.Mend(c.Ctx(), c.Unit, entry.Mending{Entry: e.ID, Seen: was.Version, Draft: draft("一件，补了")})
		kind(t, "a version that was changed", err, fault.Conflict)
		_, err = c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: was.Version, To: entry.Accepted})
		kind(t, "reviewed in a version that was changed", err, fault.Conflict)
		if e, err = c.Entries.Mend(c.Ctx(), c.Unit, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("一件，补了")}); err != nil {
			t.Fatal(err)
		}
		if now := c.Entry(e.ID); now.State != entry.Submitted || now.Why != "" || now.Title != "一件，补了" || len(now.Groups[entry.Unit]) != 1 || now.Groups[entry.City][0] != "西宁" {
			t.Errorf("%+v", now)
		}
		for _, s := range []entry.State{entry.Accepted, entry.Refused} {
			e = c.Review(e.ID, s, "看过")
			_, err = c.Entries.Mend(c.Ctx(), c.Unit, entry.Mending{Entry: e.ID, Seen: e.Version, Draft: draft("再改")})
			kind(t, "mended when "+string(s), err, fault.Conflict)
		}
		_, err = c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted})
		kind(t, "a refusal taken back without a reason", err, fault.Invalid)
		e = c.Review(e.ID, entry.Accepted, "复议")
		if e, err = c.Entries.Withdraw(c.Ctx(), c.Unit, e.ID, e.Version, ""); err != nil || e.State != entry.Withdrawn {
			t.Errorf("%+v %v", e, err)
		}
		_, err = c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted})
		kind(t, "accepted when withdrawn", err, fault.Conflict)
		other := c.Submit(code, "另一件", "市医院")
		_, err = c.Entries.Withdraw(c.Ctx(), c.Organiser, other.ID, other.Version, "")
		kind(t, "withdrawn by the office without a reason", err, fault.Invalid)
	})
}

// What is wrong with a draft is told at its field, all of it at once.
func TestDraftsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		long := func(n int) string { return strings.Repeat("字", n) }
		groups := func(units ...string) map[string][]string { return map[string][]string{entry.Unit: units} }
		for field, d := range map[string]entry.Draft{
			"title":     {Title: long(201), Groups: groups("甲")},
			"summary":   {Title: "题", Summary: long(2001), Groups: groups("甲")},
			entry.Unit:  {Title: "题", Groups: groups(" ")},
			entry.City:  {Title: "题", Groups: map[string][]string{entry.Unit: {"甲"}, entry.City: {"西宁", "西宁"}}},
			"presenter": {Title: "题", Groups: groups("甲"), Contact: entry.Contact{Presenter: long(101)}},
			"phone":     {Title: "题", Groups: groups("甲"), Contact: entry.Contact{Phone: "12"}},
			"email":     {Title: "题", Groups: groups("甲"), Contact: entry.Contact{Email: "某某 <a@b.cn>"}},
		} {
			_, err := c.Entries.SubmitFor(c.Ctx(), c.Organiser, entry.New{Contest: code, Draft: d})
			faults, all := fault.Fields(err)
			if !all || len(faults) != 1 || faults[field] == nil {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err := c.Entries.SubmitFor(c.Ctx(), c.Organiser, entry.New{Contest: code, Draft: entry.Draft{Contact: entry.Contact{Phone: "1"}}})
		if faults, _ := fault.Fields(err); len(faults) != 3 {
			t.Errorf("%v", err)
		}
		if e, err := c.Entries.SubmitFor(c.Ctx(), c.Organiser, entry.New{Contest: code, Draft: entry.Draft{Title: long(200), Groups: groups("甲")}}); err != nil || e.Title != long(200) {
			t.Error(err)
		}
		for i := range 50 {
			_, err = c.Entries.Submit(c.Ctx(), c.Unit, entry.New{Contest: code, Organisation: c.Orgs["市医院"], Draft: draft(fmt.Sprint("第", i))})
			if err != nil {
				t.Fatal(i, err)
			}
		}
		_, err = c.Entries.Submit(c.Ctx(), c.Unit, entry.New{Contest: code, Organisation: c.Orgs["市医院"], Draft: draft("第五十一")})
		kind(t, "more than a unit may submit", err, fault.Conflict)
	})
}

var rawEntries = db.Declare[db.None, string](`SELECT sealed || why || state FROM contest_entry`)

// Nothing that is published says who submitted, what, or what became of it, and no row has a telephone number that can be read.
func TestNothingOfAnEntryIsPublic(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		before := seals(c)
		e, err := c.Entries.Submit(c.Ctx(), c.Unit, entry.New{Contest: code, Organisation: c.Orgs["市医院"], Draft: draft("一件")})
		if err != nil {
			t.Fatal(err)
		}
		c.Review(e.ID, entry.Refused, "不在范围")
		c.Review(e.ID, entry.Accepted, "复议通过")
		c.Shortlist(code)
		c.View(func(tx *db.Tx) error {
			all, err := record.Latest(tx, "", "", 500)
			for _, item := range all {
				if !strings.HasPrefix(item.Kind, "contest.") && item.Kind != record.KindSealed {
					continue
				}
				for _, secret := range []string{"一件", "市医院", c.Orgs["市医院"], "13800000000", "某某", "a@example.cn", e.ID, c.Unit.Person, "不在范围", "复议"} {
					if strings.Contains(string(item.Statement()), secret) {
						t.Errorf("%s tells %q: %s", item.Kind, secret, item.Statement())
					}
				}
			}
			if err != nil {
				return err
			}
			rows, err := rawEntries.Slice(tx, db.None{})
			for _, r := range rows {
				if strings.Contains(r, "13800000000") || strings.Contains(r, "某某") {
					t.Error("a row has a contact that can be read:", r)
				}
			}
			return err
		})
		if n := seals(c) - before; n != 3 {
			t.Errorf("%d sealed entries", n)
		}
	})
}

// seals counts the sealed entries of the record.
func seals(c *contesttest.City) (n int) {
	c.View(func(tx *db.Tx) error {
		all, err := record.Latest(tx, record.KindSealed, "", 500)
		n = len(all)
		return err
	})
	return n
}

// When another key is put in use, entries are sealed under it and stay readable.
func TestSealedAnew(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		e := c.Submit(code, "一件", "市医院")
		if _, _, err := c.People.Keys.Rotate(c.Ctx(), identity.CommandLine, c.People.Policy().Suite, false); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{1, 0} {
			if n, err := record.OwnAnew(c.Ctx(), c.DB, entry.Anew...); err != nil || n != want {
				t.Errorf("%d rows sealed anew, %v", n, err)
			}
		}
		if _, contact, err := c.Entries.Get(c.Ctx(), c.Unit, e.ID); err != nil || contact.Presenter != "某某" {
			t.Errorf("%+v %v", contact, err)
		}
	})
}
