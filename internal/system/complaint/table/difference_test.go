package table_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

func TestCompare(t *testing.T) {
	before := made(t, preset("c"), letters(t)...)
	next := letters(t)[1:]
	next[0].Status, next[0].Republished, next[0].Note = table.Working, true, ""
	next = append(next, table.Row{Batch: 14, Code: "D3QH202312060001", Text: "新件"}, table.Row{Batch: 2, Code: "D3QH202311240001", Text: "更早的", Republished: true})
	after := made(t, preset("c"), next...)
	after.Bulletin, after.Withdrawn = 14, []string{"d3qh 202312050001"}
	want := table.Difference{
		Added: []string{"D3QH202312060001"}, Republished: []string{"X3QH 20231205 0002", "D20231204009", "D3QH202311240001"},
		Changed: []table.Changed{{Code: "X3QH 20231205 0002", Cells: []table.Was{
			{Column: "status", Title: "是否办结", Before: "已办结", After: "正在办理"}, {Column: "note", Title: "备注", Before: "与D3QH202311260003重复"},
		}}},
		Withdrawn: []string{"D3QH202312050001"},
	}
	if diff := cmp.Diff(want, table.Compare(before, after)); diff != "" {
		t.Error(diff)
	}
	// A second version of the same bulletin without a letter takes it back; the next bulletin does not.
	second := made(t, preset("c"), letters(t)[:2]...)
	second.Version = 2
	if d := table.Compare(before, second); len(d.Withdrawn) != 1 || len(d.Added)+len(d.Republished)+len(d.Changed) > 0 {
		t.Errorf("%+v", d)
	}
	after.Withdrawn = nil
	if d := table.Compare(before, after); len(d.Withdrawn) > 0 {
		t.Errorf("%+v", d)
	}
}

// A bare serial of another batch is another letter.
func TestSerialsBeginAgain(t *testing.T) {
	a := made(t, preset("a"), table.Row{Batch: 12, Code: "18", Text: "甲"})
	b := made(t, preset("a"), table.Row{Batch: 13, Code: "18", Text: "乙"}, table.Row{Batch: 12, Code: "018", Text: "丙"})
	b.Bulletin = 14
	if d := table.Compare(a, b); len(d.Added) != 2 {
		t.Errorf("%+v", d)
	}
}

// The differences of any two bulletins are those that a plain look finds, and what stands after both is the
// second, with what the first has alone.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := bulletins.Draw(t, "before"), bulletins.Draw(t, "after")
		b.Bulletin = 14
		old, now := map[string]table.Row{}, map[string]table.Row{}
		for _, r := range a.Rows {
			old[r.Code] = r
		}
		added, changed := 0, 0
		for _, r := range b.Rows {
			now[r.Code] = r
			was, stood := old[r.Code]
			if !stood && !r.Republished {
				added++
			}
			differs := false
			for c := range table.Columns() {
				differs = differs || stood && c != table.ColumnNumber && was.Cell(c) != r.Cell(c)
			}
			if differs {
				changed++
			}
		}
		d := table.Compare(a, b)
		if len(d.Added) != added || len(d.Changed) != changed || len(d.Added)+len(d.Republished) != len(b.Rows) || len(d.Withdrawn) > 0 {
			t.Fatalf("%+v", d)
		}
		stands := table.Stand(a, b)
		for _, r := range stands.Rows {
			want, ok := now[r.Code]
			if !ok {
				want = old[r.Code]
			}
			if cmp.Diff(want.Text, r.Text) != "" || want.Number != r.Number {
				t.Fatalf("%s stands as %q", r.Code, r.Text)
			}
			delete(old, r.Code)
			delete(now, r.Code)
		}
		if len(now) > 0 || len(old) > 0 {
			t.Fatalf("%v %v do not stand", now, old)
		}
	})
}
