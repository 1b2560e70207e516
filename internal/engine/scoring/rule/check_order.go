package rule

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
)

func (c *checker) order() {
	o := c.rule.Order
	c.one("order.ranking", string(o.Ranking), string(Competition), string(Dense))
	c.one("order.where", string(o.Where), string(Everywhere), string(AtCuts))
	c.wants(o.Where != AtCuts || len(c.rule.Cuts) > 0, "order.where", "没有入围线（cuts），这里写 all", "there are no cuts: write all")
	c.wants(o.Tolerance == nil || o.Tolerance.Sign() > 0, "order.tolerance", "容差大于零；没有就不写", "a tolerance is more than zero; leave it out where there is none")
	for i := range c.some("order.chain", len(o.Chain)) {
		t, at := o.Chain[i], fmt.Sprintf("order.chain[%d]", i)
		c.one(at+".by", string(t.By), string(ByCriterion), string(ByDecimals), string(ByPart), string(ByStage), string(ByMostFirsts), string(ByVote), string(ByLots))
		of := false
		switch t.By {
		case ByCriterion:
			_, _, of = c.rule.Criterion(t.Of)
			c.wants(of, at+".of", "没有指标“%s”：写成 环节.指标", "there is no criterion %q: write it as part.criterion", t.Of)
		case ByPart, ByMostFirsts:
			p := c.parts[t.Of]
			of = p != nil && (t.By == ByPart || p.Judged != nil)
			c.wants(of, at+".of", "没有环节“%s”，或它不由评委打分", "there is no such part %q, or nobody judges it", t.Of)
		case ByStage:
			place, there := c.stages[t.Of]
			of = there && place < len(c.rule.Stages)-1
			c.wants(of, at+".of", "“%s”不是前面的阶段", "%q is no earlier stage", t.Of)
		case ByDecimals:
			c.wants(o.Tolerance == nil, at+".by", "有容差就不能再比更多的小数", "with a tolerance, more decimals cannot break a tie")
			least := c.rule.places() + 1
			c.wants(t.Places >= least && t.Places <= exact.MaxPlaces, at+".places", "要比环节和总分的小数多：%[1]d 到 %[2]d 位", "it takes more places than parts and totals have: %[1]d to %[2]d", least, exact.MaxPlaces)
		case ByVote, ByLots:
		}
		c.wants(t.By != ByLots || i == len(o.Chain)-1, at+".by", "抽签以后不会再有并列，后面的写法用不上", "after lots there is no tie, and what follows is never used")
		c.wants(t.By == ByDecimals || t.Places == 0, at+".places", "只有 decimals 才有小数位数", "only decimals has places")
		c.wants(t.Of == "" || t.By != ByDecimals && t.By != ByVote && t.By != ByLots, at+".of", "这一种不写 of", "this one has no of")
	}
}

// places is the most places that a part, a weighted part or a total is rounded to.
func (r *Rule) places() (most int) {
	for _, s := range r.Stages {
		if s.Round != nil {
			most = max(most, s.Round.Places)
		}
		for _, p := range s.Parts {
			for _, r := range []*Rounding{p.Round, p.Weighted} {
				if r != nil {
					most = max(most, r.Places)
				}
			}
		}
	}
	return min(most, exact.MaxPlaces)
}

func (c *checker) cuts() {
	keys := map[string]bool{}
	for i := range c.some("cuts", len(c.rule.Cuts)) {
		cut, at := c.rule.Cuts[i], fmt.Sprintf("cuts[%d]", i)
		c.key(at+".key", cut.Key)
		c.wants(!keys[cut.Key], at+".key", "“%s”写了两次", "%q is there twice", cut.Key)
		keys[cut.Key] = true
		place, ok := c.stages[cut.Stage]
		c.wants(ok, at+".stage", "没有阶段“%s”", "there is no stage %q", cut.Stage)
		c.wants((cut.Heads == nil) != (cut.Share == nil), at, "heads（几名）和 share（几成）写一个，只写一个", "write one of heads and share, and only one")
		c.wants(cut.Heads == nil || *cut.Heads >= 1 && *cut.Heads <= maxPeople, at+".heads", "名额从 1 起，最多 %d", "there is at least one head, and at most %d", maxPeople)
		c.wants(cut.Share == nil || cut.Share.Sign() > 0 && !exact.Of(1).Less(*cut.Share), at+".share", "比例在 0 和 1 之间", "a share is between 0 and 1")
		c.one(at+".tie", string(cut.Tie), string(Admit), string(Decide), string(KeepOut))
		if ok && cut.Least != nil {
			c.reached(at+".least", &c.rule.Stages[place], *cut.Least)
		}
	}
}

// reached checks a total that a stage has to lead to.
func (c *checker) reached(at string, s *Stage, total exact.Number) {
	if s.Less() {
		c.wants(false, at, "按名次的阶段没有分数线", "a stage of places has no score to reach")
		return
	}
	c.wants(!s.Of.Less(total), at, "满分是 %s，没有人能达到", "the full score is %s: nobody can reach this", s.Of)
}

func (c *checker) quotas() {
	cuts := map[string]bool{}
	for _, cut := range c.rule.Cuts {
		cuts[cut.Key] = true
	}
	seen := map[[2]string]bool{}
	for i := range c.some("quotas", len(c.rule.Quotas)) {
		q, at := c.rule.Quotas[i], fmt.Sprintf("quotas[%d]", i)
		c.wants(cuts[q.Cut], at+".cut", "没有入围线“%s”", "there is no cut %q", q.Cut)
		c.key(at+".of", q.Of)
		pair := [2]string{q.Cut, q.Of}
		c.wants(!seen[pair], at+".of", "“%s”在这条线上写了两次", "%q is there twice for this cut", q.Of)
		seen[pair] = true
		c.wants(q.Most >= 0 && q.Most <= maxPeople, at+".most", "名额是 0 到 %d", "a quota is 0 to %d", maxPeople)
		c.wants(len(q.Each) <= maxGroups, at+".each", "最多 %d 项", "there are at most %d", maxGroups)
		for k, l := range q.Each[:min(len(q.Each), maxGroups)] {
			here := fmt.Sprintf("%s.each[%d]", at, k)
			named := l.Group != "" && len(l.Group) <= maxText && strings.IndexFunc(l.Group, unicode.IsControl) < 0 && strings.TrimSpace(l.Group) == l.Group
			c.wants(named && (k == 0 || q.Each[k-1].Group < l.Group), here+".group", "写组名，前后没有空格；按字节从小到大，各写一次", "write a group's name, without spaces around it; groups ascend by their bytes, once each")
			c.wants(l.Most >= 0 && l.Most <= maxPeople, here+".most", "名额是 0 到 %d", "a quota is 0 to %d", maxPeople)
		}
	}
}

func (c *checker) grades() {
	var lowest *exact.Number
	seen := map[string]bool{}
	for i := range c.some("grades", len(c.rule.Grades)) {
		g, at := c.rule.Grades[i], fmt.Sprintf("grades[%d]", i)
		c.key(at+".key", g.Key)
		c.wants(!seen[g.Key], at+".key", "“%s”写了两次", "%q is there twice", g.Key)
		seen[g.Key] = true
		if n := len(c.rule.Stages); g.From != nil && n > 0 {
			c.reached(at+".from", &c.rule.Stages[n-1], *g.From)
			c.wants(lowest == nil || g.From.Less(*lowest), at+".from", "等级从高到低写", "grades descend")
			lowest = g.From
		}
		for k := range c.some(at+".floors", len(g.Floors)) {
			f, here := g.Floors[k], fmt.Sprintf("%s.floors[%d]", at, k)
			c.one(here+".kind", string(f.Kind), string(Count), string(Portion), string(YesNo))
			c.measure(here+".measure", f.Measure, f.Kind)
			c.wants(f.From != nil || f.To != nil, here, "写 from（至少）或 to（至多）", "write from (at least) or to (at most)")
			if f.From != nil {
				c.value(here+".from", f.Kind, *f.From)
			}
			if f.To != nil {
				c.value(here+".to", f.Kind, *f.To)
				c.wants(f.From == nil || !f.To.Less(*f.From), here+".to", "至多不能小于至少", "the most is not less than the least")
			}
		}
	}
}
