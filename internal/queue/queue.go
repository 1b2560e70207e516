// Package queue hands work out to other processes over NATS JetStream, brings
// their results back, and carries the files that they need. What the work is, it
// does not know: items and results are bytes.
//
//	coordinator: Open · PutFile · Offer · Results · Outstanding · Withdraw
//	worker:      Open · Work · GetFile
//
// JetStream delivers; it keeps no truth. An acknowledged message may be lost with
// the power of a machine, and one may come twice, so whoever uses this package
// has the items in its own books, offers again what nobody holds and nobody has
// answered, and takes a second answer for none.
//
// An item lies in a work-queue stream until a worker acknowledges it, which it
// does after its result lies in the stream of results. While it computes it gives
// signs of life; without one for Patience the item goes to another. A file goes
// through the object store under its SHA-256 and is checked on arrival.
//
// Apart from work there is the [Feed]: messages in order, appended by one or several and
// read by anybody, as the entries of the public log are (record/relay).
//
// The server is embedded in the coordinator unless an address names another; it
// listens only if it is told to, and admits only those who know its token.
package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/xiadu/xiadu/internal/fault"
)

// Config says where the queue is.
type Config struct {
	URL   string // a server or cluster (several with commas), with user and password or token if it wants them
	Creds string // a file of NATS credentials, if it wants them

	// Without a URL the server is in this process.
	Folder string // of its files
	Listen string // the address for other processes; empty: none
	Token  string // what they have to show

	Patience time.Duration // without a sign of life for so long, an item goes to another; 0: UsualPatience
}

// UsualPatience is how long a worker may be silent. A worker that is killed costs
// no more than this; one on a busy machine is not taken for dead.
const UsualPatience = 20 * time.Second

const (
	// mostPayload lets a result have a few megabytes, of a tile with many divisions.
	mostPayload = 8 << 20
	// kept bounds how long anything lies about that nobody wants any more.
	kept = 7 * 24 * time.Hour
	// ackTime is how long the server may take to say that it has an item.
	ackTime = 10 * time.Second
	// answerTime is how long the server may take to answer a question about streams.
	answerTime = 5 * time.Second
	// startTime is how long the embedded server may take to be ready.
	startTime = 30 * time.Second
)

// Queue is a connection to the streams. It is safe for concurrent use.
type Queue struct {
	patience time.Duration
	server   *server.Server // the embedded one, or nil
	token    string
	conn     *nats.Conn
	js       jetstream.JetStream
	made     atomic.Pointer[streams]
}

// streams are what the server keeps for us. They are made anew by whoever finds
// that it has lost them.
type streams struct {
	work, results jetstream.Stream
	files         jetstream.ObjectStore
}

// Open starts the embedded server, or connects to the one at c.URL, and makes
// the streams if they are not there. A server that does not answer is a
// fault.Unavailable, one that does not admit us a fault.Denied.
func Open(ctx context.Context, c Config) (*Queue, error) {
	q, err := connect(c)
	if err == nil {
		err = explained(c.URL, q.declare(ctx))
	}
	if err != nil {
		q.Close()
	}
	return q, err
}

// connect starts the embedded server, or connects to the one at c.URL. What it returns
// has to be closed also after an error.
func connect(c Config) (q *Queue, err error) {
	q = &Queue{patience: c.Patience, token: c.Token}
	if q.patience == 0 {
		q.patience = UsualPatience
	}
	options := []nats.Option{nats.Name("xiadu"), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond), nats.ReconnectJitter(200*time.Millisecond, time.Second)}
	if c.URL == "" {
		if q.server, err = start(c); err != nil {
			return q, err
		}
		options = append(options, nats.InProcessServer(q.server), nats.Token(c.Token))
	}
	if c.Creds != "" {
		options = append(options, nats.UserCredentials(c.Creds))
	}
	if q.conn, err = nats.Connect(c.URL, options...); err != nil {
		return q, explained(c.URL, err)
	}
	q.js, err = jetstream.New(q.conn, jetstream.WithPublishAsyncTimeout(ackTime))
	return q, err
}

// start starts the embedded server.
func start(c Config) (*server.Server, error) {
	o := &server.Options{
		ServerName: "xiadu", JetStream: true, StoreDir: c.Folder, Authorization: c.Token, MaxPayload: mostPayload,
		NoSigs: true, NoLog: true, DontListen: c.Listen == "", DisableJetStreamBanner: true,
	}
	if c.Listen != "" {
		host, port, err := net.SplitHostPort(c.Listen)
		if err == nil {
			o.Host = host
			o.Port, err = strconv.Atoi(port)
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "地址 %s 不对：请写成 127.0.0.1:4222 这样", "the address %s will not do: write it as 127.0.0.1:4222", c.Listen).Because(err)
		}
		if o.Port == 0 {
			o.Port = server.RANDOM_PORT
		}
		// The server would end the process if it could not listen.
		probe, err := net.Listen("tcp", c.Listen) //nolint:noctx // it is closed at once
		if err != nil {
			return nil, fault.New(fault.Unavailable, "不能在 %s 上接待工作进程：地址被占用或不允许，请换一个", "cannot listen for workers on %s: it is in use or not allowed; choose another", c.Listen).Because(err)
		}
		if err := probe.Close(); err != nil {
			return nil, err
		}
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("queue: embedded server: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(startTime) || !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fault.New(fault.Unavailable, "内置的消息服务没有起来：请检查 %s 能否写入、磁盘是否已满", "the embedded message server did not start: see whether %s may be written to and the disk has room", c.Folder)
	}
	return s, nil
}

// declare makes the streams that are not there. One that is stays as it is: a
// cluster that has just lost a server is no time to change it.
func (q *Queue) declare(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var made streams
	if made.work, err = q.stream(ctx, "work"); err != nil {
		return err
	}
	if made.results, err = q.stream(ctx, "result"); err != nil {
		return err
	}
	if made.files, err = q.js.ObjectStore(ctx, "xiadu"); errors.Is(err, jetstream.ErrBucketNotFound) {
		err = q.inCopies(func(copies int) (err error) {
			made.files, err = q.js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "xiadu", TTL: kept, Replicas: copies})
			return err
		})
	}
	if err != nil {
		return err
	}
	q.made.Store(&made)
	return nil
}

func (q *Queue) stream(ctx context.Context, name string) (s jetstream.Stream, err error) {
	full := "XIADU_" + strings.ToUpper(name)
	if s, err = q.js.Stream(ctx, full); !errors.Is(err, jetstream.ErrStreamNotFound) {
		return s, err
	}
	err = q.inCopies(func(copies int) (err error) {
		s, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: full, Subjects: []string{"xiadu." + name + ".*"}, Retention: jetstream.WorkQueuePolicy,
			Storage: jetstream.FileStorage, MaxAge: kept, Replicas: copies,
		})
		return err
	})
	return s, err
}

// inCopies makes something in three copies where there is a cluster, and in one
// where it answers that it is too small for that.
func (q *Queue) inCopies(create func(copies int) error) error {
	if q.conn.ConnectedClusterName() != "" {
		err := create(3)
		if _, refused := errors.AsType[*jetstream.APIError](err); !refused {
			return err
		}
	}
	return create(1)
}

// Address is where the embedded server listens, with the token that it wants; it
// is empty if it does not.
func (q *Queue) Address() string {
	if q.server == nil || q.server.Addr() == nil {
		return ""
	}
	return "nats://" + q.token + "@" + q.server.Addr().String()
}

// Close ends the connection and the embedded server.
func (q *Queue) Close() {
	if q.conn != nil {
		q.conn.Close()
	}
	if q.server != nil {
		q.server.Shutdown()
		q.server.WaitForShutdown()
	}
}

// explained says what is wrong with a server in words, and never its password.
func explained(address string, err error) error {
	at := withoutSecrets(address)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrPermissionViolation):
		return fault.New(fault.Denied, "消息服务 %s 不让连接：请检查地址里的口令或凭证文件", "the message server %s does not admit us: check the token in its address, or the credentials file", at).Because(err)
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrNoResponders):
		return fault.New(fault.Unavailable, "连不上消息服务 %s：请检查地址和网络，以及它是否开启了 JetStream", "the message server %s cannot be reached: check its address and the network, and whether it runs JetStream", at).Because(err)
	}
	return fmt.Errorf("queue at %s: %w", at, err)
}

func withoutSecrets(address string) string {
	if address == "" {
		return "（内置）"
	}
	var shown []string
	for one := range strings.SplitSeq(address, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil {
			shown = append(shown, "?")
			continue
		}
		shown = append(shown, u.Scheme+"://"+u.Host)
	}
	return strings.Join(shown, ",")
}
