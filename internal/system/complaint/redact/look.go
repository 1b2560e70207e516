package redact

import (
	"slices"
	"unicode"
)

// plain is a text in which a rule can look: a rune for each of the original, full-width signs as
// the plain ones.
type plain struct {
	runes []rune
	at    []int  // byte of the original at which a rune begins, and the end
	text  string // of runes
	rune  []int  // which rune a byte of text belongs to, and the end
	found []Span
}

func plainOf(s string) *plain {
	p := &plain{}
	var text []byte
	for i, r := range s {
		r = folded(r)
		n := len(text)
		text = append(text, string(r)...)
		for range len(text) - n {
			p.rune = append(p.rune, len(p.runes))
		}
		p.runes, p.at = append(p.runes, r), append(p.at, i)
	}
	p.text = string(text)
	p.at, p.rune = append(p.at, len(s)), append(p.rune, len(p.runes))
	return p
}

// folded is a sign in its usual width.
func folded(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r >= '𝟎' && r <= '𝟿': // five alphabets of digits
		return '0' + (r-'𝟎')%10
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r != '\n' && r != '\r' && unicode.IsSpace(r), r == '\u3000':
		return ' '
	}
	return r
}

// get is a rune, or 0 outside of the text.
func (p *plain) get(i int) rune {
	if i < 0 || i >= len(p.runes) {
		return 0
	}
	return p.runes[i]
}

// add notes what a rule found from one rune to another; what overlaps something that an earlier rule
// found is left to that.
func (p *plain) add(from, to int, s Span) {
	s.From, s.To = p.at[from], p.at[to]
	if from >= to || slices.ContainsFunc(p.found, func(o Span) bool { return o.From < s.To && s.From < o.To }) {
		return
	}
	p.found = append(p.found, s)
}

// before is what stands before a rune: some runes, and none of another sentence.
func (p *plain) before(i, most int) string {
	from := i
	for from > 0 && i-from < most && !slices.Contains([]rune("。;!?\n"), p.runes[from-1]) {
		from--
	}
	return string(p.runes[from:i])
}

// look is one look at a text by every rule, the narrower first: what it is sure of and what not.
func look(s string) []Span {
	p := plainOf(s)
	p.mails()
	p.accounts()
	p.positions()
	p.plates()
	p.numbers()
	p.doors()
	people{p}.names()
	for i := range p.found {
		p.found[i].Text = s[p.found[i].From:p.found[i].To]
	}
	slices.SortFunc(p.found, func(a, b Span) int { return a.From - b.From })
	return p.found
}
