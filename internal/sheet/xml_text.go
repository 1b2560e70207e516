package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// unescape appends text to out with its entities resolved and its line breaks as
// XML gives them.
func unescape(out, text []byte) ([]byte, error) {
	if !utf8.Valid(text) {
		return out, errMarkup
	}
	for {
		i := bytes.IndexAny(text, "&\r")
		if i < 0 {
			return append(out, text...), nil
		}
		out = append(out, text[:i]...)
		if text = text[i:]; text[0] == '\r' {
			out, text = append(out, '\n'), bytes.TrimPrefix(text[1:], []byte{'\n'})
			continue
		}
		end := bytes.IndexByte(text, ';')
		if end < 0 {
			return out, errMarkup
		}
		r, ok := entity(string(text[1:end]))
		if !ok {
			return out, errMarkup
		}
		out, text = utf8.AppendRune(out, r), text[end+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && n > 0 && utf8.ValidRune(rune(n))
}
