package lots_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

const terms = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

func some(n, people int) (all, team []lots.Lot) {
	for i := range n {
		all = append(all, lots.Lot{Code: fmt.Sprintf("A-%02d", i+1), Tickets: i%lots.MostTickets + 1})
	}
	for i := range people {
		team = append(team, lots.Lot{Code: fmt.Sprintf("P-%02d", i+1)})
	}
	return all, team
}

func listOf(t *testing.T, all, people []lots.Lot, out ...lots.Exclusion) *lots.List {
	t.Helper()
	l, err := lots.New(all, people, out)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func begin(t *testing.T, l *lots.List, s lots.Shape, seed string) *lots.Draw {
	t.Helper()
	d, err := lots.Begin(l, s, terms, seed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The order is that of docs/draw.md, written once more in the plainest way.
func TestOrderIsTheDocumentedOne(t *testing.T) {
	mac := func(seed, text string) string {
		h := hmac.New(sha256.New, []byte(seed))
		h.Write([]byte(text))
		return hex.EncodeToString(h.Sum(nil))
	}
	all, _ := some(23, 0)
	for n := range 20 {
		seed := fmt.Sprintf("ssq 2026-12-01 %d", n)
		best := map[string]string{}
		var codes []string
		for _, lot := range all {
			for ticket := 1; ticket <= lot.Tickets; ticket++ {
				if m := mac(seed, fmt.Sprintf("%s\n%d\n%s", terms, ticket, lot.Code)); best[lot.Code] == "" || m < best[lot.Code] {
					best[lot.Code] = m
				}
			}
			codes = append(codes, lot.Code)
		}
		sort.Slice(codes, func(i, j int) bool { return best[codes[i]] < best[codes[j]] })
		rows := begin(t, listOf(t, all, nil), lots.Shape{Groups: 4}, seed).Rows()
		for i, r := range rows {
			if r.Code != codes[i] || r.HMAC != best[r.Code] || r.Place != i+1 || r.Group != i%4+1 {
				t.Fatalf("seed %q place %d: %+v, documented %s %s", seed, i+1, r, codes[i], best[codes[i]])
			}
		}
		if len(rows) != len(all) {
			t.Fatalf("%d of %d drawn", len(rows), len(all))
		}
	}
}

func TestOrderOfTheListDoesNotMatter(t *testing.T) {
	all, people := some(30, 9)
	out := []lots.Exclusion{{Code: "A-03", Reason: "cap"}, {Code: "P-02", For: "A-05", Reason: "recusal"}, {Code: "P-04", Reason: "unqualified"}}
	want := listOf(t, all, people, out...)
	wantHash, _ := want.Hash()
	rows := begin(t, want, lots.Shape{First: 12, Team: 2}, "s").Rows()
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		l := listOf(t, all, people, out...)
		if hash, _ := l.Hash(); hash != wantHash {
			t.Fatal("another hash")
		}
		if got := begin(t, l, lots.Shape{First: 12, Team: 2}, "s").Rows(); !reflect.DeepEqual(got, rows) {
			t.Fatal("another order")
		}
	}
}

// However a draw goes on, with skips between, what was drawn stays, and n and m more are n + m.
func TestDrawingOnChangesNothing(t *testing.T) {
	all, people := some(40, 12)
	l := listOf(t, all, people, lots.Exclusion{Code: "P-01", For: "A-07", Reason: "recusal"})
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		seed := fmt.Sprint("seed ", n)
		first, more := 1+r.IntN(15), 1+r.IntN(15)
		d := begin(t, l, lots.Shape{First: first, Team: 2}, seed)
		before := d.Rows()
		if err := d.Extend("", more); err != nil {
			t.Fatal(err)
		}
		whole := begin(t, l, lots.Shape{First: first + more, Team: 2}, seed).Rows()
		if got := d.Rows(); !reflect.DeepEqual(got, whole) || !reflect.DeepEqual(got[:first], before) {
			t.Fatalf("%d and %d more are not %d", first, more, first+more)
		}
		// Skips strike out and move nobody.
		gone := whole[r.IntN(len(whole))].Code
		if err := d.Skip(gone, "", "absent"); err != nil {
			t.Fatal(err)
		}
		member := whole[0].Team[0].Code
		if whole[0].Code != gone {
			if err := d.Skip(member, whole[0].Code, "recusal"); err != nil {
				t.Fatal(err)
			}
			if err := d.Extend(whole[0].Code, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Extend("", 3); err != nil {
			t.Fatal(err)
		}
		after := d.Rows()
		for i, row := range whole {
			if after[i].Code != row.Code || after[i].Place != row.Place || (after[i].Skipped != "") != (row.Code == gone) {
				t.Fatalf("place %d was %s and is %+v", i+1, row.Code, after[i])
			}
			for j, m := range row.Team {
				if after[i].Team[j].Code != m.Code {
					t.Fatalf("the people of %s changed", row.Code)
				}
			}
		}
	}
}

// Work is even: nobody is in two teams more than another. A recusal takes one of them, and no more.
func TestTeamsAreEvenAndApart(t *testing.T) {
	all, people := some(60, 7)
	for uneven, out := range [][]lots.Exclusion{{{Code: "P-07", Reason: "unqualified"}}, {{Code: "P-07", Reason: "unqualified"}, {Code: "P-01", For: "A-01", Reason: "recusal"}}} {
		l := listOf(t, all, people, out...)
		for n := range 100 {
			in := map[string]int{}
			for _, row := range begin(t, l, lots.Shape{Team: 2}, strconv.Itoa(n)).Rows() {
				if len(row.Team) != 2 || row.Team[0].Code == row.Team[1].Code {
					t.Fatalf("%+v", row)
				}
				for _, m := range row.Team {
					if m.Code == "P-07" || uneven > 0 && m.Code == "P-01" && row.Code == "A-01" {
						t.Fatalf("%s was excluded, and is drawn for %s", m.Code, row.Code)
					}
					in[m.Code]++
				}
			}
			least, most := math.MaxInt, 0
			for _, k := range in {
				least, most = min(least, k), max(most, k)
			}
			if len(in) != 6 || most-least > 1+uneven {
				t.Fatalf("seed %d: %v", n, in)
			}
		}
	}
}

// Tickets are the chance to be next: to be first, and to be second once one is gone.
func TestTicketsAreTheChance(t *testing.T) {
	const draws = 40_000
	all := []lots.Lot{{Code: "a", Tickets: 1}, {Code: "b", Tickets: 2}, {Code: "c", Tickets: 7}}
	l := listOf(t, all, nil)
	first, second := map[string]float64{}, map[string]float64{}
	afterC := 0.0
	for n := range draws {
		rows := begin(t, l, lots.Shape{}, fmt.Sprint("fixed ", n)).Rows()
		first[rows[0].Code]++
		if rows[0].Code == "c" {
			afterC++
			second[rows[1].Code]++
		}
	}
	near := func(what string, got, of, want float64) {
		t.Helper()
		if sigma := math.Sqrt(want * (1 - want) / of); math.Abs(got/of-want) > 4*sigma {
			t.Errorf("%s: %.4f, and %.4f is the chance", what, got/of, want)
		}
	}
	near("a first", first["a"], draws, .1)
	near("b first", first["b"], draws, .2)
	near("c first", first["c"], draws, .7)
	near("a second behind c", second["a"], afterC, 1./3)
	near("b second behind c", second["b"], afterC, 2./3)
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	ok := lots.Lot{Code: "A-01"}
	for name, c := range map[string]struct {
		all, people []lots.Lot
		out         []lots.Exclusion
		says        string
	}{
		"none":        {nil, nil, nil, "1 到"},
		"twice":       {[]lots.Lot{ok, {Code: "a-01"}}, nil, nil, "a-01"},
		"over both":   {[]lots.Lot{ok}, []lots.Lot{ok}, nil, "两次"},
		"full width":  {[]lots.Lot{{Code: "Ａ-01"}}, nil, nil, "Ａ-01"},
		"space":       {[]lots.Lot{{Code: "A-01 "}}, nil, nil, "空格"},
		"newline":     {[]lots.Lot{{Code: "A\n1"}}, nil, nil, "空格"},
		"tickets":     {[]lots.Lot{{Code: "A-01", Tickets: 11}}, nil, nil, "11"},
		"name":        {[]lots.Lot{{Code: "A-01", Name: "e\u0301"}}, nil, nil, "规范形式"},
		"two in one":  {[]lots.Lot{{Code: "A-01", Name: "x", Blind: terms}}, nil, nil, "盲码"},
		"reason":      {[]lots.Lot{ok}, nil, []lots.Exclusion{{Code: "A-01", Reason: "busy"}}, "busy"},
		"nobody":      {[]lots.Lot{ok}, nil, []lots.Exclusion{{Code: "A-02", Reason: "cap"}}, "A-02"},
		"no such lot": {[]lots.Lot{ok}, []lots.Lot{{Code: "P"}}, []lots.Exclusion{{Code: "P", For: "A-02", Reason: "recusal"}}, "A-02"},
		"excluded 2×": {[]lots.Lot{ok}, nil, []lots.Exclusion{{Code: "A-01", Reason: "cap"}, {Code: "A-01", Reason: "absent"}}, "两次"},
	} {
		if _, err := lots.New(c.all, c.people, c.out); err == nil || !strings.Contains(chinese(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A list is read in its one form alone.
func TestListHasOneForm(t *testing.T) {
	all, people := some(5, 3)
	l := listOf(t, all, people, lots.Exclusion{Code: "A-01", Reason: "closed"})
	text, err := l.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := lots.Parse(text); err != nil || !reflect.DeepEqual(again, l) {
		t.Fatal(again, err)
	}
	for _, other := range []string{
		strings.Replace(string(text), `,"people"`, ` ,"people"`, 1),
		strings.Replace(string(text), `"format":`, `"x":1,"format":`, 1),
		strings.Replace(string(text), `"A-02"`, `"A-09"`, 1),
		strings.Replace(string(text), `"for":"",`, ``, 1),
	} {
		if _, err := lots.Parse([]byte(other)); err == nil || other == string(text) {
			t.Errorf("read: %s", other)
		}
	}
}

func TestBlindCodesTellNothingAndOpenToOne(t *testing.T) {
	subjects := []string{"城东区", "城中区", "城西区", "城北区", "湟中区", "大通县"}
	rows, openings, err := lots.Blind("K", subjects)
	if err != nil {
		t.Fatal(err)
	}
	l := listOf(t, rows, nil)
	var had []string
	for _, o := range openings {
		if err := l.Opens(o); err != nil {
			t.Error(err)
		}
		had = append(had, o.Subject)
		o.Subject += "。"
		if l.Opens(o) == nil {
			t.Errorf("%s opens to another, too", o.Code)
		}
	}
	slices.Sort(had)
	slices.Sort(subjects)
	if !slices.Equal(had, subjects) {
		t.Error(had)
	}
	if _, _, err := lots.Blind("K", []string{"一", "一"}); err == nil {
		t.Error("one subject has two codes")
	}
}

func TestShapesThatCannotBe(t *testing.T) {
	all, people := some(3, 2)
	l, alone := listOf(t, all, people), listOf(t, all, nil)
	many, crowd := some(2001, 1000)
	for name, c := range map[string]struct {
		l *lots.List
		s lots.Shape
	}{
		"more than there are":    {alone, lots.Shape{First: 4}},
		"less than none":         {alone, lots.Shape{First: -1}},
		"more groups than lots":  {alone, lots.Shape{Groups: 4}},
		"people, and no teams":   {l, lots.Shape{}},
		"teams, and no people":   {alone, lots.Shape{Team: 1}},
		"larger than all people": {l, lots.Shape{Team: 3}},
		"groups of teams":        {l, lots.Shape{Team: 1, Groups: 2}},
		"too many pairs":         {listOf(t, many, crowd), lots.Shape{Team: 1}},
	} {
		if _, err := lots.Begin(c.l, c.s, terms, "s"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A list of a hundred thousand is drawn in well under the time that a page may take.
func TestAHundredThousandLots(t *testing.T) {
	all := make([]lots.Lot, lots.MostLots)
	for i := range all {
		all[i] = lots.Lot{Code: "E" + strconv.Itoa(i)}
	}
	l := listOf(t, all, nil)
	began := time.Now()
	rows := begin(t, l, lots.Shape{First: 5000}, "s").Rows()
	if took := time.Since(began); len(rows) != 5000 || took > 5*time.Second {
		t.Errorf("%d rows in %v", len(rows), took)
	}
	t.Log(time.Since(began))
}

func TestTooFewLeft(t *testing.T) {
	all, people := some(3, 2)
	l := listOf(t, all, people, lots.Exclusion{Code: "A-01", Reason: "cap"})
	if _, err := lots.Begin(l, lots.Shape{First: 3, Team: 1}, terms, "s"); err == nil {
		t.Error("three of two were drawn")
	}
	d := begin(t, l, lots.Shape{First: 2, Team: 2}, "s")
	if err := d.Extend("", 1); err == nil {
		t.Error("a third of two was drawn")
	}
	if err := d.Extend(d.Rows()[0].Code, 1); err == nil {
		t.Error("a third of two people was drawn")
	}
	if err := d.Skip("A-01", "", "absent"); err == nil {
		t.Error("one that was excluded was skipped")
	}
}

func chinese(err error) string {
	text, _ := fault.In(lang.ZH, err)
	return text
}
