package sheet

import (
	"strings"
	"unicode/utf8"
)

// Guard returns a text that no spreadsheet program runs: one that begins like a
// formula gets an apostrophe in front, and so does one that begins with
// apostrophes before that. Unguard undoes it exactly.
func Guard(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// Unguard returns the text that Guard was given.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(rest) {
		return rest
	}
	return s
}

// formula goes by the first letter after apostrophes. Chinese and Japanese
// programs take the full-width signs for the plain ones; | and % begin a command
// to another program in old ones.
func formula(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	return strings.ContainsRune("=+-@\t\r\n|%＝＋－＠％｜", r)
}
