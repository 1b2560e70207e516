package rule

import (
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
)

// TrimFor is what is dropped of n; false: n are too few for a result.
func (j *Judged) TrimFor(n int) (Trim, bool) {
	for _, t := range slices.Backward(j.Trim) {
		if t.From <= n {
			return t, true
		}
	}
	return Trim{}, false
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
			if p.Judged == nil || len(p.Judged.Trim) == 0 {
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

// Measures lists what is measured by a rule, with its kind.
func (r *Rule) Measures() map[string]Kind {
	kinds := map[string]Kind{}
	add := func(all []Points) {
		for _, p := range all {
			kinds[p.Measure] = p.Kind
		}
	}
	for i := range r.Stages {
		add(r.Stages[i].Deductions)
		for _, p := range r.Stages[i].Parts {
			add(p.Measured)
			add(p.Deductions)
			if p.Votes != nil {
				kinds[p.Votes.Measure] = Count
			}
		}
	}
	for _, g := range r.Grades {
		for _, f := range g.Floors {
			kinds[f.Measure] = f.Kind
		}
	}
	return kinds
}
