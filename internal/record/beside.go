package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// A file beside the log is a text that is too long for a statement, as the table of a bulletin. An entry of the
// same transaction names it by its hash; the public fetches it by that, with the log and as the log.

// MaxFile bounds a file beside the log.
const MaxFile = 16 << 20

type file struct {
	SHA256 string `db:"sha256"`
	Text   string `db:"text"`
}

type behindFile struct {
	After string `db:"after"`
	Limit int    `db:"lim"`
}

var (
	putFile = db.Declare[file, db.None](`
		INSERT INTO record_file (sha256, text) VALUES (:sha256, :text) ON CONFLICT (sha256) DO NOTHING`)
	dropFile = db.Declare[string, db.None](`DELETE FROM record_file WHERE sha256 = :sha256`)
	fileOf   = db.Declare[string, file](`SELECT /*cols*/ FROM record_file WHERE sha256 = :sha256`)
	sumsOf   = db.Declare[behindFile, string](`SELECT sha256 FROM record_file WHERE sha256 > :after ORDER BY sha256 LIMIT :lim`)
)

// PutFile publishes a text beside the log and returns its SHA-256 in hexadecimal, for the entry that names it.
func PutFile(tx *db.Tx, text []byte) (sum string, err error) {
	if len(text) > MaxFile || !utf8.Valid(text) {
		return "", fault.New(fault.Invalid, "要公布的文件有 %[1]d MB，最多 %[2]d MB：请分几次公布", "what is to be published has %[1]d MB, and %[2]d are the most: publish it in parts", len(text)>>20, MaxFile>>20)
	}
	hash := sha256.Sum256(text)
	sum = hex.EncodeToString(hash[:])
	if _, err := putFile.Exec(tx, file{sum, string(text)}); err != nil {
		return "", fmt.Errorf("record: put file %s: %w", sum, err)
	}
	return sum, nil
}

// DropFile takes a file out of what is published. The entry that named it stays, and its hash.
func DropFile(tx *db.Tx, sum string) error {
	if _, err := dropFile.Exec(tx, sum); err != nil {
		return fmt.Errorf("record: drop file %s: %w", sum, err)
	}
	return nil
}

// File returns a file that is published beside the log, or a fault.NotFound.
func File(tx *db.Tx, sum string) ([]byte, error) {
	f, err := fileOf.One(tx, sum)
	if err != nil {
		return nil, fmt.Errorf("record: file %s: %w", sum, err)
	}
	return []byte(f.Text), nil
}

// FileSums lists the files that are published beside the log, behind one, at most so many.
func FileSums(tx *db.Tx, after string, limit int) ([]string, error) {
	all, err := sumsOf.Slice(tx, behindFile{after, limit})
	if err != nil {
		return nil, fmt.Errorf("record: files beside the log: %w", err)
	}
	return all, nil
}
