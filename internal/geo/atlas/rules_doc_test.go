package atlas_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
)

// estimateGuide is the page that tells people how the estimate is made. Its
// tables stand between lines like <!-- estimate zh --> and <!-- end -->.
const estimateGuide = "../../../docs/estimate.md"

// The guide prints the very coefficients that the import counts by; make golden
// rewrites its tables after one has changed.
func TestGuideHasTheCoefficients(t *testing.T) {
	guide, err := os.ReadFile(estimateGuide)
	if err != nil {
		t.Fatal(err)
	}
	want := string(guide)
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		before, rest, ok := strings.Cut(want, "<!-- estimate "+l.Tag()[:2]+" -->\n")
		_, after, ended := strings.Cut(rest, "<!-- end -->")
		if !ok || !ended {
			t.Fatalf("%s has no tables in %s", estimateGuide, l.Tag())
		}
		want = before + "<!-- estimate " + l.Tag()[:2] + " -->\n\n" + atlas.EstimateRules(l) + "<!-- end -->" + after
	}
	if os.Getenv("XIADU_GOLDEN") != "" {
		if err := os.WriteFile(estimateGuide, []byte(want), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(guide)); diff != "" {
		t.Errorf("%s is not what the coefficients say (-coefficients +guide); make golden writes it anew:\n%s", estimateGuide, diff)
	}
}
