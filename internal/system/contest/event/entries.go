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

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: begun{Contest: "hall-2026", Title: "现场评审"}, Says: lang.Text{ZH: "一次评审开始了，用的是哪个规则", EN: "A contest began, and by which rule"}},
		{Example: ruleSet{Contest: "hall-2026"}, Says: lang.Text{ZH: "评审换了规则，那时还没有开评", EN: "A contest got another rule before judging began"}},
	}
}
