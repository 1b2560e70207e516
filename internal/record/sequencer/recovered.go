package sequencer

import (
	"slices"

	"github.com/xiadu/xiadu/internal/db"
)

// Stretch is entries of the log that came back from a mirror, by their indices.
type Stretch struct {
	First int64 `db:"first"`
	Past  int64 `db:"past"`
}

// Has reports whether an entry is of it.
func (s Stretch) Has(index int64) bool { return s.First <= index && index < s.Past }

var (
	insertRecovered = db.Declare[Stretch, db.None](`INSERT INTO record_recovered (first, past) VALUES (:first, :past)`)
	allRecovered    = db.Declare[db.None, Stretch](`SELECT /*cols*/ FROM record_recovered ORDER BY first`)
	deleteRecovered = db.Declare[Stretch, db.None](`DELETE FROM record_recovered WHERE first = :first AND past = :past`)
)

// Recovered are the stretches that the systems have not taken in yet.
func Recovered(tx *db.Tx) ([]Stretch, error) { return allRecovered.Slice(tx, db.None{}) }

// TakenIn says that the systems have taken stretches in; it belongs into the transaction in which they did.
func TakenIn(tx *db.Tx, all []Stretch) error {
	_, err := deleteRecovered.ExecEach(tx, slices.Values(all))
	return err
}

// longer adds the entries of a batch to stretches.
func longer(all []Stretch, first, past int64) []Stretch {
	if n := len(all); n > 0 && all[n-1].Past == first {
		all[n-1].Past = past
		return all
	}
	return append(all, Stretch{first, past})
}
