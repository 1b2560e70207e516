// Command testsum reads the events of "go test -json" and tells a person what
// happened: a line per package, the output of what failed, every skipped test
// with its reason, and the counts last. It exits with 1 when anything failed.
//
// A test that has subtests is not counted itself, so that the counts are of
// things that were checked.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is one line of "go test -json"; see "go doc test2json".
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output, in place of Package
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

type key struct{ pkg, test string }

type summary struct {
	out     io.Writer
	results map[key]string // pass, fail or skip
	output  map[key]*strings.Builder
	broken  int // packages that failed outside any of their tests
}

func main() {
	s := summary{out: os.Stdout, results: map[key]string{}, output: map[key]*strings.Builder{}}
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	if s.report() {
		os.Exit(1)
	}
}

func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20) // one line of output can be a whole page
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(s.out, lines.Text()) // the go command's own words
			continue
		}
		s.take(e)
	}
	return lines.Err()
}

func (s *summary) take(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "output":
		if s.output[k] == nil {
			s.output[k] = &strings.Builder{}
		}
		s.output[k].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test != "" {
			s.results[k] = e.Action
			return
		}
		s.finish(e)
	}
}

// finish prints the line of a package, and what its failed tests said.
func (s *summary) finish(e event) {
	if e.Action == "skip" { // no test files
		return
	}
	fmt.Fprintf(s.out, "%-4s %6.1fs  %s\n", e.Action, e.Elapsed, e.Package)
	if e.Action == "pass" {
		return
	}
	failed := s.with("fail", e.Package)
	if len(failed) == 0 {
		s.broken++
		failed = []key{{e.Package, ""}}
	}
	for _, k := range failed {
		if out := s.output[k]; out != nil {
			fmt.Fprintf(s.out, "%s\n", out)
		}
	}
}

// with lists the tests of a package (of all, if pkg is "") that ended so,
// leaving out those that have subtests.
func (s *summary) with(result, pkg string) []key {
	parents := map[key]bool{}
	for k := range s.results {
		for i, c := range k.test {
			if c == '/' {
				parents[key{k.pkg, k.test[:i]}] = true
			}
		}
	}
	var list []key
	for k, r := range s.results {
		// A parent that failed while its subtests passed did so itself.
		if r == result && (pkg == "" || k.pkg == pkg) && (!parents[k] || result == "fail" && !s.failedBelow(k)) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b key) int { return strings.Compare(a.pkg+" "+a.test, b.pkg+" "+b.test) })
	return list
}

func (s *summary) failedBelow(parent key) bool {
	for k, r := range s.results {
		if r == "fail" && k.pkg == parent.pkg && strings.HasPrefix(k.test, parent.test+"/") {
			return true
		}
	}
	return false
}

// report prints the skipped tests by reason and the counts, and tells whether
// anything failed.
func (s *summary) report() bool {
	skipped := s.with("skip", "")
	reasons := map[string][]key{}
	for _, k := range skipped {
		reasons[s.reason(k)] = append(reasons[s.reason(k)], k)
	}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(s.out, "skipped: %s\n", why)
		for _, k := range reasons[why] {
			fmt.Fprintf(s.out, "         %s %s\n", k.pkg, k.test)
		}
	}
	failed := s.with("fail", "")
	for _, k := range failed {
		fmt.Fprintf(s.out, "FAILED:  %s %s\n", k.pkg, k.test)
	}
	bad := len(failed) + s.broken
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", len(s.with("pass", "")), bad, len(skipped))
	return bad > 0
}

var said = regexp.MustCompile(`^\s*\S+_test\.go:\d+: (.*)`)

// reason is the last thing a skipped test logged.
func (s *summary) reason(k key) string {
	why := "no reason given"
	if out := s.output[k]; out != nil {
		for line := range strings.Lines(out.String()) {
			if m := said.FindStringSubmatch(line); m != nil {
				why = strings.TrimSpace(m[1])
			}
		}
	}
	return why
}
