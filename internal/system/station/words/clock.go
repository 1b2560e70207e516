// Package words says numbers, hours and spans as people do, in both languages. It
// knows neither what is asked nor by whom.
package words

import (
	"math"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// Clock says t as people do who read it at now: 22:00, 明天 8:00, 周四 8:00.
func Clock(l lang.Lang, now, t time.Time) string { return ClockOn(l, calendar.DateOf(now), t) }

// ClockOn is clock for who reads it on the day today.
func ClockOn(l lang.Lang, today calendar.Date, t time.Time) string {
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
		return l.F("%[2]s %[1]s", "%[1]s on %[2]s", hour, Weekday(l, day, false))
	}
	return l.F("%[2]s %[1]s", "%[1]s on %[2]s", hour, MonthDay(l, day))
}

// InSentence puts the space that Chinese typography wants between a character
// and a digit.
func InSentence(l lang.Lang, words string) string {
	if l == lang.ZH && words != "" && words[0] >= '0' && words[0] <= '9' {
		return " " + words
	}
	return words
}

// Weekdays are the names of the days, Sunday first.
var Weekdays = [7]lang.Text{
	{ZH: "周日", EN: "Sunday"},
	{ZH: "周一", EN: "Monday"},
	{ZH: "周二", EN: "Tuesday"},
	{ZH: "周三", EN: "Wednesday"},
	{ZH: "周四", EN: "Thursday"},
	{ZH: "周五", EN: "Friday"},
	{ZH: "周六", EN: "Saturday"},
}

// Weekday names a day of the week.
func Weekday(l lang.Lang, d calendar.Date, short bool) string {
	name := Weekdays[d.Weekday()].In(l)
	if short && l == lang.EN {
		return name[:3]
	}
	return name
}

// MonthDay writes a date without its year.
func MonthDay(l lang.Lang, d calendar.Date) string {
	_, month, day := d.Civil()
	return l.F("%[2]d月%[3]d日", "%[3]d %[1]s", month.String(), int(month), day)
}

// DateWords is the long form of a day: 2026年11月23日（周一）.
func DateWords(l lang.Lang, d calendar.Date) string {
	if l == lang.ZH {
		return d.Format()
	}
	year, month, day := d.Civil()
	return l.F("%[2]d %[1]s %[3]d", "%[4]s %[2]d %[1]s %[3]d", month.String(), day, year, Weekday(l, d, true))
}

// DayKind says what is special about a day: the name of its holiday, or that it
// is a 调休 workday. Other days have no word.
func DayKind(l lang.Lang, d calendar.Date) string {
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

// Moment is the long form of an hour: 2026年11月23日（周一）22:00，国庆节.
func Moment(l lang.Lang, t time.Time) string {
	d := calendar.DateOf(t)
	words := DateWords(l, d) + l.T("", ", ") + t.Format("15:04")
	if kind := DayKind(l, d); kind != "" {
		words += l.F("，%s", " (%s)", kind)
	}
	return words
}

// Minutes is how long something takes, rounded up to a minute.
func Minutes(d time.Duration) int { return max(1, int(math.Ceil(d.Minutes()))) }

// InMinutes says how long something takes.
func InMinutes(l lang.Lang, minutes int) string {
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
