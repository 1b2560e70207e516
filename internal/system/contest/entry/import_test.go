package entry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

func sheet(t *testing.T, text string) entry.Table {
	t.Helper()
	table, err := entry.ReadSheet(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

const good = `十佳案例汇总表,,,,,
序号,案例名称,申报单位,市州,联系人,手机
1,一窗通办,市医院、住建局,西宁,某某,138-0000-0000
2,秒批秒办,城北区政务局,西宁,,
`

// A sheet is taken in whole; the same again changes nothing; a dry run keeps nothing; whose unit is known here sees its entry.
func TestImport(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		table := sheet(t, good)
		if sum := sha256.Sum256([]byte(good)); table.Hash != hex.EncodeToString(sum[:]) {
			t.Errorf("the hash is %s", table.Hash)
		}
		for i, want := range []entry.Outcome{{Added: 2, Known: 1}, {Added: 2, Known: 1}, {Same: 2}} {
			o, err := c.Entries.Import(c.Ctx(), c.Organiser, entry.Upload{Contest: code, Table: table, DryRun: i == 0})
			if err != nil || o != want {
				t.Fatalf("%d: %+v %v", i, o, err)
			}
			all, err := c.Entries.List(c.Ctx(), c.Organiser, entry.Filter{Contest: code})
			if err != nil || len(all) != 2*min(i, 1) {
				t.Fatalf("%d: %d entries, %v", i, len(all), err)
			}
		}
		own, err := c.Entries.Own(c.Ctx(), c.Unit, c.Orgs["市医院"], entry.Filter{Contest: code})
		if err != nil || len(own) != 1 || own[0].Title != "一窗通办" || !slices.Equal(own[0].Groups[entry.Unit], []string{"市医院", "住建局"}) || own[0].MadeBy != "" {
			t.Fatalf("%+v %v", own, err)
		}
		if _, contact, err := c.Entries.Get(c.Ctx(), c.Unit, own[0].ID); err != nil || contact.Phone != "13800000000" {
			t.Errorf("%+v %v", contact, err)
		}
		c.View(func(tx *db.Tx) error {
			told, err := record.Latest(tx, "contest.entries-imported", "", 10)
			if err != nil || len(told) != 1 || strings.Contains(told[0].Public, table.Hash) || !strings.Contains(told[0].Public, `"entries":2`) {
				t.Fatalf("%+v %v", told, err)
			}
			private, err := record.Private(tx, told[0])
			if !strings.Contains(private, table.Hash) {
				t.Error(private)
			}
			return err
		})
	})
}

// Each thing that is wrong is told by row and column, and nothing of the sheet is kept.
func TestImportFaults(t *testing.T) {
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		table := sheet(t, "案例名称,申报单位,手机,邮箱\n,甲,,\n题,,12,\n一窗通办,甲,,a@\n一 窗通办,甲,,\n好的,乙,,\n"+strings.Repeat("长", 201)+",甲,,\n")
		var got []string
		for _, f := range table.Findings {
			got = append(got, fmt.Sprint(f.Row, " ", f.Field))
			if f.Text.ZH == "" || f.Text.EN == "" {
				t.Errorf("%+v", f)
			}
		}
		want := []string{"2 案例名称", "3 手机", "3 申报单位", "4 邮箱", "5 案例名称", "7 案例名称"}
		if !slices.Equal(got, want) || table.Errors != len(want) || len(table.Rows) != 6 {
			t.Errorf("%q of %d rows", got, len(table.Rows))
		}
		_, err := c.Entries.Import(c.Ctx(), c.Organiser, entry.Upload{Contest: code, Table: table})
		kind(t, "a sheet with faults", err, fault.Invalid)
		if all, err := c.Entries.List(c.Ctx(), c.Organiser, entry.Filter{Contest: code}); err != nil || len(all) != 0 {
			t.Errorf("%d entries, %v", len(all), err)
		}
	})
	for _, text := range []string{"", "作品名称,简介\n甲,乙\n", "作品名称,申报单位\n", `{"type":"FeatureCollection","features":[]}`} {
		_, err := entry.ReadSheet(t.Context(), strings.NewReader(text))
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	var long strings.Builder
	long.WriteString("作品名称,申报单位\n")
	for i := range 10_001 {
		fmt.Fprintf(&long, "第%d件,甲\n", i)
	}
	if _, err := entry.ReadSheet(t.Context(), strings.NewReader(long.String())); fault.KindOf(err) != fault.Invalid {
		t.Error("ten thousand and one:", err)
	} else if text, _ := fault.In(lang.ZH, err); !strings.Contains(text, "10000") {
		t.Error(text)
	}
}

// Ten thousand entries are listed page by page, each once and in the order in which they came, by an index whatever is chosen.
func TestTenThousandByKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("it seals ten thousand contacts on two engines")
	}
	each(t, func(t *testing.T, c *contesttest.City) {
		c.Call(code)
		var text strings.Builder
		text.WriteString("作品名称,申报单位\n")
		const n = 10_000
		for i := range n {
			fmt.Fprintf(&text, "第 %d 件,第 %d 单位\n", i, i%39)
		}
		if o, err := c.Entries.Import(c.Ctx(), c.Organiser, entry.Upload{Contest: code, Table: sheet(t, text.String())}); err != nil || o.Added != n {
			t.Fatalf("%+v %v", o, err)
		}
		seen := 0
		for f := (entry.Filter{Contest: code, State: entry.Submitted, Limit: 1000}); ; {
			page, err := c.Entries.List(c.Ctx(), c.Organiser, f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > 200 {
				t.Fatalf("a page of %d", len(page))
			}
			for _, e := range page {
				if e.Title != fmt.Sprintf("第 %d 件", seen) || len(e.Groups[entry.Unit]) != 1 {
					t.Fatalf("%d is %+v", seen, e)
				}
				seen++
			}
			if len(page) == 0 {
				break
			}
			f.After = page[len(page)-1].ID
		}
		if seen != n {
			t.Errorf("%d were listed", seen)
		}
		indexed(t, c)
	})
}

// analyze is what PostgreSQL does by itself, in time.
var analyze = db.Declare[db.None, db.None](`ANALYZE`)

func indexed(t *testing.T, c *contesttest.City) {
	t.Helper()
	c.Update(func(tx *db.Tx) error { _, err := analyze.Exec(tx, db.None{}); return err })
	samples := map[string]any{"contest": code, "state": "returned", "organisation": c.Orgs["市医院"], "number": "E-0001", "id": "0190", "after": "0190", "lim": 51, "key_number": 1}
	plans, err := c.DB.Plans(t.Context(), "contest", func(_, name string) (any, bool) { v, ok := samples[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans {
		if !strings.Contains(p.Text, "contest_entry") || strings.Contains(p.Text, "sealed ||") || strings.Contains(p.Text, "key_number <>") {
			continue
		}
		// Those of a contest as a whole may look at each: here all are of one.
		whole := strings.Contains(p.Text, "GROUP BY") || strings.Contains(p.Text, "COUNT(")
		if len(p.Whole) > 0 && !whole {
			t.Errorf("%s\nlooks at all of %v:\n%s", p.Text, p.Whole, p.Says)
		}
		if p.Sorts && strings.Contains(p.Text, "LIMIT") {
			t.Errorf("%s\nsorts before the first row:\n%s", p.Text, p.Says)
		}
	}
	if len(plans) < 10 {
		t.Errorf("%d plans", len(plans))
	}
}
