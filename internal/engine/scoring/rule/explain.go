package rule

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/lang"
)

// Paragraph is what a page says of one thing in a rule.
type Paragraph struct {
	Title lang.Text
	Lines []lang.Text
}

// Explain puts a rule into sentences, from the value that computes: all that it does, and that it does no more.
func (f *File) Explain() []Paragraph {
	e := explainer{names: f.About.Names}
	all := []Paragraph{f.about()}
	for i := range f.Rule.Stages {
		s := &f.Rule.Stages[i]
		all = append(all, e.stage(i+1, s))
		for k := range s.Parts {
			all = append(all, e.part(&s.Parts[k]))
		}
	}
	all = append(all, e.order(&f.Rule))
	if len(f.Rule.Cuts)+len(f.Rule.Quotas) > 0 {
		all = append(all, e.cuts(&f.Rule))
	}
	if len(f.Rule.Grades) > 0 {
		all = append(all, e.grades(f.Rule.Grades))
	}
	return all
}

type explainer struct{ names map[string]lang.Text }

// say is a sentence; an argument in two languages is written in the sentence's own.
func say(zh, en string, args ...any) lang.Text {
	in := func(l lang.Lang) []any {
		own := make([]any, len(args))
		for i, a := range args {
			if t, ok := a.(lang.Text); ok {
				a = t.In(l)
			}
			own[i] = a
		}
		return own
	}
	return lang.Text{ZH: fmt.Sprintf(zh, in(lang.ZH)...), EN: fmt.Sprintf(en, in(lang.EN)...)}
}

// join is one line of several texts.
func join(all []lang.Text, zh, en string) (t lang.Text) {
	for i, one := range all {
		if i > 0 {
			t.ZH, t.EN = t.ZH+zh, t.EN+en
		}
		t.ZH, t.EN = t.ZH+one.ZH, t.EN+one.EN
	}
	return t
}

// name is what something is called, and its key where it has no name.
func (e *explainer) name(key string) lang.Text {
	t := e.names[key]
	if t.ZH == "" && t.EN == "" {
		return say("“%s”", "%q", key)
	}
	if t.EN == "" {
		t.EN = t.ZH
	}
	if t.ZH == "" {
		t.ZH = t.EN
	}
	return say("“%s”", "“%s”", t)
}

func (f *File) about() Paragraph {
	p := Paragraph{Title: f.About.Title}
	if p.Title.ZH == "" {
		p.Title.ZH = "评分规则"
	}
	if p.Title.EN == "" {
		p.Title.EN = "The rule"
	}
	if f.About.Key != "" {
		p.Lines = append(p.Lines, say("规则的名称：%s。", "The rule goes by the name %s.", f.About.Key))
	}
	for _, s := range f.About.Sources {
		seen := say("", "")
		if !s.Verified {
			seen = say("（示例，没有逐字核对）", " (an example: its text was not checked)")
		}
		date := say("", "")
		if s.Date != "" {
			date = say("，%s", ", %s", s.Date)
		}
		p.Lines = append(p.Lines, say("出处：%s%s%s。", "Source: %s%s%s.", s.Title, date, seen))
	}
	p.Lines = append(
		p.Lines, say("格式：%s。全部计算用精确的分数，只在下面写明的地方取舍。", "Form: %s. All is computed in exact fractions, and rounded only where it says so below.", f.Rule.Format),
		say("没有交来的分不当零分：还缺分的对象暂不出总分。缺席的评委不计这一张评分表，回避的评委不计这个对象的任何环节，计分人数相应减少；一个分也没有的，没有结果。",
			"A mark that has not come is no zero: the entry waits for it. Of an absent judge this one sheet does not count, of a recused one nothing in any part of the entry, and there are fewer to count; with none there is no result."))
	if f.Rule.Calibrate == 0 {
		p.Lines = append(p.Lines, say("没有试听：每个对象展示后就可以定分。", "There is no calibration: a score may be fixed after each entry."))
	} else {
		p.Lines = append(p.Lines, say("先听：前 %d 个对象都展示完以后，才定第一个分。", "Calibration: the first %d entries are heard before any score is fixed.", f.Rule.Calibrate))
	}
	return p
}

func (e *explainer) stage(n int, s *Stage) Paragraph {
	p := Paragraph{Title: say("第 %d 阶段：%s", "Stage %d: %s", n, e.name(s.Key))}
	if s.Less() {
		p.Lines = append(p.Lines, say("按名次：小的在前，没有满分（of 为 %s）。", "By places: less is better, and there is no full score (of is %s).", s.Of))
	} else {
		p.Lines = append(p.Lines, say("总分满分 %s，高的在前。", "The most is %s; more is better.", s.Of))
	}
	var sum []lang.Text
	for _, part := range s.Parts {
		sum = append(sum, say("%s × %s", "%s × %s", e.name(part.Key), part.Weight))
	}
	off := say("没有阶段扣分", "without deductions of the stage")
	if len(s.Deductions) > 0 {
		off = say("再计阶段扣分", "with deductions of the stage")
	}
	p.Lines = append(p.Lines, say("总分 = %s，%s；总分%s。总分可以低于零。", "Total = %s, %s; the total is %s. A total can be below zero.", join(sum, " + ", " + "), off, s.Round.words()))
	p.Lines = append(p.Lines, e.points(s.Deductions)...)
	return p
}

func (e *explainer) order(r *Rule) Paragraph {
	o := r.Order
	p := Paragraph{Title: say("名次", "Places")}
	p.Lines = append(p.Lines, say("先看走到哪个阶段，再看这个阶段取舍后的总分。%s。", "First by the stage that was reached, then by its rounded total. %s.", o.Ranking.words()))
	if o.Tolerance == nil {
		p.Lines = append(p.Lines, say("总分相等才是并列。", "Only equal totals are tied."))
	} else {
		p.Lines = append(p.Lines, say("与本组第一名相差不超过 %s 的，算并列。", "Who is at most %s behind the first of a group is tied with it.", *o.Tolerance))
	}
	p.Lines = append(p.Lines, o.Where.words())
	for i, t := range o.Chain {
		p.Lines = append(p.Lines, say("第 %d 步：%s。", "Step %d: %s.", i+1, e.tieBreak(t)))
	}
	if len(o.Chain) == 0 {
		p.Lines = append(p.Lines, say("没有区分并列的办法：并列的共享名次。", "Nothing breaks a tie: tied entries share their place."))
	} else {
		p.Lines = append(p.Lines, say("每一步只比还并列的，比到分出为止；全都比完还相同的，共享名次。", "Each step is for those who are still tied; who is tied after the last shares the place."))
	}
	return p
}

func (e *explainer) tieBreak(t TieBreak) lang.Text {
	words := t.By.words()
	if t.Of != "" {
		of := e.name(t.Of)
		if part, criterion, ok := cutName(t.Of); ok {
			of = say("%s的%s", "%[2]s of %[1]s", e.name(part), e.name(criterion))
		}
		words = say("%s：%s", "%s: %s", words, of)
	}
	if t.Places != 0 {
		words = say("%s，取 %d 位小数", "%s, to %d places", words, t.Places)
	}
	return words
}

func (e *explainer) cuts(r *Rule) Paragraph {
	p := Paragraph{Title: say("入围线和名额", "Cuts and quotas")}
	for _, c := range r.Cuts {
		var who []lang.Text
		if c.Heads != nil {
			who = append(who, say("前 %d 名", "the first %d", *c.Heads))
		}
		if c.Share != nil {
			who = append(who, say("排了名次的前 %s（占比乘人数，去尾取整）", "the first %s of those ranked, as a share, rounded down", *c.Share))
		}
		least := say("不设最低分", "with no least score")
		if c.Least != nil {
			least = say("总分至少 %s", "with a total of at least %s", *c.Least)
		}
		p.Lines = append(p.Lines, say("%s：%s阶段%s，%s；%s。", "%s: of stage %s %s, %s; %s.", e.name(c.Key), e.name(c.Stage), join(who, "、", " and "), least, c.Tie.words()))
	}
	for _, q := range r.Quotas {
		p.Lines = append(p.Lines, say("%s：每个%s最多 %d 个；名额满了的往后顺延，并列的一组放不下就是线上并列。", "%s: at most %[3]d of each %[2]s; who finds it full is passed by, and a tied group that does not fit is a tie at the line.", e.name(q.Cut), e.name(q.Of), q.Most))
		for _, l := range q.Each {
			p.Lines = append(p.Lines, say("其中“%s”最多 %d 个。", "Of %q there are at most %d.", l.Group, l.Most))
		}
	}
	return p
}

func (e *explainer) grades(all []Grade) Paragraph {
	p := Paragraph{Title: say("等级", "Grades")}
	p.Lines = append(p.Lines, say("从上往下看，第一个全部达到的就是它的等级；一个也达不到的没有等级。", "From the top, the first whose conditions all hold; who reaches none has no grade."))
	for _, g := range all {
		must := []lang.Text{say("不看总分", "whatever the total")}
		if g.From != nil {
			must[0] = say("最后一个阶段的总分至少 %s", "a total of the last stage of at least %s", *g.From)
		}
		for _, f := range g.Floors {
			bound := []lang.Text{}
			if f.From != nil {
				bound = append(bound, say("至少 %s", "at least %s", *f.From))
			}
			if f.To != nil {
				bound = append(bound, say("至多 %s", "at most %s", *f.To))
			}
			must = append(must, say("%s（%s）%s", "%s (%s) %s", e.name(f.Measure), f.Kind.words(), join(bound, "、", " and ")))
		}
		p.Lines = append(p.Lines, say("%s：%s。", "%s: %s.", e.name(g.Key), join(must, "；", "; ")))
	}
	return p
}
