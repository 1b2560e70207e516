package evidence

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// added is an item that came. The hash of its bytes is in the private part: what is
// published commits to it with the salt of that, and erasing takes both.
type added struct {
	item, person, hash string

	System string `json:"system"`
	Of     string `json:"of"`
	What   string `json:"evidence"` // its kind
	Media  string `json:"media"`
}

func (added) Kind() string      { return "evidence.added" }
func (a added) Subject() string { return subjectOf(a.item) }
func (a added) Private() any {
	return struct {
		Hash string `json:"hash"`
		By   string `json:"by,omitempty"` // not the person whom it is about: who that is the system knows
	}{a.hash, a.person}
}

// viewed is that somebody saw an original. Which letter is being looked at is nobody's
// business, so that it is sealed.
type viewed struct{ item, person, why string }

func (viewed) Kind() string      { return "evidence.viewed" }
func (v viewed) Subject() string { return subjectOf(v.item) }
func (viewed) Sealed()           {}
func (v viewed) Private() any {
	return struct {
		By  string `json:"by"`
		Why string `json:"why"`
	}{v.person, v.why}
}

// asked is a likeness that was found.
type asked struct {
	Item     string `json:"item"`
	Other    string `json:"other"`
	Distance int    `json:"distance"` // bits of 144, -1 for the same bytes
}

func (asked) Kind() string      { return "evidence.asked" }
func (a asked) Subject() string { return subjectOf(a.Item) }

// answered is what a person said to it.
type answered struct {
	person, note string

	Item   string `json:"item"`
	Other  string `json:"other"`
	Answer Answer `json:"answer"`
}

func (answered) Kind() string      { return "evidence.answered" }
func (a answered) Subject() string { return subjectOf(a.Item) }
func (a answered) Private() any    { return byWhom{a.person, a.note} }

// byWhom is the private part of what a person did to an item.
type byWhom struct {
	By   string `json:"by"`
	Note string `json:"note,omitempty"`
}

// published is a rendition that the public may have from here on, by its SHA-256.
type published struct {
	item, person string

	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
}

func (published) Kind() string      { return "evidence.published" }
func (p published) Subject() string { return subjectOf(p.item) }
func (p published) Private() any    { return byWhom{By: p.person} }

// withdrawn is a rendition that the public has no more.
type withdrawn struct {
	item, person string

	Reason string `json:"reason"`
}

func (withdrawn) Kind() string      { return "evidence.withdrawn" }
func (w withdrawn) Subject() string { return subjectOf(w.item) }
func (w withdrawn) Private() any    { return byWhom{By: w.person} }

// kindErased is looked for in a log that was taken from a mirror.
const kindErased = "evidence.erased"

// erased is that nothing is left of an item. The reason is public: a ground, never a person.
type erased struct {
	person, note string // who did it, and why in their own words; nobody where it was a rule

	Item   string `json:"item"`
	Reason Ground `json:"reason"`
}

// lost is that the original of an item is not to be had any more.
type lost struct {
	Item string `json:"item"`
	Lost bool   `json:"lost"` // false: it was found again
}

func (lost) Kind() string      { return "evidence.lost" }
func (l lost) Subject() string { return subjectOf(l.Item) }

func (erased) Kind() string      { return kindErased }
func (e erased) Subject() string { return subjectOf(e.Item) }
func (e erased) Private() any    { return byWhom{e.person, e.note} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: added{item: "…"}, Says: lang.Text{ZH: "收下了一份材料（照片或文件），属于什么", EN: "A photo or paper was taken as evidence of something"}},
		{Example: viewed{item: "…"}, Says: lang.Text{ZH: "有人看了原件，为什么", EN: "Somebody saw an original, and why"}},
		{Example: asked{}, Says: lang.Text{ZH: "发现两份材料相像，请人判断", EN: "Two pieces of evidence look alike, and a person is asked"}},
		{Example: answered{}, Says: lang.Text{ZH: "有人判断了两份相像的材料", EN: "A person said what two that look alike are"}},
		{Example: published{item: "…"}, Says: lang.Text{ZH: "公开了一张遮盖过的照片", EN: "A photo was published, covered where it has to be"}},
		{Example: withdrawn{item: "…"}, Says: lang.Text{ZH: "撤下了一张公开的照片，为什么", EN: "A published photo was withdrawn, and why"}},
		{Example: erased{}, Says: lang.Text{ZH: "删除了一份材料，为什么", EN: "A piece of evidence was erased, and why"}},
		{Example: lost{}, Says: lang.Text{ZH: "一份材料的原件丢失了，或又找到了", EN: "The original of a piece of evidence was declared lost, or was found again"}},
	}
}
