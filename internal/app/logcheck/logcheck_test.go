package logcheck_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/app/logcheck"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
)

type done struct {
	N int `json:"n"`
}

func (done) Kind() string    { return "test.done" }
func (done) Subject() string { return "test/1" }

// site is a log with its key, and the address where it is published.
type site struct {
	t      *testing.T
	db     *db.DB
	folder string
	public string
	url    string
}

func newSite(t *testing.T, d *db.DB, folder string) site {
	t.Helper()
	public := t.TempDir()
	server := httptest.NewServer(http.FileServer(http.Dir(public)))
	t.Cleanup(server.Close)
	return site{t, d, folder, public, server.URL + "/"}
}

// publish writes entries and publishes them, and returns the checkpoint.
func (s site) publish(from, to int) logtree.Checkpoint {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), func(tx *db.Tx) error {
		return record.AppendAll(tx, "x", func(yield func(done) bool) {
			for i := from; i < to; i++ {
				if !yield(done{i}) {
					return
				}
			}
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	q, err := sequencer.Open(s.t.Context(), s.db, s.folder, "example.com/log")
	if err == nil {
		err = q.Drain(s.t.Context())
	}
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := publiclog.Open(s.db, s.folder).Export(s.t.Context(), s.public)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// check is what a reader does, who keeps what was seen in a folder.
func (s site) check(keep string, seen ...logtree.Checkpoint) []verify.Finding {
	s.t.Helper()
	src, err := logcheck.At(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	var o verify.Options
	for _, c := range seen {
		o.Seen = append(o.Seen, verify.File{Name: "told", Text: c.Note})
	}
	report, unkept, err := logcheck.Verify(s.t.Context(), src, o, keep)
	if err != nil || unkept != nil {
		s.t.Fatal(err, unkept)
	}
	return report.Findings
}

// Who has the database and the key shows two histories to two readers. Each
// reader's log holds in itself; a word between the two, or one reader who is shown
// the other's, and it is found.
func TestForkShownToTwoReaders(t *testing.T) {
	honest := newSite(t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log"))
	honest.publish(0, 300)
	// The copy of database and key.
	var copied bytes.Buffer
	if err := honest.db.Dump(t.Context(), &copied); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), dbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Load(t.Context(), &copied, record.Schema); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "log")
	if err := os.CopyFS(folder, os.DirFS(honest.folder)); err != nil {
		t.Fatal(err)
	}
	other := newSite(t, d, folder)
	one, two := honest.publish(300, 400), other.publish(1000, 1200)

	first, second := t.TempDir(), t.TempDir()
	if found := append(honest.check(first), other.check(second)...); len(found) > 0 {
		t.Fatal("each holds in itself:", found)
	}
	for name, found := range map[string][]verify.Finding{
		"told by the other":    other.check(second, one),
		"shown the other's":    other.check(first),
		"shown one that grows": func() []verify.Finding { other.publish(1200, 1300); return other.check(first) }(),
	} {
		if len(found) != 1 || found[0].What != verify.Fork {
			t.Errorf("%s: %v", name, found)
		}
	}
	// The longer one is not shorter than what was seen, the shorter one is.
	if found := honest.check(first, two); len(found) != 1 || found[0].What != verify.Truncated {
		t.Errorf("told of a longer one: %v", found)
	}
}

func TestALogThatIsNotThere(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer broken.Close()
	for url, want := range map[string]fault.Kind{gone.URL: fault.NotFound, down.URL: fault.Unavailable, broken.URL: fault.Unavailable} {
		src, err := logcheck.At(url)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := logcheck.Verify(t.Context(), src, verify.Options{}, t.TempDir()); fault.KindOf(err) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := logcheck.At(filepath.Join(t.TempDir(), "no")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

var alterRow = db.Declare[int64, int64](`
	UPDATE record_entry SET subject = 'test/2' WHERE id = (SELECT id FROM record_entry ORDER BY id LIMIT 1 OFFSET :skip) RETURNING 1`)

// TestAnAlteredRowIsNoOutage: whoever changes a row of a site's database is found out by who checks the
// site from afar, and it is not taken for a line that is down.
func TestAnAlteredRowIsNoOutage(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		folder := filepath.Join(t.TempDir(), "log")
		s := newSite(t, d, folder)
		s.publish(0, 20)
		pages, err := web.New(web.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mux := pages.NewMux()
		public := publiclog.Open(d, folder)
		logpages.Routes(mux, pages, public, publiclog.NewFigures(public, nil), t.Context().Done())
		server := httptest.NewServer(pages.Handler(mux))
		t.Cleanup(server.Close)
		s.url = server.URL + "/log"
		if found := s.check(""); len(found) > 0 {
			t.Fatal(found)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := alterRow.Slice(tx, 3)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		named := false
		for _, f := range s.check("") {
			named = named || f.What == verify.Altered && strings.Contains(f.Text.EN, "Entry 3")
		}
		if !named {
			t.Errorf("%v", s.check(""))
		}
	})
}
