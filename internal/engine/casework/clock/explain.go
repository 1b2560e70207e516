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
		for j < len(r.Days) && r.Days[j].foldsWith(r.Days[i]) {
			j++
		}
		lines = append(lines, r.line(r.Days[i:j]))
		i = j
	}
	return lines
}

// foldsWith reports whether a reader is told the same of both days.
func (s Step) foldsWith(o Step) bool {
	if s.Why != o.Why || s.Pause != o.Pause || s.Hours != o.Hours {
		return false
	}
	return s.Why != DayOff && s.Why != Moved || s.Day == o.Day
}

func (r Reckoning) line(days []Step) Line {
	first, last := days[0], days[len(days)-1]
	l := Line{From: first.Date, To: last.Date, Why: first.Why, Text: r.Why(first)}
	if l.To.Before(l.From) {
		l.From, l.To = l.To, l.From
	}
	if first.Why == Counted {
		l.Counted = len(days)
		if first.Hours == 0 {
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
		if s.Hours == 0 { // of a period of days
			return counted(s.N, s.N, r.Rule.Length.Working)
		}
		return lang.Text{ZH: "计入 " + spell(s.Hours, "小时", "分"), EN: "counts " + spell(s.Hours, " h", " min")}
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
	if m == 0 {
		return strconv.Itoa(h) + hour
	}
	return strings.TrimSpace(strconv.Itoa(h) + hour + " " + strconv.Itoa(m) + minute)
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
