package ask

import (
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// Choose reads one choice of a catalogue; an empty one is no choice, and so is one that
// is wrong.
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

// Sort reads the order of a list, with - before it from the end; one that is wrong leaves
// the list in its usual order.
func Sort[T any](q url.Values, parse func(string) (T, bool), to *T, reverse *bool) error {
	s := q.Get("sort")
	if s == "" {
		return nil
	}
	key, back := strings.CutPrefix(s, "-")
	order, ok := parse(key)
	if !ok {
		return words.UnknownChoice("sort", s)
	}
	*to, *reverse = order, back
	return nil
}

// SearchText reads q, the words that a list is searched for.
func SearchText(q url.Values) (string, error) {
	text := strings.TrimSpace(q.Get("q"))
	if len([]rune(text)) > MaxText {
		return "", fault.At("q", fault.New(fault.Invalid, "要找的文字太长：最多 %d 个字。", "The text to look for is too long: %d characters at most.", MaxText))
	}
	return text, nil
}

// Within reads the division that a list is kept to; the zero one is everywhere.
func Within(q url.Values) (gb.Division, error) {
	code := q.Get("division")
	if code == "" {
		return gb.Division{}, nil
	}
	division, err := gb.Parse(code)
	return division, fault.At("division", err)
}

// FieldsOf splits what people separate by commas, spaces or lines.
func FieldsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，、;；\r\n\t", r) })
}
