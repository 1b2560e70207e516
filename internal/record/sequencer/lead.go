package sequencer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

// claim moves the head to the next epoch.
type claim struct {
	Epoch  int64  `db:"epoch"` // the present one
	Size   int64  `db:"size"`
	Leader string `db:"leader"`
	Note   string `db:"note"`
	Keys   string `db:"keys"`
}

var (
	firstHead = db.Declare[db.None, db.None](`
		INSERT INTO record_head (one, epoch, leader, size, note, keys) VALUES (1, 0, '', 0, '', '') ON CONFLICT DO NOTHING`)
	takeLead = db.Declare[claim, db.None](`
		UPDATE record_head SET epoch = epoch + 1, leader = :leader, note = :note, keys = :keys
		WHERE epoch = :epoch AND size = :size`)
	leaveLead = db.Declare[claim, db.None](`UPDATE record_head SET leader = '' WHERE epoch = :epoch AND leader = :leader`)
	anyWaits  = db.Declare[db.None, string](`SELECT id FROM record_batch WHERE seq IS NULL LIMIT 1`)
)

// errDeposed tells a leader that another one leads, or has written meanwhile.
var errDeposed = errors.New("another process leads the public log")

// follow takes the lead where nobody has it, or where it has had no effect for
// too long.
func (s *Sequencer) follow(ctx context.Context) (took bool, err error) {
	var head publiclog.Head
	waits := false
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if head, err = publiclog.ReadHead(tx); err != nil {
			return err
		}
		ids, err := anyWaits.Slice(tx, db.None{})
		waits = len(ids) > 0
		return err
	})
	if err != nil {
		return false, err
	}
	if !waits || head != s.seen {
		s.seen, s.since = head, time.Now() //nolint:forbidigo // its own running time, which setting a clock does not change
	}
	free := head.Leader == "" || head.Leader == s.name // by a fold whose outcome did not come through
	if !free && time.Since(s.since) < silence {
		return false, nil
	}
	return s.lead(ctx)
}

// lead takes the lead, unless the database is not the one that was published from.
func (s *Sequencer) lead(ctx context.Context) (bool, error) {
	kept, err := s.loadFolder()
	if err != nil {
		return false, err
	}
	var next claim
	err = s.db.View(ctx, func(tx *db.Tx) error {
		head, err := publiclog.ReadHead(tx)
		if err != nil {
			return err
		}
		c, _, err := s.fit(tx, head, kept)
		next = claim{head.Epoch, head.Size, s.name, string(c.Note), s.keys.public}
		return err
	})
	if err != nil {
		return false, err
	}
	took := int64(0)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := firstHead.Exec(tx, db.None{}); err != nil {
			return err
		}
		took, err = takeLead.Exec(tx, next)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("sequencer: take the lead: %w", err)
	}
	if took == 0 {
		return false, nil // another was faster
	}
	s.epoch = next.Epoch + 1
	return true, nil
}

// loadFolder reads the keys, which may have been exchanged while it runs, and
// returns what was published.
func (s *Sequencer) loadFolder() (logtree.Checkpoint, error) {
	k, err := readKeys(s.folder)
	if err == nil && len(k.signers) == 0 {
		err = faultNoKey(s.folder)
	}
	if err != nil {
		return logtree.Checkpoint{}, err
	}
	s.keys = k
	kept, found, err := s.kept.Load()
	if err == nil && !found {
		err = fault.New(fault.Unavailable,
			"已公布的检查点（log/checkpoint）不见了：无法知道数据库是不是旧的，因此不再签名。请把它放回；也可以从任何一份公开的日志里拿最后的 checkpoint 文件放在那里。",
			"What was published (log/checkpoint) is gone: nobody can tell whether the database is an older one, so nothing is signed. Put it back; the last file checkpoint of any public copy of the log will do.")
	}
	return kept, err
}

// fit holds the head against the tree, the keys and what was published. It
// returns the checkpoint of the head, made where none was signed yet, and the
// edge of the tree.
func (s *Sequencer) fit(tx *db.Tx, head publiclog.Head, kept logtree.Checkpoint) (logtree.Checkpoint, *logtree.Edge, error) {
	edge, err := logtree.ReadEdge(head.Size, publiclog.Hashes(tx))
	if err != nil {
		return logtree.Checkpoint{}, nil, err
	}
	var c logtree.Checkpoint
	if head.Note == "" && kept.Size == 0 {
		// A log that begins, or begins anew under another origin.
		c, err = logtree.Checkpoint{Origin: s.keys.origin, Size: head.Size, Root: edge.Root()}.Sign(s.keys.signers...)
	} else {
		if _, err := logtree.OpenCheckpoint([]byte(head.Note), s.keys.verifiers...); err != nil && head.Note != "" {
			return c, nil, faultOtherKey(s.keys.origin).Because(err)
		}
		c, err = head.Checkpoint(tx)
	}
	if err != nil {
		return c, nil, err
	}
	return c, edge, publiclog.Extends(tx, c, kept)
}

func faultOtherKey(origin string) *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库里的公开日志不是由这里的密钥（%[1]s）签的：数据库来自别处，或检查点被改动。请把与它相配的 log 文件夹放回；要用这里的密钥继续，请用 xiadu log renew。",
		"The public log in the database is not signed by the key that is here (%[1]s): the database is from elsewhere, or the checkpoint was altered. Put the folder log that belongs to it back; to go on with this key, use xiadu log renew.", origin)
}

// resign gives the lead back, so that another need not wait.
func (s *Sequencer) resign(ctx context.Context) {
	if s.epoch == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_ = s.db.Update(ctx, func(tx *db.Tx) error { // or else another waits
		_, err := leaveLead.Exec(tx, claim{Epoch: s.epoch, Leader: s.name})
		return err
	})
	s.epoch = 0
}

func (s *Sequencer) pending(ctx context.Context) (waits bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ids, err := anyWaits.Slice(tx, db.None{})
		waits = len(ids) > 0
		return err
	})
	return waits, err
}
