package bulletins

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
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

// changed are the letters that say something else now than what was published.
func (v listView) changed() (all []web.Choice) {
	for _, c := range v.proposal.Changed {
		label := v.F("%s：第 %d 号公布为“%s”，现在“%s”", "%s: “%[3]s” in bulletin %[2]d, now “%[4]s”", c.Code, c.Bulletin, c.Was.Name().In(v.Lang), c.Is.Name().In(v.Lang))
		all = append(all, web.Choice{Name: "letter", Value: c.Letter, Label: label, On: true})
	}
	return all
}

// waiting parts the letters that wait into those with something undecided, and those that were only not read.
func (v editView) waiting() (flagged, unread []bulletin.Waiting) {
	for _, one := range v.waits {
		if len(one.Flagged) > 0 {
			flagged = append(flagged, one)
		} else {
			unread = append(unread, one)
		}
	}
	return flagged, unread
}

// kinds says what is undecided, each kind and field once.
func (v editView) kinds(one bulletin.Waiting) string {
	var all []string
	for _, t := range one.Flagged {
		if text := t.In(v.Lang); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, v.T("、", ", "))
}
