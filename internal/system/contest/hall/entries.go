package hall

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

type linedUp struct {
	Contest string   `json:"contest"`
	Part    string   `json:"part"`
	Order   []string `json:"order"`

	by string
}

func (linedUp) Kind() string      { return "contest.lined-up" }
func (e linedUp) Subject() string { return contest.Subject(e.Contest) }
func (e linedUp) Private() any    { return contest.ByWhom{By: e.by} }

type heard struct {
	Contest string `json:"contest"`
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Attempt int    `json:"attempt"`
	Place   int    `json:"place"`
	Seconds int    `json:"seconds"`

	by string
}

func (heard) Kind() string      { return "contest.run-heard" }
func (e heard) Subject() string { return contest.Subject(e.Contest) }
func (e heard) Private() any    { return contest.ByWhom{By: e.by} }

type moved struct {
	Contest string `json:"contest"`
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Attempt int    `json:"attempt"`
	To      string `json:"to"` // postponed, interrupted, forfeit, reopened

	by, why string
}

func (moved) Kind() string      { return "contest.run-moved" }
func (e moved) Subject() string { return contest.Subject(e.Contest) }
func (e moved) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

// sheetSealed tells nobody which sheet it is before its reveal: how many have sealed is told by no entry but by there being one.
type sheetSealed struct {
	Contest    string  `json:"contest"`
	Part       string  `json:"part"`
	Entry      string  `json:"entry"`
	Seat       string  `json:"seat"`
	Version    int     `json:"version"`
	Commitment string  `json:"commitment"`
	SealedBy   seal.By `json:"sealed_by"`
}

func (sheetSealed) Kind() string { return "contest.sheet-sealed" }
func (e sheetSealed) Subject() string {
	return contest.Subject(e.Contest) + "/" + e.Entry + "/" + e.Part + "/" + e.Seat
}
func (sheetSealed) Sealed() {}

// requestEnded names no seat: who is absent is told with the reveal.
type requestEnded struct {
	Contest string `json:"contest"`
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Attempt int    `json:"attempt"`
	What    string `json:"what"` // forfeit, interruption, absence, correction
	How     string `json:"how"`  // taken-back, refused

	by, asked, why string
}

func (requestEnded) Kind() string      { return "contest.request-ended" }
func (e requestEnded) Subject() string { return contest.Subject(e.Contest) }
func (e requestEnded) Private() any {
	return struct {
		By    string `json:"by"`
		Asked string `json:"asked"` // the reason of the request
		Why   string `json:"why,omitempty"`
	}{e.by, e.asked, e.why}
}

type revealed struct {
	Contest  string `json:"contest"`
	Part     string `json:"part"`
	Entry    string `json:"entry"`
	Attempt  int    `json:"attempt"`
	Score    string `json:"score"` // exact; empty: only all of them tell
	Openings string `json:"openings"`

	by string
}

func (revealed) Kind() string      { return "contest.revealed" }
func (e revealed) Subject() string { return contest.Subject(e.Contest) }
func (e revealed) Private() any    { return contest.ByWhom{By: e.by} }

type corrected struct {
	Contest string `json:"contest"`
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Seat    string `json:"seat"`
	Version int    `json:"version"`
	Before  string `json:"before"`
	Score   string `json:"score"`

	by, why string
}

func (corrected) Kind() string      { return "contest.sheet-corrected" }
func (e corrected) Subject() string { return contest.Subject(e.Contest) }
func (e corrected) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

type decided struct {
	Contest  string        `json:"contest"`
	Decision mark.Decision `json:"decision"`

	by string
}

func (decided) Kind() string      { return "contest.decided" }
func (e decided) Subject() string { return contest.Subject(e.Contest) }
func (e decided) Private() any    { return contest.ByWhom{By: e.by} }

type voided struct {
	Contest string `json:"contest"`
	Rule    string `json:"rule"` // by which judging begins anew

	by, why string
}

func (voided) Kind() string      { return "contest.judging-voided" }
func (e voided) Subject() string { return contest.Subject(e.Contest) }
func (e voided) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	says := func(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }
	return []record.Kind{
		{Example: linedUp{Contest: "hall-2026", Part: "show", Order: []string{"07", "02"}}, Says: says("一个环节的展示顺序", "The order in which entries run in a part")},
		{Example: heard{Contest: "hall-2026", Part: "show", Entry: "07", Attempt: 1, Place: 1, Seconds: 471}, Says: says("一个作品展示完了，用了几秒", "An entry was heard, and how long it took")},
		{Example: moved{Contest: "hall-2026", Part: "show", Entry: "07", Attempt: 1, To: "postponed"}, Says: says("一次展示推后、中断、弃权或重新收分", "A run was postponed, interrupted, a forfeit, or opened again")},
		{Example: requestEnded{Contest: "hall-2026", Part: "show", Entry: "07", Attempt: 1, What: ofForfeit, How: "refused"}, Says: says("一个要两个人的请求被收回，或监督员不同意", "What takes two people was taken back by who asked, or refused by a supervisor")},
		{Example: sheetSealed{Contest: "hall-2026", Part: "show", Entry: "07", Seat: "j3", Version: 1, Commitment: "9f86d081…", SealedBy: seal.Device}, Says: says("一张评分表封存了，只有校验值", "A sheet was sealed: its commitment")},
		{Example: revealed{Contest: "hall-2026", Part: "show", Entry: "07", Attempt: 1, Score: "9.35", Openings: "9f86d081…"}, Says: says("一个作品的成绩公布了", "What an entry came to was revealed")},
		{Example: corrected{Contest: "hall-2026", Part: "show", Entry: "07", Seat: "j3", Version: 2, Before: "9.35", Score: "9.38"}, Says: says("一张评分表更正了，前后各多少", "A sheet was corrected, and what it came to before and now")},
		{Example: voided{Contest: "hall-2026", Rule: "9f86d081…"}, Says: says("已封存的评分表全部作废，按另一个规则从头评起", "Every sheet was voided, and judging begins anew by another rule")},
		{Example: decided{Contest: "hall-2026", Decision: mark.Decision{By: "lots", Among: []string{"02", "07"}, Entries: []string{"07", "02"}}}, Says: says("并列或入围线怎么定的", "How a tie was settled, or who is in at a line")},
	}
}
