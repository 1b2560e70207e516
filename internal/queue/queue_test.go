package queue_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
)

// patience is short, so that a dead worker costs a test no more.
const patience = time.Second

// open starts a server that listens, in a folder that a later one may take over.
func open(t *testing.T, folder string) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), queue.Config{Folder: folder, Listen: "127.0.0.1:0", Token: "sesame", Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// collect keeps results until all that are wanted have come.
func collect(t *testing.T, q *queue.Queue, job string, want int) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := map[string]int{}
	err := q.Results(ctx, job, func(data []byte) error {
		if got[string(data)]++; len(got) == want {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%d of %d results: %v", len(got), want, err)
	}
	return got
}

func items(n int) (out [][]byte) {
	for i := range n {
		out = append(out, fmt.Appendf(nil, "item %d", i))
	}
	return out
}

func upper(_ context.Context, item []byte) ([]byte, error) { return bytes.ToUpper(item), nil }

func work(t *testing.T, q *queue.Queue, workers int, compute func(context.Context, []byte) ([]byte, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = q.Work(ctx, workers, quiet(), compute) }()
	t.Cleanup(func() { cancel(); <-done })
}

func TestEveryItemComesBack(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	far, err := queue.Open(t.Context(), queue.Config{URL: q.Address(), Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(far.Close)
	if err := q.Offer(t.Context(), "job", items(200)); err != nil {
		t.Fatal(err)
	}
	if n, err := q.Outstanding(t.Context(), "job"); n != 200 || err != nil {
		t.Errorf("%d items are outstanding: %v", n, err)
	}
	work(t, q, 2, upper)
	work(t, far, 2, upper)
	got := collect(t, q, "job", 200)
	if got["ITEM 0"] == 0 || got["ITEM 199"] == 0 {
		t.Errorf("got %v", got)
	}
	if err := q.Withdraw(t.Context(), "job"); err != nil {
		t.Error(err)
	}
}

// A worker that is silent loses its item to another; one that is slow and gives
// signs of life does not.
func TestASilentWorkerLosesItsItem(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	nc, err := nats.Connect(q.Address(), nats.Token("sesame"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	if err := q.Offer(t.Context(), "job", items(2)); err != nil {
		t.Fatal(err)
	}
	// It takes the first item and is never heard of again.
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	c, err := js.CreateOrUpdateConsumer(t.Context(), "XIADU_WORK", jetstream.ConsumerConfig{
		Durable: "workers", FilterSubject: "xiadu.work.*", AckPolicy: jetstream.AckExplicitPolicy, AckWait: patience, MaxAckPending: -1, InactiveThreshold: 7 * 24 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.Next(); err != nil || string(m.Data()) != "item 0" {
		t.Fatalf("took %v, %v", m, err)
	}
	var mu sync.Mutex
	times := map[string]int{}
	work(t, q, 2, func(ctx context.Context, item []byte) ([]byte, error) {
		mu.Lock()
		times[string(item)]++
		mu.Unlock()
		time.Sleep(2 * patience)
		return upper(ctx, item)
	})
	collect(t, q, "job", 2)
	mu.Lock()
	defer mu.Unlock()
	if times["item 0"] != 1 || times["item 1"] != 1 {
		t.Errorf("computed so often: %v", times)
	}
}

func TestWhatIsNoItemIsThrownAwayAndWhatFailsIsGivenBack(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	if err := q.Offer(t.Context(), "job", [][]byte{[]byte("garbage"), []byte("item")}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen []string
	work(t, q, 1, func(ctx context.Context, item []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, string(item))
		switch {
		case string(item) == "garbage":
			return nil, queue.ErrGarbled
		case len(seen) < 4:
			return nil, errors.New("not now")
		}
		return upper(ctx, item)
	})
	collect(t, q, "job", 1)
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"garbage", "item", "item", "item"}; !slices.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}
}

// A panic ends the computing of one item, not the worker.
func TestAWorkerOutlivesAPanic(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	if err := q.Offer(t.Context(), "job", items(3)); err != nil {
		t.Fatal(err)
	}
	var panicked atomic.Bool
	work(t, q, 1, func(ctx context.Context, item []byte) ([]byte, error) {
		if panicked.CompareAndSwap(false, true) {
			panic("a defect")
		}
		return upper(ctx, item)
	})
	collect(t, q, "job", 3)
}

// The server goes away under a worker and comes back; nothing has to be said.
func TestAWorkerOutlivesTheServer(t *testing.T) {
	folder := t.TempDir()
	q, err := queue.Open(t.Context(), queue.Config{Folder: folder, Listen: freePort(t), Token: "x", Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	at := q.Address()
	far, err := queue.Open(t.Context(), queue.Config{URL: at, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(far.Close)
	work(t, far, 1, upper)
	if err := q.Offer(t.Context(), "job", items(3)); err != nil {
		t.Fatal(err)
	}
	collect(t, q, "job", 3)
	q.Close()
	q, err = queue.Open(t.Context(), queue.Config{Folder: filepath.Join(folder, "another"), Listen: strings.TrimPrefix(at, "nats://x@"), Token: "x", Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	if err := q.Offer(t.Context(), "next", items(3)); err != nil {
		t.Fatal(err)
	}
	collect(t, q, "next", 3)
}

func freePort(t *testing.T) string {
	t.Helper()
	q := open(t, t.TempDir())
	defer q.Close()
	return q.Address()[strings.LastIndex(q.Address(), "@")+1:]
}

func TestFiles(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	ctx := t.Context()
	data := bytes.Repeat([]byte("streets "), 100_000)
	hash := sha256.Sum256(data)
	sum := hex.EncodeToString(hash[:])
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := q.GetFile(ctx, sum, &got); !errors.Is(err, queue.ErrNoFile) {
		t.Errorf("a file that is not there: %v", err)
	}
	for range 2 { // the second time it is there already
		if err := q.PutFile(ctx, sum, path); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.GetFile(ctx, sum, &got); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("got %d bytes, %v", got.Len(), err)
	}
	other := strings.Repeat("0", 64)
	if err := q.PutFile(ctx, other, path); err != nil {
		t.Fatal(err)
	}
	if err := q.GetFile(ctx, other, &got); !errors.Is(err, queue.ErrNoFile) {
		t.Errorf("a file under the name of another: %v", err)
	}
	if err := errors.Join(q.DropFile(ctx, sum), q.DropFile(ctx, sum)); err != nil {
		t.Error(err)
	}
}

func TestWhoIsNotAdmitted(t *testing.T) {
	q := open(t, t.TempDir())
	t.Cleanup(q.Close)
	host := q.Address()[strings.LastIndex(q.Address(), "@")+1:]
	for at, want := range map[string]fault.Kind{
		"nats://" + host:            fault.Denied,
		"nats://wrong@" + host:      fault.Denied,
		"nats://secret@127.0.0.1:1": fault.Unavailable,
	} {
		_, err := queue.Open(t.Context(), queue.Config{URL: at})
		if fault.KindOf(err) != want || strings.Contains(err.Error(), "secret@") || strings.Contains(err.Error(), "wrong@") {
			t.Errorf("%s: %v", at, err)
		}
	}
	for _, at := range []string{"nonsense", "127.0.0.1:99999", host} {
		if _, err := queue.Open(t.Context(), queue.Config{Folder: t.TempDir(), Listen: at}); fault.KindOf(err) == 0 {
			t.Errorf("listening on %s: %v", at, err)
		}
	}
}
