// Package grams finds the texts in which words stand anywhere, among hundreds of
// thousands and without reading them all, in any script: a Chinese word has no
// spaces around it and is often of one or two characters.
//
// An Index knows, for every character and every two neighbours, the texts that
// have them: words of one or two characters are answered by that alone. Of a
// longer one all its pairs must be there, and the few texts that have them all are
// read. A text may have several lines; what a word may not have in it, blanks and
// ends of lines, is never looked for.
package grams

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Index finds texts by the words in them. It is immutable.
type Index struct {
	texts  []string
	places map[uint64]int32 // of a gram in the lists
	lists  []list
}

// list is the texts that have a gram: by number, ascending, or, where many have
// it, as a Set, which is shorter then.
type list struct {
	numbers []int32
	set     Set
}

// Set is numbers of texts, a bit each.
type Set []uint64

// newSet returns the set of the first n numbers.
func newSet(n int) Set {
	s := make(Set, (n+63)/64)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if n%64 != 0 {
		s[len(s)-1] >>= 64 - n%64
	}
	return s
}

// Has tells whether a number is in the set.
func (s Set) Has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

// Drop takes a number out.
func (s Set) Drop(i int) { s[i/64] &^= 1 << (i % 64) }

// Len counts the numbers.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Each calls f with every number, ascending; f may drop it.
func (s Set) Each(f func(i int)) {
	for at, w := range s {
		for ; w != 0; w &= w - 1 {
			f(at*64 + bits.TrailingZeros64(w))
		}
	}
}

// gram is a character, or one and the next. None begins with 0.
func gram(a, b rune) uint64 { return uint64(a)<<32 | uint64(b) }

// each calls f with the grams of a text: every character and every two
// neighbours, but for those with a blank.
func each(text string, f func(uint64)) {
	before := rune(0)
	for _, r := range text {
		if unicode.IsSpace(r) {
			before = 0
			continue
		}
		f(gram(r, 0))
		if before != 0 {
			f(gram(before, r))
		}
		before = r
	}
}

// denser is how many times more than its share of a Set's words a list must be
// before it is kept as one: from there on a Set is the smaller.
const denser = 32

// New indexes texts. It keeps them.
func New(texts []string) *Index {
	x := &Index{texts: texts, places: map[uint64]int32{}}
	var counts, last []int32 // of each gram: the texts that have it, and the last of them, from 1
	found := make([]int32, 0, 64*len(texts))
	ends := make([]int, 0, len(texts)) // in found, of each text
	for n, text := range texts {
		each(text, func(g uint64) {
			place, ok := x.places[g]
			if !ok {
				place = int32(len(counts))
				x.places[g] = place
				counts, last = append(counts, 0), append(last, 0)
			}
			if last[place] != int32(n)+1 {
				last[place] = int32(n) + 1
				counts[place]++
				found = append(found, place)
			}
		})
		ends = append(ends, len(found))
	}
	x.lists = make([]list, len(counts))
	total := 0
	for _, c := range counts {
		if int(c) <= len(texts)/denser {
			total += int(c)
		}
	}
	room := make([]int32, total)
	for place, c := range counts {
		if int(c) <= len(texts)/denser {
			x.lists[place].numbers, room = room[:0:c], room[c:]
		} else {
			x.lists[place].set = make(Set, (len(texts)+63)/64)
		}
	}
	from := 0
	for n, end := range ends {
		for _, place := range found[from:end] {
			if l := &x.lists[place]; l.set != nil {
				l.set[n/64] |= 1 << (n % 64)
			} else {
				l.numbers = append(l.numbers, int32(n))
			}
		}
		from = end
	}
	return x
}

// All returns the texts in which every one of the words stands, letter by letter.
// A word with a blank in it stands nowhere; no words at all are in every text.
func (x *Index) All(words []string) Set {
	found := newSet(len(x.texts))
	for _, word := range words {
		if strings.ContainsFunc(word, unicode.IsSpace) || !utf8.ValidString(word) || !x.narrow(found, word) {
			return make(Set, len(found))
		}
	}
	for _, word := range words {
		if utf8.RuneCountInString(word) > 2 { // its pairs are there, but perhaps apart
			found.Each(func(i int) {
				if !strings.Contains(x.texts[i], word) {
					found.Drop(i)
				}
			})
		}
	}
	return found
}

// narrow leaves in found only texts that have all grams of a word, and says
// whether there can be any.
func (x *Index) narrow(found Set, word string) bool {
	some := true
	one := make(Set, len(found))
	each(word, func(g uint64) {
		place, ok := x.places[g]
		if !ok {
			some = false
			return
		}
		set := x.lists[place].set
		if set == nil {
			clear(one)
			for _, n := range x.lists[place].numbers {
				one[n/64] |= 1 << (n % 64)
			}
			set = one
		}
		for i := range found {
			found[i] &= set[i]
		}
	})
	return some
}
