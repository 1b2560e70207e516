package intake_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

var day = calendar.On(2023, 12, 5)

func xining(t *testing.T) gb.Division {
	t.Helper()
	d, err := gb.Parse("630100")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t *testing.T, text string) intake.Batch {
	t.Helper()
	b, err := intake.Read(t.Context(), strings.NewReader(text), intake.How{Home: xining(t), Day: day})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The column sets of published tables, with what stands around them.
const (
	setA = `第十三批群众信访举报转办和边督边改公开情况一览表,,,,,,,,
（2023年12月5日）,,,,,,,,
序号,受理编号,交办问题基本情况,行政区域,污染类型,调查核实情况,是否属实,处理和整改情况,责任人被处理情况
1,D3QH202312050001,某医院医疗废物暂存间异味扰民，与D3QH202311260003反映的相同。,城中区,大气、固废,经查，反映问题属实。,属实,已责令整改。,无
*2,X3QH 20231205 0002,某铝厂夜间排放烟气，,大通县,大气,经查,部分属实,,
注：一件信访件可能涉及多种类型，类型合计与件数不一致。,,,,,,,,
`
	setC = "受理编号\t交办问题基本情况\t行政区域\t问题类型\t调查核实情况\t是否属实\t处理和整改情况\t办结目标\t是否办结\t问责情况\t备注\t督办领导\n" +
		"D20231205001\t餐馆油烟\t城东区\t油烟\t经查确有其事\t否\t已整改\t安装净化器\t阶段性办结\t\t\t王某\n"
)

func TestPublishedTables(t *testing.T) {
	b := read(t, setA)
	if len(b.Letters) != 2 || b.Errors != 0 || len(b.Notes) != 1 || !strings.Contains(b.Title, "第十三批") {
		t.Fatalf("%+v", b)
	}
	first, second := b.Letters[0], b.Letters[1]
	if first.Key || !second.Key || first.Code.Key != "D3QH202312050001" || second.Code.Text != "X3QH 20231205 0002" || second.Channel != complaint.Letter {
		t.Errorf("%+v\n%+v", first, second)
	}
	if !slices.Equal(first.Kinds, []complaint.Kind{complaint.Air, complaint.Waste}) || first.Verdict != complaint.True || second.Verdict != complaint.PartlyTrue {
		t.Errorf("%v %v %v", first.Kinds, first.Verdict, second.Verdict)
	}
	if first.Division.Code() != "630103" || second.Division.Code() != "630121" || len(first.Cited) != 1 || first.Cited[0].Key != "D3QH202311260003" || first.Row != 4 {
		t.Errorf("%v %v %v, row %d", first.Division, second.Division, first.Cited, first.Row)
	}
	b = read(t, setC)
	one := b.Letters[0]
	if one.Verdict != complaint.Unjudged || one.Judged != "否" || one.Status != "阶段性办结" || one.Aim != "安装净化器" || len(one.More) != 1 || one.More[0] != (intake.Cell{Column: "督办领导", Text: "王某"}) {
		t.Errorf("%+v", one)
	}
	says(t, b, false, "不替您推断")
}

// says fails unless a finding has the words, as an error or a question.
func says(t *testing.T, b intake.Batch, bad bool, words string) {
	t.Helper()
	for _, f := range b.Findings {
		if f.Error == bad && strings.Contains(f.Text.ZH, words) && f.Text.EN != "" && f.Field != "" && f.Row > 0 {
			return
		}
	}
	t.Errorf("nothing says %q: %+v", words, b.Findings)
}

func TestWrongRowsAreAllTold(t *testing.T) {
	b := read(t, "受理编号,交办问题基本情况,行政区域,污染类型\n"+
		"D3QH202312050001,甲,城中区,大气\n"+
		",没有编号,城中区,大气\n"+
		"D3QH202312050001,同一个编号,城中区,大气\n"+
		"D3QH202312050004,,城中区,大气\n"+
		"D3QH202312050005,别的省,兰州市,大气\n"+
		"D3SX202312050006,没有的地方,某某开发区,光污染\n"+
		"D3QH202301050007,去年的,城中区,大气\n"+
		"\n")
	if b.Errors != 3 || len(b.Letters) != 7 {
		t.Errorf("%d errors in %d letters: %+v", b.Errors, len(b.Letters), b.Findings)
	}
	for _, words := range []string{"没有受理编号", "在第 2 行已经有了", "没有写问题的基本情况"} {
		says(t, b, true, words)
	}
	for _, words := range []string{"可能发错了地方", "区划“某某开发区”查不到", "不认识的类型", "相差很多"} {
		says(t, b, false, words)
	}
	for _, bad := range []string{"", "甲,乙\n1,2\n", "受理编号,交办问题基本情况\n", strings.Repeat("甲\n", 20), "{\"type\":\"FeatureCollection\",\"features\":[]}"} {
		if _, err := intake.Read(t.Context(), strings.NewReader(bad), intake.How{}); err == nil {
			t.Errorf("%q was read", lang.Short(bad))
		}
	}
}

// A workbook reads as its text does.
func TestAWorkbookOfLetters(t *testing.T) {
	var file bytes.Buffer
	page := sheet.Page{Name: "一览表", Rows: func(yield func([]any) bool) {
		for _, row := range [][]any{sheet.Heads("序号", "受理编号", "交办问题基本情况", "重点关注"), {1, "D3QH202312050001", "甲", "是"}, {2, "0018", "乙", ""}} {
			if !yield(row) {
				return
			}
		}
	}}
	if err := sheet.WriteXLSX(&file, page); err != nil {
		t.Fatal(err)
	}
	b, err := intake.Read(t.Context(), &file, intake.How{})
	if err != nil || len(b.Letters) != 2 || !b.Letters[0].Key || b.Letters[1].Code.Text != "0018" || b.Letters[1].Code.Shape != complaint.Serial {
		t.Errorf("%+v %v", b, err)
	}
}

func TestControlTotals(t *testing.T) {
	n, err := intake.ReadNotice(t.Context(), strings.NewReader("第十三批\n2023年12月5日\n交办：西宁市协调联络组\n合计 3 件\n其中：来电 1 件\n来信 1 件\n重点关注：1 件\n城中区,1\n大通县 1\n西宁市 2件\n大气 2 件\n固废 1\n光污染 5\n"), xining(t))
	if err != nil {
		t.Fatal(err)
	}
	if n.Batch != 13 || n.Date != day || n.Total != 3 || n.Calls != 1 || n.Papers != 1 || n.Key != 1 || len(n.Places) != 3 || len(n.Kinds) != 2 || n.To != "西宁市协调联络组" {
		t.Errorf("%+v", n)
	}
	differences := read(t, setA).Against(n, xining(t))
	if len(differences) != 1 || differences[0].Said != 3 || differences[0].Read != 2 || differences[0].What.ZH != "合计" {
		t.Errorf("%+v", differences)
	}
	for _, text := range []string{"第13批，合计 3 件；来电 1 件；来信 1 件；大气 2 件；城中区 1 件。", "第13批 合计3件 来电1件 来信1件 大气2件 城中区1件", "批次,13\n合计,3\n来电,1\n来信,1\n大气,2\n城中区,1"} {
		n, err := intake.ReadNotice(t.Context(), strings.NewReader(text), xining(t))
		if err != nil || n.Batch != 13 || n.Total != 3 || n.Calls != 1 || n.Papers != 1 || len(n.Kinds) != 1 || len(n.Places) != 1 {
			t.Errorf("%q: %+v %v", text, n, err)
		}
	}
	if n, err := intake.ReadNotice(t.Context(), strings.NewReader("合计 20 件；个旧市 5 件，其中中宁县 15 件"), gb.Division{}); err != nil || len(n.Places) != 2 {
		t.Errorf("places whose names begin as a unit or a word does: %+v %v", n, err)
	}
	for text, why := range map[string]string{"来电 3": "没有找到合计", "合计 3\n合计 4": "写了两次", "2023-13-01 合计 3": "2023-13-01"} {
		if _, err := intake.ReadNotice(t.Context(), strings.NewReader(text), xining(t)); err == nil {
			t.Errorf("%q was read (%s)", text, why)
		}
	}
}

// A code of another place is remarked on, and kept.
func TestCodesOfAnotherPlace(t *testing.T) {
	for _, test := range []struct {
		codes, says string
		row         int
	}{
		{"D3QH202311260001 D3QH202311260002 D3SX202311260003 D3QH202311260004", "“SX”和这一批别的编号（QH）不一样，是山西省的代码", 4},
		{"D3SX202311260001", "“SX”是山西省的代码", 2},
		{"D630103202311260001 D620102202311260002", "620102 不在西宁市", 3},
		{"D3QH202311260001", "", 0},
		{"XND2023120501 XND2023120502 XND2023120503", "", 0},
		{"D3HN202311260001 D3HN202311260002 D3HN202311260003", "", 0}, // a team's own letters
	} {
		rows := []string{"受理编号,交办问题基本情况"}
		for code := range strings.FieldsSeq(test.codes) {
			rows = append(rows, code+",异味扰民")
		}
		b := read(t, strings.Join(rows, "\n"))
		var said []string
		for _, f := range b.Findings {
			if f.Error {
				t.Errorf("%s: %+v", test.codes, f)
			}
			said = append(said, strconv.Itoa(f.Row)+" "+f.Text.ZH)
		}
		text := strings.Join(said, "\n")
		if test.says == "" && text != "" || test.says != "" && (len(said) != 1 || !strings.HasPrefix(text, strconv.Itoa(test.row)) || !strings.Contains(text, test.says)) {
			t.Errorf("%s: %q, not %q", test.codes, text, test.says)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(setA)
	f.Add(setC)
	f.Add("合计 3 件\n来电,1\n第三十一批")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := intake.Read(t.Context(), strings.NewReader(s), intake.How{Day: day})
		if err == nil && b.Errors == 0 {
			seen := map[string]bool{}
			for _, l := range b.Letters {
				if l.Code.Key == "" || l.Text == "" || seen[l.Code.Key] {
					t.Fatalf("%+v", l)
				}
				seen[l.Code.Key] = true
			}
		}
		n, err := intake.ReadNotice(t.Context(), strings.NewReader(s), gb.Division{})
		if err == nil && n.Total < 0 {
			t.Fatalf("%+v", n)
		}
	})
}
