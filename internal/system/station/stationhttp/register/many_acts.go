package register

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// Readers lets in who changes stations together, and who audits that.
func (p Many) Readers(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch v := p.Site.Page(r, actsTitle); {
		case !v.SignedIn:
			http.Redirect(w, r, "/sign-in?"+url.Values{"back": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return nil
		case !v.May(station.KeepRegister) && !v.May(right.Audit):
			return fault.New(fault.Denied, "您的角色看不到这一页。需要时请找授权管理员。", "Your roles do not open this page. If you need it, ask the grants administrator.")
		}
		return h(w, r)
	}
}

// actsPage is what was changed together lately, and what is being changed now.
type actsPage struct {
	web.Page
	all     []station.Done
	now     int // how many stations are being changed
	since   time.Duration
	refused string // why the last act that went on behind the page was not done
}

// actsShown is how many acts the page lists.
const actsShown = 100

var actsTitle = lang.Text{ZH: "批量修改记录", EN: "What was changed together"}

// Acts answers GET /stations/many/acts.
func (p Many) Acts(w http.ResponseWriter, r *http.Request) (err error) {
	v := p.actsNow(r)
	if v.all, err = p.Stations.Acts(r.Context(), actsShown); err != nil {
		return err
	}
	return v.Write(w, r, actsView(v))
}

// ActsNow answers with what of that page changes; once nothing goes on any more the page
// is asked for whole.
func (p Many) ActsNow(w http.ResponseWriter, r *http.Request) error {
	v := p.actsNow(r)
	switch {
	case v.now == 0 && r.Header.Get("HX-Request") == "": // somebody opened the part as a page
		http.Redirect(w, r, manyActs, http.StatusSeeOther)
		return nil
	case v.now == 0:
		w.Header().Set("HX-Refresh", "true")
		return nil
	}
	return v.Write(w, r, actsGoing(v))
}

func (p Many) actsNow(r *http.Request) actsPage {
	v := actsPage{Page: p.Site.Page(r, actsTitle)}
	v.Wide, v.Unlisted, v.Private = true, true, true
	var ended error
	if v.now, v.since, ended = p.long.now(); ended != nil {
		v.refused, _ = fault.In(v.Lang, ended)
	}
	return v
}

// actPage is one act, with the way to take it back.
type actPage struct {
	web.Page
	act  station.Done
	form web.Refusal
}

// Act answers GET /stations/many/acts/{act}.
func (p Many) Act(w http.ResponseWriter, r *http.Request) error { return p.showAct(w, r, nil) }

func (p Many) showAct(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	v := actPage{Page: p.Site.Page(r, manyTitle)}
	v.Unlisted, v.Private = true, true
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	if v.act, err = p.Stations.Act(r.Context(), who, number); err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		if v.form, err = v.Refused(r.PostForm, refused); err != nil {
			return err
		}
		status = v.form.Status()
	}
	return v.WriteStatus(w, r, status, actView(v))
}

func numberOf(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("act"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "没有这次批量修改。", "There is no such change.")
	}
	return n, nil
}

// UndoAct answers POST /stations/many/acts/{act}/undo.
func (p Many) UndoAct(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	act, err := p.Stations.Act(r.Context(), who, number)
	if err != nil {
		return err
	}
	why := r.PostForm.Get("why")
	if why == "" {
		why = web.LangOf(r).F("撤销第 %d 次批量修改", "change no. %d undone", number)
	}
	undo, err := p.long.do(r.Context(), act.Mine, func(ctx context.Context) (int64, error) { return p.Stations.UndoAct(ctx, who, number, why) })
	if err != nil {
		return p.showAct(w, r, err)
	}
	http.Redirect(w, r, actPath(undo), http.StatusSeeOther)
	return nil
}

// sentence says what the act did.
func (v actPage) sentence() string { return v.T("已把 ", "Done: ") + actWords(v.Lang, v.act) }

func actWords(l lang.Lang, d station.Done) string {
	if d.Undoes != 0 {
		return l.F("%[2]s 站改回第 %[1]d 次之前的样子", "%[2]s stations put back to before no. %[1]d", d.Undoes, words.Count(int64(d.Changed)))
	}
	return sentence(l, d.Do, d.Changed, d.To)
}

func (v actPage) when() string { return words.Moment(v.Lang, v.act.At.In(calendar.China)) }
