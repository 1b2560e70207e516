package finder

import (
	"sync"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// town is a City with what finding a station in it needs beside the network; it
// lives as long as the snapshot does.
type town struct {
	*city.City
	cards cards
	said  sayings
	names func() *stationNames         // what stations are found by; made when somebody first searches
	marks map[lang.Lang]func() []place // where somebody may begin to look, searched for once
}

func newTown(c *city.City) *town {
	t := &town{City: c, names: sync.OnceValue(func() *stationNames { return namesOf(c.Network.Stations) })}
	t.marks = map[lang.Lang]func() []place{}
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		t.marks[l] = sync.OnceValue(func() []place { return t.searchLandmarks(l) })
	}
	for l := range t.cards.all {
		t.cards.all[l] = make([]atomic.Pointer[[]byte], len(c.Network.Stations))
	}
	return t
}

// town returns the present City as the finder keeps it.
func (p *Pages) town() *town {
	c := p.City()
	if t := p.towns.Load(); t != nil && t.City == c {
		return t
	}
	t := newTown(c)
	p.towns.Store(t)
	return t
}
