package published

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Open is the query of how many stations are open.
const Open = "station.open/1"

// openResult is how many stations there are, and are open.
type openResult struct {
	counts
	Holidays     string       `json:"holidays"`
	Divisions    []byDivision `json:"divisions"`
	Contradicted int          `json:"contradicted"` // see station.Register
}

type counts struct {
	Stations     int `json:"stations"`
	Operating    int `json:"operating"`
	Open         int `json:"open"`
	HoursUnknown int `json:"hours_unknown"` // of the operating; they count as closed
}

type byDivision struct {
	Division string `json:"division"`
	counts
}

// OpenPath is where the figure of a minute is explained.
func OpenPath(at time.Time) string {
	return figure.Path(Open, figure.Params{"at": at.Format(minute)})
}

func openQuery() figure.Query {
	return figure.Query{
		Name:    Open,
		Members: []string{"stations", "operating", "open", "hours_unknown", "holidays", "divisions", "contradicted"},
		Title:   lang.Text{ZH: "有多少驿站，开着多少", EN: "How many stations there are, and are open"},
		How: lang.Text{
			ZH: "把公开日志里“驿站加入、修改、退出”的条目从头到尾合起来，得到那时的名册；再按每一站的营业时间和国务院的放假安排，看这一分钟开不开。暂停的不算在营业里，没有登记营业时间的不算开着。",
			EN: "The entries of the public log that add, change or remove a station make the register of that time; then the opening hours of each, and the State Council's holidays, say whether it is open at this minute. A paused station does not count as operating, and one whose hours nobody has said does not count as open.",
		},
		Over: station.FromLog,
		Settle: func(p figure.Params, now time.Time) (figure.Params, error) {
			at, wrong := settleAt(p["at"], now)
			out := figure.Params{"at": at}
			if within := p["division"]; within != "" {
				d, err := gb.Parse(within)
				if err != nil {
					wrong = errors.Join(wrong, fault.At("division", err))
				}
				out["division"] = d.Code()
			}
			return out, wrong
		},
		Answer: func(_ context.Context, s figure.State, p figure.Params, _ map[string]string) (any, error) {
			return countOpen(s.(*station.Register), p)
		},
		Tell: tellOpen,
	}
}

// countOpen counts stations by division.
func countOpen(r *station.Register, p figure.Params) (openResult, error) {
	at := momentOf(p)
	out := openResult{Holidays: holidays(at), Divisions: []byDivision{}, Contradicted: r.Contradicted}
	within := gb.Division{}
	if p["division"] != "" {
		within, _ = gb.Parse(p["division"])
	}
	hours := map[string]opening.Hours{} // most stations share theirs
	divisions := map[string]*counts{}
	for c := range r.All() {
		if within.Valid() && !inside(c[station.FieldDivision], within) {
			continue
		}
		h, known := hours[c[station.FieldHours]]
		if !known {
			var err error
			if h, err = opening.Parse(c[station.FieldHours]); err != nil {
				return out, fmt.Errorf("published: the hours of %s: %w", c[station.FieldCode], err)
			}
			hours[c[station.FieldHours]] = h
		}
		of := divisions[c[station.FieldDivision]]
		if of == nil {
			of = &counts{}
			divisions[c[station.FieldDivision]] = of
		}
		of.add(c, h, at)
		out.add(c, h, at)
	}
	for _, code := range slices.Sorted(maps.Keys(divisions)) {
		out.Divisions = append(out.Divisions, byDivision{code, *divisions[code]})
	}
	return out, nil
}

func (n *counts) add(c station.Cells, h opening.Hours, at time.Time) {
	n.Stations++
	if c[station.FieldStatus] != station.Operating.Key() {
		return
	}
	n.Operating++
	switch {
	case !h.Known():
		n.HoursUnknown++
	case h.OpenAt(at):
		n.Open++
	}
}

func inside(code string, within gb.Division) bool {
	d, err := gb.Parse(code)
	return err == nil && d.Within(within)
}

func tellOpen(p figure.Params, result json.RawMessage) []figure.Line {
	r := read[openResult](result)
	of := func(c counts) lang.Text {
		return lang.Text{
			ZH: fmt.Sprintf("%d 座，营业 %d 座，这时开着 %d 座", c.Stations, c.Operating, c.Open),
			EN: fmt.Sprintf("%d stations, %d operating, %d open at the minute", c.Stations, c.Operating, c.Open),
		}
	}
	where := lang.Text{ZH: "全部", EN: "in all"}
	if p["division"] != "" {
		where.ZH, where.EN = divisionName(p["division"]), divisionName(p["division"])
	}
	lines := []figure.Line{
		{Name: lang.Text{ZH: when(p) + "，" + where.ZH, EN: when(p) + ", " + where.EN}, Value: of(r.counts)},
		line("营业时间没有登记的", "Hours that nobody has said", strconv.Itoa(r.HoursUnknown)),
	}
	for _, d := range r.Divisions {
		name := divisionName(d.Division)
		lines = append(lines, figure.Line{Name: lang.Text{ZH: name, EN: name}, Value: of(d.counts)})
	}
	return lines
}
