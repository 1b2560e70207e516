package siting_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	diff "github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
)

var update = flag.Bool("update", false, "write the answers into testdata/*.test instead of checking them")

// TestScenarios runs testdata/*.test. A scenario draws a town on squared paper,
// says who lives where and what limits the choice, and asks questions; the
// answer stands indented below each.
//
//	map                      until "end": a capital is a place where a station could open,
//	  a  A  b                a small letter a block of houses, a digit a station that is open
//	     1                   already; all else is empty
//	end
//	reach 3 steps            how far people go, across and down
//	people a 100, b 250      who lives where; by day and at night, unless
//	night a 20               says otherwise for the night, which then counts as much as the day
//	day only A 1             these are closed at night
//	cost A 300, B 500        yuan; nothing unless said
//	fixed A                  opens in every plan
//	forbidden B              in none
//	group 银行 1: A B         so many of them at most
//	area 学校 80 % twice: a b of the people there so many must have one, or a choice of two
//
//	most 2 sites             which plan covers most; or "300 yuan", or "2 sites, 300 yuan"
//	fewest for 95 %          with which sites least are enough; "of what can be" after it
//	cheapest for 95 %        which plan costs least
//
// After a question ", worth 0 1" counts the second station only, ", worth 2 1" the first
// twice as much. "go test -update" writes the answers.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.test")
	if len(files) < 6 {
		t.Fatalf("only %d scenarios in testdata", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) { runScenario(t, file) })
	}
}

func runScenario(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	s := town{t: t, file: file}
	var out []string
	for i := 0; i < len(lines); {
		s.line = i + 1
		statement := strings.TrimSpace(lines[i])
		out = append(out, lines[i])
		i++
		switch verb, rest, _ := strings.Cut(statement, " "); verb {
		case "", "#":
		case "map":
			start := i
			for i < len(lines) && strings.TrimSpace(lines[i]) != "end" {
				i++
			}
			s.drawing(lines[start:i])
			out = append(out, lines[start:min(i+1, len(lines))]...)
			i++
		case "most", "fewest", "cheapest":
			var want []string
			for i < len(lines) && strings.HasPrefix(lines[i], "  ") {
				want = append(want, strings.TrimSpace(lines[i]))
				i++
			}
			got := s.answer(verb, rest)
			if d := diff.Diff(want, got); d != "" && !*update {
				t.Errorf("%s:%d: %s\nthe answer differs (-expected +got):\n%s", file, s.line, statement, d)
			}
			for _, l := range got {
				out = append(out, "  "+l)
			}
		default:
			s.statement(verb, rest)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(file, []byte(strings.Join(out, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// town is a file as far as it has been read.
type town struct {
	t          *testing.T
	file       string
	line       int
	at         map[rune][2]int
	sites      []rune // capitals
	cells      []rune
	stations   []rune // digits
	steps      int
	day, night map[rune]float64
	dayOnly    []rune
	cost       map[rune]float64
	choice     map[rune]siting.Choice
	groups     []siting.Group
	areas      []siting.Area
}

func (s *town) fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, args...))
}

func (s *town) scan(text, format string, into ...any) {
	s.t.Helper()
	if _, err := fmt.Sscanf(text, format, into...); err != nil {
		s.fatalf("%q is not of the form %q", text, format)
	}
}

// drawing begins a new town.
func (s *town) drawing(lines []string) {
	*s = town{t: s.t, file: s.file, line: s.line, steps: s.steps, at: map[rune][2]int{}, day: map[rune]float64{}, cost: map[rune]float64{}, choice: map[rune]siting.Choice{}}
	for y, line := range lines {
		for x, r := range []rune(line) {
			if _, twice := s.at[r]; twice && !unicode.IsSpace(r) && r != '.' {
				s.fatalf("%c is drawn twice", r)
			}
			switch {
			case unicode.IsUpper(r):
				s.sites = append(s.sites, r)
			case unicode.IsLower(r):
				s.cells = append(s.cells, r)
			case unicode.IsDigit(r):
				s.stations = append(s.stations, r)
			default:
				continue
			}
			s.at[r] = [2]int{x, y}
		}
	}
	slices.Sort(s.sites)
	slices.Sort(s.cells)
}

func (s *town) statement(verb, rest string) {
	switch verb {
	case "reach":
		s.scan(rest, "%d steps", &s.steps)
	case "people":
		s.figures(rest, s.day)
	case "night":
		s.night = maps.Clone(s.day)
		s.figures(rest, s.night)
	case "day":
		s.dayOnly = s.letters(strings.TrimPrefix(rest, "only"))
	case "cost":
		s.figures(rest, s.cost)
	case "fixed", "forbidden":
		for _, r := range s.letters(rest) {
			s.choice[r] = map[string]siting.Choice{"fixed": siting.Fixed, "forbidden": siting.Forbidden}[verb]
		}
	case "group":
		g := siting.Group{}
		head, members, _ := strings.Cut(rest, ":")
		s.scan(head, "%s %d", &g.Name, &g.Limit)
		for _, r := range s.letters(members) {
			g.Sites = append(g.Sites, s.number(s.sites, r))
		}
		s.groups = append(s.groups, g)
	case "area":
		a := siting.Area{}
		head, members, _ := strings.Cut(rest, ":")
		var times string
		var percent int
		s.scan(head, "%s %d %% %s", &a.Name, &percent, &times)
		a.Floor, a.Times = siting.Share(percent*100), map[string]int{"once": 1, "twice": 2}[times]
		for _, r := range s.letters(members) {
			a.Cells = append(a.Cells, s.number(s.cells, r))
		}
		s.areas = append(s.areas, a)
	default:
		s.fatalf("%q is neither a statement nor a question", verb)
	}
}

// figures reads "a 100, b 250".
func (s *town) figures(text string, into map[rune]float64) {
	for part := range strings.SplitSeq(text, ",") {
		var name string
		var v float64
		s.scan(strings.TrimSpace(part), "%s %f", &name, &v)
		into[s.letters(name)[0]] = v
	}
}

func (s *town) letters(text string) []rune {
	var all []rune
	for _, r := range text {
		if r == ' ' {
			continue
		}
		if _, ok := s.at[r]; !ok {
			s.fatalf("%c is not on the map", r)
		}
		all = append(all, r)
	}
	return all
}

func (s *town) number(all []rune, r rune) int32 {
	i := slices.Index(all, r)
	if i < 0 {
		s.fatalf("%c is not one of %c", r, all)
	}
	return int32(i)
}

func (s *town) reaches(a, b rune) bool {
	d := func(i int) int { return max(s.at[a][i]-s.at[b][i], s.at[b][i]-s.at[a][i]) }
	return d(0)+d(1) <= s.steps
}

func (s *town) problem() *siting.Problem {
	p := &siting.Problem{Groups: s.groups, Areas: s.areas}
	for t, people := range []map[rune]float64{s.day, s.night} {
		if people == nil {
			continue
		}
		weights, base := make([]reach.Weight, len(s.cells)), make([]uint8, len(s.cells))
		for i, c := range s.cells {
			weights[i], _ = reach.NewWeight(people[c])
			for _, r := range s.stations {
				if s.reaches(c, r) && (t == 0 || !slices.Contains(s.dayOnly, r)) {
					base[i]++
				}
			}
		}
		p.Weights, p.Base = append(p.Weights, weights), append(p.Base, base)
	}
	for _, r := range s.sites {
		site := siting.Site{Cost: int64(s.cost[r] * 100), Choice: s.choice[r]}
		for i, c := range s.cells {
			if s.reaches(c, r) {
				site.Cells = append(site.Cells, int32(i))
			}
		}
		if slices.Contains(s.dayOnly, r) {
			site.Periods = []int32{0}
		}
		p.Sites = append(p.Sites, site)
	}
	return p
}

// question reads "2 sites, 300 yuan, worth 0 1" or "for 95 % of what can be".
func (s *town) question(verb, rest string) siting.Question {
	q := siting.Question{Kind: map[string]siting.Kind{"most": siting.MostCovered, "fewest": siting.FewestSites, "cheapest": siting.LeastCost}[verb]}
	for part := range strings.SplitSeq(rest, ",") {
		words := strings.Fields(part)
		switch {
		case words[0] == "worth":
			for _, w := range words[1:] {
				n, _ := strconv.Atoi(w)
				q.Worth = append(q.Worth, int64(n))
			}
		case words[0] == "for":
			percent, _ := strconv.Atoi(words[1])
			q.Target, q.OfCoverable = siting.Share(percent*100), len(words) > 3
		case words[1] == "sites":
			n, _ := strconv.Atoi(words[0])
			q.Sites = &n
		case words[1] == "yuan":
			yuan, _ := strconv.Atoi(words[0])
			q.Budget = new(int64(yuan) * 100)
		default:
			s.fatalf("%q is no part of a question", part)
		}
	}
	return q
}

func (s *town) answer(verb, rest string) []string {
	p, q := s.problem(), s.question(verb, rest)
	plan, err := siting.Solve(context.Background(), p, q, siting.Options{})
	if text, ok := fault.In(lang.ZH, err); ok {
		return []string{"cannot: " + text}
	} else if err != nil {
		s.fatalf("%v", err)
	}
	open := []string{"opens"}
	for _, j := range plan.Sites {
		open = append(open, string(s.sites[j]))
	}
	figure := func(v int64) string { return reach.Weight(v).String() }
	verdict := "no plan is better"
	if !plan.Proven {
		verdict = "not proven"
	}
	out := []string{strings.Join(open, " "), fmt.Sprintf("covers %s of %s, %s before; %v yuan; %s",
		figure(plan.Covered), figure(plan.Total), figure(plan.Before), float64(plan.Cost)/100, verdict)}
	for _, step := range plan.Steps {
		line := []string{fmt.Sprintf("%c adds %s", s.sites[step.Site], figure(step.Adds))}
		for _, r := range step.Rivals {
			than := "less"
			if r.Loss < 0 {
				than = "more"
			}
			line = append(line, fmt.Sprintf("%c for %s %s", s.sites[r.Site], figure(max(r.Loss, -r.Loss)), than))
		}
		out = append(out, strings.Join(line, "; "))
	}
	for i, a := range plan.Areas {
		out = append(out, fmt.Sprintf("%s %v of %v, needs %v", s.areas[i].Name, a.Covered, a.Total, a.Needed))
	}
	return out
}
