package publiclog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
)

type change struct {
	ID    string `db:"id"`
	Other string `db:"other"`
	Value string `db:"value"`
	Seq   int64  `db:"seq"`
	Bytes []byte `db:"bytes"`
}

// What somebody does who has the database and not the program.
var (
	alterAt         = db.Declare[change, db.None](`UPDATE record_entry SET at = '2020-01-01 00:00:00' WHERE id = :id`)
	alterKind       = db.Declare[change, db.None](`UPDATE record_entry SET kind = :value WHERE id = :id`)
	alterSubject    = db.Declare[change, db.None](`UPDATE record_entry SET subject = :value WHERE id = :id`)
	alterActor      = db.Declare[change, db.None](`UPDATE record_entry SET actor = :value WHERE id = :id`)
	alterPublic     = db.Declare[change, db.None](`UPDATE record_entry SET public = :value WHERE id = :id`)
	alterCommitment = db.Declare[change, db.None](`UPDATE record_entry SET commitment = :value WHERE id = :id`)
	dropPrivate     = db.Declare[change, db.None](`DELETE FROM record_private WHERE id = :id`)
	alterPrivate    = db.Declare[change, db.None](`UPDATE record_private SET payload = :value WHERE id = :id`)
	alterSalt       = db.Declare[change, db.None](`UPDATE record_private SET salt = :value WHERE id = :id`)
	dropEntry       = db.Declare[change, db.None](`DELETE FROM record_entry WHERE id = :id`)
	alterBatch      = db.Declare[change, db.None](`UPDATE record_entry SET batch = :value WHERE id = :id`)
	alterLeaves     = db.Declare[change, db.None](`UPDATE record_batch SET leaves = :bytes WHERE id = :id`)
	alterSeq        = db.Declare[change, db.None](`UPDATE record_batch SET seq = :seq WHERE id = :id`)
	dropBatch       = db.Declare[change, db.None](`DELETE FROM record_batch WHERE id = :id`)
	alterNode       = db.Declare[change, db.None](`UPDATE record_node SET hash = :bytes WHERE level = 1 AND n = :seq`)
	dropNode        = db.Declare[change, db.None](`DELETE FROM record_node WHERE level = 1 AND n = :seq`)
	alterNote       = db.Declare[change, db.None](`UPDATE record_head SET note = :value`)
	alterKeys       = db.Declare[change, db.None](`UPDATE record_head SET keys = :value`)
	alterSize       = db.Declare[change, db.None](`UPDATE record_head SET size = :seq`)
	dropPending     = db.Declare[db.None, db.None](`DELETE FROM record_batch WHERE seq IS NULL`)
	cutBatches      = db.Declare[int64, db.None](`DELETE FROM record_batch WHERE seq >= :seq`)
	cutNodes        = db.Declare[int64, db.None](`DELETE FROM record_node WHERE n >= :n`)
	batchAt         = db.Declare[int64, batchRow](`SELECT id, seq, leaves FROM record_batch WHERE seq <= :seq ORDER BY seq DESC LIMIT 1`)
)

type batchRow struct {
	ID     string `db:"id"`
	Seq    int64  `db:"seq"`
	Leaves []byte `db:"leaves"`
}

// batch is the one that has an index.
func (h home) batch(index int64) (b batchRow) {
	h.t.Helper()
	h.must(h.db.View(h.t.Context(), func(tx *db.Tx) (err error) { b, err = batchAt.One(tx, index); return err }))
	return b
}

// leaf changes the leaf of an index: id and hash, 48 bytes.
func (h home) leaf(index int64, change48 func(leaf []byte)) {
	h.t.Helper()
	b := h.batch(index)
	leaves := bytes.Clone(b.Leaves)
	change48(leaves[48*(index-b.Seq):][:48])
	h.exec(alterLeaves, change{ID: b.ID, Bytes: leaves})
}

func (h home) exec(q db.Query[change, db.None], c change) {
	h.t.Helper()
	h.update(func(tx *db.Tx) error {
		n, err := q.Exec(tx, c)
		if err == nil && n != 1 {
			err = errors.New("no row was changed")
		}
		return err
	})
}

// Each column of each row of the log, changed or removed by somebody who has the
// database, is found and named when the log is exported.
func TestRowsAltered(t *testing.T) {
	var pendingID string
	other := bytes.Repeat([]byte{7}, 32)
	for name, c := range map[string]struct {
		do   func(h home, ids []string)
		want error
		says string
	}{
		"time":       {func(h home, ids []string) { h.exec(alterAt, change{ID: ids[5]}) }, publiclog.ErrAltered, "Entry 5 "},
		"kind":       {func(h home, ids []string) { h.exec(alterKind, change{ID: ids[5], Value: "x"}) }, publiclog.ErrAltered, "Entry 5 "},
		"subject":    {func(h home, ids []string) { h.exec(alterSubject, change{ID: ids[5], Value: "x"}) }, publiclog.ErrAltered, "Entry 5 "},
		"actor":      {func(h home, ids []string) { h.exec(alterActor, change{ID: ids[599], Value: "x"}) }, publiclog.ErrAltered, "Entry 599 "},
		"public":     {func(h home, ids []string) { h.exec(alterPublic, change{ID: ids[256], Value: `{"n":9}`}) }, publiclog.ErrAltered, "Entry 256 "},
		"commitment": {func(h home, ids []string) { h.exec(alterCommitment, change{ID: ids[5]}) }, publiclog.ErrAltered, "Entry 5 "},
		"entry removed": {func(h home, ids []string) {
			h.exec(dropPrivate, change{ID: ids[300]})
			h.exec(dropEntry, change{ID: ids[300]})
		}, publiclog.ErrAltered, "Entry 300 "},
		"batch of an entry": {func(h home, ids []string) { h.exec(alterBatch, change{ID: ids[40], Value: ids[0]}) }, publiclog.ErrAltered, "Entry 40 "},
		"hash of a leaf":    {func(h home, _ []string) { h.leaf(6, func(b []byte) { b[47] ^= 1 }) }, publiclog.ErrAltered, "Entry 6 "},
		"hash of the last":  {func(h home, _ []string) { h.leaf(599, func(b []byte) { b[16] ^= 1 }) }, publiclog.ErrRewritten, "first 600"},
		"id of a leaf":      {func(h home, _ []string) { h.leaf(6, func(b []byte) { b[15] ^= 1 }) }, publiclog.ErrAltered, "Entry 6 "},
		"a leaf cut off": {func(h home, _ []string) {
			b := h.batch(40)
			h.exec(alterLeaves, change{ID: b.ID, Bytes: b.Leaves[:48*31]})
		}, publiclog.ErrAltered, "Entry 63 "},
		"a leaf cut in two": {func(h home, _ []string) {
			b := h.batch(40)
			h.exec(alterLeaves, change{ID: b.ID, Bytes: b.Leaves[:48*32-1]})
		}, publiclog.ErrAltered, "Entry 63 "},
		"batch removed":      {func(h home, ids []string) { h.exec(dropBatch, change{ID: ids[64]}) }, publiclog.ErrAltered, "Entry 64 "},
		"last batch removed": {func(h home, _ []string) { h.exec(dropBatch, change{ID: h.batch(599).ID}) }, publiclog.ErrRewritten, "first 600"},
		"index of a batch":   {func(h home, ids []string) { h.exec(alterSeq, change{ID: ids[64], Seq: 65}) }, publiclog.ErrAltered, "Entry 64 "},
		"leaves exchanged": {func(h home, _ []string) {
			b := h.batch(8)
			leaves := slices.Concat(b.Leaves[:8*48], b.Leaves[9*48:10*48], b.Leaves[8*48:9*48], b.Leaves[10*48:])
			h.exec(alterLeaves, change{ID: b.ID, Bytes: leaves})
		}, publiclog.ErrAltered, "Hash 0 of level 1"},
		"batches exchanged": {func(h home, ids []string) {
			h.exec(alterSeq, change{ID: ids[32], Seq: -1})
			h.exec(alterSeq, change{ID: ids[64], Seq: 32})
			h.exec(alterSeq, change{ID: ids[32], Seq: 64})
		}, publiclog.ErrAltered, "Hash 0 of level 1"},
		"node":         {func(h home, _ []string) { h.exec(alterNode, change{Seq: 1, Bytes: other}) }, publiclog.ErrRewritten, "first 600"},
		"node removed": {func(h home, _ []string) { h.exec(dropNode, change{Seq: 0}) }, publiclog.ErrRewritten, "first 600"},
		"note":         {func(h home, _ []string) { h.exec(alterNote, change{Value: "x"}) }, publiclog.ErrRewritten, "first 600"},
		"keys":         {func(h home, _ []string) { h.exec(alterKeys, change{Value: "x"}) }, publiclog.ErrRewritten, "first 600"},
		"size":         {func(h home, _ []string) { h.exec(alterSize, change{Seq: 599}) }, publiclog.ErrRewritten, "first 599"},
		"while it was pending": {func(h home, _ []string) {
			h.write(1)
			h.must(h.db.View(h.t.Context(), func(tx *db.Tx) error {
				items, err := record.History(tx, "test/1", "", 1)
				pendingID = items[0].ID
				return err
			}))
			h.exec(alterPublic, change{ID: pendingID, Value: `{"n":-1}`})
			h.must(h.sequence())
		}, publiclog.ErrAltered, "Entry 600 "},
		"taken out of the queue": {func(h home, _ []string) { h.write(2); h.dropPending() }, publiclog.ErrWithheld, "neither in the public log"},
		"an entry taken out of its batch in the queue": {func(h home, _ []string) {
			h.write(3)
			h.update(func(tx *db.Tx) error {
				b, err := record.Pending(tx)
				if err == nil {
					packed, _ := record.Pack(b[0].Leaves[:2])
					_, err = alterLeaves.Exec(tx, change{ID: b[0].ID, Bytes: packed})
				}
				return err
			})
		}, publiclog.ErrWithheld, "neither in the public log"},
		"rewritten from an entry": {func(h home, ids []string) { h.rewrite(ids, 40) }, publiclog.ErrRewritten, "first 600"},
	} {
		t.Run(name, func(t *testing.T) {
			h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
			h.write(600)
			h.must(h.sequence())
			c.do(h, h.ids())
			_, err := h.log().Export(t.Context(), t.TempDir())
			text, _ := fault.In(lang.EN, err)
			if !errors.Is(err, c.want) || !strings.Contains(text, c.says) || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%v, want %v: %s", err, c.want, c.says)
			}
		})
	}
}

func (h home) dropPending() {
	h.t.Helper()
	h.update(func(tx *db.Tx) error { _, err := dropPending.Exec(tx, db.None{}); return err })
}

// rewrite changes an entry and every hash above it, as a careful forger would.
func (h home) rewrite(ids []string, at int) {
	h.t.Helper()
	h.exec(alterPublic, change{ID: ids[at], Value: `{"n":-7}`})
	var edge logtree.Edge
	var leaves [][]byte
	h.must(h.db.View(h.t.Context(), func(tx *db.Tx) error {
		for _, id := range ids {
			item, err := record.ByID(tx, id)
			if err != nil {
				return err
			}
			leaf := item.Leaf().Hash
			leaves = append(leaves, bytes.Clone(leaf[:]))
		}
		return nil
	}))
	h.leaf(int64(at), func(b []byte) { copy(b[16:], leaves[at]) })
	for _, leaf := range leaves {
		for _, n := range edge.Add([32]byte(leaf)) {
			h.exec(alterNode, change{Seq: n.N, Bytes: n.Hash[:]})
		}
	}
}

// Private data that were altered, or their salt, contradict the commitment.
func TestPrivateAltered(t *testing.T) {
	h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	h.write(2)
	h.must(h.sequence())
	ids := h.ids()
	h.exec(alterPrivate, change{ID: ids[0], Value: `{"phone":"138"}`})
	h.exec(alterSalt, change{ID: ids[1], Value: strings.Repeat("00", 32)})
	for _, id := range ids {
		err := h.db.View(t.Context(), func(tx *db.Tx) error {
			item, err := record.ByID(tx, id)
			if err == nil {
				_, err = record.Private(tx, item)
			}
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "commitment") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Nothing is signed on a tree that is not the one that was signed before.
func TestSequencerRefusesARewrittenTree(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		h.write(600)
		h.must(h.sequence())
		h.rewrite(h.ids(), 40)
		h.write(1)
		if err := h.sequence(); !errors.Is(err, publiclog.ErrRewritten) {
			t.Errorf("%v, want ErrRewritten", err)
		}
		if _, err := h.log().Checkpoint(t.Context()); !errors.Is(err, publiclog.ErrRewritten) {
			t.Errorf("%v, want ErrRewritten", err)
		}
	})
}

// The database is put back to an earlier state: from a backup, or by somebody who
// cuts the tree and puts an earlier note in its place, which the key has signed.
func TestOlderDatabase(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		h.write(300)
		h.must(h.sequence())
		early, err := h.log().Checkpoint(t.Context())
		h.must(err)
		var backup bytes.Buffer
		h.must(h.db.Dump(t.Context(), &backup))
		h.write(300)
		h.must(h.sequence())

		dsn := dbtest.SQLite(t)
		if h.db.Engine() == db.Postgres {
			dsn = dbtest.Postgres(t)
		}
		d, err := db.Open(t.Context(), dsn)
		h.must(err)
		t.Cleanup(func() { h.must(d.Close()) })
		h.must(d.Load(t.Context(), &backup, record.Schema))
		restored := home{t, d, h.folder}
		cut := h
		cut.update(func(tx *db.Tx) error {
			_, err := cutBatches.Exec(tx, 300)
			_, err2 := cutNodes.Exec(tx, 1)
			return errors.Join(err, err2)
		})
		cut.exec(alterSize, change{Seq: 300})
		cut.exec(alterNote, change{Value: string(early.Note)})
		for name, h := range map[string]home{"restored": restored, "cut": cut} {
			h.write(400) // it grows beyond what was published
			if err := h.sequence(); !errors.Is(err, publiclog.ErrOlder) {
				t.Errorf("%s: the sequencer says %v", name, err)
			}
			if _, err := h.log().Checkpoint(t.Context()); !errors.Is(err, publiclog.ErrOlder) {
				t.Errorf("%s: the log says %v", name, err)
			}
			if _, err := h.log().Export(t.Context(), t.TempDir()); !errors.Is(err, publiclog.ErrOlder) {
				t.Errorf("%s: the export says %v", name, err)
			}
		}
	})
}

// What the sequencer stands on and is taken away.
func TestFolderDamaged(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(h home, folder string)
		says string
	}{
		"checkpoint removed": {func(h home, folder string) { h.must(os.Remove(filepath.Join(folder, "checkpoint"))) }, "log/checkpoint"},
		"key removed":        {func(h home, folder string) { h.must(os.Remove(filepath.Join(folder, "key"))) }, "xiadu log renew"},
		"folder removed":     {func(h home, folder string) { h.must(os.RemoveAll(folder)) }, "xiadu log renew"},
		"key damaged":        {func(h home, folder string) { h.must(os.WriteFile(filepath.Join(folder, "key"), []byte("x"), 0o600)) }, "not a key"},
		"another log's folder": {func(h home, folder string) {
			other := home{h.t, dbtest.Open(h.t, dbtest.SQLite(h.t), record.Schema), filepath.Join(h.t.TempDir(), "log")}
			h.must(other.sequence())
			h.must(os.Rename(other.folder, folder+"2"))
			h.must(os.RemoveAll(folder))
			h.must(os.Rename(folder+"2", folder))
		}, "not signed by the key"},
	} {
		t.Run(name, func(t *testing.T) {
			h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
			h.write(3)
			h.must(h.sequence())
			c.do(h, h.folder)
			h.write(3)
			err := h.sequence()
			if text, _ := fault.In(lang.EN, err); !strings.Contains(text, c.says) {
				t.Errorf("%v, want %s", err, c.says)
			}
		})
	}
	// A first start that ended between what is kept and the key begins again.
	h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	_, err := sequencer.Open(t.Context(), h.db, h.folder, "example.com/log")
	h.must(err)
	h.must(os.Remove(filepath.Join(h.folder, "key")))
	h.write(3)
	h.must(h.sequence())
	if ids := h.ids(); len(slices.Compact(ids)) != 3 {
		t.Error(ids)
	}
}
