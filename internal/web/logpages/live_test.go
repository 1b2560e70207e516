package logpages_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// listener hears what a site says.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	stop  func()
}

// listen begins to listen, behind the entry last unless that is empty.
func listen(t *testing.T, at, last string) (listener, int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/log/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return listener{t, bufio.NewScanner(answer.Body), stop}, answer.StatusCode
}

// hear returns the next so many entries as they were said.
func (l listener) hear(from, count int) string {
	l.t.Helper()
	var b strings.Builder
	for next := from; next < from+count; {
		if !l.lines.Scan() {
			l.t.Fatalf("it ends before entry %d: %v", next, l.lines.Err())
		}
		line := l.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			if id != strconv.Itoa(next) {
				l.t.Fatalf("entry %s where %d is next", id, next)
			}
			next++
		}
		b.WriteString(line + "\n")
	}
	l.lines.Scan() // the data of the last
	return b.String() + l.lines.Text()
}

type secret struct{ opened }

func (secret) Private() any { return map[string]string{"phone": "13900000000"} }

func writeMore(t *testing.T, d *db.DB, folder string, from, count int) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		var failed error
		for i := range count {
			failed = errors.Join(failed, record.Append(tx, "clerk", secret{opened{from + i}}))
		}
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, folder, 0)
}

// TestListeningToTheLog: who listens at one process hears what is done at another; after
// a break they hear what they missed, each entry once, and never a private part.
func TestListeningToTheLog(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		write(t, d, folder, 300)
		one, two := site(t, d, folder), site(t, d, folder)
		here, status := listen(t, one, "")
		there, _ := listen(t, two, "")
		if status != http.StatusOK {
			t.Fatal(status)
		}
		here.lines.Scan() // it has begun: what is written from now on is heard
		there.lines.Scan()
		writeMore(t, d, folder, 300, 100)
		for _, l := range []listener{here, there} {
			if said := l.hear(300, 100); !strings.Contains(said, `"kind":"test.opened","says":"开了一扇门","subject":"test/399","receipt":"/receipts/`) || strings.Contains(said, "13900000000") {
				t.Errorf("it says %s", said)
			}
		}
		here.stop()
		writeMore(t, d, folder, 400, 200)
		again, _ := listen(t, two, "399")
		again.hear(400, 200)
		behind, _ := listen(t, one, "-1")
		behind.hear(0, 600)
		if _, status := listen(t, one, "x"); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("an index that is none: %d", status)
		}
	})
}

// TestListenersAreBounded: one client does not take the places of the others, and gives
// them back by leaving.
func TestListenersAreBounded(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	folder := filepath.Join(t.TempDir(), "log")
	write(t, d, folder, 3)
	at := site(t, d, folder)
	var all []listener
	for range 8 {
		l, status := listen(t, at, "")
		if all = append(all, l); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	if _, status := listen(t, at, ""); status != http.StatusServiceUnavailable {
		t.Errorf("a ninth: %d", status)
	}
	all[0].stop()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, status := listen(t, at, ""); status == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the place of who left stays taken")
		}
	}
}

// TestThePageOfTheLogGrows while somebody looks at it, and is whole without scripts.
func TestThePageOfTheLogGrows(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	folder := filepath.Join(t.TempDir(), "log")
	write(t, d, folder, 30)
	at := site(t, d, folder)
	if _, body := get(t, at+"/log"); !strings.Contains(body, "条目 29") || !strings.Contains(body, "条目 18") {
		t.Errorf("without scripts the page says %s", body)
	}
	b := webtest.Open(t, at, webtest.Phone)
	b.Go("/log")
	writeMore(t, d, folder, 30, 3)
	b.Wait(`document.querySelector('[data-log-live] a').textContent.includes('32')`)
	if n := b.Count("[data-log-live] li"); n != 15 {
		t.Errorf("%d entries are shown", n)
	}
	if says, key := b.Text("[data-log-live] li span"), b.Text("[data-log-live] li code"); says != "开了一扇门" || key != "test.opened" {
		t.Errorf("the entry that came says %q, by its key %q", says, key)
	}
	b.Shot("log-live")
	b.Check()
}

type hidden struct{ opened }

func (hidden) Sealed() {}

// TestASealedEntryIsShownAsOne: its receipt and its line say that it is sealed, and
// nothing of what is in it.
func TestASealedEntryIsShownAsOne(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	folder := filepath.Join(t.TempDir(), "log")
	err := d.Update(t.Context(), func(tx *db.Tx) error { return record.Append(tx, "inspector", hidden{opened{4711}}) })
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, folder, 1)
	at := site(t, d, folder)
	_, page := get(t, at+"/log")
	_, id, _ := strings.Cut(page, `href="/receipts/`)
	_, id, _ = strings.Cut(id, `href="/receipts/`) // the older of the two
	id, _, _ = strings.Cut(id, `"`)
	_, receipt := get(t, at+"/receipts/"+id)
	if !strings.Contains(page, "record.sealed") || !strings.Contains(receipt, "这一条是密封的") {
		t.Errorf("the receipt says %s", receipt)
	}
	for _, text := range []string{"inspector", "4711"} {
		if strings.Contains(page+receipt, text) {
			t.Errorf("%s is told", text)
		}
	}
}
