package record

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// maxPage bounds a page of history: more is for paging, not for one screen.
const maxPage = 1000

type page struct {
	Subject string  `db:"subject"`
	Kind    string  `db:"kind"` // of listOfKind
	Before  *string `db:"before"`
	Limit   int     `db:"lim"`
}

type window struct {
	Kind  *string `db:"kind"`
	Since string  `db:"since"`
}

var (
	listOfSubject = db.Declare[page, Item](`
		SELECT /*cols*/ FROM record_entry WHERE subject = :subject [AND id < :before]
		ORDER BY id DESC LIMIT :lim`)
	listOfKind = db.Declare[page, Item](`
		SELECT /*cols*/ FROM record_entry WHERE subject = :subject AND kind = :kind ORDER BY id DESC LIMIT :lim`)
	itemByID   = db.Declare[string, Item](`SELECT /*cols*/ FROM record_entry WHERE id = :id`)
	countSince = db.Declare[window, int64](`
		SELECT count(*) FROM record_entry WHERE id >= :since [AND kind = :kind]`)
	newestOf = db.Declare[window, string](`
		SELECT id FROM record_entry WHERE true [AND kind = :kind] ORDER BY id DESC LIMIT 1`)
)

// History returns the entries of a subject, newest first, at most limit (no
// more than 1000). The next page comes with the last ID of this one as after;
// the first with "".
func History(tx *db.Tx, subject, after string, limit int) ([]Item, error) {
	p := page{Subject: subject, Limit: min(max(limit, 1), maxPage)}
	if after != "" {
		p.Before = &after
	}
	items, err := listOfSubject.Slice(tx, p)
	if err != nil {
		return nil, fmt.Errorf("record: history of %s: %w", subject, err)
	}
	return items, nil
}

type latest struct {
	Kind   *string `db:"kind"`
	Before *string `db:"before"`
	Limit  int     `db:"lim"`
}

var latestOf = db.Declare[latest, Item](`
	SELECT /*cols*/ FROM record_entry WHERE true [AND kind LIKE :kind || '%'] [AND id < :before] ORDER BY id DESC LIMIT :lim`)

// Latest returns the entries of all subjects whose kind begins with a text, newest first,
// before an id ("": from the newest), at most limit (no more than 1000).
func Latest(tx *db.Tx, kind, before string, limit int) ([]Item, error) {
	q := latest{Limit: min(max(limit, 1), maxPage)}
	if kind != "" {
		q.Kind = &kind
	}
	if before != "" {
		q.Before = &before
	}
	items, err := latestOf.Slice(tx, q)
	if err != nil {
		return nil, fmt.Errorf("record: the latest entries: %w", err)
	}
	return items, nil
}

type aboutPage struct {
	Person string  `db:"person"`
	Kind   *string `db:"kind"`
	Before *string `db:"before"`
	Limit  int     `db:"lim"`
}

var aboutPerson = db.Declare[aboutPage, Item](`
	SELECT /*cols*/ FROM record_entry WHERE id IN (SELECT id FROM record_private WHERE person = :person)
		[AND kind LIKE :kind || '%'] [AND id < :before] ORDER BY id DESC LIMIT :lim`)

// About is Latest for the entries of which the private part is about a person. They are
// found by the reference that Forget finds them by, and none is opened.
func About(tx *db.Tx, person, kind, before string, limit int) (items []Item, err error) {
	c, err := coverOf(tx)
	if err != nil {
		return nil, err
	}
	all, err := c.references(person)
	if err != nil {
		return nil, fmt.Errorf("record: the entries about a person: %w", err)
	}
	q := aboutPage{Limit: min(max(limit, 1), maxPage)}
	if kind != "" {
		q.Kind = &kind
	}
	if before != "" {
		q.Before = &before
	}
	for _, q.Person = range all { // one for each key that there was
		some, err := aboutPerson.Slice(tx, q)
		if err != nil {
			return nil, fmt.Errorf("record: the entries about a person: %w", err)
		}
		items = append(items, some...)
	}
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(b.ID, a.ID) })
	return items[:min(len(items), q.Limit)], nil
}

// ByID returns one entry, or a fault.NotFound.
func ByID(tx *db.Tx, id string) (Item, error) {
	item, err := itemByID.One(tx, id)
	if err != nil {
		return Item{}, fmt.Errorf("record: entry %s: %w", id, err)
	}
	return item, nil
}

// settled is how long a transaction may hold back its entries: an import writes
// entries with the ids of its beginning and shows them only at its end.
const settled = time.Hour

// Revision returns a text that differs whenever entries of the given kinds (all
// when none is given) have been committed since, by this process or another. A
// server keeps the revision of the snapshot it works on and asks again now and
// then; the answer costs an index lookup and a count of the last hour.
func Revision(tx *db.Tx, kinds ...string) (string, error) {
	windows := []window{{}}
	if len(kinds) > 0 {
		windows = make([]window, len(kinds))
		for i := range kinds {
			windows[i].Kind = &kinds[i]
		}
	}
	var b strings.Builder
	for _, w := range windows {
		newest, err := newestOf.Slice(tx, w)
		if err != nil {
			return "", fmt.Errorf("record: revision: %w", err)
		}
		if len(newest) == 0 {
			b.WriteString("-;")
			continue
		}
		// Counting from the newest entry back, not from now, keeps the text the
		// same while nothing happens.
		w.Since = earlier(newest[0], settled)
		n, err := countSince.One(tx, w)
		if err != nil {
			return "", fmt.Errorf("record: revision: %w", err)
		}
		fmt.Fprintf(&b, "%s+%d;", newest[0], n)
	}
	return b.String(), nil
}

// earlier returns the first UUIDv7 of the time d before that of id. Its first
// 48 bits are milliseconds.
func earlier(id string, d time.Duration) string {
	var ms int64
	if _, err := fmt.Sscanf(id[:8]+id[9:13], "%012x", &ms); err != nil {
		return ""
	}
	h := fmt.Sprintf("%012x", max(0, ms-d.Milliseconds()))
	return h[:8] + "-" + h[8:] + "-"
}
