package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xiadu/xiadu/internal/sheet"
)

// publishedTable is a bulletin as it is published, as far as it is counted. It is read and counted without the program's
// own types, which could be wrong in both places.
type publishedTable struct {
	Bulletin int               `json:"bulletin"`
	Batches  []int             `json:"batches"`
	Letters  []publishedLetter `json:"letters"`
	Counts   publishedCounts   `json:"counts"`
}

type publishedLetter struct {
	Batch    int      `json:"batch"`
	Code     string   `json:"code"`
	Key      bool     `json:"key"`
	Kinds    []string `json:"kinds"`
	Division string   `json:"division"`
	Region   string   `json:"region"`
	Verdict  string   `json:"verdict"`
	Points   []struct {
		Verdict string `json:"verdict"`
	} `json:"points"`
	Text        string         `json:"text"`
	Found       string         `json:"found"`
	Done        string         `json:"done"`
	Aim         string         `json:"aim"`
	Status      string         `json:"status"`
	Next        string         `json:"next"`
	Owes        string         `json:"owes"`
	Sanctions   map[string]any `json:"sanctions"`
	RePublished bool           `json:"re_published"`
}

type publishedCounts struct {
	Letters     int       `json:"letters"`
	Problems    int       `json:"problems"`
	Types       int       `json:"types"`
	Untyped     int       `json:"untyped"`
	Key         int       `json:"key"`
	RePublished int       `json:"republished"`
	ByKind      []counted `json:"by_kind"`
	ByRegion    []counted `json:"by_region"`
	ByVerdict   []counted `json:"by_verdict"`
	ByPoint     []counted `json:"by_point"`
	ByStatus    []counted `json:"by_status"`
}

type counted struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

// tally counts by key.
type tally map[string]int

func (t tally) list() (all []counted) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		all = append(all, counted{key, t[key]})
	}
	return all
}

// plainly counts letters one by one. What was published before is known by the codes of earlier bulletins.
func plainly(letters []publishedLetter, before map[string]publishedLetter) publishedCounts {
	c := publishedCounts{Letters: len(letters)}
	kinds, regions, verdicts, points, states := tally{}, tally{}, tally{}, tally{}, tally{}
	for _, l := range letters {
		if _, is := before[l.Code]; is {
			c.RePublished++
		}
		if l.Key {
			c.Key++
		}
		if len(l.Kinds) == 0 {
			c.Untyped++
		}
		for _, k := range l.Kinds {
			c.Types++
			kinds[k]++
		}
		regions[l.Division]++
		verdicts[l.Verdict]++
		states[l.Status]++
		for _, p := range l.Points {
			c.Problems++
			points[p.Verdict]++
		}
		if len(l.Points) == 0 { // it is one problem
			c.Problems++
			points[l.Verdict]++
		}
	}
	c.ByKind, c.ByRegion, c.ByVerdict, c.ByPoint, c.ByStatus = kinds.list(), regions.list(), verdicts.list(), points.list(), states.list()
	return c
}

// recounts says what of a bulletin is not as it is counted plainly.
func recounts(t publishedTable, before map[string]publishedLetter) (wrong []string) {
	if len(t.Letters) == 0 {
		return []string{"the bulletin has no letter"}
	}
	if is := plainly(t.Letters, before); fmt.Sprint(is) != fmt.Sprint(t.Counts) {
		wrong = append(wrong, fmt.Sprintf("its counts are %+v as published, and %+v when they are counted", t.Counts, is))
	}
	for _, l := range t.Letters {
		_, again := before[l.Code]
		if l.RePublished != again || !again && !slices.Contains(t.Batches, l.Batch) {
			wrong = append(wrong, fmt.Sprintf("%s of batch %d was published before: %v, and it says %v", l.Code, l.Batch, again, l.RePublished))
		}
	}
	return wrong
}

var (
	keysOfVerdicts = map[string]string{"属实": "true", "基本属实": "mostly", "部分属实": "partly", "不属实": "untrue", "": ""}
	keysOfStates   = map[string]string{"已办结": "done", "阶段性办结": "staged", "正在办理": "working"}
	sanctionsIn    = regexp.MustCompile(`(立案处罚|罚款|约谈|问责) ([0-9.]+)`)
	nextIn         = regexp.MustCompile(`^阶段性办结（下一节点：(\S+)，责任单位：(.+)）$`)
)

// rowOf holds a row of the table as a spreadsheet program reads it against the letter: verdict, state, and penalties.
func rowOf(l publishedLetter, row map[string]string) (wrong []string) {
	say := func(is bool, what string) {
		if !is {
			wrong = append(wrong, l.Code+": "+what+" is otherwise in the table: "+row[what])
		}
	}
	say(strings.TrimPrefix(row["受理编号"], "*") == l.Code, "受理编号")
	say(row["行政区域"] == l.Region, "行政区域")
	say(keysOfVerdicts[row["是否属实"]] == l.Verdict, "是否属实")
	for title, text := range map[string]string{"交办问题基本情况": l.Text, "调查核实情况": l.Found, "处理和整改情况": l.Done, "办结目标": l.Aim} {
		say(row[title] == text, title)
	}
	state, _, _ := strings.Cut(row["是否办结"], "（")
	say(keysOfStates[state] == l.Status, "是否办结")
	if next := nextIn.FindStringSubmatch(row["是否办结"]); l.Status == "staged" {
		say(next != nil && next[1] == l.Next && next[2] == l.Owes, "是否办结")
	}
	said := map[string]float64{}
	for _, m := range sanctionsIn.FindAllStringSubmatch(row["责任人被处理情况"], -1) {
		said[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	for name, key := range map[string]string{"立案处罚": "penalised", "约谈": "interviewed", "问责": "held_to_account"} {
		n, _ := l.Sanctions[key].(float64)
		say(said[name] == n, "责任人被处理情况")
	}
	fined, _ := l.Sanctions["fined_fen"].(float64)
	say(said["罚款"]*100 == fined, "责任人被处理情况")
	return wrong
}

// month is what the public has of all bulletins of an inspection, by the net.
type month struct {
	*testscript.TestScript
	stands map[string]publishedLetter
	sums   map[string]float64 // of penalties
}

// recount goes over all bulletins that were fetched, JSON, CSV and page for each, and holds them against what the program
// beside its database says, and each figure against a plain recount: recount HOME CAMPAIGN FOLDER N.
func recount(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: recount HOME CAMPAIGN FOLDER N")
	}
	m := month{ts, map[string]publishedLetter{}, map[string]float64{}}
	n, err := strconv.Atoi(args[3])
	ts.Check(err)
	for i := range n {
		m.bulletin(args[0], args[1], args[2], i+1)
	}
	// Together they are what stands: each letter as it was published last.
	ts.Check(ts.Exec("xiadu", "--home", args[0], "complaints", "table", "--campaign", args[1]))
	ts.Check(os.WriteFile(ts.MkAbs("stands.csv"), []byte(ts.ReadFile("stdout")), 0o600))
	rows := rowsIn(ts, "stands.csv")
	if len(rows) != len(m.stands) {
		ts.Fatalf("%d letters stand, and %d were published", len(rows), len(m.stands))
	}
	for _, row := range rows {
		m.none("what stands", rowOf(m.stands[strings.TrimPrefix(row["受理编号"], "*")], row))
	}
	for _, what := range []string{"penalised", "fined_fen", "interviewed", "held_to_account"} {
		if m.sums[what] == 0 {
			ts.Fatalf("the month has no %s: nothing of it was counted", what)
		}
	}
}

func (m month) none(where string, wrong []string) {
	if len(wrong) > 0 {
		m.Fatalf("%s: %s", where, strings.Join(wrong, "\n"))
	}
}

func (m month) bulletin(home, campaign, folder string, n int) {
	where := fmt.Sprintf("bulletin %d", n)
	name := func(ending string) string { return fmt.Sprintf("%s/%d.%s", folder, n, ending) }
	for _, form := range []string{"json", "csv"} {
		m.Check(m.Exec("xiadu", "--home", home, "complaints", "table", "--campaign", campaign, "--bulletin", strconv.Itoa(n), "--format", form))
		if m.ReadFile("stdout") != m.ReadFile(name(form)) {
			m.Fatalf("%s: the command and the net do not have the same %s", where, form)
		}
	}
	var t publishedTable
	m.Check(json.Unmarshal([]byte(m.ReadFile(name("json"))), &t))
	m.none(where, recounts(t, m.stands))
	rows := rowsIn(m.TestScript, name("csv"))
	if len(rows) != len(t.Letters) || t.Bulletin != n {
		m.Fatalf("%s: its table has %d rows, and it has %d letters", where, len(rows), len(t.Letters))
	}
	for i, l := range t.Letters {
		m.none(where, rowOf(l, rows[i]))
	}
	m.page(where, m.ReadFile(name("html")), t)
	for _, l := range t.Letters {
		m.stands[l.Code] = l
		for what, value := range l.Sanctions {
			if sum, is := value.(float64); is {
				m.sums[what] += sum
			}
		}
	}
}

// page holds the page of a bulletin against a plain recount: its figures, and what it says is different.
func (m month) page(where, page string, t publishedTable) {
	c := plainly(t.Letters, m.stands)
	changed := 0
	for _, l := range t.Letters {
		if was, is := m.stands[l.Code]; is {
			l.RePublished = was.RePublished
			if fmt.Sprintf("%+v", was) != fmt.Sprintf("%+v", l) {
				changed++
			}
		}
	}
	want := []string{fmt.Sprintf("信访件 %d 件", c.Letters), fmt.Sprintf("反映问题 %d 个", c.Problems), fmt.Sprintf("按类型 %d 件次", c.Types)}
	want = append(want, fmt.Sprintf("新公开 %d 件，再次公开 %d 件，内容有变化 %d 件", c.Letters-c.RePublished, c.RePublished, changed))
	if c.RePublished > 0 {
		want = append(want, fmt.Sprintf("再次公开 %d 件；", c.RePublished))
	}
	if c.Key > 0 {
		want = append(want, fmt.Sprintf("其中重点关注 %d 件", c.Key))
	}
	for _, text := range want {
		if !strings.Contains(page, text) {
			m.Fatalf("%s: its page does not say %q", where, text)
		}
	}
	if n := strings.Count(page, `id="row-`); n != c.Letters {
		m.Fatalf("%s: its page has %d rows and not %d", where, n, c.Letters)
	}
}

// rowsIn are the letters of a table that a spreadsheet program opens, by the titles of its columns.
func rowsIn(ts *testscript.TestScript, name string) (all []map[string]string) {
	file, err := os.Open(ts.MkAbs(name))
	ts.Check(err)
	defer file.Close()
	f, err := sheet.Open(file)
	ts.Check(err)
	var titles []string
	ts.Check(f.EachRow(context.Background(), func(row *sheet.Row) error {
		texts := row.Texts()
		if titles == nil {
			if slices.Contains(texts, "受理编号") {
				titles = texts
			}
			return nil
		}
		one := map[string]string{}
		for i, title := range titles {
			if i < len(texts) {
				one[title] = texts[i]
			}
		}
		if code := one["受理编号"]; code != "" && !strings.HasPrefix(code, "注") {
			all = append(all, one)
		}
		return nil
	}))
	return all
}

// A recount finds each figure that is off by one.
func TestRecountFindsEachFigure(t *testing.T) {
	letters := []publishedLetter{
		{Batch: 1, Code: "D1", Key: true, Kinds: []string{"air", "noise"}, Division: "630102", Verdict: "true", Status: "done", RePublished: true},
		{Batch: 2, Code: "D2", Kinds: []string{"air"}, Division: "630103", Verdict: "partly", Status: "working", Points: []struct {
			Verdict string `json:"verdict"`
		}{{"true"}, {"untrue"}}},
		{Batch: 2, Code: "D3", Division: "630103", Verdict: "untrue", Status: "staged"},
	}
	before := map[string]publishedLetter{"D1": {}}
	table := func() publishedTable {
		return publishedTable{Batches: []int{2}, Letters: slices.Clone(letters), Counts: plainly(letters, before)}
	}
	if wrong := recounts(table(), before); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	want := publishedCounts{
		Letters: 3, Problems: 4, Types: 3, Untyped: 1, Key: 1, RePublished: 1, ByKind: []counted{{"air", 2}, {"noise", 1}}, ByRegion: []counted{{"630102", 1}, {"630103", 2}},
		ByVerdict: []counted{{"partly", 1}, {"true", 1}, {"untrue", 1}}, ByPoint: []counted{{"true", 2}, {"untrue", 2}}, ByStatus: []counted{{"done", 1}, {"staged", 1}, {"working", 1}},
	}
	if got := table().Counts; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("counted %+v", got)
	}
	for i, off := range []func(*publishedTable){
		func(t *publishedTable) { t.Counts.Letters++ }, func(t *publishedTable) { t.Counts.Problems++ }, func(t *publishedTable) { t.Counts.Types++ },
		func(t *publishedTable) { t.Counts.Untyped++ }, func(t *publishedTable) { t.Counts.Key++ }, func(t *publishedTable) { t.Counts.RePublished++ },
		func(t *publishedTable) { t.Counts.ByKind[0].N++ }, func(t *publishedTable) { t.Counts.ByRegion[0].N++ }, func(t *publishedTable) { t.Counts.ByVerdict[0].N++ },
		func(t *publishedTable) { t.Counts.ByPoint[0].N++ }, func(t *publishedTable) { t.Counts.ByStatus[0].N++ },
		func(t *publishedTable) { t.Letters[1].RePublished = true }, func(t *publishedTable) { t.Letters[1].Batch = 1 }, func(t *publishedTable) { t.Letters = t.Letters[1:] },
	} {
		one := table()
		if off(&one); len(recounts(one, before)) == 0 {
			t.Errorf("the figure that is off, number %d, is not found", i)
		}
	}
}

// And each cell that is not the letter's.
func TestRowsFindEachCell(t *testing.T) {
	l := publishedLetter{
		Code: "D1", Region: "城东区", Verdict: "true", Text: "反映", Found: "核实", Done: "整改", Aim: "目标", Status: "staged", Next: "2026-12-31", Owes: "市水务局",
		Sanctions: map[string]any{"penalised": 1.0, "fined_fen": 2_000_050.0, "interviewed": 2.0, "held_to_account": 1.0},
	}
	row := map[string]string{
		"受理编号": "*D1", "行政区域": "城东区", "是否属实": "属实", "交办问题基本情况": "反映", "调查核实情况": "核实", "处理和整改情况": "整改", "办结目标": "目标",
		"是否办结": "阶段性办结（下一节点：2026-12-31，责任单位：市水务局）", "责任人被处理情况": "立案处罚 1 件，罚款 20000.50 元，约谈 2 人，问责 1 人",
	}
	if wrong := rowOf(l, row); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for title, off := range map[string][]string{
		"受理编号": {"D2"}, "行政区域": {"城西区"}, "是否属实": {"基本属实", ""}, "交办问题基本情况": {""}, "调查核实情况": {"?"}, "处理和整改情况": {"?"}, "办结目标": {"?"},
		"是否办结":     {"已办结", "阶段性办结（下一节点：2026-12-30，责任单位：市水务局）"},
		"责任人被处理情况": {"", "立案处罚 1 件，罚款 20000.50 元，约谈 3 人，问责 1 人", "立案处罚 1 件，罚款 20000.51 元，约谈 2 人，问责 1 人", "罚款 20000.50 元，约谈 2 人，问责 1 人"},
	} {
		for _, text := range off {
			other := maps.Clone(row)
			if other[title] = text; len(rowOf(l, other)) == 0 {
				t.Errorf("%s is not found to be %q", title, text)
			}
		}
	}
}
