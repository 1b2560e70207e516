package card

import (
	"strings"
	"time"
	"unicode"

	"github.com/xiadu/xiadu/internal/db"
)

// Filter is what somebody looks for in the library.
type Filter struct {
	Words   string // each of them has to be there
	Year    int    // 0: any
	Contest string
	Field   string
	Before  time.Time // where a list goes on: behind a card
	Behind  string
	Limit   int
}

type search struct {
	A       *string   `db:"a"`
	B       *string   `db:"b"`
	C       *string   `db:"c"`
	D       *string   `db:"d"`
	Year    *int      `db:"year"`
	Contest *string   `db:"contest"`
	Field   *string   `db:"field"`
	Before  time.Time `db:"before"`
	Behind  string    `db:"behind"`
	Limit   int       `db:"lim"`
}

var library = db.Declare[search, Card](`
	SELECT /*cols*/ FROM contest_card
	WHERE shown > 0 AND (shown_at < :before OR shown_at = :before AND id < :behind)
		[AND year = :year] [AND contest = :contest] [AND field = :field]
		[AND words LIKE :a ESCAPE '!'] [AND words LIKE :b ESCAPE '!'] [AND words LIKE :c ESCAPE '!'] [AND words LIKE :d ESCAPE '!']
	ORDER BY shown_at DESC, id DESC LIMIT :lim`)

// fold is a text as a search sees it: letters small, full-width ones as others.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFF01 - '!'
		}
		return unicode.ToLower(r)
	}, text)
}

// MostWords is how many words a search looks for.
const MostWords = 4

// farAhead is behind every card that there is.
var farAhead = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

var escape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Library lists cards that everybody reads, the newest first.
func Library(tx *db.Tx, f Filter) ([]Card, error) {
	q := search{Before: f.Before, Behind: f.Behind, Limit: f.Limit}
	if q.Before.IsZero() {
		q.Before = farAhead
	}
	if f.Year > 0 {
		q.Year = &f.Year
	}
	if f.Contest != "" {
		q.Contest = &f.Contest
	}
	if f.Field != "" {
		q.Field = &f.Field
	}
	words := strings.Fields(fold(f.Words))
	for i, to := range []**string{&q.A, &q.B, &q.C, &q.D} {
		if i < len(words) {
			like := "%" + escape.Replace(words[i]) + "%"
			*to = &like
		}
	}
	return library.Slice(tx, q)
}

// Shelf is a contest or a year of which the library has cards.
type Shelf struct {
	Year    int    `db:"year"`
	Contest string `db:"contest"`
	Title   string `db:"title"`
	N       int    `db:"n"`
}

var shelves = db.Declare[db.None, Shelf](`
	SELECT k.year AS year, k.contest AS contest, e.title AS title, COUNT(*) AS n FROM contest_card k JOIN contest_event e ON e.code = k.contest
	WHERE k.shown > 0 GROUP BY k.year, k.contest, e.title ORDER BY k.year DESC, k.contest`)

// Shelves are the contests of which there are cards, the newest year first.
func Shelves(tx *db.Tx) ([]Shelf, error) { return shelves.Slice(tx, db.None{}) }

// Count is how many adoptions a card has in a state.
type Count struct {
	Card  string        `db:"card"`
	State AdoptionState `db:"state"`
	N     int           `db:"n"`
}

var counts = db.Declare[[]string, Count](`SELECT card, state, COUNT(*) AS n FROM contest_adoption WHERE card IN :cards GROUP BY card, state`)

// Tally is adoptions counted: what was verified apart from what is merely said.
type Tally struct{ Said, Verified, Unverified int }

func (t *Tally) add(s AdoptionState, n int) {
	switch s {
	case Said:
		t.Said += n
	case Verified:
		t.Verified += n
	case Unverified:
		t.Unverified += n
	case TakenBack: // counts for nothing
	}
}

// Adopted counts the adoptions of cards, by their ids.
func Adopted(tx *db.Tx, cards ...string) (map[string]Tally, error) {
	rows, err := counts.Slice(tx, cards)
	all := map[string]Tally{}
	for _, r := range rows {
		t := all[r.Card]
		t.add(r.State, r.N)
		all[r.Card] = t
	}
	return all, err
}

// Month is the adoptions that began in a month.
type Month struct {
	Month string // 2026-09
	Tally
}

type monthRow struct {
	Since string        `db:"since"`
	State AdoptionState `db:"state"`
	N     int           `db:"n"`
}

type monthsOf struct {
	Card *string `db:"card"`
	From string  `db:"since"`
}

var byMonth = db.Declare[monthsOf, monthRow](`
	SELECT since, state, COUNT(*) AS n FROM contest_adoption WHERE since >= :since AND state <> 'withdrawn' [AND card = :card]
	GROUP BY since, state ORDER BY since`)

// Months are adoptions by the month in which they began, from one on; of one card, or of all where card is empty.
func Months(tx *db.Tx, card, from string) (all []Month, err error) {
	q := monthsOf{From: from}
	if card != "" {
		q.Card = &card
	}
	rows, err := byMonth.Slice(tx, q)
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].Month != r.Since {
			all = append(all, Month{Month: r.Since})
		}
		all[len(all)-1].add(r.State, r.N)
	}
	return all, err
}
