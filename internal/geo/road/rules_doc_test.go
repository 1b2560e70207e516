package road_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
)

// streetsGuide is the page that tells people which streets count. Its tables
// stand between lines like <!-- rules walk zh --> and <!-- end -->.
const streetsGuide = "../../../docs/streets.md"

// The guide prints the very rules that the import obeys; make golden rewrites
// its tables after a rule has changed.
func TestGuideHasTheRules(t *testing.T) {
	guide, err := os.ReadFile(streetsGuide)
	if err != nil {
		t.Fatal(err)
	}
	want := string(guide)
	for _, p := range []road.Profile{road.Walking(0), road.Ebike(0)} {
		for _, l := range []lang.Lang{lang.ZH, lang.EN} {
			want = withTable(t, want, "<!-- rules "+p.Name+" "+l.Tag()[:2]+" -->\n", road.Rules(p, l))
		}
	}
	if os.Getenv("XIADU_GOLDEN") != "" {
		if err := os.WriteFile(streetsGuide, []byte(want), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(guide)); diff != "" {
		t.Errorf("%s is not what the rules say (-rules +guide); make golden writes it anew:\n%s", streetsGuide, diff)
	}
}

// withTable returns page with table between the line begin and the next end.
func withTable(t *testing.T, page, begin, table string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, "<!-- end -->")
	if !ok || !ended {
		t.Fatalf("%s has no table of %q", streetsGuide, begin)
	}
	return before + begin + "\n" + table + "<!-- end -->" + after
}
