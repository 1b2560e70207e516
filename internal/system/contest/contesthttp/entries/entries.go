// Package entries is the pages of what is judged: for who holds a contest, and for units that submit.
//
// The office sees a list by state, one entry with its contact, and decides on it; it types in what came on paper and takes tables
// in. A unit sees its own entries and no other's: why one was returned, and its number once it has one. What may be done is said by
// the use cases of package entry, in the version that was seen.
package entries

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of entries.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

var listTitle = lang.Text{ZH: "作品", EN: "Entries"}

const (
	rows     = 50
	fileRows = 200 // that a file reads at once
)

type listView struct {
	page.Contest
	all    []entry.Entry
	counts map[entry.State]int
	state  entry.State
	after  string
	next   string
	wrong  web.Form
}

func list(code string, q url.Values) string {
	at := page.At(code, "office", "entries")
	if len(q) > 0 {
		at += "?" + q.Encode()
	}
	return at
}

// filterOf reads which entries an address asks for.
func filterOf(code string, q url.Values) (f entry.Filter, err error) {
	f = entry.Filter{Contest: code, State: entry.State(q.Get("state")), After: q.Get("after")}
	if _, known := lang.FindChoice(entry.States, string(f.State)); f.State != "" && !known {
		err = fault.At("state", fault.New(fault.Invalid, "没有“%[1]s”这种状态", "there is no state %[1]q", lang.Short(string(f.State))))
	}
	return f, err
}

// List answers the entries of a contest.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v := listView{}
	var who identity.Colleague
	var err error
	if v.Contest, who, err = p.Held(r, listTitle); err != nil {
		return err
	}
	q := r.URL.Query()
	f, err := filterOf(v.Event.Code, q)
	v.state, v.after = f.State, f.After
	if v.wrong, err = v.Filled(q, err); err != nil {
		return err
	}
	err = p.DB.View(r.Context(), func(tx *db.Tx) (err error) { v.counts, err = entry.Counts(tx, v.Event.Code); return err })
	if err != nil {
		return err
	}
	if !v.wrong.Right() {
		return v.WriteStatus(w, r, v.wrong.Status(), listPage(v))
	}
	f.Limit = rows + 1
	if v.all, err = p.Entries.List(r.Context(), who, f); err != nil {
		return err
	}
	if len(v.all) > rows {
		v.all = v.all[:rows]
		v.next = list(v.Event.Code, v.query("after", v.all[rows-1].ID))
	}
	return v.Write(w, r, listPage(v))
}

// query is the question of the list, with one answer changed.
func (v listView) query(name, value string) url.Values {
	q := url.Values{}
	if v.state != "" {
		q.Set("state", string(v.state))
	}
	if value != "" {
		q.Set(name, value)
	}
	return q
}

func (v listView) total() (n int) {
	for _, one := range v.counts {
		n += one
	}
	return n
}

func (v listView) tabs() []kit.Tab {
	all := []kit.Tab{{Href: list(v.Event.Code, nil), Text: v.F("全部 %d", "All %d", v.total()), Here: v.state == ""}}
	for _, s := range entry.States {
		key := entry.State(s.Key)
		if n := v.counts[key]; n > 0 || v.state == key {
			all = append(all, kit.Tab{Href: list(v.Event.Code, url.Values{"state": {s.Key}}), Text: s.Name.In(v.Lang) + v.F(" %d", " %d", n), Here: v.state == key})
		}
	}
	return all
}

func (v listView) pagination() kit.Pages {
	l := kit.Pages{Next: v.next, Shown: v.F("这一页 %d 件", "%d on this page", len(v.all))}
	if v.after != "" {
		l.First = list(v.Event.Code, v.query("", ""))
	}
	return l
}

// units are the units of an entry in a line.
func units(v web.Page, e entry.Entry) string {
	return unitsOf(v, e.Groups)
}

// tone is how the badge of a state looks.
func tone(e entry.Entry) (web.Tone, web.Icon) {
	switch e.State {
	case entry.Accepted, entry.OnShortlist:
		return web.ToneGood, web.IconCheck
	case entry.Returned:
		return web.ToneLook, web.IconUndo
	case entry.Refused, entry.Withdrawn:
		return web.ToneBad, web.IconClose
	case entry.Submitted:
	}
	return web.ToneLook, web.IconWait
}

// stands says how far an entry is; one that has a number may have been withdrawn since.
func stands(v web.Page, e entry.Entry) string {
	text := e.State.Name().In(v.Lang)
	if e.State == entry.OnShortlist && e.Status != mark.Ran {
		text += v.T("，", ", ") + statusName(v, e)
	}
	return text
}

func statusName(v web.Page, e entry.Entry) string {
	switch e.Status {
	case mark.Ran:
	case mark.Forfeit:
		return v.T("弃权", "forfeit")
	case mark.Withdrawn:
		return v.T("已撤回", "withdrawn")
	case mark.Disqualified:
		return v.T("取消资格", "disqualified")
	}
	return string(e.Status)
}

// CSV answers the list as a table.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "entries.csv", "text/csv; charset=utf-8", func(rows iter.Seq[[]any]) error { return sheet.WriteCSV(w, rows) })
}

// XLSX answers the list as a spreadsheet.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "entries.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(rows iter.Seq[[]any]) error {
		return sheet.WriteXLSX(w, sheet.Page{Name: "作品", Rows: rows, Widths: []float64{8, 36, 30, 14, 14, 14, 40, 18}})
	})
}

// export sends all entries of the filter, a page of the database after the other. The first is read before anything is written, so
// that what is wrong is said properly.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, name, kind string, write func(iter.Seq[[]any]) error) error {
	v, who, err := p.Held(r, listTitle)
	if err != nil {
		return err
	}
	f, err := filterOf(v.Event.Code, r.URL.Query())
	if err != nil {
		return err
	}
	f.After, f.Limit = "", fileRows
	first, err := p.Entries.List(r.Context(), who, f)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+v.Event.Code+"-"+name+`"`)
	h.Set("Cache-Control", "no-store")
	var broken error
	err = write(p.rows(r.Context(), v.Page, who, f, first, &broken))
	return errors.Join(broken, err)
}

// rows are the entries as a file has them: nobody's contact.
func (p *Pages) rows(ctx context.Context, v web.Page, who identity.Colleague, f entry.Filter, part []entry.Entry, broken *error) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		heads := sheet.Heads(v.T("编号", "number"), v.T("作品名称", "title"), v.T("申报单位", "unit"), v.T("市州", "city"), v.T("省份", "province"), v.T("状态", "state"), v.T("简介", "summary"), v.T("申报时间", "submitted"))
		for more := yield(heads); more; {
			for _, e := range part {
				join := func(kind string) string { return strings.Join(e.Groups[kind], "、") }
				if !yield([]any{e.Number, e.Title, join(entry.Unit), join(entry.City), join(entry.Province), stands(v, e), e.Summary, web.When(e.MadeAt)}) {
					return
				}
			}
			if len(part) < fileRows {
				return
			}
			f.After = part[len(part)-1].ID
			if part, *broken = p.Entries.List(ctx, who, f); *broken != nil {
				return
			}
		}
	}
}

// taking tells whether the office may still decide on entries, and take more in.
func taking(v page.Contest) bool { return v.Event.State == contest.Called }

func unitsOf(v web.Page, groups map[string][]string) string {
	return strings.Join(groups[entry.Unit], v.T("、", ", "))
}
