package plans

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// The answer of siting is of its own hours, a plan's table of one of them: what was
// proven is said first, and of which hours.

// proven is what siting proved of a plan over the hours of a week, from the proof that
// was kept with it; false for any other plan, and for siting at one moment, which has the
// figures of the table.
func proven(p plan.Plan) (figures.SitingFigures, bool) {
	var f figures.SitingFigures
	if p.Origin != plan.Sited || p.Proof == "" || json.Unmarshal([]byte(p.Proof), &f) != nil {
		return f, false
	}
	return f, f.Minutes > 1 && f.DemandTotal > 0
}

// provenShares are the shares before and after over the siting's hours, without a unit.
func provenShares(f figures.SitingFigures) [2]string {
	return [2]string{lang.Percent(f.CoveredBefore, f.DemandTotal), lang.Percent(f.CoveredAfter, f.DemandTotal)}
}

// provenWhat names whom the siting counts.
func provenWhat(l lang.Lang, f figures.SitingFigures) string {
	if f.Times > 1 {
		return l.F("有 %d 个以上可选的人", "people with a choice of %d or more", f.Times)
	}
	return l.T("有驿站的人", "people with a station")
}

// provenWords is the siting's answer as a sentence.
func provenWords(l lang.Lang, f figures.SitingFigures) string {
	shares := provenShares(f)
	return l.F("选址的答案（%[1]s 平均）：%[2]s从 %[3]s%% 到 %[4]s%%，多 %[5]s 人。", "The answer of siting (average of %[1]s): %[2]s from %[3]s%% to %[4]s%%, %[5]s more.",
		f.Hours, provenWhat(l, f), shares[0], shares[1], words.People(f.CoveredAfter-f.CoveredBefore))
}
