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
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// registerPage is an office's list of the stations, from the database, so that
// what was imported a moment ago is there. The filter is the query:
//
//	q         words in code, name, brand, host, address or division
//	division  six-digit code, and all below it
//	brand, size, status, need
//	sort      an order's key; with - before it from the end
//	after     where the page before ended
type registerPage struct {
	web.Page
	query     url.Values
	filter    station.Filter
	page      station.Page
	divisions []gb.Division
}

const (
	registerRows = 50
	// exportRows bounds an export to what a spreadsheet program can open.
	exportRows = 1_000_000
)

// List answers the list, with its filters in the address.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	f.Limit = registerRows
	v := registerPage{Page: p.Site.Page(r, lang.Text{ZH: "站点名册", EN: "Register of stations"}), query: r.URL.Query(), filter: f}
	v.Wide = true
	if v.page, err = p.Stations.List(r.Context(), f); err != nil {
		return fmt.Errorf("list stations: %w", err)
	}
	v.divisions = divisionsOf(p.City())
	return v.Write(w, r, registerView(v))
}

func parseFilter(q url.Values) (station.Filter, error) {
	f := station.Filter{Text: strings.TrimSpace(q.Get("q")), After: q.Get("after")}
	if len([]rune(f.Text)) > ask.MaxText {
		return f, fault.New(fault.Invalid, "要找的文字太长：最多 %d 个字。", "The text to look for is too long: %d characters at most.", ask.MaxText)
	}
	if s := q.Get("division"); s != "" {
		division, err := gb.Parse(s)
		if err != nil {
			return f, err
		}
		f.Within = division
	}
	for _, word := range ask.NeedWords(q) {
		need, ok := station.ParseNeed(word)
		if !ok {
			return f, words.UnknownChoice("need", word)
		}
		f.Needs |= station.ServicesOf(need)
	}
	if s := q.Get("sort"); s != "" {
		key, reverse := strings.CutPrefix(s, "-")
		order, ok := station.ParseOrder(key)
		if !ok {
			return f, words.UnknownChoice("sort", s)
		}
		f.Order, f.Reverse = order, reverse
	}
	if err := ask.Choose(q, "brand", station.ParseBrand, &f.Brand); err != nil {
		return f, err
	}
	if err := ask.Choose(q, "size", station.ParseSize, &f.Size); err != nil {
		return f, err
	}
	return f, ask.Choose(q, "status", station.ParseStatus, &f.Status)
}

// divisions lists where the stations are, for the filter.
func divisionsOf(c *city.City) []gb.Division {
	seen := map[gb.Division]bool{}
	var out []gb.Division
	for i := range c.Network.Stations {
		if d := c.Network.Stations[i].Division; d.Valid() && !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return page.SortedDivisions(out)
}

// CSV answers GET …csv.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "stations.csv", page.CSVType, station.WriteCSV)
}

// XLSX answers GET …xlsx.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "stations.xlsx", page.XlsxType, station.WriteXLSX)
}

// export sends all stations of the filter. The first page is read before
// anything is written, so that what is wrong is said properly; what fails after
// that breaks the connection, and a half file is not taken for a whole one.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, name, kind string, write func(io.Writer, lang.Lang, iter.Seq[station.Station]) error) error {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	f.After, f.Limit = "", 500
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

var filters = []string{"q", "division", "brand", "size", "status", "need"}

// with is the address of the register with one part of the filter changed.
func (v registerPage) with(path, name, value string) string {
	return ask.AddressWith(path, v.query, append(filters, "sort"), name, value)
}

func (v registerPage) filtered() bool {
	return slices.ContainsFunc(filters, func(key string) bool { return v.query.Get(key) != "" })
}

// sortedBy is the address of the register in another order: from the end if it
// is in that order already.
func (v registerPage) sortedBy(o station.Order) string {
	key := o.Key()
	switch {
	case v.filter.Order == o && !v.filter.Reverse:
		key = "-" + key
	case o == station.ByCode:
		key = ""
	}
	return v.with("/stations", "sort", key)
}

// ariaSort tells a screen reader what the arrow in a heading shows.
func (v registerPage) ariaSort(o station.Order) string {
	switch {
	case v.filter.Order != o:
		return "none"
	case v.filter.Reverse:
		return "descending"
	}
	return "ascending"
}

// caption says how the list is sorted.
func (v registerPage) caption() string {
	words := [...]lang.Text{
		station.ByCode: {ZH: "按编号", EN: "by code"}, station.ByName: {ZH: "按名称", EN: "by name"},
		station.ByBrand: {ZH: "按品牌", EN: "by brand"}, station.ByDivision: {ZH: "按区划", EN: "by division"},
		station.ByChecked: {ZH: "按核实日期，未核实的在前", EN: "by when they were checked, never first"},
	}
	if v.filter.Reverse {
		words[station.ByChecked] = lang.Text{ZH: "按核实日期，最近的在前", EN: "by when they were checked, latest first"}
	}
	how := words[v.filter.Order].In(v.Lang)
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

func (v registerPage) pagination() web.Pages {
	l := web.Pages{Shown: v.T("共 ", "") + v.total()}
	if v.filter.After != "" {
		l.First = v.with("/stations", "", "")
	}
	if v.page.Next != "" {
		l.Next = v.with("/stations", "after", v.page.Next)
	}
	return l
}

func (v registerPage) divisionOptions() []page.Option {
	out := make([]page.Option, len(v.divisions))
	for i, d := range v.divisions {
		out[i] = page.Option{Value: d.Code(), Text: d.Name().In(v.Lang), On: v.query.Get("division") == d.Code()}
	}
	return out
}
