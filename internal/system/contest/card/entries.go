package card

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// shown is that everybody reads a version of a card: the hash is that of its file.
type shown struct {
	Contest string `json:"contest"`
	Number  string `json:"number"`
	N       int    `json:"n"`
	File    string `json:"file"`

	by string
}

func (shown) Kind() string      { return "contest.card-shown" }
func (e shown) Subject() string { return contest.Subject(e.Contest) }
func (e shown) Private() any    { return contest.ByWhom{By: e.by} }

type withdrawn struct {
	Contest string `json:"contest"`
	Number  string `json:"number"`

	by, why string
}

func (withdrawn) Kind() string      { return "contest.card-withdrawn" }
func (e withdrawn) Subject() string { return contest.Subject(e.Contest) }
func (e withdrawn) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

type adopted struct {
	Card     string `json:"card"`
	Adoption string `json:"adoption"`
	Division string `json:"division"`
	Since    string `json:"since"`

	by string
}

func (adopted) Kind() string      { return kindAdopted }
func (e adopted) Subject() string { return subject(e.Card) }
func (e adopted) Private() any    { return contest.ByWhom{By: e.by} }

type moved struct {
	Card     string `json:"card"`
	Adoption string `json:"adoption"`
	Since    string `json:"since"`
	To       string `json:"to"`

	by, why string
}

func (moved) Kind() string      { return kindMoved }
func (e moved) Subject() string { return subject(e.Card) }
func (e moved) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

const (
	kindAdopted = "contest.adoption-recorded"
	kindMoved   = "contest.adoption-moved"
)

func subject(card string) string { return "contest-card/" + card }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: shown{Contest: "hall-2026", Number: "E-07", N: 1, File: "9f86d081…"}, Says: lang.Text{ZH: "案例卡的一版公开了：内容的校验值", EN: "A version of a case card became public: the hash of what it says"}},
		{Example: withdrawn{Contest: "hall-2026", Number: "E-07"}, Says: lang.Text{ZH: "一张案例卡撤下了", EN: "A case card was withdrawn"}},
		{Example: adopted{Card: "hall-2026/E-07", Adoption: "0192…", Division: "630100", Since: "2026-09"}, Says: lang.Text{ZH: "有单位记下采用了一个案例：在哪里，从哪个月起", EN: "A unit recorded that it has adopted a case: where, and since which month"}},
		{Example: moved{Card: "hall-2026/E-07", Adoption: "0192…", Since: "2026-09", To: string(Verified)}, Says: lang.Text{ZH: "一条采用核实了、未能核实，或者撤回了", EN: "An adoption was verified, could not be verified, or was withdrawn"}},
	}
}
