// Package contest is an expert review that is judged in a hall: its states, who may do what, and its tables.
//
//	contest.Hall.After(contest.Drawn) // states have an order
//
// docs/adr/0018 is the design: entries and seats, the draw of the order, marks that are sealed before anybody sees them, one
// function through which everybody sees what was revealed, and a public file from which all of it is computed again.
//
// Each room has its own noun, in the order of rooms_test.go, and owns its tables; the migrations are here.
package contest

import (
	"embed"
	"regexp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var files embed.FS

// Schema is the tables of all rooms.
var Schema = db.SchemaIn("contest", files)

// System is what the engines know it by.
const System = "contest"

// State is how far a contest is.
type State string

// The states, in their order. A cancelled one has none behind it.
const (
	Prepared  State = "prepared"  // its rule and days may change
	Called    State = "called"    // entries are taken
	Reviewed  State = "reviewed"  // entries have numbers
	Drawn     State = "drawn"     // their order is known
	Hall      State = "hall"      // the first run was called: the rule stands
	Judged    State = "judged"    // all is revealed
	Publicity State = "publicity" // 公示: objections are taken
	Final     State = "final"
	Cancelled State = "cancelled"
)

var states = []lang.Choice{
	{Key: string(Prepared), Name: lang.Text{ZH: "筹备", EN: "in preparation"}},
	{Key: string(Called), Name: lang.Text{ZH: "征集中", EN: "entries are taken"}},
	{Key: string(Reviewed), Name: lang.Text{ZH: "已入围", EN: "shortlisted"}},
	{Key: string(Drawn), Name: lang.Text{ZH: "已抽签", EN: "order drawn"}},
	{Key: string(Hall), Name: lang.Text{ZH: "现场评审", EN: "in the hall"}},
	{Key: string(Judged), Name: lang.Text{ZH: "评审结束", EN: "judged"}},
	{Key: string(Publicity), Name: lang.Text{ZH: "公示", EN: "publicity"}},
	{Key: string(Final), Name: lang.Text{ZH: "已定榜", EN: "final"}},
	{Key: string(Cancelled), Name: lang.Text{ZH: "已取消", EN: "cancelled"}},
}

// Name is what a state is called.
func (s State) Name() lang.Text { return states[s.place()].Name }

func (s State) place() int {
	for i, c := range states {
		if c.Key == string(s) {
			return i
		}
	}
	return len(states) - 1
}

// After tells whether a state comes behind another. What was cancelled is after nothing.
func (s State) After(other State) bool { return s != Cancelled && s.place() > other.place() }

// Code is what contests are called in addresses and seals.
var Code = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,31}$`)

// Reserved are words that addresses have in the place of a code.
var Reserved = []string{"new", "judge", "experts", "cards"}

// ByWhom is the private part of an entry that says who it was, and perhaps why.
type ByWhom struct {
	By  string `json:"by,omitempty"`
	Why string `json:"why,omitempty"`
}

// Subject is the name under which the record keeps the history of a contest.
func Subject(code string) string { return "contest/" + code }
