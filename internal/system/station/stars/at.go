package stars

import "github.com/xiadu/xiadu/internal/db"

// At is what a station has, within a transaction of another's; false: it was never reviewed.
func At(tx *db.Tx, code string) (one Star, there bool, err error) { return of(tx, code) }
