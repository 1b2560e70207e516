package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Feed is a stream to which messages are appended in order, for whoever wants to read
// them. Its last message says how far it has come, so that nobody else need know.
type Feed struct {
	q      *Queue
	stream jetstream.Stream
	prefix string // of subjects
}

// FeedMost bounds what a feed keeps: the oldest messages go, never the last.
const FeedMost = 1_000_000

// Message is one of a feed.
type Message struct {
	ID      string // the same for what is said again
	Subject string // within the feed: "station.added"
	Body    []byte
	Place   uint64 // in the feed; for Append it says nothing
}

// ErrOvertaken says that others have appended to a feed meanwhile.
var ErrOvertaken = errors.New("others have appended meanwhile")

// OpenFeed connects to a server and makes the feed if it is not there. The name is
// letters and digits. A server that is away is a fault.Unavailable.
func OpenFeed(ctx context.Context, c Config, name string) (*Feed, error) {
	q, err := connect(c)
	if err != nil {
		q.Close()
		return nil, err
	}
	f := &Feed{q: q, prefix: "xiadu.feed." + name + "."}
	if err := f.declare(ctx, "XIADU_FEED_"+name); err != nil {
		q.Close()
		return nil, explained(c.URL, err)
	}
	return f, nil
}

func (f *Feed) declare(ctx context.Context, full string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if f.stream, err = f.q.js.Stream(ctx, full); !errors.Is(err, jetstream.ErrStreamNotFound) {
		return err
	}
	return f.q.inCopies(func(copies int) (err error) {
		f.stream, err = f.q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: full, Subjects: []string{f.prefix + ">"}, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
			MaxMsgs: FeedMost, Storage: jetstream.FileStorage, Replicas: copies,
		})
		return err
	})
}

// Close ends the connection.
func (f *Feed) Close() { f.q.Close() }

// Last is the last message, and false where there is none yet.
func (f *Feed) Last(ctx context.Context) (m Message, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	info, err := f.stream.Info(ctx)
	if err != nil {
		return m, false, explained(f.q.conn.ConnectedUrlRedacted(), err)
	}
	if m.Place = info.State.LastSeq; info.State.Msgs == 0 {
		return m, false, nil
	}
	raw, err := f.stream.GetMsg(ctx, info.State.LastSeq)
	if err != nil {
		return m, false, explained(f.q.conn.ConnectedUrlRedacted(), err)
	}
	return f.message(raw.Header, raw.Subject, raw.Data, raw.Sequence), true, nil
}

func (f *Feed) message(h nats.Header, subject string, body []byte, place uint64) Message {
	return Message{h.Get(nats.MsgIdHdr), strings.TrimPrefix(subject, f.prefix), body, place}
}

// Append puts messages behind the one of a place, all in one go. The server takes none
// out of turn, however many append at once: what it had already, and what somebody else
// put there, is ErrOvertaken, and Last says where to go on.
func (f *Feed) Append(ctx context.Context, after uint64, all []Message) error {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	acks := make([]jetstream.PubAckFuture, 0, len(all))
	for i, m := range all {
		ack, err := f.q.js.PublishMsgAsync(&nats.Msg{Subject: f.prefix + m.Subject, Data: m.Body},
			jetstream.WithMsgID(m.ID), jetstream.WithExpectLastSequence(after+uint64(i)))
		if err != nil {
			return fmt.Errorf("queue: feed: %w", err)
		}
		acks = append(acks, ack)
	}
	for _, ack := range acks {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case had := <-ack.Ok():
			if had.Duplicate {
				return ErrOvertaken
			}
		case err := <-ack.Err():
			if refused, ok := errors.AsType[*jetstream.APIError](err); ok &&
				(refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
				return ErrOvertaken
			}
			return explained(f.q.conn.ConnectedUrlRedacted(), err)
		}
	}
	return nil
}

// Read gives the messages from a place on to use, in order, until ctx ends or use returns
// an error. It outlives the server: a message may come again.
func (f *Feed) Read(ctx context.Context, from uint64, use func(Message) error) error {
	for ctx.Err() == nil {
		c, err := f.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(from, 1)})
		if err != nil {
			wait(ctx, f.q.patience/10)
			continue
		}
		err = f.q.each(ctx, c, func(m jetstream.Msg) error {
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			if err := use(f.message(m.Headers(), m.Subject(), m.Data(), meta.Sequence.Stream)); err != nil {
				return err
			}
			from = meta.Sequence.Stream + 1
			return nil
		})
		if failed, ok := errors.AsType[*useError](err); ok {
			return failed.error
		}
	}
	return ctx.Err()
}
