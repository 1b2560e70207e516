package clock_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
)

// TestHoursAreExplained: each line of a clock of hours says how many count, and why the rest does not.
func TestHoursAreExplained(t *testing.T) {
	for question, want := range map[struct{ Rule, From string }][]string{
		{Rule: "24小时", From: "2026-09-30T17:00"}: {"计入 7 小时，从 17:00 起", "计入 17 小时，到 17:00 止"},
		{Rule: "24小时", From: "2026-09-30"}:       nil, // refused: hours need the minute
		{Rule: "24小时", From: "2026-09-30T00:00"}: {"计入 24 小时"},
		{Rule: "9工作小时", From: "2026-10-10T19:00"}: {
			"不计：没有办公时间，从 19:00 起", "不计：休息日", "计入 7 小时（只计办公时间）", "计入 2 小时，到 11:00 止（只计办公时间）",
		},
	} {
		r, err := clock.Ask(clock.Question{Rule: question.Rule, From: question.From}, clock.Office{Calendar: calendar.Official})
		var got []string
		for _, l := range r.Lines() {
			got = append(got, l.Text.ZH)
		}
		if (err == nil) != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s from %s: %q (%v), want %q", question.Rule, question.From, got, err, want)
		}
	}
	r, err := clock.Ask(clock.Question{Rule: "24小时", From: "2026-09-30T17:00", Pauses: []string{"2026-09-30T18:00/2026-10-05T10:00"}}, clock.Office{Calendar: calendar.Official})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Lines() {
		got = append(got, l.From.String()+" "+l.Text.ZH)
	}
	want := []string{
		"2026-09-30 计入 1 小时，从 17:00 起；因“其他”中止的 6 小时不计", "2026-10-01 不计：因“其他”中止",
		"2026-10-05 计入 14 小时；因“其他”中止的 10 小时不计", "2026-10-06 计入 9 小时，到 09:00 止",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Of a year before all data nothing will be announced.
func TestAYearBeforeTheData(t *testing.T) {
	r, err := clock.Ask(clock.Question{Rule: "5个工作日", From: "2015-04-29"}, clock.Office{Calendar: calendar.Official})
	if err != nil || len(r.Provisional) != 0 || !slices.Equal(r.Before, []int{2015}) || r.Last != calendar.On(2015, time.May, 7) {
		t.Errorf("%v: provisional %v, before %v (%v)", r.Last, r.Provisional, r.Before, err)
	}
	for _, remark := range r.Remarks() {
		if strings.Contains(remark.ZH, "尚未公布") || !strings.Contains(remark.ZH, "数据里没有 2015 年") {
			t.Error(remark.ZH)
		}
	}
}

// What was in time when it was kept is not taken back by a calendar that has come to know of a day that is worked.
func TestANewYearTakesNoPauseBack(t *testing.T) {
	at := func(day, hour int) time.Time {
		return calendar.On(2090, time.January, day).Start(calendar.China).Add(time.Duration(hour) * time.Hour)
	}
	knows := func(text string) clock.Office {
		c, err := calendar.Official.With("year 2090 示例〔2089〕1号 2089-11-01\n" + text)
		if err != nil {
			t.Fatal(err)
		}
		return clock.Office{Calendar: c}
	}
	before, after := knows(""), knows("workday 2090-01-14\n") // a Saturday
	rule := plain(clock.Length{N: 5, Unit: clock.Day, Working: true})
	events := []clock.Event{{Kind: clock.Started, Happened: at(10, 10), Recorded: at(10, 10)}}
	pause := clock.Event{Kind: clock.Paused, Happened: at(17, 10), Recorded: at(17, 10), Reason: "停电"}
	if err := clock.Next(rule, events, pause, before); err != nil {
		t.Fatal(err)
	}
	if err := clock.Next(rule, events, pause, after); fault.KindOf(err) != fault.Late {
		t.Errorf("a pause after the day on which it was due is %v", err)
	}
	events = append(events, pause, clock.Event{Kind: clock.Resumed, Happened: at(19, 10), Recorded: at(19, 10), Reason: "停电"})
	if r, err := clock.Reckon(rule, events, after); err != nil || r.Due.IsZero() {
		t.Errorf("%v %v", r.Due, err)
	}
}
