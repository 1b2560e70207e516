package plan

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Saved says that a plan was saved for the first time. The note is free text
// and may name people, so it is the private part.
type Saved struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
	note  string
	by    string
}

// Changed says which facts of a plan changed, and only those.
type Changed struct {
	Code    string                        `json:"code"`
	Changes map[string]station.Difference `json:"changes"`
	note    *station.Difference
	by      string
}

// Subject returns the name under which the record keeps a plan's history.
func Subject(code string) string { return "plan/" + code }

// Kind names the event.
func (Saved) Kind() string { return "plan.saved" }

// Subject names the plan.
func (e Saved) Subject() string { return Subject(e.Code) }

// Private is the note, and the person who saved it.
func (e Saved) Private() any {
	return struct {
		Note string `json:"note"`
		By   string `json:"by,omitempty"`
	}{e.note, e.by}
}

// Kind names the event.
func (Changed) Kind() string { return "plan.changed" }

// Subject names the plan.
func (e Changed) Subject() string { return Subject(e.Code) }

// Private is the note before and after, where it changed, and the person who did it.
func (e Changed) Private() any {
	return struct {
		Note *station.Difference `json:"note,omitempty"`
		By   string              `json:"by,omitempty"`
	}{e.note, e.by}
}

// facts are what the record says of a plan.
func (p Plan) facts() map[string]string {
	r := p.row(0)
	facts := map[string]string{
		"name": p.Name, "origin": p.Origin.Key(), "changes": r.Changes, "mode": r.Mode, "minutes": strconv.Itoa(int(r.Minutes)), "at": r.At,
		"figures": r.Figures, "basis": p.Basis,
	}
	if p.Question.AnyHour {
		facts["any_hour"] = "yes"
	}
	if p.Question.Demand != "" {
		facts["demand"] = p.Question.Demand
	}
	facts["archived"] = "no"
	if p.Archived {
		facts["archived"] = "yes"
	}
	return facts
}

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Saved{}, Says: lang.Text{ZH: "一份方案第一次保存", EN: "A plan was saved for the first time"}},
		{Example: Changed{}, Says: lang.Text{ZH: "一份方案的若干内容改了，只记改了的", EN: "Some facts of a plan changed, and only those"}},
	}
}
