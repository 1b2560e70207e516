// Package canonical writes JSON in the one form of RFC 8785, so that what is
// equal has equal bytes and one hash.
//
//	text, err := canonical.JSON(v)
package canonical

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber()
	var b bytes.Buffer
	b.Grow(len(plain))
	if err := writeValue(&b, d); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one JSON value: %w", err)
	}
	return b.Bytes(), nil
}

func writeValue(b *bytes.Buffer, d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return writeArray(b, d)
		}
		return writeObject(b, d)
	case string:
		writeString(b, t)
	case json.Number:
		return writeNumber(b, t)
	case bool:
		b.WriteString(strconv.FormatBool(t))
	case nil:
		b.WriteString("null")
	}
	return nil
}

func writeArray(b *bytes.Buffer, d *json.Decoder) error {
	b.WriteByte('[')
	for first := true; d.More(); first = false {
		if !first {
			b.WriteByte(',')
		}
		if err := writeValue(b, d); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	_, err := d.Token()
	return err
}

type member struct {
	name  string
	value []byte
}

func writeObject(b *bytes.Buffer, d *json.Decoder) error {
	var members []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value bytes.Buffer
		if err := writeValue(&value, d); err != nil {
			return err
		}
		members = append(members, member{name.(string), value.Bytes()})
	}
	slices.SortFunc(members, func(x, y member) int { return compareNames(x.name, y.name) })
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			if m.name == members[i-1].name {
				return fmt.Errorf("two members %q", m.name)
			}
			b.WriteByte(',')
		}
		writeString(b, m.name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	_, err := d.Token()
	return err
}

// compareNames orders by UTF-16 units, which differs from the order of bytes
// only beyond the basic plane.
func compareNames(x, y string) int {
	if isASCII(x) && isASCII(y) {
		return cmp.Compare(x, y)
	}
	return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y)))
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// AppendString appends s as a JSON string.
func AppendString(to []byte, s string) []byte {
	b := bytes.NewBuffer(to)
	writeString(b, s)
	return b.Bytes()
}

func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\b':
			b.WriteString(`\b`)
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\f':
			b.WriteString(`\f`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if c < ' ' {
				fmt.Fprintf(b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
	}
	b.WriteByte('"')
}

// maxInteger is the largest of which every smaller integer is a double.
const maxInteger = 1 << 53

func writeNumber(b *bytes.Buffer, n json.Number) error {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil && -maxInteger <= i && i <= maxInteger {
		b.WriteString(strconv.FormatInt(i, 10)) // also makes 0 of -0
		return nil
	}
	f, err := n.Float64()
	if err != nil {
		return err
	}
	if !strings.ContainsAny(n.String(), ".eE") {
		return fmt.Errorf("the integer %s is beyond 2^53: write it as a string", n)
	}
	// The package encoding/json prints a float64 as ECMAScript does.
	text, err := json.Marshal(f + 0) // the sum makes 0 of -0
	b.Write(text)
	return err
}
