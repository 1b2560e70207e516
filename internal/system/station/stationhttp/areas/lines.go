package areas

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// partLine is one line of the roll-up as the page shows it.
type partLine struct {
	figures.PartMeasure
	title, href, when string
	level             int // how deep it is set in; 0 for a province or the outside
	demand            float64
	low               [2]coverage.Span
}

func (p partLine) class() string { return "part-" + strconv.Itoa(p.level) }

// lines are the divisions, the zones and what none of them has.
func (v areaListPage) lines() []partLine {
	all := append(append([]figures.PartMeasure{}, v.measures.Divisions...), v.measures.Zones...)
	all = all[:min(len(all), partsMost)]
	var out []partLine
	for _, p := range all {
		out = append(out, v.line(p))
	}
	if v.measures.Outside.Cells > 0 && len(v.measures.Divisions) > 0 {
		l := v.line(v.measures.Outside)
		l.title, l.level = v.T("不在以上区划里", "In none of these divisions"), 1
		out = append(out, l)
	}
	return out
}

func (v areaListPage) line(p figures.PartMeasure) partLine {
	day, _ := figures.DemandBy(p.Clock)
	l := partLine{PartMeasure: p, title: p.Name(v.Lang), demand: day.Float(), low: p.Lowest()}
	if l.low[0].To > 0 {
		l.when = words.SpanWords(v.Lang, p.Clock, l.low[0])
	}
	if p.Division.Valid() {
		l.level = int(p.Division.Level()) - 1
	}
	if p.Area != nil {
		l.href = v.area(p.Area.Code)
		if p.Area.Kind == area.ZoneArea {
			l.level, l.title = 2, v.F("%s（功能区）", "%s (functional zone)", p.Area.Name)
		}
	}
	if p.Division.Level() == gb.Zone {
		l.level = 2
	}
	return l
}

func (v areaListPage) moreLines() int {
	return max(0, len(v.measures.Divisions)+len(v.measures.Zones)-partsMost)
}

// rollUpDemand heads the column of demand.
func (v areaListPage) rollUpDemand() string {
	return v.F("白天%s", "%s by day", v.city.DemandTitle(v.Lang, v.measures.Question.Demand))
}

func (v areaListPage) headline() string {
	met, asked := v.met()
	if asked == 0 {
		return v.F("%s。", "%s.", v.when())
	}
	return v.F("%[3]s：有目标的 %[1]s 个区域里 %[2]s 个达标。", "%[3]s: of %[1]s areas with a target, %[2]s meet it.", words.Count(asked), words.Count(met), v.when())
}

// rowSub is what stands under an area's name.
func (v areaListPage) rowSub(m coverage.Measure) string {
	words := m.Area.Code + v.T("，", ", ") + m.Area.Kind.Name().In(v.Lang)
	if m.Area.Kind == area.KeyArea {
		words += v.T("，", ", ") + m.Area.Division.Name().In(v.Lang)
	}
	if m.Area.Target.Set() {
		words += v.T("，", ", ") + m.Area.Target.Hours.Text(v.Lang)
	}
	return words
}

func (v areaListPage) demandOf(m coverage.Measure) string {
	if m.Clock == nil {
		return "0"
	}
	day, _ := figures.DemandBy(m.Clock)
	return words.People(day.Float()) + unitAfter(v.Lang, v.city, m.Question.Demand)
}

// unitAfter is the unit of another demand than people, after a number.
func unitAfter(l lang.Lang, c *city.City, kind string) string {
	d, ok := c.Survey.Demand(kind)
	if !ok || d.Kind == demand.People || d.Unit().In(l) == "" {
		return ""
	}
	return " " + d.Unit().In(l)
}

// HeldFigure is a measure against its target, as a key figure.
func HeldFigure(l lang.Lang, m coverage.Measure, times int) string {
	figure, _ := heldWords(l, m, times)
	return figure
}

// HeldWhen says at which hours a target holds.
func HeldWhen(l lang.Lang, m coverage.Measure, times int) string {
	_, when := heldWords(l, m, times)
	return when
}
