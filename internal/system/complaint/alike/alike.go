// Package alike finds letters that may be about the same thing: a question to a person,
// with what speaks for and against.
//
//	var ix alike.Index
//	ix.Add(id, alike.Of(text))
//	for _, hit := range ix.Near(alike.Of(text), 20) { … }
//
// Complaints are short, and what tells them apart is in their numbers and names: the same wording
// about building 3 and building 7 is two things. A text is the set of its character bigrams and
// trigrams; runs of digits and what stands around them count double. How alike two texts are is the
// weighted Jaccard index of their sets, which MinHash estimates.
//
// Near does not look at all texts: each has [bands] keys of four minima, and two texts whose index is 0.5
// or more share one of them with a probability of 95 % at least (1 − (1 − 0.5⁴)⁴⁸). Those
// that share one are compared exactly. The package is pure; an Index is in memory.
package alike

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	bands = 48
	each  = 4
	// Least is the index from which two texts are told to be near.
	Least = 0.5
	// maxRunes bounds what of a text is looked at: letters that are longer begin with what they
	// are about.
	maxRunes = 2000
)

// Text is a text as it is compared: its shingles, sorted, and what near texts share.
type Text struct {
	shingles []uint32
	min      *minima // nil of one without a shingle, and of one that lies in an index
}

// minima are what two near texts share one of, and the sketch.
type minima struct {
	keys [bands]uint32
	sketch
}

// plain is a text without what says nothing: marks, spaces, width, case.
func plain(s string) []rune {
	out := make([]rune, 0, min(len(s), maxRunes))
	for _, r := range norm.NFKC.String(s) {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			continue
		}
		if out = append(out, unicode.ToLower(r)); len(out) == maxRunes {
			break
		}
	}
	return out
}

// Of returns a text as it is compared.
func Of(s string) Text {
	runes := plain(s)
	t := Text{shingles: make([]uint32, 0, 3*len(runes))}
	for i := range runes {
		for n := 2; n <= 3 && i+n <= len(runes); n++ {
			part := runes[i : i+n]
			t.shingles = append(t.shingles, shingle(part, 0))
			if slices.ContainsFunc(part, unicode.IsNumber) { // counts double: it has a twin
				t.shingles = append(t.shingles, shingle(part, 1))
			}
		}
	}
	slices.Sort(t.shingles)
	t.shingles = slices.Clip(slices.Compact(t.shingles))
	if len(t.shingles) > 0 {
		t.min = t.minima()
	}
	return t
}

// shingle hashes a few characters, the same in every process.
func shingle(part []rune, twin uint64) uint32 {
	h := 0x9e3779b97f4a7c15 ^ twin
	for _, r := range part {
		h = mix(h ^ uint64(r))
	}
	return uint32(h >> 32) //nolint:gosec // the upper half
}

// mix is the finaliser of SplitMix64.
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Share is how alike two texts are: the weight of what both have, of what either has. Two
// texts without a shingle are not alike.
func Share(a, b Text) float64 {
	both, i, j := 0, 0, 0
	for i < len(a.shingles) && j < len(b.shingles) {
		switch x, y := a.shingles[i], b.shingles[j]; {
		case x < y:
			i++
		case x > y:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	if all := len(a.shingles) + len(b.shingles) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}

// sketch is a byte of each minimum: as many are alike as the index says, and one in 256 of the
// others.
type sketch [bands * each]byte

func (t Text) minima() *minima {
	var m minima
	var least [bands * each]uint32
	for i := range least {
		least[i] = 1<<32 - 1
	}
	for _, s := range t.shingles {
		h := mix(uint64(s) + 0x632be59bd9b4e019)
		step := mix(h) | 1
		for i := 0; i < len(least); i += 2 { // two more hashes for one addition and a multiplication
			h += step
			v := (h ^ h>>32) * 0xff51afd7ed558ccd
			least[i] = min(least[i], uint32(v>>32))        //nolint:gosec // one half
			least[i+1] = min(least[i+1], uint32(v^(h>>9))) //nolint:gosec // the other
		}
	}
	for i, v := range least {
		m.sketch[i] = byte(mix(uint64(v)))
	}
	for b := range m.keys {
		h := uint64(b)
		for _, v := range least[b*each : (b+1)*each] {
			h = mix(h ^ uint64(v))
		}
		m.keys[b] = uint32(h >> 32) //nolint:gosec // the upper half
	}
	return &m
}

// maybe is the share of equal bytes from which two texts are compared exactly: an index of 0.5 shows
// less once in 30,000 texts (0.502 ± 0.036).
const maybe = 0.36

// promising reports whether two sketches may be of near texts.
func promising(a, b *sketch) bool {
	equal := 0
	for i := 0; i < len(a); i += 8 {
		x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:])
		zero := ^(((x & 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f) | x | 0x7f7f7f7f7f7f7f7f) // the top bit of each byte that is none
		equal += bits.OnesCount64(zero)
	}
	return float64(equal) >= maybe*float64(len(a))
}

// Index finds near texts by their keys: 8 bytes a key and one of each minimum, so 600 MB for a million
// texts besides the texts themselves. It is for one goroutine.
type Index struct {
	texts  []Text
	sketch []sketch
	seen   []uint32 // in which question a text was looked at last
	asked  uint32
	ids    []string
	at     [bands][]place // sorted by key
	late   [bands][]place // sorted, too: what came since all were
	new    [bands][]place // as they came
}

// place is a key of a text.
type place struct{ key, text uint32 }

const (
	// maxNew is how many texts lie as they came: as few as are looked through in no time.
	maxNew = 64
	// maxLate is how many lie sorted beside the others before they are merged with them.
	maxLate = 2048
)

// Add adds a text under an id. One without a shingle is near to nothing, and left out.
func (ix *Index) Add(id string, t Text) {
	if len(t.shingles) == 0 {
		return
	}
	n := uint32(len(ix.texts)) //nolint:gosec // four thousand million letters are not in memory
	ix.texts, ix.ids, ix.sketch, ix.seen = append(ix.texts, Text{shingles: t.shingles}), append(ix.ids, id), append(ix.sketch, t.min.sketch), append(ix.seen, 0)
	for b, key := range t.min.keys {
		ix.new[b] = append(ix.new[b], place{key, n})
	}
	if len(ix.new[0]) >= maxNew {
		ix.settle()
	}
}

// settle sorts what is new in among what is late, and that among the others once it is much: a hundredth of all, so that
// it is rare.
func (ix *Index) settle() {
	all := len(ix.late[0])+len(ix.new[0]) > max(maxLate, len(ix.at[0])/100)
	for b := range ix.at {
		slices.SortFunc(ix.new[b], place.compare)
		ix.late[b] = merged(ix.late[b], ix.new[b])
		if ix.new[b] = ix.new[b][:0]; all {
			ix.at[b] = merged(ix.at[b], ix.late[b])
			ix.late[b] = ix.late[b][:0]
		}
	}
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.key, q.key), cmp.Compare(p.text, q.text))
}

// merged puts sorted places among others, from behind, so that none is moved twice.
func merged(into, more []place) []place {
	i, j := len(into)-1, len(more)-1
	into = append(into, more...)
	for at := len(into) - 1; j >= 0; at-- {
		if i >= 0 && into[i].compare(more[j]) > 0 {
			into[at], i = into[i], i-1
		} else {
			into[at], j = more[j], j-1
		}
	}
	return into
}

// Len is how many texts it has.
func (ix *Index) Len() int { return len(ix.texts) }

// with calls f for each text that has a key in a band.
func (ix *Index) with(band int, key uint32, f func(text uint32)) {
	for _, sorted := range [][]place{ix.at[band], ix.late[band]} {
		from, _ := slices.BinarySearchFunc(sorted, key, func(p place, key uint32) int { return cmp.Compare(p.key, key) })
		for _, p := range sorted[from:] {
			if p.key != key {
				break
			}
			f(p.text)
		}
	}
	for _, p := range ix.new[band] {
		if p.key == key {
			f(p.text)
		}
	}
}

// Hit is a near text.
type Hit struct {
	ID    string
	Share float64
}

// Near returns the nearest texts, at most so many, that are at least [Least] alike: the nearest
// first.
func (ix *Index) Near(t Text, most int) []Hit {
	if len(t.shingles) == 0 {
		return nil
	}
	if ix.asked++; ix.asked == 0 { // after four thousand million questions
		clear(ix.seen)
		ix.asked = 1
	}
	var hits []Hit
	for band, key := range t.min.keys {
		ix.with(band, key, func(n uint32) {
			if ix.seen[n] == ix.asked {
				return
			}
			ix.seen[n] = ix.asked
			if !promising(&t.min.sketch, &ix.sketch[n]) {
				return
			}
			if share := Share(t, ix.texts[n]); share >= Least {
				hits = append(hits, Hit{ix.ids[n], share})
			}
		})
	}
	return nearest(hits, most)
}

func nearest(hits []Hit, most int) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Share, a.Share), strings.Compare(a.ID, b.ID)) })
	return hits[:min(len(hits), most)]
}

// Scan is Near by looking at every text: what Near is measured against.
func (ix *Index) Scan(t Text, most int) []Hit {
	var hits []Hit
	for n := range ix.texts {
		if share := Share(t, ix.texts[n]); share >= Least {
			hits = append(hits, Hit{ix.ids[n], share})
		}
	}
	return nearest(hits, most)
}
