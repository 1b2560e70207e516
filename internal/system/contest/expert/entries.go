package expert

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// subject is that of the whole pool: an expert is a person, and has none of their own in public.
const subject = "contest-experts"

// changed is that somebody came into the pool, or is something else in it.
type changed struct {
	by, person string

	Division string `json:"division"`
	Field    string `json:"field"`
	Active   bool   `json:"active"`
	New      bool   `json:"new"`
}

func (changed) Kind() string    { return "contest.expert-changed" }
func (changed) Subject() string { return subject }
func (e changed) Private() any  { return aboutWhom{Person: e.person, By: e.by} }

// related is that an expert has another relation to some unit, or one no more. Whose and to whom is private.
type related struct {
	by, person, unit string

	What Kind `json:"kind"`
	Said Said `json:"said"`
	Gone bool `json:"gone"`
}

func (related) Kind() string    { return "contest.relation-changed" }
func (related) Subject() string { return subject }
func (e related) Private() any  { return aboutWhom{Person: e.person, By: e.by, Unit: e.unit} }

// aboutWhom is a private part; by its person it is forgotten.
type aboutWhom struct {
	Person string `json:"person"`
	By     string `json:"by,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: changed{}, Says: lang.Text{ZH: "专家库里多了一位专家，或资料有变", EN: "Somebody came into the pool of experts, or is something else in it"}},
		{Example: related{}, Says: lang.Text{ZH: "一位专家声明或被查到一种回避关系，或取消了一种", EN: "An expert declared a relation to a unit or one was found, or one is no more"}},
	}
}
