package station

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// The entries of the record. A station's facts are its canonical texts by the
// key of each field; empty ones are left out.

// ByCommand is who the record says made the changes of the command line, until
// people have accounts.
const ByCommand = "command line"

// Added says that a station joined the network.
type Added struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// Changed says which facts of a station changed, and only those.
type Changed struct {
	Code    string                `json:"code"`
	Changes map[string]Difference `json:"changes"`
}

// Difference is a fact before and after.
type Difference struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// Removed says that a station left the network, and what was known of it.
type Removed struct {
	Code  string            `json:"code"`
	Facts map[string]string `json:"facts"`
}

// Subject returns the name under which the record keeps a station's history.
func Subject(code string) string { return "station/" + code }

// Kind names the event.
func (Added) Kind() string { return "station.added" }

// Subject names the station.
func (e Added) Subject() string { return Subject(e.Code) }

// Kind names the event.
func (Changed) Kind() string { return "station.changed" }

// Subject names the station.
func (e Changed) Subject() string { return Subject(e.Code) }

// Kind names the event.
func (Removed) Kind() string { return "station.removed" }

// Subject names the station.
func (e Removed) Subject() string { return Subject(e.Code) }

func (c Cells) facts() map[string]string {
	facts := map[string]string{}
	for f := range lastField {
		if f != FieldCode && c[f] != "" {
			facts[f.Key()] = c[f]
		}
	}
	return facts
}

// changes returns the facts that differ.
func changes(before, after Cells) map[string]Difference {
	changed := map[string]Difference{}
	for f := range lastField {
		if before[f] != after[f] {
			changed[f.Key()] = Difference{before[f], after[f]}
		}
	}
	return changed
}

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Added{}, Says: lang.Text{ZH: "一座驿站加入了网络", EN: "A station joined the network"}},
		{Example: Changed{}, Says: lang.Text{ZH: "一座驿站的若干事实改了，只记改了的", EN: "Some facts of a station changed, and only those"}},
		{Example: Removed{}, Says: lang.Text{ZH: "一座驿站离开了网络，离开前的情况", EN: "A station left the network, and what was known of it"}},
	}
}
