package lang

import (
	"encoding/hex"
	"iter"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Choice is one entry of a catalogue, such as one size of station. Its Key is
// stored and in the API, so it never changes; the other names are what imports
// may write.
type Choice struct {
	Key  string
	Name Text
	Also []string
	More Text // what else is to be said of it, as a brand's partner
}

// ByKey returns the one of all that has a key, and the zero one if none has.
func ByKey[T interface{ Key() string }](all iter.Seq[T], key string) (T, bool) {
	for one := range all {
		if one.Key() == key {
			return one, true
		}
	}
	var none T
	return none, false
}

// FindChoice returns the place of the choice that goes by s.
func FindChoice(choices []Choice, s string) (int, bool) {
	s = strings.TrimSpace(s)
	for i, o := range choices {
		if strings.EqualFold(s, o.Key) || s == o.Name.ZH || strings.EqualFold(s, o.Name.EN) {
			return i, true
		}
		for _, a := range o.Also {
			if strings.EqualFold(s, a) {
				return i, true
			}
		}
	}
	return 0, false
}

// ChoiceNames lists the names of a catalogue, for a message.
func ChoiceNames(choices []Choice) Text {
	var t Text
	for i, o := range choices {
		if i > 0 {
			t.ZH, t.EN = t.ZH+"、", t.EN+", "
		}
		t.ZH, t.EN = t.ZH+o.Name.ZH, t.EN+o.Name.EN
	}
	return t
}

// AllChoices returns the values of a catalogue's own type.
func AllChoices[T ~uint8](choices []Choice) []T {
	out := make([]T, len(choices))
	for i := range out {
		out[i] = T(i)
	}
	return out
}

// NameOrder is a text that sorts as name should, on every engine and whatever
// its locale: the name's GB 18030, which has the common characters by pinyin as
// Chinese spreadsheets sort them, in hexadecimal.
func NameOrder(name string) string {
	// No text fails: what is no character becomes a question mark.
	gb, _ := encoding.ReplaceUnsupported(simplifiedchinese.GB18030.NewEncoder()).String(strings.ToLower(name))
	return hex.EncodeToString([]byte(gb))
}
