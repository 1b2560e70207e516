package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// wholeOnPurpose are the queries that have to look at all there is, and why.
var wholeOnPurpose = map[string]string{
	"GROUP BY site HAVING": "which places of an inspection come again is counted over all of it, and then the first are told",
	"AS promised WHERE":    "whose next promise is due first is known once each promise of the inspection is looked at; an inspection has some thousands of problems",
}

// Every declared query of cases and complaints finds what it looks for by an index, whatever is chosen by its optional
// clauses: no list, filter, count or page of a person's own looks at all rows of a table that grows.
func TestNoQueryLooksAtAllCases(t *testing.T) {
	if testing.Short() {
		t.Skip("it fills 40,000 cases on two engines")
	}
	home, err := gb.Parse("630100")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	f := caseFill{office: "org-office", home: home, now: now}
	for i := range 10 {
		f.campaigns = append(f.campaigns, fmt.Sprintf("XN%02d", i))
	}
	for i := range 25 {
		f.units = append(f.units, fmt.Sprintf("org-%02d", i))
	}
	samples := map[string]any{
		"campaign": "XN03", "stage": "rectifying", "lead": "org-07", "division": "630102", "kind": "% air %", "key_item": true, "before": now, "text": "%厂%",
		"at_due": now, "at_id": "01900000", "lim": 51, "batch": 26, "from_key": "D3QHXN03100020", "until_key": "D3QHXN03100021", "prefix": "D3QHXN0310002%",
		"at_batch": 25, "at_place": 100, "holder": "organisation/org-07", "due_at": now, "case_id": "01900000", "until_at": now.AddDate(0, 0, 7), "from_at": now,
		"now": now, "until": now.AddDate(0, 0, 3), "asked_at": now.AddDate(0, 0, -3), "received_at": now.AddDate(0, 0, -1), "changed_at": now.AddDate(0, 0, -1),
		"number": 26, "day": "2026-11-30", "version": 1, "place": 10, "process": "complaint.proposal", "organisation": "org-07", "next_at": now.AddDate(0, 0, -29), "state": "published", "code": "XN03-10002000",
		"id": "01900000-0000-7000-8000-000210002000", "letter": "01900000-0000-7000-8000-000110002000", "problem": "01900000-0000-7000-8000-000210002000", "after": "01900000-0000-7000-8000-000110002000",
		"code_key": "D3QHXN0310002000", "key_number": 2, "mark": "f", "parent": "01900000-0000-7000-8000-000210002000", "name": "rectify", "life": 1, "today": "2023-12-01", "from": now.AddDate(0, 0, -40),
	}
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, casework.Schema, complaint.Schema, manySchema}, func(t *testing.T, d *db.DB) {
		if err := f.fill(t.Context(), d, 20_000); err != nil {
			t.Fatal(err)
		}
		if d.Engine() == db.Postgres { // which does so by itself; SQLite goes without
			if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := analyze.Exec(tx, db.None{}); return err }); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for _, owner := range []string{"casework", "complaint"} {
			plans, err := d.Plans(t.Context(), owner, func(query, name string) (any, bool) {
				if name == "lim" && strings.Contains(query, "COUNT(") {
					return letter.MaxCount + 1, true
				}
				v, ok := samples[name]
				return v, ok
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range plans {
				n++
				small := func(table string) bool { return !grows.MatchString(table) }
				if whole := slices.DeleteFunc(p.Whole, small); len(whole) > 0 && allowed(p.Text) == "" {
					t.Errorf("%s\nlooks at all of %v:\n%s", p.Text, whole, p.Says)
				}
				if d.Engine() == db.SQLite && p.Sorts && strings.Contains(p.Text, "LIMIT") && growing.MatchString(p.Text) && allowed(p.Text) == "" {
					t.Errorf("%s\nreads all that it chooses before the first row:\n%s", p.Text, p.Says)
				}
			}
		}
		if t.Log(n, "plans"); n < 500 {
			t.Error("which are fewer than there are lists and filters")
		}
	})
}

// grows are the tables with a row for each letter or problem, or more.
var (
	growing = regexp.MustCompile(`\b(complaint_(problem|letter|point|answer|row|question|measure|sanction|word|child|token)|casework_(case|party|step|clock|duty|notice))\b`)
	grows   = regexp.MustCompile("^" + growing.String() + "$")
)

func allowed(text string) string {
	for begin, why := range wholeOnPurpose {
		if strings.Contains(text, begin) {
			return why
		}
	}
	return ""
}
