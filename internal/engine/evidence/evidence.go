// Package evidence keeps what people photograph and sign.
//
//	e, err := evidence.Open(ctx, d, evidence.Options{Folder: …, Kinds: …})
//	taken, err := e.Take(ctx, body, evidence.Sent{Kind: "complaint.photo", By: person})
//	item, err := e.Attach(tx, evidence.New{Hash: taken.Hash, Subject: "measure/0192…", …})
//	_, err = e.Develop(ctx, 10)                     // behind it: a worker, again and again
//	page, err := e.Rendition(ctx, item.ID, evidence.Screen)
//
// It knows no case: an *item* is bytes as evidence of a kind, for a subject of a system
// that it takes for an opaque text. The system says who may do what, before it calls.
// docs/adr/0013 has the design; its rooms are picture and imprint, which know no storage,
// and store, which is the folder with the bytes.
//
// # Lifecycle
//
// An intake has bytes that nobody names yet, of one person or device, until it runs out.
// Attach makes an item of it in the transaction of the system's act. A picture's item is
// pending until it is developed: turned upright, in sizes without metadata, with a print
// of what it looks like. One that cannot be decoded is unreadable, its original stays.
// What is no picture is opaque and only ever handed out as it came.
//
// # Invariants
//
//   - Whatever a row names is on the disk: it was synced before the row was written, and
//     only what no row names is deleted (see store).
//   - Only whoever brought bytes may name them: a hash alone proves nothing.
//   - When, where and with what a picture was taken is sealed under the keys of people
//     ([record.Keys]), and so is the key of each file.
//   - Every view of an original is an entry, sealed, before a byte of it is handed out.
//   - The public can be given a published rendition only: [Public] has no other.
//   - Erasing leaves the row of an item with its subject and kind, and the log's entries:
//     the salt of the commitment to its hash goes too.
//   - No machine refuses or decides: a likeness is a question with a person's answer.
//
// Tables owned: evidence_store, evidence_blob, evidence_intake, evidence_item,
// evidence_rendition, evidence_print, evidence_likeness, evidence_cover, evidence_gone.
package evidence

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
)

//go:embed schema
var files embed.FS

// Schema is the tables of evidence.
var Schema = db.SchemaIn("evidence", files)

// Evidence is safe for concurrent use, and any number of processes may have one on the
// same database and folder.
type Evidence struct {
	db    *db.DB
	store *store.Store
	kinds map[string]Kind
	grace time.Duration
	slots *semaphore.Weighted // bytes of decoded pictures
	most  int64
	seen  shelf
	until map[string]Until
}

// Options are what Evidence is made from.
type Options struct {
	Folder string // where the bytes are
	Kinds  []Kind
	// Until is, by system, how long an item of a kind that has Keep is kept. Where a system is
	// not here, its items are kept for Keep and no longer.
	Until map[string]Until
	// Grace is how old a file is at least that is swept; 0 means a day.
	Grace time.Duration
	// Memory is how many bytes decoded pictures may take at a time; 0 means 768 MiB, by
	// which the largest that is taken can be decoded.
	Memory int64
	// Told is for tests: see store.Store.Tell.
	Told func()
}

const (
	usualGrace  = 24 * time.Hour
	usualMemory = 768 << 20
)

var (
	readStore = db.Declare[db.None, string](`SELECT id FROM evidence_store`)
	setStore  = db.Declare[string, db.None](`INSERT INTO evidence_store (one, id) VALUES (1, :id)`)
)

// Open returns the evidence of a database whose tables are up to date. A folder that is
// another database's is a fault.Unavailable.
func Open(ctx context.Context, d *db.DB, o Options) (*Evidence, error) {
	s, err := store.Open(o.Folder)
	if err != nil {
		return nil, err
	}
	if err := claim(ctx, d, s); err != nil {
		return nil, err
	}
	s.Tell(o.Told)
	most := cmp.Or(o.Memory, usualMemory)
	e := &Evidence{db: d, store: s, kinds: map[string]Kind{}, grace: cmp.Or(o.Grace, usualGrace), slots: semaphore.NewWeighted(most), most: most, until: o.Until}
	for _, k := range o.Kinds {
		if err := k.check(); err != nil {
			return nil, err
		}
		if _, twice := e.kinds[k.Key]; twice {
			return nil, fmt.Errorf("evidence: two kinds %s", k.Key)
		}
		e.kinds[k.Key] = k
	}
	return e, nil
}

// claim holds the folder against the database, or makes them one another's.
func claim(ctx context.Context, d *db.DB, s *store.Store) error {
	has, err := s.ID()
	if err != nil {
		return fmt.Errorf("evidence: open %s: %w", s.Folder(), err)
	}
	var want string
	read := func(tx *db.Tx) error {
		ids, err := readStore.Slice(tx, db.None{})
		if err == nil && len(ids) > 0 {
			want = ids[0]
		}
		return err
	}
	if err := d.View(ctx, read); err != nil {
		return fmt.Errorf("evidence: open: %w", err)
	}
	if want == "" {
		if has == "" {
			if has, err = s.SetID(uuid.NewString()); err != nil {
				return err
			}
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			want = ""
			if err := read(tx); err != nil || want != "" {
				return err
			}
			want = has
			_, err := setStore.Exec(tx, has)
			return err
		})
		if err != nil {
			return fmt.Errorf("evidence: open: %w", err)
		}
	}
	if has != want {
		return fault.New(fault.Unavailable,
			"照片目录 %s 不是这个数据库的。多台机器共用一个数据库时，也要共用同一个照片目录（网络文件系统）；恢复备份时会放好它。",
			"The folder of evidence %s is not this database's. Machines that share a database share the folder, too (a network file system); a restore puts it in place.", s.Folder())
	}
	return nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}
