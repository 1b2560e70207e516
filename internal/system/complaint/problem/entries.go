package problem

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

func says(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// opened is that there is a problem. Which letters it is about is public with their bulletin.
type opened struct {
	person string

	Code     string   `json:"code"`
	Division string   `json:"division,omitempty"`
	Kinds    []string `json:"kinds"`
	Key      bool     `json:"key,omitempty"`
}

func (opened) Kind() string      { return "complaint.problem-opened" }
func (e opened) Subject() string { return Subject(e.Code) }
func (e opened) Private() any    { return complaint.ByWhom{By: e.person} }

// moved is a step of a problem. It names units and no person; what was shown is committed to by
// the entries of the evidence itself.
type moved struct {
	person, why string

	Code     string   `json:"code"`
	Life     int      `json:"life"`
	Move     string   `json:"move"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Lead     string   `json:"lead,omitempty"`
	Joint    []string `json:"joint,omitempty"`
	Happened string   `json:"happened,omitempty"` // where that is another time than the entry's
	Verdict  string   `json:"verdict,omitempty"`
	Next     string   `json:"next,omitempty"` // the day of the next step, of one that is closed for a stage
	Due      string   `json:"due,omitempty"`
	Proofs   []string `json:"proofs,omitempty"`   // items of evidence
	Accepted string   `json:"accepted,omitempty"` // whose acceptance failed, where it begins again
	Into     string   `json:"into,omitempty"`     // the problem that it was merged into
	Words    *words   `json:"words,omitempty"`    // of a check: what people said, as counts
}

// words are what those said who live with it, as counts of letters.
type words struct {
	Solved     int `json:"solved"`
	Not        int `json:"not"`
	Unsure     int `json:"unsure"`
	Neighbours int `json:"neighbours"`
	None       int `json:"none"`
}

func (moved) Kind() string      { return "complaint.problem-moved" }
func (e moved) Subject() string { return Subject(e.Code) }
func (e moved) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// What a unit types is in the private part of an entry: the log has a salted commitment to it, counts, dates and whose it is, and
// what is in it that should not be there can be erased. Entries of before have "what", "progress" and "act" in public.

// measured is that a measure was put down.
type measured struct {
	person, what string

	Code    string `json:"code"` // of the problem
	Measure int    `json:"measure"`
	Owner   string `json:"owner"`
	Due     string `json:"due"`
	Money   int64  `json:"money,omitempty"` // fen
	Visit   bool   `json:"visit,omitempty"` // said on site
}

func (measured) Kind() string      { return "complaint.measure-added" }
func (e measured) Subject() string { return Subject(e.Code) }
func (e measured) Private() any {
	return struct {
		By   string `json:"by,omitempty"`
		What string `json:"what"`
	}{e.person, e.what}
}

// measureMoved is a step of a measure.
type measureMoved struct {
	person, why, progress string

	Code    string   `json:"code"`
	Measure int      `json:"measure"`
	Move    string   `json:"move"`
	To      string   `json:"to"`
	Proofs  []string `json:"proofs,omitempty"`
}

func (measureMoved) Kind() string      { return "complaint.measure-moved" }
func (e measureMoved) Subject() string { return Subject(e.Code) }
func (e measureMoved) Private() any {
	return struct {
		By       string `json:"by,omitempty"`
		Why      string `json:"why,omitempty"`
		Progress string `json:"progress,omitempty"`
	}{e.person, e.why, e.progress}
}

// sanctioned is what was done to those who are responsible, as a count or an act.
type sanctioned struct {
	person, act string

	Code  string `json:"code"`
	What  string `json:"what"`
	N     int    `json:"n"`
	Money int64  `json:"money,omitempty"` // fen
	Day   string `json:"day"`
}

func (sanctioned) Kind() string      { return "complaint.sanctioned" }
func (e sanctioned) Subject() string { return Subject(e.Code) }
func (e sanctioned) Private() any {
	return struct {
		By  string `json:"by,omitempty"`
		Act string `json:"act,omitempty"`
	}{e.person, e.act}
}

// heard is what somebody says who lives with a problem. It is sealed, so that nobody is
// pressed before the closing is public; the counts are in the step that it is shown for.
type heard struct {
	person, why string

	Code   string `json:"code"`
	Life   int    `json:"life"`
	Source string `json:"source"`
	Says   string `json:"says,omitempty"`
}

func (heard) Kind() string      { return "complaint.word" }
func (e heard) Subject() string { return Subject(e.Code) }
func (heard) Sealed()           {}
func (e heard) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// asked is an objection to a closing, or a proposal to begin again; answered is what was decided.
type asked struct {
	person, what string

	Code  string `json:"code"`
	What  string `json:"what"` // complaint.objection or complaint.proposal
	ID    string `json:"id"`
	Cause string `json:"cause"` // letter, public, person
}

func (asked) Kind() string      { return "complaint.asked" }
func (e asked) Subject() string { return Subject(e.Code) }
func (e asked) Private() any {
	return struct {
		By   string `json:"by,omitempty"`
		What string `json:"what,omitempty"`
	}{e.person, e.what}
}

type decided struct {
	person, why string

	Code string `json:"code"`
	What string `json:"what"`
	ID   string `json:"id"`
	Move string `json:"move"`
}

func (decided) Kind() string      { return "complaint.decided" }
func (e decided) Subject() string { return Subject(e.Code) }
func (e decided) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: opened{}, Says: says("立了一个问题", "A problem was opened")},
		{Example: described{}, Says: says("写明了一个问题在哪里、是什么类型", "What a problem is and where it lies was said anew")},
		{Example: moved{}, Says: says("一个问题走了一步：哪一步，谁负责，凭什么", "A problem took a step: which, who answers for it, and what shows it")},
		{Example: measured{}, Says: says("定了一项整改措施：谁负责、到哪天；做什么只有承诺", "A measure was put down: whose, by when; what it is is committed to")},
		{Example: measureMoved{}, Says: says("一项整改措施有了进展、完成了或撤回了", "A measure made progress, was done, or was withdrawn")},
		{Example: sanctioned{}, Says: says("处罚、约谈或问责的计数；文号只有承诺", "A penalty, an interview or an account taken, as a count; its act is committed to")},
		{Example: heard{}, Says: says("群众怎么说，开封前只有承诺", "What somebody says who lives with it; committed to until it is opened")},
		{Example: pointed{letter: "…"}, Says: says("一封信访件的问题点现在是：各属哪个问题、什么类型、认定如何", "What the points of a letter are: of which problem, of what kinds, found how")},
		{Example: asked{}, Says: says("有人提出异议，或建议重开", "An objection, or a proposal to begin again")},
		{Example: judged{}, Says: says("认定了后来并入的问题点是否属实", "Points that came to a problem later were judged")},
		{Example: parted{}, Says: says("问题点从一个问题分到另一个", "Points went from one problem to another")},
		{Example: extensionAsked{}, Says: says("有人提出延长一项措施的期限", "Somebody asked for more time for a measure")},
		{Example: extensionDecided{}, Says: says("另一个人批准或没有批准措施延期", "Another person approved more time for a measure, or did not")},
		{Example: decided{}, Says: says("对异议或重开建议作了决定", "An objection or a proposal was decided")},
	}
}
