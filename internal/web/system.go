package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
)

// System is what is said of one of a site's systems before anything is open: the first
// level of the navigation, its pages on the second, and what its door tells. What the
// mounted system answers with is a Mounted.
type System struct {
	Key   string // station; as --systems names it
	Name  lang.Text
	Icon  Icon
	Says  lang.Text // what it is for, in a sentence
	Door  string    // its public page: /stations
	Home  string    // what / shows where this system is alone
	Pages []NavItem
	Roles []right.Role // those who may do more than the public, for the door
	// Planned says that the door is all there is of it yet. It is in no navigation.
	Planned bool
}

// NavItem is a page in a navigation.
type NavItem struct {
	Href   string
	Text   lang.Text
	Icon   Icon
	Does   lang.Text // what one finds there, for the door; empty: the door leaves it out
	Rights []string  // any of which one needs to be shown it; none: everybody is
	Under  []string  // further addresses that belong to it
}

// Mounted is a system that a site serves.
type Mounted struct {
	System
	// Article makes the system's article of the front page, of what is published and
	// for no reader: one for all. Nil: it has none yet.
	Article func(context.Context) (Article, error)
	// State names what the article is made of as it is now: when it changes, the article
	// is made anew. Nil: the hour alone matters.
	State func() string
	// Ask is the question that a worker asks first; the station's alone has one.
	Ask func(Page) templ.Component
	// Asked are the names of the parameters of that question in an address.
	Asked []string
	// Alone answers / where no other system is on.
	Alone Handler
}

// Article is what a system tells the city today: true, also where that is awkward.
type Article struct {
	At      time.Time // of which it is true
	Receipt string    // address that says how it is known
	More    NavItem
	Says    func(lang.Lang) ArticleWords
}

// ArticleWords are an article in one language.
type ArticleWords struct {
	Headline string // a sentence, made of live figures
	Number   string
	Unit     string
	Figure   string   // what the number counts
	Text     []string // a few sentences more
	Picture  templ.Component
}

// Around is what is around a page.
type Around uint8

// What may be around a page. Its width is Page.Wide.
const (
	AroundPage Around = iota // the levels of the navigation, and the foot
	AroundTask               // one question, one way back and no levels, which without a network lead nowhere
	AroundHall               // nothing: a picture on a wall, read from the last row
)

// levels are the two levels of a page's navigation. The first is empty where there is
// nothing to choose from.
type levels struct {
	first   []NavItem
	open    System // the one that the page is of
	pages   []NavItem
	current string // of pages, by its address
}

// levels chooses what this reader is shown: the systems that there are, what is theirs
// once they are signed in, and the pages of the one that is open.
func (p Page) levels() levels {
	var l levels
	systems := slices.DeleteFunc(slices.Clone(p.Site.Systems), func(s System) bool { return s.Planned })
	if p.SignedIn && p.Site.Mine.Door != "" {
		systems = append(systems, p.Site.Mine)
	}
	for _, s := range systems {
		if len(systems) > 1 {
			l.first = append(l.first, NavItem{Href: s.start(p.Reader), Text: s.Name, Icon: s.Icon})
		}
	}
	l.open = keyed(systems, p.system)
	if l.open.Key == "" && len(systems) == 1 {
		l.open = systems[0]
	}
	longest := 0
	for _, item := range l.open.Pages {
		if !p.shown(item) {
			continue
		}
		l.pages = append(l.pages, item)
		for _, under := range append([]string{item.Href}, item.Under...) {
			if within(p.Path, under) && len(under) > longest {
				l.current, longest = item.Href, len(under)
			}
		}
	}
	return l
}

// System is the system that the page is of; the zero System where it is the site's own.
func (p Page) System() System { return keyed(p.Site.Systems, p.system) }

// keyed is the system of a key; the zero System where there is none.
func keyed(systems []System, key string) System {
	if i := slices.IndexFunc(systems, func(s System) bool { return s.Key == key }); i >= 0 {
		return systems[i]
	}
	return System{}
}

// start is where the first level leads to: the first page that the reader is shown.
func (s System) start(r Reader) string {
	for _, item := range s.Pages {
		if r.shown(item) {
			return item.Href
		}
	}
	return s.Door
}

func (r Reader) shown(item NavItem) bool {
	return len(item.Rights) == 0 || slices.ContainsFunc(item.Rights, r.May)
}

// within reports whether path is at or below an address.
func within(path, address string) bool {
	return path == address || strings.HasPrefix(path, strings.TrimSuffix(address, "/")+"/")
}

// bodyClass lets the style tell a hall's screen apart.
func (p Page) bodyClass() string {
	if p.Around == AroundHall {
		return "on-screen"
	}
	return ""
}
