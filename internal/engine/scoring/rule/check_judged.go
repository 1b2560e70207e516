package rule

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
)

// judged checks a judged part, and returns its full score where there is no fault.
func (c *checker) judged(at string, j *Judged) exact.Number {
	before := len(c.faults)
	c.criteria(at+".criteria", j)
	c.one(at+".across", string(j.Across), string(Sheets), string(Columns))
	c.one(at+".combine", string(j.Combine), string(ByMean), string(ByMedian), string(BySum), string(ByPlaces))
	c.wants(j.Seats >= 0 && j.Seats <= maxSeats, at+".seats", "评委数是 0（不限）到 %d", "there are 0 (any number) to %d seats", maxSeats)
	c.trim(at+".trim", j)
	c.clamp(at+".clamp", j)
	c.rounding(at+".mark", j.Mark)
	c.rounding(at+".column", j.Column)
	c.rounding(at+".sheet", j.Sheet)
	c.wants(j.Across != Columns || j.Sheet == nil, at+".sheet", "按指标逐项合成时没有评委小计，不能对它取舍", "across criteria there is no sum of a sheet to be rounded")
	if j.Combine == ByPlaces {
		c.wants(j.Across == Sheets, at+".across", "按名次合成要先有每位评委的小计：写 sheets", "places need a sum of each sheet: write sheets")
		c.one(at+".equal", string(j.Equal), string(EqualBest), string(EqualMean))
		c.one(at+".unlike", string(j.Unlike), string(UnlikeWait), string(UnlikeShare))
	} else {
		c.wants(j.Equal == "", at+".equal", "equal 只用于按名次合成", "equal belongs to places only")
		c.wants(j.Unlike == "", at+".unlike", "unlike 只用于按名次合成", "unlike belongs to places only")
	}
	c.wants(j.Combine != BySum || j.Seats > 0, at+".seats", "按总和合成要写明评委数：少一位，总和就不可比", "a sum needs the number of seats: with one fewer, sums cannot be compared")
	if len(c.faults) > before {
		return exact.Number{}
	}
	return j.most()
}

// most is the panel's score of a checked part when every mark is the highest: no rounding, trim or band leads beyond it.
func (j *Judged) most() (most exact.Number) {
	if j.Combine == ByPlaces {
		return most
	}
	kept := exact.Of(1) // a mean and a median of equal scores is one of them
	if j.Combine == BySum {
		t, _ := j.TrimFor(j.Seats)
		kept = exact.Of(int64(j.Seats - t.Low - t.High))
	}
	for _, k := range j.Criteria {
		mark := j.Mark.Of(k.To)
		if j.Across == Columns {
			most = most.Add(k.Weight.Times(j.Column.Of(mark.Times(kept))))
		} else {
			most = most.Add(j.Column.Of(k.Weight.Times(mark)))
		}
	}
	if j.Across == Columns {
		return most
	}
	return j.Sheet.Of(most).Times(kept)
}

func (c *checker) criteria(at string, j *Judged) {
	c.wants(len(j.Criteria) > 0, at, "至少要有一项指标；只打一个总分，就写一项", "there has to be a criterion; where a judge gives one score, write one")
	seen := map[string]bool{}
	for i := range c.some(at, len(j.Criteria)) {
		k := j.Criteria[i]
		here := fmt.Sprintf("%s[%d]", at, i)
		c.key(here+".key", k.Key)
		c.wants(!seen[k.Key], here+".key", "指标“%s”写了两次", "criterion %q is there twice", k.Key)
		seen[k.Key] = true
		c.wants(k.Weight.Sign() > 0, here+".weight", "权重要大于零", "a weight is more than zero")
		c.wants(k.From.Less(k.To), here+".to", "最高分要大于最低分", "the highest mark has to be more than the lowest")
		c.wants(k.Step.Sign() > 0 && k.On(k.To), here+".step", "从 %[1]s 起每次加 %[2]s，到不了 %[3]s", "steps of %[2]s from %[1]s do not lead to %[3]s", k.From, k.Step, k.To)
		c.wants(j.Clamp == nil || !j.Clamp.Share || k.From.Sign() >= 0, here+".from", "带宽按中心的比例算，分数就不能小于零", "where a band is a share of its centre, marks cannot be below zero")
	}
}

// On tells whether a mark is one of the criterion's steps, its bounds aside.
func (k *Criterion) On(mark exact.Number) bool { return mark.Sub(k.From).Over(k.Step).Whole() }

func (c *checker) clamp(at string, j *Judged) {
	if j.Clamp == nil {
		return
	}
	c.one(at+".around", string(j.Clamp.Around), string(Mean), string(Median), string(Trimmed))
	c.wants(j.Clamp.By.Sign() >= 0, at+".by", "幅度不能小于零", "the width of a band is not below zero")
	c.wants(j.Combine != ByPlaces, at, "名次没有带宽可收", "places are not clamped to a band")
	c.wants(j.Combine != BySum || !j.Clamp.Drop, at+".drop", "按总和合成不能丢掉带外的分", "a sum cannot drop what is outside of a band")
}

func (c *checker) trim(at string, j *Judged) {
	c.wants(len(j.Trim) > 0, at, "写明有几位评委的分时去掉几个，如 [{\"from\":1,\"low\":0,\"high\":0},{\"from\":5,\"low\":1,\"high\":1}]",
		`say how many are dropped of how many, as [{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]`)
	for i := range c.some(at, len(j.Trim)) {
		t := j.Trim[i]
		here := fmt.Sprintf("%s[%d]", at, i)
		c.wants(t.From >= 1 && t.From <= maxSeats && (i == 0 || j.Trim[i-1].From < t.From), here+".from", "人数从 1 到 %d，一行比一行大", "numbers are from 1 to %d and ascend", maxSeats)
		c.wants(t.Low >= 0 && t.Low <= maxSeats && t.High >= 0 && t.High <= maxSeats && t.From-t.Low-t.High >= 1, here, "%[1]d 个分去掉 %[2]d 个低的、%[3]d 个高的，一个也不剩", "of %[1]d, %[2]d low and %[3]d high ones leave none", t.From, t.Low, t.High)
	}
	if len(j.Trim) > 0 && j.Seats > 0 {
		c.wants(j.Trim[0].From <= j.Seats, at, "没有写 %d 位评委时怎么去分", "it does not say what is dropped of %d", j.Seats)
	}
}
