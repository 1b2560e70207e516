package selection

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Candidate is a place that a plan may open.
type Candidate struct {
	Station    station.Station
	Hours      opening.Hours // that count: the station's own, or the usual ones of its premises
	UsualHours bool          // nobody has said its own: Hours are an example
	Cost       station.Fen
	UsualCost  bool // nobody has said its own: Cost is an example
	Choice     siting.Choice
}

// Partner returns who would share the room: its host, else the partner of its
// brand, else the kind of premises.
func (c *Candidate) Partner() lang.Text {
	switch {
	case c.Station.Host != "":
		return lang.Text{ZH: c.Station.Host, EN: c.Station.Host}
	case c.Station.Brand != 0:
		return c.Station.Brand.Partner()
	}
	return c.Station.Premises.Name()
}

// MaxCandidates bounds how many candidates one question may choose among.
const MaxCandidates = 20_000

// eligible are the candidates among some stations that a question may choose,
// and how many were left out because nobody has said when they are open.
func (q *Question) eligible(stations []station.Station) (out []Candidate, unknown int, err error) {
	choices, err := q.choices(stations)
	if err != nil {
		return nil, 0, err
	}
	var dropped []droppedMust
	for _, s := range stations {
		choice := choices[s.Code]
		c, why, ok := q.take(s)
		switch {
		case ok:
			c.Choice = choice
			out = append(out, c)
		case choice == siting.Fixed:
			dropped = append(dropped, droppedMust{s.Code, why})
		case why == hoursUnknown:
			unknown++
		}
	}
	if err := refuse(dropped); err != nil {
		return nil, 0, err
	}
	if len(out) > MaxCandidates {
		return nil, 0, fault.New(fault.Invalid, "候选点有 %[1]d 个，一次最多 %[2]d 个：请按区划或场所缩小范围", "there are %[1]d candidates, and %[2]d is the most for one question: choose a division or kinds of premises", len(out), MaxCandidates)
	}
	return out, unknown, nil
}

var hoursUnknown = lang.Text{ZH: "没有登记营业时间，而这样的候选点不要", EN: "its hours are not known, and such candidates are left out"}

// take returns a station as a candidate of the question, with the usual hours
// and costs where nobody has said its own; or why it is none.
func (q *Question) take(s station.Station) (c Candidate, why lang.Text, ok bool) {
	if why, ok := q.admits(&s); !ok {
		return c, why, false
	}
	c = Candidate{Station: s, Hours: s.Hours, Cost: s.Cost.Fen}
	if !s.Hours.Known() {
		if q.OnlyKnownHours && !q.Cover.AnyHour {
			return c, hoursUnknown, false
		}
		c.Hours, c.UsualHours = s.Premises.UsualHours(), true
	}
	if !s.Cost.Known {
		c.Cost, c.UsualCost = s.Premises.UsualCost(), true
		if own, ok := q.Costs[s.Premises]; ok {
			c.Cost = own
		}
	}
	return c, lang.Text{}, true
}

// admits tells whether a candidate is what the question chooses among, and of
// one that is not, why.
func (q *Question) admits(s *station.Station) (why lang.Text, ok bool) {
	switch {
	case len(q.Kinds) > 0 && !slices.Contains(q.Kinds, s.Premises):
		return lang.Text{ZH: "不在所选的场所里", EN: "its premises are not among those chosen"}, false
	case !s.Division.Within(q.Division):
		return lang.Text{ZH: "不在所选的区划里", EN: "it is not in the division chosen"}, false
	case !s.Services.Has(q.Needs):
		return lang.Text{ZH: "没有要求的服务", EN: "it lacks a service that is asked for"}, false
	}
	return lang.Text{}, true
}

// droppedMust is a candidate that must open and cannot.
type droppedMust struct {
	code string
	why  lang.Text
}

// refuse names candidates that must open and cannot, each with the reason: a
// plan without them would not be the one that was asked for.
func refuse(musts []droppedMust) error {
	if len(musts) == 0 {
		return nil
	}
	var zh, en []string
	for _, m := range musts[:min(len(musts), 10)] {
		zh = append(zh, lang.Short(m.code)+"（"+m.why.ZH+"）")
		en = append(en, lang.Short(m.code)+" ("+m.why.EN+")")
	}
	return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
		ZH: "要求必开的候选点开不了：" + strings.Join(zh, "、") + "。请从必开里去掉，或改条件",
		EN: "candidates that must open cannot: " + strings.Join(en, ", ") + ". Take them out of those that must, or change the conditions",
	}}
}

// choices are the candidates that the question names, which must exist.
func (q *Question) choices(stations []station.Station) (map[string]siting.Choice, error) {
	choices := map[string]siting.Choice{}
	for _, code := range q.Never {
		choices[code] = siting.Forbidden
	}
	for _, code := range q.Open {
		if choices[code] == siting.Forbidden {
			return nil, fault.New(fault.Invalid, "%s 既要求必开又要求不开：请去掉一处", "%s is to open and not to open: remove one", lang.Short(code))
		}
		choices[code] = siting.Fixed
	}
	missing := []string{}
	for code := range choices {
		if !slices.ContainsFunc(stations, func(s station.Station) bool { return s.Code == code }) {
			missing = append(missing, lang.Short(code))
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		return nil, fault.New(fault.NotFound, "没有这些候选点：%s。编号见候选点名册（状态：候选）", "there are no such candidates: %s. Their codes are in the register (status: candidate)", strings.Join(missing[:min(len(missing), 10)], ", "))
	}
	return choices, nil
}

// noCandidates says where candidates come from.
func noCandidates(unknown int) error {
	if unknown > 0 {
		return fault.New(fault.NotFound, "%d 个候选点都没有营业时间，不知道几点开：请补上营业时间，或按同类场所的示例时间算",
			"none of the %d candidates has known hours: fill them in, or let the usual hours of their premises count", unknown)
	}
	return fault.New(fault.NotFound, "没有符合条件的候选点：请导入（xiadu import stations 表格，状态填“候选”；或 xiadu import places --candidate），或放宽条件",
		"no candidate fits: import some (xiadu import stations with the status candidate, or xiadu import places --candidate), or loosen the conditions")
}

// sortCandidates puts them in the order of their codes, each code once.
func sortCandidates(all []Candidate) []Candidate {
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Station.Code, b.Station.Code) })
	return slices.CompactFunc(all, func(a, b Candidate) bool { return a.Station.Code == b.Station.Code })
}

func pointsOf(all []Candidate) []geo.Point {
	out := make([]geo.Point, len(all))
	for i := range all {
		out[i] = all[i].Station.At
	}
	return out
}
