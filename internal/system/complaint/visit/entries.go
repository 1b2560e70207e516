package visit

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// planned is that a round is to be made. It is sealed until its first site is visited, since who is warned cleans up.
type planned struct {
	person string

	Visit string `json:"visit"`
	Day   string `json:"day"`
	Mode  string `json:"mode"`
	Stops int    `json:"stops"`
}

func (planned) Kind() string      { return "complaint.visit-planned" }
func (e planned) Subject() string { return "visit/" + e.Visit }
func (planned) Sealed()           {}
func (e planned) Private() any    { return complaint.ByWhom{By: e.person} }

// seen is what was found; what was written to it is committed to.
type seen struct {
	person, note string

	Visit    string `json:"visit"`
	Code     string `json:"code"`
	Measure  int    `json:"measure,omitempty"` // of which promise; none: of the site
	Found    string `json:"found"`
	Photos   int    `json:"photos,omitempty"`
	Happened string `json:"happened,omitempty"` // where that is another time than the entry's
	Held     bool   `json:"held,omitempty"`     // the round goes there no more
}

func (seen) Kind() string      { return "complaint.visit-seen" }
func (e seen) Subject() string { return problem.Subject(e.Code) }
func (e seen) Private() any    { return complaint.ByWhom{By: e.person, Why: e.note} }

// told is that an instruction was given. The measure that it became has an entry of its own.
type told struct {
	person, what string

	Visit    string `json:"visit"`
	Code     string `json:"code"`
	Measure  int    `json:"measure,omitempty"` // none: the problem took none
	Stage    string `json:"stage"`
	Happened string `json:"happened,omitempty"`
	Held     bool   `json:"held,omitempty"`
}

func (told) Kind() string      { return "complaint.visit-told" }
func (e told) Subject() string { return problem.Subject(e.Code) }
func (e told) Private() any    { return complaint.ByWhom{By: e.person, Why: e.what} }

// toldLater is that an instruction which was kept without a measure became one.
type toldLater struct {
	person string

	Visit   string `json:"visit"`
	Code    string `json:"code"`
	Measure int    `json:"measure"`
}

func (toldLater) Kind() string      { return "complaint.visit-adopted" }
func (e toldLater) Subject() string { return problem.Subject(e.Code) }
func (e toldLater) Private() any    { return complaint.ByWhom{By: e.person} }

// signed is that somebody signed for what was noted, or would not. Who, and what, is committed to.
type signed struct {
	person, sum, name, why string

	Visit    string `json:"visit"`
	Code     string `json:"code"`
	As       string `json:"as"`
	Refused  bool   `json:"refused,omitempty"`
	Acts     int    `json:"acts"`
	Happened string `json:"happened,omitempty"`
	Held     bool   `json:"held,omitempty"`
}

func (signed) Kind() string      { return "complaint.visit-signed" }
func (e signed) Subject() string { return problem.Subject(e.Code) }
func (e signed) Private() any {
	return struct {
		By   string `json:"by,omitempty"`
		Sum  string `json:"sum"`
		Name string `json:"name,omitempty"`
		Why  string `json:"why,omitempty"`
	}{e.person, e.sum, e.name, e.why}
}

// changed is that a round was changed, or cancelled. Where it goes is sealed with its plan: both are opened with its first site, and what
// is changed after that with the next act on site.
type changed struct {
	person, why string

	Visit     string `json:"visit"`
	Day       string `json:"day"`
	Mode      string `json:"mode"`
	Cancelled bool   `json:"cancelled,omitempty"`
	Stops     int    `json:"stops"`
}

func (changed) Kind() string      { return "complaint.visit-changed" }
func (e changed) Subject() string { return "visit/" + e.Visit }
func (changed) Sealed()           {}
func (e changed) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// looked is that the office looked at what came after a round was changed.
type looked struct {
	person string

	Visit string `json:"visit"`
	Code  string `json:"code"`
	Acts  int    `json:"acts"`
}

func (looked) Kind() string      { return "complaint.visit-looked" }
func (e looked) Subject() string { return problem.Subject(e.Code) }
func (e looked) Private() any    { return complaint.ByWhom{By: e.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: planned{}, Says: lang.Text{ZH: "安排了一次现场督办，第一站看过后开封", EN: "A round of visits was planned; opened with its first site"}},
		{Example: changed{}, Says: lang.Text{ZH: "改动或取消了一次现场督办，再到现场后开封", EN: "A round of visits was changed or cancelled; opened with the next act on site"}},
		{Example: seen{}, Says: lang.Text{ZH: "现场督办看到了什么：承诺兑现没有，或有没有人在场", EN: "What a supervisor found on site: of a promise, or whether somebody was there"}},
		{Example: told{}, Says: lang.Text{ZH: "现场督办下了一条指令，成为哪一项措施", EN: "An instruction was given on site, and which measure it became"}},
		{Example: toldLater{}, Says: lang.Text{ZH: "现场督办的一条指令后来定为措施", EN: "An instruction of a visit became a measure later"}},
		{Example: looked{}, Says: lang.Text{ZH: "督办改动以后才送到的记录，协调联络组核实过", EN: "The office looked at what came after a round was changed"}},
		{Example: signed{}, Says: lang.Text{ZH: "现场督办有人签了字，或拒签", EN: "Somebody signed on site, or would not"}},
	}
}
