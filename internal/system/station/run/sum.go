package run

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
)

// Sum is the SHA-256 of a file in hexadecimal: its name wherever it goes.
type Sum string

var sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Valid reports whether s is a checksum at all. Nothing else is ever made part
// of a file's name.
func (s Sum) Valid() bool { return sumForm.MatchString(string(s)) }

// SumOf reads r to its end.
func SumOf(r io.Reader) (Sum, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return Sum(hex.EncodeToString(sum.Sum(nil))), nil
}
