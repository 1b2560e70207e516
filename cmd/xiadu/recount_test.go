package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xiadu/xiadu/internal/sheet"
)

// publishedTable is a bulletin's table as it is published, as far as it is counted.
type publishedTable struct {
	Letters []struct {
		Code        string   `json:"code"`
		Key         bool     `json:"key"`
		Kinds       []string `json:"kinds"`
		Division    string   `json:"division"`
		Verdict     string   `json:"verdict"`
		Status      string   `json:"status"`
		RePublished bool     `json:"re_published"`
	} `json:"letters"`
	Counts struct {
		Letters     int       `json:"letters"`
		Types       int       `json:"types"`
		Untyped     int       `json:"untyped"`
		Key         int       `json:"key"`
		RePublished int       `json:"republished"`
		ByKind      []counted `json:"by_kind"`
		ByRegion    []counted `json:"by_region"`
		ByVerdict   []counted `json:"by_verdict"`
		ByStatus    []counted `json:"by_status"`
	} `json:"counts"`
}

type counted struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

// recount counts a published bulletin plainly, letter by letter, and holds it against the counts that were published with
// it, and against the same table in other forms: recount FILE.json FILE.csv FILE.xlsx.
func recount(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: recount FILE.json TABLE ...")
	}
	var t publishedTable
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &t))
	kinds, regions, verdicts, states := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	var codes []string
	types, untyped, key, again := 0, 0, 0, 0
	for _, l := range t.Letters {
		codes = append(codes, l.Code)
		types += len(l.Kinds)
		for _, k := range l.Kinds {
			kinds[k]++
		}
		if len(l.Kinds) == 0 {
			untyped++
		}
		if l.Key {
			key++
		}
		if l.RePublished {
			again++
		}
		regions[l.Division]++
		verdicts[l.Verdict]++
		states[l.Status]++
	}
	c := t.Counts
	for what, pair := range map[string][2]int{
		"letters": {c.Letters, len(t.Letters)}, "types": {c.Types, types}, "untyped": {c.Untyped, untyped}, "key": {c.Key, key}, "republished": {c.RePublished, again},
	} {
		if pair[0] != pair[1] {
			ts.Fatalf("%s are %d as published, and %d when they are counted", what, pair[0], pair[1])
		}
	}
	for what, pair := range map[string]struct {
		said []counted
		is   map[string]int
	}{"kinds": {c.ByKind, kinds}, "regions": {c.ByRegion, regions}, "verdicts": {c.ByVerdict, verdicts}, "states": {c.ByStatus, states}} {
		said := map[string]int{}
		for _, one := range pair.said {
			said[one.Key] = one.N
		}
		if !maps.Equal(said, pair.is) {
			ts.Fatalf("%s are %v as published, and %v when they are counted", what, said, pair.is)
		}
	}
	if len(codes) == 0 {
		ts.Fatalf("the bulletin has no letter")
	}
	for _, name := range args[1:] {
		if got := codesIn(ts, name); !slices.Equal(got, codes) {
			ts.Fatalf("%s has the letters %v, not %v", name, got, codes)
		}
	}
}

// codesIn are the letters of a table that a spreadsheet program opens, by their codes.
func codesIn(ts *testscript.TestScript, name string) (codes []string) {
	file, err := os.Open(ts.MkAbs(name))
	ts.Check(err)
	defer file.Close()
	f, err := sheet.Open(file)
	ts.Check(err)
	at := -1
	ts.Check(f.EachRow(context.Background(), func(row *sheet.Row) error {
		texts := row.Texts()
		if at < 0 {
			at = slices.Index(texts, "受理编号")
			return nil
		}
		if at < len(texts) && !strings.HasPrefix(texts[at], "注") && texts[at] != "" {
			codes = append(codes, strings.TrimPrefix(texts[at], "*"))
		}
		return nil
	}))
	return codes
}
