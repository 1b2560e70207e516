package publicity

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

type posted struct {
	Contest string `json:"contest"`
	Release int    `json:"release"`
	Until   string `json:"until"`

	by string
}

func (posted) Kind() string      { return "contest.publicity-begun" }
func (e posted) Subject() string { return contest.Subject(e.Contest) }
func (e posted) Private() any    { return contest.ByWhom{By: e.by} }

// objected is that somebody objected: what they said is not public.
type objected struct {
	Contest string `json:"contest"`
	N       int    `json:"n"`

	what string
}

func (objected) Kind() string      { return "contest.objected" }
func (e objected) Subject() string { return contest.Subject(e.Contest) }
func (e objected) Private() any    { return contest.ByWhom{Why: e.what} }

type moved struct {
	Contest string `json:"contest"`
	N       int    `json:"n"`
	To      string `json:"to"`
	Out     string `json:"out"` // the entry that is out by it; empty: none

	by, why string
}

func (moved) Kind() string      { return "contest.objection-moved" }
func (e moved) Subject() string { return contest.Subject(e.Contest) }
func (e moved) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

type finished struct {
	Contest string `json:"contest"`
	Release int    `json:"release"`
	File    string `json:"file"`

	by string
}

func (finished) Kind() string      { return "contest.final" }
func (e finished) Subject() string { return contest.Subject(e.Contest) }
func (e finished) Private() any    { return contest.ByWhom{By: e.by} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: posted{Contest: "hall-2026", Release: 1, Until: "2026-12-08T16:00:00Z"}, Says: lang.Text{ZH: "评审结果开始公示，收异议到写明的时间", EN: "The result of a contest hangs out, and objections are taken until a time"}},
		{Example: objected{Contest: "hall-2026", N: 1}, Says: lang.Text{ZH: "有人对评审结果提出异议", EN: "Somebody objected to the result of a contest"}},
		{Example: moved{Contest: "hall-2026", N: 1, To: contest.ObjectionUpheld, Out: "E-07"}, Says: lang.Text{ZH: "对评审结果的异议走了一步：核查过、成立或不成立", EN: "An objection to a result moved on: it was looked into, upheld or dismissed"}},
		{Example: finished{Contest: "hall-2026", Release: 2, File: "9f86d081…"}, Says: lang.Text{ZH: "评审定榜：哪一次公布是最后的名单", EN: "A contest is final: which release is its list"}},
	}
}
