package visit

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// The kinds of acts that phones send.
const (
	ActSeen   = complaint.System + ".visit-seen"
	ActTold   = complaint.System + ".visit-told"
	ActSigned = complaint.System + ".visit-signed"
)

// Given is what the forms of a stop ask, whichever way it came: as an act of a phone, or posted.
type Given struct {
	Round   string `json:"round"`
	Problem string `json:"problem"`

	Measure string `json:"measure"`
	Found   string `json:"found"`
	Note    string `json:"note"`

	What  string `json:"what"`
	Owner string `json:"owner"`
	Day   string `json:"day"`

	As      string `json:"as"`
	Name    string `json:"name"`
	Refused string `json:"refused"`
	Words   string `json:"words"`
	Covers  many   `json:"covers"`
}

// many is one text or several, as a form without a signal has them.
type many []string

func (m *many) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*m = many{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(m))
}

// at is where it is done, without when.
func (g Given) at(files []string) At { return At{Round: g.Round, Problem: g.Problem, Files: files} }

// See reads what was seen.
func (g Given) See(files []string) (See, error) {
	n := 0
	if g.Measure != "" {
		var err error
		if n, err = strconv.Atoi(g.Measure); err != nil || n < 0 {
			return See{}, fault.New(fault.NotFound, "没有第“%s”项措施。", "There is no measure number %q.", lang.Short(g.Measure))
		}
	}
	return See{At: g.at(files), Measure: n, Found: ParseFound(g.Found), Note: g.Note}, nil
}

// Tell reads an instruction, by who has seen a version of the problem.
func (g Given) Tell(files []string, saw int) (Tell, error) {
	t := Tell{At: g.at(files), What: g.What, Owner: g.Owner, Saw: saw}
	if text := strings.TrimSpace(g.Day); text != "" {
		var err error
		if t.Day, err = calendar.ParseDate(text); err != nil {
			return t, fault.At("day", err)
		}
	}
	return t, nil
}

// Sign reads a signature.
func (g Given) Sign(files []string) Sign {
	s := Sign{At: g.at(files), As: As(g.As), Name: g.Name, Refused: g.Refused, Words: g.Words}
	for _, text := range g.Covers {
		s.Covers = append(s.Covers, strings.Fields(text)...)
	}
	return s
}

// Kinds are what phones send, and what is done with it.
func (v *Visits) Kinds() map[string]inbox.Kind[identity.Colleague] {
	return map[string]inbox.Kind[identity.Colleague]{
		ActSeen: {
			Name: says("现场督办：看到的", "On-site visit: what was seen"), Files: complaint.System + "." + complaint.ProofPhoto,
			Fields: map[string]lang.Text{"problem": says("问题", "problem"), "measure": says("第几项承诺", "promise"), "found": says("看到的", "what was seen"), "note": says("说明", "note")},
			Do:     v.doSeen,
		},
		ActTold: {
			Name: says("现场督办：指令", "On-site visit: an instruction"), Files: complaint.System + "." + complaint.ProofPhoto,
			Fields: map[string]lang.Text{"problem": says("问题", "problem"), "what": says("要做什么", "what is to be done"), "day": says("到哪天", "by which day")},
			Do:     v.doTold,
		},
		ActSigned: {
			Name: says("现场督办：签字", "On-site visit: a signature"), Files: complaint.System + "." + complaint.ProofSignature,
			Fields: map[string]lang.Text{"problem": says("问题", "problem"), "name": says("签字人", "who signs"), "refused": says("拒签理由", "why they would not"), "words": says("签的内容", "what is signed")},
			Do:     v.doSigned,
		},
	}
}

// given reads the body of an act, and what goes with it.
func given(tx *db.Tx, a inbox.Act) (g Given, stamp func(*At), files []string, err error) {
	if err := json.Unmarshal(a.Body, &g); err != nil {
		return g, nil, nil, fault.New(fault.Invalid, "%s 里面写的不对：请在设备上重新做一次。", "What is in %s is not as it has to be: do it once more on the device.", a.ID).Because(err)
	}
	for _, f := range a.Files {
		files = append(files, f.Hash)
	}
	return g, func(at *At) { at.Act, at.Happened = a.ID, a.At(tx.Now()) }, files, nil
}

func (v *Visits) doSeen(tx *db.Tx, who identity.Colleague, a inbox.Act) (string, error) {
	g, stamp, files, err := given(tx, a)
	if err != nil {
		return "", err
	}
	s, err := g.See(files)
	if err != nil {
		return "", err
	}
	stamp(&s.At)
	return "", v.SeeIn(tx, who, s)
}

func (v *Visits) doTold(tx *db.Tx, who identity.Colleague, a inbox.Act) (string, error) {
	g, stamp, files, err := given(tx, a)
	if err != nil {
		return "", err
	}
	t, err := g.Tell(files, int(a.Seen))
	if err != nil {
		return "", err
	}
	stamp(&t.At)
	kept, err := v.TellIn(tx, who, t)
	if moved, ok := asMoved(err); ok {
		return "", &inbox.Conflict{Wanted: says("指令："+t.What+"，"+g.Day+" 前", "Instruction: "+t.What+", by "+g.Day), Now: moved.Now(), Version: int64(moved.Version)}
	}
	if err != nil || kept.Measure == 0 {
		return "", err
	}
	return g.Problem + "/" + strconv.Itoa(kept.Measure), nil
}

func (v *Visits) doSigned(tx *db.Tx, who identity.Colleague, a inbox.Act) (string, error) {
	g, stamp, files, err := given(tx, a)
	if err != nil {
		return "", err
	}
	s := g.Sign(files)
	stamp(&s.At)
	_, err = v.SignIn(tx, who, s)
	return "", err
}
