package station

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/gb"
)

// Filter chooses stations for a list. The zero Filter chooses all.
type Filter struct {
	Text    string      // words that must all occur in code, name, brand, host, address or division
	Within  gb.Division // the division or one above it
	Brand   *Brand
	Size    *Size
	Status  *Status
	Needs   Services // all of them
	Order   Order
	Reverse bool
	After   string // Page.Next of the page before, in the same order
	Limit   int    // 1 to 500
	// Uncounted leaves Page.Total out, for a reader of all pages who knows it.
	Uncounted bool
}

// Page is a page of a list.
type Page struct {
	Stations []Station // in the filter's order
	Total    int64     // of all pages
	Next     string    // for Filter.After; empty on the last page
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
		[AND services & :needs = :needs]`

var countStations = db.Declare[filterRow, int64](`SELECT count(*) FROM station_station WHERE true` + filtered)

// List returns a page of the stations that f chooses, as they are now: from the
// register in memory if no change has been made since it was held, and else from
// the database, which reads every station for most filters.
func (s *Service) List(ctx context.Context, f Filter) (page Page, err error) {
	row := f.row()
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if held := s.held.Load(); held != nil {
			now, err := RevisionNow.One(tx, db.None{})
			if err != nil {
				return err
			}
			if held.revision == now {
				var ok bool
				if page, ok = held.list(f); ok {
					return nil
				}
			}
		}
		if !f.Uncounted {
			if page.Total, err = countStations.One(tx, row); err != nil {
				return err
			}
		}
		way := 0
		if f.Reverse {
			way = 1
		}
		rows, err := listed[f.Order][way].Slice(tx, row)
		if err != nil {
			return err
		}
		if n := row.Limit - 1; len(rows) > n { // one more was asked for, to see whether there is a next page
			rows = rows[:n]
			page.Next = f.Order.mark(rows[n-1])
		}
		l := rowLoader{map[string]opening.Hours{}}
		for _, r := range rows {
			station, err := l.station(r)
			if err != nil {
				return err
			}
			page.Stations = append(page.Stations, station)
		}
		return nil
	})
	return page, err
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
