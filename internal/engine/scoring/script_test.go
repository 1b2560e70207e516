package scoring_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// TestScripts tells contests line by line: hall.test explains the language.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{t: t}
			for i, line := range strings.Split(string(text), "\n") {
				s.at = fmt.Sprintf("%s:%d: %s", file, i+1, line)
				if words := strings.Fields(line); len(words) > 0 && !strings.HasPrefix(line, "#") {
					s.do(words[0], words[1:])
				}
			}
		})
	}
}

type script struct {
	t      *testing.T
	at     string
	rule   rule.Rule
	set    mark.Set
	result *scoring.Result
	err    error
}

// do carries out a line.
func (s *script) do(command string, words []string) {
	switch command {
	case "rule":
		s.rule, s.set = s.read(words[0]), mark.Set{}
	case "entry":
		e := mark.Entry{Key: words[0], Groups: map[string][]string{}}
		for _, w := range words[1:] {
			switch kind, name, group := strings.Cut(w, "="); {
			case group:
				e.Groups[kind] = append(e.Groups[kind], name)
			case slices.ContainsFunc(s.rule.Stages, func(r rule.Stage) bool { return r.Key == w }):
				e.Stage = w
			default:
				e.Status = mark.Status(w)
			}
		}
		s.set.Entries = append(s.set.Entries, e)
	case "panel":
		s.set.Panels = append(s.set.Panels, mark.Panel{Part: words[0], Seats: words[1:]})
	case "sheet":
		s.sheet(words)
	case "absent", "recuse":
		v := mark.Absent
		if command == "recuse" {
			v = mark.Recused
		}
		s.set.Marks = append(s.set.Marks, mark.Mark{Entry: words[0], Part: words[1], Judge: words[2], Value: v})
	case "measure":
		s.set.Measures = append(s.set.Measures, mark.Measured{Entry: words[0], Measure: words[1], Value: s.number(words[2])})
	case "decide":
		s.decide(words)
	case "rank":
		table, err := mark.Arrange(&s.rule, s.set)
		if s.result, s.err = nil, err; err == nil {
			s.result = scoring.Score(table)
		}
	case "refused":
		if want := strings.Join(words, " "); s.err == nil || !strings.Contains(s.err.Error(), want) {
			s.t.Errorf("%s: it is %v", s.at, s.err)
		}
	case "expect":
		s.expect(words)
	default:
		s.t.Fatalf("%s: there is no such command", s.at)
	}
}

func (s *script) number(text string) exact.Number {
	n, err := exact.Parse(text)
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	return n
}

func (s *script) read(name string) rule.Rule {
	if f, ok := rule.Preset(name); ok {
		return f.Rule
	}
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	f, err := rule.Read(bytes.TrimSpace(text))
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	return f.Rule
}

// sheet takes "ENTRY PART JUDGE=MARK[,MARK…] …".
func (s *script) sheet(words []string) {
	p, _, ok := s.rule.Part(words[1])
	for _, w := range words[2:] {
		judge, marks, _ := strings.Cut(w, "=")
		for i, text := range strings.Split(marks, ",") {
			criterion := "?"
			if ok && p.Judged != nil && i < len(p.Judged.Criteria) {
				criterion = p.Judged.Criteria[i].Key
			}
			if text == "" {
				continue // it is missing
			}
			s.set.Marks = append(s.set.Marks, mark.Mark{Entry: words[0], Part: words[1], Judge: judge, Criterion: criterion, Value: mark.Of(s.number(text))})
		}
	}
}

// decide takes "vote|lots|CUT ENTRY… = ENTRY…": among whom, and the order or who is in.
func (s *script) decide(words []string) {
	at := slices.Index(words, "=")
	d := mark.Decision{Among: words[1:at], Entries: words[at+1:]}
	if words[0] == "vote" || words[0] == "lots" {
		d.By = rule.By(words[0])
	} else {
		d.Cut = words[0]
	}
	s.set.Decisions = append(s.set.Decisions, d)
}

// expect takes what a result has to say.
func (s *script) expect(words []string) {
	if s.err != nil {
		s.t.Errorf("%s: %v", s.at, s.err)
		return
	}
	want := strings.Join(words[1:], " ")
	var got string
	switch words[0] {
	case "order": // PLACE:ENTRY …
		var all []string
		for _, e := range s.result.Entries {
			if e.Place > 0 {
				all = append(all, strconv.Itoa(e.Place)+":"+e.Key)
			}
		}
		got = strings.Join(all, " ")
	case "total":
		e, _ := s.result.Of(words[1])
		got, want = e.Text(), strings.Join(words[2:], " ")
	case "exact":
		e, _ := s.result.Of(words[1])
		got, want = e.Total.String(), strings.Join(words[2:], " ")
	case "waits":
		e, _ := s.result.Of(words[1])
		var all []string
		for _, w := range e.Waits {
			all = append(all, strings.Join(strings.Fields(strings.Join([]string{string(w.Why), w.Part, w.Judge, w.Criterion, w.Measure}, " ")), " "))
		}
		got, want = strings.Join(all, "; "), strings.Join(words[2:], " ")
	case "cut":
		for _, c := range s.result.Cuts {
			if c.Key == words[1] {
				got = strings.Join(c.In, " ")
				if c.Open {
					got += " open"
				}
				if len(c.AtLine) > 0 {
					got += " line " + strings.Join(c.AtLine, " ")
				}
				if len(c.Passed) > 0 {
					got += " passed " + strings.Join(c.Passed, " ")
				}
			}
		}
		got, want = strings.TrimSpace(got), strings.Join(words[2:], " ")
	case "wants":
		var all []string
		for _, w := range s.result.Wants {
			all = append(all, strings.TrimSpace(string(w.By)+w.Cut+" "+strings.Join(w.Entries, " ")))
		}
		got = strings.Join(all, "; ")
	case "grade":
		e, _ := s.result.Of(words[1])
		if e.Grade != nil {
			got = e.Grade.Grade + " " + e.Grade.AtLeast + "…" + e.Grade.AtMost + " " + strings.Join(e.Grade.Missing, " ")
		}
		got, want = strings.TrimSpace(got), strings.Join(words[2:], " ")
	case "broken": // ENTRY STEP …: what split its tie
		e, _ := s.result.Of(words[1])
		var all []string
		for _, by := range e.Broken {
			all = append(all, string(by.By))
		}
		got, want = strings.Join(all, " "), strings.Join(words[2:], " ")
	case "kept": // ENTRY PART JUDGE …: whose scores counted
		tr, _ := s.result.Trace(words[1])
		for _, stage := range tr.Stages {
			for _, p := range stage.Parts {
				if p.Part == words[2] {
					var all []string
					for _, f := range p.Columns[0].Scores {
						if f.Is == scoring.Kept {
							all = append(all, f.Judge)
						}
					}
					slices.Sort(all)
					got = strings.Join(all, " ")
				}
			}
		}
		want = strings.Join(words[3:], " ")
	case "provisional":
		got = strconv.FormatBool(s.result.Provisional)
	default:
		s.t.Fatalf("%s: expect what?", s.at)
	}
	if got != want {
		s.t.Errorf("%s: it is %q", s.at, got)
	}
}
