package contest

import (
	"github.com/xiadu/xiadu/internal/engine/casework/process"
)

// ClockObjection is the clock of an objection.
const ClockObjection = "objection"

// The stages of an objection.
const (
	ObjectionOpen      = "open"
	ObjectionExamined  = "examined"
	ObjectionUpheld    = "upheld"
	ObjectionDismissed = "dismissed"
)

// Objection is the way of what somebody says against a result while it is open to that: whoever holds the contest looks into it and
// says what they found, and the supervisor, who is another person, decides.
var Objection = process.Process{
	Key: "contest.objection", Name: text("评审异议", "objection to a contest"), Starts: []string{ClockObjection},
	Stages: []process.Stage{
		{Key: ObjectionOpen, Name: text("待核查", "to be looked into"), Owes: process.Asker, Clock: ClockObjection, Tell: true},
		{Key: ObjectionExamined, Name: text("核查过，待监督员决定", "looked into; the supervisor decides"), Owes: process.Asker, Clock: ClockObjection},
		{Key: ObjectionUpheld, Name: text("成立", "upheld"), Final: true},
		{Key: ObjectionDismissed, Name: text("不成立", "dismissed"), Final: true},
	},
	Moves: []process.Move{
		{Key: "examine", Name: text("写核查结果", "say what was found"), From: []string{ObjectionOpen}, To: ObjectionExamined, Needs: []process.Need{{Kind: process.Reason}}},
		{Key: "back", Name: text("退回再查", "back, to be looked into once more"), From: []string{ObjectionExamined}, To: ObjectionOpen, Needs: []process.Need{{Kind: process.Reason}, others}},
		{Key: "uphold", Name: text("成立", "uphold"), From: []string{ObjectionExamined}, To: ObjectionUpheld, Meets: []string{ClockObjection}, Needs: []process.Need{{Kind: process.Reason}, others}},
		{Key: "dismiss", Name: text("不成立", "dismiss"), From: []string{ObjectionExamined}, To: ObjectionDismissed, Meets: []string{ClockObjection}, Needs: []process.Need{{Kind: process.Reason}, others}},
	},
	Ways: []process.Way{
		{To: ObjectionUpheld, Since: ObjectionOpen, Through: []process.Through{{Moves: []string{"uphold"}, Needs: []process.Kind{process.Reason, process.NotPersonsOf}}}},
		{To: ObjectionDismissed, Since: ObjectionOpen, Through: []process.Through{{Moves: []string{"dismiss"}, Needs: []process.Kind{process.Reason, process.NotPersonsOf}}}},
	},
}

// others wants somebody who did not look into it.
var others = process.Need{Kind: process.NotPersonsOf, Not: []string{"examine"}}

// Processes are those of the system.
func Processes() []process.Process { return []process.Process{Objection} }
