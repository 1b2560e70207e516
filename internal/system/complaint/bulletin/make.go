package bulletin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// source is what a row is made of: what came and was answered, before it is redacted.
type source struct {
	Texts     map[string]string `json:"texts"` // by field; those that are empty are left out
	Batch     int               `json:"batch"`
	Code      string            `json:"code"`
	Key       bool              `json:"key,omitempty"`
	Channel   string            `json:"channel,omitempty"`
	Division  string            `json:"division,omitempty"`
	Kinds     string            `json:"kinds,omitempty"`
	Verdict   string            `json:"verdict,omitempty"`
	Points    []point           `json:"points,omitempty"`
	Status    string            `json:"status,omitempty"`
	Next      string            `json:"next,omitempty"`
	Owes      string            `json:"owes,omitempty"`
	Penalised int               `json:"penalised,omitempty"`
	Fined     int64             `json:"fined,omitempty"`
	Talked    int               `json:"interviewed,omitempty"`
	Account   int               `json:"held_to_account,omitempty"`
	Again     bool              `json:"again,omitempty"` // it was public before
}

type point struct {
	Number  int    `json:"number"`
	Kinds   string `json:"kinds,omitempty"`
	Verdict string `json:"verdict,omitempty"`
}

// field is a text of a row that goes through redaction.
type field struct {
	Key   string
	Title lang.Text
}

var fields = []field{
	{"text", says("反映的问题", "what it is about")},
	{"place", says("地点", "place")},
	{"region", says("行政区域（原文）", "division, as written")},
	{"kinds", says("类型（原文）", "kinds, as written")},
	{"found", says("调查核实情况", "what was found")},
	{"done", says("处理和整改情况", "what was done")},
	{"aim", says("办结目标", "aim")},
	{"owes", says("下一步由谁负责", "who owes the next step")},
	{"sanctions", says("责任人被处理情况", "sanctions")},
	{"note", says("备注", "note")},
}

// pointField is the text of a point.
func pointField(number int) string { return "point." + strconv.Itoa(number) }

// fields are the texts that a row has, in their order.
func (s source) fields() (all []field) {
	for _, f := range fields {
		if s.Texts[f.Key] != "" {
			all = append(all, f)
		}
	}
	for _, p := range s.Points {
		if key := pointField(p.Number); s.Texts[key] != "" {
			all = append(all, field{key, lang.Text{ZH: fmt.Sprintf("问题点 %d", p.Number), EN: fmt.Sprintf("point %d", p.Number)}})
		}
	}
	return all
}

// make makes what a letter's row is made of, as things are.
func makeSource(tx *db.Tx, l letter.Letter, number int) (s source, err error) {
	came, err := l.OpenOriginal(tx)
	if err != nil {
		return s, err
	}
	answer, err := l.OpenAnswer(tx)
	if err != nil {
		return s, err
	}
	again, err := publishedBefore(tx, l, number)
	if err != nil {
		return s, err
	}
	s = source{
		Texts: map[string]string{
			"text": came.Text, "place": came.Place, "region": l.Region, "kinds": l.KindsText,
			"found": answer.Found, "done": answer.Done, "aim": answer.Aim, "sanctions": answer.Sanctions, "note": answer.Note,
		},
		Batch: l.Batch, Code: l.Code, Key: l.KeyItem, Channel: l.Channel, Division: l.Division, Kinds: l.Kinds, Verdict: l.Verdict, Status: string(l.Status), Again: again,
	}
	points, err := letter.Points(tx, l.ID)
	if err != nil {
		return s, err
	}
	behind := map[string]bool{}
	for _, p := range points {
		behind[p.Problem] = true
		what, err := p.Open(tx)
		if err != nil {
			return s, err
		}
		if len(points) > 1 || what != "" {
			s.Points = append(s.Points, point{p.Number, p.Kinds, p.Verdict})
			s.Texts[pointField(p.Number)] = what
		}
	}
	for _, id := range slices.Sorted(maps.Keys(behind)) {
		if err := s.takeIn(tx, l, id); err != nil {
			return s, err
		}
	}
	for key, text := range s.Texts {
		if s.Texts[key] = strings.TrimSpace(text); s.Texts[key] == "" {
			delete(s.Texts, key)
		}
	}
	return s, nil
}

// takeIn adds what became of one of the problems behind a letter.
func (s *source) takeIn(tx *db.Tx, l letter.Letter, id string) error {
	p, err := problem.Read(tx, id)
	if err != nil {
		return err
	}
	if l.Status == letter.ForAStage {
		day, owes := p.NextDay, p.NextOwes
		if day == "" && p.HasDue() {
			day = calendar.DateOf(p.DueAt.Add(-time.Second).In(calendar.China)).String() // due is the end of a day
		}
		if owes == "" {
			owes = p.Lead
		}
		if day != "" && (s.Next == "" || day < s.Next) {
			s.Next, s.Texts["owes"] = day, owes
			if o, err := identity.Named(tx, owes); err == nil {
				s.Texts["owes"] = o.Name
			} else if fault.KindOf(err) != fault.NotFound { // who owes it was written by hand
				return err
			}
		}
	}
	sanctions, err := problem.Sanctions(tx, id)
	if err != nil {
		return err
	}
	opened, punished := 0, 0
	for _, one := range sanctions {
		s.Fined += one.Money
		switch one.Kind {
		case "case":
			opened += one.N
		case "penalty":
			punished += one.N
		case "interview":
			s.Talked += one.N
		case "account":
			s.Account += one.N
		}
	}
	s.Penalised += max(opened, punished) // a penalty follows a case that was opened
	return nil
}

// redacted are the texts of a row as they go out, by field.
func (k kept) redacted() (map[string]redact.Published, error) {
	out := map[string]redact.Published{}
	for _, f := range k.Source.fields() {
		p, err := redact.Redact(k.Source.Texts[f.Key], k.Decisions[f.Key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Title.EN, err)
		}
		out[f.Key] = p
	}
	return out, nil
}

// row is the row of the table, with its texts as they go out.
func (k kept) row(place int, texts map[string]redact.Published) (r table.Row, err error) {
	s := k.Source
	r = table.Row{
		Number: place, Batch: s.Batch, Code: s.Code, Key: s.Key, Channel: complaint.Channel(s.Channel), Text: texts["text"].Text, Region: texts["region"].Text,
		Place: texts["place"].Text, Kinds: complaint.KindsOf(s.Kinds), KindsText: texts["kinds"].Text, Found: texts["found"].Text, Done: texts["done"].Text,
		Aim: texts["aim"].Text, Owes: texts["owes"].Text, Note: texts["note"].Text, Republished: s.Again,
		Sanctions: table.Sanctions{Penalised: s.Penalised, Fined: s.Fined, Interviewed: s.Talked, Accountable: s.Account, Text: texts["sanctions"].Text},
		Status:    map[string]table.Status{"done": table.Done, "staged": table.Staged}[s.Status],
	}
	if r.Status == table.Unsaid {
		r.Status = table.Working
	}
	r.Verdict, _ = complaint.ParseVerdict(s.Verdict)
	if s.Division != "" {
		if r.Division, err = gb.Parse(s.Division); err != nil {
			return r, err
		}
	}
	if s.Next != "" {
		if r.Next, err = calendar.ParseDate(s.Next); err != nil {
			return r, err
		}
	}
	for _, p := range s.Points {
		v, _ := complaint.ParseVerdict(p.Verdict)
		r.Points = append(r.Points, table.Point{Number: strconv.Itoa(p.Number), Text: texts[pointField(p.Number)].Text, Kinds: complaint.KindsOf(p.Kinds), Verdict: v})
	}
	return r, nil
}

// publishedBefore reports whether a letter was in a bulletin of a lower number. Another version of the same bulletin
// publishes nothing again.
func publishedBefore(tx *db.Tx, l letter.Letter, number int) (bool, error) {
	if l.Bulletin == 0 {
		return false, nil
	}
	before, err := publishedOf.Slice(tx, l.ID)
	return len(before) > 0 && before[0].Number < number, err // by number
}

// same reports whether what a row was made of is what it would be made of now. Whether it was public
// before does not change what is said.
func (s source) same(now source) bool {
	s.Again, now.Again = false, false
	return fmt.Sprintf("%+v", s) == fmt.Sprintf("%+v", now)
}
