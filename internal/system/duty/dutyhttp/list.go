package dutyhttp

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// homeView is what somebody has to do.
type homeView struct {
	also []duty.Page // with work that nobody has taken
	visit
	duty.Home
	lists  []list
	one    bool // a list alone, paged
	pages  kit.Pages
	warned bool // there is something of the account to look at
}

// list is one of the lists, in words.
type list struct {
	duty.List
	rows []row
}

// row is a case on which something is owed, in words.
type row struct {
	id, code, stage, system, title, units string
	href                                  string // of the case; empty: its system is off
	hasDue, late, today                   bool
	when, left                            string
}

// places are the pages of all systems with work that nobody has taken, which the reader may.
func (v homeView) places() []duty.Page {
	return slices.DeleteFunc(v.also, func(a duty.Page) bool { return !v.May(a.Right) })
}

func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	v := homeView{also: p.Desks.Also()}
	var ok bool
	var err error
	if v.visit, ok, err = p.enter(w, r, Item.Text); !ok {
		return err
	}
	which := duty.Which(r.URL.Query().Get("list"))
	after, err := readAfter(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	if v.Home, err = p.Desks.Home(r.Context(), v.by, which, after); err != nil {
		return err
	}
	if v.warned, err = v.by.Warned(r.Context()); err != nil {
		return err
	}
	v.one = which != ""
	for _, l := range v.Lists {
		in := list{List: l}
		for _, one := range l.Rows {
			in.rows = append(in.rows, p.row(v.visit, one))
		}
		v.lists = append(v.lists, in)
		if v.one && l.Next != nil {
			v.pages.Next = "/me?" + url.Values{"list": {string(which)}, "after": {writeAfter(*l.Next)}}.Encode()
		}
	}
	if v.one && after.Case != "" {
		v.pages.First = "/me?list=" + string(which)
	}
	return v.Write(w, r, homePage(v))
}

func (p pages) row(v visit, r duty.Row) row {
	out := row{
		id: r.Case, code: r.Code, stage: r.Stage.In(v.Lang), system: r.System.In(v.Lang), title: r.Title.In(v.Lang), href: r.Href,
		units: strings.Join(r.Units, v.T("、", ", ")), hasDue: r.HasDue(),
	}
	if out.hasDue {
		out.when, out.left = dueOn(v.Page, r.DueAt), left(v.Page, p.Desks.Book().Office(), v.now, r.DueAt)
		out.late = !v.now.Before(r.DueAt)
		out.today = !out.late && dueToday(v.now, r.DueAt)
	}
	return out
}

// explainView is why something is due when it is.
type explainView struct {
	visit
	row    row
	answer *clock.Reckoning // nil: there is no clock
}

func (p pages) explain(w http.ResponseWriter, r *http.Request) error {
	v := explainView{}
	var ok bool
	var err error
	if v.visit, ok, err = p.enter(w, r, lang.Text{ZH: "为什么这天到期", EN: "Why it is due then"}); !ok {
		return err
	}
	owed, answer, err := p.Desks.Why(r.Context(), v.by, r.PathValue("case"))
	if err != nil {
		return err
	}
	v.row, v.answer = p.row(v.visit, owed), answer
	return v.Write(w, r, explainPage(v))
}

// called is somebody's name; who was erased has none.
func called(p web.Page, name string) string {
	if name == "" {
		return p.T("（姓名已删除）", "(a name that was erased)")
	}
	return name
}

// wrongTime is what is wrong with the machine's time, in words; empty: nothing.
func (v homeView) wrongTime() string {
	text, _ := fault.In(v.Lang, v.Time)
	return text
}

// nothing reports whether there is nothing in any of the lists.
func (v homeView) nothing() bool {
	for _, l := range v.lists {
		if l.N > 0 {
			return false
		}
	}
	return true
}

// titled is the name of a list, and what is said where it is empty.
func (v homeView) titled(l list) (name, empty string) {
	switch l.Which {
	case duty.Late:
		return v.T("超期", "Late"), v.T("没有超期的。", "Nothing is late.")
	case duty.Soon:
		return v.T("五个工作日内到期", "Due within five working days"), v.T("五个工作日内没有到期的。", "Nothing is due within five working days.")
	case duty.Rest:
		return v.T("以后到期和没有期限的", "Due later, or without a date"), v.T("没有别的了。", "Nothing else.")
	case duty.Waiting:
	}
	return v.T("等别人办的", "Waiting for others"), v.T("没有在等别人办的事。", "You wait for nobody.")
}

// presses reports whether a list is shown though it is empty: that nothing is late is an answer.
func (l list) presses() bool { return l.Which == duty.Late || l.Which == duty.Soon }

// most is as far as is counted.
const most = 1000

// counted is how many there are, in words.
func counted(l lang.Lang, n int) string {
	if n > most {
		return l.T("1000 以上", "over 1,000")
	}
	return strconv.Itoa(n)
}

// sums is the answer first: what presses, in a sentence.
func (v homeView) sums() string {
	n := map[duty.Which]int{}
	for _, l := range v.lists {
		n[l.Which] = l.N
	}
	switch late, soon := n[duty.Late], n[duty.Soon]; {
	case late > 0 && soon > 0:
		return v.F("%[1]s 件超期，%[2]s 件五个工作日内到期。", "%[1]s late, %[2]s due within five working days.", counted(v.Lang, late), counted(v.Lang, soon))
	case late > 0:
		return v.F("%s 件超期。", "%s late.", counted(v.Lang, late))
	case soon > 0:
		return v.F("没有超期的；%s 件五个工作日内到期。", "Nothing is late; %s due within five working days.", counted(v.Lang, soon))
	}
	return v.T("没有超期的，五个工作日内也没有到期的。", "Nothing is late, and nothing is due within five working days.")
}

// writeAfter is where a page of a list ends, in an address.
func writeAfter(d casework.Duty) string {
	return strconv.FormatInt(d.DueAt.UnixMicro(), 10) + "." + d.Case
}

func readAfter(s string) (casework.Duty, error) {
	if s == "" {
		return casework.Duty{}, nil
	}
	at, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || id == "" || len(id) > 64 {
		return casework.Duty{}, fault.New(fault.Invalid, "这个链接不完整：请从列表的开头再翻。", "This link is not whole: begin with the first page again.")
	}
	return casework.Duty{DueAt: time.UnixMicro(n).UTC(), Case: id}, nil
}
