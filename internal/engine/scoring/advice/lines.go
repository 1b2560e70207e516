package advice

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/lang"
)

// maxNamed bounds how many entries or judges a sentence names, and how many sentences tell of single entries.
const maxNamed = 20

// Lines puts the advice into sentences. Names are what the rule's file calls its parts and cuts; what has none goes by its key.
func (a *Advice) Lines(names map[string]lang.Text) []lang.Text {
	w := teller{names: names}
	w.say("参考意见：把同样的分换几种算法再看一遍。它不改变结果，结果只由规则决定。", "Advice: the same marks looked at in other ways. It changes no result, and only the rule decides.")
	if a.Provisional {
		w.say("还有作品在等分，下面的都是暂定的。", "Some entries wait for marks, and what follows is provisional.")
	}
	for i := range a.Winners {
		w.winners(&a.Winners[i])
	}
	for i := range a.Judges {
		w.judge(&a.Judges[i])
	}
	for _, p := range a.Panels {
		if p.Drift != nil {
			w.say("环节“%[1]s”全组的平均，出场每往后一个 %[2]s。", "The panel's means in %[1]s go by %[2]s from one entry heard to the next.", w.name(p.Part), signed(*p.Drift))
		}
	}
	w.others(a.Others)
	return w.lines
}

type teller struct {
	names map[string]lang.Text
	lines []lang.Text
}

func (w *teller) say(zh, en string, args ...any) { w.lines = append(w.lines, text(zh, en, args...)) }

func (w *teller) name(key string) lang.Text {
	n := w.names[key]
	return lang.Text{ZH: cmp.Or(n.ZH, key), EN: cmp.Or(n.EN, key)}
}

// text writes an argument that has two languages in the sentence's own.
func text(zh, en string, args ...any) lang.Text {
	in := func(l lang.Lang) []any {
		own := make([]any, len(args))
		for i, a := range args {
			own[i] = a
			if both, ok := a.(lang.Text); ok {
				own[i] = both.In(l)
			}
		}
		return own
	}
	return lang.Text{ZH: fmt.Sprintf(zh, in(lang.ZH)...), EN: fmt.Sprintf(en, in(lang.EN)...)}
}

// figure is a number for a reader, and said to be rounded where it is.
func figure(n Number) lang.Text { return near("", n) }

// signed is a figure with its sign.
func signed(n Number) lang.Text {
	switch n.Sign() {
	case 0:
		return near("±", n)
	case -1:
		return near("−", Number{n.Neg()})
	}
	return near("+", n)
}

func near(sign string, n Number) lang.Text {
	whole := n.String()
	if _, err := exact.Parse(whole); err == nil && len(whole) <= 8 {
		return lang.Text{ZH: sign + whole, EN: sign + whole}
	}
	return text("约 %s", "about %s", sign+n.Decimal(4))
}

// listed names the first of some keys.
func listed(keys []string) lang.Text {
	if len(keys) == 0 {
		return lang.Text{ZH: "无", EN: "nobody"}
	}
	more := len(keys) - maxNamed
	if more <= 0 {
		return lang.Text{ZH: strings.Join(keys, "、"), EN: strings.Join(keys, ", ")}
	}
	return text("%[1]s 等 %[3]d 个", "%[2]s and %[4]d more", strings.Join(keys[:maxNamed], "、"), strings.Join(keys[:maxNamed], ", "), len(keys), more)
}

func (w *teller) winners(of *Winners) {
	what := text("“%s”", "“%s”", w.name(of.Cut))
	if of.Cut == "" {
		what = text("第一名", "First place")
	}
	w.say("%[1]s：%[2]s", "%[1]s: %[2]s", what, listed(of.In))
	if of.Apart != nil {
		w.say("  线上最后一个和线外第一个相差 %s。", "  The last who is in and the first who is not are %s apart.", figure(*of.Apart))
	}
	if len(of.AtLine) > 0 {
		w.say("  并列在线上：%s。", "  Tied at the line: %s.", listed(of.AtLine))
	}
	if len(of.Near) > 0 {
		w.say("  离另一边不超过一步（%[1]s）：%[2]s。", "  No more than a step (%[1]s) from the other side: %[2]s.", figure(*of.Step), listed(of.Near))
	}
	var same []lang.Text
	for i := range of.Variations {
		v := &of.Variations[i]
		switch {
		case v.Why != nil:
			w.say("  没有算%[1]s：%[2]s。", "  Not computed %[1]s: %[2]s.", v.name(), *v.Why)
		case v.Changes:
			w.changed(v)
		default:
			same = append(same, v.name())
		}
		if len(v.Left) > 0 {
			w.say("    其中环节 %s 仍按规则算。", "    There, parts stay as the rule has them: %s.", listed(v.Left))
		}
	}
	if len(same) > 0 {
		var both lang.Text
		for i, one := range same {
			if i > 0 {
				both.ZH, both.EN = both.ZH+"、", both.EN+"; "
			}
			both.ZH, both.EN = both.ZH+one.ZH, both.EN+one.EN
		}
		w.say("  不变：%s。", "  Unchanged: %s.", both)
	}
}

// changed tells of a variation with other winners.
func (w *teller) changed(v *Variation) {
	var what lang.Text
	and := func(t lang.Text) {
		if what.ZH != "" {
			what.ZH, what.EN = what.ZH+"，", what.EN+", "
		}
		what.ZH, what.EN = what.ZH+t.ZH, what.EN+t.EN
	}
	if len(v.Comes) > 0 {
		and(text("%s 进", "%s in", listed(v.Comes)))
	}
	if len(v.Goes) > 0 {
		and(text("%s 出", "%s out", listed(v.Goes)))
	}
	if len(v.Open) > 0 {
		and(text("%s 并列在线上要由人决定", "people would have to decide among %s", listed(v.Open)))
	}
	if what == (lang.Text{}) {
		what = text("线上不再有要由人决定的", "nothing would be left for people to decide")
	}
	if v.Apart != nil {
		what = text("%[1]s；相差 %[2]s", "%[1]s; %[2]s apart", what, figure(*v.Apart))
	}
	w.say("  会变——%[1]s：%[2]s。", "  Would change %[1]s: %[2]s.", v.name(), what)
}

// name is what a variation goes by.
func (v *Variation) name() lang.Text {
	switch v.Kind {
	case ByMean:
		return text("全部取平均", "by the mean of all")
	case ByMedian:
		return text("全部取中位数", "by the median of all")
	case Untrimmed:
		return text("不去分", "with nothing dropped")
	case Trimmed:
		return text("两边各多去一个", "with one more dropped on each side")
	case Adjusted:
		return text("除去评委的松紧", "with each judge's severity taken off")
	case Without:
	}
	if v.Judge == "" {
		return text("逐一去掉评委", "without each judge in turn")
	}
	return text("去掉评委 %s", "without judge %s", v.Judge)
}

func (w *teller) judge(j *Judge) {
	if j.Severity == nil {
		return
	}
	said := text("比全组平均 %s", "%s against the panel's means", signed(*j.Severity))
	if j.Spread != "" {
		said = text("%[1]s，标准差 %[2]s", "%[1]s, standard deviation %[2]s", said, j.Spread)
	}
	if j.Drift != nil {
		said = text("%[1]s，出场每往后一个 %[2]s", "%[1]s, %[2]s with each entry heard", said, signed(*j.Drift))
	}
	w.say("评委 %[1]s（%[2]s，%[3]d 张）：%[4]s。", "Judge %[1]s (%[2]s, %[5]s): %[4]s.", j.Judge, w.name(j.Part), j.Sheets, said, lang.Plural(j.Sheets, "sheet"))
}

// others tells first of those whose trim is another.
func (w *teller) others(all []Other) {
	said, same := 0, 0
	for i := range all {
		o := &all[i]
		if o.Row == nil {
			same++
			continue
		}
		if said++; said > maxNamed {
			continue
		}
		total := text("现在没有总分", "it has no total")
		if o.Total != nil {
			total = text("现在总分 %s", "its total is %s", figure(*o.Total))
		}
		other := text("那样去就没有结果", "there would be none by it")
		if o.Row.Total != nil {
			other = text("那样是 %s", "by it %s", figure(*o.Row.Total))
		}
		w.say("作品 %[1]s（%[2]s）：%[3]d 位评委，满员 %[4]d 位，去低 %[5]d 高 %[6]d；满员时去低 %[7]d 高 %[8]d。%[9]s，%[10]s。",
			"Entry %[1]s (%[2]s): %[3]d judges of a full panel's %[4]d, %[5]d low and %[6]d high dropped; a full panel drops %[7]d and %[8]d. Now %[9]s, %[10]s.",
			o.Entry, w.name(o.Part), o.N, o.Full, o.Low, o.High, o.Row.Low, o.Row.High, total, other)
	}
	if said > maxNamed {
		w.say("这样的作品还有 %d 个。", "There are %d more of these.", said-maxNamed)
	}
	if same > 0 {
		w.say("评委比满员少、去法不变的作品有 %d 个。", "Of %d more, fewer judges count and as many are dropped.", same)
	}
}
