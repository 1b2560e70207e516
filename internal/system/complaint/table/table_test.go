package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

var day = calendar.On(2023, 12, 12)

type tester interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}

func division(t tester, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func preset(key string) table.Set {
	for _, p := range table.Presets() {
		if p.Set.Key == key {
			return p.Set
		}
	}
	return table.Set{}
}

// made is a bulletin of letters.
func made(t tester, set table.Set, rows ...table.Row) table.Table {
	t.Helper()
	b, err := table.New(table.Table{
		Campaign: "demo", Bulletin: 13, Version: 1, Title: "西宁市群众信访举报转办和边督边改公开情况一览表", Day: day, Batches: []int{13}, Home: division(t, "630100"), Set: set, Rows: rows,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// letters are one of each sort.
func letters(t tester) []table.Row {
	const T, U = complaint.True, complaint.Untrue
	return []table.Row{
		{
			Batch: 13, Code: "D3QH202312050001", Key: true, Channel: complaint.Call, Text: "某医院医疗废物暂存间异味扰民；\n夜间装卸噪声大。", Region: "城中区", Division: division(t, "630103"),
			Kinds: []complaint.Kind{complaint.Air, complaint.Noise}, KindsText: "大气、噪音", Found: "1.异味问题属实。\n2.噪声问题不属实。", Verdict: complaint.PartlyTrue,
			Points: []table.Point{{Number: "1", Text: "异味", Kinds: []complaint.Kind{complaint.Air}, Verdict: T}, {Number: "2", Kinds: []complaint.Kind{complaint.Noise}, Verdict: U}},
			Done:   "已增配密闭和除臭设备。", Aim: "消除异味", Status: table.Staged, Next: calendar.On(2024, 6, 30), Owes: "城中区卫生健康局", Sanctions: table.Sanctions{Penalised: 1, Fined: 3_000_050, Interviewed: 2},
		},
		{
			Batch: 13, Code: "X3QH 20231205 0002", Channel: complaint.Letter, Text: "=某铝厂夜间排放烟气，\"看得见\"", Region: "大通县", Division: division(t, "630121"), Kinds: []complaint.Kind{complaint.Air},
			Found: "经查，未发现。", Verdict: U, Status: table.Done, Sanctions: table.Sanctions{Text: "无", Accounts: "无"}, Note: "与D3QH202311260003重复",
		},
		{Batch: 12, Code: "D20231204009", Text: "河道垃圾", Region: "某某开发区", Found: "确有其事", Judged: "否", Done: "清理", Status: table.Working, Republished: true},
	}
}

// The official reader finds in our files what we wrote, in each of the column sets.
func TestReadBackByIntake(t *testing.T) {
	own, err := table.ParseSet("own", "信访件编号|反映内容|问题类型|重点关注|来源|各问题认定情况|备注")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := table.ParseSet("plain", "编号|地址|问题描述|是否办结")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []table.Set{preset("a"), preset("b"), preset("c"), own, plain} {
		b := made(t, set, letters(t)...)
		for _, write := range []func(*bytes.Buffer) error{func(w *bytes.Buffer) error { return b.WriteCSV(w) }, func(w *bytes.Buffer) error { return b.WriteXLSX(w) }} {
			var file bytes.Buffer
			if err := write(&file); err != nil {
				t.Fatal(err)
			}
			got, err := intake.Read(t.Context(), &file, intake.How{Home: b.Home, Day: day})
			if err != nil {
				t.Fatal(set.Key, err)
			}
			if got.Errors > 0 || len(got.Letters) != len(b.Rows) || len(got.Notes) != 2 || !strings.HasPrefix(got.Title, b.Title) {
				t.Fatalf("%s: %d errors, %d letters, notes %q, title %q: %+v", set.Key, got.Errors, len(got.Letters), got.Notes, got.Title, got.Findings)
			}
			for i, l := range got.Letters {
				same(t, b, b.Rows[i], l)
			}
		}
	}
}

// Whatever is in the texts, intake reads it back.
func TestAnyIsReadBack(t *testing.T) {
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		b := bulletins.Draw(t, "bulletin")
		var csv, xlsx bytes.Buffer
		if err := errors.Join(b.WriteCSV(&csv), b.WriteXLSX(&xlsx)); err != nil {
			t.Fatal(err)
		}
		for _, file := range []*bytes.Buffer{&csv, &xlsx} {
			got, err := intake.Read(ctx, file, intake.How{Home: b.Home})
			if len(b.Rows) == 0 && err != nil {
				continue // intake takes no empty batch
			}
			if err != nil || got.Errors > 0 || len(got.Letters) != len(b.Rows) {
				t.Fatalf("%v %+v", err, got)
			}
			for i, l := range got.Letters {
				same(t, b, b.Rows[i], l)
			}
		}
	})
}

// same fails unless a letter that was read is the row, in the columns that there are.
func same(t tester, b table.Table, r table.Row, l intake.Letter) {
	t.Helper()
	if l.Key != r.Key || l.Code.Text != r.Code {
		t.Errorf("%s: %s is read as %q, marked %v", b.Set.Key, r.Code, l.Code.Text, l.Key)
	}
	more := map[string]string{}
	for _, c := range l.More {
		more[c.Column] = c.Text
	}
	sanctions := false
	for _, h := range b.Set.Headings {
		want := r.Cell(h.Column)
		got, known := map[table.Column]string{
			table.ColumnNumber: l.Number, table.ColumnCode: l.Code.Text, table.ColumnText: l.Text, table.ColumnRegion: l.Region, table.ColumnPlace: l.Place, table.ColumnKinds: l.KindsText, table.ColumnFound: l.Found,
			table.ColumnVerdict: l.Judged, table.ColumnDone: l.Done, table.ColumnAim: l.Aim, table.ColumnStatus: l.Status, table.ColumnNote: l.Note, table.ColumnSanctions: l.Sanctions,
		}[h.Column]
		switch c := h.Column; { // what is read as something else than a text, and what intake keeps as it is
		case c == table.ColumnKey:
			continue
		case c == table.ColumnChannel:
			if r.Channel != complaint.Unsaid && l.Channel != r.Channel {
				t.Errorf("%s came as %v", r.Code, l.Channel)
			}
			continue
		case c == table.ColumnSanctions:
			sanctions = true
		case c == table.ColumnAccounts && !sanctions:
			got, known = l.Sanctions, true
		case c == table.ColumnAccounts, c == table.ColumnPoints:
			got, known = more[h.Title], true
		case c == table.ColumnVerdict && l.Verdict != r.Verdict:
			t.Errorf("%s: verdict %v", r.Code, l.Verdict.Name())
		}
		if !known || got != want {
			t.Errorf("%s: %s of %s is %q, read back as %q", b.Set.Key, h.Title, r.Code, want, got)
		}
	}
}

func TestGoldens(t *testing.T) {
	b := made(t, preset("c"), letters(t)...)
	var csv bytes.Buffer
	if err := b.WriteCSV(&csv); err != nil {
		t.Fatal(err)
	}
	text, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"bulletin.csv": csv.Bytes(), "bulletin.json": text} {
		file := filepath.Join("testdata", name)
		if os.Getenv("XIADU_GOLDEN") != "" {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

var kinds = rapid.SliceOfN(rapid.SampledFrom(slices.Collect(complaint.Kinds())), 0, 4)

var words = rapid.StringOfN(rapid.RuneFrom([]rune("甲乙丙 \n\r\t,\"'=+-@|*_x０9a；“<&")), 0, 12, -1)

// bulletins are any that New takes.
var bulletins = rapid.Custom(func(t *rapid.T) table.Table {
	verdict := rapid.SampledFrom([]complaint.Verdict{complaint.Unjudged, complaint.True, complaint.MostlyTrue, complaint.PartlyTrue, complaint.Untrue})
	regions := []string{"630103", "630104", "630121", ""}
	var rows []table.Row
	for i := range rapid.IntRange(0, 8).Draw(t, "letters") {
		r := table.Row{
			Batch: rapid.IntRange(0, 3).Draw(t, "batch"), Code: fmt.Sprintf("D3QH2023120%d%04d", rapid.IntRange(1, 9).Draw(t, "day"), i), Key: rapid.Bool().Draw(t, "key"), Text: "甲" + words.Draw(t, "text") + "。",
			Region: words.Draw(t, "region"), Kinds: kinds.Draw(t, "kinds"), KindsText: words.Draw(t, "as written"), Found: words.Draw(t, "found"), Verdict: verdict.Draw(t, "verdict"), Judged: rapid.SampledFrom([]string{"", "是", "否"}).Draw(t, "judged"),
			Done: words.Draw(t, "done"), Status: rapid.SampledFrom([]table.Status{table.Unsaid, table.Done, table.Working}).Draw(t, "status"), Note: words.Draw(t, "note"), Republished: rapid.Bool().Draw(t, "again"),
			Sanctions: table.Sanctions{Penalised: rapid.IntRange(0, 2).Draw(t, "penalised"), Fined: rapid.Int64Range(0, 1e9).Draw(t, "fined")},
		}
		if code := rapid.SampledFrom(regions).Draw(t, "division"); code != "" {
			r.Division = division(t, code)
		}
		for range rapid.IntRange(0, 3).Draw(t, "points") {
			r.Points = append(r.Points, table.Point{Number: words.Draw(t, "number"), Kinds: kinds.Draw(t, "kinds"), Verdict: verdict.Draw(t, "verdict")})
		}
		rows = append(rows, r)
	}
	return made(t, preset(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "set")), rows...)
})

// What is canonical is read back to the same, and to the same bytes.
func TestCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bulletins.Draw(t, "bulletin")
		text, sum, err := b.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		back, err := table.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		again, sum2, err := back.Canonical()
		if err != nil || !bytes.Equal(text, again) || sum != sum2 || len(sum) != 64 {
			t.Fatalf("%v\n%s\n%s", err, text, again)
		}
		if d := table.Compare(b, back); !d.Empty() {
			t.Fatalf("what was read is different: %+v", d)
		}
	})
}

func TestReadRefuses(t *testing.T) {
	good, _, err := made(t, preset("c"), letters(t)...).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a figure":     {`"letters":3`, `"letters":4`},
		"a member":     {`"format":`, `"also":1,"format":`},
		"white space":  {`"format":`, ` "format":`},
		"another form": {"complaint.table/1", "complaint.table/2"},
		"a verdict":    {`"verdict":"partly"`, `"verdict":"yes"`},
		"no next date": {`"next":"2024-06-30"`, `"next":""`},
		"a division":   {`"division":"630121"`, `"division":"990121"`},
		"the same":     {"D20231204009", "D3QH202312050001"},
		"behind it":    {`"withdrawn":[]}`, `"withdrawn":[]} {}`},
	} {
		text := strings.Replace(string(good), change[0], change[1], 1)
		if text == string(good) {
			t.Fatalf("%s: nothing to change", name)
		}
		if _, err := table.Read([]byte(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerdictIsNeverInferred(t *testing.T) {
	for judged, want := range map[string]complaint.Verdict{"是": complaint.Unjudged, "否": complaint.Unjudged, "": complaint.Unjudged, "基本属实": complaint.MostlyTrue} {
		b := made(t, preset("a"), table.Row{Code: "D20231204009", Text: "甲", Judged: judged})
		if b.Rows[0].Verdict != want || b.Rows[0].Cell(table.ColumnVerdict) != judged {
			t.Errorf("%q became %v, shown as %q", judged, b.Rows[0].Verdict.Name().ZH, b.Rows[0].Cell(table.ColumnVerdict))
		}
	}
}

func TestRefused(t *testing.T) {
	good := made(t, preset("a"), letters(t)...)
	for name, change := range map[string]func(*table.Table){
		"no title":     func(b *table.Table) { b.Title = " " },
		"no day":       func(b *table.Table) { b.Day = calendar.Date{} },
		"no set":       func(b *table.Table) { b.Set = table.Set{} },
		"no code":      func(b *table.Table) { b.Rows[0].Code = "" },
		"no text":      func(b *table.Table) { b.Rows[1].Text = "\n" },
		"twice":        func(b *table.Table) { b.Rows[1].Code = "d3qh 202312050001" },
		"nobody owes":  func(b *table.Table) { b.Rows[0].Owes = "" },
		"no next date": func(b *table.Table) { b.Rows[0].Next = calendar.Date{} },
		"unseen":       func(b *table.Table) { b.Rows[0].Found = "a\u202eb" },
		"too long":     func(b *table.Table) { b.Rows[0].Done = strings.Repeat("长", 20_001) },
	} {
		b := good
		b.Rows = slices.Clone(good.Rows)
		change(&b)
		if _, err := table.New(b); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, titles := range []string{"", "受理编号|交办问题基本情况", "受理编号|交办问题基本情况|天气", "受理编号|编号|交办问题基本情况", "序号|受理编号|=text"} {
		if _, err := table.ParseSet("x", titles); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q was read", titles)
		}
	}
	if s, err := table.ParseSet("x", "受理编号|信访事项=text|督办情况=备注"); err != nil || s.Headings[1] != (table.Heading{Column: table.ColumnText, Title: "信访事项"}) || s.Headings[2].Column != table.ColumnNote {
		t.Errorf("%+v %v", s, err)
	}
}

func FuzzRead(f *testing.F) {
	text, _, _ := made(f, preset("c"), letters(f)...).Canonical()
	f.Add(text)
	f.Add([]byte(`{"format":"complaint.table/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := table.Read(data)
		if err != nil {
			return
		}
		if again, _, err := b.Canonical(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%s was read as %s", data, again)
		}
	})
}

// The line under the title names the batches of the inspectors by number and those of the public by their days.
func TestSubtitle(t *testing.T) {
	day := calendar.On(2026, 11, 30)
	b := table.Table{Day: day.Add(1), Batches: []int{1, 2, complaint.PublicBatch(day), complaint.PublicBatch(day.Add(1))}, Version: 1}
	if got, want := b.Subtitle(), "（2026年12月1日　第1、2批　公众反映 2026-11-30、2026-12-01）"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if b.Batches = b.Batches[2:3]; b.Subtitle() != "（2026年12月1日　公众反映 2026-11-30）" {
		t.Error(b.Subtitle())
	}
}
