package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

var paperTitle = lang.Text{ZH: "纸质评分表", EN: "Sheets of paper"}

// paperView is the grid of one run: a row a seat, a column a criterion.
type paperView struct {
	deskView
	run      *hall.Run // nil: none takes sheets
	criteria []rule.Criterion
	rows     []paperRow
	taken    string // the seats whose sheets were taken just now
}

// paperRow is a seat in the grid.
type paperRow struct {
	seat, name string
	says       string // why nothing is typed here; empty: it is
	typed      hall.Typed
	paper      hall.Paper // of a sheet that is to be settled, for who settles it
	wrong      string
}

func field(seat, criterion string) string { return "m-" + seat + "-" + criterion }

// paper is the grid of the run that the address, or a form, names.
func (p *Pages) paper(w http.ResponseWriter, r *http.Request, of url.Values) (v paperView, in bool, err error) {
	if v.deskView, in, err = p.read(w, r); err != nil || !in {
		return v, in, err
	}
	who, err := p.Who(r)
	if err != nil {
		return v, false, err
	}
	v.Title = paperTitle.In(v.Lang) + " · " + v.Event.Title
	for _, one := range v.onPaper() {
		if v.run == nil || one.Part == of.Get("part") && one.Entry == of.Get("entry") && (of.Get("attempt") == "" || of.Get("attempt") == strconv.Itoa(one.Attempt)) {
			v.run = one
		}
	}
	if v.run == nil {
		return v, true, nil
	}
	if part, _, ok := v.Event.Rule.Rule.Part(v.run.Part); ok && part.Judged != nil {
		v.criteria = part.Judged.Criteria
	}
	for _, t := range v.tiles(v.run) {
		row := paperRow{seat: t.Seat.Seat, name: t.name}
		if !t.owes || t.absent {
			row.says = t.says
		}
		for _, typed := range v.desk.Typed {
			if typed.Part == v.run.Part && typed.Entry == v.run.Entry && typed.Seat == row.seat {
				row.typed = typed
			}
		}
		if err := p.toSettle(r, who, &v, &row); err != nil {
			return v, false, err
		}
		v.rows = append(v.rows, row)
	}
	return v, true, nil
}

// toSettle reads what two people typed, for who may settle it.
func (p *Pages) toSettle(r *http.Request, who identity.Colleague, v *paperView, row *paperRow) (err error) {
	if row.says != "" || row.typed.By < 2 || row.typed.Mine || !v.supervises() {
		return nil
	}
	row.paper, err = hall.Papers{Halls: p.Halls}.See(r.Context(), who, v.run.At, row.seat)
	if fault.KindOf(err) == fault.Denied {
		return nil
	}
	return err
}

// onPaper are the runs that take sheets.
func (v deskView) onPaper() (all []*hall.Run) {
	for i := range v.desk.Runs {
		if r := &v.desk.Runs[i]; slices.Contains([]hall.State{hall.Called, hall.Presenting, hall.Heard}, r.State) {
			all = append(all, r)
		}
	}
	return all
}

// Paper is the grid.
func (p *Pages) Paper(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.paper(w, r, r.URL.Query())
	if err != nil || !in {
		return err
	}
	for _, key := range r.URL.Query()["taken"] {
		if v.taken != "" {
			v.taken += v.T("、", ", ")
		}
		v.taken += board.Seat(v.Lang, key)
	}
	return v.Write(w, r, paperPage(v))
}

// Type takes what one person typed: each row by itself, so that one that is wrong keeps none of the others back.
func (p *Pages) Type(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, in, err := p.paper(w, r, r.PostForm)
	if err != nil || !in {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	at, seen, err := which(v.Event.Code, r.PostForm)
	if err != nil {
		return err
	}
	v.typd, v.sent = r.PostForm, "paper"
	var first error
	to := url.Values{"part": {at.Part}, "entry": {at.Entry}, "attempt": {strconv.Itoa(at.Attempt)}}
	papers := hall.Papers{Halls: p.Halls.Seen(seen)}
	for i := range v.rows {
		row := &v.rows[i]
		marks := map[string]string{}
		for _, c := range v.criteria {
			if m := r.PostForm.Get(field(row.seat, c.Key)); m != "" {
				marks[c.Key] = m
			}
		}
		if len(marks) == 0 {
			continue
		}
		if err := papers.Type(r.Context(), who, at, row.seat, marks); err != nil {
			text, known := fault.In(v.Lang, err)
			if !known {
				return err
			}
			if first == nil {
				first = err
			}
			row.wrong = text
			continue
		}
		to.Add("taken", row.seat)
		for _, c := range v.criteria { // it is taken, and not for others to see
			v.typd.Del(field(row.seat, c.Key))
		}
	}
	if first == nil {
		http.Redirect(w, r, page.At(at.Contest, "desk", "paper")+"?"+to.Encode(), http.StatusSeeOther)
		return nil
	}
	return v.Again(w, r, first, func() templ.Component { return paperPage(v) })
}

// Settle seals a sheet that two people typed, as a third reads it from the paper.
func (p *Pages) Settle(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, in, err := p.paper(w, r, r.PostForm)
	if err != nil || !in {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	at, seen, err := which(v.Event.Code, r.PostForm)
	if err != nil {
		return err
	}
	settled, seat := map[string]string{}, r.PostForm.Get("seat")
	for _, c := range v.criteria {
		if m := r.PostForm.Get("d-" + c.Key); m != "" {
			settled[c.Key] = m
		}
	}
	if _, err := (hall.Papers{Halls: p.Halls.Seen(seen)}).Settle(r.Context(), who, at, seat, settled); err != nil {
		text, _ := fault.In(v.Lang, err)
		if v.Form, err = v.Refused(r.PostForm, err); err != nil {
			return err
		}
		for i := range v.rows {
			if v.rows[i].seat == seat {
				v.rows[i].wrong = text
			}
		}
		return v.WriteStatus(w, r, v.Form.Status(), paperPage(v))
	}
	p.Wake()
	http.Redirect(w, r, page.At(at.Contest, "desk", "paper")+"?"+url.Values{"part": {at.Part}, "entry": {at.Entry}, "attempt": {strconv.Itoa(at.Attempt)}}.Encode(), http.StatusSeeOther)
	return nil
}

// printView is what is signed: the sheets of closed runs, and the totals.
type printView struct {
	deskView
	runs []*hall.Run
	one  bool // of one run
	rows []board.Row
	less []scoring.Entry // that have no total, and why
}

// Print is sheets and totals for signature: of one run, or of all.
func (p *Pages) Print(w http.ResponseWriter, r *http.Request) error {
	v := printView{}
	var in bool
	var err error
	if v.deskView, in, err = p.read(w, r); err != nil || !in {
		return err
	}
	q := r.URL.Query()
	v.one = q.Get("entry") != ""
	for i := range v.desk.Runs {
		one := &v.desk.Runs[i]
		if (one.State == hall.Closed || one.State == hall.Checked || one.State == hall.Shown) && (!v.one || one.Part == q.Get("part") && one.Entry == q.Get("entry")) {
			v.runs = append(v.runs, one)
		}
	}
	s, err := p.Of(r.Context(), v.Event.Code)
	if err != nil {
		return err
	}
	v.rows = s.Rows()
	for i := range s.Result.Entries {
		if e := &s.Result.Entries[i]; e.Place == 0 && board.Without(v.Lang, e) != "" {
			v.less = append(v.less, *e)
		}
	}
	v.Title = v.T("签字用评分表", "Sheets for signature") + " · " + v.Event.Title
	return v.Write(w, r, printPage(v))
}
