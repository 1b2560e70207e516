// Package logtree has the forms of the public log, and the growing edge of its
// tree. It computes on bytes and touches no storage, so that what makes the log
// and what checks it from outside share it.
//
// A log is a Merkle tree as RFC 6962 hashes it. Its leaves are the hashes of
// [Statement]s. It is published as files: hash tiles and bundles of statements
// ([TilePath]), a signed [Checkpoint], and a [Receipt] for each entry that
// somebody asks after. They are those of C2SP tlog-tiles, tlog-checkpoint and
// tlog-proof.
//
// [Edge] is the tree while it grows: it takes leaves and tells the root, in
// memory that does not grow with the log.
package logtree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/canonical"
)

// MaxStatement is what the length of an entry in a bundle can tell.
const MaxStatement = 1<<16 - 1

// Statement is what is published of an entry.
type Statement struct {
	At         time.Time
	By         string
	Commitment string // to the private part; empty without one
	ID         string
	Kind       string
	Public     json.RawMessage // canonical
	Subject    string

	// PublicSHA256 stands for Public in statements that would be too long.
	PublicSHA256 string
}

const statementTime = "2006-01-02T15:04:05.000000Z"

// Bytes returns the canonical JSON of s. The public part of one that would be
// longer than [MaxStatement] gives way to its hash: entries were once unbounded.
func (s Statement) Bytes() []byte {
	if b := s.Whole(); len(b) <= MaxStatement {
		return b
	}
	sum := sha256.Sum256(s.Public)
	s.Public, s.PublicSHA256 = nil, hex.EncodeToString(sum[:])
	return s.Whole()
}

// Whole is the canonical JSON of s however long it is. The members are put down in
// the order of their names; Public is canonical already, so that nothing is parsed.
func (s Statement) Whole() []byte {
	b := make([]byte, 0, 256+len(s.Public)+len(s.By)+len(s.Kind)+len(s.Subject)) // grows only for escapes and commitments
	member := func(name, value string) {
		b = append(b, `"`+name+`":`...)
		b = append(canonical.AppendString(b, value), ',')
	}
	b = append(s.At.UTC().AppendFormat(append(b, `{"at":"`...), statementTime), `",`...)
	member("by", s.By)
	if s.Commitment != "" {
		member("commitment", s.Commitment)
	}
	member("id", s.ID)
	member("kind", s.Kind)
	if s.PublicSHA256 != "" {
		member("public_sha256", s.PublicSHA256)
	} else {
		b = append(b, `"public":`...)
		b = append(append(b, s.Public...), ',')
	}
	member("subject", s.Subject)
	b[len(b)-1] = '}'
	return b
}

// Leaf is the hash of s in the tree.
func (s Statement) Leaf() tlog.Hash { return tlog.RecordHash(s.Bytes()) }

var errForm = errors.New("not a statement in its canonical form")

// ParseStatement reads what [Statement.Bytes] wrote, and nothing else.
func ParseStatement(b []byte) (Statement, error) {
	var in struct {
		At           string          `json:"at"`
		By           string          `json:"by"`
		Commitment   string          `json:"commitment"`
		ID           string          `json:"id"`
		Kind         string          `json:"kind"`
		Public       json.RawMessage `json:"public"`
		PublicSHA256 string          `json:"public_sha256"`
		Subject      string          `json:"subject"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return Statement{}, fmt.Errorf("%w: %w", errForm, err)
	}
	at, err := time.Parse(statementTime, in.At)
	if err != nil {
		return Statement{}, fmt.Errorf("%w: %w", errForm, err)
	}
	s := Statement{at, in.By, in.Commitment, in.ID, in.Kind, in.Public, in.Subject, in.PublicSHA256}
	if !bytes.Equal(s.Whole(), b) {
		return Statement{}, errForm
	}
	if again, err := canonical.JSON(json.RawMessage(b)); err != nil || !bytes.Equal(again, b) {
		return Statement{}, errForm
	}
	return s, nil
}
