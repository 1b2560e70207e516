package nomination

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

type quotaSet struct {
	person string

	Contest  string `json:"contest"`
	Division string `json:"division"` // empty: the whole country
	N        int    `json:"n"`
	Was      int    `json:"was"`
	Paper    string `json:"paper"`
}

func (quotaSet) Kind() string      { return "contest.quota-set" }
func (e quotaSet) Subject() string { return contest.Subject(e.Contest) }
func (e quotaSet) Private() any    { return contest.ByWhom{By: e.person} }

type nominated struct {
	person string

	Contest string `json:"contest"`
	Station string `json:"station"`
	File    string `json:"file"` // the hash of what was known
	Again   bool   `json:"again"`
}

func (nominated) Kind() string      { return "contest.nominated" }
func (e nominated) Subject() string { return contest.Subject(e.Contest) }
func (e nominated) Private() any    { return contest.ByWhom{By: e.person} }

type recommended struct {
	person string

	Contest  string `json:"contest"`
	Station  string `json:"station"`
	Division string `json:"division"` // that recommends
	Rank     int    `json:"rank"`
	Quota    int    `json:"quota"`
	Listed   bool   `json:"listed"`
	File     string `json:"file"`
}

func (recommended) Kind() string      { return "contest.recommended" }
func (e recommended) Subject() string { return contest.Subject(e.Contest) }
func (e recommended) Private() any    { return contest.ByWhom{By: e.person} }

type moved struct {
	person, why string

	Contest  string `json:"contest"`
	Station  string `json:"station"`
	Division string `json:"division"` // that decided; of who nominated it where that takes it back
	To       string `json:"to"`
}

func (moved) Kind() string      { return "contest.nomination-moved" }
func (e moved) Subject() string { return contest.Subject(e.Contest) }
func (e moved) Private() any    { return contest.ByWhom{By: e.person, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	says := func(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }
	return []record.Kind{
		{Example: quotaSet{Contest: "zuimei-2026"}, Says: says("评选驿站的名额定了或改了，依据哪个文件", "A quota of a selection of stations was set, and by which paper")},
		{Example: nominated{Contest: "zuimei-2026"}, Says: says("一个驿站被提名，当时的实证材料的散列值", "A station was nominated, with the hash of its evidence file")},
		{Example: recommended{Contest: "zuimei-2026"}, Says: says("一级推荐了一个驿站：排第几、名额多少、材料的散列值", "A level recommended a station: its rank, the quota, and the hash of its evidence file")},
		{Example: moved{Contest: "zuimei-2026"}, Says: says("一个驿站的提名被退回、未获推荐或撤回；原因不公开", "A nomination was sent back, declined or withdrawn; the reason is not public")},
	}
}
