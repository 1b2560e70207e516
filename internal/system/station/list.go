package station

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/gb"
)

// Filter chooses stations for a list. The zero Filter chooses all.
type Filter struct {
	Text   string      // words that must all occur in code, name, brand, host, address or division
	Within gb.Division // the division or one above it
	Brand  *Brand
	Size   *Size
	Status *Status
	Needs  Services // all of them
	// Standing leaves candidates out: those who look for a station need not see them.
	Standing bool
	// HoursUnknown chooses those whose hours nobody has said.
	HoursUnknown bool
	// CheckedBefore chooses those that were last checked before a day, or never; the
	// zero day is no filter.
	CheckedBefore calendar.Date
	// Among chooses from these codes alone, for what no row tells, such as how far off
	// the streets a station is. The list is then of the register as it was last held,
	// a few seconds ago at most, as are the codes. Nil is no filter.
	Among   map[string]bool
	Order   Order
	Reverse bool
	After   string // Page.Next of the page before, in the same order
	Before  string // or Page.Prev of the page after
	Limit   int    // 1 to 500
	// Uncounted leaves Page.Total out, for a reader of all pages who knows it.
	Uncounted bool
}

// Page is a page of a list.
type Page struct {
	Stations []Station // in the filter's order
	Total    int64     // of all pages
	Next     string    // for Filter.After; empty on the last page
	Prev     string    // for Filter.Before; empty on the first page
	Earlier  int64     // how many are on the pages before
}

const (
	// MaxPage is the most on one page of a list.
	MaxPage = 500
	// maxWords bounds how many words of a search count; each is a scan.
	maxWords = 4
)

type filterRow struct {
	Word1  *string `db:"word1"`
	Word2  *string `db:"word2"`
	Word3  *string `db:"word3"`
	Word4  *string `db:"word4"`
	Region *string `db:"region"`
	Brand  *string `db:"brand"`
	Size   *string `db:"size"`
	Status *string `db:"status"`
	Needs  *int64  `db:"needs"`
	But    *string `db:"but"`
	Hours  *string `db:"hours"`
	Since  *string `db:"since"`
	Key    *string `db:"key"`
	After  *string `db:"after"`
	Limit  int     `db:"lim"`
}

const filtered = `
		[AND search LIKE '%' || :word1 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word2 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word3 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word4 || '%' ESCAPE '\']
		[AND region LIKE :region || '%']
		[AND brand = :brand]
		[AND size = :size]
		[AND status = :status]
		[AND services & :needs = :needs]
		[AND status <> :but]
		[AND hours = :hours]
		[AND checked < :since]`

var countStations = db.Declare[filterRow, int64](`SELECT count(*) FROM station_station WHERE true` + filtered)

// List returns a page of the stations that f chooses, as they are now: from the
// register in memory if no change has been made since it was held, and else from
// the database, which reads every station for most filters.
func (s *Service) List(ctx context.Context, f Filter) (page Page, err error) {
	back := f.Before != ""
	if back { // the page before is read from its end
		f.After, f.Reverse = f.Before, !f.Reverse
	}
	var found stretch
	if f.Among != nil {
		return s.held.Load().among(f, back)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		held := s.held.Load()
		if held != nil {
			now, err := RevisionNow.One(tx, db.None{})
			if err != nil {
				return err
			}
			if held.revision == now {
				var ok bool
				if found, ok = held.list(f, back); ok {
					return nil
				}
			}
		}
		found, err = stretchOf(tx, f, back)
		return err
	})
	return found.page(f, back), err
}

// stretch is a piece of a list, in the order in which it was read.
type stretch struct {
	stations    []Station
	first, last string // marks of its ends
	more        bool   // behind the last
	total       int64
	earlier     int64 // before it, or before where it ends if it was read from there
}

func (x stretch) page(f Filter, back bool) Page {
	page := Page{Stations: x.stations, Total: x.total, Earlier: x.earlier}
	switch {
	case back:
		slices.Reverse(page.Stations)
		page.Next, page.Earlier = x.first, x.earlier-int64(len(x.stations))
		if x.more {
			page.Prev = x.last
		}
	case f.After != "":
		page.Prev = x.first
		fallthrough
	default:
		if x.more {
			page.Next = x.last
		}
	}
	return page
}

// stretchOf reads a stretch from the database.
func stretchOf(tx *db.Tx, f Filter, back bool) (x stretch, err error) {
	row := f.row()
	if !f.Uncounted {
		if x.total, err = countStations.One(tx, row); err != nil {
			return x, err
		}
	}
	way := 0
	if f.Reverse {
		way = 1
	}
	rows, err := listed[f.Order][way].Slice(tx, row)
	if err != nil {
		return x, err
	}
	if n := row.Limit - 1; len(rows) > n { // one more was asked for, to see whether there is a next page
		rows, x.more = rows[:n], true
	}
	l := rowLoader{map[string]opening.Hours{}}
	for _, r := range rows {
		station, err := l.station(r)
		if err != nil {
			return x, err
		}
		x.stations = append(x.stations, station)
	}
	if len(rows) > 0 {
		x.first, x.last = f.Order.mark(rows[0]), f.Order.mark(rows[len(rows)-1])
	}
	if f.After != "" && !f.Uncounted {
		// Those beyond the mark are the page's and what follows; the others are before it.
		beyond, err := beyondMark[f.Order][way].One(tx, row)
		if x.earlier = x.total - beyond; back {
			x.earlier = beyond
		}
		return x, err
	}
	return x, nil
}

func (f Filter) row() filterRow {
	r := filterRow{Limit: min(max(f.Limit, 1), MaxPage) + 1}
	f.Order.begin(&r, f.After)
	for i, w := range searchWords(f.Text) {
		*[]**string{&r.Word1, &r.Word2, &r.Word3, &r.Word4}[i] = &w
	}
	if f.Within.Valid() {
		w := Region(f.Within)
		r.Region = &w
	}
	key := func(k string) *string { return &k }
	if f.Brand != nil {
		r.Brand = key(f.Brand.Key())
	}
	if f.Size != nil {
		r.Size = key(f.Size.Key())
	}
	if f.Status != nil {
		r.Status = key(f.Status.Key())
	}
	if f.Needs != 0 {
		n := int64(f.Needs)
		r.Needs = &n
	}
	if f.Standing {
		r.But = key(Candidate.Key())
	}
	if f.HoursUnknown {
		r.Hours = key("")
	}
	if f.CheckedBefore != (calendar.Date{}) {
		r.Since = key(f.CheckedBefore.String())
	}
	return r
}

// WordsOf are the words of a search. What is no text is in none, and no engine
// is asked about it.
func WordsOf(text string) []string {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")))
	return words[:min(len(words), maxWords)]
}

// searchWords are the words of a search, ready for LIKE.
func searchWords(text string) []string {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	words := WordsOf(text)
	for i := range words {
		words[i] = escape.Replace(words[i])
	}
	return words
}
