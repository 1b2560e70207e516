package reach_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo/osm"
)

// The files recount_*_test.go are a second program, written from docs/streets.md
// alone and as plainly as can be: it reads the tables of that page, cuts and
// measures streets as the page says, and searches with a textbook's queue. Of the
// product it uses the reader of OpenStreetMap files and nothing else, so that
// where both agree the page tells all that a reader needs.

// printedRule is a row of a table.
type printedRule struct {
	tags   map[string][]string // none: the key must be absent
	effect string
}

// printedRules are the three tables of a traveller.
type printedRules struct{ ways, directions, barriers []printedRule }

func readRules(t *testing.T, traveller string) printedRules {
	t.Helper()
	page, err := os.ReadFile("../../../docs/streets.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(page), "<!-- rules "+traveller+" en -->\n")
	tables, _, ended := strings.Cut(after, "<!-- end -->")
	if !ok || !ended {
		t.Fatalf("no tables of %q", traveller)
	}
	var rules printedRules
	table := map[string]*[]printedRule{
		"**Which ways**": &rules.ways, "**Which direction**": &rules.directions, "**Barriers on the way**": &rules.barriers,
	}
	var into *[]printedRule
	for line := range strings.Lines(tables) {
		if named := table[strings.TrimSpace(line)]; named != nil {
			into = named
		}
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		*into = append(*into, printedRule{readTags(t, strings.Trim(strings.TrimSpace(cells[1]), "`")), strings.TrimSpace(cells[2])})
	}
	if len(rules.ways) < 10 || len(rules.directions) < 2 || len(rules.barriers) < 5 {
		t.Fatalf("the tables of %q have too few rows: %+v", traveller, rules)
	}
	return rules
}

// readTags reads what must hold: `highway=trunk, trunk_link tunnel=yes sidewalk!`.
func readTags(t *testing.T, text string) map[string][]string {
	t.Helper()
	tags := map[string][]string{}
	last := ""
	for word := range strings.FieldsSeq(text) {
		word, more := strings.TrimSuffix(word, ","), last
		if key, absent := strings.CutSuffix(word, "!"); absent {
			tags[key] = nil
			continue
		}
		if key, value, ok := strings.Cut(word, "="); ok {
			more, word = key, value
		}
		if more == "" {
			t.Fatalf("a value without a key in %q", text)
		}
		last = more
		tags[more] = append(tags[more], word)
	}
	return tags
}

func (r printedRule) holds(t osm.Tags) bool {
	for key, values := range r.tags {
		switch value := t.Get(key); {
		case len(values) == 0 && value != "", len(values) > 0 && value == "":
			return false
		case len(values) > 0 && values[0] != "*" && !slices.Contains(values, value):
			return false
		}
	}
	return true
}

// first returns the effect of the first rule that holds.
func first(rules []printedRule, t osm.Tags, otherwise string) string {
	for _, r := range rules {
		if r.holds(t) {
			return r.effect
		}
	}
	return otherwise
}
