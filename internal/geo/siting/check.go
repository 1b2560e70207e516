package siting

import (
	"math/bits"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
)

// maxTimes is the most covers of a cell that can be told apart.
const maxTimes = reach.MaxTimes

// maxSum bounds the sum of all demand times its worth, so that the sums of the
// bound stay within 64 bits with room for fractions.
const maxSum = 1 << 54

// check returns what is wrong with a question or its problem.
func check(p *Problem, q *Question) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := q.check(p); err != nil {
		return err
	}
	worth := uint64(0)
	for _, w := range q.Worth {
		worth += uint64(w)
	}
	sum := uint64(0)
	for _, weights := range p.Weights {
		for _, w := range weights {
			hi, lo := bits.Mul64(uint64(w), max(1, worth))
			if sum += lo; hi > 0 || lo > maxSum || sum > maxSum {
				return fault.New(fault.Invalid, "需求的总量太大，无法精确计算：请把各时段的权重按同一比例缩小",
					"the demand sums to more than can be computed exactly: scale the weights of all periods down")
			}
		}
	}
	return nil
}

func (p *Problem) check() error {
	if len(p.Weights) == 0 {
		return fault.New(fault.Invalid, "没有需求数据：请先导入人口或其他需求", "there is no demand: import population or another kind first")
	}
	cells := len(p.Weights[0])
	for t := range p.Weights {
		if len(p.Weights[t]) != cells || p.Base != nil && (len(p.Base) != len(p.Weights) || len(p.Base[t]) != cells) {
			return fault.New(fault.Invalid, "第 %d 个时段的需求格与第 1 个时段不一样多", "period %d has another number of cells than period 1", t+1)
		}
		for i, w := range p.Weights[t] {
			if w < 0 {
				return fault.New(fault.Invalid, "第 %d 个需求格的人数是负数（%v）", "cell %d has a negative weight (%v)", i+1, w)
			}
		}
	}
	for j := range p.Sites {
		if err := p.Sites[j].check(j, cells, len(p.Weights)); err != nil {
			return err
		}
	}
	for _, g := range p.Groups {
		if g.Limit < 0 || !within(g.Sites, len(p.Sites)) {
			return fault.New(fault.Invalid, "分组“%s”不对：上限不能是负数，站点必须存在", "the group %q is wrong: its limit may not be negative, its sites must exist", g.Name)
		}
	}
	for _, a := range p.Areas {
		if a.Times < 0 || a.Times > maxTimes || a.Floor < 0 || a.Floor > Whole || !within(a.Cells, cells) {
			return fault.New(fault.Invalid, "重点区域“%s”不对：下限须在 0 到 100 %% 之间，次数须在 1 到 %d 之间", "the area %q is wrong: its floor must lie between 0 and 100 %%, its times between 1 and %d", a.Name, maxTimes)
		}
	}
	return nil
}

func (s *Site) check(j, cells, periods int) error {
	if s.Cost < 0 {
		return fault.New(fault.Invalid, "第 %d 个候选点的费用是负数", "candidate %d has a negative cost", j+1)
	}
	if !ascending(s.Cells, cells) || !ascending(s.Periods, periods) {
		return fault.New(fault.Invalid, "第 %d 个候选点覆盖的需求格或时段不对：须按编号递增", "the cells or periods of candidate %d are wrong: they must be ascending", j+1)
	}
	return nil
}

func (q *Question) check(p *Problem) error {
	if q.Sites != nil && *q.Sites < 0 || q.Budget != nil && *q.Budget < 0 {
		return fault.New(fault.Invalid, "站点数和预算不能是负数", "a number of sites or a budget may not be negative")
	}
	if q.Kind == MostCovered && q.Sites == nil && q.Budget == nil {
		return fault.New(fault.Invalid, "请填最多新增几个站点，或预算是多少", "say how many sites may open at most, or the budget")
	}
	if q.Kind != MostCovered && (q.Target <= 0 || q.Target > Whole) {
		return fault.New(fault.Invalid, "目标覆盖率须大于 0、不超过 100 %%", "the target must be above 0 and at most 100 %%")
	}
	if len(q.Worth) > maxTimes {
		return fault.New(fault.Invalid, "最多计到第 %d 次覆盖", "cover counts up to %d times at most", maxTimes)
	}
	sum := int64(0)
	for _, w := range q.Worth {
		if w < 0 || w > 1_000_000 {
			return fault.New(fault.Invalid, "每次覆盖的价值须在 0 到 1,000,000 之间", "what a cover is worth must lie between 0 and 1,000,000")
		}
		sum += w
	}
	if len(q.Worth) > 0 && sum == 0 {
		return fault.New(fault.Invalid, "各次覆盖的价值不能都是 0", "not every cover can be worth nothing")
	}
	fixed := 0
	for j := range p.Sites {
		if p.Sites[j].Choice == Fixed {
			fixed++
		}
	}
	if q.Sites != nil && fixed > *q.Sites {
		return fault.New(fault.Invalid, "必选的站点有 %d 个，超过了最多 %d 个：请减少必选，或放宽数量", "%d sites are fixed, more than the %d that may open: fix fewer or allow more", fixed, *q.Sites)
	}
	return nil
}

func ascending(all []int32, n int) bool {
	last := int32(-1)
	for _, v := range all {
		if v <= last {
			return false
		}
		last = v
	}
	return int(last) < n
}

func within(all []int32, n int) bool {
	for _, v := range all {
		if v < 0 || int(v) >= n {
			return false
		}
	}
	return true
}

func overBudget(cost, budget int64) error {
	return fault.New(fault.Invalid, "必选的站点共需 %s 元，超过预算 %s 元：请减少必选，或提高预算",
		"the fixed sites cost %s yuan, more than the budget of %s yuan: fix fewer or raise it", yuan(cost), yuan(budget))
}

func overLimit(g Group) error {
	return fault.New(fault.Invalid, "“%s”里必选的站点超过了它的上限 %d 个", "more sites of %q are fixed than its limit of %d", g.Name, g.Limit)
}

func yuan(fen int64) string { return strconv.FormatFloat(float64(fen)/100, 'f', 2, 64) }

// unreachable is the fault of a floor that all sites together do not reach.
func (b *builder) unreachable(f *floor, want Share, sums floorSums) error {
	reached, wanted := lang.PercentDown(sums.most, sums.total, 2), strconv.FormatFloat(float64(want)/100, 'f', -1, 64)
	if f.area < 0 {
		return fault.New(fault.Invalid, "目标 %s %% 达不到：所有候选点都开放也只能覆盖 %s %%。请降低目标，或增加候选点",
			"the target of %s %% cannot be reached: with every candidate open %s %% is covered. Lower it or add candidates", wanted, reached)
	}
	name := b.p.Areas[f.area].Name
	return fault.New(fault.Invalid, "重点区域“%s”达不到 %s %%：所有候选点都开放也只能覆盖 %s %%。请降低要求，或在那里增加候选点",
		"the area %q cannot reach %s %%: with every candidate open %s %% of it is covered. Lower its floor or add candidates there", name, wanted, reached)
}
