package letter

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

func says(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// received is that a letter came. It says nothing before its bulletin: a code tells who knows
// it that its complaint was passed on. The text is in the private part, so that what is
// published later can be held against what came.
type received struct {
	id, person, text string

	Campaign string   `json:"campaign"`
	Batch    int      `json:"batch"`
	Code     string   `json:"code"`
	Channel  string   `json:"channel,omitempty"`
	Key      bool     `json:"key,omitempty"`
	Kinds    []string `json:"kinds"`
	Division string   `json:"division,omitempty"`
}

func (received) Kind() string      { return "complaint.letter-received" }
func (e received) Subject() string { return Subject(e.id) }
func (received) Sealed()           {}
func (e received) Private() any {
	return struct {
		By   string `json:"by,omitempty"`
		Text string `json:"text"`
	}{e.person, e.text}
}

// moved is a step of a letter.
type moved struct {
	id          string
	person, why string

	Move    string `json:"move"`
	To      string `json:"to"`
	Lead    string `json:"lead,omitempty"`
	Verdict string `json:"verdict,omitempty"`
	Status  Status `json:"status,omitempty"`
}

func (moved) Kind() string      { return "complaint.letter-moved" }
func (e moved) Subject() string { return Subject(e.id) }
func (e moved) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// corrected is that the office put right what a letter says of itself.
type corrected struct {
	id          string
	person, why string

	Kinds    []string `json:"kinds"`
	Division string   `json:"division,omitempty"`
	Key      bool     `json:"key,omitempty"`
}

func (corrected) Kind() string      { return "complaint.letter-corrected" }
func (e corrected) Subject() string { return Subject(e.id) }
func (e corrected) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// seen is that somebody read a letter as it came. Which one is nobody's business.
type seen struct{ id, person, why string }

func (seen) Kind() string      { return "complaint.letter-seen" }
func (e seen) Subject() string { return Subject(e.id) }
func (seen) Sealed()           {}
func (e seen) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: received{id: "…"}, Says: says("收到一封信访件，公开批次发布时开封", "A letter came; opened when its bulletin is published")},
		{Example: moved{id: "…"}, Says: says("一封信访件走了一步：交办、报结、退回、答复", "A letter took a step: handed over, reported on, sent back, answered")},
		{Example: corrected{id: "…"}, Says: says("更正了一封信访件的类型、区划或重点标记", "The kinds, place or key mark of a letter were put right")},
		{Example: seen{id: "…"}, Says: says("有人看了一封信访件的原文，为什么", "Somebody read a letter as it came, and why")},
	}
}
