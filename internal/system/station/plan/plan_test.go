package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

func somePlan(t *testing.T, name string) Plan {
	t.Helper()
	changes, err := whatif.Parse([]string{"pause brand:icbc Sa,Su", `open NEW-1 101.778,36.617 "新<b>站" 24/7`})
	if err != nil {
		t.Fatal(err)
	}
	return Plan{
		Name: name, Note: "第一行\n第二行", Changes: changes, Basis: "abc-1",
		Question: coverage.Question{Within: 15 * time.Minute, At: time.Date(2026, 11, 23, 22, 0, 0, 0, calendar.China)},
		Before:   coverage.PlanFigures{Operating: 208, Counted: 100, Covered: [5]reach.Weight{1000001, 500, 200, 100, 50}},
		After:    coverage.PlanFigures{Operating: 209, Counted: 101, Covered: [5]reach.Weight{1000001, 700, 300, 100, 50}, Week: [coverage.WeekParts]coverage.PartFigures{{Demand: 1, Once: 2, Twice: 3}, {}, {}, {Demand: 4, Once: 5, Twice: 6}}},
	}
}

var samePlan = cmp.Options{
	cmp.Comparer(func(a, b whatif.Change) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	cmpopts.EquateEmpty(),
}

// planning returns the plans of a database, and somebody who keeps them.
func planning(t *testing.T, d *db.DB) (*Service, identity.Colleague) {
	t.Helper()
	return New(d), identitytest.Open(t, d, station.Rights).Somebody("station.planner")
}

func TestPlansComeBackAsTheyWereSaved(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, who := planning(t, d)
		ctx, save := t.Context(), dbtest.Must[Plan](t)
		first := save(s.Save(ctx, who, somePlan(t, "周末银行关门")))
		if first.Code != "P-0001" || first.Version != 1 || first.ID == "" {
			t.Errorf("saved as %+v", first)
		}
		if diff := cmp.Diff(first, save(s.Get(ctx, first.Code)), samePlan); diff != "" {
			t.Error(diff)
		}
		second := save(s.Save(ctx, who, somePlan(t, "另一个")))
		if second.Code != "P-0002" {
			t.Errorf("the second is %s", second.Code)
		}
		// A save of nothing is nothing; a change is one version on.
		if same := save(s.Save(ctx, who, first)); same.Version != 1 {
			t.Errorf("a save of nothing made version %d", same.Version)
		}
		mine, theirs := first, first
		mine.Changes, theirs.Note = mine.Changes[:1], "别人写的"
		theirs = save(s.Save(ctx, who, theirs))
		if _, err := s.Save(ctx, who, mine); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale save: %v", err)
		}
		renamed := save(s.Rename(ctx, who, first.Code, theirs.Version, "新名字", theirs.Note))
		if renamed.Version != 3 || len(renamed.Changes) != 2 {
			t.Errorf("renamed: %+v", renamed)
		}
		if _, err := s.Archive(ctx, who, first.Code, 1, true); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale archiving: %v", err)
		}
		archived := save(s.Archive(ctx, who, first.Code, 3, true))
		back := save(s.Archive(ctx, who, first.Code, archived.Version, false))
		if !archived.Archived || back.Archived || back.Version != 5 {
			t.Errorf("archived %+v and back %+v", archived, back)
		}
		checkPlanHistory(t, s)
		if _, err := s.Get(ctx, "P-9999"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a plan that there is not: %v", err)
		}
	})
}

// checkPlanHistory: the record tells each change, and no note is in its public part.
func checkPlanHistory(t *testing.T, s *Service) {
	t.Helper()
	var kinds []string
	for _, item := range dbtest.Must[[]record.Item](t)(s.History(t.Context(), "P-0001", "", 10)) {
		kinds = append(kinds, item.Kind)
		if strings.Contains(item.Public, "第一行") || strings.Contains(item.Public, "别人写的") || item.By != "station.planner" {
			t.Errorf("by %s: %s", item.By, item.Public)
		}
	}
	if diff := cmp.Diff([]string{"plan.changed", "plan.changed", "plan.changed", "plan.changed", "plan.saved"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestPlansThatCannotBeSaved(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, who := planning(t, d)
		for what, spoil := range map[string]func(*Plan){
			"no name":        func(p *Plan) { p.Name = " " },
			"a long name":    func(p *Plan) { p.Name = strings.Repeat("长", station.MaxName+1) },
			"a long note":    func(p *Plan) { p.Note = strings.Repeat("长", maxNote+1) },
			"control":        func(p *Plan) { p.Name = "a\x00b" },
			"no changes":     func(p *Plan) { p.Changes = nil },
			"too many":       func(p *Plan) { p.Changes = make([]whatif.Change, whatif.MaxChanges+1) },
			"a broken one":   func(p *Plan) { p.Changes = []whatif.Change{{Act: whatif.ChangeHours, Code: "A"}} },
			"a large proof":  func(p *Plan) { p.Proof = strings.Repeat("x", maxProof+1) },
			"two directions": func(p *Plan) { p.Name = "a\u202eb" },
		} {
			p := somePlan(t, "甲")
			spoil(&p)
			if _, err := s.Save(t.Context(), who, p); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		if page := dbtest.Must[Page](t)(s.List(t.Context(), Filter{Limit: 5})); page.Total != 0 {
			t.Errorf("%d were saved", page.Total)
		}
	})
}

// Plans are found by their words as reading every one would find them, and at
// once after a change by somebody else.
func TestPlansAreFoundByTheirWords(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		ctx, other := t.Context(), New(d)
		s, who := planning(t, d)
		names := []string{"城东三站", "Plan B", "plan_b 100%", "１２月", "12月", `反\斜`, "城中"}
		for i := range 40 {
			p := somePlan(t, names[i%len(names)])
			p.Note = names[(i*i+1)%len(names)]
			dbtest.Must[Plan](t)(s.Save(ctx, who, p))
		}
		all := dbtest.Must[Page](t)(s.List(ctx, Filter{Order: PlansByCode, Limit: 100})).Plans
		rapid.Check(t, func(r *rapid.T) {
			words := rapid.SliceOfN(rapid.SampledFrom([]string{"城", "城东", "plan", "PLAN", "_", "%", "１２", "12", `\`, "p-00", "三站", "无"}), 0, 3).Draw(r, "words")
			if rapid.IntRange(0, 4).Draw(r, "edit") == 0 {
				i := rapid.IntRange(0, len(all)-1).Draw(r, "which")
				all[i] = dbtest.Must[Plan](t)(other.Rename(ctx, who, all[i].Code, all[i].Version, rapid.SampledFrom(names).Draw(r, "name"), all[i].Note))
			}
			want := []string{}
			for _, p := range all {
				text := strings.ToLower(p.Code + "\n" + p.Name + "\n" + p.Note)
				if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, strings.ToLower(w)) }) {
					want = append(want, p.Code)
				}
			}
			got, f := []string{}, Filter{Text: strings.Join(words, " "), Order: PlansByCode, Limit: rapid.IntRange(1, 50).Draw(r, "limit")}
			for {
				page := dbtest.Must[Page](t)(s.List(ctx, f))
				for _, p := range page.Plans {
					got = append(got, p.Code)
				}
				if page.Total != int64(len(want)) {
					r.Fatalf("%q: %d in all, want %d", words, page.Total, len(want))
				}
				if f.After = page.Next; f.After == "" {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				r.Fatalf("%q: %s", words, diff)
			}
		})
	})
}

func TestEveryPlanComesOnceInEveryOrder(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, who := planning(t, d)
		ctx, save := t.Context(), dbtest.Must[Plan](t)
		const many = 23
		for i := range many {
			p := somePlan(t, fmt.Sprintf("方案 %d%%_", i%5))
			p.After.Covered[1] += reach.Weight(i % 4)
			p = save(s.Save(ctx, who, p))
			if i == 3 {
				save(s.Archive(ctx, who, p.Code, p.Version, true))
			}
		}
		for o := range Orders() {
			for _, reverse := range []bool{false, true} {
				seen, f := map[string]bool{}, Filter{Order: o, Reverse: reverse, Limit: 4}
				for {
					page := dbtest.Must[Page](t)(s.List(ctx, f))
					for _, p := range page.Plans {
						if seen[p.Code] || p.Archived {
							t.Errorf("%s, from the end %v: %s again", o.Key(), reverse, p.Code)
						}
						seen[p.Code] = true
					}
					if f.After = page.Next; f.After == "" {
						break
					}
				}
				if len(seen) != many-1 {
					t.Errorf("%s, from the end %v: %d plans", o.Key(), reverse, len(seen))
				}
			}
		}
		if page := dbtest.Must[Page](t)(s.List(ctx, Filter{Archived: true, Limit: 5})); page.Total != 1 || page.Plans[0].Code != "P-0004" {
			t.Errorf("in the archive: %+v", page)
		}
		if page := dbtest.Must[Page](t)(s.List(ctx, Filter{Text: "4%_ 第二行", Limit: 5})); page.Total != 4 {
			t.Errorf("found %d", page.Total)
		}
		if page := dbtest.Must[Page](t)(s.List(ctx, Filter{After: "nonsense~x", Limit: 5})); page.Total != many-1 {
			t.Errorf("a made-up place: %+v", page)
		}
	})
}
