package intake

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Notice is what the inspectors say of a batch: its control totals. What it does not say is
// -1, which is not none.
type Notice struct {
	Batch  int
	Date   calendar.Date // zero: not said
	Total  int
	Calls  int
	Papers int // 来信
	Key    int
	Places []Count // by division, as written
	Kinds  []Count // by kind, as written
	To     string  // to whom it was handed over
}

// Count is a number that goes by a name.
type Count struct {
	Name string
	N    int
}

// Difference is where a notice and what was read do not add up. Both figures are kept.
type Difference struct {
	What lang.Text
	Said int
	Read int
}

// ReadNotice reads a notice from a table of two columns, or from text with a name and a number a line, as
// "来电 30 件".
func ReadNotice(ctx context.Context, file io.Reader, home gb.Division) (Notice, error) {
	n := Notice{Batch: -1, Total: -1, Calls: -1, Papers: -1, Key: -1}
	f, err := sheet.Open(file)
	if err != nil {
		return n, err
	}
	if f.Format == sheet.GeoJSON {
		return n, fault.New(fault.Invalid, "这是地图文件，不是批次通知", "this is a map and no notice of a batch")
	}
	understood := 0
	err = f.EachRow(ctx, func(row *sheet.Row) error {
		line := strings.TrimSpace(strings.Join(row.Texts(), " "))
		for _, part := range noticePart.Split(line, -1) {
			k, err := n.line(strings.TrimSpace(part), home)
			if err != nil {
				return err
			}
			understood += k
		}
		return nil
	})
	if err == nil && (understood == 0 || n.Total < 0) {
		err = fault.New(fault.Invalid, "通知里没有找到合计：请每行写一项，如“合计 46 件”“来电 30 件”“西宁市 17 件”“大气 20 件”", "no total was found in the notice: write one figure a line, as “合计 46”, “来电 30”, “大气 20”")
	}
	return n, err
}

var (
	noticePart = regexp.MustCompile(`[；;，。、]`)
	noticeOne  = regexp.MustCompile(`([^\d\s]+)[\s:：]*(\d{1,6})\s*[件个类]?`) // of several in a line
	noticeLine = regexp.MustCompile(`^(.*?)[\s:：，,]*(\d{1,6})\s*[件个类]?\s*[。；;]?$`)
	noticeDate = regexp.MustCompile(`(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})`)
	noticeNth  = regexp.MustCompile(`第?\s*([0-9]{1,3}|[一二三四五六七八九十]{1,3})\s*批`)
)

// line reads a line of a notice, and says how many figures it has: as a rule one, and several in a text that was sent as
// a message.
func (n *Notice) line(line string, home gb.Division) (understood int, err error) {
	if m := noticeDate.FindStringSubmatch(line); m != nil {
		pad := func(s string) string { return ("0" + s)[len(s)-1:] }
		day, err := calendar.ParseDate(m[1] + "-" + pad(m[2]) + "-" + pad(m[3]))
		if err != nil {
			return 0, err
		}
		n.Date = day
	}
	if m := noticeNth.FindStringSubmatch(line); m != nil && n.Batch < 0 {
		n.Batch = number(m[1])
	}
	if to, ok := strings.CutPrefix(line, "交办"); ok && n.To == "" && !noticeLine.MatchString(line) {
		n.To = strings.Trim(to, " ：:至给")
		return 1, nil
	}
	if m := noticeLine.FindStringSubmatch(line); m != nil {
		ok, err := n.figure(m[1], m[2], home)
		if ok || err != nil {
			return 1, err
		}
	}
	for _, m := range noticeOne.FindAllStringSubmatch(line, -1) {
		ok, err := n.figure(m[1], m[2], home)
		if err != nil {
			return understood, err
		}
		if ok {
			understood++
		}
	}
	return understood, nil
}

// figure reads a name and a number; false where the name is none that is counted.
func (n *Notice) figure(name, text string, home gb.Division) (bool, error) {
	count, err := strconv.Atoi(text)
	if err != nil {
		return false, nil //nolint:nilerr // no number, so nothing that is counted
	}
	name = strings.Trim(name, " 　:：,，、（）()；;。")
	return n.count(strings.Trim(strings.TrimPrefix(name, "其中"), " 　:：,，"), count, home)
}

// count takes a figure by its name.
func (n *Notice) count(name string, count int, home gb.Division) (bool, error) {
	one := map[string]*int{
		"合计": &n.Total, "总计": &n.Total, "共计": &n.Total, "总数": &n.Total, "交办": &n.Total, "共": &n.Total, "total": &n.Total,
		"来电": &n.Calls, "calls": &n.Calls, "来信": &n.Papers, "letters": &n.Papers,
		"重点关注": &n.Key, "重点": &n.Key, "重点件": &n.Key, "重点关注件": &n.Key, "key": &n.Key,
		"批次": &n.Batch,
	}[strings.ToLower(name)]
	if one != nil {
		if *one >= 0 && *one != count {
			return false, fault.New(fault.Invalid, "通知里“%[1]s”写了两次，不一样：%[2]d 和 %[3]d", "the notice says %[1]q twice, and not alike: %[2]d and %[3]d", name, *one, count)
		}
		*one = count
		return true, nil
	}
	if kinds, unknown := complaint.ReadKinds(name); len(kinds) == 1 && len(unknown) == 0 {
		n.Kinds = append(n.Kinds, Count{name, count})
		return true, nil
	}
	if _, err := gb.Resolve(name, home); err == nil {
		n.Places = append(n.Places, Count{name, count})
		return true, nil
	}
	return false, nil
}

// number reads 13 or 十三.
func number(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	n := 0
	for _, r := range s {
		switch i := slices.Index([]rune("零一二三四五六七八九"), r); {
		case r == '十':
			n = max(n, 1) * 10
		case i >= 0:
			n += i
		}
	}
	return n
}

// Totals are what is counted of a batch.
type Totals struct{ Calls, Papers, Key int }

// Totals counts the letters of a batch by how they came, and the key ones.
func (b Batch) Totals() (t Totals) {
	for _, l := range b.Letters {
		switch l.Channel {
		case complaint.Call:
			t.Calls++
		case complaint.Letter:
			t.Papers++
		case complaint.Unsaid:
		}
		if l.Key {
			t.Key++
		}
	}
	return t
}

// Figure is a control total: what a notice says, beside what was read.
type Figure struct {
	What lang.Text
	Said int // -1: the notice does not say
	Read int
}

// Differs reports whether the notice says another figure.
func (f Figure) Differs() bool { return f.Said >= 0 && f.Said != f.Read }

// Against holds a batch against its notice: each figure that the notice says and that is
// another here. Types need not sum to letters, since a letter has none or several.
func (b Batch) Against(n Notice, home gb.Division) (out []Difference) {
	for _, f := range b.Beside(&n, home) {
		if f.Differs() {
			out = append(out, Difference(f))
		}
	}
	return out
}

// Beside are the figures of a batch, each beside what its notice says; of no notice (nil) ours alone.
func (b Batch) Beside(n *Notice, home gb.Division) (out []Figure) {
	if n == nil {
		n = &Notice{Total: -1, Calls: -1, Papers: -1, Key: -1}
	}
	add := func(said, read int, zh, en string) {
		out = append(out, Figure{lang.Text{ZH: zh, EN: en}, said, read})
	}
	totals := b.Totals()
	kinds, places := map[complaint.Kind]int{}, map[gb.Division]int{}
	for _, l := range b.Letters {
		for _, k := range l.Kinds {
			kinds[k]++
		}
		for d := l.Division; d.Valid(); d = d.Parent() {
			places[d]++
		}
	}
	add(n.Total, len(b.Letters), "合计", "total")
	add(n.Calls, totals.Calls, "来电", "calls")
	add(n.Papers, totals.Papers, "来信", "letters by post")
	add(n.Key, totals.Key, "重点关注", "key ones")
	for _, c := range n.Kinds {
		k, _ := complaint.ReadKinds(c.Name)
		add(c.N, kinds[k[0]], "类型："+c.Name, "kind: "+k[0].Name().EN)
	}
	for _, c := range n.Places {
		d, err := gb.Resolve(c.Name, home)
		if err == nil {
			add(c.N, places[d], "地区："+c.Name, "place: "+d.Name().EN)
		}
	}
	return out
}
