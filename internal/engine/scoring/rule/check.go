package rule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/fault"
)

// The bounds of a rule: more is not a contest's rule but an attack on whoever computes it.
const (
	maxList   = 200 // of anything but groups with a quota of their own
	maxGroups = 10_000
	maxSeats  = 1000
	maxPeople = 1 << 20
	maxFaults = 1000
	maxText   = 1000 // bytes
)

// Check returns every fault of a rule, each with its place in the file.
func (r *Rule) Check() error {
	c := checker{rule: r, stages: map[string]int{}, parts: map[string]*Part{}, kinds: map[string]Kind{}}
	c.wants(r.Format == Format, "format", "这里写 \"%s\"", "write %q here", Format)
	c.wants(len(r.Stages) > 0, "stages", "至少要有一个阶段", "there has to be a stage")
	for i := range c.some("stages", len(r.Stages)) {
		c.stage(fmt.Sprintf("stages[%d]", i), i, &r.Stages[i])
	}
	c.order()
	c.cuts()
	c.quotas()
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
	if !holds && len(c.faults) < maxFaults {
		c.faults = append(c.faults, fault.At(at, fault.New(fault.Invalid, zh, en, args...)))
	}
}

// some bounds a list: so many of it are looked at.
func (c *checker) some(at string, n int) int {
	c.wants(n <= maxList, at, "有 %[1]d 项，最多 %[2]d 项", "there are %[1]d of them, and %[2]d are the most", n, maxList)
	return min(n, maxList)
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
	c.wants(len(s.Parts) > 0, at+".parts", "这个阶段至少要有一个环节", "the stage needs a part")
	before := len(c.faults)
	c.rounding(at+".round", s.Round)
	var sum exact.Number
	for i := range c.some(at+".parts", len(s.Parts)) {
		p := &s.Parts[i]
		here := fmt.Sprintf("%s.parts[%d]", at, i)
		fine := len(c.faults)
		c.part(here, place, p)
		if len(c.faults) == fine {
			sum = sum.Add(p.Weighted.Of(p.Weight.Times(p.Of)))
		}
		c.wants(s.Round != nil || p.ends(), at+".round", "这个阶段的总分可能除不尽（环节“%s”），要写明取几位小数", "the total of this stage may not end (part %q), and so has to be rounded", p.Key)
		if p.Less() {
			c.wants(len(s.Parts) == 1 && p.Weight.Cmp(exact.Of(1)) == 0, here+".judged.combine", "按名次合成的环节要单独成为一个阶段，权重写 1：名次小的好，不能和分数相加", "a part of places is a stage by itself, of the weight 1: less is better there, and it cannot be added to points")
			c.wants(len(s.Deductions) == 0, at+".deductions", "按名次的阶段，扣分写在环节里（先从评分表扣，再排名次）", "in a stage of places deductions belong to the part, where they come off the sheets before there are places")
		}
	}
	if len(c.faults) == before && len(s.Parts) > 0 {
		most := s.Round.Of(sum)
		c.wants(most.Cmp(s.Of) == 0, at+".of", "各环节满分乘权重相加（取舍后）是 %[1]s，这里写的满分是 %[2]s，两者要相等", "the parts' full scores by their weights, rounded as the rule says, are %[1]s, and the stage says %[2]s: they have to be equal", most, s.Of)
	}
	c.deductions(at, s.Deductions)
}

// Less tells whether less is better in a stage: in one of places.
func (s *Stage) Less() bool { return len(s.Parts) == 1 && s.Parts[0].Less() }

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
	c.deductions(at, p.Deductions)
	c.rounding(at+".weighted", p.Weighted)
	before := len(c.faults)
	c.rounding(at+".round", p.Round)
	forms := count(p.Judged != nil, p.Votes != nil, len(p.Measured) > 0, p.Carried != "")
	c.wants(forms == 1, at, "一个环节是 judged、votes、measured、carried 中的一种，只写一种", "a part is one of judged, votes, measured and carried, and only one")
	if forms != 1 {
		return
	}
	var most exact.Number
	switch {
	case p.Judged != nil:
		most = c.judged(at+".judged", p.Judged)
	case p.Votes != nil:
		c.votes(at+".votes", p)
		return // its full score is what is written
	case len(p.Measured) > 0:
		for i := range c.some(at+".measured", len(p.Measured)) {
			most = most.Add(c.points(fmt.Sprintf("%s.measured[%d]", at, i), p.Measured[i], 1))
		}
	default:
		earlier, there := c.stages[p.Carried]
		there = there && earlier < stage
		c.wants(there, at+".carried", "“%s”不是前面的阶段", "%q is no stage before this one", p.Carried)
		if there {
			from := &c.rule.Stages[earlier]
			c.wants(!from.Less(), at+".carried", "按名次的阶段没有分数可带入", "a stage of places has no points to carry")
			most = from.Of
		}
	}
	if len(c.faults) == before {
		most = p.Round.Of(most)
		c.wants(most.Cmp(p.Of) == 0, at+".of", "按下面的写法满分是 %[1]s，这里写的是 %[2]s，两者要相等", "by what is below, the full score is %[1]s, and this says %[2]s: they have to be equal", most, p.Of)
	}
}

func count(all ...bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}
