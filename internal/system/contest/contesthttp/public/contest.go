package public

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/web"
)

// view is a page about what was revealed of a contest.
type view struct {
	page.Contest
	board  *board.Show
	office string
	home   string // of the log
	draws  []order.Drawing
	taken  *taken.Taken // it was judged elsewhere; nil: here
	from   int          // of the rows
}

// look reads what was revealed of the contest that the address names.
func (p *Pages) look(r *http.Request, title lang.Text) (v view, err error) {
	if v.Contest, err = p.Public(r, title); fault.KindOf(err) == fault.NotFound {
		if there, is, e := p.lookElsewhere(r, title); e != nil || is {
			return there, e
		}
	}
	if err != nil {
		return v, err
	}
	v.home = web.Address(r, "/log")
	if v.board, err = p.boards.Of(r.Context(), v.Event.Code); err != nil {
		return v, err
	}
	v.Event = v.board.Event
	return v, nil
}

// Contest is a contest with what was revealed.
func (p *Pages) Contest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r, title)
	if err != nil {
		return err
	}
	v.Title = v.Event.Title
	if !v.own() {
		return v.Write(w, r, contestPage(v))
	}
	names, err := p.Names(r, v.Event.Office)
	if err != nil {
		return err
	}
	v.office = names[v.Event.Office]
	err = p.DB.View(r.Context(), func(tx *db.Tx) error { v.draws, err = order.Drawings(tx, v.Event.Code); return err })
	if err != nil {
		return err
	}
	return v.Write(w, r, contestPage(v))
}

// rowsShown is how many results a page has; the page of the contest itself has the first of them.
const (
	rowsShown = 100
	rowsFirst = 20
)

// Results are all totals and places that were revealed.
func (p *Pages) Results(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r, lang.Text{ZH: "成绩", EN: "Results"})
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("from")); err == nil && n > 1 {
		v.from = min(n-1, len(v.ranked()))
	}
	return v.Write(w, r, resultsPage(v))
}

// ranked are the entries of which something was revealed, by place.
func (v view) ranked() []scoring.Entry { return v.board.Result.Entries }

func (v view) rows(most int) []scoring.Entry {
	all := v.ranked()
	return all[v.from:min(v.from+most, len(all))]
}

// more is the address behind the rows that are shown.
func (v view) more(most int) string {
	if v.from+most >= len(v.ranked()) {
		return ""
	}
	return page.At(v.Event.Code, "results") + "?" + url.Values{"from": {strconv.Itoa(v.from + most + 1)}}.Encode()
}

// who is what an entry is called and of whom it is, once that is told.
func (v view) who(number string) (title, units string) {
	e, ok := v.board.Named(number)
	if !ok {
		return "", ""
	}
	return e.Title, strings.Join(e.Groups[entry.Unit], v.T("、", ", "))
}

// won are the cuts that an entry is above, in words.
func (v view) won(number string) (all []string) {
	for _, c := range v.board.Result.Cuts {
		for _, in := range c.In {
			if in == number && !v.board.Result.Provisional && v.board.All {
				all = append(all, v.name(c.Key))
			}
		}
	}
	return all
}

func (v view) name(key string) string {
	return v.Event.Rule.About.Name(key).In(v.Lang)
}

// place is an entry's place as it is read: 3, or 并列第 3.
func (v view) place(e *scoring.Entry) string {
	switch {
	case e.Place == 0:
		return "—"
	case e.Tied:
		return v.F("并列 %d", "%d, tied", e.Place)
	}
	return strconv.Itoa(e.Place)
}

// traceView is each step of one entry's total.
type traceView struct {
	view
	number string
	entry  *scoring.Entry
	trace  scoring.Trace
}

// Trace is each step of one entry's total.
func (p *Pages) Trace(w http.ResponseWriter, r *http.Request) error {
	number := r.PathValue("number")
	v, err := p.look(r, lang.Text{ZH: number + " 的总分", EN: "The total of " + number})
	if err != nil {
		return err
	}
	t := traceView{view: v, number: number}
	var ok bool
	if t.entry, ok = v.board.Result.Of(number); !ok {
		return fault.New(fault.NotFound, "%[1]s 的成绩还没有公布，或者没有这个编号。公布以后这里会有每一步怎么算的。", "The result of %[1]s is not revealed yet, or there is no such number. Once it is, each step of it will be here.", lang.Short(number))
	}
	t.trace, _ = v.board.Result.Trace(number)
	return v.Write(w, r, tracePage(t))
}

// File is the public file of a release, for xiadu verify contest.
func (p *Pages) File(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("n"), ".json"))
	if err != nil {
		return fault.New(fault.NotFound, "没有这一次公布", "there is no such release")
	}
	text, err := p.Releases.File(r.Context(), r.PathValue("code"), n)
	if fault.KindOf(err) == fault.NotFound {
		files, e := p.files(r)
		if e != nil {
			return e
		}
		if n >= 1 && n <= len(files) {
			text, err = []byte(files[n-1].Text), nil
		}
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+r.PathValue("code")+"-"+strconv.Itoa(n)+`.json"`)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write(text) // a reader who left does not mind
	return nil
}

// now says how far a contest is and what comes next, for everybody.
func (v view) now() (all []string) {
	e := &v.Event
	switch e.State {
	case contest.Prepared:
		all = append(all, v.T("还在筹备。计分规则已经写进公开日志，征集开始以后单位可以申报。", "It is in preparation. The rule is in the public log; units submit entries once they are called for."))
	case contest.Called:
		if e.Until != nil {
			all = append(all, v.F("正在征集，申报到 %s。", "Entries are taken until %s.", web.When(*e.Until)))
		}
	case contest.Reviewed:
		all = append(all, v.T("初审结束，入围的作品有了编号；每个编号代表谁，已经用校验值写进公开日志，评完才公开。", "Review is over and entries have numbers. Whom each stands for is committed to in the public log, and told after the judging."))
	case contest.Drawn:
		all = append(all, v.T("出场顺序已经公开抽出，等着开评。", "The order was drawn in public; judging is to begin."))
	case contest.Hall: // the board says it, and goes on
	case contest.Judged:
		all = append(all, v.T("评审结束。", "Judging is over."))
	case contest.Publicity:
		all = append(all, v.T("公示期内，谁都可以提出异议。", "It is in its publicity: anybody may object."))
	case contest.Final:
		all = append(all, v.T("公示结束，名单已经确定。", "Publicity is over, and the list is final."))
	case contest.Cancelled:
		all = append(all, v.F("评审取消了：%s", "The contest was cancelled: %s", e.Why))
	}
	if e.Frozen {
		all = append(all, v.T("有一项更正正在办理，成绩暂时停在这里。", "A correction is under way; results stand still meanwhile."))
	}
	return all
}

// commands verify the newest release with the log that it rests on: of a contest that was taken in, its hall's.
func (v view) commands() string {
	n, log := v.board.Releases[len(v.board.Releases)-1].N, v.home
	if !v.own() {
		log = "hall-log"
	}
	return "xiadu verify contest " + v.Event.Code + "-" + strconv.Itoa(n) + ".json --log " + log
}
