// Package canonical writes JSON in the one form of RFC 8785, so that what is
// equal has equal bytes and one hash.
//
//	text, err := canonical.JSON(v)
package canonical

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns v without white space, members sorted by the UTF-16 units of
// their names, only the escapes that JSON demands, numbers as ECMAScript prints
// them. HTML is not escaped: that is for who shows it.
//
// A number is a double in RFC 8785, so an integer beyond ±2^53 has no form and
// is refused; write such a number as a string.
func JSON(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	// What Marshal writes is valid and without white space: it is only to be put
	// into order, which takes a fraction of reading it as tokens.
	s := scanner{rest: plain}
	return s.value(make([]byte, 0, len(plain)))
}

// scanner goes through valid JSON without white space.
type scanner struct{ rest []byte }

// value appends the value that comes next.
func (s *scanner) value(to []byte) ([]byte, error) {
	switch s.rest[0] {
	case '{':
		return s.object(to)
	case '[':
		return s.array(to)
	case '"':
		raw := s.text()
		if bytes.IndexByte(raw, '\\') < 0 {
			return append(to, raw...), nil
		}
		text, err := unquoted(raw)
		return AppendString(to, text), err
	}
	n := bytes.IndexAny(s.rest, ",]}")
	if n < 0 {
		n = len(s.rest)
	}
	raw := s.rest[:n]
	s.rest = s.rest[n:]
	if raw[0] == 't' || raw[0] == 'f' || raw[0] == 'n' {
		return append(to, raw...), nil
	}
	return appendNumber(to, json.Number(raw))
}

// text takes a string with its quotes.
func (s *scanner) text() []byte {
	for i := 1; ; i++ {
		i += bytes.IndexByte(s.rest[i:], '"')
		// A quotation mark is the end unless an odd number of backslashes is before it.
		before := i
		for s.rest[before-1] == '\\' {
			before--
		}
		if (i-before)%2 == 0 {
			raw := s.rest[:i+1]
			s.rest = s.rest[i+1:]
			return raw
		}
	}
}

func unquoted(raw []byte) (text string, err error) {
	err = json.Unmarshal(raw, &text)
	return text, err
}

// more passes over a comma, and reports the end of an array or object.
func (s *scanner) more(end byte) bool {
	c := s.rest[0]
	if c == end || c == ',' {
		s.rest = s.rest[1:]
	}
	return c != end
}

func (s *scanner) array(to []byte) ([]byte, error) {
	s.rest = s.rest[1:]
	to = append(to, '[')
	for first := true; s.more(']'); first = false {
		if !first {
			to = append(to, ',')
		}
		var err error
		if to, err = s.value(to); err != nil {
			return nil, err
		}
	}
	return append(to, ']'), nil
}

// member is one of an object: its name without quotes, and where the whole lies.
type member struct {
	name     []byte
	from, to int
}

// object appends the members as they come, which is in order more often than not, and
// puts them into order where it is not.
func (s *scanner) object(to []byte) ([]byte, error) {
	s.rest = s.rest[1:]
	to = append(to, '{')
	var few [12]member
	members, sorted := few[:0], true
	for s.more('}') {
		if len(members) > 0 {
			to = append(to, ',')
		}
		m := member{from: len(to)}
		raw := s.text()
		if bytes.IndexByte(raw, '\\') < 0 {
			m.name, to = raw[1:len(raw)-1], append(to, raw...)
		} else {
			name, err := unquoted(raw)
			if err != nil {
				return nil, err
			}
			m.name, to = []byte(name), AppendString(to, name)
		}
		s.rest = s.rest[1:] // the colon
		var err error
		if to, err = s.value(append(to, ':')); err != nil {
			return nil, err
		}
		m.to = len(to)
		if n := len(members); n > 0 && compareNames(members[n-1].name, m.name) >= 0 {
			sorted = false
		}
		members = append(members, m)
	}
	if !sorted {
		if err := order(to, members); err != nil {
			return nil, err
		}
	}
	return append(to, '}'), nil
}

// order puts members of an object into the order of their names.
func order(text []byte, members []member) error {
	first := members[0].from
	was := slices.Clone(text[first:])
	slices.SortFunc(members, func(x, y member) int { return compareNames(x.name, y.name) })
	to := text[:first]
	for i, m := range members {
		if i > 0 {
			if bytes.Equal(m.name, members[i-1].name) {
				return fmt.Errorf("two members %q", m.name)
			}
			to = append(to, ',')
		}
		to = append(to, was[m.from-first:m.to-first]...)
	}
	return nil
}

// compareNames orders by UTF-16 units, which differs from the order of bytes
// only beyond the basic plane.
func compareNames(x, y []byte) int {
	if isASCII(x) && isASCII(y) {
		return bytes.Compare(x, y)
	}
	return slices.Compare(utf16.Encode([]rune(string(x))), utf16.Encode([]rune(string(y))))
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// AppendString appends s as a JSON string.
func AppendString(to []byte, s string) []byte {
	to = append(to, '"')
	plain := 0 // what is not appended yet begins here
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, s[plain:i]...)
		plain = i + 1
		switch c {
		case '"', '\\':
			to = append(to, '\\', c)
		case '\b':
			to = append(to, `\b`...)
		case '\t':
			to = append(to, `\t`...)
		case '\n':
			to = append(to, `\n`...)
		case '\f':
			to = append(to, `\f`...)
		case '\r':
			to = append(to, `\r`...)
		default:
			to = fmt.Appendf(to, `\u%04x`, c)
		}
	}
	return append(append(to, s[plain:]...), '"')
}

// maxInteger is the largest of which every smaller integer is a double.
const maxInteger = 1 << 53

func appendNumber(to []byte, n json.Number) ([]byte, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil && -maxInteger <= i && i <= maxInteger {
		return strconv.AppendInt(to, i, 10), nil // also makes 0 of -0
	}
	f, err := n.Float64()
	if err != nil {
		return nil, err
	}
	if !strings.ContainsAny(n.String(), ".eE") {
		return nil, fmt.Errorf("the integer %s is beyond 2^53: write it as a string", n)
	}
	// The package encoding/json prints a float64 as ECMAScript does.
	text, err := json.Marshal(f + 0) // the sum makes 0 of -0
	return append(to, text...), err
}
