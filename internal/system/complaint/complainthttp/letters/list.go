// Package letters is the letters for an office: the list with its files, and a letter with its points, clock, answer and
// history.
//
// Lists and files have what a letter says of itself and no text of anybody. What somebody wrote is opened on a page of its
// own, by who has the right to and says why; that page also divides the letter, since one must read it for that. Each
// time it is opened is an entry of the record, also when the form on it comes back with a mistake.
package letters

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of letters.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const (
	listAt   = "/complaints/letters"
	listRows = 50
	fileRows = 200 // read at a time
)

var listTitle = lang.Text{ZH: "信访件", EN: "Letters"}

// listView is a page of the list. The filter is the query: batch, stage, kind, key, q (a code or its beginning), cols, and
// after, where the page before ended.
type listView struct {
	page.Visit
	form    web.Form
	query   url.Values
	filter  letter.Filter
	all     []letter.Letter
	total   int
	next    string
	columns kit.Columns
	names   map[string]string
	now     time.Time
}

// columnNames are the columns that can be left out: without code and digest a row is none.
func columnNames(v web.Page) []kit.Column {
	return []kit.Column{
		{Key: "batch", Name: v.T("批次", "Batch")},
		{Key: "channel", Name: v.T("来源", "Channel")},
		{Key: "division", Name: v.T("区划", "Division")},
		{Key: "kinds", Name: v.T("类型", "Kinds")},
		{Key: "stage", Name: v.T("办到哪一步", "Stage")},
		{Key: "due", Name: v.T("报结期限", "Due")},
		{Key: "lead", Name: v.T("主办单位", "Lead unit")},
		{Key: "verdict", Name: v.T("是否属实", "Verdict")},
		{Key: "bulletin", Name: v.T("公开", "Published")},
	}
}

func filterOf(v page.Visit, q url.Values) (f letter.Filter, err error) {
	f = letter.Filter{Campaign: v.Campaign.Code, Stage: q.Get("stage"), Kind: q.Get("kind"), Key: q.Get("key") != "", Text: q.Get("q"), Limit: listRows}
	var all []error
	if text := strings.TrimSpace(q.Get("batch")); text != "" {
		if f.Batch, err = batchOf(text); err != nil {
			all = append(all, fault.At("batch", err))
		}
	}
	if _, ok := complaint.LetterWay.Stage(f.Stage); f.Stage != "" && !ok {
		all = append(all, fault.At("stage", fault.New(fault.Invalid, "没有这个阶段", "there is no such stage")))
	}
	if f.Kind != "" && len(complaint.KindsOf(f.Kind)) != 1 {
		all = append(all, fault.At("kind", fault.New(fault.Invalid, "没有这个类型", "there is no such kind")))
	}
	if text := q.Get("after"); text != "" {
		if f.After, err = mark(text); err != nil {
			all = append(all, fault.At("q", err))
		}
	}
	return f, errors.Join(all...)
}

// batchOf reads a batch: its number, or the day of what the public reported.
func batchOf(text string) (int, error) {
	if day, err := calendar.ParseDate(text); err == nil {
		return complaint.PublicBatch(day), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "批次是从 1 起的数字；公众反映的写日期，例如 2026-11-30", "a batch is a number from 1, and one of the public a day, as 2026-11-30")
	}
	return n, nil
}

// batchText is a batch as batchOf reads it.
func batchText(number int) string {
	if day, public := complaint.BatchDay(number); public {
		return day.String()
	}
	return strconv.Itoa(number)
}

// batch is what stands in the filter.
func (v listView) batch() string {
	if v.filter.Batch > 0 && v.form.Wrong("batch") == "" {
		return batchText(v.filter.Batch)
	}
	return v.query.Get("batch")
}

// mark reads where a page begins: batch.place.id.
func mark(text string) (m letter.Mark, err error) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) == 3 {
		var first, second error
		m.Batch, first = strconv.Atoi(parts[0])
		m.PlaceIn, second = strconv.Atoi(parts[1])
		if m.ID = parts[2]; first == nil && second == nil {
			return m, nil
		}
	}
	return m, fault.New(fault.Invalid, "翻页的地址不完整，请从第一页开始", "the address of the page is not whole: begin at the first")
}

func markText(m letter.Mark) string {
	return strconv.Itoa(m.Batch) + "." + strconv.Itoa(m.PlaceIn) + "." + m.ID
}

// List answers the list.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) (err error) {
	v := listView{query: r.URL.Query(), now: p.Now()}
	if v.Visit, err = p.Enter(r, listTitle, complaint.Look); err != nil {
		return err
	}
	var wrong error
	v.columns, wrong = kit.ColumnsOf(columnNames(v.Page), v.query)
	v.filter, err = filterOf(v.Visit, v.query)
	if v.form, err = v.Filled(v.query, errors.Join(err, wrong)); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), listPage(v))
	}
	v.filter.Limit = listRows + 1
	if v.all, v.total, err = p.Letters.List(r.Context(), v.Who, v.filter); err != nil {
		return err
	}
	if len(v.all) > listRows {
		v.all = v.all[:listRows]
		v.next = v.with(listAt, "after", markText(v.all[listRows-1].Mark()))
	}
	var ids []string
	for _, l := range v.all {
		if l.Lead != "" {
			ids = append(ids, l.Lead)
		}
	}
	if v.names, err = p.Names(r.Context(), ids...); err != nil {
		return err
	}
	return v.Write(w, r, listPage(v))
}

// with is an address with the same question and one answer changed.
func (v listView) with(path, name, value string) string {
	q := url.Values{"campaign": {v.Campaign.Code}}
	for _, key := range []string{"batch", "stage", "kind", "key", "q", "cols"} {
		if values := v.query[key]; len(values) > 0 && values[0] != "" {
			q[key] = values
		}
	}
	if name != "" {
		q.Set(name, value)
	}
	return path + "?" + q.Encode()
}

// keep is the question that the choice of columns keeps.
func (v listView) keep() url.Values {
	q := url.Values{"campaign": {v.Campaign.Code}}
	for _, key := range []string{"batch", "stage", "kind", "key", "q"} {
		if v.query.Get(key) != "" {
			q[key] = v.query[key]
		}
	}
	return q
}

func (v listView) filtered() bool {
	f := v.filter
	return f.Batch != 0 || f.Stage != "" || f.Kind != "" || f.Key || f.Text != ""
}

func (v listView) count() string {
	if v.total > letter.MaxCount {
		return v.F("%d 件以上", "over %d letters", letter.MaxCount)
	}
	return v.F("%d 件", "%d letters", v.total)
}

func (v listView) pagination() kit.Pages {
	l := kit.Pages{Next: v.next, Shown: v.F("这一页 %d 件，共 %s", "%d on this page, %s in all", len(v.all), v.count())}
	if v.query.Get("after") != "" {
		l.First = v.with(listAt, "", "")
	}
	return l
}

func (v listView) stageOptions() (all []web.Option) {
	for _, s := range complaint.LetterWay.Stages {
		all = append(all, web.Option{Value: s.Key, Text: s.Name.In(v.Lang), On: s.Key == v.filter.Stage})
	}
	return all
}

func (v listView) kindOptions() (all []web.Option) {
	for k := range complaint.Kinds() {
		all = append(all, web.Option{Value: k.Key(), Text: k.Name().In(v.Lang), On: k.Key() == v.filter.Kind})
	}
	return all
}

func stageOf(v web.Page, l letter.Letter) string {
	s, _ := complaint.LetterWay.Stage(l.Stage)
	return s.Name.In(v.Lang)
}

func verdictOf(v web.Page, key string) string {
	if key == "" {
		return ""
	}
	verdict, _ := complaint.ParseVerdict(key)
	return verdict.Name().In(v.Lang)
}

// CSV answers the list as a table.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "letters.csv", "text/csv; charset=utf-8", func(rows iter.Seq[[]any]) error { return sheet.WriteCSV(w, rows) })
}

// XLSX answers the list as a spreadsheet.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	return p.export(w, r, "letters.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(rows iter.Seq[[]any]) error {
		return sheet.WriteXLSX(w, sheet.Page{Name: "信访件", Rows: rows, Widths: []float64{8, 24, 8, 6, 12, 14, 14, 18, 20, 12, 12, 8}})
	})
}

// export sends all letters of the filter, a page of the database after the other. The first is read before anything is
// written, so that what is wrong is said properly.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, name, kind string, write func(iter.Seq[[]any]) error) error {
	v, err := p.Enter(r, listTitle, complaint.Look)
	if err != nil {
		return err
	}
	f, err := filterOf(v, r.URL.Query())
	if err != nil {
		return err
	}
	f.After, f.Limit = letter.Mark{}, fileRows
	first, _, err := p.Letters.List(r.Context(), v.Who, f)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	var broken error
	err = write(p.rows(r.Context(), v, f, first, &broken))
	return errors.Join(broken, err)
}

// rows are the letters as a file has them: nobody's text.
func (p *Pages) rows(ctx context.Context, v page.Visit, f letter.Filter, part []letter.Letter, broken *error) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		names := map[string]string{}
		heads := sheet.Heads(v.T("批次", "batch"), v.T("受理编号", "code"), v.T("来源", "channel"), v.T("重点", "key"), v.T("区划", "division"), v.T("类型", "kinds"),
			v.T("办到哪一步", "stage"), v.T("报结期限", "due"), v.T("主办单位", "lead unit"), v.T("是否属实", "verdict"), v.T("办理状态", "state"), v.T("公开批次", "bulletin"))
		for more := yield(heads); more; {
			for _, l := range part {
				if l.Lead != "" && names[l.Lead] == "" {
					got, err := p.Names(ctx, l.Lead)
					if err != nil {
						*broken = err
						return
					}
					names[l.Lead] = got[l.Lead]
				}
				if !yield(row(v, l, names[l.Lead])) {
					return
				}
			}
			if len(part) < fileRows {
				return
			}
			f.After = part[len(part)-1].Mark()
			if part, _, *broken = p.Letters.List(ctx, v.Who, f); *broken != nil {
				return
			}
		}
	}
}

func row(v page.Visit, l letter.Letter, lead string) []any {
	key, due, batch := "", "", any(l.Batch)
	if day, public := complaint.BatchDay(l.Batch); public {
		batch = day.String()
	}
	if l.KeyItem {
		key = "*"
	}
	if l.DueAt != nil {
		due = page.Due(*l.DueAt)
	}
	return []any{
		batch, l.Code, complaint.Channel(l.Channel).Name().In(v.Lang), key, v.Where(l.Division), v.KindNames(l.Kinds), stageOf(v.Page, l), due, lead,
		verdictOf(v.Page, l.Verdict), l.Status.Name().In(v.Lang), l.Bulletin,
	}
}
