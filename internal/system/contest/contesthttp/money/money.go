// Package money is the pages of where a selection's money went: what each station was granted, paid, has received and spent, and what
// became of it a year later; for everybody. Who keeps it posts movements, one at a time or as a sheet.
package money

import (
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of money.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

// bookView is all of a selection's money.
type bookView struct {
	page.Contest
	grant.Book
	reported grant.Reported
	paid     int // stations of all selections of the site
	every    grant.Sums
}

var bookTitle = lang.Text{ZH: "奖补资金到了哪里", EN: "Where the money went"}

// Book is what each station was granted, for everybody.
func (p *Pages) Book(w http.ResponseWriter, r *http.Request) error {
	v := bookView{}
	var err error
	if v.Contest, err = p.Public(r, bookTitle); err != nil {
		return err
	}
	v.Here = "money"
	if v.Book, err = p.Grants.Book(r.Context(), v.Contest.Event.Code); err != nil {
		return err
	}
	if v.every, v.paid, err = p.Grants.Everywhere(r.Context()); err != nil {
		return err
	}
	if v.reported, err = grant.AsReported(); err != nil {
		return err
	}
	return v.Write(w, r, bookPage(v))
}

// here is what is recorded at this site beside a figure that was reported; empty: nothing is.
func (v *bookView) here(key string) string {
	switch key {
	case "a-year":
		if v.Final {
			return v.F("本次评选 %d 个", "%d in this selection", len(v.Lines))
		}
	case "so-far":
		return v.F("拨过款的 %d 个", "%d that were paid something", v.paid)
	case "money":
		return grant.Yuan(v.every.Of(grant.Payment))
	case "qinghai":
		n := 0
		for _, l := range v.Lines {
			if l.Province == qinghai {
				n++
			}
		}
		if v.Final {
			return v.F("本次评选 %d 个", "%d in this selection", n)
		}
	}
	return ""
}

// qinghai is the code of the province that the report names.
const qinghai = "630000"

// figure is a reported figure as it is read.
func figure(l lang.Lang, n string, unit lang.Text) string {
	if v, err := strconv.ParseInt(n, 10, 64); err == nil {
		text := grant.Yuan(v * 100)
		n = text[len("¥") : len(text)-len(".00")]
	}
	return n + l.T(" "+unit.ZH, " "+unit.EN)
}

// oneView is the money of a station.
type oneView struct {
	page.Contest
	line  grant.Line
	all   []grant.Movement
	tells bool // the reader may tell its effect
	typed url.Values
	done  bool
}

func (p *Pages) one(r *http.Request) (v oneView, err error) {
	v.typed = url.Values{}
	if v.Contest, err = p.Public(r, bookTitle); err != nil {
		return v, err
	}
	v.Here = "money"
	code, station := v.Event.Code, r.PathValue("station")
	b, err := p.Grants.Book(r.Context(), code)
	if err != nil {
		return v, err
	}
	for _, l := range b.Lines {
		if l.Station == station {
			v.line = l
		}
	}
	if v.line.Station == "" {
		return v, fault.New(fault.NotFound, "%[1]s 不在定榜的名单里，没有奖补资金", "%[1]s is not in a final list: there is no money for it", lang.Short(station))
	}
	v.Title, v.done = v.line.Name, r.URL.Query().Has("done")
	v.all, err = p.Grants.Of(r.Context(), code, station)
	v.tells = v.May(contest.Recommend) && v.line.Late
	return v, err
}

// One is the money of a station, for everybody.
func (p *Pages) One(w http.ResponseWriter, r *http.Request) error {
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, onePage(v))
}

// Tell takes the effect of a station.
func (p *Pages) Tell(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	c, who, err := p.Inside(r, bookTitle, "money")
	if err != nil {
		return err
	}
	n, err := p.Nominations.Show(r.Context(), c.Event.Code, r.PathValue("station"))
	if err != nil {
		return err
	}
	at, err := gb.Parse(n.Division)
	if err != nil {
		return err
	}
	if err := p.Admitted(r.Context(), who, right.In(at), contest.Recommend); err != nil {
		return err
	}
	_, wrong := p.Grants.Tell(r.Context(), who, grant.Telling{Contest: c.Event.Code, Station: n.Station, Says: r.PostForm.Get("says")})
	if wrong == nil {
		http.Redirect(w, r, page.At(c.Event.Code, "money", n.Station)+"?done=1", http.StatusSeeOther)
		return nil
	}
	v, err := p.one(r)
	if err != nil {
		return wrong // it is in no list, which the use case says better
	}
	v.typed = r.PostForm
	return v.Again(w, r, wrong, func() templ.Component { return onePage(v) })
}

// formView is where who keeps the money posts movements.
type formView struct {
	page.Contest
	book    grant.Book
	last    []grant.Movement
	typed   url.Values
	posted  string
	outcome *grant.Outcome
	now     time.Time
	dry     bool
}

var formTitle = lang.Text{ZH: "登记资金流水", EN: "Post movements"}

// lastShown is how many movements stand below the form.
const lastShown = 20

func (p *Pages) form(r *http.Request) (v formView, who identity.Colleague, err error) {
	v.typed, v.now = url.Values{}, p.Now()
	if v.Contest, who, err = p.Inside(r, formTitle, "money"); err != nil {
		return v, who, err
	}
	if err := p.Admitted(r.Context(), who, v.Event.Place(), contest.Fund); err != nil {
		return v, who, err
	}
	if v.book, err = p.Grants.Book(r.Context(), v.Event.Code); err != nil {
		return v, who, err
	}
	v.posted = r.URL.Query().Get("posted")
	v.last, err = p.Grants.Last(r.Context(), v.Event.Code, lastShown)
	return v, who, err
}

// Form is the form.
func (p *Pages) Form(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.form(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, formPage(v))
}

// Post takes one movement.
func (p *Pages) Post(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.form(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	m := grant.Movement{
		Contest: v.Event.Code, ID: f.Get("id"), Kind: grant.Kind(f.Get("kind")), Station: f.Get("station"), Payer: f.Get("payer"), Payee: f.Get("payee"),
		Purpose: f.Get("purpose"), Paper: f.Get("paper"), Hash: f.Get("hash"), Day: f.Get("day"), Takes: f.Get("takes"), Why: f.Get("why"),
	}
	var wrong error
	if fen, ok := grant.ParseYuan(f.Get("fen")); ok {
		m.Fen = fen
		_, _, wrong = p.Grants.Post(r.Context(), who, m)
	} else {
		wrong = fault.At("fen", fault.New(fault.Invalid, "金额写成 5000 或 5000.00", "write the amount as 5000 or 5000.00"))
	}
	if wrong != nil {
		v.typed = f
		return v.Again(w, r, wrong, func() templ.Component { return formPage(v) })
	}
	http.Redirect(w, r, page.At(v.Event.Code, "money", "post")+"?"+url.Values{"posted": {m.ID}}.Encode(), http.StatusSeeOther)
	return nil
}

// mostFile bounds a sheet.
const mostFile = 4 << 20

// Import takes a sheet, or says what it would do.
func (p *Pages) Import(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.form(r)
	if err != nil {
		return err
	}
	up, done := web.Upload(w, r, mostFile)
	defer done()
	refuse := func(wrong error) error {
		return v.Again(w, r, wrong, func() templ.Component { return formPage(v) })
	}
	if err := up.ParseMultipartForm(mostFile); err != nil {
		return refuse(fault.At("file", fault.New(fault.Invalid, "没有传完整，或大于 4 MB：请再传一次，或分成几张", "it did not come whole, or is larger than 4 MB: send it again, or use several").Because(err)))
	}
	file, _, err := up.FormFile("file")
	if err != nil {
		return refuse(fault.At("file", fault.New(fault.Invalid, "请选一个文件", "choose a file")))
	}
	defer func() { _ = file.Close() }()
	v.dry = up.FormValue("do") != "keep"
	o, err := p.Grants.Import(r.Context(), who, v.Event.Code, file, v.dry)
	if err != nil {
		return refuse(err)
	}
	v.outcome = &o
	if o.Errors > 0 {
		return v.WriteStatus(w, r, http.StatusUnprocessableEntity, formPage(v))
	}
	if v.last, err = p.Grants.Last(r.Context(), v.Event.Code, lastShown); err != nil {
		return err
	}
	return v.Write(w, r, formPage(v))
}

// kinds are the kinds to choose from.
func (v *formView) kinds() web.Menu {
	m := web.Menu{Name: "kind", Label: v.T("类别", "Kind"), Error: v.Form.Wrong("kind")}
	for _, k := range grant.Kinds {
		m.Options = append(m.Options, web.Option{Value: k.Key, Text: k.Name.In(v.Lang), On: v.typed.Get("kind") == k.Key})
	}
	return m
}

func (v *formView) stations() web.Menu {
	m := web.Menu{Name: "station", Label: v.T("驿站", "Station"), Error: v.Form.Wrong("station")}
	for _, l := range v.book.Lines {
		m.Options = append(m.Options, web.Option{Value: l.Station, Text: l.Name + "（" + l.Station + "）", On: v.typed.Get("station") == l.Station})
	}
	return m
}

// value is what was typed, or a day that is usual.
func (v *formView) value(name string, now time.Time) string {
	if name == "day" && !v.typed.Has("day") {
		return now.In(calendar.China).Format(time.DateOnly)
	}
	return v.typed.Get(name)
}

// XLSX is all movements and the sums of stations, for everybody.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Public(r, bookTitle)
	if err != nil {
		return err
	}
	ctx, code := r.Context(), v.Event.Code
	b, err := p.Grants.Book(ctx, code)
	if err != nil {
		return err
	}
	first, err := p.Grants.Movements(ctx, code, 0, 0)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="`+code+`-money.xlsx"`)
	h.Set("Cache-Control", "no-store")
	var broken error
	movements := func(yield func([]any) bool) {
		if !yield(sheet.Heads(grant.Columns()...)) {
			return
		}
		for some := first; len(some) > 0 && broken == nil; some, broken = p.Grants.Movements(ctx, code, some[len(some)-1].N, 0) {
			for i := range some {
				var row []any
				for k, cell := range some[i].Row() {
					if k == grant.Amount {
						row = append(row, json.Number(cell))
					} else {
						row = append(row, cell)
					}
				}
				if !yield(row) {
					return
				}
			}
		}
	}
	err = sheet.WriteXLSX(w, sheet.Page{Name: "流水", Rows: movements, Widths: []float64{14, 8, 14, 24, 24, 12, 24, 20, 16, 12, 14, 20}}, sheet.Page{Name: "驿站", Rows: sums(&b), Widths: []float64{14, 28, 12, 12, 12, 12, 14, 40}})
	if broken != nil {
		return broken
	}
	return err
}

// sums are the rows of the stations of a list.
func sums(b *grant.Book) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		if !yield(sheet.Heads("驿站编号", "驿站", "预算（元）", "拨付（元）", "收讫（元）", "支出（元）", "成效何时该说", "成效")) {
			return
		}
		for _, l := range b.Lines {
			of := func(k grant.Kind) json.Number { return json.Number(grant.Plain(l.Of(k))) }
			says := ""
			if l.Effect != nil {
				says = l.Effect.Says
			}
			if !yield([]any{l.Station, l.Name, of(grant.Budget), of(grant.Payment), of(grant.Receipt), of(grant.Spent), l.Due, says}) {
				return
			}
		}
	}
}
