package clock_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/lang"
)

// anyOffice draws a calendar in which any day may be off or worked.
func anyOffice(t *rapid.T) clock.Office {
	var text strings.Builder
	for year := 2030; year <= 2031; year++ {
		fmt.Fprintf(&text, "year %d 示例〔%d〕1号 %d-11-01\n", year, year-1, year-1)
		for range rapid.IntRange(0, 8).Draw(t, "holidays") {
			first := calendar.On(year, 1, 1).Add(rapid.IntRange(0, 350).Draw(t, "holiday"))
			fmt.Fprintf(&text, "holiday %v %v 节 | feast\n", first, first.Add(rapid.IntRange(0, 8).Draw(t, "long")))
		}
		for range rapid.IntRange(0, 8).Draw(t, "worked") {
			fmt.Fprintf(&text, "workday %v\n", calendar.On(year, 1, 1).Add(rapid.IntRange(0, 360).Draw(t, "workday")))
		}
	}
	c, err := calendar.Official.With(text.String())
	if err != nil {
		t.Fatal(err)
	}
	return clock.Office{Calendar: c}
}

// anyPauses draws a start and pauses behind one another, in whole hours.
func anyPauses(t *rapid.T) (events []clock.Event, stood []([2]time.Time)) {
	at := calendar.On(2030, 1, 1).Add(rapid.IntRange(0, 300).Draw(t, "start")).Start(calendar.China).Add(time.Duration(rapid.IntRange(0, 23).Draw(t, "hour")) * time.Hour)
	events = append(events, clock.Event{Kind: clock.Started, Happened: at, Recorded: at})
	for range rapid.IntRange(0, 4).Draw(t, "pauses") {
		from := at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "runs")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "stands")) * time.Hour)
		stood = append(stood, [2]time.Time{from, to})
		events = append(events,
			clock.Event{Kind: clock.Paused, Happened: from, Recorded: from, Reason: "停电"},
			clock.Event{Kind: clock.Resumed, Happened: to, Recorded: to, Reason: "停电"})
		at = to
	}
	return events, stood
}

func plain(l clock.Length) clock.Rule {
	return clock.Rule{
		Name: "test", Title: lang.Text{ZH: "试验", EN: "test"}, From: lang.Text{ZH: "起算", EN: "start"}, Law: "试验", Length: l,
		Pauses: []clock.Pause{{Key: "停电", Name: lang.Text{ZH: "停电", EN: "power cut"}}},
	}
}

// TestDueIsACountOfDays counts the days on its fingers.
func TestDueIsACountOfDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		rule := plain(clock.Length{N: rapid.IntRange(1, 40).Draw(t, "n"), Unit: clock.Day, Working: rapid.Bool().Draw(t, "working")})
		rule.AsItIs, rule.SameDay = rapid.Bool().Draw(t, "as it is"), rapid.Bool().Draw(t, "same day")
		events, stood := anyPauses(t)
		r, err := clock.Reckon(rule, events, office)
		if err != nil {
			return // paused after it was due: refused, which another test sees
		}
		ran := func(d calendar.Date) bool {
			midnight := d.Add(1).Start(calendar.China)
			for _, s := range stood {
				if s[0].Before(midnight) && !midnight.After(s[1]) {
					return false
				}
			}
			return true
		}
		var counts []calendar.Date
		d := calendar.DateOf(events[0].Happened)
		if rule.SameDay {
			d = d.Add(-1)
		}
		for len(counts) < rule.Length.N {
			d = d.Add(1)
			if ran(d) && (!rule.Length.Working || office.Kind(d).Worked()) {
				counts = append(counts, d)
			}
		}
		for !rule.AsItIs && (!ran(d) || !office.Kind(d).Worked()) {
			d = d.Add(1)
		}
		if r.Last != d || !r.Due.Equal(d.Add(1).Start(calendar.China)) {
			t.Fatalf("due %v, by hand %v", r.Last, d)
		}
		n := 0
		for _, s := range r.Days {
			if s.Why != clock.Counted {
				continue
			}
			if s.Date != counts[n] || s.N != n+1 {
				t.Fatalf("the day %v is counted as %d, by hand %v", s.Date, s.N, counts[n])
			}
			n++
		}
	})
}

// TestOfficeHoursAreACountOfMinutes counts the minutes that the clock ran within office hours.
func TestOfficeHoursAreACountOfMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		working := rapid.Bool().Draw(t, "working")
		rule := plain(clock.Length{N: rapid.IntRange(1, 30).Draw(t, "n"), Unit: clock.Hour, Working: working})
		events, stood := anyPauses(t)
		r, err := clock.Reckon(rule, events, office)
		if err != nil {
			return
		}
		minutes := 0
		type day struct{ ran, held int } // in minutes
		days := map[calendar.Date]day{}
		at := events[0].Happened
		for minutes < rule.Length.N*60 {
			d := calendar.DateOf(at.In(calendar.China))
			since := at.Sub(d.Start(calendar.China))
			runs := !working || office.Kind(d).Worked() && (since >= 9*time.Hour && since < 12*time.Hour || since >= 13*time.Hour+30*time.Minute && since < 17*time.Hour+30*time.Minute)
			could := runs
			for _, s := range stood {
				runs = runs && (at.Before(s[0]) || !at.Before(s[1]))
			}
			was := days[d]
			if runs {
				minutes++
				was.ran++
			} else if could {
				was.held++
			}
			days[d] = was
			at = at.Add(time.Minute)
		}
		if !r.Due.Equal(at) {
			t.Fatalf("due %v, by hand %v", r.Due, at)
		}
		if len(r.Days) != len(days) {
			t.Fatalf("%d days are told, by hand %d", len(r.Days), len(days))
		}
		for _, s := range r.Days {
			held := time.Duration(0)
			for _, h := range s.Held {
				held += h.Long
			}
			want := days[s.Date]
			if int(s.Hours.Minutes()) != want.ran || int(held.Minutes()) != want.held || (s.Why == clock.Counted) != (want.ran > 0) && want.held > 0 {
				t.Fatalf("%v: %v counted and %v held (%s), by hand %+v minutes", s.Date, s.Hours, held, s.Why, want)
			}
			if line := r.Why(s).ZH; want.ran > 0 && !strings.Contains(line, "计入") || want.ran == 0 && !strings.Contains(line, "不计") || want.held > 0 && !strings.Contains(line, "停电") {
				t.Fatalf("%v reads %q, by hand %+v minutes", s.Date, line, want)
			}
		}
	})
}

// TestMonthsAreACountOfDays goes to the day of the same number by hand, and as many days on as the clock stood still until then.
func TestMonthsAreACountOfDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		n := rapid.IntRange(1, 12).Draw(t, "n")
		rule := plain(clock.Length{N: n, Unit: clock.Month})
		rule.AsItIs = rapid.Bool().Draw(t, "as it is")
		events, stood := anyPauses(t)
		r, err := clock.Reckon(rule, events, office)
		if err != nil {
			return
		}
		stands := func(d calendar.Date) bool {
			midnight := d.Add(1).Start(calendar.China)
			return slices.ContainsFunc(stood, func(s [2]time.Time) bool { return s[0].Before(midnight) && !midnight.After(s[1]) })
		}
		d := calendar.DateOf(events[0].Happened)
		year, month, day := d.Civil()
		to := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := to.AddDate(0, 1, -1).Day()
		target := calendar.On(to.Year(), to.Month(), min(day, last))
		left := target.Sub(d) // each day until then is one that runs, then or later
		for left > 0 {
			if d = d.Add(1); !stands(d) {
				left--
			}
		}
		for !rule.AsItIs && (stands(d) || !office.Kind(d).Worked()) {
			d = d.Add(1)
		}
		if r.Last != d {
			t.Fatalf("due %v, by hand %v", r.Last, d)
		}
	})
}

// TestAnotherRuleLosesNoPause: whatever the rules are called on the way, the pauses are those of
// the list, so the last rule alone says when it is due.
func TestAnotherRuleLosesNoPause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		first := plain(clock.Length{N: 100, Unit: clock.Day})
		last := plain(clock.Length{N: rapid.IntRange(120, 200).Draw(t, "n"), Unit: clock.Day, Working: rapid.Bool().Draw(t, "working")})
		events, _ := anyPauses(t)
		at := rapid.IntRange(1, len(events)).Draw(t, "ruled")
		ruled := clock.Event{Kind: clock.Ruled, Happened: events[at-1].Happened, Recorded: events[at-1].Recorded, Rule: &last}
		with := append(append(append([]clock.Event{}, events[:at]...), ruled), events[at:]...)
		a, err := clock.Reckon(first, with, office)
		if err != nil {
			t.Fatal(err)
		}
		b, err := clock.Reckon(last, events, office)
		if err != nil || !a.Due.Equal(b.Due) {
			t.Fatalf("%v, but under that rule from the beginning %v (%v)", a.Due, b.Due, err)
		}
	})
}

// TestCountingBackIsSafe: who acts on the last day has the whole period before the event.
func TestCountingBackIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		back := plain(clock.Length{N: rapid.IntRange(1, 30).Draw(t, "n"), Unit: clock.Day, Working: rapid.Bool().Draw(t, "working")})
		back.Back, back.Pauses, back.Clear = true, nil, rapid.Bool().Draw(t, "clear")
		event := calendar.On(2030, 6, 1).Add(rapid.IntRange(0, 300).Draw(t, "event")).Start(calendar.China).Add(9 * time.Hour)
		r, err := clock.Reckon(back, []clock.Event{{Kind: clock.Started, Happened: event}}, office)
		if err != nil {
			t.Fatal(err)
		}
		ahead := back
		ahead.Back, ahead.Clear, ahead.AsItIs = false, false, true
		act := r.Last.Start(calendar.China).Add(9 * time.Hour)
		f, err := clock.Reckon(ahead, []clock.Event{{Kind: clock.Started, Happened: act}}, office)
		if err != nil || calendar.DateOf(event).Before(f.Last) || back.Clear && f.Last == calendar.DateOf(event) {
			t.Fatalf("told on %v, the period ends on %v, the event is on %v (%v)", r.Last, f.Last, calendar.DateOf(event), err)
		}
	})
}

// TestWarningsFallInOfficeHours, whenever something is due.
func TestWarningsFallInOfficeHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := anyOffice(t)
		due := calendar.On(2030, 6, 1).Start(calendar.China).Add(time.Duration(rapid.IntRange(0, 300*24*60).Draw(t, "due")) * time.Minute)
		at := office.Before(due, time.Duration(rapid.IntRange(1, 40*60).Draw(t, "before"))*time.Minute).In(calendar.China)
		d := calendar.DateOf(at)
		since := at.Sub(d.Start(calendar.China))
		if !at.Before(due) || !office.Kind(d).Worked() || since < 9*time.Hour || since >= 17*time.Hour+30*time.Minute {
			t.Fatalf("due %v, warned at %v, a %s", due, at, office.Kind(d).Name().EN)
		}
	})
}

func TestWindow(t *testing.T) {
	day := func(m time.Month, d int) time.Time {
		return calendar.On(2026, m, d).Start(calendar.China).Add(time.Hour)
	}
	three := clock.Window{Count: 3, Length: clock.Length{N: 180, Unit: clock.Day}}
	if got, full := three.Full([]time.Time{day(1, 1), day(6, 29), day(3, 1)}, day(6, 29)); !full || !got[0].Equal(day(1, 1)) {
		t.Error("1 January is the 180th day back from 29 June", got, full)
	}
	if _, full := three.Full([]time.Time{day(1, 1), day(6, 30), day(3, 1)}, day(6, 30)); full {
		t.Error("181 days are no window of 180")
	}
	four := clock.Window{Count: 2, Length: clock.Length{N: 1, Unit: clock.Year}}
	if _, full := four.Full([]time.Time{day(1, 2), calendar.On(2027, 1, 1).Start(calendar.China)}, calendar.On(2027, 1, 1).Start(calendar.China)); !full {
		t.Error("2 January to 1 January is a year")
	}
}

// TestDeviceTime: a phone's clock that nobody confirmed starts nothing, and both times are told.
func TestDeviceTime(t *testing.T) {
	rule, err := clock.Find("处罚.登记保存", calendar.On(2026, 12, 4))
	if err != nil {
		t.Fatal(err)
	}
	office := clock.Office{Calendar: calendar.Official}
	events := []clock.Event{{Kind: clock.Started, Happened: when("2026-12-04"), Recorded: when("2026-12-07"), Device: true}}
	r, err := clock.Reckon(rule, events, office)
	if err != nil || r.Last.String() != "2026-12-16" || calendar.DateOf(r.IfConfirmed.In(calendar.China)).String() != "2026-12-16" {
		t.Errorf("due %v, if confirmed %v (%v)", r.Last, r.IfConfirmed, err)
	}
	events = append(events, clock.Event{Kind: clock.Confirmed, Happened: when("2026-12-08"), Recorded: when("2026-12-08")})
	if r, err = clock.Reckon(rule, events, office); err != nil || r.Last.String() != "2026-12-15" || !r.IfConfirmed.IsZero() {
		t.Errorf("confirmed, due %v, %v (%v)", r.Last, r.IfConfirmed, err)
	}
	back := append(events, clock.Event{Kind: clock.Met, Happened: when("2026-12-07"), Recorded: when("2026-12-07")})
	if _, err := clock.Reckon(rule, back, office); err == nil || !strings.Contains(err.Error(), "moved back") {
		t.Error("what was recorded earlier came later:", err)
	}
}

// TestRulesAreKeptWhole: a case keeps its rule as JSON, and it counts the same when it is read.
func TestRulesAreKeptWhole(t *testing.T) {
	for _, r := range clock.Catalogue() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again clock.Rule
		if err := json.Unmarshal(b, &again); err != nil || again.Check() != nil {
			t.Errorf("%s: %v %v", r.Name, err, again.Check())
		}
		c, err := json.Marshal(again)
		if err != nil || string(b) != string(c) {
			t.Errorf("%s is\n%s\nand was\n%s", r.Name, c, b)
		}
		if r.ValidFrom == nil && r.Doubt == (lang.Text{}) {
			t.Errorf("%s has neither a day from which it holds nor a doubt", r.Name)
		}
	}
	for bad, why := range map[string]string{
		"rule a | 甲 | a\nlength 3 days\nlaw 法 条": "from",
		"length 3 days":                                                                                          "line 1",
		"rule a | 甲 | a\nlength 3 fortnights":                                                                    "line 2",
		"rule a | 甲 | a\nlength 3 working months":                                                                "line 2",
		"rule a | 甲 | a\nlength 0 days":                                                                          "line 2",
		"rule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条\nsometimes":                                          "line 5",
		"rule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条\nback\npauses 停 | p":                                 "counts back",
		"rule a | 甲 | a\nlength 3 hours\nfrom 起 | s\nlaw 法 条\ncloses":                                            "hours",
		"rule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条\nextend 1 3 days by | x":                             "who approves",
		"rule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条\nvalid 2026-02-30":                                   "line 5",
		"rule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条\nrule a | 甲 | a\nlength 3 days\nfrom 起 | s\nlaw 法 条": "twice",
	} {
		if _, err := clock.ReadRules(bad); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", bad, err, why)
		}
	}
}

// FuzzReckon: whatever events come, there is an answer or a fault, and what is said has words.
func FuzzReckon(f *testing.F) {
	f.Add([]byte{0, 10, 1, 20, 2, 30, 3, 40})
	f.Add([]byte{9, 9, 9, 1, 1, 1})
	kinds := []clock.Kind{clock.Paused, clock.Resumed, clock.Extended, clock.Ruled, clock.Rebased, clock.Voided, clock.Confirmed, clock.Met, clock.Ended, clock.Started, "x"}
	all := clock.Catalogue()
	office := clock.Office{Calendar: calendar.Official}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 2 || len(b) > 40 {
			return
		}
		rule := all[int(b[0])%len(all)]
		at := calendar.On(2026, 1, 1).Start(calendar.China).Add(time.Duration(b[1]) * 17 * time.Hour)
		events := []clock.Event{{Kind: clock.Started, Happened: at, Recorded: at}}
		for i := 2; i+1 < len(b); i += 2 {
			at = at.Add(time.Duration(b[i+1]) * time.Hour)
			e := clock.Event{Kind: kinds[int(b[i])%len(kinds)], Happened: at, Recorded: at, Of: int(b[i] / 16), Device: b[i] > 200, By: "x", Rule: &all[int(b[i+1])%len(all)]}
			if len(rule.Pauses) > 0 {
				e.Reason = rule.Pauses[int(b[i+1])%len(rule.Pauses)].Key
			}
			if rule.Extend != nil {
				e.Length = &rule.Extend.Most
			}
			if clock.Next(rule, events, e, office) == nil {
				events = append(events, e)
			}
		}
		r, err := clock.Reckon(rule, events, office)
		if err != nil {
			t.Fatalf("each event could follow, and all of them cannot: %v", err)
		}
		if says := r.Says(); says.ZH == "" || says.EN == "" {
			t.Fatalf("nothing is said of %+v", r)
		}
		if r.Due.IsZero() == (r.Standing == "") {
			t.Fatalf("due %v, standing %q", r.Due, r.Standing)
		}
		for _, l := range r.Lines() {
			if l.Text.ZH == "" || l.Text.EN == "" || l.To.Before(l.From) {
				t.Fatalf("a line says %+v", l)
			}
		}
	})
}
