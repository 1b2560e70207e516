package atlas

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// The index is every name of every place, folded, one after the other. A
// search scans it: 100,000 names are a few megabytes, which takes a few
// milliseconds at most and finds any part of a name, also of two characters,
// where indexes of words or trigrams find nothing in Chinese.
const (
	nameMark   = 1 // before a name
	soundMark  = 2 // before the pinyin of a name, written out or as initials
	maxSounds  = 8 // readings of one name: 重庆 is zq as well as cq
	maxQuery   = 100
	maxIndexed = 300 // bytes of one name, so that no place outweighs the rest
)

// searched are the tags whose names a place is found by, besides its name.
var searched = []string{"name:en", "name:zh", "name:zh-Hans", "alt_name", "short_name", "official_name", "old_name", "loc_name", "name:zh_pinyin"}

// appendIndex appends what a place is found by.
func appendIndex(index []byte, name string, t osm.Tags) []byte {
	if name == "" {
		return index
	}
	texts := []string{Fold(name)}
	for _, key := range searched {
		if v := t.Get(key); v != "" {
			texts = append(texts, Fold(v))
		}
	}
	for i, text := range texts {
		if len(text) > maxIndexed {
			text = strings.ToValidUTF8(text[:maxIndexed], "")
		}
		if !slices.Contains(texts[:i], text) {
			index = append(append(index, nameMark), text...)
		}
	}
	for _, sound := range sounds(texts[0]) {
		index = append(append(index, soundMark), sound...)
	}
	return index
}

// Fold makes texts that people take for equal equal: case, full width and
// accents do not count.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r < ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(strings.TrimSpace(s)))
}

// sounds returns the pinyin of a Chinese name: written out, and its initials,
// in all readings up to maxSounds. Characters that are not Chinese stay.
func sounds(name string) []string {
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return nil
	}
	whole, initials := []string{""}, []string{""}
	args := pinyin.Args{Style: pinyin.Normal, Heteronym: true, Fallback: func(r rune, _ pinyin.Args) []string {
		if unicode.IsSpace(r) {
			return []string{""}
		}
		return []string{string(r)}
	}}
	for _, r := range name {
		readings := pinyin.SinglePinyin(r, args)
		if len(readings) == 0 {
			readings = args.Fallback(r, args)
		}
		var firsts []string
		for _, reading := range readings {
			_, size := utf8.DecodeRuneInString(reading)
			firsts = append(firsts, reading[:size])
		}
		whole, initials = combine(whole, readings), combine(initials, firsts)
	}
	return append(initials, whole...)
}

// combine appends every ending to every beginning, each result once. Beyond
// maxSounds the rarer endings, which come last, are left out.
func combine(beginnings, endings []string) []string {
	var distinct []string
	for _, e := range endings {
		if !slices.Contains(distinct, e) {
			distinct = append(distinct, e)
		}
	}
	distinct = distinct[:min(len(distinct), max(1, maxSounds/len(beginnings)))]
	out := make([]string, 0, len(beginnings)*len(distinct))
	for _, b := range beginnings {
		for _, e := range distinct {
			out = append(out, b+e)
		}
	}
	return out
}

// hit is a place that was found. The lower the rank the better the match.
type hit struct {
	place  int
	rank   int
	metres float64
}

// Search returns at most limit places whose names hold every word of text:
// whole names first, then beginnings, then any part, then pinyin, and among
// equals the nearest to near. What comes in several parts under one name, such
// as a street or a station with its stops, comes once, with the nearest.
func (ps *Places) Search(text string, near geo.Point, limit int) []Place {
	query := Fold(text)
	words := strings.Fields(query)
	if len(words) == 0 || limit <= 0 || len(query) > maxQuery {
		return nil
	}
	query = strings.Join(words, " ")
	longest := slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	var hits []hit
	for at := 0; ; {
		n := bytes.Index(ps.index[at:], []byte(longest))
		if n < 0 {
			break
		}
		at += n
		i := sort.Search(len(ps.indexEnd), func(i int) bool { return int(ps.indexEnd[i]) > at })
		if rank, ok := rankOf(ps.entry(i), query, words); ok {
			hits = append(hits, hit{i, rank, geo.Distance(near, ps.at[i].Point())})
		}
		at = int(ps.indexEnd[i])
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.metres, b.metres), cmp.Compare(a.place, b.place))
	})
	return ps.first(hits, limit)
}

func (ps *Places) entry(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = ps.indexEnd[i-1]
	}
	return ps.index[from:ps.indexEnd[i]]
}

// rankOf says how well an entry matches, and false if it lacks a word.
func rankOf(entry []byte, query string, words []string) (int, bool) {
	for _, w := range words {
		if !bytes.Contains(entry, []byte(w)) {
			return 0, false
		}
	}
	names, sound, _ := bytes.Cut(entry, []byte{soundMark})
	marked := append([]byte{nameMark}, query...)
	i := bytes.Index(names, marked)
	switch {
	case i >= 0 && (i+len(marked) == len(names) || names[i+len(marked)] == nameMark):
		return 0, true
	case i >= 0:
		return 1, true
	case bytes.Contains(names, []byte(query)):
		return 2, true
	case bytes.HasPrefix(sound, []byte(query)), bytes.Contains(sound, append([]byte{soundMark}, query...)):
		return 3, true
	}
	return 4, len(words) > 1 || len(query) > 1 // one letter somewhere in the pinyin is no match
}

// sameM is how near two places of one name are to be one: a station, its stops
// and its building are each on the map.
const sameM = 200

// first returns the best places, each street once and each cluster of one name
// once.
func (ps *Places) first(hits []hit, limit int) []Place {
	var out []Place
	for _, h := range hits {
		p := ps.At(h.place)
		if slices.ContainsFunc(out, func(q Place) bool {
			return q.Name == p.Name && (p.Kind == Street && q.Kind == Street || geo.Distance(q.At, p.At) < sameM)
		}) {
			continue
		}
		if out = append(out, p); len(out) == limit {
			break
		}
	}
	return out
}
