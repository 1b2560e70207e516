package clock

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// Line is one or several days of a reckoning that have the same reason.
type Line struct {
	From, To calendar.Date // From is the earlier one, also where the rule counts back
	Counted  int           // days of them that count
	Why      Why
	Text     lang.Text
}

// Lines folds the days, so that a year is some twenty lines.
func (r Reckoning) Lines() (lines []Line) {
	for i := 0; i < len(r.Days); {
		j := i + 1
		for j < len(r.Days) && r.fold(r.Days[i], r.Days[j]) {
			j++
		}
		lines = append(lines, r.line(r.Days[i:j]))
		i = j
	}
	return lines
}

// fold reports whether a reader is told the same of both days.
func (r Reckoning) fold(a, b Step) bool {
	switch {
	case a.Why != b.Why || a.Pause != b.Pause:
		return false
	case a.ofHours():
		return r.Why(a) == r.Why(b)
	}
	return a.Why != DayOff && a.Why != Moved || a.Day == b.Day
}

// ofHours reports whether it is a day of which hours count; days that count have numbers.
func (s Step) ofHours() bool { return s.Why == Counted && s.N == 0 }

func (r Reckoning) line(days []Step) Line {
	first, last := days[0], days[len(days)-1]
	l := Line{From: first.Date, To: last.Date, Why: first.Why, Text: r.Why(first)}
	if l.To.Before(l.From) {
		l.From, l.To = l.To, l.From
	}
	if first.Why == Counted {
		l.Counted = len(days)
		if !first.ofHours() {
			l.Text = counted(first.N, last.N, r.Rule.Length.Working)
		}
	}
	return l
}

func counted(from, to int, working bool) lang.Text {
	zh, en := "日", "day"
	if working {
		zh, en = "个工作日", "working day"
	}
	if from == to {
		return lang.Text{ZH: fmt.Sprintf("计入：第 %d %s", from, zh), EN: fmt.Sprintf("counts: %s %d", en, from)}
	}
	return lang.Text{ZH: fmt.Sprintf("计入：第 %d 至第 %d %s", from, to, zh), EN: fmt.Sprintf("count: %ss %d to %d", en, from, to)}
}

// Why says why a day counts or not.
func (r Reckoning) Why(s Step) lang.Text {
	switch s.Why {
	case DayZero:
		return lang.Text{ZH: r.Rule.From.ZH + "，当日不计", EN: r.Rule.From.EN + ": the day itself does not count"}
	case Counted:
		if s.ofHours() {
			return r.hours(s)
		}
		return counted(s.N, s.N, r.Rule.Length.Working)
	case DayOff:
		return lang.Text{ZH: "不计：" + s.Day.ZH, EN: "does not count: " + s.Day.EN}
	case Standing:
		return lang.Text{ZH: "不计：因“" + s.Pause + "”中止", EN: "does not count: paused, " + r.pauseName(s.Pause)}
	case Moved:
		return r.moved(s)
	case Within:
		return lang.Text{ZH: "按" + r.Rule.Length.Text().ZH + "计算", EN: "within " + r.Rule.Length.Text().EN}
	case Restored:
		return lang.Text{ZH: "补回中止的日子", EN: "makes up for days on which it was paused"}
	case Grace:
		return lang.Text{ZH: "改用较短的期限：至少到改后的下一个工作日", EN: "under a shorter rule since: until the next working day at least"}
	}
	return lang.Text{}
}

// hours says how much of a day counts, and why the rest does not.
func (r Reckoning) hours(s Step) lang.Text {
	t := lang.Text{ZH: "计入 " + spell(s.Hours, " 小时", " 分"), EN: "counts " + spell(s.Hours, " h", " min")}
	from, to := r.Start, r.Due
	if r.Rule.Back {
		from, to = to, from
	}
	if s.Hours == 0 {
		t = lang.Text{ZH: "不计：没有办公时间", EN: "does not count: no office hours of it"}
	}
	if dateOf(from) == s.Date && from.After(endOf(s.Date.Add(-1))) {
		t.ZH, t.EN = t.ZH+"，从 "+hourOf(from)+" 起", t.EN+", from "+hourOf(from)
	}
	if dateOf(to) == s.Date && !to.IsZero() && to.After(endOf(s.Date.Add(-1))) {
		t.ZH, t.EN = t.ZH+"，到 "+hourOf(to)+" 止", t.EN+", until "+hourOf(to)
	}
	if r.Rule.Length.Working && s.Hours > 0 {
		t.ZH, t.EN = t.ZH+"（只计办公时间）", t.EN+" (office hours alone)"
	}
	for _, h := range s.Held {
		t.ZH += "；因“" + h.Pause + "”中止的 " + spell(h.Long, " 小时", " 分") + "不计"
		t.EN += "; " + spell(h.Long, " h", " min") + " do not count: paused, " + r.pauseName(h.Pause)
	}
	return t
}

func hourOf(t time.Time) string { return t.In(calendar.China).Format("15:04") }

// moved says where the last day goes that is none to end on.
func (r Reckoning) moved(s Step) lang.Text {
	switch {
	case s.Date != r.Last:
		return lang.Text{ZH: "也不能是末日：" + s.Day.ZH, EN: "no day to end on either: " + s.Day.EN}
	case r.Rule.Back:
		return lang.Text{ZH: "末日不是工作日，提前到这一天", EN: "the last day was no working day: moved forward to this one"}
	}
	return lang.Text{ZH: "末日不是工作日，顺延到这一天", EN: "the last day was no working day: moved on to this one"}
}

func (r Reckoning) pauseName(key string) string {
	for _, p := range r.Rule.Pauses {
		if p.Key == key {
			return p.Name.EN
		}
	}
	return key
}

func spell(d time.Duration, hour, minute string) string {
	h, m := int(d.Hours()), int(d.Minutes())%60
	switch {
	case m == 0:
		return strconv.Itoa(h) + hour
	case h == 0:
		return strconv.Itoa(m) + minute
	}
	return strconv.Itoa(h) + hour + " " + strconv.Itoa(m) + minute
}

// Remarks are what else is to be known of a due time: that an earlier one was missed, that it may
// come out otherwise, and why its rule is an example.
func (r Reckoning) Remarks() (all []lang.Text) {
	if !r.Missed.IsZero() {
		all = append(all, lang.Text{ZH: "原应于 " + minute(r.Missed) + " 前办结，已超期", EN: "it was due before, at " + minute(r.Missed) + ", and missed"})
	}
	for _, c := range r.Changes {
		if c.Kind != Extended || c.By != "" { // Changed says by whom
			continue
		}
		x, by := *c.Length, lang.Text{}
		if e := r.Rule.Extend; e != nil {
			by = lang.Text{ZH: "，由" + e.By.ZH + "批准", EN: ", approved by " + e.By.EN}
		}
		all = append(all, lang.Text{ZH: "已延长" + x.Text().ZH + by.ZH, EN: "extended by " + x.Text().EN + by.EN})
	}
	if !r.IfConfirmed.IsZero() {
		all = append(all, lang.Text{ZH: "设备上的时间尚未确认；如确认，" + minute(r.IfConfirmed) + " 到期", EN: "a device's time is not confirmed yet; if it is, this is due at " + minute(r.IfConfirmed)})
	}
	if len(r.Provisional) > 0 {
		years := strings.Trim(fmt.Sprint(r.Provisional), "[]")
		all = append(all, lang.Text{
			ZH: "暂定：" + years + " 年的节假日安排尚未公布，公布后重新计算",
			EN: "provisional: the holidays of " + years + " are not announced yet, and it is reckoned anew when they are",
		})
	}
	if len(r.Before) > 0 {
		years := strings.Trim(fmt.Sprint(r.Before), "[]")
		all = append(all, lang.Text{
			ZH: "数据里没有 " + years + " 年的节假日安排：只按周末和法定的固定日子算，请查当年的安排核对",
			EN: "the holidays of " + years + " are not in the data: weekends and the law's own dates alone were taken, so check it by the arrangement of that year",
		})
	}
	if r.Rule.Doubt != (lang.Text{}) {
		all = append(all, lang.Text{ZH: "示例：" + r.Rule.Doubt.ZH, EN: "示例, an example: " + r.Rule.Doubt.EN})
	}
	return all
}

// Says is when it is due, in one sentence: also that it stands still, or has ended.
func (r Reckoning) Says() lang.Text {
	switch {
	case !r.Ended.IsZero() && r.Met:
		return lang.Text{ZH: "已于 " + minute(r.Ended) + " 办结", EN: "met at " + minute(r.Ended)}
	case !r.Ended.IsZero():
		return lang.Text{ZH: "已于 " + minute(r.Ended) + " 终止", EN: "ended at " + minute(r.Ended)}
	case r.Standing != "":
		return lang.Text{ZH: "因“" + r.Standing + "”中止，恢复后才有到期日", EN: "paused, " + r.pauseName(r.Standing) + "; it is due after it goes on"}
	case r.Rule.Back && r.Rule.Length.Unit != Hour:
		return lang.Text{ZH: "最迟 " + r.Last.Format(), EN: "on " + r.Last.String() + " at the latest"}
	case !r.Due.Equal(endOf(r.Last)):
		return lang.Text{ZH: minute(r.Due) + " 到期", EN: "due at " + minute(r.Due)}
	}
	return lang.Text{ZH: r.Last.Format() + "届满", EN: "due by the end of " + r.Last.String()}
}
