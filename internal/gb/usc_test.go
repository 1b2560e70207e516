package gb_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/gb"
)

// The first is the example of GB 32100-2015; each other breaks one rule.
func TestCheckUSC(t *testing.T) {
	if err := gb.CheckUSC("91350100M000100Y43"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "91350100M000100Y4", "91350100M000100Y44", "91350100M000100Y34", "91350100I000100Y43", "91350100m000100Y43", "９1350100M000100Y43"} {
		if err := gb.CheckUSC(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	// No single character can be another.
	const good = "91350100M000100Y43"
	for i := range good {
		for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
			if wrong := good[:i] + string(c) + good[i+1:]; wrong != good && gb.CheckUSC(wrong) == nil {
				t.Errorf("%s was taken", wrong)
			}
		}
	}
}
