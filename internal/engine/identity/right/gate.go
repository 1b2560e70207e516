package right

import (
	"iter"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
)

// Door is what it takes to pass an address.
type Door struct {
	Route  string // as the router has it: "POST /stations/{code}"
	System string // whose it is, by its key; empty: the site's own
	Open   bool   // to everybody
	// Right that one must hold. Empty, and not Open: one must be signed in.
	Right string
	// Inside says that the place is known only behind the door, so that the use case
	// asks for the right there; the door asks whether it is held anywhere.
	Inside bool
}

// Gate is the doors of a site.
type Gate struct {
	catalogue *Catalogue
	doors     map[string]Door
}

// NewGate puts doors together. Two doors for an address, or one that asks for a
// right nobody declared, are mistakes of the program, so it panics.
func NewGate(c *Catalogue, doors ...Door) *Gate {
	g := &Gate{c, map[string]Door{}}
	for _, d := range doors {
		_, twice := g.doors[d.Route]
		c.check(!twice, "two doors for %q", d.Route)
		c.check(d.Right == "" || c.rights[d.Right].Key != "" && !d.Open, "the door of %q asks for %q", d.Route, d.Right)
		g.doors[d.Route] = d
	}
	return g
}

// Gaps holds a router's routes against the doors: each route without a door, and
// each door without a route. A test wants none.
func (g *Gate) Gaps(routes []string) (gaps []string) {
	for _, r := range routes {
		if _, ok := g.doors[r]; !ok {
			gaps = append(gaps, r+" has no door")
		}
	}
	for r := range g.doors {
		if !slices.Contains(routes, r) {
			gaps = append(gaps, "the door of "+r+" leads nowhere")
		}
	}
	slices.Sort(gaps)
	return gaps
}

// Admit answers for one address. Signed tells whether somebody is signed in, all the
// way: who still owes a code is nobody yet. P is
// where it is to be done, as far as the address tells. No door admits nobody.
func (g *Gate) Admit(route string, signed bool, held []Grant, p Place, at time.Time) error {
	d, ok := g.doors[route]
	switch {
	case !ok:
		return fault.New(fault.Denied, "这个地址还没有规定谁可以用，暂不开放。", "Nobody has said yet who may use this address, so it is closed.")
	case d.Open:
		return nil
	case !signed:
		return fault.New(fault.Denied, "请先登录。", "Sign in first.")
	case d.Right == "":
		return nil
	case d.Inside:
		if g.catalogue.Anywhere(held, d.Right, at) {
			return nil
		}
		return g.catalogue.denied(d.Right, p, false)
	}
	_, err := g.catalogue.Authorize(held, d.Right, p, at)
	return err
}

// Case is one question of the matrix.
type Case struct {
	Door    Door
	Role    string // empty: somebody who is not signed in
	Foreign bool   // the place is in a division that the role is not held in
	Held    []Grant
	Place   Place
	Want    bool // whether the door opens
}

// Matrix is every door × nobody and every role × own and foreign division. What is
// wanted is read from the declarations alone, so a test that walks it through a real
// site finds a door that is not kept.
func (c *Catalogue) Matrix(g *Gate, own, foreign gb.Division) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for _, route := range slices.Sorted(keys(g.doors)) {
			d := g.doors[route]
			if !yield(Case{Door: d, Place: In(own), Want: d.Open}) {
				return
			}
			for _, r := range c.Roles() {
				subject := ""
				if r.Of != "" {
					subject = r.Of + "/1"
				}
				held := []Grant{{ID: r.Key, Role: r.Key, Scope: Scope{own, subject}}}
				for _, far := range []bool{false, true} {
					k := Case{Door: d, Role: r.Key, Foreign: far, Held: held, Place: In(own, subject)}
					if far {
						k.Place = In(foreign, subject)
					}
					k.Want = d.Open || d.Right == "" || c.Has(r.Key, d.Right) && (d.Inside || !far)
					if !yield(k) {
						return
					}
				}
			}
		}
	}
}

func keys(doors map[string]Door) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range doors {
			if !yield(k) {
				return
			}
		}
	}
}
