package dutyhttp

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/web"
)

const calendarAt = "/me/calendar"

var calendarTitle = lang.Text{ZH: "放进手机日历", EN: "In your phone's calendar"}

// calendarView is the page of one's secret address.
type calendarView struct {
	visit
	since   time.Time
	made    bool
	address string // shown once
}

func (p pages) calendar(w http.ResponseWriter, r *http.Request) error {
	v := calendarView{}
	var ok bool
	var err error
	if v.visit, ok, err = p.enter(w, r, calendarTitle); !ok {
		return err
	}
	if v.since, v.made, err = p.Desks.Address(r.Context(), v.by); err != nil {
		return err
	}
	return v.Write(w, r, calendarPage(v))
}

func (p pages) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	v := calendarView{}
	var ok bool
	var err error
	if v.visit, ok, err = p.enter(w, r, calendarTitle); !ok {
		return err
	}
	secret, err := p.Desks.MakeAddress(r.Context(), v.by)
	if err != nil {
		return err
	}
	v.address, v.Once = web.Address(r, calendarAt+"/"+secret+".ics"), true
	w.Header().Set("Referrer-Policy", "no-referrer")
	return v.Write(w, r, calendarPage(v))
}

func (p pages) endCalendar(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.enter(w, r, calendarTitle)
	if !ok {
		return err
	}
	if err := p.Desks.EndAddress(r.Context(), v.by); err != nil {
		return err
	}
	http.Redirect(w, r, calendarAt, http.StatusSeeOther)
	return nil
}

// feed answers with the calendar of whoever has the address. Which addresses there were, nobody is told.
func (p pages) feed(w http.ResponseWriter, r *http.Request) error {
	secret, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok {
		return fault.New(fault.NotFound, "这个地址下没有日历。", "There is no calendar at this address.")
	}
	agenda, err := p.Desks.Calendar(r.Context(), secret)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Disposition", `inline; filename="xiadu.ics"`)
	l := p.Site.Page(r, calendarTitle).Lang
	var events []event
	for _, one := range agenda.Rows {
		events = append(events, p.event(r, l, one))
	}
	about := ""
	if agenda.Left > 0 {
		about = cut(l, agenda)
		today := calendar.DateOf(p.Desks.Now().In(calendar.China))
		events = append(events, event{uid: "cut@xiadu", stamp: today.Start(calendar.China), due: today.Add(1).Start(calendar.China), summary: about, address: web.Address(r, "/me")})
	}
	c := &icsFile{}
	c.write(l.T("要办的事", "Due"), about, events)
	_, _ = io.WriteString(w, c.String()) // whoever left needs no answer
	return nil
}

// cut says that a calendar has not all that is owed.
func cut(l lang.Lang, a duty.Agenda) string {
	if a.Over {
		return l.F("日历只放得下 %[1]d 件，还有 %[2]d 件以上不在里面：请看“我要办的”", "The calendar holds %[1]d; over %[2]d more are not in it: see your own page", len(a.Rows), a.Left-1)
	}
	return l.F("日历只放得下 %[1]d 件，还有 %[2]d 件不在里面：请看“我要办的”", "The calendar holds %[1]d; %[2]d more are not in it: see your own page", len(a.Rows), a.Left)
}

func (p pages) event(r *http.Request, l lang.Lang, o duty.Row) event {
	e := event{uid: o.Case + "-" + o.Name + "@xiadu", stamp: o.Changed(), sequence: o.Version, due: o.DueAt, summary: l.F("%s 到期", "%s is due", o.Code)}
	e.address = web.Address(r, "/me/due/"+o.Case)
	if alarm := p.Desks.Book().Notices.WarnAt(o.DueAt); alarm.After(o.Since) {
		e.alarm = alarm
	}
	return e
}
