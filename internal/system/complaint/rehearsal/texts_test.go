package rehearsal

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// What is made up names nobody: rules find no personal data in it but the doors that some letters give, so that there is
// something to cover. A digest is short and says what a unit needs, and an answer is what an office would say.
func TestTexts(t *testing.T) {
	home, err := gb.Parse("630100")
	if err != nil {
		t.Fatal(err)
	}
	doors := 0
	for evening := range evenings {
		_, all := batch(home, "20231123", evening+1)
		for _, one := range all {
			for _, s := range redact.Find(one.Text) {
				doors++
				if s.Kind != redact.Door || !s.Sure {
					t.Errorf("%q is found in %s", s.Text, one.Text)
				}
			}
			if n := len([]rune(one.digest)); n < 10 || n > 200 {
				t.Errorf("a digest has %d characters: %s", n, one.digest)
			}
			for _, p := range one.points {
				for _, text := range append([]string{p.name, p.site, p.fact, p.order, p.did, p.not, p.waits, p.aim}, p.plan...) {
					if found := redact.Find(text); len(found) > 0 {
						t.Errorf("%q is found in %s", found[0].Text, text)
					}
					if strings.Contains(text, "@") || strings.HasSuffix(text, "。") {
						t.Errorf("not as it is put together: %s", text)
					}
				}
				if p.story < inHand && (p.fact == "" || p.story != untrue && (p.order == "" || p.aim == "" || len(p.plan) == 0)) {
					t.Errorf("nothing is said of %s", p.name)
				}
			}
		}
	}
	if doors == 0 {
		t.Error("no letter gives a door")
	}
}
