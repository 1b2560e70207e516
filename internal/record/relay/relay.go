// Package relay passes the public log on to JetStream, for programs beside this one that
// want to know at once what has changed.
//
//	go relay.Run(ctx, log, queue.Config{URL: url}, logger)     // the site
//	relay.Follow(ctx, config, origin, next, func(relay.Entry) error {…})  // whoever wants to know
//
// There is no second outbox: the entries of the log with their index are the outbox. How
// far it has come the feed itself says, by the id of its last message (index and hash), so
// that a server that has lost the end of it after a power cut gets it again. Several
// sites on one database may all relay: the server takes each entry once and in turn
// (queue.Feed.Append). What is relayed is under a published checkpoint, and has no private part.
//
// Who follows keeps the index of the next entry with what the entries did to its own
// books, in one transaction: then an entry that comes twice has one effect. Truth stays in
// the log. A feed that is lost is made anew, of the last million entries at most.
package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

const (
	// look is how often the log is asked for new entries.
	look = time.Second
	// again is how long a server that is away is left alone.
	again = 3 * time.Second
	// atOnce is how many entries go out together.
	atOnce = 256
)

// feedOf is the name of a log's feed: several sites may share a server.
func feedOf(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:6])
}

// idOf is the Nats-Msg-Id of an entry.
func idOf(index int64, leaf [32]byte) string { return fmt.Sprintf("%d/%x", index, leaf[:16]) }

func indexOf(id string) (int64, error) {
	text, _, _ := strings.Cut(id, "/")
	return strconv.ParseInt(text, 10, 64)
}

// Run relays a log until ctx ends. A server that is away costs nobody anything: it is
// told once, and what was logged meanwhile follows.
func Run(ctx context.Context, l *publiclog.Log, c queue.Config, log *slog.Logger) {
	told := ""
	for ctx.Err() == nil {
		err := fault.Safely(func() error { return relay(ctx, l, c) })()
		if ctx.Err() != nil {
			return
		}
		if now := fmt.Sprint(err); err != nil && now != told {
			told = now
			log.WarnContext(ctx, "the public log is not passed on for now", "error", err)
		}
		wait(ctx, again)
	}
}

// relay passes on what there is, and what comes, until something fails.
func relay(ctx context.Context, l *publiclog.Log, c queue.Config) error {
	at, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	feed, err := queue.OpenFeed(ctx, c, feedOf(at.Origin))
	if err != nil {
		return err
	}
	defer feed.Close()
	for ctx.Err() == nil {
		more, err := step(ctx, l, feed, at.Origin)
		if err != nil && !errors.Is(err, queue.ErrOvertaken) {
			return err
		}
		if !more {
			wait(ctx, look)
		}
	}
	return ctx.Err()
}

// step appends what comes next, and tells whether there may be more.
func step(ctx context.Context, l *publiclog.Log, feed *queue.Feed, origin string) (more bool, err error) {
	last, found, err := feed.Last(ctx)
	if err != nil {
		return false, err
	}
	var next int64
	if found {
		if next, err = indexOf(last.ID); err != nil {
			return false, fmt.Errorf("relay: the last message is no entry: %q", last.ID)
		}
		next++
	} else {
		at, err := l.Checkpoint(ctx)
		if err != nil {
			return false, err
		}
		next = max(0, at.Size-queue.FeedMost)
	}
	at, entries, err := l.From(ctx, next, atOnce)
	switch {
	case err != nil:
		return false, err
	case at.Origin != origin:
		return false, fmt.Errorf("relay: the log goes on as %s", at.Origin)
	case next > at.Size:
		return false, fmt.Errorf("relay: %d entries were passed on, and the log has %d", next, at.Size)
	case len(entries) == 0:
		return false, nil
	}
	messages := make([]queue.Message, len(entries))
	for i, e := range entries {
		messages[i] = queue.Message{ID: idOf(e.Index, e.Leaf), Subject: e.Said.Kind, Body: e.Statement}
	}
	return true, feed.Append(ctx, last.Place, messages)
}

// Entry is one that was passed on.
type Entry struct {
	Index int64
	logtree.Statement
}

// ErrGap says that entries are no longer in the feed: what follows has to begin with
// the log itself.
var ErrGap = errors.New("entries are missing: the feed keeps only the last ones")

// Follow gives the entries of a log from an index on to use, each once and in order, until
// ctx ends or use returns an error. What use has done and the index behind it belong into
// one transaction, so that after a crash nothing is done twice.
func Follow(ctx context.Context, c queue.Config, origin string, next int64, use func(Entry) error) error {
	feed, err := queue.OpenFeed(ctx, c, feedOf(origin))
	if err != nil {
		return err
	}
	defer feed.Close()
	from := uint64(1)
	last, found, err := feed.Last(ctx)
	if err != nil {
		return err
	}
	if at, err := indexOf(last.ID); found && err == nil {
		// Messages stand one behind the other; from there on what is known is passed over.
		from = last.Place - min(last.Place, uint64(max(0, at-next))) //nolint:gosec // it is not negative
	}
	return feed.Read(ctx, from, func(m queue.Message) error {
		index, err := indexOf(m.ID)
		if err != nil || index < next {
			return nil //nolint:nilerr // no entry, or one that is known
		}
		if index > next {
			return ErrGap
		}
		s, err := logtree.ParseStatement(m.Body)
		if err != nil {
			return err
		}
		if err := use(Entry{index, s}); err != nil {
			return err
		}
		next++
		return nil
	})
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
