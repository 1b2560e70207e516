package rule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// The bounds of a rule: more is not a contest's rule but an attack on whoever computes it.
const (
	maxList   = 200 // of anything
	maxSeats  = 1000
	maxPeople = 1 << 20
)

// Check returns every fault of a rule, each with its place in the file.
func (r *Rule) Check() error {
	c := checker{rule: r, stages: map[string]int{}, parts: map[string]*Part{}, kinds: map[string]Kind{}}
	c.wants(r.Format == Format, "format", "这里写 \"%s\"", "write %q here", Format)
	c.wants(len(r.Stages) > 0 && len(r.Stages) <= maxList, "stages", "至少要有一个阶段", "there has to be a stage")
	for i := range r.Stages {
		c.stage(fmt.Sprintf("stages[%d]", i), i, &r.Stages[i])
	}
	c.order()
	c.cuts()
	c.grades()
	c.wants(r.Calibrate >= 0 && r.Calibrate <= maxPeople, "calibrate", "先听的个数从 0 起", "how many are heard first begins at 0")
	return errors.Join(c.faults...)
}

type checker struct {
	rule   *Rule
	faults []error
	stages map[string]int   // by key, its place
	parts  map[string]*Part // of all stages
	kinds  map[string]Kind  // of measures: one measure is one thing wherever it is used
}

// wants notes a fault at a place of the file unless something holds.
func (c *checker) wants(holds bool, at, zh, en string, args ...any) {
	if !holds {
		c.faults = append(c.faults, fault.At(at, fault.New(fault.Invalid, zh, en, args...)))
	}
}

func (c *checker) one(at, is string, of ...string) {
	if slices.Contains(of, is) {
		return
	}
	if of[0] == "" {
		c.wants(false, at, "这里不能是“%[1]s”，可以不写，或者写 %[2]v 之一", "it cannot be %[1]q here; leave it out, or write one of %[2]v", is, of[1:])
		return
	}
	c.wants(false, at, "这里不能是“%[1]s”，写 %[2]v 之一", "it cannot be %[1]q here; write one of %[2]v", is, of)
}

func (c *checker) key(at, key string) {
	c.wants(plainKey.MatchString(key) && len(key) <= 64, at, "“%s”不能作名称：用小写字母、数字、- 和 _，最多 64 个", "%q is no key: up to 64 small letters, digits, - and _ are", key)
}

func (c *checker) rounding(at string, r *Rounding) {
	if r == nil {
		return
	}
	c.wants(r.Places >= 0 && r.Places <= exact.MaxPlaces, at+".places", "小数位数是 0 到 %d", "there are 0 to %d places", exact.MaxPlaces)
	c.wants(r.Mode.Known(), at+".mode", "取舍方式“%s”不认识：half-up 四舍五入、half-even 四舍六入五成双、down 去尾、up 进一", "there is no mode %q: half-up, half-even, down, up", string(r.Mode))
}

func (c *checker) stage(at string, place int, s *Stage) {
	c.key(at+".key", s.Key)
	_, twice := c.stages[s.Key]
	c.wants(!twice, at+".key", "阶段“%s”写了两次", "stage %q is there twice", s.Key)
	c.stages[s.Key] = place
	c.wants(len(s.Parts) > 0 && len(s.Parts) <= maxList, at+".parts", "这个阶段至少要有一个环节", "the stage needs a part")
	var sum exact.Number
	ends := s.Round != nil
	whole := true // every part's own full score holds
	for i := range s.Parts {
		p := &s.Parts[i]
		here := fmt.Sprintf("%s.parts[%d]", at, i)
		before := len(c.faults)
		c.part(here, place, p)
		whole = whole && len(c.faults) == before
		sum = sum.Add(p.Weight.Times(p.Of))
		c.wants(ends || p.ends(), at+".round", "这个阶段的总分可能除不尽（环节“%s”），要写明取几位小数", "the total of this stage may not end (part %q), and so has to be rounded", p.Key)
		if p.Less() {
			c.wants(len(s.Parts) == 1 && p.Weight.Cmp(exact.Of(1)) == 0, here+".judged.combine", "按名次合成的环节要单独成为一个阶段，权重写 1：名次小的好，不能和分数相加", "a part of places is a stage by itself, of the weight 1: less is better there, and it cannot be added to points")
			c.wants(len(s.Deductions) == 0, at+".deductions", "按名次的阶段，扣分写在环节里（先从评分表扣，再排名次）", "in a stage of places deductions belong to the part, where they come off the sheets before there are places")
		}
	}
	if whole && len(s.Parts) > 0 {
		c.wants(sum.Cmp(s.Of) == 0, at+".of", "各环节满分乘权重相加是 %[1]s，这里写的满分是 %[2]s，两者要相等", "the parts' full scores by their weights are %[1]s, and the stage says %[2]s: they have to be equal", sum, s.Of)
	}
	c.deductions(at, s.Deductions)
	c.rounding(at+".round", s.Round)
}

// Less tells whether less is better in a part.
func (p *Part) Less() bool { return p.Judged != nil && p.Judged.Combine == ByPlaces }

// ends tells whether the weighted part is a finite decimal whatever comes in.
func (p *Part) ends() bool {
	switch {
	case p.Round != nil || p.Weighted != nil:
		return true
	case p.Votes != nil:
		return p.Votes.Share == ""
	case p.Judged == nil:
		return true
	case p.Judged.Clamp != nil && p.Judged.Clamp.Around != Median && !p.Judged.Clamp.Drop: // an edge is a score
		return p.Judged.Across == Columns && p.Judged.Column != nil
	}
	switch p.Judged.Combine {
	case ByMean:
		return p.Judged.Across == Columns && p.Judged.Column != nil
	case ByPlaces:
		return false
	case ByMedian, BySum:
	}
	return true
}

func (c *checker) part(at string, stage int, p *Part) {
	c.key(at+".key", p.Key)
	c.wants(c.parts[p.Key] == nil, at+".key", "环节“%s”写了两次；名称在整个规则里只能用一次", "part %q is there twice; a key is used once in the whole rule", p.Key)
	c.parts[p.Key] = p
	c.wants(p.Weight.Sign() > 0, at+".weight", "权重要大于零", "a weight is more than zero")
	kinds := 0
	for _, is := range []bool{p.Judged != nil, p.Votes != nil, len(p.Measured) > 0, p.Carried != ""} {
		if is {
			kinds++
		}
	}
	c.wants(kinds == 1, at, "一个环节是 judged、votes、measured、carried 中的一种，只写一种", "a part is one of judged, votes, measured and carried, and only one")
	if kinds != 1 {
		return
	}
	want, known := p.Of, true
	switch {
	case p.Judged != nil:
		want, known = c.judged(at+".judged", p.Judged)
	case p.Votes != nil:
		c.measure(at+".votes.measure", p.Votes.Measure, Count)
		c.one(at+".votes.share", string(p.Votes.Share), "", string(OfHighest), string(OfSum))
		byRank := p.Votes.Share == ""
		c.wants(byRank == (p.Votes.Step.Sign() > 0), at+".votes.step", "按名次给分时写每低一名少几分（大于零）；按票数占比给分时不写", "by rank, say how many points fewer a place is (more than zero); by share, leave it out")
		c.wants(p.Votes.Least.Sign() >= 0 && !p.Of.Less(p.Votes.Least), at+".votes.least", "最低分在 0 和满分之间", "the least is between 0 and the full score")
	case len(p.Measured) > 0:
		want = exact.Number{}
		for i, m := range p.Measured {
			most, ok := c.points(fmt.Sprintf("%s.measured[%d]", at, i), m, 1)
			want, known = want.Add(most), known && ok
		}
	default:
		before, there := c.stages[p.Carried]
		c.wants(there && before < stage, at+".carried", "“%s”不是前面的阶段", "%q is no stage before this one", p.Carried)
		if known = there && before < stage; known {
			want = c.rule.Stages[before].Of
			last := &c.rule.Stages[before]
			c.wants(!last.Less(), at+".carried", "按名次的阶段没有分数可带入", "a stage of places has no points to carry")
		}
	}
	if known {
		c.wants(want.Cmp(p.Of) == 0, at+".of", "按下面的写法满分是 %[1]s，这里写的是 %[2]s，两者要相等", "by what is below, the full score is %[1]s, and this says %[2]s: they have to be equal", want, p.Of)
	}
	c.deductions(at, p.Deductions)
	c.rounding(at+".round", p.Round)
	c.rounding(at+".weighted", p.Weighted)
}

// Less tells whether less is better in a stage: in one of places.
func (s *Stage) Less() bool { return len(s.Parts) == 1 && s.Parts[0].Less() }

// judged checks a judged part, and returns its full score.
func (c *checker) judged(at string, j *Judged) (of exact.Number, known bool) {
	c.wants(len(j.Criteria) > 0 && len(j.Criteria) <= maxList, at+".criteria", "至少要有一项指标；只打一个总分，就写一项", "there has to be a criterion; where a judge gives one score, write one")
	seen := map[string]bool{}
	before := len(c.faults)
	for i, k := range j.Criteria {
		here := fmt.Sprintf("%s.criteria[%d]", at, i)
		c.key(here+".key", k.Key)
		c.wants(!seen[k.Key], here+".key", "指标“%s”写了两次", "criterion %q is there twice", k.Key)
		seen[k.Key] = true
		c.wants(k.Weight.Sign() > 0, here+".weight", "权重要大于零", "a weight is more than zero")
		c.wants(k.From.Less(k.To), here+".to", "最高分要大于最低分", "the highest mark has to be more than the lowest")
		c.wants(k.Step.Sign() > 0 && k.On(k.To), here+".step", "从 %[1]s 起每次加 %[2]s，到不了 %[3]s", "steps of %[2]s from %[1]s do not lead to %[3]s", k.From, k.Step, k.To)
		of = of.Add(k.Weight.Times(k.To))
	}
	c.one(at+".across", string(j.Across), string(Sheets), string(Columns))
	c.one(at+".combine", string(j.Combine), string(ByMean), string(ByMedian), string(BySum), string(ByPlaces))
	c.wants(j.Seats >= 0 && j.Seats <= maxSeats, at+".seats", "评委数是 0（不限）到 %d", "there are 0 (any number) to %d seats", maxSeats)
	c.trim(at+".trim", j)
	if j.Clamp != nil {
		c.one(at+".clamp.around", string(j.Clamp.Around), string(Mean), string(Median), string(Trimmed))
		c.wants(j.Clamp.By.Sign() >= 0, at+".clamp.by", "幅度不能小于零", "the width of a band is not below zero")
	}
	for name, r := range map[string]*Rounding{"mark": j.Mark, "column": j.Column, "sheet": j.Sheet} {
		c.rounding(at+"."+name, r)
	}
	c.wants(j.Across != Columns || j.Sheet == nil, at+".sheet", "按指标逐项合成时没有评委小计，不能对它取舍", "across criteria there is no sum of a sheet to be rounded")
	switch j.Combine {
	case ByPlaces:
		c.wants(j.Across == Sheets, at+".across", "按名次合成要先有每位评委的小计：写 sheets", "places need a sum of each sheet: write sheets")
		c.wants(j.Clamp == nil, at+".clamp", "名次没有带宽可收", "places are not clamped to a band")
		c.one(at+".equal", string(j.Equal), string(EqualBest), string(EqualMean))
		c.one(at+".unlike", string(j.Unlike), string(UnlikeWait), string(UnlikeShare))
		of = exact.Number{}
	case BySum:
		c.wants(j.Seats > 0, at+".seats", "按总和合成要写明评委数：少一位，总和就不可比", "a sum needs the number of seats: with one fewer, sums cannot be compared")
		c.wants(j.Clamp == nil || !j.Clamp.Drop, at+".clamp.drop", "按总和合成不能丢掉带外的分", "a sum cannot drop what is outside of a band")
		t, ok := j.TrimFor(j.Seats)
		c.wants(ok, at+".trim", "没有写 %d 位评委时怎么去分", "it does not say what is dropped of %d", j.Seats)
		of = of.Times(exact.Of(int64(j.Seats - t.Low - t.High)))
	case ByMean, ByMedian:
	}
	if j.Combine != ByPlaces {
		c.wants(j.Equal == "" && j.Unlike == "", at+".equal", "equal 和 unlike 只用于按名次合成", "equal and unlike belong to places only")
	}
	return of, len(c.faults) == before
}

// On tells whether a mark is one of the criterion's steps, its bounds aside.
func (k *Criterion) On(mark exact.Number) bool { return mark.Sub(k.From).Over(k.Step).Whole() }

func (c *checker) trim(at string, j *Judged) {
	c.wants(len(j.Trim) > 0 && len(j.Trim) <= maxList, at, "写明有几位评委的分时去掉几个，如 [{\"from\":1,\"low\":0,\"high\":0},{\"from\":5,\"low\":1,\"high\":1}]",
		`say how many are dropped of how many, as [{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]`)
	for i, t := range j.Trim {
		here := fmt.Sprintf("%s[%d]", at, i)
		c.wants(t.From >= 1 && t.From <= maxSeats && (i == 0 || j.Trim[i-1].From < t.From), here+".from", "人数从 1 起，一行比一行大", "numbers begin at 1 and ascend")
		c.wants(t.Low >= 0 && t.High >= 0 && t.From-t.Low-t.High >= 1, here, "%[1]d 个分去掉 %[2]d 个低的、%[3]d 个高的，一个也不剩", "of %[1]d, %[2]d low and %[3]d high ones leave none", t.From, t.Low, t.High)
	}
}

// TrimFor is what is dropped of n; false: n are too few for a result.
func (j *Judged) TrimFor(n int) (Trim, bool) {
	for _, t := range slices.Backward(j.Trim) {
		if t.From <= n {
			return t, true
		}
	}
	return Trim{}, false
}

func (c *checker) measure(at, key string, kind Kind) {
	c.key(at, key)
	was, used := c.kinds[key]
	c.wants(!used || was == kind, at, "测量值“%[1]s”在别处是 %[2]s，在这里是 %[3]s", "the measure %[1]q is a %[2]s elsewhere and a %[3]s here", key, was, kind)
	c.kinds[key] = kind
}

func (c *checker) deductions(at string, all []Points) {
	for i, p := range all {
		c.points(fmt.Sprintf("%s.deductions[%d]", at, i), p, -1)
	}
}

// points checks what a measured value gives: nothing of the other sign, and returns the most that it can be.
func (c *checker) points(at string, p Points, sign int) (most exact.Number, known bool) {
	before := len(c.faults)
	c.one(at+".kind", string(p.Kind), string(Count), string(Portion), string(YesNo))
	c.one(at+".unmeasured", string(p.Unmeasured), string(Wait), string(None))
	c.measure(at+".measure", p.Measure, p.Kind)
	c.rounding(at+".round", p.Round)
	forms := 0
	for _, is := range []bool{len(p.Bands) > 0, p.Each != nil, p.Times != nil} {
		if is {
			forms++
		}
	}
	c.wants(forms == 1, at, "写 bands、each、times 中的一种，只写一种", "write one of bands, each and times, and only one")
	right := func(field string, n exact.Number) {
		if sign > 0 {
			c.wants(n.Sign() >= 0, at+field, "这里给分，不能是负数", "this gives points, and cannot be below zero")
		} else {
			c.wants(n.Sign() <= 0, at+field, "这里扣分，写成负数，如 -0.2", "this takes points off: write it below zero, as -0.2")
		}
		if most.Less(n) {
			most = n
		}
	}
	for i, b := range p.Bands {
		c.wants(i == 0 || p.Bands[i-1].From.Less(b.From), fmt.Sprintf("%s.bands[%d].from", at, i), "各档从小到大写", "bands ascend")
		right(fmt.Sprintf(".bands[%d].points", i), b.Points)
	}
	if e := p.Each; e != nil {
		c.wants(e.Step.Sign() > 0, at+".each.step", "每一档的宽度要大于零", "a step is wider than zero")
		c.wants(sign < 0 || e.Most != nil, at+".each.most", "给分要有上限", "what gives points needs a most")
		if e.Most != nil {
			right(".each.most", *e.Most)
		}
		if sign < 0 {
			right(".each.points", e.Points)
		}
	}
	if p.Times != nil {
		c.wants(p.Kind != Count || sign < 0, at+".times", "数量没有上限，给分要用 bands 或 each", "a count has no most: points for it are in bands or each")
		right(".times", *p.Times)
	}
	return most, len(c.faults) == before
}

func (c *checker) order() {
	o := c.rule.Order
	c.one("order.ranking", string(o.Ranking), string(Competition), string(Dense))
	c.one("order.where", string(o.Where), string(Everywhere), string(AtCuts))
	c.wants(o.Tolerance == nil || o.Tolerance.Sign() > 0, "order.tolerance", "容差大于零；没有就不写", "a tolerance is more than zero; leave it out where there is none")
	c.wants(len(o.Chain) <= maxList, "order.chain", "太长", "too long")
	for i, t := range o.Chain {
		at := fmt.Sprintf("order.chain[%d]", i)
		c.one(at+".by", string(t.By), string(ByCriterion), string(ByDecimals), string(ByPart), string(ByStage), string(ByMostFirsts), string(ByVote), string(ByLots))
		switch t.By {
		case ByCriterion:
			_, _, ok := c.rule.Criterion(t.Of)
			c.wants(ok, at+".of", "没有指标“%s”：写成 环节.指标", "there is no criterion %q: write it as part.criterion", t.Of)
		case ByPart, ByMostFirsts:
			p := c.parts[t.Of]
			c.wants(p != nil && (t.By == ByPart || p.Judged != nil), at+".of", "没有环节“%s”，或它不由评委打分", "there is no such part %q, or nobody judges it", t.Of)
		case ByStage:
			place, ok := c.stages[t.Of]
			c.wants(ok && place < len(c.rule.Stages)-1, at+".of", "“%s”不是前面的阶段", "%q is no earlier stage", t.Of)
		case ByDecimals:
			c.wants(o.Tolerance == nil, at+".by", "有容差就不能再比更多的小数", "with a tolerance, more decimals cannot break a tie")
			c.wants(t.Places >= 0 && t.Places <= exact.MaxPlaces, at+".places", "小数位数是 0 到 %d", "there are 0 to %d places", exact.MaxPlaces)
		case ByVote, ByLots:
		}
		c.wants(t.By == ByDecimals || t.Places == 0, at+".places", "只有 decimals 才有小数位数", "only decimals has places")
		c.wants(t.Of == "" || t.By != ByDecimals && t.By != ByVote && t.By != ByLots, at+".of", "这一种不写 of", "this one has no of")
	}
}

func (c *checker) cuts() {
	keys := map[string]bool{}
	for i, cut := range c.rule.Cuts {
		at := fmt.Sprintf("cuts[%d]", i)
		c.key(at+".key", cut.Key)
		c.wants(!keys[cut.Key], at+".key", "“%s”写了两次", "%q is there twice", cut.Key)
		keys[cut.Key] = true
		_, ok := c.stages[cut.Stage]
		c.wants(ok, at+".stage", "没有阶段“%s”", "there is no stage %q", cut.Stage)
		c.wants((cut.Heads == nil) != (cut.Share == nil), at, "heads（几名）和 share（几成）写一个，只写一个", "write one of heads and share, and only one")
		c.wants(cut.Heads == nil || *cut.Heads >= 1 && *cut.Heads <= maxPeople, at+".heads", "名额从 1 起", "there is at least one head")
		c.wants(cut.Share == nil || cut.Share.Sign() > 0 && !exact.Of(1).Less(*cut.Share), at+".share", "比例在 0 和 1 之间", "a share is between 0 and 1")
		c.one(at+".tie", string(cut.Tie), string(Admit), string(Decide), string(KeepOut))
		if ok && cut.Least != nil {
			c.wants(!c.rule.Stages[c.stages[cut.Stage]].Less(), at+".least", "按名次的阶段没有最低分", "a stage of places has no least score")
		}
	}
	for i, q := range c.rule.Quotas {
		at := fmt.Sprintf("quotas[%d]", i)
		c.wants(keys[q.Cut], at+".cut", "没有入围线“%s”", "there is no cut %q", q.Cut)
		c.key(at+".of", q.Of)
		c.wants(q.Most >= 0 && q.Most <= maxPeople, at+".most", "名额不能是负数", "a quota is not below zero")
		for k, l := range q.Each {
			here := fmt.Sprintf("%s.each[%d]", at, k)
			c.wants(l.Group != "" && (k == 0 || q.Each[k-1].Group < l.Group), here+".group", "按字节从小到大写，各写一次", "groups ascend by their bytes, once each")
			c.wants(l.Most >= 0 && l.Most <= maxPeople, here+".most", "名额不能是负数", "a quota is not below zero")
		}
	}
}

func (c *checker) grades() {
	for i, g := range c.rule.Grades {
		at := fmt.Sprintf("grades[%d]", i)
		c.key(at+".key", g.Key)
		last := c.rule.Stages[max(0, len(c.rule.Stages)-1):]
		c.wants(g.From == nil || len(last) == 1 && !last[0].Less(), at+".from", "按名次的阶段不分等级", "a stage of places has no grades")
		for k := range i {
			h := c.rule.Grades[k]
			c.wants(h.Key != g.Key, at+".key", "“%s”写了两次", "%q is there twice", g.Key)
			c.wants(h.From == nil || g.From == nil || g.From.Less(*h.From), at+".from", "等级从高到低写", "grades descend")
		}
		for k, f := range g.Floors {
			here := fmt.Sprintf("%s.floors[%d]", at, k)
			c.one(here+".kind", string(f.Kind), string(Count), string(Portion), string(YesNo))
			c.measure(here+".measure", f.Measure, f.Kind)
			c.wants(f.From != nil || f.To != nil, here, "写 from（至少）或 to（至多）", "write from (at least) or to (at most)")
		}
	}
}

// Criterion finds part.criterion.
func (r *Rule) Criterion(name string) (*Part, int, bool) {
	for i := range r.Stages {
		for k := range r.Stages[i].Parts {
			p := &r.Stages[i].Parts[k]
			if p.Judged == nil || len(name) <= len(p.Key) || name[:len(p.Key)] != p.Key || name[len(p.Key)] != '.' {
				continue
			}
			for n, one := range p.Judged.Criteria {
				if one.Key == name[len(p.Key)+1:] {
					return p, n, true
				}
			}
		}
	}
	return nil, 0, false
}

// Part finds a part, and its stage's place.
func (r *Rule) Part(key string) (*Part, int, bool) {
	for i := range r.Stages {
		for k := range r.Stages[i].Parts {
			if r.Stages[i].Parts[k].Key == key {
				return &r.Stages[i].Parts[k], i, true
			}
		}
	}
	return nil, 0, false
}

// Warnings are what a rule may do and its people may not have meant.
func (r *Rule) Warnings() (said []lang.Text) {
	for i := range r.Stages {
		for _, p := range r.Stages[i].Parts {
			if p.Judged == nil {
				continue
			}
			for k, t := range p.Judged.Trim[1:] {
				if was := p.Judged.Trim[k]; t.Low+t.High != was.Low+was.High {
					said = append(said, lang.Text{
						ZH: fmt.Sprintf("环节“%s”：%d 位评委时去 %d 个分，%d 位时去 %d 个。同场有人回避，两种算法会同时用到，名次可能因此颠倒；请在公布规则时说明。", p.Key, t.From, t.Low+t.High, t.From-1, was.Low+was.High),
						EN: fmt.Sprintf("Part %q drops %d of %d and %d of %d. Where somebody is recused both are used at one contest, and that alone can turn places round: say so when the rule is published.", p.Key, t.Low+t.High, t.From, was.Low+was.High, t.From-1),
					})
				}
			}
		}
	}
	return said
}
