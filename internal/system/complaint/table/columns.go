package table

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// Column is what a column has.
type Column uint8

// The columns.
const (
	ColumnNumber Column = iota
	ColumnCode
	ColumnText
	ColumnRegion
	ColumnPlace
	ColumnKinds
	ColumnFound
	ColumnVerdict
	ColumnPoints
	ColumnDone
	ColumnAim
	ColumnStatus
	ColumnSanctions
	ColumnAccounts
	ColumnKey
	ColumnChannel
	ColumnNote
)

// columns have their key, their usual title and others that go for it, and how wide they are in letters.
var columns = [...]struct {
	key, title string
	also       []string
	en         string
	width      float64
}{
	ColumnNumber:    {"number", "序号", nil, "no.", 6},
	ColumnCode:      {"code", "受理编号", []string{"信访件编号", "信访编号", "举报编号", "交办编号", "案件编号", "受理号", "编号"}, "code", 20},
	ColumnText:      {"text", "交办问题基本情况", []string{"问题基本情况", "信访件基本情况", "举报内容", "反映内容", "反映的主要问题", "主要内容", "问题描述", "基本情况"}, "what it is about", 40},
	ColumnRegion:    {"region", "行政区域", []string{"所属区域", "所在区域", "行政区划", "属地", "辖区", "区县", "县区", "市州", "地区"}, "division", 10},
	ColumnPlace:     {"place", "地址", []string{"详细地址", "具体位置", "地点"}, "place", 18},
	ColumnKinds:     {"kinds", "污染类型", []string{"问题类型", "环境要素", "污染类别", "类型"}, "kinds", 10},
	ColumnFound:     {"found", "调查核实情况", []string{"核查情况", "调查情况", "核实情况"}, "what was found", 46},
	ColumnVerdict:   {"verdict", "是否属实", []string{"属实情况", "核查结论"}, "true or not", 10},
	ColumnPoints:    {"points", "各问题认定情况", []string{"分项认定", "问题点认定"}, "verdict of each point", 16},
	ColumnDone:      {"done", "处理和整改情况", []string{"处理整改情况", "整改情况", "处理情况", "办理情况"}, "what was done", 46},
	ColumnAim:       {"aim", "办结目标", []string{"整改目标"}, "aim", 18},
	ColumnStatus:    {"status", "是否办结", []string{"办结情况", "办理状态", "办结状态"}, "closed or not", 16},
	ColumnSanctions: {"sanctions", "责任人被处理情况", []string{"责任人处理情况"}, "sanctions", 16},
	ColumnAccounts:  {"accounts", "问责情况", []string{"追责问责情况"}, "held to account", 14},
	ColumnKey:       {"key", "重点关注", []string{"是否重点", "重点件"}, "marked", 8},
	ColumnChannel:   {"channel", "来源", []string{"渠道", "信访方式", "举报方式"}, "channel", 8},
	ColumnNote:      {"note", "备注", nil, "note", 14},
}

var headings = func() sheet.Headings {
	var names [][]string
	for _, c := range columns {
		names = append(names, append([]string{c.title, c.key}, c.also...))
	}
	return sheet.NewHeadings(names...)
}()

// Key is the column in files and addresses.
func (c Column) Key() string { return columns[c].key }

// Name is its usual title.
func (c Column) Name() lang.Text { return lang.Text{ZH: columns[c].title, EN: columns[c].en} }

// Columns lists all.
func Columns() iter.Seq[Column] {
	return func(yield func(Column) bool) {
		for c := range columns {
			if !yield(Column(c)) {
				return
			}
		}
	}
}

// Heading is a column under its title in a campaign.
type Heading struct {
	Column Column
	Title  string
}

// Set is the columns of a campaign, in their order.
type Set struct {
	Key      string
	Headings []Heading
}

// Preset is a set that was seen in published tables, and where.
type Preset struct {
	Set    Set
	Name   lang.Text
	Source lang.Text
}

// Presets are the sets that may be chosen from.
func Presets() []Preset {
	const a = "序号|受理编号|交办问题基本情况|行政区域|污染类型|调查核实情况|是否属实|处理和整改情况|责任人被处理情况"
	return []Preset{
		{
			set("a", a),
			lang.Text{ZH: "九栏", EN: "nine columns"},
			lang.Text{ZH: "多个城市公开的一览表，中央督察第二、三轮", EN: "published tables of several cities, second and third round of central inspection"},
		},
		{
			set("b", a+"|问责情况|备注"),
			lang.Text{ZH: "九栏，另有问责情况和备注", EN: "nine columns, accountability and a note"},
			lang.Text{ZH: "多个城市公开的一览表，在九栏之后加两栏", EN: "published tables of several cities, with two columns behind the nine"},
		},
		{
			set("c", "序号|受理编号|交办问题基本情况|行政区域|问题类型|调查核实情况|是否属实|处理和整改情况|办结目标|是否办结|责任人被处理情况"),
			lang.Text{ZH: "另有办结目标和是否办结", EN: "with aim and state"},
			lang.Text{ZH: "第三轮督察公开的一览表，“问题类型”代替“污染类型”", EN: "published tables of the third round, with 问题类型 for 污染类型"},
		},
	}
}

// set makes a preset; one that cannot be read is a mistake in this file, which the tests find.
func set(key, titles string) Set {
	s, err := ParseSet(key, titles)
	if err != nil {
		panic(err)
	}
	return s
}

const (
	maxTitle = 20
	maxKey   = 32
)

// ParseSet reads titles that | parts. A title says by itself which column it is, by any name that
// published tables have for it; one of its own says it as 督办情况=note.
func ParseSet(key, titles string) (Set, error) {
	s := Set{Key: key}
	for title := range strings.SplitSeq(titles, "|") {
		title, name, own := strings.Cut(strings.TrimSpace(title), "=")
		title = strings.TrimSpace(title)
		if !own {
			name = title
		}
		at, _ := headings.Find([]string{name})
		column := slices.Index(at, 0)
		if column < 0 {
			return s, fault.New(fault.Invalid, "不认识的栏目“%[1]s”：请写成“标题=栏目”，栏目有 %[2]s", "there is no column %[1]q: write it as title=column, where columns are %[3]s", lang.Short(name), allColumns(lang.ZH), allColumns(lang.EN))
		}
		s.Headings = append(s.Headings, Heading{Column(column), title})
	}
	return s, s.check()
}

func allColumns(l lang.Lang) string {
	var all []string
	for c := range Columns() {
		all = append(all, c.Key())
	}
	return strings.Join(all, l.T("、", ", "))
}

func (s Set) check() error {
	seen := map[Column]bool{}
	for _, h := range s.Headings {
		switch {
		case int(h.Column) >= len(columns):
			return fault.New(fault.Invalid, "没有这一栏", "there is no such column")
		case h.Title == "" || utf8.RuneCountInString(h.Title) > maxTitle || strings.ContainsFunc(h.Title, lang.Unprintable) || !utf8.ValidString(h.Title):
			return fault.New(fault.Invalid, "栏目标题要有，最多 %d 个字", "a column has a title, of %d characters at most", maxTitle)
		case seen[h.Column]:
			return fault.New(fault.Invalid, "“%[1]s”这一栏出现了两次", "the column %[2]q is there twice", h.Title, h.Column.Key())
		}
		seen[h.Column] = true
	}
	if s.Key == "" || len(s.Key) > maxKey || !seen[ColumnCode] || !seen[ColumnText] || len(s.Headings) < 3 {
		return fault.New(fault.Invalid, "栏目组要有名称，至少有受理编号、交办问题基本情况和另外一栏", "a set has a key, code and text, and one column more")
	}
	return nil
}

// has reports whether a set has a column.
func (s Set) has(c Column) bool {
	return slices.ContainsFunc(s.Headings, func(h Heading) bool { return h.Column == c })
}
