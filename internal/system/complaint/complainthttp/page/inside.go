package page

import (
	"net/http"
	"net/url"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

// Inside is somebody who is signed in, for a page that units and offices have in common and that asks itself what
// they may see. Others are led to where one signs in, and ok is false.
func (p *Pages) Inside(w http.ResponseWriter, r *http.Request) (who identity.Colleague, ok bool, err error) {
	if who, err = p.Who(r); err != nil || who.SignedIn() {
		return who, err == nil, err
	}
	back := "/me"
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"back": {back}}.Encode(), http.StatusSeeOther)
	return who, false, nil
}

// By is the last moment of a due time, as people write it: a day that ends at midnight is that day.
func By(l lang.Lang, due time.Time) string {
	due = due.In(calendar.China)
	if due.Hour() == 0 && due.Minute() == 0 {
		return Day(l, due.Add(-time.Minute)) + l.T("前", "")
	}
	return Day(l, due) + due.Format(" 15:04") + l.T("前", "")
}

// MonthDay is Day without its weekday, where there is little room.
func MonthDay(l lang.Lang, t time.Time) string {
	t = t.In(calendar.China)
	return l.F("%[1]d月%[2]d日", "%[3]s", int(t.Month()), t.Day(), t.Format("2 Jan"))
}

// Day is the day of a time in words: 11月27日（周一）.
func Day(l lang.Lang, t time.Time) string {
	t = t.In(calendar.China)
	week := [...]string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
	return l.F("%[1]d月%[2]d日（周%[3]s）", "%[4]s", int(t.Month()), t.Day(), week, t.Format("Mon 2 Jan"))
}

// lastDay is the day on which a due time ends: that of a midnight is the one before.
func lastDay(due time.Time) calendar.Date { return calendar.DateOf(due.Add(-1).In(calendar.China)) }

// Due is a due time in figures, for tables: 2026-12-03, with the time where it is within the day.
func Due(due time.Time) string {
	text := lastDay(due).String()
	if due = due.In(calendar.China); due.Hour() == 0 && due.Minute() == 0 {
		return text
	}
	return text + due.Format(" 15:04")
}

// Left is how long until a due time, or how late it is: in days of the calendar, as on the page of a person's own work.
func Left(l lang.Lang, due, now time.Time) string {
	days := lastDay(due).Sub(calendar.DateOf(now.In(calendar.China)))
	switch left := due.Sub(now); {
	case left < 0 && days < 0:
		return l.F("超期 %[1]d 天", "%[2]s late", -days, lang.Plural(-days, "day"))
	case left < 0:
		n := 1 + int(-left/time.Hour)
		return l.F("超期 %[1]d 小时", "%[2]s late", n, lang.Plural(n, "hour"))
	case left < 24*time.Hour:
		n := 1 + int(left/time.Hour)
		return l.F("还有 %[1]d 小时", "%[2]s left", n, lang.Plural(n, "hour"))
	default:
		return l.F("还有 %[1]d 天", "%[2]s left", days, lang.Plural(days, "day"))
	}
}

// Where is a division by its short name, or its code where it is not known.
func Where(l lang.Lang, code string) string {
	d, err := gb.Parse(code)
	if err != nil || !d.Valid() {
		return code
	}
	return d.Name().In(l)
}
