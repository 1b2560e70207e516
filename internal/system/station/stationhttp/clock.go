package stationhttp

import (
	"math"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// clock says t as people do who read it at now: 22:00, 明天 8:00, 周四 8:00.
func clock(l lang.Lang, now, t time.Time) string { return clockOn(l, calendar.DateOf(now), t) }

// clockOn is clock for who reads it on the day today.
func clockOn(l lang.Lang, today calendar.Date, t time.Time) string {
	day := calendar.DateOf(t)
	days := day.Sub(today)
	if days == 1 && t.Hour() == 0 && t.Minute() == 0 {
		return l.T("24:00", "midnight")
	}
	hour := t.Format("15:04")
	switch {
	case days == 0:
		return hour
	case days == 1:
		return l.F("明天 %s", "%s tomorrow", hour)
	case days > 1 && days < 7:
		return l.F("%[2]s %[1]s", "%[1]s on %[2]s", hour, weekday(l, day, false))
	}
	return l.F("%[2]s %[1]s", "%[1]s on %[2]s", hour, monthDay(l, day))
}

// inSentence puts the space that Chinese typography wants between a character
// and a digit.
func inSentence(l lang.Lang, words string) string {
	if l == lang.ZH && words != "" && words[0] >= '0' && words[0] <= '9' {
		return " " + words
	}
	return words
}

var weekdays = [7]lang.Text{
	{ZH: "周日", EN: "Sunday"},
	{ZH: "周一", EN: "Monday"},
	{ZH: "周二", EN: "Tuesday"},
	{ZH: "周三", EN: "Wednesday"},
	{ZH: "周四", EN: "Thursday"},
	{ZH: "周五", EN: "Friday"},
	{ZH: "周六", EN: "Saturday"},
}

func weekday(l lang.Lang, d calendar.Date, short bool) string {
	name := weekdays[d.Weekday()].In(l)
	if short && l == lang.EN {
		return name[:3]
	}
	return name
}

func monthDay(l lang.Lang, d calendar.Date) string {
	_, month, day := d.Civil()
	return l.F("%[2]d月%[3]d日", "%[3]d %[1]s", month.String(), int(month), day)
}

// dateWords is the long form of a day: 2026年11月23日（周一）.
func dateWords(l lang.Lang, d calendar.Date) string {
	if l == lang.ZH {
		return d.Format()
	}
	year, month, day := d.Civil()
	return l.F("%[2]d %[1]s %[3]d", "%[4]s %[2]d %[1]s %[3]d", month.String(), day, year, weekday(l, d, true))
}

// dayKind says what is special about a day: the name of its holiday, or that it
// is a 调休 workday. Other days have no word.
func dayKind(l lang.Lang, d calendar.Date) string {
	switch d.Kind() {
	case calendar.Holiday:
		if name, ok := d.HolidayName(); ok {
			return name.In(l)
		}
		return calendar.Holiday.Name().In(l)
	case calendar.MakeupWorkday:
		return l.T("调休上班", "make-up working day")
	case calendar.Workday, calendar.RestDay:
	}
	return ""
}

// moment is the long form of an hour: 2026年11月23日（周一）22:00，国庆节.
func moment(l lang.Lang, t time.Time) string {
	d := calendar.DateOf(t)
	words := dateWords(l, d) + l.T("", ", ") + t.Format("15:04")
	if kind := dayKind(l, d); kind != "" {
		words += l.F("，%s", " (%s)", kind)
	}
	return words
}

// minutes is how long something takes, rounded up to a minute.
func minutes(d time.Duration) int { return max(1, int(math.Ceil(d.Minutes()))) }

// inMinutes says how long something takes.
func inMinutes(l lang.Lang, minutes int) string {
	switch hours := minutes / 60; {
	case hours == 0 && minutes == 1:
		return l.T("1 分钟", "1 minute")
	case hours == 0:
		return l.F("%d 分钟", "%d minutes", minutes)
	case minutes%60 == 0:
		return l.F("%d 小时", "%d h", hours)
	default:
		return l.F("%d 小时 %d 分钟", "%d h %d min", hours, minutes%60)
	}
}

// inputTime is the form of a datetime-local field, and of ?at.
const inputTime = "2006-01-02T15:04"

// The years that ?at may ask about: longer ago or ahead nothing is known.
const firstYear, lastYear = 2020, 2100

// parseMoment reads ?at: empty or "now", an hour in the city's zone, or an
// instant with its zone.
func parseMoment(s string, now time.Time) (t time.Time, chosen bool, err error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "now" {
		return now, false, nil
	}
	for _, layout := range []string{inputTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err = time.ParseInLocation(layout, s, now.Location()); err == nil {
			break
		}
	}
	if err != nil {
		return t, false, fault.New(fault.Invalid,
			"时间“%s”读不懂。请写成 2026-11-23T22:00 这样的日期和时刻，或留空表示现在。",
			"The time “%s” cannot be read. Write a date and an hour as 2026-11-23T22:00, or leave it empty for now.", lang.Short(s))
	}
	if t = t.In(now.Location()).Truncate(time.Minute); t.Year() < firstYear || t.Year() > lastYear {
		return t, false, fault.New(fault.Invalid, "时间 %[1]s 太远了：只能问 %[2]d 年到 %[3]d 年。",
			"%[1]s is too far away: ask about the years %[2]d to %[3]d.", t.Format(time.DateOnly), firstYear, lastYear)
	}
	return t, true, nil
}
