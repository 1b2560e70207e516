// Package record is the append-only log: who did what to which subject, and
// when. An entry is written in the transaction of the use case it tells of, so
// neither exists without the other.
//
//	err := record.Append(tx, actor, station.Opened{ID: id, Name: name})
//	items, err := record.History(tx, "station/"+id, "", 50)
//
// An entry has a public part, which may be published, and perhaps a private
// part with personal data. The two are stored apart. The public row carries a
// commitment to the private one, SHA-256 over a random salt and the payload, so
// that without the salt nobody can test a guess, and when the private row is
// erased every proof over the public row still holds.
//
// An entry whose time has not come (a visit not yet made) or that concerns the public only
// in sum (a sign-in) may be sealed as a whole, until it is opened: see [Sealed].
//
// Both parts are canonical JSON after RFC 8785, so one entry has one byte
// sequence. An entry's [Item.Statement] is the canonical object of all public
// columns, at most 65,535 bytes, and its [Item.Leaf] the hash of that as RFC 6962
// hashes leaves.
//
// Kinds are Go types of the systems and engines that mean them. What is written
// stays as it is for ever, so a kind whose members change their meaning becomes
// another: "station.added", then "station.added@2".
//
// # The public log
//
// The leaves are put into a Merkle tree by record/sequencer, which also signs it,
// and published by record/publiclog; docs/adr/0009 has the design. Until then an
// entry is pending: the row of record_batch that is written with it has no index,
// and gets one in the transaction that puts it into the tree. So none is passed by,
// in whatever order transactions become visible.
//
// Tables owned: record_entry, record_private, record_batch, record_file, record_recovered. An entry is never
// changed or deleted, nor is what the sequencer makes of it; a private part is
// deleted by [Erase] and [Forget] alone, and sealed under the keys of people ([Keys]).
package record

import (
	"embed"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var files embed.FS

// Schema is the tables of the log.
var Schema = db.SchemaIn("record", files)

// Table has an entry a row, which nothing removes: it only grows.
const Table = "record_entry"

// Entry is what a use case says it did. Its JSON is the public part.
type Entry interface {
	// Kind names the event: "station.opened".
	Kind() string
	// Subject names the thing it happened to: "station/0192…".
	Subject() string
}

// Personal is an Entry that also has data of a person.
type Personal interface {
	Entry
	// Private returns the personal data; its JSON, an object, is the private part.
	// Its member "person" is the id of whom the entry is about, by which [Forget] finds
	// it. The public JSON must not repeat it.
	Private() any
}

// Item is an entry as it stands in the log.
type Item struct {
	ID         string    `db:"id"` // UUIDv7
	At         time.Time `db:"at"`
	Kind       string    `db:"kind"`
	Subject    string    `db:"subject"`
	By         string    `db:"actor"`
	Public     string    `db:"public"`     // canonical JSON
	Commitment string    `db:"commitment"` // hex, empty without private part
}

// Kind is a kind of entry, as docs/record.md explains it and pages name it.
type Kind struct {
	Example Entry
	Says    lang.Text // what an entry of the kind says, in a sentence without its stop
}

// Kinds lists the entries that this package appends.
func Kinds() []Kind {
	return []Kind{
		{Erased{}, lang.Text{ZH: "一个条目的非公开部分删掉了，为什么", EN: "The private part of an entry is gone, and why"}},
		{Forgotten{}, lang.Text{ZH: "关于某个人的所有非公开部分都删掉了", EN: "The private parts of all entries about one person are gone"}},
		{Opened{}, lang.Text{ZH: "公开了一个密封的条目，附上可以核对的盐", EN: "What a sealed entry was, with the salt that proves it"}},
	}
}

// Says tells what kinds of entries say, by their keys, and what is said of those that
// are sealed.
func Says(lists ...[]Kind) map[string]lang.Text {
	all := map[string]lang.Text{KindSealed: {ZH: "一个密封的条目，内容尚未公开", EN: "A sealed entry, which does not yet say what was done"}}
	for _, kinds := range lists {
		for _, k := range kinds {
			all[k.Example.Kind()] = k.Says
		}
	}
	return all
}
