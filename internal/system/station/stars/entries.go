package stars

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// byWhom is the private part of entries: who did it, and what was written that may name people.
type byWhom struct {
	By  string `json:"by,omitempty"`
	Why string `json:"why,omitempty"`
}

type given struct {
	Station  string   `json:"station"`
	Division string   `json:"division"`
	N        int      `json:"n"`
	Rule     string   `json:"rule"`
	Facts    Facts    `json:"facts"`
	Missing  []string `json:"missing"`
	Star     int      `json:"star"`
	AtMost   int      `json:"at_most"`
	Until    string   `json:"until"`

	by string
}

func (given) Kind() string      { return "station.star-given" }
func (e given) Subject() string { return Subject(e.Station) }
func (e given) Private() any    { return byWhom{By: e.by} }

type lowering struct {
	Station string `json:"station"`
	From    int    `json:"from"`
	To      int    `json:"to"`
	Cause   string `json:"cause"`
	At      string `json:"at"` // from when

	by, why string
}

func (lowering) Kind() string      { return "station.star-lowered" }
func (e lowering) Subject() string { return Subject(e.Station) }
func (e lowering) Private() any    { return byWhom{By: e.by, Why: e.why} }

type caused struct {
	Station string `json:"station"`
	Cause   string `json:"cause"`
	Of      string `json:"of"`
}

func (caused) Kind() string      { return "station.star-to-review" }
func (e caused) Subject() string { return Subject(e.Station) }

type settled struct {
	Station string `json:"station"`
	Cause   string `json:"cause"`

	by, why string
}

func (settled) Kind() string      { return "station.star-kept" }
func (e settled) Subject() string { return Subject(e.Station) }
func (e settled) Private() any    { return byWhom{By: e.by, Why: e.why} }

type surveyed struct {
	Station    string `json:"station"`
	Day        string `json:"day"`
	Area       *int   `json:"area"`
	Seats      *int   `json:"seats"`
	Kit        *bool  `json:"kit"`
	Supplies   *bool  `json:"supplies"`
	Innovation *bool  `json:"innovation"`
	AsPosted   *bool  `json:"as_posted"`

	by string
}

func (surveyed) Kind() string      { return "station.surveyed" }
func (e surveyed) Subject() string { return Subject(e.Station) }
func (e surveyed) Private() any    { return byWhom{By: e.by} }

type appealed struct {
	Station string `json:"station"`
	N       int    `json:"n"`

	by, what string
}

func (appealed) Kind() string      { return "station.star-appealed" }
func (e appealed) Subject() string { return Subject(e.Station) }
func (e appealed) Private() any    { return byWhom{By: e.by, Why: e.what} }

type decided struct {
	Station string `json:"station"`
	N       int    `json:"n"`
	To      string `json:"to"`
	At      string `json:"lowered_at"` // from when an announced lowering is in force; empty: there is none any more

	by, why string
}

func (decided) Kind() string      { return "station.star-appeal-decided" }
func (e decided) Subject() string { return Subject(e.Station) }
func (e decided) Private() any    { return byWhom{By: e.by, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: given{}, Says: lang.Text{ZH: "一座驿站评了星，凭这些测量值，到这一天为止", EN: "A station was given a star by what was measured, until a day"}},
		{Example: lowering{}, Says: lang.Text{ZH: "告知要降一座驿站的星，从这一天起", EN: "A lowering of a station's star was announced, from a day on"}},
		{Example: caused{}, Says: lang.Text{ZH: "发生了使一座驿站要重新看星级的事", EN: "Something happened for which a station's star is to be looked at again"}},
		{Example: settled{}, Says: lang.Text{ZH: "看过了，一座驿站的星不变", EN: "It was looked at, and a station's star stays"}},
		{Example: surveyed{}, Says: lang.Text{ZH: "有人在现场核查了一座驿站", EN: "Somebody surveyed a station on site"}},
		{Example: appealed{}, Says: lang.Text{ZH: "对一座驿站的星级提出了申诉", EN: "Somebody appealed against a station's star"}},
		{Example: decided{}, Says: lang.Text{ZH: "对星级的申诉有了决定", EN: "An appeal against a star was decided"}},
	}
}
