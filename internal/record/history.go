package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// maxPage bounds a page of history: more is for paging, not for one screen.
const maxPage = 1000

type page struct {
	Subject string  `db:"subject"`
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
	itemByID   = db.Declare[string, Item](`SELECT /*cols*/ FROM record_entry WHERE id = :id`)
	secretByID = db.Declare[string, secret](`SELECT /*cols*/ FROM record_private WHERE id = :id`)
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

// ByID returns one entry, or a fault.NotFound.
func ByID(tx *db.Tx, id string) (Item, error) {
	item, err := itemByID.One(tx, id)
	if err != nil {
		return Item{}, fmt.Errorf("record: entry %s: %w", id, err)
	}
	return item, nil
}

// Private returns the private part of an entry, canonical JSON, after holding
// it against the commitment. It is a fault.NotFound when there is none or it has
// been erased.
func Private(tx *db.Tx, item Item) (string, error) {
	s, err := secretByID.One(tx, item.ID)
	if err != nil {
		return "", fmt.Errorf("record: private part of %s: %w", item.ID, err)
	}
	salt, err := hex.DecodeString(s.Salt)
	if err != nil {
		return "", fmt.Errorf("record: salt of %s: %w", item.ID, err)
	}
	if commitment(salt, []byte(s.Payload)) != item.Commitment {
		return "", fmt.Errorf("record: private part of %s: %w", item.ID, errAltered)
	}
	return s.Payload, nil
}

var errAltered = errors.New("it does not match its commitment")

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

// Statement returns the canonical JSON of the entry's public columns: the bytes
// that are published and proved.
func (i Item) Statement() ([]byte, error) {
	return canonical(struct {
		At         string          `json:"at"`
		By         string          `json:"by"`
		Commitment string          `json:"commitment,omitempty"`
		ID         string          `json:"id"`
		Kind       string          `json:"kind"`
		Public     json.RawMessage `json:"public"`
		Subject    string          `json:"subject"`
	}{i.At.UTC().Format("2006-01-02T15:04:05.000000Z"), i.By, i.Commitment, i.ID, i.Kind, json.RawMessage(i.Public), i.Subject})
}

// Leaf returns the RFC 6962 leaf hash of the entry's statement.
func (i Item) Leaf() ([sha256.Size]byte, error) {
	s, err := i.Statement()
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("record: leaf of %s: %w", i.ID, err)
	}
	return sha256.Sum256(append([]byte{0}, s...)), nil
}
