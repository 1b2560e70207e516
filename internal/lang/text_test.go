package lang_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/lang"
)

// A text can be made to look like another by marks that nobody sees.
func TestWhatCannotBeSeenIsShownAsABox(t *testing.T) {
	for _, r := range "\x00\t\n\x7f\u0085\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd\u200b\u2060\ufeff\u00ad\u180e" {
		if !lang.Unprintable(r) {
			t.Errorf("%U may stand in a form", r)
		}
		if got := lang.Short("甲" + string(r) + "乙"); got != "甲□乙" {
			t.Errorf("%U is shown as %q", r, got)
		}
		if text, ok := lang.CheckText("甲"+string(r), 10); ok || !strings.Contains(text.ZH, "“甲□”") {
			t.Errorf("%U: %v", r, text)
		}
	}
	if lang.Unprintable('\u200d') || lang.Unprintable('\u200c') {
		t.Error("the joiners of Mongolian may not stand in a form")
	}
	if got := lang.Short("工行驿站 №1 — “东”"); got != "工行驿站 №1 — “东”" {
		t.Error(got)
	}
	if got := lang.Short(strings.Repeat("驿", 40)); got != strings.Repeat("驿", 30)+"…" {
		t.Error(got)
	}
}

func TestSeveralLines(t *testing.T) {
	for text, want := range map[string][2]bool{"夜里有味": {true, true}, "夜里有味\r\n白天也有": {false, true}, "a\tb": {false, true}, "a\x00b": {false, false}, "a\u202eb": {false, false}, "太长太长太长太长太长太长": {false, false}} {
		_, one := lang.CheckText(text, 10)
		_, several := lang.CheckLines(text, 10)
		if one != want[0] || several != want[1] {
			t.Errorf("%q: %t %t, not %v", text, one, several, want)
		}
	}
}
