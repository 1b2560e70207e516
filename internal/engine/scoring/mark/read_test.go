package mark_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

const head = "entry,part,judge,criterion,mark\n"

// lines are the marks of a set, one a line, as its table would have them.
func lines(s mark.Set) string {
	var all []string
	for _, m := range s.Marks {
		all = append(all, strings.Join([]string{m.Entry, m.Part, m.Judge, m.Criterion, m.Value.String()}, ","))
	}
	for _, m := range s.Measures {
		all = append(all, strings.Join([]string{m.Entry, "", "", m.Measure, m.Value.String()}, ","))
	}
	for _, e := range s.Ended {
		all = append(all, strings.Join([]string{e.Entry, e.Part, "", "", string(e.Status)}, ","))
	}
	return strings.Join(all, "\n")
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ is, want, said string }{
		{head + "01,show,a,score,9.5\n01,show,b,,absent\n01,show,c,,recused", "01,show,a,score,9.5\n01,show,b,,absent\n01,show,c,,recused", ""},
		{"作品,环节,评委,指标,分\n01,show,甲,score,9.5\n01,show,乙,,缺席\n01,show,丙,,回避", "01,show,甲,score,9.5\n01,show,乙,,absent\n01,show,丙,,recused", ""},
		{"分,评委,作品\n9,a,01", "01,,a,,9", ""},
		{head + "01,show,a,score,９．５", "01,show,a,score,9.5", "第 2 行，分：“９．５”按“9.5”读"},
		{head + "０１,show,a,score,9", "01,show,a,score,9", "第 2 行，作品：“０１”按“01”读"},
		{head + "01,show,a,score,", "01,show,a,score,", ""},
		{head + "01,,,votes,200\n01,,,toilet,是\n02,,,toilet,no\n02,,,votes,", "01,,,votes,200\n01,,,toilet,1\n02,,,toilet,0", ""},
		{head + "01,,,,弃权\n02,show,,,withdrawn\n03,,,,取消资格", "01,,,,forfeit\n02,show,,,withdrawn\n03,,,,disqualified", ""},
		{"entry,judge,mark,备注\n01,a,9,很好", "01,,a,,9", "没有用“备注”这一列"},
		{"entry;judge;mark\n01;a;9.5", "01,,a,,9.5", ""},
		{`{"marks":[{"entry":"01","part":"show","judge":"a","criterion":"score","mark":"9.5"},{"entry":"01","part":"show","judge":"b","criterion":"","mark":"recused"}],
		  "measures":[{"entry":"01","measure":"votes","value":"3"}]}`, "01,show,a,score,9.5\n01,show,b,,recused\n01,,,votes,3", ""},
	} {
		set, said, err := mark.Read(t.Context(), strings.NewReader(c.is))
		if err != nil || lines(set) != c.want {
			t.Errorf("%s\nis %s\nand %v", c.is, lines(set), err)
		}
		if got := texts(said); got != c.said {
			t.Errorf("%s\nsays %s", c.is, got)
		}
	}
}

func texts(said []lang.Text) string {
	var all []string
	for _, t := range said {
		all = append(all, t.ZH)
	}
	return strings.Join(all, "; ")
}

// What is wrong is said with its row, its column and a way out, all of it.
func TestReadFaults(t *testing.T) {
	for is, want := range map[string][]string{
		head + "01,show,a,score,\"9,5\"":                                   {"Row 2: mark: ", `"9,5" is no number`, "with a point"},
		head + "01,show,a,score,9,5":                                       {"Row 2: ", `the cell "5" beyond the headings`, "not a comma"},
		"entry;judge;mark\n01;a;9,5":                                       {"Row 2: mark: ", `"9,5" is no number`},
		head + "01,show,a,score,9.5分":                                      {"Row 2: mark: ", `"9.5分" is no number`},
		head + "01,show,a,score,1e1":                                       {"Row 2: mark: ", `"1e1" is no number`},
		head + "01,show,a,score,9.3000000000007":                           {"Row 2: mark: ", "nine digits"},
		head + "01,show,a,score,forfeit":                                   {"Row 2: ", "leave judge and criterion empty"},
		head + ",show,a,score,9":                                           {"Row 2: ", "which entry"},
		head + "01,show,,score,9":                                          {"Row 2: ", "which judge", "leave the part empty"},
		head + "01,show,,,9":                                               {"Row 2: ", "which judge", "forfeit, withdrawn or disqualified"},
		head + "01,,,votes,viele":                                          {"Row 2: mark: ", "no number"},
		head + "01,show,a,score,x\n\n02,show,a,score,y\n02,show,a,score,9": {"Row 2: ", "Row 4: "},
		head + strings.Repeat("01,show,a,score,x\n", 200):                  {"Row 101: ", "the first 100"},
		head + "01,show,a\u200b,score,9":                                   {"Row 2: judge: "},
		"entry,part,criterion,mark\n01,show,score,9":                       {"no column is called judge"},
		head: {"no marks"},
		"":   {""},
		`{"marks":[{"entry":"01","judge":"a","mark":9.5}]}`:                                           {"in quotes"},
		`{"marks":[{"entry":"01","judge":"a","mark":"9,5"},{"entry":"01","judge":"a","mark":"1e1"}]}`: {"marks[0].mark", "marks[1].mark"},
		`{"marks":[{"entry":"01","judge":"a","mark":"9"}],"notes":[]}`:                                {"notes"},
		`{"marks":[],"marks":[]}`: {"twice"},
		`{"marks":[{"entry":"01","judge":"","mark":"9"}],"measures":[{"entry":"1","measure":"v","value":""}]}`: {"marks[0]", "measures[0].value"},
		`{"marks":[`: {"not whole"},
	} {
		_, _, err := mark.Read(t.Context(), strings.NewReader(is))
		each, ok := fault.Each(lang.EN, err)
		got := strings.Join(each, "\n")
		if err == nil || !ok {
			t.Errorf("%.80s\nis no fault but %v", is, err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%.80s\nsays %.200s\nand not %q", is, got, w)
			}
		}
	}
}

// A number of a spreadsheet is the decimal that was typed or computed, by its first fifteen digits; and it says where that is another.
func TestReadSpreadsheet(t *testing.T) {
	rows := [][]any{{"entry", "judge", "mark"}, {"01", "a", json.Number("9.3000000000000007")}, {"01", "b", json.Number("9.299999999999999")}, {"01", "c", json.Number("9.35")}, {7, "a", 9}}
	var file bytes.Buffer
	if err := sheet.WriteXLSX(&file, sheet.Page{Name: "marks", Rows: slices.Values(rows)}); err != nil {
		t.Fatal(err)
	}
	set, said, err := mark.Read(t.Context(), &file)
	if err != nil || lines(set) != "01,,a,,9.3\n01,,b,,9.3\n01,,c,,9.35\n7,,a,,9" {
		t.Errorf("%s, %v", lines(set), err)
	}
	if got := texts(said); got != "第 3 行，分：表格里的 9.299999999999999 按 9.3 读" {
		t.Error(got)
	}
}

const oneOfOne = `{"about":{},"rule":{"format":"xiadu rule 1","stages":[{"key":"final","of":"10","parts":[
{"key":"show","weight":"1","of":"10","judged":{"criteria":[{"key":"score","weight":"1","from":"0","to":"10","step":"0.1"}],
"across":"sheets","combine":"median","trim":[{"from":1,"low":0,"high":0}]}}]}],"order":{"ranking":"competition","where":"all"}}}`

const ofTwo = `{"about":{},"rule":{"format":"xiadu rule 1","stages":[{"key":"first","of":"10","parts":[
{"key":"paper","weight":"1","of":"10","judged":{"criteria":[{"key":"new","weight":"0.5","from":"0","to":"10","step":"1"},{"key":"use","weight":"0.5","from":"0","to":"10","step":"1"}],
"across":"sheets","combine":"median","trim":[{"from":1,"low":0,"high":0}]}}]},{"key":"final","of":"10","parts":[
{"key":"show","weight":"1","of":"10","judged":{"criteria":[{"key":"score","weight":"1","from":"0","to":"10","step":"0.1"}],
"across":"sheets","combine":"median","trim":[{"from":1,"low":0,"high":0}]}}]}],"order":{"ranking":"competition","where":"all"}}}`

// What a row leaves out is what the rule has one of; a row that is said of one criterion holds for the sheet.
func TestArrangeRead(t *testing.T) {
	for _, c := range []struct{ rule, is, want, fault string }{
		{oneOfOne, "entry,judge,mark\n01,a,9\n01,b,absent\n02,a,8\n02,b,9\n03,a,\n03,b,9", `01 "9" 1, 02 "8.5" 2, 03 "" 0`, ""},
		{oneOfOne, head + "01,,a,,9\n02,,,,forfeit\n03,,a,,8", `01 "9" 1, 03 "8" 2, 02 "" 0`, ""},
		{ofTwo, head + "01,paper,a,new,9\n01,paper,a,use,8\n02,paper,a,new,7\n02,paper,a,use,8\n02,show,,,forfeit\n01,show,a,,9.5", `01 "9.5" 1, 02 "" 0`, ""},
		{ofTwo, head + "01,paper,a,new,9\n01,paper,a,use,8\n01,paper,b,new,absent\n02,paper,a,use,absent\n02,paper,a,new,absent\n02,paper,b,new,6\n02,paper,b,use,6", `01 "8.5" 1, 02 "6" 2`, ""},
		{ofTwo, head + "01,,a,,9", "", "Row 2: the mark of judge a for 01 has no part, and the rule has several that are judged: paper, show"},
		{ofTwo, head + "01,paper,a,,9", "", "Row 2: it does not say of which criterion"},
		{ofTwo, head + "01,paper,a,new,9\n01,paper,a,use,absent", "", "Row 3: judge a has a mark and an absence"},
		{ofTwo, head + "01,paper,a,new,recused\n01,paper,a,use,absent", "", "Row 3: judge a has a mark and an absence"},
		{ofTwo, head + "01,paper,a,old,9", "", "Row 2: part \"paper\" has no criterion \"old\" (judge a, entry 01): it has new, use"},
		{oneOfOne, head + "01,final,a,score,9", "", "Row 2: the rule has no part \"final\": those that are judged are show"},
		{oneOfOne, head + "01,show,a,score,9.05\n01,show,a,score,9.05\n02,,b,,11", "", "Row 4: score of 02 by judge b: 11 is not between 0 and 10"},
		{oneOfOne, head + "01,show,a,score,9\n01,show,a,score,9", "", "Row 3: judge a has two marks"},
		{oneOfOne, head + "01,show,a,score,9\n01,,,,forfeit\n01,,,,forfeit", "", "Row 4: what became of 01 is there twice"},
		{oneOfOne, head + "01,show,a,score,9\n01,final,,,forfeit", "", "Row 3: the rule has no part \"final\""},
		{oneOfOne, head + "01,show,a,score,9\n01,,,votes,9", "", "Row 3: the rule has no measure \"votes\""},
	} {
		f, err := rule.Read([]byte(c.rule))
		if err != nil {
			t.Fatal(err)
		}
		set, _, err := mark.Read(t.Context(), strings.NewReader(c.is))
		if err != nil {
			t.Fatalf("%s: %v", c.is, err)
		}
		table, err := mark.Arrange(&f.Rule, set)
		if c.fault != "" || err != nil {
			if got, _ := fault.Each(lang.EN, err); c.fault == "" || !strings.Contains(strings.Join(got, "\n"), c.fault) {
				t.Errorf("%s\nis refused with %v", c.is, err)
			}
			continue
		}
		var all []string
		for _, e := range scoring.Score(table).Entries {
			text, _ := json.Marshal(e.Text())
			all = append(all, e.Key+" "+string(text)+" "+string(rune('0'+e.Place)))
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%s\nis %s", c.is, got)
		}
	}
}

// FuzzRead: whatever a file holds, it is read or refused with a fault, and what was read is arranged or refused.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{head + "01,show,a,score,9.5", head + "01,,,votes,2\n01,,,,弃权", "作品,评委,分\n１,甲,９．５", `{"marks":[{"entry":"01","judge":"a","mark":"9"}]}`, "PK\x03\x04", "{"} {
		f.Add([]byte(seed))
	}
	two, err := rule.Read([]byte(ofTwo))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, said, err := mark.Read(t.Context(), bytes.NewReader(text))
		if err != nil {
			if fault.KindOf(err) == 0 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(said) > 21 {
			t.Fatalf("%q: %d remarks", text, len(said))
		}
		for _, m := range set.Marks {
			if n, is := m.Value.Number(); is && n.String() != m.Value.String() || m.Entry == "" || m.Judge == "" {
				t.Fatalf("%q: %v", text, m)
			}
		}
		if table, err := mark.Arrange(&two.Rule, set); err == nil {
			scoring.Score(table)
		} else if fault.KindOf(err) == 0 {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// Nothing in the engine computes with floating point.
func TestNoFloat(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, found := range floats(t, path, text) {
			t.Errorf("%s: %s", path, found)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Fatal(files, err)
	}
	if got := floats(t, "bad.go", []byte("package bad\nimport \"math\"\nvar a float64 = 0.5\nvar b, _ = strconv.ParseFloat(\"1\", 64)\nvar c = math.Sqrt(2)")); len(got) != 4 {
		t.Errorf("the test itself finds %q", got)
	}
}

// floats are the types, the literals and the calls by which a source would compute with floating point.
func floats(t *testing.T, path string, text []byte) (found []string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	refused := []string{"float32", "float64", "ParseFloat", "Float64", "Float32", "SetFloat64", "AppendFloat", "FormatFloat", "complex128", "Sqrt", "Round10"}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains(refused, n.Name) {
				found = append(found, n.Name)
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				found = append(found, n.Value)
			}
		}
		return true
	})
	return found
}
