package event

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

type begun struct {
	Contest   string `json:"contest"`
	Title     string `json:"title"`
	Approval  string `json:"approval"`
	Cycle     string `json:"cycle"`
	Rule      string `json:"rule"` // its hash
	Rehearsal bool   `json:"rehearsal"`

	person string
}

func (begun) Kind() string      { return "contest.begun" }
func (e begun) Subject() string { return contest.Subject(e.Contest) }
func (e begun) Private() any    { return contest.ByWhom{By: e.person} }

type ruleSet struct {
	Contest string `json:"contest"`
	Rule    string `json:"rule"`
	Was     string `json:"was"`

	person string
}

func (ruleSet) Kind() string      { return "contest.rule-set" }
func (e ruleSet) Subject() string { return contest.Subject(e.Contest) }
func (e ruleSet) Private() any    { return contest.ByWhom{By: e.person} }

// called is that entries are taken until a time, which may become another.
type called struct {
	Contest string `json:"contest"`
	Until   string `json:"until"`

	person string
}

func (called) Kind() string      { return "contest.called" }
func (e called) Subject() string { return contest.Subject(e.Contest) }
func (e called) Private() any    { return contest.ByWhom{By: e.person} }

// cancelled is that a contest will not be held. The reason is public: it names a ground, never a person.
type cancelled struct {
	Contest string `json:"contest"`
	Reason  string `json:"reason"`
	Was     string `json:"was"` // its state

	person string
}

func (cancelled) Kind() string      { return "contest.cancelled" }
func (e cancelled) Subject() string { return contest.Subject(e.Contest) }
func (e cancelled) Private() any    { return contest.ByWhom{By: e.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: begun{Contest: "hall-2026", Title: "现场评审"}, Says: lang.Text{ZH: "一次评审开始了，用的是哪个规则", EN: "A contest began, and by which rule"}},
		{Example: ruleSet{Contest: "hall-2026"}, Says: lang.Text{ZH: "评审换了规则，那时还没有开评", EN: "A contest got another rule before judging began"}},
		{Example: called{Contest: "hall-2026"}, Says: lang.Text{ZH: "评审开始征集，或改了截止时间", EN: "A contest takes entries, or takes them until another time"}},
		{Example: cancelled{Contest: "hall-2026"}, Says: lang.Text{ZH: "评审取消了，为什么", EN: "A contest was cancelled, and why"}},
	}
}
