package station

import "strconv"

// ByOperator is who the record says made the changes of the pages, until people
// have accounts.
const ByOperator = "operator"

// PlanSaved says that a plan was saved for the first time. The note is free text
// and may name people, so it is the private part.
type PlanSaved struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
	note  string
}

// PlanChanged says which facts of a plan changed, and only those.
type PlanChanged struct {
	Code    string                `json:"code"`
	Changes map[string]Difference `json:"changes"`
	note    *Difference
}

// PlanSubject returns the name under which the record keeps a plan's history.
func PlanSubject(code string) string { return "plan/" + code }

// Kind names the event.
func (PlanSaved) Kind() string { return "plan.saved" }

// Subject names the plan.
func (e PlanSaved) Subject() string { return PlanSubject(e.Code) }

// Private is the note.
func (e PlanSaved) Private() any { return map[string]string{"note": e.note} }

// Kind names the event.
func (PlanChanged) Kind() string { return "plan.changed" }

// Subject names the plan.
func (e PlanChanged) Subject() string { return PlanSubject(e.Code) }

// Private is the note before and after, where it changed.
func (e PlanChanged) Private() any {
	if e.note == nil {
		return map[string]Difference{}
	}
	return map[string]Difference{"note": *e.note}
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
