package bulletins

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/web"
)

// batches are those with letters that are not published yet.
func (v listView) batches() (all []web.Choice) {
	for _, b := range v.proposal.Batches {
		if b.Unpublished == 0 {
			continue
		}
		label := v.F("%s：%d 件没有公开", "%s: %d letters unpublished", complaint.BatchName(b.Batch).In(v.Lang), b.Unpublished)
		if b.Unreported > 0 {
			label += v.F("，其中 %d 件还没有报结", ", %d of them not reported on", b.Unreported)
		}
		all = append(all, web.Choice{Name: "batch", Value: strconv.Itoa(b.Batch), Label: label, On: b.Unreported == 0})
	}
	return all
}

// states are what a letter's report says.
var states = map[letter.Status][2]string{
	letter.Unreported: {"未报结", "not reported on"}, letter.Closed: {"已办结", "done"}, letter.ForAStage: {"阶段性办结", "done for a stage"}, letter.Doing: {"正在办理", "in hand"},
}

// changed are the letters that say something else now than what was published.
func (v listView) changed() (all []web.Choice) {
	for _, c := range v.proposal.Changed {
		was, is := states[c.Was], states[c.Is]
		label := v.F("%s：第 %d 号公布为“%s”，现在“%s”", "%s: “%[3]s” in bulletin %[2]d, now “%[4]s”", c.Code, c.Bulletin, v.T(was[0], was[1]), v.T(is[0], is[1]))
		all = append(all, web.Choice{Name: "letter", Value: c.Letter, Label: label, On: true})
	}
	return all
}
