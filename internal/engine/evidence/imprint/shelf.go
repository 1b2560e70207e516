package imprint

import (
	"cmp"
	"slices"
)

// What was found on one set of scenes; see TestRates for what they do on another.
const (
	floor     = 40.0 // of a coefficient, which is a sum over 4,096 greys: about what noise makes
	leastSure = 40   // bits of 144: two other pictures with so few differ in a dozen of them
	alike     = 3    // sure bits in which two pictures may differ and be one
)

// Shelf is prints in memory. It may be read by many while nobody adds.
type Shelf struct {
	ids    []string
	prints [][3]uint64
}

// Add puts what is kept of a picture on the shelf.
func (s *Shelf) Add(id string, kept Bits) {
	s.ids, s.prints = append(s.ids, id), append(s.prints, kept.words())
}

// Len is how many there are.
func (s *Shelf) Len() int { return len(s.ids) }

// Hit is a picture that may be the one that was searched for.
type Hit struct {
	ID       string
	Distance int // bits of 144
}

// Search returns the pictures that may be p, the nearest first.
func (s *Shelf) Search(p Print) (hits []Hit) {
	if p.Blank() {
		return nil
	}
	type want struct{ bits, sure [3]uint64 }
	var wants [8]want
	bits, sure := p.Bits.turns(true), p.sure.turns(false)
	for i := range wants {
		wants[i] = want{bits[i].words(), sure[i].words()}
	}
	for i, has := range s.prints {
		best := alike + 1
		for _, w := range wants {
			best = min(best, apart(masked(w.bits, w.sure), masked(has, w.sure)))
		}
		if best <= alike {
			hits = append(hits, Hit{s.ids[i], best})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(a.Distance, b.Distance) })
	return hits
}

func masked(b, by [3]uint64) [3]uint64 { return [3]uint64{b[0] & by[0], b[1] & by[1], b[2] & by[2]} }
