package logtree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// An entry may be sealed: its statement has neither subject nor actor, and its commitment
// is to the statement that would have been published. A later entry opens it.
const (
	KindSealed = "record.sealed"
	KindOpened = "record.opened"
)

// SealedCommitment is the hash of a salt, in hex, and the bytes of a statement.
func SealedCommitment(salt string, statement []byte) string {
	b, _ := hex.DecodeString(salt) // one that is none gives another commitment
	sum := sha256.Sum256(append(b, statement...))
	return hex.EncodeToString(sum[:])
}

// Opening is what an entry of KindOpened says.
type Opening struct {
	Entry     string          `json:"entry"`
	Salt      string          `json:"salt"`
	Statement json.RawMessage `json:"statement"`
}

var errOpening = errors.New("not an opening")

// ParseOpening reads what an opening says, and the statement that was sealed.
func ParseOpening(public []byte) (o Opening, s Statement, err error) {
	if json.Unmarshal(public, &o) != nil || len(o.Salt) != 2*sha256.Size {
		return o, s, errOpening
	}
	// It is canonical as part of what is canonical.
	if s, err = ParseStatement(bytes.TrimSpace(o.Statement)); err != nil || s.ID != o.Entry {
		return o, s, errOpening
	}
	return o, s, nil
}
