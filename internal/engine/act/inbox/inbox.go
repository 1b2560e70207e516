// Package inbox takes in what devices did while they had no signal: it opens each act,
// holds it against the signature of its device, and has it done once.
//
//	box := inbox.Open(d, inbox.Options[identity.Colleague]{Kinds: …, As: …, Files: …})
//	outcomes := box.Receive(ctx, courier, envelopes)
//
// It knows no system and nobody's rights: a Kind is a function that a system registers, and
// who its author is now is told by As, in the same transaction. docs/adr/0015 has the design.
//
// # Invariants
//
//   - The author of an act is whose device signed it, whoever brings it.
//   - An act is done in one transaction with act.Once: in effect once, however often it comes,
//     and another text under its id is refused.
//   - What a revoked device signed does nothing before its author says so; and a conflict or a
//     refusal that somebody else brought waits for the author, whose words nobody else reads.
//   - Nothing lies here readable: acts stay in their envelopes, parts of files in their boxes,
//     and the private halves of the site's keys under the keys of people.
//
// Tables owned: offline_key, offline_device, offline_file, offline_part, offline_held.
package inbox

import (
	"context"
	"crypto/ecdh"
	"embed"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var files embed.FS

// Schema is the tables of the inbox.
var Schema = db.SchemaIn("offline", files)

// What an inbox takes: more is no act of a person.
const (
	MaxBody  = 64 << 10
	MaxBatch = 200
	maxFiles = 50
)

// Act is what was done, as its device sealed it.
type Act struct {
	ID       string          `json:"id"` // device/number
	Kind     string          `json:"kind"`
	Seen     int64           `json:"seen"`  // the version that its author saw; 0: none
	After    string          `json:"after"` // the act of the same device that it builds on
	Happened time.Time       `json:"happened"`
	Distance *int64          `json:"distance"` // ms by which the device's clock was ahead of the server's when it last heard it
	Body     json.RawMessage `json:"body"`
	Files    []File          `json:"files"`
}

// File is bytes that an act names.
type File struct {
	Hash  string `json:"hash"` // SHA-256, hex
	Size  int64  `json:"size"`
	Media string `json:"media"`
}

// At is when it happened by the server's clock, as near as is known: never later than it
// arrived. It is told, and starts no legal clock unconfirmed.
func (a Act) At(arrived time.Time) time.Time {
	at := a.Happened
	if a.Distance != nil {
		at = at.Add(-time.Duration(*a.Distance) * time.Millisecond)
	}
	if at.After(arrived) {
		return arrived
	}
	return at.UTC()
}

// Kind is what a system does with acts of a kind.
type Kind[W any] struct {
	Name   lang.Text
	Fields map[string]lang.Text // what the fields of its body are called, where its author reads them again
	Files  string               // the kind of evidence that its files are; empty: it has none
	// Do does it, in the transaction that keeps that it was done. The answer is kept, and told
	// again whenever the act comes again. What changed since the author saw it is a *Conflict,
	// or a fault.Conflict; what breaks a rule another fault.
	Do func(tx *db.Tx, who W, a Act) (answer string, err error)
}

// Conflict is that something changed since the author of an act saw it.
type Conflict struct { //nolint:errname // it is what the act met, as a State is called
	Wanted  lang.Text // what the act wanted
	Now     lang.Text // what it met
	Version int64     // which an act that is to be done all the same has to have seen; 0: it cannot be
}

func (c *Conflict) Error() string { return "conflict: " + c.Now.EN }

// Unwrap makes it a fault for whoever knows no more of it.
func (c *Conflict) Unwrap() error { return &fault.Error{Kind: fault.Conflict, Text: c.Now} }

// Files is where the bytes of acts go.
type Files struct {
	// Limit is how large a file of a kind of evidence may be.
	Limit func(kind string) (int64, error)
	// Missing tells which hashes a person has yet to bring.
	Missing func(tx *db.Tx, person string, hashes []string) ([]string, error)
	// Take takes the bytes of a file for a person.
	Take func(ctx context.Context, r io.Reader, kind, person string, f File) error
}

// Options are what an Inbox is made from.
type Options[W any] struct {
	Kinds map[string]Kind[W]
	// As is the author of an act, as of this transaction: a person, and the device that they
	// had signed in with. False: neither stands any more, and the act is held.
	As    func(tx *db.Tx, person, login string) (W, bool, error)
	Files Files // zero: no kind has files
}

// Inbox is safe for concurrent use, and any number of processes may have one on the same
// database.
type Inbox[W any] struct {
	db *db.DB
	Options[W]

	mu   sync.Mutex
	keys map[int]*ecdh.PrivateKey // that were opened
}

// Open returns the inbox of a database whose tables are up to date.
func Open[W any](d *db.DB, o Options[W]) *Inbox[W] {
	return &Inbox[W]{db: d, Options: o, keys: map[int]*ecdh.PrivateKey{}}
}
