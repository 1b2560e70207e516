package record

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// A sealed entry is in the log and says nothing: what is published of it has neither
// kind nor subject nor actor, only when it was and a commitment. What is committed to is
// the statement that would have been published, so an opening publishes it whole,
// with the salt, and anybody sees that it is what was sealed. Until then nobody can tell
// what it is about, and nobody can say later that it was something else.

// Sealed is an Entry that is published as a commitment only, until [Open].
type Sealed interface {
	Entry
	Sealed()
}

// What a sealed entry is published as.
const (
	KindSealed    = logtree.KindSealed
	sealedSubject = "sealed"
)

// mostSealed leaves an opening, which is about the same subject, room for what it says besides.
const mostSealed = logtree.MaxStatement - 1024

// Opened says what a sealed entry was, with the salt that proves it.
type Opened struct {
	Entry     string          `json:"entry"`
	Salt      string          `json:"salt"`
	Statement json.RawMessage `json:"statement"` // as it would have been published

	subject string
}

// Kind names the event.
func (Opened) Kind() string { return logtree.KindOpened }

// Subject is that of what was opened, in whose history it is from now on.
func (e Opened) Subject() string { return e.subject }

// inside is the private part of a sealed entry: all of it.
type inside struct {
	Person    string          `json:"person,omitempty"` // for whom Forget looks
	Private   json.RawMessage `json:"private,omitempty"`
	Salt      string          `json:"private_salt,omitempty"` // of the commitment in the statement
	Statement json.RawMessage `json:"statement"`
}

// seal hides an entry that was composed: it returns what is published in its place.
func (c cover) seal(item Item, private any) (Item, secret, error) {
	var in inside
	if private != nil {
		payload, err := canonical.JSON(private)
		if err != nil {
			return item, secret{}, err
		}
		own := newSecret(item.ID, string(payload))
		in.Person, in.Private, in.Salt, item.Commitment = personIn(own.Payload), payload, own.Salt, own.commitment()
	}
	in.Statement = item.statement().Whole()
	if n := len(in.Statement) + len(item.Subject); n > mostSealed {
		return item, secret{}, faultLong(n)
	}
	payload, err := canonical.JSON(in)
	if err != nil {
		return item, secret{}, err
	}
	s := newSecret(item.ID, string(payload))
	out := Item{ID: item.ID, At: item.At, Kind: KindSealed, Subject: sealedSubject, Public: "{}", Commitment: logtree.SealedCommitment(s.Salt, in.Statement)}
	s, err = c.over(s)
	return out, s, err
}

func newSecret(id, payload string) secret {
	salt := make([]byte, saltDigits/2)
	rand.Read(salt) // documented never to fail
	return secret{ID: id, Salt: hex.EncodeToString(salt), Payload: payload}
}

// unseal reads what a sealed entry is, after holding it against its commitment.
func unseal(tx *db.Tx, item Item) (in inside, salt string, err error) {
	s, err := secretByID.One(tx, item.ID)
	if err == nil {
		s, err = s.opened(KeysOf(tx))
	}
	if err == nil {
		err = json.Unmarshal([]byte(s.Payload), &in)
	}
	if err == nil && logtree.SealedCommitment(s.Salt, in.Statement) != item.Commitment {
		err = errAltered
	}
	if err != nil {
		return in, "", fmt.Errorf("record: what is sealed in %s: %w", item.ID, err)
	}
	return in, s.Salt, nil
}

// Inside returns what a sealed entry would have been, for those who may know; another
// entry it returns as it is. It is a fault.NotFound when it has been erased.
func Inside(tx *db.Tx, item Item) (Item, error) {
	if item.Kind != KindSealed {
		return item, nil
	}
	in, _, err := unseal(tx, item)
	if err != nil {
		return item, err
	}
	s, err := logtree.ParseStatement(in.Statement)
	if err != nil {
		return item, fmt.Errorf("record: what is sealed in %s: %w", item.ID, err)
	}
	return Item{ID: s.ID, At: s.At, Kind: s.Kind, Subject: s.Subject, By: s.By, Public: string(s.Public), Commitment: s.Commitment}, nil
}

// privateInside is the private part of what is sealed.
func privateInside(tx *db.Tx, item Item) (string, error) {
	in, _, err := unseal(tx, item)
	if err != nil {
		return "", err
	}
	s, err := logtree.ParseStatement(in.Statement)
	if err != nil {
		return "", fmt.Errorf("record: what is sealed in %s: %w", item.ID, err)
	}
	if len(in.Private) == 0 {
		return "", fault.New(fault.NotFound, "这条记录没有个人信息", "this entry has no personal data")
	}
	own := secret{Salt: in.Salt, Payload: string(in.Private)}
	if own.commitment() != s.Commitment {
		return "", fmt.Errorf("record: what is sealed in %s: %w", item.ID, errAltered)
	}
	return own.Payload, nil
}

// Open publishes what a sealed entry is, in an entry of its own. Its private part, if it
// has one, stays private. One that is not sealed, or was opened before, is a fault.Conflict.
func Open(tx *db.Tx, by, id string) error {
	item, err := ByID(tx, id)
	if err != nil {
		return err
	}
	if item.Kind != KindSealed {
		return fault.New(fault.Conflict, "这条记录没有密封", "this entry is not sealed")
	}
	in, salt, err := unseal(tx, item)
	if err != nil {
		return err
	}
	s, err := logtree.ParseStatement(in.Statement)
	if err != nil {
		return fmt.Errorf("record: open %s: %w", id, err)
	}
	history, err := listOfKind.Slice(tx, page{Subject: s.Subject, Kind: logtree.KindOpened, Limit: maxPage})
	if err != nil {
		return fmt.Errorf("record: open %s: %w", id, err)
	}
	for _, before := range history {
		if bytes.Contains([]byte(before.Public), []byte(`"entry":"`+id+`"`)) {
			return fault.New(fault.Conflict, "这条记录已经公开过", "this entry was opened before")
		}
	}
	return Append(tx, by, Opened{id, salt, in.Statement, s.Subject})
}
