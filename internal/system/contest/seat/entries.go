package seat

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

type given struct {
	Contest string `json:"contest"`
	Seat    string `json:"seat"`

	person, by string
}

func (given) Kind() string      { return "contest.seat-given" }
func (e given) Subject() string { return contest.Subject(e.Contest) }
func (e given) Private() any {
	return struct {
		Person string `json:"person"`
		By     string `json:"by,omitempty"`
	}{e.person, e.by}
}

type taken struct {
	Contest string `json:"contest"`
	Seat    string `json:"seat"`

	by string
}

func (taken) Kind() string      { return "contest.seat-taken" }
func (e taken) Subject() string { return contest.Subject(e.Contest) }
func (e taken) Private() any    { return contest.ByWhom{By: e.by} }

type handed struct {
	Contest string `json:"contest"`
	Seat    string `json:"seat"`
	Changes int    `json:"changes"`

	by string
}

func (handed) Kind() string      { return "contest.device-changed" }
func (e handed) Subject() string { return contest.Subject(e.Contest) }
func (e handed) Private() any    { return contest.ByWhom{By: e.by} }

type away struct {
	Contest string `json:"contest"`
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Seat    string `json:"seat"`
	Why     string `json:"why"`

	by, reason string
}

func (away) Kind() string { return "contest.away" }
func (e away) Subject() string {
	return contest.Subject(e.Contest) + "/" + e.Entry + "/" + e.Part + "/" + e.Seat
}
func (away) Sealed()        {}
func (e away) Private() any { return contest.ByWhom{By: e.by, Why: e.reason} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: given{Contest: "hall-2026", Seat: "j3"}, Says: lang.Text{ZH: "一个评委席有人坐了", EN: "A seat was given"}},
		{Example: taken{Contest: "hall-2026", Seat: "j3"}, Says: lang.Text{ZH: "一个评委席收回了", EN: "A seat was taken back"}},
		{Example: handed{Contest: "hall-2026", Seat: "j3", Changes: 1}, Says: lang.Text{ZH: "一个评委席换了设备，这是第几次", EN: "A seat goes on on another device, and how often it has"}},
		{Example: away{Contest: "hall-2026", Part: "show", Entry: "07", Seat: "j3", Why: "recused"}, Says: lang.Text{ZH: "一位评委对一个作品回避或缺席", EN: "A judge is recused from an entry or absent"}},
	}
}
