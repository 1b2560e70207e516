package nomination_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/selectiontest"
)

const code = rehearsal.SelectCode

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// table is a selection that takes nominations.
type table struct {
	*selectiontest.Selection
	t                    *testing.T
	city, province, none identity.Colleague
}

func call(t *testing.T, d *db.DB, province, city int) table {
	t.Helper()
	s := selectiontest.Open(t, d)
	s.Call(province, city)
	return table{s, t, s.As(rehearsal.InCity, -50), s.As(rehearsal.InProvince, -50), s.As(rehearsal.Treasurer, -50)}
}

// ctx is a day on which nominations are taken.
func (b table) ctx() context.Context { return db.Rehearse(b.t.Context(), b.Day.AddDate(0, 0, -50)) }

func (b table) nominate(n int) nomination.Nomination {
	b.t.Helper()
	one, err := b.Chosen.Nominate(b.ctx(), b.province, nomination.Naming{Contest: code, Station: selectiontest.Station(n)})
	b.Must(err)
	return one
}

func step(n nomination.Nomination, rank int) nomination.Step {
	return nomination.Step{Contest: code, Station: n.Station, Seen: n.Version, Rank: rank}
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	text, _ := fault.In(lang.ZH, err)
	if fault.KindOf(err) != kind || !strings.Contains(text, words) {
		t.Errorf("%v (%v) is not the %v of %q", err, text, kind, words)
	}
}

func TestUpTheLevels(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		b := call(t, d, 2, 2)
		one := b.nominate(1)
		if again := b.nominate(1); again.Version != one.Version {
			t.Errorf("sent twice it is %+v", again)
		}
		_, err := b.Chosen.Nominate(b.ctx(), b.none, nomination.Naming{Contest: code, Station: "S-02"})
		refused(t, err, fault.Denied, "")
		_, err = b.Chosen.Nominate(b.ctx(), b.city, nomination.Naming{Contest: code, Station: "S-10"}) // of another city
		refused(t, err, fault.Denied, "")
		_, err = b.Chosen.Nominate(b.ctx(), b.city, nomination.Naming{Contest: code, Station: "X"})
		refused(t, err, fault.Invalid, "没有编号为")

		one, err = b.Chosen.Recommend(b.ctx(), b.city, step(one, 0))
		b.Must(err)
		if one.State != nomination.City || one.CityRank != 1 {
			t.Errorf("it is %+v", one)
		}
		_, err = b.Chosen.Recommend(b.ctx(), b.city, step(one, 0)) // the province's step
		refused(t, err, fault.Denied, "")
		stale := one
		stale.Version--
		_, err = b.Chosen.Recommend(b.ctx(), b.province, step(stale, 0))
		refused(t, err, fault.Conflict, "刚刚有人办过")

		one, err = b.Chosen.Return(b.ctx(), b.province, step(one, 0), "补充材料")
		b.Must(err)
		if one.State != nomination.Returned || one.CityRank != 0 || one.Why != "补充材料" {
			t.Errorf("sent back it is %+v", one)
		}
		one, err = b.Chosen.Nominate(b.ctx(), b.city, nomination.Naming{Contest: code, Station: one.Station, Seen: one.Version})
		b.Must(err)
		for range 2 {
			one, err = b.Chosen.Recommend(b.ctx(), b.province, step(one, 0)) // who recommends for the province may do so for its cities
			b.Must(err)
		}
		if one.State != nomination.Listed || one.Entry == "" || one.ListRank != 1 {
			t.Errorf("in the list it is %+v", one)
		}
		v, err := b.Chosen.Show(b.ctx(), code, one.Station)
		b.Must(err)
		var steps []string
		for _, f := range v.All {
			steps = append(steps, f.Step)
		}
		if !slices.Equal(steps, []string{"nominated", "city", "nominated", "city", "listed"}) || v.Why != "" || !v.File.Facts[1].Missing {
			t.Errorf("its files are of %v, %+v", steps, v.File)
		}
		text, err := b.Chosen.Text(b.ctx(), code, one.Station, 5)
		b.Must(err)
		var f nomination.File
		if err := json.Unmarshal(text, &f); err != nil || f.Format != nomination.Format || f.Step != "listed" {
			t.Errorf("%s %v", text, err)
		}
		b.Must(d.View(b.ctx(), func(tx *db.Tx) error {
			e, err := entry.Read(tx, one.Entry)
			if e.State != entry.Accepted || e.Groups[entry.City][0] != "西宁市" || !strings.Contains(e.Title, one.Station) {
				t.Errorf("the entry is %+v", e)
			}
			return err
		}))
		// Who holds the selection refuses it after all: its nomination can still be withdrawn, and its place is free.
		_, err = b.Entries.Review(b.ctx(), b.As(rehearsal.Selector, -50), entry.Review{Entry: one.Entry, Seen: 1, To: entry.Refused, Why: "已经停业"})
		b.Must(err)
		one, err = b.Chosen.Withdraw(b.ctx(), b.city, step(one, 0), "停业")
		b.Must(err)
		counts := b.counts()
		if one.Entry != "" || counts[""][nomination.Withdrawn] != 1 || counts["630100"][nomination.Listed] != 0 {
			t.Errorf("withdrawn it is %+v of %v", one, counts)
		}
	})
}

func (b table) counts() (all map[string]map[nomination.State]int) {
	b.t.Helper()
	b.Must(b.DB.View(b.ctx(), func(tx *db.Tx) (err error) { all, err = nomination.Counts(tx, code); return err }))
	return all
}

// Many colleagues recommend into few places at once: as many get in as there are, whoever was first, and the ranks have no gap.
func TestAtAQuota(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		const places, wanting = 3, 8
		b := call(t, d, 5, places)
		var all []nomination.Nomination
		for n := range wanting {
			all = append(all, b.nominate(n+1))
		}
		var wait sync.WaitGroup
		errs := make([]error, wanting)
		for i, n := range all {
			wait.Go(func() { _, errs[i] = b.Chosen.Recommend(b.ctx(), b.city, step(n, 1)) })
		}
		wait.Wait()
		got := 0
		for _, err := range errs {
			if err == nil {
				got++
				continue
			}
			refused(t, err, fault.Conflict, "名额是 3 个")
		}
		if n := b.counts()["630100"][nomination.City]; got != places || n != places {
			t.Errorf("%d were told they are in, and %d are", got, n)
		}
		list, err := b.Chosen.List(b.ctx(), b.city, nomination.Filter{Contest: code, Division: b.Home, State: nomination.City})
		b.Must(err)
		ranks := map[int]bool{}
		for _, n := range list {
			ranks[n.CityRank] = true
		}
		if len(ranks) != places || !ranks[1] || !ranks[places] {
			t.Errorf("their ranks are %v", ranks)
		}
	})
}

// One is put in before the others, and one in the middle goes.
func TestRanksHaveNoGaps(t *testing.T) {
	b := call(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...), 5, 4)
	var all []nomination.Nomination
	for n, rank := range []int{0, 1, 2, 9} { // S-01; before it S-02; between them S-03; last S-04
		one, err := b.Chosen.Recommend(b.ctx(), b.city, step(b.nominate(n+1), rank))
		b.Must(err)
		all = append(all, one)
	}
	want := func(ranks ...int) {
		t.Helper()
		list, err := b.Chosen.List(b.ctx(), b.city, nomination.Filter{Contest: code, Division: b.Home})
		b.Must(err)
		var got []int
		for _, n := range list {
			got = append(got, n.CityRank)
		}
		if !slices.Equal(got, ranks) {
			t.Errorf("the ranks are %v, want %v", got, ranks)
		}
	}
	want(3, 1, 2, 4)
	_, err := b.Chosen.Return(b.ctx(), b.province, step(all[2], 0), "换一个")
	b.Must(err)
	want(2, 1, 0, 3)
}

func TestQuotasFit(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		b := call(t, d, 5, 3)
		office := b.As(rehearsal.Selector, -50)
		set := func(division string, n int) error {
			at, err := gb.Parse(division)
			b.Must(err)
			return b.Chosen.SetQuota(b.ctx(), office, nomination.Quota{Contest: code, Division: at, N: n, Paper: "示例 1 号"})
		}
		b.Must(set("630200", 2))
		refused(t, set("632300", 1), fault.Invalid, "最多还能给 0 个")
		refused(t, set("630100", 4), fault.Invalid, "最多还能给 3 个")
		refused(t, set("630000", 4), fault.Invalid, "已经分给下一级 5 个")
		refused(t, set("630102", 1), fault.Invalid, "区县只提名")
		refused(t, set("640100", 1), fault.Invalid, "不在这次评选的范围")
		refused(t, set("630100", -1), fault.Invalid, "整数")
		refused(t, b.Chosen.SetQuota(b.ctx(), office, nomination.Quota{Contest: code, Division: b.Home, N: 2}), fault.Invalid, "文号")
		refused(t, b.Chosen.SetQuota(b.ctx(), b.city, nomination.Quota{Contest: code, Division: b.Home, N: 2, Paper: "一"}), fault.Denied, "")
		one, err := b.Chosen.Recommend(b.ctx(), b.city, step(b.nominate(1), 0))
		b.Must(err)
		refused(t, set("630100", 0), fault.Invalid, "已经推荐了 1 个")
		_, err = b.Chosen.Recommend(b.ctx(), b.province, step(one, 0))
		b.Must(err)
		var all []nomination.Quota
		b.Must(d.View(b.ctx(), func(tx *db.Tx) error { all, err = nomination.Quotas(tx, code); return err }))
		if len(all) != 3 || all[0].Division.Code() != "630000" || all[2].N != 2 {
			t.Errorf("quotas are %+v", all)
		}
	})
}

// What was not recommended stays with who nominated it, with the reason, and nobody else reads that.
func TestReasonsStayInside(t *testing.T) {
	b := call(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...), 5, 4)
	one, err := b.Chosen.Decline(b.ctx(), b.city, step(b.nominate(1), 0), "开放时间太短")
	b.Must(err)
	_, err = b.Chosen.Decline(b.ctx(), b.city, step(b.nominate(2), 0), " ")
	refused(t, err, fault.Invalid, "原因")
	f := nomination.Filter{Contest: code, Division: b.Home}
	inside, err := b.Chosen.List(b.ctx(), b.city, f)
	b.Must(err)
	outside, err := b.Chosen.Public(b.ctx(), f)
	b.Must(err)
	if inside[0].Why != one.Why || outside[0].Why != "" || outside[0].State != nomination.Declined {
		t.Errorf("inside %+v, outside %+v", inside[0], outside[0])
	}
	_, err = b.Chosen.List(b.ctx(), b.none, f)
	refused(t, err, fault.Denied, "")
}
