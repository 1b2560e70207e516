package area

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Added says that an area is measured from now on, and its target.
type Added struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// Changed says what an area was and what it is.
type Changed struct {
	Code   string            `json:"code"`
	Before map[string]string `json:"before"`
	After  map[string]string `json:"after"`
}

// Removed says that an area is measured no more, and what it was.
type Removed struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// Subject returns the name under which the record keeps an area's history.
func Subject(code string) string { return "station-area/" + code }

// Kind names the event.
func (Added) Kind() string { return "station.area_added" }

// Subject names the area.
func (e Added) Subject() string { return Subject(e.Code) }

// Kind names the event.
func (Changed) Kind() string { return "station.area_changed" }

// Subject names the area.
func (e Changed) Subject() string { return Subject(e.Code) }

// Kind names the event.
func (Removed) Kind() string { return "station.area_removed" }

// Subject names the area.
func (e Removed) Subject() string { return Subject(e.Code) }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Added{}, Says: lang.Text{ZH: "从此统计一个片区，及其目标", EN: "An area is measured from now on, and its target"}},
		{Example: Changed{}, Says: lang.Text{ZH: "一个片区改前改后的样子", EN: "What an area was and what it is"}},
		{Example: Removed{}, Says: lang.Text{ZH: "不再统计一个片区，此前的样子", EN: "An area is measured no more, and what it was"}},
	}
}
