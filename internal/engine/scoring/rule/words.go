package rule

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/lang"
)

// chosen is what a word of a rule is called; one that no rule has is shown as it is.
func chosen[T ~string](is T, of map[T]lang.Text) lang.Text {
	if t, ok := of[is]; ok {
		return t
	}
	return say("“%s”", "%q", string(is))
}

func (r *Rounding) words() lang.Text {
	if r == nil {
		return say("不取舍", "not rounded")
	}
	mode := chosen(r.Mode, map[exact.Mode]lang.Text{
		exact.HalfUp:   say("四舍五入", "half up"),
		exact.HalfEven: say("四舍六入五成双", "half to even"),
		exact.Down:     say("去尾", "towards zero"),
		exact.Up:       say("进一", "away from zero"),
	})
	switch r.Places {
	case 0:
		return say("取整数（%s）", "rounded to a whole number (%s)", mode)
	case 1:
		return say("取一位小数（%s）", "rounded to one place (%s)", mode)
	}
	return say("取 %d 位小数（%s）", "rounded to %d places (%s)", r.Places, mode)
}

func (c Centre) words() lang.Text {
	return chosen(c, map[Centre]lang.Text{
		Mean:    say("全部分的平均", "the mean of all"),
		Median:  say("全部分的中位数", "the median of all"),
		Trimmed: say("按下面去分后的平均", "the mean of those that the trim below keeps"),
	})
}

func (c Combine) words() lang.Text {
	return chosen(c, map[Combine]lang.Text{
		ByMean:   say("取平均", "their mean"),
		ByMedian: say("取中位数，双数时取中间两个的平均", "their median, of an even number the mean of the middle two"),
		BySum:    say("相加，评委没有到齐就等", "their sum, which waits while the panel is not whole"),
		ByPlaces: say("不直接用：每位评委的小计在参评对象里排成名次，去分去的是名次（低的是最差，高的是最好），留下的名次取平均", "not used as they are: each judge's sums become places among the entries that ran, the trim drops places (low are the worst, high the best), and of what is left the mean is taken"),
	})
}

func (e Equal) words() lang.Text {
	return chosen(e, map[Equal]lang.Text{
		EqualBest: say("都算最前的名次（1、1、1、4）", "all have the best place (1, 1, 1, 4)"),
		EqualMean: say("都算名次的平均（2、2、2、4）", "all have the mean place (2, 2, 2, 4)"),
	})
}

func (u Unlike) words() lang.Text {
	return chosen(u, map[Unlike]lang.Text{
		UnlikeWait:  say("等到一样为止", "the part waits until they have"),
		UnlikeShare: say("名次改为（名次 − 1/2）÷ 该评委打的对象数", "a place becomes (place − ½) ÷ how many that judge marked"),
	})
}

func (s Share) words() lang.Text {
	return chosen(s, map[Share]lang.Text{
		OfHighest: say("最高的票数", "the highest count"),
		OfSum:     say("全部票数之和", "the sum of all counts"),
	})
}

func (k Kind) words() lang.Text {
	return chosen(k, map[Kind]lang.Text{
		Count:   say("数量", "a count"),
		Portion: say("占比，0 到 1", "a share, 0 to 1"),
		YesNo:   say("是或否", "yes or no"),
	})
}

func (u Unmeasured) words() lang.Text {
	return chosen(u, map[Unmeasured]lang.Text{
		Wait: say("等", "the entry waits"),
		None: say("按 0 分，不加不扣", "it gives and takes nothing"),
	})
}

func (r Ranking) words() lang.Text {
	return chosen(r, map[Ranking]lang.Text{
		Competition: say("并列之后空出名次（1、1、3）", "Behind a shared place, places are left out (1, 1, 3)"),
		Dense:       say("并列之后名次连续（1、1、2）", "Behind a shared place, places go on (1, 1, 2)"),
	})
}

func (w Where) words() lang.Text {
	return chosen(w, map[Where]lang.Text{
		Everywhere: say("所有的并列都按下面的步骤区分。", "Every tie goes through the steps below."),
		AtCuts:     say("只有跨在入围线上的并列按下面的步骤区分，其余共享名次。", "Only a tie across a cut's line goes through the steps below; others share their place."),
	})
}

func (b By) words() lang.Text {
	return chosen(b, map[By]lang.Text{
		ByCriterion:  say("比指标在留下的评分表上的平均分（不取舍）", "the mean of a criterion over the sheets that were kept, not rounded"),
		ByDecimals:   say("环节、加权后和总分的取舍改为更多的小数，再比总分", "the totals again, with more places where parts, weighted parts and totals are rounded"),
		ByPart:       say("比环节得分（乘权重以前）", "the score of a part, before its weight"),
		ByStage:      say("比前面阶段的总分", "the total of an earlier stage"),
		ByMostFirsts: say("比有几位评委给了最好的分", "on how many sheets it is the best that the judge gave, in the part"),
		ByVote:       say("由评委表决", "the panel votes"),
		ByLots:       say("抽签", "lots are drawn"),
	})
}

func (a AtLine) words() lang.Text {
	return chosen(a, map[AtLine]lang.Text{
		Admit:   say("线上并列的都入围", "those tied at the line are all in"),
		Decide:  say("线上并列的由人决定", "of those tied at the line people decide"),
		KeepOut: say("线上并列的都不入围", "those tied at the line are all out"),
	})
}
