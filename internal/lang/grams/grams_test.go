package grams_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/lang/grams"
)

// The index finds what reading every text finds: in any script, of any length,
// with what LIKE would take for a wildcard, and across no line.
func TestIndexFindsWhatReadingFinds(t *testing.T) {
	letter := rapid.SampledFrom([]rune("驿站站城中区路１２12aAbｂ%_\\·é𠮷🚚\n "))
	texts := rapid.SliceOfN(rapid.StringOfN(letter, 0, 12, -1), 0, 150)
	words := rapid.SliceOfN(rapid.StringOfN(letter, 0, 4, -1), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		texts, words := texts.Draw(t, "texts"), words.Draw(t, "words")
		set := grams.New(texts).All(words)
		var got, want []int
		set.Each(func(i int) { got = append(got, i) })
		for i, text := range texts {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.ContainsFunc(w, unicode.IsSpace) || !strings.Contains(text, w) }) {
				want = append(want, i)
			}
		}
		if !slices.Equal(got, want) || set.Len() != len(want) {
			t.Fatalf("%q in %q: %v, want %v", words, texts, got, want)
		}
	})
}

// What is no text is found nowhere.
func TestIndexOfWhatIsNoText(t *testing.T) {
	x := grams.New([]string{"驿站", "a\xffb"})
	for _, word := range []string{"\xff", "\xe9\xa9", "a\xff"} {
		if n := x.All([]string{word}).Len(); n != 0 {
			t.Errorf("%q is in %d texts", word, n)
		}
	}
	if n := x.All(nil).Len(); n != 2 {
		t.Errorf("no words are in %d texts", n)
	}
}
