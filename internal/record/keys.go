package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
)

// Keys are those of personal data, which lie in a file beside the database and not in
// it. engine/identity has them.
type Keys interface {
	// InUse returns the number of the key in use, 0 where there has never been one.
	InUse(tx *db.Tx) (int, error)
	// Seal encrypts a text for a place under a key.
	Seal(number int, place, text string) (string, error)
	// Open decrypts what Seal made for the same place. A key that is not there is a
	// fault.Unavailable.
	Open(place, sealed string) (string, error)
	// Index returns the keyed hash of a text for a purpose, under a key.
	Index(number int, purpose, text string) (string, error)
	// Indexes returns those under every key there is.
	Indexes(purpose, text string) ([]string, error)
}

type keysSlot struct{}

// UseKeys has d keep private parts under k from now on.
func UseKeys(d *db.DB, k Keys) { d.Attach(keysSlot{}, k) }

// cover is the key that private parts are put under. The zero cover is none.
type cover struct {
	keys   Keys
	number int
}

// KeysOf returns the keys that the database of a transaction uses, or nil: for an engine
// that has private parts of its own.
func KeysOf(tx *db.Tx) Keys {
	k, _ := tx.Attached(keysSlot{}).(Keys)
	return k
}

func coverOf(tx *db.Tx) (c cover, err error) {
	c.keys = KeysOf(tx)
	if c.keys == nil {
		return c, nil
	}
	if c.number, err = c.keys.InUse(tx); err != nil {
		return c, fmt.Errorf("record: the key of private parts: %w", err)
	}
	return c, nil
}

// purpose sets references apart from what else is hashed under the key.
const purpose = "record"

// reference stands for a person where nobody is to be named.
func (c cover) reference(person string) (string, error) {
	if person == "" {
		return "", nil
	}
	if c.number == 0 {
		return plainReference(person), nil
	}
	return c.keys.Index(c.number, purpose, person)
}

// references are those that a person may be found by: a rotation may be under way.
func (c cover) references(person string) (all []string, err error) {
	if c.keys != nil && c.number > 0 {
		all, err = c.keys.Indexes(purpose, person)
	}
	return append(all, plainReference(person)), err
}

// numberOf is the number of the key that a reference was made with.
func numberOf(reference string) int {
	before, _, _ := strings.Cut(reference, ":")
	n, err := strconv.Atoi(before)
	if err != nil {
		return unknownKey
	}
	return n
}

// unknownKey is the number of no key, not even of none.
const unknownKey = -2

// plainReference is for a site that has no key yet.
func plainReference(person string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + person))
	return "0:" + hex.EncodeToString(sum[:20])
}

// personIn is whom a private part is about; see [Personal].
func personIn(payload string) string {
	var named struct {
		Person any `json:"person"`
	}
	_ = json.Unmarshal([]byte(payload), &named) // what is no object is about nobody
	person, _ := named.Person.(string)
	return person
}
