package complaint

import (
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/lang"
)

// The clocks of a problem and its letters. A campaign has the rules; those of Rectify, Next and
// ByDate end on a day that somebody said.
const (
	ClockSign      = "sign"      // 签收
	ClockDecide    = "decide"    // 退件的处理
	ClockVerify    = "verify"    // 核查
	ClockRectify   = "rectify"   // 整改
	ClockNext      = "next"      // 阶段性办结之后的下一步
	ClockCheck     = "check"     // 现场核查
	ClockPublicity = "publicity" // 公示
	ClockWindow    = "window"    // 观察期
	ClockMeasure   = "measure"   // 一项措施
	ClockReport    = "report"    // 信访件报结
	ClockObjection = "objection" // 异议的处理
	ClockProposal  = "proposal"  // 重开建议的处理
)

// The stages of a problem.
const (
	Received   = "received"
	Assigned   = "assigned"
	Returned   = "returned"
	Verifying  = "verifying"
	Unfounded  = "unfounded"
	Rectifying = "rectifying"
	Staged     = "staged"
	Done       = "done"
	Applied    = "applied"
	Accepted   = "accepted"
	Checked    = "checked"
	Publicity  = "publicity"
	Filed      = "filed"
	Settled    = "settled"
	Empty      = "empty"
)

// CalledDone reports whether a problem in a stage was called done, and has not come back since.
func CalledDone(stage string) bool {
	switch stage {
	case Done, Applied, Accepted, Checked, Publicity, Filed, Settled:
		return true
	}
	return false
}

// What a step brings: fields (of which Fields says how they are asked for) and proofs.
const (
	FieldVerdict   = "verdict"
	FieldNext      = "next"      // 下一步的日期
	FieldOwes      = "owes"      // 由谁负责
	FieldTests     = "tests"     // 五项标准, each as met
	FieldAgainst   = "against"   // 群众认为没有解决，仍建议通过
	FieldMilestone = "milestone" // 进展
	ProofPhoto     = "photo"
	ProofPaper     = "paper"
	ProofSignature = "signature" // drawn on site
	ProofWord      = "word"      // of each letter: its complainant's, the neighbours', or why there is none
	ProofBulletin  = "bulletin"  // it has been published
)

func text(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// The needs that are asked for again and again.
var (
	reason  = process.Need{Kind: process.Reason}
	outside = process.Need{Kind: process.Outside}
	// unrelated wants somebody who is not above the responsible unit either.
	unrelated = process.Need{Kind: process.Outside, Superior: true}
	// noneProposed wants nobody to say that it is not solved, but those whom somebody has answered.
	noneProposed = process.Need{Kind: process.NoneOpen, Name: Proposal.Key}
	word         = process.Need{Kind: process.Evidence, Name: ProofWord, Title: text("群众意见", "people's word")}
	anyProof     = process.Need{Kind: process.AnyOf, Any: []process.Need{
		{Kind: process.Evidence, Name: ProofPhoto, N: 1, Title: text("照片或办理材料", "photo or paper")}, {Kind: process.Evidence, Name: ProofPaper, Title: text("办理材料", "paper")},
	}}
)

func photos(n int) process.Need {
	return process.Need{Kind: process.Evidence, Name: ProofPhoto, N: n, Title: text("照片", "photo")}
}

// fields are what the fields of steps are called.
var fields = map[string]lang.Text{
	FieldVerdict: text("是否属实", "the verdict"), FieldNext: text("下一步的日期", "the next date"), FieldOwes: text("由谁负责", "who owes it"),
	FieldTests: text("五项标准", "the five tests"), FieldAgainst: text("群众意见", "people's word"), FieldMilestone: text("进展", "progress"),
}

func field(name string) process.Need {
	return process.Need{Kind: process.Field, Name: name, Title: fields[name]}
}

func othersThan(moves ...string) process.Need {
	return process.Need{Kind: process.NotPersonsOf, Not: moves}
}

// Problem is the way of what is behind one letter or several, and has one plan: what is assigned,
// put right and closed. The official steps of 销号 are self-check and application, check on site, sign-off,
// publicity, filing; after it comes the observation window.
var Problem = process.Process{
	Key: "complaint.problem", Name: text("问题", "problem"),
	Stages: []process.Stage{
		{Key: Received, Name: text("待交办", "to be assigned"), Owes: process.Asker},
		{Key: Assigned, Name: text("待签收", "to be signed for"), Owes: process.Lead, Clock: ClockSign, Tell: true},
		{Key: Returned, Name: text("退件待处理", "returned, to be decided"), Owes: process.Asker, Clock: ClockDecide},
		{Key: Verifying, Name: text("核查中", "being verified"), Owes: process.Lead, Clock: ClockVerify},
		{Key: Unfounded, Name: text("不属实，待复核", "found untrue, to be looked at again"), Owes: process.Asker},
		{Key: Rectifying, Name: text("整改中", "being put right"), Owes: process.Lead, Clock: ClockRectify, Tell: true},
		{Key: Staged, Name: text("阶段性办结", "closed for a stage"), Owes: process.Lead, Clock: ClockNext},
		{Key: Done, Name: text("已办结，待申请销号", "done, to be applied for"), Owes: process.Lead},
		{Key: Applied, Name: text("待现场核查", "to be checked on site"), Owes: process.Asker, Clock: ClockCheck, Tell: true},
		{Key: Accepted, Name: text("上级已验收，待无关单位复核", "accepted above, to be checked by others"), Owes: process.Asker},
		{Key: Checked, Name: text("待审核签字", "to be signed off"), Owes: process.Asker},
		{Key: Publicity, Name: text("公示中", "open to objections"), Owes: process.Asker, Clock: ClockPublicity},
		{Key: Filed, Name: text("已销号，观察期", "closed, being watched"), Clock: ClockWindow},
		{Key: Settled, Name: text("已巩固", "settled"), Final: true},
		{Key: Empty, Name: text("已并入其他问题", "merged into another"), Final: true, Void: true},
	},
	Moves: []process.Move{
		{Key: "assign", Name: text("交办", "assign"), From: []string{Received, Returned}, To: Assigned, Meets: []string{ClockDecide}, Starts: []string{ClockSign}},
		{Key: "sign", Name: text("签收", "sign for it"), From: []string{Assigned}, To: Verifying, Meets: []string{ClockSign}, Starts: []string{ClockVerify}},
		{
			Key: "return", Name: text("退件", "send back"), From: []string{Assigned, Verifying}, To: Returned,
			Meets: []string{ClockSign}, Ends: []string{ClockVerify}, Starts: []string{ClockDecide}, Needs: []process.Need{reason},
		},
		{Key: "insist", Name: text("退件不成立，仍由该单位办理", "the return is refused"), From: []string{Returned}, To: Assigned, Meets: []string{ClockDecide}, Starts: []string{ClockSign}, Needs: []process.Need{reason}},
		{
			Key: "found", Name: text("认定属实，开始整改", "found true, begin to put it right"), From: []string{Verifying}, To: Rectifying,
			Meets: []string{ClockVerify}, Starts: []string{ClockRectify}, Needs: []process.Need{field(FieldVerdict), anyProof},
		},
		{
			Key: "untrue", Name: text("认定不属实", "found untrue"), From: []string{Verifying}, To: Unfounded,
			Meets: []string{ClockVerify}, Needs: []process.Need{field(FieldVerdict), reason, anyProof},
		},
		{
			Key: "confirm", Name: text("复核同意不属实", "confirmed as untrue"), From: []string{Unfounded}, To: Checked,
			Needs: []process.Need{unrelated, othersThan(append([]string{"sign", "untrue"}, ofMeasures...)...), reason, photos(1), word},
		},
		{
			Key: "doubt", Name: text("复核不同意，退回核查", "not confirmed, to be verified again"), From: []string{Unfounded}, To: Verifying,
			Starts: []string{ClockVerify}, Needs: []process.Need{outside, reason},
		},
		{
			Key: "stage", Name: text("阶段性办结", "close for a stage"), From: []string{Rectifying}, To: Staged,
			Ends: []string{ClockRectify}, Starts: []string{ClockNext}, Needs: []process.Need{field(FieldNext), field(FieldOwes), reason, anyProof},
		},
		{Key: "resume", Name: text("继续整改", "go on"), From: []string{Staged}, To: Rectifying, Meets: []string{ClockNext}, Starts: []string{ClockRectify}},
		{
			Key: "done", Name: text("办结", "done"), From: []string{Rectifying, Staged}, To: Done, Meets: []string{ClockRectify, ClockNext},
			Needs: []process.Need{{Kind: process.Each, Name: Measure.Key}},
		},
		{
			Key: "apply", Name: text("自验并申请销号", "check oneself and apply"), From: []string{Done}, To: Applied, Starts: []string{ClockCheck},
			Needs: []process.Need{field(FieldTests), anyProof},
		},
		{
			Key: "check", Name: text("现场核查通过", "checked on site"), From: []string{Applied}, To: Checked, Meets: []string{ClockCheck},
			Needs: []process.Need{unrelated, notTheUnit, photos(2), word},
		},
		{
			Key: "check-against", Name: text("群众认为没解决，仍核查通过", "checked, though people say it is not solved"), From: []string{Applied}, To: Checked, Meets: []string{ClockCheck},
			Needs: []process.Need{unrelated, notTheUnit, photos(2), word, reason, field(FieldAgainst)},
		},
		{
			Key: "accept", Name: text("上级验收通过", "accepted by the superior"), From: []string{Applied}, To: Accepted, Meets: []string{ClockCheck},
			Needs: []process.Need{outside, notTheUnit, photos(2), word},
		},
		{
			Key: "check-too", Name: text("无关单位复核通过", "checked by an unrelated unit, too"), From: []string{Accepted}, To: Checked,
			Needs: []process.Need{unrelated, othersThan(append([]string{"sign", "found", "done", "apply", "accept"}, ofMeasures...)...), photos(1), word},
		},
		{
			Key: "fail", Name: text("核查不通过，退回整改", "not passed, back to be put right"), From: []string{Applied, Accepted}, To: Rectifying,
			Ends: []string{ClockCheck}, Starts: []string{ClockRectify}, Needs: []process.Need{outside, reason, photos(1)},
		},
		{Key: "sign-off", Name: text("审核签字", "sign off"), From: []string{Checked}, To: Publicity, Starts: []string{ClockPublicity}, Needs: []process.Need{
			outside, othersThan(append([]string{"confirm", "check", "check-against", "accept", "check-too", "apply"}, ofMeasures...)...), word, noneProposed,
		}},
		{Key: "refuse", Name: text("审核不同意，退回整改", "not signed off, back to be put right"), From: []string{Checked}, To: Rectifying, Starts: []string{ClockRectify}, Needs: []process.Need{outside, reason}},
		{Key: "uphold", Name: text("异议成立，退回整改", "an objection holds, back to be put right"), From: []string{Publicity}, To: Rectifying, Ends: []string{ClockPublicity}, Starts: []string{ClockRectify}, Needs: []process.Need{outside, reason}},
		{
			Key: "file", Name: text("备案销号", "file as closed"), From: []string{Publicity}, To: Filed, Meets: []string{ClockPublicity}, Starts: []string{ClockWindow},
			Needs: []process.Need{
				outside, {Kind: process.Elapsed, Name: ClockPublicity}, {Kind: process.NoneOpen, Name: Objection.Key}, noneProposed, word, {Kind: process.Evidence, Name: ProofBulletin},
			},
		},
		{Key: "settle", Name: text("观察期满，巩固", "the window has ended"), From: []string{Filed}, To: Settled, Meets: []string{ClockWindow}, Needs: []process.Need{
			{Kind: process.Elapsed, Name: ClockWindow}, noneProposed,
		}},
		{
			Key: "reopen", Name: text("反弹重开", "begin again"), From: []string{Done, Applied, Accepted, Checked, Publicity, Filed}, To: Assigned,
			Starts: []string{ClockSign}, Again: true, Needs: []process.Need{reason},
		},
		{
			Key: "merge", Name: text("并入其他问题", "merge into another"), From: []string{Received, Assigned, Returned, Verifying, Rectifying, Staged}, To: Empty,
			Ends: []string{ClockSign, ClockDecide, ClockVerify, ClockRectify, ClockNext}, Needs: []process.Need{reason, {Kind: process.NoneOpen, Name: Measure.Key}},
		},
	},
	Ways: []process.Way{
		{To: Done, Since: Rectifying, Through: []process.Through{{Moves: []string{"done"}, Needs: []process.Kind{process.Each}}}},
		{To: Filed, Since: Rectifying, Through: []process.Through{
			{Moves: []string{"done", "confirm"}},
			{Moves: []string{"apply", "confirm"}},
			{Moves: []string{"confirm", "check", "check-against", "check-too"}, Needs: []process.Kind{process.Outside, process.NotPersonsOf, process.Evidence}},
			{Moves: []string{"sign-off"}, Needs: []process.Kind{process.Outside, process.NotPersonsOf, process.Evidence, process.NoneOpen}},
			{Moves: []string{"file"}, Needs: []process.Kind{process.Outside, process.Elapsed, process.NoneOpen, process.Evidence}},
		}},
		{To: Settled, Since: Rectifying, Through: []process.Through{{Moves: []string{"settle"}, Needs: []process.Kind{process.Elapsed, process.NoneOpen}}}},
	},
}

// notTheUnit wants others than who had the problem or one of its measures in hand.
var notTheUnit = othersThan(append([]string{"sign", "found", "done", "apply"}, ofMeasures...)...)

// ofMeasures are the moves by which a measure is worked off.
var ofMeasures = []string{Measure.Key + "/do", Measure.Key + "/milestone"}

// Measure is the way of one thing that is to be done about a problem.
var Measure = process.Process{
	Key: "complaint.measure", Name: text("整改措施", "measure"), Starts: []string{ClockMeasure},
	Stages: []process.Stage{
		{Key: "open", Name: text("进行中", "under way"), Owes: process.Lead, Clock: ClockMeasure},
		{Key: "done", Name: text("已完成", "done"), Final: true},
		{Key: "withdrawn", Name: text("已撤回", "withdrawn"), Final: true, Void: true},
	},
	Moves: []process.Move{
		{Key: "milestone", Name: text("报进展", "report a milestone"), From: []string{"open"}, To: "open", Needs: []process.Need{field(FieldMilestone)}},
		{Key: "do", Name: text("完成", "done"), From: []string{"open"}, To: "done", Meets: []string{ClockMeasure}, Needs: []process.Need{anyProof}},
		{Key: "withdraw", Name: text("撤回", "withdraw"), From: []string{"open"}, To: "withdrawn", Ends: []string{ClockMeasure}, Needs: []process.Need{outside, reason}},
	},
}

// LetterWay is the way of a letter: it is answered, never closed.
var LetterWay = process.Process{
	Key: "complaint.letter", Name: text("信访件", "letter"), Starts: []string{ClockReport},
	Stages: []process.Stage{
		{Key: "received", Name: text("待交办", "to be handed over"), Owes: process.Asker, Clock: ClockReport},
		{Key: "handed", Name: text("办理中", "in hand"), Owes: process.Lead, Clock: ClockReport, Tell: true},
		{Key: "reported", Name: text("已报结，待审核", "reported, to be reviewed"), Owes: process.Asker},
		{Key: "answered", Name: text("已答复", "answered"), Final: true},
	},
	Moves: []process.Move{
		{Key: "hand", Name: text("交办", "hand over"), From: []string{"received", "handed"}, To: "handed"},
		{Key: "recall", Name: text("收回，等重新交办", "take back, to be assigned anew"), From: []string{"handed"}, To: "received", Needs: []process.Need{reason}},
		{Key: "report", Name: text("报结", "report"), From: []string{"handed"}, To: "reported", Meets: []string{ClockReport}, Needs: []process.Need{field(FieldVerdict)}},
		{Key: "rework", Name: text("退回重报", "back, to be reported anew"), From: []string{"reported"}, To: "handed", Starts: []string{ClockReport}, Needs: []process.Need{reason}},
		{Key: "answer", Name: text("审核答复", "answer"), From: []string{"reported"}, To: "answered", Needs: []process.Need{othersThan("report")}},
		{Key: "again", Name: text("重新办理", "take up again"), From: []string{"reported", "answered"}, To: "handed", Starts: []string{ClockReport}, Again: true, Needs: []process.Need{reason}},
	},
}

// Objection is the way of what somebody says against a closing while it is open to that.
var Objection = process.Process{
	Key: "complaint.objection", Name: text("异议", "objection"), Starts: []string{ClockObjection},
	Stages: []process.Stage{
		{Key: "open", Name: text("待处理", "to be decided"), Owes: process.Asker, Clock: ClockObjection},
		{Key: "upheld", Name: text("成立", "upheld"), Final: true},
		{Key: "dismissed", Name: text("不成立", "dismissed"), Final: true},
	},
	Moves: []process.Move{
		{Key: "uphold", Name: text("成立", "uphold"), From: []string{"open"}, To: "upheld", Meets: []string{ClockObjection}, Needs: []process.Need{reason}},
		{Key: "dismiss", Name: text("不成立", "dismiss"), From: []string{"open"}, To: "dismissed", Meets: []string{ClockObjection}, Needs: []process.Need{outside, reason}},
	},
}

// Proposal is the way of a question to a person: has a problem that was closed come back?
var Proposal = process.Process{
	Key: "complaint.proposal", Name: text("重开建议", "proposal to reopen"), Starts: []string{ClockProposal},
	Stages: []process.Stage{
		{Key: "open", Name: text("待决定", "to be decided"), Owes: process.Asker, Clock: ClockProposal},
		{Key: "taken", Name: text("已重开", "reopened"), Final: true},
		{Key: "declined", Name: text("不重开", "not reopened"), Final: true},
	},
	Moves: []process.Move{
		{Key: "take", Name: text("重开", "reopen"), From: []string{"open"}, To: "taken", Meets: []string{ClockProposal}, Needs: []process.Need{reason}},
		{Key: "decline", Name: text("不重开", "do not reopen"), From: []string{"open"}, To: "declined", Meets: []string{ClockProposal}, Needs: []process.Need{outside, reason}},
	},
}

// Processes are those of the system.
func Processes() []process.Process {
	return []process.Process{Problem, Measure, LetterWay, Objection, Proposal}
}
