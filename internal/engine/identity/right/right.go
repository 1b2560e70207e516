// Package right says who may do what where, as data.
//
// A system declares its rights and roles:
//
//	right.Declaration{
//		System: "station",
//		Rights: []right.Right{{Key: "station.edit", Name: …}},
//		Roles:  []right.Role{{Key: "station.editor", Rights: []string{"station.edit"}, …}},
//	}
//
// [NewCatalogue] holds all declarations against each other once, at start: keys
// that exist twice, rights that nobody declared, a role that could not be given.
// Nothing here knows what a right means.
//
// Somebody holds [Grant]s: a role, over a [Scope], from a time until a time. A
// question is a right and a [Place]; [Catalogue.Authorize] answers with the grant
// that admits it, or with a fault.Denied that says what is wanting. A use case asks
// inside its transaction.
//
// A site's addresses are doors ([Door]): each is open to all, to whoever is signed
// in, or to a right. [Gate] refuses an address that has no door, and
// [Catalogue.Matrix] is every door × every role × own and foreign division, for a
// test to walk.
package right

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Right is one thing that one may do.
type Right struct {
	Key   string // system.verb; stored, so it never changes
	Name  lang.Text
	Read  bool // changes nothing: whoever reads everything has it
	Grave bool // asks again who it is, since it cannot be undone
}

// Way is how the holder of a role comes in.
type Way uint8

// The ways.
const (
	ByPassword Way = iota // with a password, and a second factor where the policy asks for one
	ByDevice              // from the one device that an invitation was bound to; or with a password
	ByToken               // a program
)

// Role is a named set of rights.
type Role struct {
	Key    string
	Name   lang.Text
	Does   lang.Text // one sentence: what its holder may do
	Rights []string
	Reads  bool // every right of every system that only reads
	Way    Way

	// Given is the right that one needs, over the whole of a grant's scope, to give
	// the role. Empty: right.Grants.
	Given string
	// Of is the kind of thing that a grant of the role is about, as "station": the
	// grant names one, "station/…". Empty: the role is held over a division.
	Of string
	// Apart are roles that a person must not hold beside this one.
	Apart []string
	// Home is the page at which its holder begins, where it is about one thing.
	Home string
	// Last says that the last one who holds it cannot lose it.
	Last bool
}

// Declaration is what one system brings.
type Declaration struct {
	System string
	Rights []Right
	Roles  []Role
}

// Catalogue is all rights and roles of a site.
type Catalogue struct {
	rights map[string]Right
	roles  map[string]Role
	order  []string // of roles, as declared
	apart  map[[2]string]bool
}

// NewCatalogue puts declarations together. What does not fit together is a mistake
// of the program, so it panics: a test of each system makes one.
func NewCatalogue(all ...Declaration) *Catalogue {
	c := &Catalogue{rights: map[string]Right{}, roles: map[string]Role{}, apart: map[[2]string]bool{}}
	for _, d := range all {
		for _, r := range d.Rights {
			c.check(strings.HasPrefix(r.Key, d.System+".") && c.rights[r.Key].Key == "" && r.Name.ZH != "" && r.Name.EN != "", "right %q of %s", r.Key, d.System)
			c.rights[r.Key] = r
		}
	}
	for _, d := range all {
		for _, r := range d.Roles {
			c.check(strings.HasPrefix(r.Key, d.System+".") && c.roles[r.Key].Key == "", "role %q of %s", r.Key, d.System)
			c.add(r)
		}
	}
	for pair := range c.apart {
		c.check(c.roles[pair[0]].Key != "" && c.roles[pair[1]].Key != "" && pair[0] != pair[1], "apart %q", pair)
	}
	return c
}

func (c *Catalogue) add(r Role) {
	c.check(r.Name.ZH != "" && r.Name.EN != "" && r.Does.ZH != "" && r.Does.EN != "", "role %q has no words", r.Key)
	c.check(len(r.Rights) > 0 || r.Reads, "role %q has no rights", r.Key)
	if r.Given == "" {
		r.Given = Grants
	}
	c.check(c.rights[r.Given].Key != "", "role %q is given by %q", r.Key, r.Given)
	c.check(!r.Last || r.Way == ByPassword && r.Of == "", "the last holder of %q could not be known", r.Key)
	for _, k := range r.Rights {
		c.check(c.rights[k].Key != "", "role %q has the right %q", r.Key, k)
		// Who comes in by a device has nothing with which to be asked again.
		c.check(!c.rights[k].Grave || r.Way == ByPassword, "role %q has the grave right %q", r.Key, k)
	}
	for _, o := range r.Apart {
		c.apart[[2]string{r.Key, o}], c.apart[[2]string{o, r.Key}] = true, true
	}
	c.roles[r.Key] = r
	c.order = append(c.order, r.Key)
}

func (c *Catalogue) check(ok bool, format string, args ...any) {
	if !ok {
		panic("right: " + fmt.Sprintf(format, args...))
	}
}

// Role returns a role by its key.
func (c *Catalogue) Role(key string) (Role, bool) {
	r, ok := c.roles[key]
	return r, ok
}

// Roles returns all roles, as they were declared.
func (c *Catalogue) Roles() []Role {
	all := make([]Role, len(c.order))
	for i, k := range c.order {
		all[i] = c.roles[k]
	}
	return all
}

// Right returns a right by its key.
func (c *Catalogue) Right(key string) (Right, bool) {
	r, ok := c.rights[key]
	return r, ok
}

// Apart reports whether one person must not hold both roles.
func (c *Catalogue) Apart(a, b string) bool { return c.apart[[2]string{a, b}] }

// Has reports whether a role has a right.
func (c *Catalogue) Has(role, key string) bool {
	r, right := c.roles[role], c.rights[key]
	return r.Key != "" && right.Key != "" && (slices.Contains(r.Rights, key) || r.Reads && right.Read)
}
