package table_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// The counts are a plain recount, and together what they should be.
func TestCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bulletins.Draw(t, "bulletin")
		c := b.Counts()
		problems, types, untyped, again := 0, 0, 0, 0
		of := map[string]int{}
		for _, r := range b.Rows {
			if len(r.Points) == 0 {
				problems++
				of["point/"+r.Verdict.Key()]++
			}
			for _, p := range r.Points {
				problems++
				of["point/"+p.Verdict.Key()]++
			}
			distinct := map[complaint.Kind]bool{}
			for _, k := range r.Kinds {
				distinct[k] = true
			}
			for k := range distinct {
				types++
				of["kind/"+k.Key()]++
			}
			if len(distinct) == 0 {
				untyped++
			}
			if r.Republished {
				again++
			}
			region := r.Region
			if r.Division.Valid() {
				region = r.Division.Code()
			}
			of["region/"+region]++
			of["verdict/"+r.Verdict.Key()]++
			of["status/"+r.Status.Key()]++
		}
		if c.Letters != len(b.Rows) || c.Problems != problems || c.Types != types || c.Untyped != untyped || c.Republished != again {
			t.Fatalf("%+v, and there are %d problems, %d types", c, problems, types)
		}
		listed := 0
		for by, list := range map[string][]table.Count{"kind/": c.ByKind, "region/": c.ByRegion, "verdict/": c.ByVerdict, "point/": c.ByPoint, "status/": c.ByStatus} {
			for _, one := range list {
				if listed++; of[by+one.Key] != one.N {
					t.Fatalf("%s%s: %d and not %d", by, one.Key, one.N, of[by+one.Key])
				}
			}
		}
		if listed != len(of) {
			t.Fatalf("%d figures and not %d", listed, len(of))
		}
	})
}

func TestFootnoteSaysWhy(t *testing.T) {
	notes := made(t, preset("a"), letters(t)...).Counts().Notes()
	if len(notes) != 2 {
		t.Fatal(notes)
	}
	if diff := cmp.Diff("注：本批公开信访件 3 件，其中重点关注 1 件（序号前有 *），以前批次办理情况有变化、再次公开 1 件；反映问题 4 个；按污染类型统计 3 件次。", notes[0].ZH); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("注：一件信访件可能反映几个问题，所以问题数多于件数。一件信访件可能涉及几种类型，各类型之和多于标明类型的 2 件。1 件没有标明类型，不计入类型。", notes[1].ZH); diff != "" {
		t.Error(diff)
	}
	plain := made(t, preset("a"), table.Row{Code: "D20231204009", Text: "甲", Kinds: []complaint.Kind{complaint.Sea}}).Counts().Notes()
	if len(plain) != 1 || plain[0].ZH != "注：本批公开信访件 1 件；反映问题 1 个；按污染类型统计 1 件次。" {
		t.Errorf("%q", plain)
	}
}
