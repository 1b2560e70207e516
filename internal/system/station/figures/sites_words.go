package figures

import (
	"math"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// SitingWords says a question of siting and its answer as a planner would.
type SitingWords struct{ lang.Lang }

// Hours says which hours count.
func (w SitingWords) Hours(q *selection.Question) string {
	switch {
	case q.Cover.AnyHour:
		return w.T("不看几点", "at no particular hour")
	case q.Window != (timetable.Window{}):
		return q.Window.In(w.Lang)
	}
	return words.Moment(w.Lang, q.Cover.At)
}

// Asked is the question as a sentence.
func (w SitingWords) Asked(q *selection.Question) string {
	covered := w.F("%[1]s %[2]d 分钟内有驿站", "have a station within %[2]d minutes %[1]s", w.mode(q), int(q.Cover.Within.Minutes()))
	if q.Times > 1 {
		covered = w.F("%[1]s %[2]d 分钟内有 %[3]d 个驿站可选（交叉覆盖）", "have a choice of %[3]d stations within %[2]d minutes %[1]s (cross-covered)", w.mode(q), int(q.Cover.Within.Minutes()), q.Times)
	}
	switch q.Goal {
	case selection.FewestSites:
		return w.F("最少开几个，能让 %[2]s%% 的人%[1]s？", "What is the fewest sites with which %[2]s%% of the people %[1]s?", covered, words.PercentOf(int(q.Target)))
	case selection.LeastCost:
		return w.F("最少花多少钱，能让 %[2]s%% 的人%[1]s？", "What is the least money with which %[2]s%% of the people %[1]s?", covered, words.PercentOf(int(q.Target)))
	case selection.MostPeople:
	}
	within := ""
	switch {
	case q.Sites != nil && q.Budget != nil:
		within = w.F("新增 %[1]d 个以内、花 ¥%[2]s 以内", "With up to %[1]d new sites and ¥%[2]s", *q.Sites, words.Money(*q.Budget))
	case q.Sites != nil && *q.Sites == 0:
		return w.F("一个也不新增，有多少人%s？", "With no new site at all, how many people %s?", covered)
	case q.Sites != nil && *q.Sites == 1:
		within = w.T("新增 1 个", "With one new site")
	case q.Sites != nil:
		within = w.F("新增 %d 个", "With %d new sites", *q.Sites)
	case q.Budget != nil && *q.Budget == 0:
		within = w.T("一分钱不花", "Without any money")
	case q.Budget != nil:
		within = w.F("花 ¥%s 以内", "With ¥%s", words.Money(*q.Budget))
	}
	return w.F("%[1]s，开在哪里能让最多的人%[2]s？", "%[1]s, where do most people %[2]s?", within, covered)
}

func (w SitingWords) mode(q *selection.Question) string {
	if q.Cover.Mode == network.Ebike {
		return w.T("骑电动车", "by e-bike")
	}
	return w.T("走路", "on foot")
}

// certificate says how far from the best possible the plan can be.
func (w SitingWords) certificate(v Sited) string {
	a := v.Answer
	switch goal := a.Siting.Question.Goal; {
	case goal == selection.MostPeople && a.Proven:
		return w.T("已证明最优：换任何别的选法，都不会覆盖更多人。", "Proven best: no other choice of sites covers more people.")
	case goal == selection.MostPeople:
		more, adds := a.Best().Float()-a.After().Float(), a.After().Float()-a.Before().Float()
		if adds <= 0 {
			return w.F("换任何别的选法，最多还能多覆盖 %s 人。", "Any other choice of sites could cover at most %s more people.", words.People(math.Ceil(more)))
		}
		return w.F("换任何别的选法，最多还能多覆盖 %[1]s 人，不超过本方案新增人数的 %[2]s%%。",
			"Any other choice of sites could cover at most %[1]s more people, no more than %[2]s%% of what this plan adds.", words.People(math.Ceil(more)), lang.PercentUp(more, adds))
	case goal == selection.FewestSites && a.Proven:
		return w.F("已证明最少：少于 %d 个，怎么选都达不到目标。", "Proven fewest: with fewer than %d sites no choice reaches the target.", a.Value)
	case goal == selection.FewestSites:
		return w.F("已证明至少要 %[1]d 个；本方案用 %[2]d 个。", "At least %[1]d sites are proven necessary; this plan has %[2]d.", a.Bound, a.Value)
	case a.Proven:
		return w.F("已证明最省：少于 ¥%s，怎么选都达不到目标。", "Proven cheapest: for less than ¥%s no choice reaches the target.", words.Money(station.Fen(a.Value)))
	}
	return w.F("已证明至少要 ¥%[1]s；本方案花 ¥%[2]s。", "At least ¥%[1]s is proven necessary; this plan costs ¥%[2]s.", words.Money(station.Fen(a.Bound)), words.Money(station.Fen(a.Value)))
}

// noneOpens says why a plan has no site: a question that allows none is told from
// candidates that help nobody.
func (w SitingWords) noneOpens(s *selection.Siting) string {
	q := &s.Question
	least := station.Fen(math.MaxInt64)
	for i := range s.Candidates {
		if s.Candidates[i].Choice != siting.Forbidden {
			least = min(least, s.Candidates[i].Cost)
		}
	}
	switch {
	case q.Goal != selection.MostPeople:
		return w.T("一个也不用开，目标已经达到。", "The target is met without any new site.")
	case q.Sites != nil && *q.Sites == 0:
		return w.T("问题里写了一个也不许新增（最多 0 个），所以没有新站。", "The question allows no new site (0 at most), so none opens.")
	case q.Budget != nil && *q.Budget == 0:
		return w.T("问题里写了一分钱也不许花（预算 0 元），所以要花钱的候选都不开。", "The question allows no money (a budget of 0), so no candidate that costs something opens.")
	case q.Budget != nil && *q.Budget < least && least < math.MaxInt64:
		return w.F("预算 ¥%[1]s 不够：最便宜的候选要 ¥%[2]s。", "The budget of ¥%[1]s is too small: the cheapest candidate costs ¥%[2]s.", words.Money(*q.Budget), words.Money(least))
	}
	return w.T("在这些条件里，没有找到能让更多人有覆盖的候选点。", "Within these conditions no candidate was found that would cover anybody more.")
}

// Ended says why the search ended.
func (w SitingWords) Ended(v Sited) string {
	took := strconv.FormatFloat(v.Took.Seconds(), 'f', 1, 64)
	switch v.Ended {
	case endedProven:
		return w.F("算了 %s 秒，已证明最优。", "It took %s seconds, until it was proven best.", took)
	case endedClose:
		return w.F("算了 %s 秒，差距已经足够小。", "It took %s seconds, until the gap was small enough.", took)
	case EndedStopped:
		return w.F("算了 %s 秒，被您停下；这是到那时最好的方案。", "It was stopped after %s seconds; this is the best plan by then.", took)
	}
	return w.F("算满 %s 秒的时限；再算久一些，差距可能更小。", "It ran for its %s seconds; with more time the gap may shrink.", took)
}

// The reasons for which a search ends.
const (
	endedProven  = "proven"
	endedClose   = "close_enough"
	endedTime    = "time"
	EndedStopped = "stopped"
)
