package logpages_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
)

type opened struct {
	N int `json:"n"`
}

func (opened) Kind() string      { return "test.opened" }
func (o opened) Subject() string { return "test/" + strconv.Itoa(o.N) }

// count counts entries.
type count int

func (c *count) Add(logtree.Statement) error {
	*c++
	return nil
}

// doors is a figure that the log alone gives.
var doors = figure.Query{
	Name: "test.doors/1", Members: []string{"doors"}, Title: lang.Text{ZH: "开了多少扇门", EN: "How many doors were opened"},
	Over:   &figure.Fold{Kinds: []string{"test.opened"}, Begin: func() figure.State { return new(count) }},
	Settle: func(figure.Params, time.Time) (figure.Params, error) { return figure.Params{}, nil },
	Answer: func(_ context.Context, s figure.State, _ figure.Params, _ map[string]string) (any, error) {
		return map[string]int{"doors": int(*s.(*count))}, nil
	},
	Tell: func(_ figure.Params, result json.RawMessage) []figure.Line {
		return []figure.Line{{Name: lang.Text{ZH: "门", EN: "Doors"}, Value: lang.Text{ZH: string(result), EN: string(result)}}}
	},
}

// site serves the log of a database with so many entries.
func site(t *testing.T, d *db.DB, folder string) string {
	t.Helper()
	s, err := web.New(web.Options{Kinds: map[string]lang.Text{"test.opened": {ZH: "开了一扇门", EN: "A door was opened"}}})
	if err != nil {
		t.Fatal(err)
	}
	mux := s.NewMux()
	l := publiclog.Open(d, folder)
	logpages.Routes(mux, s, l, publiclog.NewFigures(l, []figure.Query{doors}), t.Context().Done())
	server := httptest.NewServer(s.Handler(mux))
	t.Cleanup(server.Close)
	return server.URL
}

func write(t *testing.T, d *db.DB, folder string, entries int) {
	t.Helper()
	s, err := sequencer.Open(t.Context(), d, folder, "test.invalid/log")
	if err == nil {
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			var failed error
			for i := range entries {
				failed = errors.Join(failed, record.Append(tx, "clerk", opened{i}))
			}
			return failed
		})
	}
	if err := errors.Join(err, s.Drain(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// got is what was answered.
type got struct {
	status int
	header http.Header
}

func get(t *testing.T, address string) (got, string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{answer.StatusCode, answer.Header}, string(body)
}

// Before anything is signed the page says so, and programs find no checkpoint.
func TestALogThatHasNotBegun(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		at := site(t, d, filepath.Join(t.TempDir(), "log"))
		if answer, body := get(t, at+"/log"); answer.status != http.StatusOK || !strings.Contains(body, "还没有第一个检查点") {
			t.Errorf("%d: %s", answer.status, body)
		}
		for _, path := range []string{"checkpoint", "keys", "tile/0/000"} {
			if answer, body := get(t, at+"/log/"+path); answer.status != http.StatusNotFound {
				t.Errorf("%s: %d: %s", path, answer.status, body)
			}
		}
	})
}

// What is kept by caches is what never changes, others' pages may read it, and what
// was not published is not there.
func TestFilesOfTheLog(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		write(t, d, folder, 300)
		at := site(t, d, folder)
		for path, want := range map[string]string{
			"checkpoint": "no-cache", "keys": "no-cache", "tile/0/000": "immutable", "tile/0/001.p/44": "immutable",
			"tile/1/000.p/1": "immutable", "tile/entries/000": "immutable", "tile/entries/001.p/7": "immutable",
		} {
			answer, body := get(t, at+"/log/"+path)
			if answer.status != http.StatusOK || body == "" || !strings.Contains(answer.header.Get("Cache-Control"), want) ||
				answer.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: %d, %d bytes, %v", path, answer.status, len(body), answer.header)
			}
		}
		for _, path := range []string{"tile/0/002", "tile/0/001.p/45", "tile/0/001", "tile/2/000.p/1", "tile/0/1", "tile/8/0/000", "key", "tile/entries/000.p/0"} {
			if answer, _ := get(t, at+"/log/"+path); answer.status != http.StatusNotFound || answer.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d, %v", path, answer.status, answer.header)
			}
		}
		if _, body := get(t, at+"/log?lang=en"); !strings.Contains(body, "300 entries") || !strings.Contains(body, "xiadu verify "+at+"/log<") || !strings.Contains(body, "A door was opened") {
			t.Errorf("the page says %s", body)
		}
	})
}

// A client that others wrote reads the log of a running site, with all that the chain
// does to an answer.
func TestAForeignClientReadsTheSite(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		write(t, d, folder, 600)
		at := site(t, d, folder)
		fetch, err := torchwood.NewTileFetcher(at + "/log")
		if err != nil {
			t.Fatal(err)
		}
		_, key := get(t, at+"/log/keys")
		verifier, err := note.NewVerifier(strings.TrimSpace(key))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := fetch.ReadEndpoint(t.Context(), "checkpoint")
		if err != nil {
			t.Fatal(err)
		}
		n, err := note.Open(signed, note.VerifierList(verifier))
		if err != nil {
			t.Fatal(err)
		}
		c, err := torchwood.ParseCheckpoint(n.Text)
		if err != nil || c.N != 600 {
			t.Fatalf("%+v, %v", c, err)
		}
		client, err := torchwood.NewClient(fetch)
		if err != nil {
			t.Fatal(err)
		}
		read := int64(0)
		for read < c.N { // it leaves the partial bundle at the edge for another turn
			from := read
			for range client.Entries(t.Context(), c.Tree, read) {
				read++
			}
			if client.Err() != nil || read == from {
				t.Fatalf("it stops at %d: %v", read, client.Err())
			}
		}
		if _, _, err := client.Entry(t.Context(), c.Tree, 555); err != nil {
			t.Error(err)
		}
	})
}

// TestAReceiptIsExplained: an entry's page says what it is and how to check it, and the
// file holds against the log's key by itself; an entry that is not yet under a checkpoint
// is asked for again.
func TestAReceiptIsExplained(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		write(t, d, folder, 40)
		at := site(t, d, folder)
		entry := func(subject string) string {
			t.Helper()
			var items []record.Item
			err := d.View(t.Context(), func(tx *db.Tx) (err error) {
				items, err = record.History(tx, subject, "", 1)
				return err
			})
			if err != nil || len(items) != 1 {
				t.Fatal(items, err)
			}
			return items[0].ID
		}
		answer, body := get(t, at+logpages.ReceiptPath(entry("test/7")))
		if answer.status != http.StatusOK {
			t.Fatalf("%d: %s", answer.status, body)
		}
		for _, want := range []string{"公开日志条目 7", "clerk", "test/7", "开了一扇门", "test.opened", "xiadu verify " + at + "/log --receipt 7.tlog-proof", "data:image/png"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		_, file := get(t, at+logpages.ReceiptPath(entry("test/7"))+"/proof")
		receipt, err := logtree.ParseReceipt([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		_, key := get(t, at+"/log/keys")
		verifier, err := note.NewVerifier(strings.TrimSpace(key))
		if err != nil {
			t.Fatal(err)
		}
		if err := receipt.Check(verifier); err != nil || receipt.Index != 7 {
			t.Errorf("entry %d: %v", receipt.Index, err)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return record.Append(tx, "clerk", opened{99}) }); err != nil {
			t.Fatal(err)
		}
		if answer, body := get(t, at+logpages.ReceiptPath(entry("test/99"))); answer.status != http.StatusServiceUnavailable || !strings.Contains(body, "马上就好") {
			t.Errorf("not logged yet: %d %s", answer.status, body)
		}
		if answer, _ := get(t, at+logpages.ReceiptPath("nothing")); answer.status != http.StatusNotFound {
			t.Errorf("no entry: %d", answer.status)
		}
	})
}

// TestAFigureSaysOfHowManyEntries: the page of a figure, and of an earlier one, says of
// which entries of the log it is made, and an address that names too many is refused.
func TestAFigureSaysOfHowManyEntries(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		write(t, d, folder, 40)
		at := site(t, d, folder)
		const page = "/receipts/figures/test.doors/1"
		const earlier = "这个地址说的是日志有 "
		answer, body := get(t, at+page)
		if answer.status != http.StatusOK || !strings.Contains(body, "用到公开日志里的 40 条，都在前 40 条之内") || !strings.Contains(body, "日志有 40 条时的样子") || strings.Contains(body, earlier) {
			t.Errorf("%d: %s", answer.status, body)
		}
		_, body = get(t, at+page+"?size=25")
		for _, want := range []string{earlier + "25 条的时候：下面就是由日志的前 25 条得出的数字，签名是现在这本 40 条的日志的", "用到公开日志里的 25 条，都在前 25 条之内", "{&#34;doors&#34;:25}"} {
			if !strings.Contains(body, want) {
				t.Errorf("of 25 entries: the page lacks %q", want)
			}
		}
		if _, body := get(t, at+page+"?size=25&lang=en"); !strings.Contains(body, "This address was made when the log had 25 entries") {
			t.Errorf("in English: %s", body)
		}
		for size, status := range map[string]int{"0": http.StatusUnprocessableEntity, "x": http.StatusUnprocessableEntity, "41": http.StatusNotFound} {
			if answer, body := get(t, at+page+"?size="+size); answer.status != status {
				t.Errorf("of %s entries: %d: %s", size, answer.status, body)
			}
		}
	})
}

// TestAReceiptByItsNumber: the number of an entry, as pages and receipts say it, leads to its receipt.
func TestAReceiptByItsNumber(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	folder := filepath.Join(t.TempDir(), "log")
	write(t, d, folder, 5)
	at := site(t, d, folder)
	if a, body := get(t, at+"/receipts/3"); a.status != http.StatusOK || !strings.Contains(body, "条目 3") {
		t.Errorf("%d: %s", a.status, body)
	}
	for _, n := range []string{"5", "-1", "99999999999"} {
		if a, body := get(t, at+"/receipts/"+n); a.status != http.StatusNotFound || n == "5" && !strings.Contains(body, "到现在有 5 条") {
			t.Errorf("%s: %d", n, a.status)
		}
	}
}
