package clock_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestScripts reads testdata/*.test, which an official can read too.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := &script{office: clock.Office{Calendar: calendar.Official}}
		asked := 0
		for n, line := range strings.Split(string(text), "\n") {
			line, _, _ = strings.Cut(line, "#")
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			if word == "" {
				continue
			}
			if s.err != nil && word != "refused" {
				t.Errorf("%s:%d: the line before was refused: %v", file, n, s.err)
				s.err = nil
			}
			if why := s.do(word, strings.TrimSpace(rest)); why != "" {
				t.Errorf("%s:%d: %s: %s", file, n+1, strings.TrimSpace(line), why)
			}
			if word == "due" {
				asked++
			}
		}
		if asked < 10 {
			t.Errorf("%s asks for %d due times", file, asked)
		}
	}
}

// script is one clock at a time.
type script struct {
	office clock.Office
	rule   clock.Rule
	events []clock.Event
	err    error // of the line before
}

func when(s string) time.Time {
	if t, err := time.ParseInLocation("2006-01-02T15:04", s, calendar.China); err == nil {
		return t
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d.Start(calendar.China).Add(10 * time.Hour)
}

func (s *script) do(word, rest string) (why string) {
	if kind, ok := eventWords[word]; ok {
		return s.event(kind, rest)
	}
	switch word {
	case "rule":
		s.events = nil
		s.rule, s.err = clock.Find(rest, calendar.On(2026, time.November, 1))
		return ""
	case "period":
		return s.period(rest)
	case "refused":
		e, ok := errors.AsType[*fault.Error](s.err)
		if s.err = nil; !ok {
			return "it was not refused"
		}
		if !strings.Contains(e.Text.ZH, rest) {
			return "refused with " + e.Text.ZH
		}
		return ""
	}
	r, err := clock.Reckon(s.rule, s.events, s.office)
	if err != nil {
		return err.Error()
	}
	return expect(r, word, rest)
}

var eventWords = map[string]clock.Kind{
	"start": clock.Started, "pause": clock.Paused, "resume": clock.Resumed, "extend": clock.Extended, "ruled": clock.Ruled,
	"rebase": clock.Rebased, "void": clock.Voided, "met": clock.Met,
}

func (s *script) event(kind clock.Kind, rest string) string {
	f := strings.SplitN(rest, " ", 2)
	f = append(f, "")
	e := clock.Event{Kind: kind}
	if kind == clock.Voided {
		e.Of, _ = strconv.Atoi(f[0])
		e.Happened = s.events[len(s.events)-1].Happened
	} else {
		e.Happened = when(f[0])
	}
	e.Recorded = e.Happened
	if n := len(s.events); n > 0 && kind != clock.Rebased && e.Recorded.Before(s.events[n-1].Recorded) {
		e.Recorded = s.events[n-1].Recorded
	}
	switch kind { //nolint:exhaustive // the others have a reason at most
	case clock.Started:
		s.events = nil
	case clock.Extended:
		l, err := clock.ParseLength(f[1])
		if err != nil {
			return err.Error()
		}
		e.Length, e.By = &l, "head"
	case clock.Ruled:
		r, err := clock.Find(f[1], calendar.On(2026, time.November, 1))
		if err != nil {
			return err.Error()
		}
		e.Rule = &r
	default:
		e.Reason = f[1]
	}
	if s.err = clock.Next(s.rule, s.events, e, s.office); s.err == nil || kind == clock.Voided {
		s.events = append(s.events, e)
		if s.err != nil { // tried, and shown to be refused: a later one may go before
			s.events = s.events[:len(s.events)-1]
		}
	}
	return ""
}

func (s *script) period(rest string) string {
	parts := strings.Split(rest, ", ")
	l, err := clock.ParseLength(parts[0])
	if err != nil {
		return err.Error()
	}
	s.events = nil
	s.rule = clock.Rule{Name: "test", Title: lang.Text{ZH: "试验", EN: "test"}, From: lang.Text{ZH: "起算", EN: "start"}, Law: "试验", Length: l}
	for _, flag := range parts[1:] {
		switch {
		case flag == "back":
			s.rule.Back = true
		case flag == "clear":
			s.rule.Clear = true
		case flag == "same day":
			s.rule.SameDay = true
		case flag == "closes":
			s.rule.Closes = true
		case strings.HasPrefix(flag, "pauses "):
			key := strings.TrimPrefix(flag, "pauses ")
			s.rule.Pauses = append(s.rule.Pauses, clock.Pause{Key: key, Name: lang.Text{ZH: key, EN: key}})
		default:
			return "what is " + flag
		}
	}
	if err := s.rule.Check(); err != nil {
		return err.Error()
	}
	return ""
}

// expect says how a reckoning is not as a line says.
func expect(r clock.Reckoning, word, rest string) string {
	day := func(date string) (clock.Step, bool) {
		i := slices.IndexFunc(r.Days, func(s clock.Step) bool { return s.Date.String() == date })
		if i < 0 {
			return clock.Step{}, false
		}
		return r.Days[i], true
	}
	bad := false
	switch word {
	case "due":
		want := when(rest)
		if !strings.Contains(rest, "T") {
			want = calendar.DateOf(want).Add(1).Start(calendar.China)
		}
		bad = !r.Due.Equal(want)
	case "paused":
		bad = r.Standing == "" || !r.Due.IsZero()
	case "late":
		bad = !r.Late(when(rest))
	case "intime":
		bad = r.Late(when(rest))
	case "missed":
		bad = r.Missed.IsZero() == (rest == "yes")
	case "provisional":
		bad = rest == "none" && len(r.Provisional) > 0 || rest != "none" && !slices.ContainsFunc(r.Provisional, func(y int) bool { return strconv.Itoa(y) == rest })
	case "counted":
		date, n, _ := strings.Cut(rest, " ")
		s, ok := day(date)
		bad = !ok || s.Why != clock.Counted || strconv.Itoa(s.N) != n
	case "skipped":
		s, ok := day(rest)
		bad = !ok || s.Why == clock.Counted
	default:
		return "nobody knows what this line means"
	}
	if bad {
		var lines []string
		for _, l := range r.Lines() {
			lines = append(lines, l.From.String()+".."+l.To.String()+" "+l.Text.ZH)
		}
		return r.Says().ZH + " (" + r.Due.String() + ")\n\t" + strings.Join(lines, "\n\t")
	}
	return ""
}
