// Package register is the stations one by one: the office's list with its filters and
// files, a station's page for everybody and for the paper on its door, and that of a
// candidate, which is no station.
package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// registerPage is an office's list of the stations, from the database, so that
// what was imported a moment ago is there. The filter is the query:
//
//	q         words in code, name, brand, host, address or division
//	division  six-digit code, and all below it
//	brand, size, need
//	status    open, paused or candidate; all, which is every one of them; none is open and paused
//	checked   days: last checked longer ago than that, or never
//	hours     unknown
//	streets   far: so far from any that the finder cannot lead there
//	sort      an order's key; with - before it from the end
//	after     where the page before ended
//	before    where the page after began
//	cols      the columns to show; none are all
type registerPage struct {
	web.Page
	form      web.Form
	query     url.Values
	filter    station.Filter
	page      station.Page
	divisions []gb.Division
	today     calendar.Date
	empty     bool // the register has no station, not even a candidate
	columns   kit.Columns
}

const (
	registerRows = 50
	// exportRows bounds an export to what a spreadsheet program can open.
	exportRows = 1_000_000
)

// List answers the list, with its filters in the address.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	f, err := p.listed(r.URL.Query())
	f.Limit = registerRows
	v := registerPage{Page: p.Site.Page(r, lang.Text{ZH: "站点名册", EN: "Register of stations"}), query: r.URL.Query(), filter: f, today: p.today()}
	v.Wide = true
	var wrong error
	v.columns, wrong = kit.ColumnsOf(v.columnNames(), v.query)
	err = errors.Join(err, wrong)
	v.divisions, v.empty = divisionsOf(p.City()), len(p.City().Network.Stations) == 0
	if v.form, err = v.Filled(v.query, err); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), registerForm(v))
	}
	if v.page, err = p.Stations.List(r.Context(), f); err != nil {
		return fmt.Errorf("list stations: %w", err)
	}
	return v.Write(w, r, registerView(v))
}

// divisions lists where the stations are, for the filter.
func divisionsOf(c *city.City) []gb.Division {
	seen := map[gb.Division]bool{}
	var out []gb.Division
	for i := range c.Network.Stations {
		if d := c.Network.Stations[i].Division; !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// CSV answers GET …csv.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "stations.csv", page.CSVType, station.WriteCSV)
}

// XLSX answers GET …xlsx.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "stations.xlsx", page.XlsxType, station.WriteXLSX)
}

// wholeFile is the address of a file of every station, candidates too: what may come back
// with import --replace, which removes whatever is not in it.
const wholeFile = "/stations.csv?status=" + everyStatus

// export sends all stations of the filter, as the page lists them. The first page is read before
// anything is written, so that what is wrong is said properly; what fails after
// that breaks the connection, and a half file is not taken for a whole one.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, name, kind string, write func(io.Writer, lang.Lang, iter.Seq[station.Station]) error) error {
	f, err := p.listed(r.URL.Query())
	if err != nil {
		return err
	}
	f.After, f.Before, f.Limit = "", "", 500
	first, err := p.Stations.List(r.Context(), f)
	if err != nil {
		return fmt.Errorf("export stations: %w", err)
	}
	if first.Total > exportRows {
		return fault.New(fault.Invalid, "一共 %[1]d 站，一张表放不下（最多 %[2]d 行）。请先按区划筛选再导出。",
			"There are %[1]d stations and a sheet holds %[2]d. Filter by division first.", first.Total, exportRows)
	}
	page.FileHeader(w, name, kind)
	var broken error
	err = write(w, web.LangOf(r), p.pagesFrom(r.Context(), f, first, &broken))
	return errors.Join(broken, err)
}

func (p *Pages) pagesFrom(ctx context.Context, f station.Filter, page station.Page, broken *error) iter.Seq[station.Station] {
	f.Uncounted = true
	return func(yield func(station.Station) bool) {
		for {
			for _, s := range page.Stations {
				if !yield(s) {
					return
				}
			}
			if f.After = page.Next; f.After == "" {
				return
			}
			var err error
			if page, err = p.Stations.List(ctx, f); err != nil {
				*broken = err
				return
			}
		}
	}
}

// column is the heading of a column that the list can be sorted by.
func (v registerPage) column(o station.Order, name string) kit.Sort {
	return kit.Sort{Name: name, Href: v.sortedBy(o), Way: kit.WayOf(v.filter.Order == o, v.filter.Reverse)}
}

// columnNames are the columns that can be left out: a row without code and name is none.
func (v registerPage) columnNames() []kit.Column {
	return []kit.Column{
		{Key: "brand", Name: v.T("品牌", "Brand")},
		{Key: "host", Name: v.T("依托单位", "Host")},
		{Key: "division", Name: v.T("区划", "Division")},
		{Key: "hours", Name: v.T("营业时间", "Hours")},
		{Key: "services", Name: v.T("服务", "Services")},
		{Key: "status", Name: v.T("状态", "Status")},
		{Key: "checked", Name: v.T("核实", "Checked")},
	}
}

// orderWords say how a list is sorted.
var orderWords = [...]lang.Text{
	station.ByCode: {ZH: "按编号", EN: "by code"}, station.ByName: {ZH: "按名称", EN: "by name"},
	station.ByBrand: {ZH: "按品牌", EN: "by brand"}, station.ByDivision: {ZH: "按区划", EN: "by division"},
	station.ByChecked: {ZH: "按核实日期，未核实的在前", EN: "by when they were checked, never first"},
}

// orderOptions are the orders, for a reader whose address names none of them.
func (v registerPage) orderOptions() []page.Option {
	var out []page.Option
	for o := range station.Orders() {
		out = append(out, page.Option{Value: o.Key(), Text: orderWords[o].In(v.Lang), On: v.filter.Order == o})
	}
	return out
}

// caption says how the list is sorted.
func (v registerPage) caption() string {
	how := orderWords[v.filter.Order].In(v.Lang)
	if v.filter.Reverse && v.filter.Order == station.ByChecked {
		how = v.T("按核实日期，最近的在前", "by when they were checked, latest first")
	}
	if v.filter.Reverse && v.filter.Order != station.ByChecked {
		how += v.T("，倒序", ", from the end")
	}
	return v.T("驿站，", "Stations ") + how
}

func (v registerPage) total() string {
	if v.page.Total == 1 {
		return v.T("1 站", "1 station")
	}
	return v.F("%s 站", "%s stations", words.Count(v.page.Total))
}

func (v registerPage) pagination() kit.Pages {
	from, to := v.page.Earlier+1, v.page.Earlier+int64(len(v.page.Stations))
	l := kit.Pages{Shown: v.F("第 %s–%s 站，共 %s 站", "%s–%s of %s", words.Count(from), words.Count(to), words.Count(v.page.Total))}
	if v.page.Earlier > registerRows {
		l.First = v.with("/stations", "", "")
	}
	if v.page.Prev != "" {
		l.Prev = v.with("/stations", "before", v.page.Prev)
	}
	if v.page.Next != "" {
		l.Next = v.with("/stations", "after", v.page.Next)
	}
	return l
}

func (v registerPage) divisionOptions() []page.Option {
	return page.DivisionOptions(v.Lang, v.divisions, v.filter.Within)
}
