// Package sequencer puts committed entries into the tree of the public log and
// signs it.
//
//	s, err := sequencer.Open(ctx, d, filepath.Join(home, "log"), origin)
//	s.Run(ctx, log)
//
// Any number of processes may run one. One of them leads: the row record_head has
// its epoch, and every fold moves that row from the epoch and the size it began
// with, in the transaction that writes indices, nodes and the signed checkpoint. A
// leader that was thought dead and wakes changes no row, and nobody sees what it
// has signed. A leader that stops on purpose gives the lead back; one that died is
// followed when entries have been pending and the head has stood still for
// [silence], by the follower's own running time. So clocks are not compared, and
// an idle log writes nothing.
//
// The order of the log is that in which the leader saw entries committed. It
// reads what is pending in one snapshot, and there is no mark that a late one
// could be behind: what is not in the tree has a row in record_batch without an index.
//
// Before a checkpoint is signed, the note in the database must be by its own key
// and of the tree in the database, and the last one that was published
// (publiclog.Kept) must be an earlier state of that tree. Otherwise the database
// is an older one or was rewritten, and nothing is signed until somebody has
// decided what to do: [Recover] or [Renew].
//
// Tables owned: record_node, record_head.
package sequencer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

const (
	// An entry is in a signed checkpoint a quarter of a second after its COMMIT,
	// or as long as a fold takes.
	look = 200 * time.Millisecond

	// How long a leader may do nothing about pending entries. A fold takes
	// fractions of a second; one that is slower loses its turn, and no more.
	silence = 3 * time.Second
)

// Sequencer is one that may lead. It belongs to one goroutine.
type Sequencer struct {
	db     *db.DB
	folder string
	keys   keys
	kept   publiclog.Kept
	name   string

	epoch int64 // while it leads

	// What a follower has seen, and since when.
	seen  publiclog.Head
	since time.Time
}

// Open returns a sequencer with the keys of a folder, which are made for the origin
// where no log exists yet. A log whose key is missing is a fault.Unavailable.
func Open(ctx context.Context, d *db.DB, folder, origin string) (*Sequencer, error) {
	s := &Sequencer{db: d, folder: folder, kept: publiclog.KeptIn(folder), name: rand.Text()}
	var err error
	if s.keys, err = readKeys(folder); err != nil || len(s.keys.signers) > 0 {
		return s, err
	}
	kept, found, err := s.kept.Load()
	if err != nil {
		return nil, err
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		head, err := publiclog.ReadHead(tx)
		if err == nil && (head.Note != "" || found && kept.Size > 0) {
			err = faultNoKey(folder)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.keys, err = makeKey(folder, origin)
	return s, err
}

func faultNoKey(folder string) *fault.Error {
	return fault.New(fault.Unavailable,
		"公开日志已经存在，而 %[1]s/key 不在：没有密钥不能签名。请把原来的 log 文件夹放回；密钥丢失时用 xiadu log renew 换一个日志名继续。",
		"There is a public log, and %[1]s/key is not there: nothing can be signed without it. Put the folder log back; if the key is lost, go on under another name with xiadu log renew.", folder)
}

// Run sequences until ctx ends. What it cannot do it tells once, and tries again.
func (s *Sequencer) Run(ctx context.Context, log *slog.Logger) {
	told := ""
	for {
		var busy bool
		err := fault.Safely(func() (err error) { busy, err = s.step(ctx); return err })()
		if ctx.Err() != nil {
			break
		}
		now := fmt.Sprint(err)
		if err != nil && now != told {
			log.ErrorContext(ctx, "the public log is not going on", "error", err)
		}
		told = now
		if busy && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(look):
		}
	}
	s.resign(context.WithoutCancel(ctx))
}

// Drain sequences what is pending, and returns when nothing is: for a command
// that runs without a server. Another process that leads does the work.
func (s *Sequencer) Drain(ctx context.Context) error {
	defer func() { s.resign(context.WithoutCancel(ctx)) }()
	for {
		busy, err := s.step(ctx)
		if err != nil {
			return err
		}
		if busy {
			continue
		}
		waits, err := s.pending(ctx)
		if err != nil || !waits {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}

// step does what is to be done now, and says whether there may be more.
func (s *Sequencer) step(ctx context.Context) (busy bool, err error) {
	if s.epoch == 0 {
		return s.follow(ctx)
	}
	// What came meanwhile waits for the next look: a fold for each entry would cost
	// who writes more than the entry.
	_, more, err := s.fold(ctx)
	if errors.Is(err, errDeposed) {
		s.epoch = 0
		return true, nil
	}
	return more, err
}
