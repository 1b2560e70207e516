package problems

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// way are the stages that a problem goes through, as its steps show them: found untrue, it has no measures; where the
// superior accepts, another unit checks, too.
func (v caseView) way() []string {
	if v.w.Stage == complaint.Unfounded || v.w.Verdict == complaint.Untrue.Key() {
		return []string{complaint.Received, complaint.Assigned, complaint.Verifying, complaint.Unfounded, complaint.Checked, complaint.Publicity, complaint.Filed, complaint.Settled}
	}
	way := []string{complaint.Received, complaint.Assigned, complaint.Verifying, complaint.Rectifying, complaint.Done, complaint.Applied}
	if v.w.Campaign.Acceptor == campaign.BySuperior {
		way = append(way, complaint.Accepted)
	}
	return append(way, complaint.Checked, complaint.Publicity, complaint.Filed, complaint.Settled)
}

// stepName is what happens in a stage, in a word or two.
func (v caseView) stepName(stage string) string {
	switch stage {
	case complaint.Received:
		return v.T("交办", "Assign")
	case complaint.Assigned:
		return v.T("签收", "Sign for")
	case complaint.Verifying:
		return v.T("核查", "Verify")
	case complaint.Unfounded:
		return v.T("复核", "Look again")
	case complaint.Rectifying:
		return v.T("整改", "Put right")
	case complaint.Done:
		return v.T("自验申请", "Apply")
	case complaint.Applied:
		if v.w.Campaign.Acceptor == campaign.BySuperior {
			return v.T("上级验收", "Accept")
		}
		return v.T("现场核查", "Check on site")
	case complaint.Accepted:
		return v.T("外单位复核", "Check, too")
	case complaint.Checked:
		return v.T("审核签字", "Sign off")
	case complaint.Publicity:
		return v.T("公示", "Publicity")
	case complaint.Filed:
		return v.T("观察期", "Watched")
	}
	return v.T("巩固", "Settled")
}

// steps are how far the problem is on its way.
func (v caseView) steps() (out []kit.Step) {
	out = v.former()
	way, at := v.way(), v.w.Stage
	switch at {
	case complaint.Returned:
		at = complaint.Received
	case complaint.Staged:
		at = complaint.Rectifying
	}
	here := slices.Index(way, at)
	for i, stage := range way {
		s := kit.Step{Name: v.stepName(stage), State: kit.StepAhead}
		switch {
		case i < here || v.w.Stage == complaint.Settled:
			s.State = kit.StepDone
			if t := v.left(stage); !t.IsZero() {
				s.Says = page.MonthDay(v.Lang, t)
			}
		case i == here:
			s.State, s.Late, s.Says = kit.StepNow, v.standing.Late, v.standing.Words
			if v.w.Stage == complaint.Staged {
				s.Name = v.T("阶段性办结", "Closed for a stage")
			}
		}
		out = append(out, s)
	}
	return out
}

// left is when a stage was left last in this life.
func (v caseView) left(stage string) (at time.Time) {
	for _, step := range v.w.History {
		if step.Life == v.w.Life && step.From == stage && step.To != stage {
			at = step.Recorded
		}
	}
	return at
}

// former are the lives before this one.
func (v caseView) former() (out []kit.Step) {
	for life := 1; life < v.w.Life; life++ {
		s := kit.Step{Name: v.F("第 %d 次办理后反弹", "Came back after life %d", life), State: kit.StepFormer}
		for _, step := range v.w.History {
			if step.Life == life && step.Move == "file" {
				s.Says = page.MonthDay(v.Lang, step.Recorded) + v.T("销号", " closed")
			}
			if step.Life == life+1 && step.Move == "reopen" {
				if s.Says != "" {
					s.Says += v.T("，", ", ")
				}
				s.Says += page.MonthDay(v.Lang, step.Recorded) + v.T("重开", " reopened")
			}
		}
		out = append(out, s)
	}
	return out
}
