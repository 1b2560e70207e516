package stationhttp

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/web"
)

// A plan leaves as sheets, as GeoJSON and as paper. The figures are those that
// were saved; stations and cells are today's, and each document says so.

func (p *pages) planGeoJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return v.impossible()
	}
	c := alteredFeatures(v.today.scenario.Altered(), v.trial.survey)
	for i := range c.Features {
		c.Features[i].Properties["layer"] = "station"
	}
	cells := trialCells(v.city, v.today.effect, len(v.today.effect.After.Counts))
	for _, f := range cells.Features {
		f.Properties["layer"] = "demand"
		c.Features = append(c.Features, f)
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.plan.Code+`.geojson"`)
	return sendGeoJSON(w, struct {
		collection
		Plan PlanJSON `json:"plan"`
	}{c, planJSON(v.plan)})
}

// impossible says why a document cannot be made.
func (v planView) impossible() error {
	return fault.New(fault.Conflict, "按今天的站点做不了这个方案：%s", "The plan cannot be carried out on today's stations: %s", v.wrong)
}

func (p *pages) planXLSX(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := v.writeXLSX(&out, addressOf(r, "/plans/"+v.plan.Code)); err != nil {
		return fmt.Errorf("sheets of plan %s: %w", v.plan.Code, err)
	}
	sendDocument(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", v.plan.Code+".xlsx", out.Bytes())
	return nil
}

func sendDocument(w http.ResponseWriter, kind, name string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(body) // a reader who has gone needs no file
}

// workbook is a spreadsheet in the making; the first error stays.
type workbook struct {
	file  *excelize.File
	out   *excelize.StreamWriter
	bold  int
	n     int
	first bool
	err   error
}

func (b *workbook) sheet(name string, widths ...float64) {
	b.flush()
	if b.err != nil {
		return
	}
	if !b.first {
		b.first = true
		b.err = b.file.SetSheetName(b.file.GetSheetName(0), name)
	} else {
		_, b.err = b.file.NewSheet(name)
	}
	if b.err == nil {
		b.out, b.err = b.file.NewStreamWriter(name)
	}
	for i, width := range widths {
		if b.err == nil {
			b.err = b.out.SetColWidth(i+1, i+1, width)
		}
	}
	b.n = 0
}

func (b *workbook) flush() {
	if b.err == nil && b.out != nil {
		b.err = b.out.Flush()
	}
}

func (b *workbook) row(cells ...any) {
	if b.n++; b.err == nil {
		b.err = b.out.SetRow(fmt.Sprintf("A%d", b.n), cells)
	}
}

func (b *workbook) head(cells ...string) {
	styled := make([]any, len(cells))
	for i, c := range cells {
		styled[i] = excelize.Cell{StyleID: b.bold, Value: c}
	}
	b.row(styled...)
}

func (v planView) writeXLSX(w *bytes.Buffer, address string) (err error) {
	b := &workbook{file: excelize.NewFile()}
	defer func() {
		if e := b.file.Close(); err == nil {
			err = e
		}
	}()
	if b.bold, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	v.figuresSheet(b, address)
	v.changesSheet(b)
	if v.today != nil {
		v.stationsSheet(b)
		v.cellsSheet(b)
	}
	b.flush()
	if b.err != nil {
		return b.err
	}
	return b.file.Write(w)
}

func (v planView) figuresSheet(b *workbook, address string) {
	l := v.lang
	b.sheet(l.T("方案", "Plan"), 34, 18, 18, 18)
	b.row(l.T("方案", "Plan"), v.plan.Code)
	b.row(l.T("名称", "Name"), guarded(v.plan.Name))
	b.row(l.T("说明", "Note"), guarded(v.plan.Note))
	b.row(l.T("网址", "Address"), address)
	b.row(l.T("保存", "Saved"), v.plan.Updated.In(v.zone).Format("2006-01-02 15:04"))
	b.row(l.T("问的是", "Question"), v.asked())
	b.row(l.T("保存时的数据版本", "Revision of the data when saved"), v.plan.Basis)
	b.row(l.T("街道", "Streets"), v.city.source(l))
	b.row(l.T("人口", "People"), v.city.demandSource(l, v.plan.Question.Demand))
	b.row()
	v.figuresRows(b, l.T("保存时的数字", "Figures as saved"), v.plan.Before, v.plan.After)
	if v.stale && v.today != nil {
		before, after := v.today.effect.Figures()
		b.row()
		v.figuresRows(b, l.F("按今天的数据重算（%s）", "Recomputed on today's data (%s)", v.city.Revision), before, after)
	}
	if v.wrong != "" {
		b.row(l.T("按今天的站点做不了", "Cannot be carried out on today's stations"), v.wrong)
	}
}

func (v planView) figuresRows(b *workbook, title string, before, after station.PlanFigures) {
	l := v.lang
	b.head(title, l.T("现在", "Now"), l.T("改后", "Then"), l.T("差", "Difference"))
	row := func(name string, x, y float64) { b.row(name, x, y, y-x) }
	row(l.T("总人数", "All people"), before.Covered[0].Float(), after.Covered[0].Float())
	row(l.T("有驿站的人", "People with a station"), before.Covered[1].Float(), after.Covered[1].Float())
	row(l.T("占比", "Share"), before.Covered[1].Share(before.Covered[0]), after.Covered[1].Share(after.Covered[0]))
	row(l.T("有两个以上的人", "People with two or more"), before.Covered[2].Float(), after.Covered[2].Float())
	row(l.T("占比", "Share"), before.Covered[2].Share(before.Covered[0]), after.Covered[2].Share(after.Covered[0]))
	row(l.T("离路 500 米以上的人", "People more than 500 m from any street"), before.Unreachable.Float(), after.Unreachable.Float())
	row(l.T("开放的驿站", "Stations in service"), float64(before.Operating), float64(after.Operating))
	row(l.T("那一刻开着的", "Open at the hour"), float64(before.Counted), float64(after.Counted))
	for part, x := range before.Week {
		y := after.Week[part]
		row(partWords(l, station.WeekPart(part))+l.T("，有驿站的占比", ", share with a station"), x.Once.Share(x.Demand), y.Once.Share(y.Demand))
	}
}

func (v planView) changesSheet(b *workbook) {
	l := v.lang
	b.sheet(l.T("改动", "Changes"), 6, 60, 50, 22, 22)
	b.head("#", l.T("改动", "Change"), l.T("写法", "As a line"), l.T("单看：有驿站的人", "By itself: with a station"), l.T("单看：有两个的人", "By itself: with two"))
	for i, line := range station.Lines(v.plan.Changes) {
		cells := []any{i + 1, guarded(v.clear[i]), guarded(line)}
		if v.today != nil && v.today.alone != nil {
			cells = append(cells, v.today.alone[i].Once.Float(), v.today.alone[i].Twice.Float())
		}
		b.row(cells...)
	}
}

func (v planView) stationsSheet(b *workbook) {
	l := v.lang
	b.sheet(l.T("站点", "Stations"), 18, 36, 10, 40, 40, 13, 13, 13, 13)
	b.head(l.T("编号", "Code"), l.T("名称", "Name"), l.T("怎样", "What"), l.T("现在的时间", "Hours now"), l.T("改后的时间", "Hours then"),
		l.T("现在经度", "Longitude now"), l.T("现在纬度", "Latitude now"), l.T("改后经度", "Longitude then"), l.T("改后纬度", "Latitude then"))
	for _, a := range v.today.scenario.Altered() {
		cells := make([]any, 9)
		cells[0], cells[2] = guarded(a.Code()), actWords(l, actOf(a))
		for i, s := range []*station.Station{a.Before, a.After} {
			if s != nil {
				cells[1], cells[3+i], cells[5+2*i], cells[6+2*i] = guarded(s.Name), guarded(s.Hours.Text(l)), s.At.Lon, s.At.Lat
			}
		}
		b.row(cells...)
	}
}

func actWords(l lang.Lang, act string) string {
	switch act {
	case "opened":
		return l.T("新开", "opens")
	case "closed":
		return l.T("关闭", "closes")
	case "moved":
		return l.T("移动", "moves")
	}
	return l.T("改时间", "other hours")
}

func (v planView) cellsSheet(b *workbook) {
	l, e := v.lang, v.today.effect
	b.sheet(l.T("受影响的网格", "Cells that change"), 20, 13, 13, 12, 12, 12, 24)
	b.head(l.T("网格", "Cell"), l.T("经度", "Longitude"), l.T("纬度", "Latitude"), l.T("人", "People"), l.T("现在几个站", "Stations now"), l.T("改后几个站", "Stations then"), l.T("变化", "Change"))
	demand, _ := v.city.Network.Demand(v.trial.Demand)
	for i, after := range e.After.Counts {
		before := e.Before.Counts[i]
		if before == after || e.After.Weights[i] == 0 {
			continue
		}
		cell := demand.Cells[i]
		b.row(guarded(cell.ID), cell.At.Lon, cell.At.Lat, e.After.Weights[i].Float(), int(before), int(after), shiftWords(l, before, after))
	}
}

func shiftWords(l lang.Lang, before, after uint8) string {
	switch shiftOf(before, after) {
	case "gain":
		return l.T("新有驿站", "gains a first station")
	case "loss":
		return l.T("失去驿站", "loses its last station")
	case "more":
		return l.T("有了第二个", "gains a second station")
	case "fewer":
		return l.T("失去第二个", "loses its second station")
	}
	return l.T("更多或更少，仍有两个以上", "more or fewer, still two or more")
}
