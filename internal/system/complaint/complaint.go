// Package complaint is the complaints that a central inspection hands over: letters with
// their codes, the kinds of pollution, verdicts and states.
//
//	c := complaint.ReadCode("D3 SX202505280018")
//	kinds, unknown := complaint.ReadKinds("大气、噪音")
//	v, ok := complaint.ParseVerdict("基本属实")
//
// What the inspectors write is kept to the letter. What the program makes of it (the parts of a
// code, the kind behind a word) is for search, links and counts, and never a key that
// another reading of it could change.
//
// # The whole system
//
// A letter is answered, a problem is put right and closed; points tie the two (docs/adr/0014). How cases go is
// data (process.go), what one may do is data (rights.go). Each room has its own noun: campaign, letter,
// problem, intake and so on, in the order of rooms_test.go. The migrations are here; each
// room owns its tables.
package complaint

import (
	"embed"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var files embed.FS

// Schema is the tables of all rooms.
var Schema = db.SchemaIn("complaint", files)

// System is what the engines know it by.
const System = "complaint"

// ByCommand is how the record names whoever runs the program beside its database.
const ByCommand = "command line"

// ByWhom is the private part of an entry that says who it was, and perhaps why.
type ByWhom struct {
	By  string `json:"by,omitempty"`
	Why string `json:"why,omitempty"`
}

// Verdict is what was found of a point, or of a whole letter.
type Verdict uint8

// The verdicts. Unjudged is not 不属实: nobody has said yet.
const (
	Unjudged Verdict = iota
	True
	MostlyTrue
	PartlyTrue
	Untrue
)

var verdicts = [...]lang.Choice{
	Unjudged:   {Key: "", Name: lang.Text{ZH: "未认定", EN: "not judged yet"}},
	True:       {Key: "true", Name: lang.Text{ZH: "属实", EN: "true"}},
	MostlyTrue: {Key: "mostly", Name: lang.Text{ZH: "基本属实", EN: "mostly true"}},
	PartlyTrue: {Key: "partly", Name: lang.Text{ZH: "部分属实", EN: "partly true"}},
	Untrue:     {Key: "untrue", Name: lang.Text{ZH: "不属实", EN: "not true"}},
}

// Key is the verdict in the log and in addresses.
func (v Verdict) Key() string { return verdicts[v].Key }

// Name is what it is called.
func (v Verdict) Name() lang.Text { return verdicts[v].Name }

// ParseVerdict reads a verdict by its name or key. 是 and 否, which some tables have, are none: there are rows
// that say 否 and describe a breach.
func ParseVerdict(s string) (Verdict, bool) {
	s = strings.TrimSpace(s)
	for v := True; v <= Untrue; v++ {
		if s == verdicts[v].Key || s == verdicts[v].Name.ZH || s == verdicts[v].Name.EN {
			return v, true
		}
	}
	return Unjudged, false
}

// Of is the verdict of a letter whose points have these: none while one is not judged, the
// common one, and partly true where they differ. A person may say otherwise, with a reason.
func Of(points []Verdict) Verdict {
	if len(points) == 0 {
		return Unjudged
	}
	all := points[0]
	for _, p := range points {
		switch {
		case p == Unjudged:
			return Unjudged
		case p != all:
			all = differing(all, p)
		}
	}
	return all
}

// differing joins two verdicts that are not the same: what is not wholly untrue on either
// side is mostly true, and else a part is.
func differing(a, b Verdict) Verdict {
	if (a == True || a == MostlyTrue) && (b == True || b == MostlyTrue) {
		return MostlyTrue
	}
	return PartlyTrue
}
