package ask

import (
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/system/station/words"
)

// Choose reads one choice of a catalogue; an empty one is no choice.
func Choose[T any](q url.Values, name string, parse func(string) (T, bool), to **T) error {
	s := q.Get(name)
	if s == "" {
		return nil
	}
	choice, ok := parse(s)
	if !ok {
		return words.UnknownChoice(name, s)
	}
	*to = &choice
	return nil
}

// FieldsOf splits what people separate by commas, spaces or lines.
func FieldsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，、;；\r\n\t", r) })
}
