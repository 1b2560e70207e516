package lang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckText says what is wrong with a text that somebody wrote: that it is longer
// than so many characters, or holds what no form should. HTML and SQL are just
// text: it is for those who show or store it to do so safely.
func CheckText(s string, limit int) (Text, bool) { return check(s, limit, Unprintable) }

// CheckLines is CheckText for a field of several lines.
func CheckLines(s string, limit int) (Text, bool) {
	return check(s, limit, func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && Unprintable(r) })
}

func check(s string, limit int, refused func(rune) bool) (Text, bool) {
	if n := utf8.RuneCountInString(s); n > limit {
		return Text{ZH: "“" + Short(s) + "”太长：最多 " + strconv.Itoa(limit) + " 个字", EN: "“" + Short(s) + "” is too long: " + strconv.Itoa(limit) + " characters at most"}, false
	}
	if strings.ContainsFunc(s, refused) || !utf8.ValidString(s) {
		return Text{ZH: "“" + Short(s) + "”含有看不见的控制字符：请删除后重新输入", EN: "“" + Short(s) + "” has invisible control characters: remove them and type it again"}, false
	}
	return Text{}, true
}

// Unprintable reports what no form should hold: control characters, and what is not seen
// at all, as marks that turn the direction of writing and spaces of no width, with which a
// text can be made to look like another. The joiners of Mongolian and Uyghur are letters' own.
func Unprintable(r rune) bool {
	if unicode.Is(unicode.Cf, r) {
		return r != '\u200c' && r != '\u200d'
	}
	return unicode.IsControl(r) || r == utf8.RuneError
}

// Short returns the beginning of what somebody wrote, for a message; what cannot
// be seen in it is shown as a box.
func Short(s string) string {
	s = strings.Map(func(r rune) rune {
		if Unprintable(r) {
			return '□'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}
