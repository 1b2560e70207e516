package entry

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// submitted is that an entry came, or came again after it was mended. It is sealed: it names a unit.
type submitted struct {
	person string

	Contest string              `json:"contest"`
	Entry   string              `json:"entry"`
	Title   string              `json:"title"`
	Groups  map[string][]string `json:"groups"`
	Again   bool                `json:"again"`
}

func (submitted) Kind() string      { return "contest.entry-submitted" }
func (e submitted) Subject() string { return contest.Subject(e.Contest) }
func (submitted) Sealed()           {}
func (e submitted) Private() any    { return contest.ByWhom{By: e.person} }

// moved is what was decided of an entry before it had a number, or that it was withdrawn. Sealed as above.
type moved struct {
	person, why string

	Contest string `json:"contest"`
	Entry   string `json:"entry"`
	To      string `json:"to"`
}

func (moved) Kind() string      { return "contest.entry-moved" }
func (e moved) Subject() string { return contest.Subject(e.Contest) }
func (moved) Sealed()           {}
func (e moved) Private() any    { return contest.ByWhom{By: e.person, Why: e.why} }

// imported is that the office took a sheet of entries in. The hash of the sheet is private: a sheet of few rows, with a telephone
// number in it, could be guessed by it.
type imported struct {
	person, file string

	Contest string `json:"contest"`
	Entries int    `json:"entries"`
}

func (imported) Kind() string      { return "contest.entries-imported" }
func (e imported) Subject() string { return contest.Subject(e.Contest) }
func (e imported) Private() any {
	return struct {
		By   string `json:"by,omitempty"`
		File string `json:"file"`
	}{e.person, e.file}
}

// shortlisted is that review is over: so many have numbers, and the list of what the numbers stand for lies beside the log, as
// commitments.
type shortlisted struct {
	person string

	Contest string `json:"contest"`
	Entries int    `json:"entries"`
	Refused int    `json:"refused"`
	List    string `json:"list"` // its hash
}

func (shortlisted) Kind() string      { return "contest.shortlisted" }
func (e shortlisted) Subject() string { return contest.Subject(e.Contest) }
func (e shortlisted) Private() any    { return contest.ByWhom{By: e.person} }

// opened is whom numbers stand for, with the salts that prove it.
type opened struct {
	person string

	Contest string   `json:"contest"`
	Numbers []bearer `json:"numbers"`
}

// bearer is an entry behind its number.
type bearer struct {
	Number string              `json:"number"`
	Salt   string              `json:"salt"`
	Entry  string              `json:"entry"`
	Title  string              `json:"title"`
	Groups map[string][]string `json:"groups"`
}

func (opened) Kind() string      { return "contest.numbers-opened" }
func (e opened) Subject() string { return contest.Subject(e.Contest) }
func (e opened) Private() any    { return contest.ByWhom{By: e.person} }

// Kinds lists the entries that this package appends.
func Kinds() []record.Kind {
	says := func(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }
	return []record.Kind{
		{Example: submitted{Contest: "hall-2026"}, Says: says("一件作品申报了，或补正后再报；不公开，因为会说出单位", "An entry was submitted, or again after it was mended; not public, since it names a unit")},
		{Example: moved{Contest: "hall-2026"}, Says: says("一件作品初审通过、退回、未通过或撤回，为什么", "An entry was accepted, returned, refused or withdrawn, and why")},
		{Example: imported{Contest: "hall-2026"}, Says: says("承办单位导入了一张作品表，多少件", "Who holds a contest took a sheet of entries in, and how many")},
		{Example: shortlisted{Contest: "hall-2026"}, Says: says("初审结束，入围作品有了编号；编号各代表谁，已经封存承诺", "Review is over and entries have numbers; what each stands for is committed to")},
		{Example: opened{Contest: "hall-2026"}, Says: says("公开了编号各代表哪件作品，附上可以核对的盐", "Which entry each number stands for, with the salts that prove it")},
	}
}
