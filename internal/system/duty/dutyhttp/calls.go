package dutyhttp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/web/kit"
)

const callsAt = "/me/calls"

var callsTitle = lang.Text{ZH: "要打的电话", EN: "Calls to make"}

// callsView is whom an office has to ring up, unit by unit.
type callsView struct {
	visit
	units []unitCalls
	pages kit.Pages
}

type unitCalls struct {
	id, name string
	calls    []call
}

// call is what a unit is to be told of one case.
type call struct {
	ids                                []string // of the notices
	code, what, stage, when, left, why string
	href                               string
	late, dead                         bool
}

func (p pages) calls(w http.ResponseWriter, r *http.Request) error {
	v := callsView{}
	var ok bool
	var err error
	if v.visit, ok, err = p.enter(w, r, callsTitle); !ok {
		return err
	}
	v.Wide = true
	organisation, id, _ := strings.Cut(r.URL.Query().Get("after"), ".")
	all, more, err := p.Desks.Calls(r.Context(), v.by, casework.Notice{Organisation: organisation, ID: id})
	if err != nil {
		return err
	}
	for _, c := range all {
		v.add(p, c)
	}
	if id != "" {
		v.pages.First = callsAt
	}
	if more {
		last := all[len(all)-1]
		v.pages.Next = callsAt + "?" + url.Values{"after": {last.Organisation + "." + last.ID}}.Encode()
	}
	return v.Write(w, r, callsTable(v))
}

// add puts a notice to its unit: what is to be told of one case is one call.
func (v *callsView) add(p pages, n duty.Call) {
	if k := len(v.units); k == 0 || v.units[k-1].id != n.Organisation {
		v.units = append(v.units, unitCalls{id: n.Organisation, name: n.Unit})
	}
	u := &v.units[len(v.units)-1]
	c := call{
		ids: []string{n.ID}, code: n.Code, stage: n.What.In(v.Lang), what: v.told(n.Kind), why: v.whyNot(n.Notice),
		href: n.Href, late: n.Kind == casework.Late, dead: n.Dead(),
	}
	if n.HasDue() {
		c.when, c.left = dueOn(v.Page, n.DueAt), left(v.Page, p.Desks.Book().Office(), v.now, n.DueAt)
	}
	i := slices.IndexFunc(u.calls, func(o call) bool { return o.code == c.code && o.stage == c.stage })
	if i < 0 {
		u.calls = append(u.calls, c)
		return
	}
	o := &u.calls[i]
	o.ids, o.what, o.late, o.dead = append(o.ids, n.ID), o.what+v.T("、", ", ")+c.what, o.late || c.late, o.dead || c.dead
	if !strings.Contains(o.why, c.why) {
		o.why += v.T("；", "; ") + c.why
	}
}

// told is what a notice tells, in words.
func (v callsView) told(k casework.NoticeKind) string {
	switch k {
	case casework.Work:
		return v.T("新任务", "new work")
	case casework.Warning:
		return v.T("快到期", "soon due")
	case casework.Late:
		return v.T("超期", "late")
	}
	return string(k)
}

// whyNot is why a notice has not gone out.
func (v callsView) whyNot(n casework.Notice) string {
	switch {
	case n.Why == casework.NoSender:
		return v.T("没有能发给这个单位的通道", "no sender takes it")
	case n.Why == casework.OlderDatabase:
		return v.T("数据恢复前可能已经发过", "it may have gone out before the data were restored")
	case n.Dead():
		return v.F("发了 %[1]d 次没有成功：%[2]s", "tried %[1]d times in vain: %[2]s", n.Tries, n.Why)
	case n.Why != "":
		return v.F("第 %[1]d 次没有成功，还会再发：%[2]s", "try %[1]d failed, and it goes on: %[2]s", n.Tries, n.Why)
	case n.Tries > 0:
		return v.T("正在发", "being sent")
	}
	return v.T("还没有发", "not sent yet")
}

// called notes that somebody was told, or has it tried anew.
func (p pages) called(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.enter(w, r, callsTitle)
	if !ok {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "这个表单读不懂。", "This form cannot be read.").Because(err)
	}
	if err := p.Desks.Called(r.Context(), v.by, r.PostForm["id"], r.PostFormValue("do") == "again"); err != nil {
		return err
	}
	http.Redirect(w, r, callsAt, http.StatusSeeOther)
	return nil
}
