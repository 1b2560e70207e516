package scoring

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// Lines puts a trace into sentences, a step a line, for the command line and for pages alike. Names are what the rule's file calls its stages,
// parts, criteria and measures; what has none goes by its key.
func (t Trace) Lines(names map[string]lang.Text) []lang.Text {
	w := teller{names: names}
	w.say("作品 %s", "Entry %s", t.Entry)
	for i := range t.Stages {
		w.stage(&t.Stages[i])
	}
	return w.lines
}

// teller writes the lines of a trace.
type teller struct {
	names map[string]lang.Text
	lines []lang.Text
}

// say adds a line; an argument that has two languages is written in the line's own.
func (w *teller) say(zh, en string, args ...any) { w.lines = append(w.lines, textOf(zh, en, args...)) }

func textOf(zh, en string, args ...any) lang.Text {
	in := func(l lang.Lang) []any {
		own := make([]any, len(args))
		for i, a := range args {
			switch a := a.(type) {
			case lang.Text:
				own[i] = a.In(l)
			case Figure:
				own[i] = a.text().In(l)
			default:
				own[i] = a
			}
		}
		return own
	}
	return lang.Text{ZH: fmt.Sprintf(zh, in(lang.ZH)...), EN: fmt.Sprintf(en, in(lang.EN)...)}
}

// text is a figure for a reader: a fraction that does not end with six places before it.
func (f Figure) text() lang.Text {
	if !strings.Contains(string(f), "/") {
		return lang.Text{ZH: string(f), EN: string(f)}
	}
	n, _ := new(big.Rat).SetString(string(f))
	near := n.FloatString(6)
	return lang.Text{ZH: near + "…（" + string(f) + "）", EN: near + "… (" + string(f) + ")"}
}

func (w *teller) name(key string) lang.Text {
	t := w.names[key]
	if t.ZH == "" {
		t.ZH = key
	}
	if t.EN == "" {
		t.EN = key
	}
	return t
}

// round tells a rounding, unless there is none.
func (w *teller) round(what lang.Text, r *Rounded) {
	if r != nil {
		w.say("    %[1]s %[2]s，%[4]s → %[3]s", "    %[1]s %[2]s, %[4]s → %[3]s", what, r.Before, r.After, roundingWords(r.To))
	}
}

func roundingWords(r rule.Rounding) lang.Text {
	mode := map[exact.Mode]lang.Text{
		exact.HalfUp: {ZH: "四舍五入", EN: "half up"}, exact.HalfEven: {ZH: "四舍六入五成双", EN: "half to even"},
		exact.Down: {ZH: "去尾", EN: "towards zero"}, exact.Up: {ZH: "进一", EN: "away from zero"},
	}[r.Mode]
	return textOf("取 %[1]d 位小数（%[2]s）", "to %[3]s (%[2]s)", r.Places, mode, lang.Plural(r.Places, "place"))
}

func (w *teller) stage(s *StageTrace) {
	w.say("阶段“%s”", "Stage “%s”", w.name(s.Stage))
	if s.Total == "" && len(s.Waits) == 0 {
		w.say("  没有总分：这个阶段没有参加", "  No total: it did not take part in this stage")
		return
	}
	for i := range s.Parts {
		w.part(&s.Parts[i])
	}
	if len(s.Parts) > 1 && s.Sum != "" {
		var all []lang.Text
		for i := range s.Parts {
			all = append(all, textOf("%s", "%s", s.Parts[i].Weighted))
		}
		w.say("  各环节相加：%s = %s", "  The parts' sum: %s = %s", listed(all, " + "), s.Sum)
	}
	w.points(s.Points)
	w.round(lang.Text{ZH: "总分", EN: "Total"}, s.Rounded)
	if s.Total != "" {
		w.say("  总分：%s", "  Total: %s", s.published())
		return
	}
	w.say("  没有总分，还差：", "  No total yet, for want of:")
	for _, one := range s.Waits {
		w.say("    %s", "    %s", one.Text(w.names))
	}
}

// published is the total with exactly the places that it is rounded to.
func (s *StageTrace) published() string {
	n, ok := new(big.Rat).SetString(string(s.Total))
	if s.Rounded == nil || !ok {
		return string(s.Total)
	}
	return n.FloatString(s.Rounded.To.Places)
}

func listed(all []lang.Text, by string) (t lang.Text) {
	for i, one := range all {
		if i > 0 {
			t.ZH, t.EN = t.ZH+by, t.EN+by
		}
		t.ZH, t.EN = t.ZH+one.ZH, t.EN+one.EN
	}
	return t
}

// Text is what is missing, in a sentence's part.
func (one Waiting) Text(names map[string]lang.Text) lang.Text {
	w := teller{names: names}
	switch {
	case one.Why == WhyFew:
		return textOf("环节“%s”：剩下的评委太少，规则不给结果", "part “%s”: fewer judges are left than the rule has a result for", w.name(one.Part))
	case one.Why == WhyUnlike:
		return textOf("环节“%s”：各位评委打的作品不一样，按规则不能排名次", "part “%s”: judges did not mark the same entries, and the rule takes no places of that", w.name(one.Part))
	case one.Why == WhyOthers:
		return textOf("环节“%s”：要等别的作品也齐了", "part “%s”: other entries of it are not complete", w.name(one.Part))
	case one.Measure != "":
		return textOf("测量值“%s”", "the measured value “%s”", w.name(one.Measure))
	}
	return textOf("环节“%s”评委 %s 的“%s”", "part “%s”, judge %s, “%s”", w.name(one.Part), one.Judge, w.name(one.Criterion))
}

// BrokenText is what has split a tie, in a sentence's part.
func BrokenText(by rule.TieBreak, names map[string]lang.Text) lang.Text {
	w := teller{names: names}
	part, criterion, _ := strings.Cut(by.Of, ".")
	switch by.By {
	case rule.ByCriterion:
		return textOf("同分比指标“%s”", "a tie, by the criterion “%s”", w.name(criterion))
	case rule.ByDecimals:
		return textOf("同分比更多的小数", "a tie, by more decimals")
	case rule.ByPart:
		return textOf("同分比环节“%s”", "a tie, by the part “%s”", w.name(part))
	case rule.ByStage:
		return textOf("同分比阶段“%s”", "a tie, by the stage “%s”", w.name(part))
	case rule.ByMostFirsts:
		return textOf("同分比有几位评委给了最好的分", "a tie, by how many judges gave it their best")
	case rule.ByVote:
		return textOf("同分由评委表决", "a tie, by a vote of the panel")
	case rule.ByLots:
	}
	return textOf("同分抽签", "a tie, by lots")
}

func (w *teller) part(p *PartTrace) {
	w.say("  环节“%s”", "  Part “%s”", w.name(p.Part))
	for i := range p.Sheets {
		w.sheet(&p.Sheets[i], len(p.Columns) == 0 || p.Columns[0].Criterion == "")
	}
	if p.Combine == rule.ByPlaces {
		w.points(p.Points)
	}
	for i := range p.Columns {
		w.column(&p.Columns[i], p.Combine)
	}
	switch {
	case p.Votes != nil && p.Panel != "":
		w.say("    得票 %s，折合 %s 分", "    %s votes make %s points", *p.Votes, p.Panel)
	case p.Carried != "" && p.Panel != "":
		w.say("    带入阶段“%s”的总分 %s", "    The total of stage “%s” is carried over: %s", w.name(p.Carried), p.Panel)
	case len(p.Measured) > 0:
		w.points(p.Measured)
	case len(p.Columns) > 1 && p.Panel != "":
		w.say("    各指标相加：%s", "    The criteria's sum: %s", p.Panel)
	}
	if p.Combine != rule.ByPlaces {
		w.points(p.Points)
	}
	if p.Score == "" {
		w.say("    没有得分", "    No score")
		return
	}
	w.round(lang.Text{ZH: "环节得分", EN: "The part's score"}, p.Rounded)
	if p.Weight != "1" {
		before := p.Weighted
		if p.Times != nil {
			before = p.Times.Before
		}
		w.say("    乘权重：%s × %s = %s", "    By its weight: %s × %s = %s", p.Score, p.Weight, before)
	}
	w.round(lang.Text{ZH: "加权得分", EN: "Weighted"}, p.Times)
}

func (w *teller) sheet(s *SheetTrace, summed bool) {
	switch s.State {
	case "absent":
		w.say("    评委 %s：缺席，不计", "    Judge %s: absent, left out", s.Judge)
		return
	case "recused":
		w.say("    评委 %s：回避，不计", "    Judge %s: recused, left out", s.Judge)
		return
	case "missing":
		w.say("    评委 %s：还没有打完", "    Judge %s: not complete yet", s.Judge)
		return
	}
	if !summed || len(s.Terms) == 0 {
		var marks []lang.Text
		for _, m := range s.Marks {
			marks = append(marks, lang.Text{ZH: m, EN: m})
		}
		w.say("    评委 %s：%s", "    Judge %s: %s", s.Judge, lang.Text{ZH: listed(marks, "、").ZH, EN: listed(marks, ", ").EN})
		return
	}
	var terms []lang.Text
	for i, term := range s.Terms {
		m := Figure(s.Marks[i])
		if term.Mark != nil {
			m = term.Mark.After
		}
		one := textOf("%s %s", "%s %s", w.name(term.Criterion), m)
		if term.Weight != "1" {
			before := term.Points
			if term.Rounded != nil {
				before = term.Rounded.Before
			}
			one = textOf("%s × %s = %s", "%s × %s = %s", one, term.Weight, before)
		}
		terms = append(terms, one)
	}
	line := textOf("    评委 %s：%s", "    Judge %s: %s", s.Judge, lang.Text{ZH: listed(terms, "，").ZH, EN: listed(terms, ", ").EN})
	if len(s.Terms) > 1 {
		before := s.Sum
		if s.Rounded != nil {
			before = s.Rounded.Before
		}
		line = textOf("%s；小计 %s", "%s; sum %s", line, before)
	}
	w.lines = append(w.lines, line)
	for _, term := range s.Terms {
		w.round(textOf("  评委 %s 的“%s”", "  “%[2]s” by judge %[1]s:", s.Judge, w.name(term.Criterion)), term.Mark)
		w.round(textOf("  评委 %s 的“%s”加权", "  “%[2]s” by judge %[1]s, weighted:", s.Judge, w.name(term.Criterion)), term.Rounded)
	}
	w.round(textOf("  评委 %s 的小计", "  The sum of judge %s:", s.Judge), s.Rounded)
}

// column tells what was left of a panel's scores, and what they make.
func (w *teller) column(c *Column, by rule.Combine) {
	if c.Criterion != "" {
		w.say("    指标“%s”", "    Criterion “%s”", w.name(c.Criterion))
	}
	if c.From != "" {
		w.say("    许可范围 %s 到 %s", "    The band: %s to %s", c.From, c.To)
	}
	var kept []lang.Text
	for _, f := range c.Scores {
		score := textOf("%s", "%s", f.Score)
		switch {
		case f.Is == Outside:
			w.say("    评委 %s 的 %s 在范围以外，不计", "    %[2]s of judge %[1]s is outside of it and left out", f.Judge, f.Score)
			continue
		case f.Was != nil:
			w.say("    评委 %s 的 %s 在范围以外，按 %s 算", "    %[2]s of judge %[1]s is outside of it and counts as %[3]s", f.Judge, *f.Was, f.Score)
		}
		switch {
		case f.Is == Kept:
			kept = append(kept, score)
		case by == rule.ByPlaces && f.Is == IsLow:
			w.say("    去掉最差的：评委 %s 给的第 %s 名", "    Dropped as the worst: place %[2]s by judge %[1]s", f.Judge, f.Score)
		case by == rule.ByPlaces:
			w.say("    去掉最好的：评委 %s 给的第 %s 名", "    Dropped as the best: place %[2]s by judge %[1]s", f.Judge, f.Score)
		case f.Is == IsLow:
			w.say("    去掉最低分：评委 %s 的 %s", "    Dropped as the lowest: %[2]s of judge %[1]s", f.Judge, f.Score)
		default:
			w.say("    去掉最高分：评委 %s 的 %s", "    Dropped as the highest: %[2]s of judge %[1]s", f.Judge, f.Score)
		}
	}
	if c.Combined != "" {
		all := lang.Text{ZH: listed(kept, "、").ZH, EN: listed(kept, ", ").EN}
		if len(kept) == c.N {
			w.say("    %[2]d 个都计：%[1]s；%[4]s %[3]s", "    All %[2]d count: %[1]s; %[4]s %[3]s", all, c.N, c.Combined, combinedWords(by))
		} else {
			w.say("    %[4]d 个里留下 %[2]d 个：%[1]s；%[5]s %[3]s", "    Of %[4]d, %[2]d are kept: %[1]s; %[5]s %[3]s", all, len(kept), c.Combined, c.N, combinedWords(by))
		}
	}
	w.round(lang.Text{ZH: "  指标得分", EN: "  The criterion:"}, c.Rounded)
	if c.Points != "" && c.Weight != "1" {
		n := c.Combined
		if c.Rounded != nil {
			n = c.Rounded.After
		}
		w.say("    乘权重：%s × %s = %s", "    By its weight: %s × %s = %s", n, c.Weight, c.Points)
	}
}

func combinedWords(by rule.Combine) lang.Text {
	return map[rule.Combine]lang.Text{
		rule.ByMean: {ZH: "平均", EN: "their mean is"}, rule.ByMedian: {ZH: "中位数", EN: "their median is"},
		rule.BySum: {ZH: "相加", EN: "their sum is"}, rule.ByPlaces: {ZH: "名次平均", EN: "the mean place is"},
	}[by]
}

// points tells what measured values gave or took off.
func (w *teller) points(all []PointsTrace) {
	for _, p := range all {
		if p.Value == "" {
			if p.Unmeasured == rule.None {
				w.say("    “%s”没有记录，不加不扣", "    “%s” is not recorded: nothing for it", w.name(p.Measure))
			} else {
				w.say("    “%s”还没有记录，等着", "    “%s” is not recorded yet, and is waited for", w.name(p.Measure))
			}
			continue
		}
		w.round(w.name(p.Measure), p.Rounded)
		w.say("    “%s”是 %s：%s 分", "    “%s” is %s: %s points", w.name(p.Measure), p.Value, p.Points)
	}
}
