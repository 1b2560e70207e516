package problem

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Near are the problems of a campaign that are called done and not yet settled, to be asked which of them a new letter may
// be about by its place: the last that changed, so that a batch reads them once.
type Near struct {
	all   []Problem
	sites map[string][]int // by the first two characters of the name
}

const (
	mostNear = 2000 // problems that are compared
	// NearMetres is how far a report may lie from a problem to be about it.
	NearMetres = 200
	leastSite  = 2 // characters of a name that is looked for in a text
)

type recent struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

var closedLately = db.Declare[recent, Problem](`
	SELECT /*cols*/ FROM complaint_problem WHERE campaign = :campaign AND stage IN ('done', 'applied', 'accepted', 'checked', 'publicity', 'filed')
	ORDER BY changed_at DESC, id DESC LIMIT :lim`)

// NearOf reads them.
func NearOf(tx *db.Tx, campaign string) (n Near, err error) {
	n.sites = map[string][]int{}
	n.all, err = closedLately.Slice(tx, recent{campaign, mostNear})
	for i, p := range n.all {
		if site := []rune(p.Site); len(site) >= leastSite {
			head := string(site[:leastSite])
			n.sites[head] = append(n.sites[head], i)
		}
	}
	return n, err
}

// Beside is a problem that a letter may be about by its place.
type Beside struct {
	Problem
	SameSite bool // the letter names it
	Metres   int  // from where it was reported; -1: not known
}

// Find returns up to limit problems of one of these kinds that a text names or that lie near a point, the surest first.
func (n Near) Find(text string, at *geo.Point, kinds []complaint.Kind, limit int) (found []Beside) {
	seen := map[int]bool{}
	add := func(i int, b Beside) {
		p := n.all[i]
		if !seen[i] && slices.ContainsFunc(kinds, func(k complaint.Kind) bool { return slices.Contains(p.KindList(), k) }) {
			seen[i], b.Problem = true, p
			if at != nil && p.Lat != nil && p.Lon != nil {
				b.Metres = int(math.Round(geo.Distance(*at, geo.Point{Lat: *p.Lat, Lon: *p.Lon})))
			}
			found = append(found, b)
		}
	}
	runes := []rune(text)
	for i := range max(0, len(runes)-leastSite+1) {
		for _, j := range n.sites[string(runes[i:i+leastSite])] {
			if strings.HasPrefix(string(runes[i:]), n.all[j].Site) {
				add(j, Beside{SameSite: true, Metres: -1})
			}
		}
	}
	for i := 0; at != nil && i < len(n.all); i++ {
		if p := &n.all[i]; p.Lat != nil && p.Lon != nil && geo.Distance(*at, geo.Point{Lat: *p.Lat, Lon: *p.Lon}) <= NearMetres {
			add(i, Beside{Metres: -1})
		}
	}
	slices.SortStableFunc(found, func(a, b Beside) int {
		if a.SameSite != b.SameSite {
			if a.SameSite {
				return -1
			}
			return 1
		}
		return b.ChangedAt.Compare(a.ChangedAt)
	})
	return found[:min(len(found), limit)]
}

// Closed reports whether it is called done and not yet settled, so that it can begin again.
func (p Problem) Closed() bool { return closed(p.Stage) }

// ClosedAt is since when.
func (p Problem) ClosedAt() time.Time {
	if p.FiledAt != nil {
		return *p.FiledAt
	}
	return p.ChangedAt
}
