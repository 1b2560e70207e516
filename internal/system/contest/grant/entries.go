package grant

import (
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// moved is a movement of money.
type moved struct {
	person string

	Contest string `json:"contest"`
	ID      string `json:"id"`
	N       int    `json:"n"`
	Station string `json:"station"`
	What    string `json:"kind"`
	Payer   string `json:"payer"`
	Payee   string `json:"payee"`
	Fen     int64  `json:"fen"`
	Purpose string `json:"purpose"`
	Paper   string `json:"paper"`
	Hash    string `json:"hash"` // of the paper's scan; may be empty
	Day     string `json:"day"`
	Takes   string `json:"takes"` // the id of the movement that it takes back
	Why     string `json:"why"`
}

func (m *Movement) entry(by identity.Admitted) moved {
	return moved{by.Person, m.Contest, m.ID, m.N, m.Station, string(m.Kind), m.Payer, m.Payee, m.Fen, m.Purpose, m.Paper, m.Hash, m.Day, m.Takes, m.Why}
}

func (moved) Kind() string      { return "contest.movement" }
func (e moved) Subject() string { return contest.Subject(e.Contest) }
func (e moved) Private() any    { return contest.ByWhom{By: e.person} }

type effectTold struct {
	person string

	Contest string `json:"contest"`
	Station string `json:"station"`
	Says    string `json:"says"`
	Was     string `json:"was"` // the hash of the file by which it was chosen
	Now     string `json:"now"`
}

func (effectTold) Kind() string      { return "contest.effect-told" }
func (e effectTold) Subject() string { return contest.Subject(e.Contest) }
func (e effectTold) Private() any    { return contest.ByWhom{By: e.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: moved{Contest: "zuimei-2026"}, Says: lang.Text{ZH: "奖补资金的一笔流水：预算、拨付、收讫或支出，或把一笔冲回", EN: "A movement of a selection's money: budget, payment, receipt, spent, or one that takes another back"}},
		{Example: effectTold{Contest: "zuimei-2026"}, Says: lang.Text{ZH: "一个驿站收款一年以后的成效，和当时、现在的材料散列值", EN: "What became of a station a year after its money came, with the hashes of its files then and now"}},
	}
}
