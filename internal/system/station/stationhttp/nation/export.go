package nation

import (
	"fmt"
	"iter"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// nationTable is the figures of a division and of everything below it, as rows
// of an export.
func (n *Pages) nationTable(r *http.Request) (x run.Run, rows iter.Seq[[]any], err error) {
	ask, err := parseNation(r.URL.Query())
	if err != nil {
		return x, nil, err
	}
	x, all, err := n.ledger.All(r.Context(), ask.run, ask.at)
	if err != nil {
		return x, nil, err
	}
	day, night, err := ask.hours(x.Question)
	if err != nil {
		return x, nil, err
	}
	l := web.LangOf(r)
	at := func(hour int) string {
		return l.F("（%[1]s %02[2]d:00）", " (%[1]s %02[2]d:00)", whenOf(l, ask.when), hour%24)
	}
	heads := sheet.Heads(
		l.T("区划代码", "code"), l.T("区划", "division"), l.T("上级", "above"), l.T("城市数", "cities"), l.T("驿站", "stations"), l.T("开放的", "operating"),
		l.T("时间未注明", "hours unknown"), l.T("离路太远的驿站", "stations off the streets"), l.T("白天人口", "people by day"), l.T("夜间人口", "people by night"), l.T("离路太远的人（白天）", "people off the streets (day)"),
		l.T("开着", "open")+at(day), l.T("一次", "once")+at(day), l.T("两次", "twice")+at(day),
		l.T("开着", "open")+at(night), l.T("一次", "once")+at(night), l.T("两次", "twice")+at(night),
	)
	return x, func(yield func([]any) bool) {
		more := yield(heads)
		for i := 0; more && i < len(all); i++ {
			more = yield(nationLine(l, &all[i], day, night))
		}
	}, nil
}

func nationLine(l lang.Lang, p *run.Report, day, night int) []any {
	f := &p.Figures
	name := l.T("全国", "the country")
	if p.At.Valid() {
		name = p.At.FullName().In(l)
	}
	return []any{
		p.Code, name, p.Parent, p.Cities, f.Stations, f.Operating, f.HoursUnknown, f.Unplaced, f.Day.Float(), f.Night.Float(), f.FarDay.Float(),
		f.Hours[day].Open, f.Hours[day].Covered[0].Float(), f.Hours[day].Covered[1].Float(),
		f.Hours[night].Open, f.Hours[night].Covered[0].Float(), f.Hours[night].Covered[1].Float(),
	}
}

func whenOf(l lang.Lang, when string) string {
	if n, err := strconv.Atoi(when); err == nil {
		return words.Weekdays[(n+1)%7].In(l)
	}
	return when
}

// CSV answers GET …csv.
func (n *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	x, rows, err := n.nationTable(r)
	if err != nil {
		return err
	}
	return page.SendCSV(w, fmt.Sprintf("nation-%d.csv", x.Number), rows)
}

// XLSX answers GET …xlsx.
func (n *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	x, rows, err := n.nationTable(r)
	if err != nil {
		return err
	}
	return page.SendXLSX(w, fmt.Sprintf("nation-%d.xlsx", x.Number), sheet.Page{Name: web.LangOf(r).T("区划", "divisions"), Rows: rows})
}

// nationJSON is a division and its parts, for programs.
type nationJSON struct {
	Run      int64          `json:"run"`
	Name     string         `json:"name,omitempty"`
	Ended    string         `json:"ended"`
	Question run.Question   `json:"question"`
	Digest   string         `json:"digest"` // SHA-256 of all figures of the run
	Division divisionJSON   `json:"division"`
	Parts    []divisionJSON `json:"parts"`
}

type divisionJSON struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Parent string      `json:"parent"`
	Cities int64       `json:"cities"`
	Facts  run.Figures `json:"figures"` // as they are summed: see docs/api.md
}

// JSON answers GET …json.
func (n *Pages) JSON(w http.ResponseWriter, r *http.Request) error {
	ask, err := parseNation(r.URL.Query())
	if err != nil {
		return err
	}
	v, err := n.ledger.Look(r.Context(), ask.run, ask.code())
	if err != nil {
		return err
	}
	l := web.LangOf(r)
	one := func(p run.Report) divisionJSON {
		d := divisionJSON{p.Code, l.T("全国", "the country"), p.Parent, p.Cities, p.Figures}
		if p.At.Valid() {
			d.Name = p.At.FullName().In(l)
		}
		return d
	}
	out := nationJSON{
		Run: v.Run.Number, Name: v.Run.Name, Ended: v.Run.Ended.In(calendar.China).Format("2006-01-02T15:04:05-07:00"), Question: v.Run.Question, Digest: v.Run.Digest,
		Division: one(v.Own), Parts: []divisionJSON{},
	}
	for _, p := range v.Parts {
		out.Parts = append(out.Parts, one(p))
	}
	return page.SendFigures(w, out)
}
