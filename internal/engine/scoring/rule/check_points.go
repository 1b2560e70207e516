package rule

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
)

func (c *checker) measure(at, key string, kind Kind) {
	c.key(at, key)
	was, used := c.kinds[key]
	c.wants(!used || was == kind, at, "测量值“%[1]s”在别处是 %[2]s，在这里是 %[3]s", "the measure %[1]q is a %[2]s elsewhere and a %[3]s here", key, was, kind)
	c.kinds[key] = kind
}

// value checks that a measured value can be so: a bound that none can pass is a slip.
func (c *checker) value(at string, kind Kind, n exact.Number) {
	one := exact.Of(1)
	switch kind {
	case Count:
		c.wants(n.Sign() >= 0, at, "数量不会小于零", "a count is not below zero")
	case Portion:
		c.wants(n.Sign() >= 0 && !one.Less(n), at, "占比在 0 和 1 之间：百分之九十写 0.9", "a share is between 0 and 1: ninety per cent is 0.9")
	case YesNo:
		c.wants(n.Sign() == 0 || n.Cmp(one) == 0, at, "是写 1，否写 0", "a yes is 1 and a no is 0")
	}
}

func (c *checker) votes(at string, p *Part) {
	v := p.Votes
	c.measure(at+".measure", v.Measure, Count)
	c.one(at+".share", string(v.Share), "", string(OfHighest), string(OfSum))
	c.wants(p.Of.Sign() > 0, at[:len(at)-len(".votes")]+".of", "得票的满分要大于零", "the full score of votes is more than zero")
	if v.Share != "" {
		c.wants(v.Step.Sign() == 0, at+".step", "按票数占比给分时不写 step", "by share there is no step")
		c.wants(v.Least.Sign() == 0, at+".least", "按票数占比给分时不写 least", "by share there is no least")
		return
	}
	c.wants(v.Step.Sign() > 0, at+".step", "按名次给分时写每低一名少几分（大于零）", "by rank, say how many points fewer a place is (more than zero)")
	c.wants(v.Least.Sign() >= 0 && !p.Of.Less(v.Least), at+".least", "最低分在 0 和满分之间", "the least is between 0 and the full score")
}

func (c *checker) deductions(at string, all []Points) {
	for i := range c.some(at+".deductions", len(all)) {
		c.points(fmt.Sprintf("%s.deductions[%d]", at, i), all[i], -1)
	}
}

// points checks what a measured value gives: nothing of the other sign. It returns the most that it can be.
func (c *checker) points(at string, p Points, sign int) (most exact.Number) {
	c.one(at+".kind", string(p.Kind), string(Count), string(Portion), string(YesNo))
	c.one(at+".unmeasured", string(p.Unmeasured), string(Wait), string(None))
	c.measure(at+".measure", p.Measure, p.Kind)
	c.rounding(at+".round", p.Round)
	c.wants(p.Kind != YesNo || p.Round == nil, at+".round", "是和否没有小数可取舍", "yes and no are not rounded")
	c.wants(count(len(p.Bands) > 0, p.Each != nil, p.Times != nil) == 1, at, "写 bands、each、times 中的一种，只写一种", "write one of bands, each and times, and only one")
	right := func(field string, n exact.Number) {
		if sign > 0 {
			c.wants(n.Sign() >= 0, at+field, "这里给分，不能是负数", "this gives points, and cannot be below zero")
		} else {
			c.wants(n.Sign() <= 0, at+field, "这里扣分，写成负数，如 -0.2", "this takes points off: write it below zero, as -0.2")
		}
	}
	for i := range c.some(at+".bands", len(p.Bands)) {
		b, from := p.Bands[i], fmt.Sprintf("%s.bands[%d].from", at, i)
		c.value(from, p.Kind, b.From)
		c.wants(i == 0 || p.Bands[i-1].From.Less(b.From), from, "各档从小到大写", "bands ascend")
		right(fmt.Sprintf(".bands[%d].points", i), b.Points)
		if most.Less(b.Points) {
			most = b.Points
		}
	}
	if e := p.Each; e != nil {
		c.wants(p.Kind != YesNo, at+".each", "是和否没有几档可数，用 times", "yes and no have no steps: use times")
		c.value(at+".each.over", p.Kind, e.Over)
		c.wants(e.Step.Sign() > 0, at+".each.step", "每一档的宽度要大于零", "a step is wider than zero")
		right(".each.points", e.Points)
		c.wants(sign < 0 || e.Most != nil, at+".each.most", "给分要有上限", "what gives points needs a most")
		if e.Most != nil {
			right(".each.most", *e.Most)
			most = *e.Most
		}
	}
	if p.Times != nil {
		c.wants(p.Kind != Count || sign < 0, at+".times", "数量没有上限，给分要用 bands 或 each", "a count has no most: points for it are in bands or each")
		right(".times", *p.Times)
		most = *p.Times
	}
	return most
}
