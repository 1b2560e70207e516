package right

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
)

// Scope is where a grant holds: in a division and all below it (the zero Division:
// everywhere), and there for everything, or for the one thing named.
type Scope struct {
	Division gb.Division
	Subject  string // as station/0192…, organisation/…; empty: everything
}

// Place is where something is to be done: the division it lies in, and the names
// that it goes by, as its own and that of the unit that answers for it.
type Place struct {
	Division gb.Division
	Subjects []string
	nowhere  bool
}

// Nowhere is the place of what lies in no division, such as a draft: who holds the
// right over anything may do it.
var Nowhere = Place{nowhere: true}

// In is a place in a division.
func In(d gb.Division, subjects ...string) Place { return Place{Division: d, Subjects: subjects} }

// Covers reports whether p lies within s. Codes that have ended count as what took
// over.
func (s Scope) Covers(p Place) bool {
	return p.nowhere || p.Division.Current().Within(s.Division.Current()) && (s.Subject == "" || slices.Contains(p.Subjects, s.Subject))
}

// Contains reports whether all that lies within o lies within s.
func (s Scope) Contains(o Scope) bool {
	return o.Division.Current().Within(s.Division.Current()) && (s.Subject == "" || s.Subject == o.Subject)
}

// Grant is a role that somebody holds.
type Grant struct {
	ID           string
	Role         string
	Organisation string // for which they act; may be empty
	Scope        Scope
	From, Until  time.Time // zero: without end
}

// InForce reports whether the grant holds at t.
func (g Grant) InForce(t time.Time) bool {
	return !t.Before(g.From) && (g.Until.IsZero() || t.Before(g.Until))
}

// Authorize returns the first of the grants that admits a right at a place and
// time. None is a fault.Denied that names the right, and the division if the right
// is held elsewhere.
func (c *Catalogue) Authorize(held []Grant, key string, p Place, at time.Time) (Grant, error) {
	elsewhere := false
	for _, g := range held {
		if !g.InForce(at) || !c.Has(g.Role, key) {
			continue
		}
		if g.Scope.Covers(p) {
			return g, nil
		}
		elsewhere = true
	}
	return Grant{}, c.denied(key, p, elsewhere)
}

// Anywhere reports whether a right is held over anything at all: whether to show a
// page whose contents are then asked for one by one.
func (c *Catalogue) Anywhere(held []Grant, key string, at time.Time) bool {
	return slices.ContainsFunc(held, func(g Grant) bool { return g.InForce(at) && c.Has(g.Role, key) })
}

// May reports whether a whole scope may be given away by who holds the grants.
func (c *Catalogue) May(held []Grant, key string, s Scope, at time.Time) (Grant, bool) {
	i := slices.IndexFunc(held, func(g Grant) bool { return g.InForce(at) && c.Has(g.Role, key) && g.Scope.Contains(s) })
	if i < 0 {
		return Grant{}, false
	}
	return held[i], true
}

func (c *Catalogue) denied(key string, p Place, elsewhere bool) error {
	name := c.rights[key].Name
	if elsewhere && p.Division.Valid() {
		full := p.Division.FullName()
		return fault.New(fault.Denied, "您在“%[2]s”这里没有“%[1]s”的权限。请找负责那里的人，或请授权管理员授权。",
			"You may not do this in %[4]s: %[3]s. Ask whoever is responsible there, or the grants administrator.", name.ZH, full.ZH, name.EN, full.EN)
	}
	if elsewhere {
		return fault.New(fault.Denied, "您有“%[1]s”的权限，但不包括这一项。请找负责它的人，或请授权管理员授权。",
			"You may do this, but not to this one: %[2]s. Ask whoever is responsible for it, or the grants administrator.", name.ZH, name.EN)
	}
	return fault.New(fault.Denied, "您没有“%[1]s”的权限。需要时请授权管理员授予相应的角色。",
		"You lack the right to do this: %[2]s. If you need it, ask the grants administrator for a role that has it.", name.ZH, name.EN)
}

// Held are the rights that grants give, over anything at all.
func (c *Catalogue) Held(grants []Grant, at time.Time) map[string]bool {
	held := map[string]bool{}
	for key := range c.rights {
		if c.Anywhere(grants, key, at) {
			held[key] = true
		}
	}
	return held
}
