package letter

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// A complainant who reports here gets a secret. It alone gives their word later: a code of a letter is
// public with its bulletin, and gives nothing. What is kept is its hash.

type tokenRow struct {
	Hash   string    `db:"hash"`
	Letter string    `db:"letter"`
	MadeAt time.Time `db:"made_at"`
}

var (
	insertToken = db.Declare[tokenRow, db.None](`INSERT INTO complaint_token (hash, letter, made_at) VALUES (:hash, :letter, :made_at)`)
	tokenByHash = db.Declare[string, tokenRow](`SELECT /*cols*/ FROM complaint_token WHERE hash = :hash`)
)

// NewToken makes the secret of whoever sent a letter. It is shown once.
func NewToken(tx *db.Tx, letter string) (token string, err error) {
	token = rand.Text()
	return token, KeepToken(tx, letter, token)
}

// KeepToken makes a text the secret of whoever sent a letter.
func KeepToken(tx *db.Tx, letter, token string) error {
	_, err := insertToken.Exec(tx, tokenRow{hashOf(token), letter, tx.Now()})
	return err
}

// MadeToken returns the letter of a secret and when it was made; false where nobody has it.
func MadeToken(tx *db.Tx, token string) (letter string, at time.Time, is bool, err error) {
	rows, err := tokenByHash.Slice(tx, hashOf(token))
	if err != nil || len(rows) == 0 {
		return "", at, false, err
	}
	return rows[0].Letter, rows[0].MadeAt, true, nil
}

// ByToken returns the letter of a secret; without it a fault.NotFound that tells nothing. Where the id of a letter is
// given, the secret of another is as one that nobody has.
func ByToken(tx *db.Tx, token, of string) (Letter, error) {
	rows, err := tokenByHash.Slice(tx, hashOf(token))
	if err != nil {
		return Letter{}, err
	}
	if len(rows) == 0 || of != "" && rows[0].Letter != of {
		return Letter{}, fault.At("token", fault.New(fault.NotFound, "凭证不对：请照收到时的样子填写", "this secret is not known: write it as it was given"))
	}
	return Read(tx, rows[0].Letter)
}

// hashOf is what is kept of a secret; how it was spaced or written does not matter.
func hashOf(token string) string {
	token = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(token))
	sum := sha256.Sum256([]byte("complaint token\x00" + token))
	return hex.EncodeToString(sum[:])
}
