package password

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/fault"
)

// Policy says which passwords may be chosen. Its zero value admits any that is
// not empty.
type Policy struct {
	MinLength int  // in characters
	Classes   int  // of lower case, upper case, digits and all else, how many must occur
	Common    bool // whether the common ones are refused
	Former    int  // how many former ones are refused
	MaxDays   int  // after how many days a new one is due; 0: never
}

// maxBytes bounds what is hashed for somebody who is not known yet.
const maxBytes = 512

// Normal is the one form in which a password is hashed: NFKC, so that full-width
// letters of a Chinese keyboard are the letters they look like.
func Normal(s string) string { return norm.NFKC.String(s[:min(len(s), maxBytes)]) }

// Check returns a fault.Invalid that says what is wrong with a password that
// somebody chose. Words are what it must not be made of: their name and login.
func (p Policy) Check(chosen string, words ...string) error {
	s := Normal(chosen)
	switch n := utf8.RuneCountInString(s); {
	case len(chosen) > maxBytes:
		return fault.New(fault.Invalid, "密码太长：最多 %d 个字节。", "The password is too long: %d bytes at most.", maxBytes)
	case n < max(1, p.MinLength):
		return fault.New(fault.Invalid, "密码太短：至少 %[1]d 个字符，现在是 %[2]d 个。可以用一句自己记得住的话。",
			"The password is too short: at least %[1]d characters, this one has %[2]d. A sentence that you remember will do.", max(1, p.MinLength), n)
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		return fault.New(fault.Invalid, "密码里有看不见的控制字符，请重新输入。", "The password has invisible control characters. Type it again.")
	case classes(s) < p.Classes:
		return fault.New(fault.Invalid, "密码要含小写字母、大写字母、数字、其他字符中的至少 %d 种。", "The password needs at least %d of: lower case, upper case, digits, other characters.", p.Classes)
	case p.Common && common(s, words):
		return fault.New(fault.Invalid, "这个密码太常见，或由姓名、账号加几个字符组成，很容易被猜到。请换一个。",
			"This password is a common one, or a name or login with a few characters added: it is easily guessed. Choose another.")
	}
	return nil
}

func classes(s string) int {
	var seen [4]bool
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			seen[0] = true
		case unicode.IsUpper(r):
			seen[1] = true
		case unicode.IsDigit(r):
			seen[2] = true
		default:
			seen[3] = true
		}
	}
	n := 0
	for _, s := range seen {
		if s {
			n++
		}
	}
	return n
}

//go:embed common.txt
var list string

// commonWords is sorted as the file is. It is read when the first password is chosen.
var commonWords = sync.OnceValue(func() []string {
	words := strings.Fields(list[strings.LastIndex(list, "\n#\n")+3:]) // past the heading
	slices.Sort(words)
	return words
})

// added is how many characters before or after a common password do not make it
// another: Password2026! is password.
const added = 5

// common reports whether s is a common password, or little more than one or than
// one of the given words.
func common(s string, words []string) bool {
	s = strings.ToLower(s)
	if isCommon(s) || repeats(s) {
		return true
	}
	core := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if utf8.RuneCountInString(s)-utf8.RuneCountInString(core) <= added && isCommon(core) {
		return true
	}
	for _, w := range words {
		w = strings.ToLower(Normal(w))
		if utf8.RuneCountInString(w) >= 3 && strings.Contains(s, w) && utf8.RuneCountInString(s)-utf8.RuneCountInString(w) <= added {
			return true
		}
	}
	return false
}

func isCommon(s string) bool {
	_, found := slices.BinarySearch(commonWords(), s)
	return found
}

// repeats reports whether s is one short piece again and again, or the keys of a
// row one after another.
func repeats(s string) bool {
	for n := 1; n <= 4 && n*2 <= len(s); n++ {
		if strings.Repeat(s[:n], len(s)/n+1)[:len(s)] == s {
			return true
		}
	}
	for _, row := range []string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"} {
		if strings.Contains(row, s) || strings.Contains(row, reverse(s)) {
			return true
		}
	}
	return false
}

func reverse(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}
