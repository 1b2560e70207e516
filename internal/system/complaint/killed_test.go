package complaint_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
)

// What tells the test binary that it is the process which is going to be killed: in which folder, doing what, before which point.
const (
	victimHome  = "XIADU_VICTIM_HOME"
	victimDoes  = "XIADU_VICTIM_DOES"
	victimPoint = "XIADU_VICTIM_POINT"
)

// points calls f before each write to the database, before each end of a transaction, and between the steps of each file.
func points(c *complainttest.City, f func()) { c.Told = dbtest.Writes(f) }

func reopened(t *testing.T, home string) *complainttest.City {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(home, "xiadu.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return complainttest.Again(t, d, home)
}

// TestVictim does a use case and kills itself before a point of it, or at its end, before anybody is told.
func TestVictim(t *testing.T) {
	home := os.Getenv(victimHome)
	if home == "" {
		t.Skip("it is run by TestKilledBetweenAnyTwoWrites")
	}
	last, err := strconv.Atoi(os.Getenv(victimPoint))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(useCases, func(u useCase) bool { return u.name == os.Getenv(victimDoes) })
	c, n := reopened(t, home), 0
	points(c, func() {
		if n++; n == last {
			dbtest.Die()
		}
	})
	if err := useCases[at].do(site{c, t, readForms(t, home)}); err != nil {
		t.Fatal(err)
	}
	dbtest.Die()
}

// TestKilledBetweenAnyTwoWrites kills a process between every two writes of a use case. Then there is what was before or what comes
// after, the log verifies, each file that a row names is there and no other stays, and the use case is done once when it is done again.
func TestKilledBetweenAnyTwoWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("kills some hundreds of processes; run without -short")
	}
	base := t.TempDir()
	if !t.Run("city", func(t *testing.T) { found(t, base) }) {
		return
	}
	for _, u := range useCases {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			s := suffering{t: t, base: base, u: u}
			n := s.whole()
			for point := 1; point <= n+1; point++ {
				s.killed(point, n)
			}
			t.Logf("killed at %d points", n+1)
		})
	}
}

// suffering is a use case that is killed.
type suffering struct {
	t      *testing.T
	base   string
	u      useCase
	states []string // as it begins, and after each of its steps
	raw    []string // the first of them, to the letter
}

// whole does the use case without being killed, counts its points and learns the states that it may be in.
func (s *suffering) whole() (n int) {
	home := s.copied()
	c := reopened(s.t, home)
	points(c, func() { n++ })
	raw, now := stateOf(s.t, c)
	s.raw, s.states = raw, []string{now}
	forms := readForms(s.t, home)
	forms.told = func() {
		if _, now := stateOf(s.t, c); now != s.states[len(s.states)-1] {
			s.states = append(s.states, now)
		}
	}
	if err := s.u.do(site{c, s.t, forms}); err != nil {
		s.t.Fatalf("it does not work at all: %v", err)
	}
	forms.told()
	if len(s.states) != 1+s.u.steps {
		s.t.Fatalf("it has %d states, and should have %d", len(s.states), 1+s.u.steps)
	}
	s.sound(c, home)
	return n
}

func (s *suffering) copied() string {
	home := s.t.TempDir()
	if err := os.CopyFS(home, os.DirFS(s.base)); err != nil {
		s.t.Fatal(err)
	}
	return home
}

func (s *suffering) killed(point, n int) {
	s.t.Helper()
	home := s.copied()
	defer os.RemoveAll(home)
	dbtest.Victim(s.t, "TestVictim", victimHome+"="+home, victimDoes+"="+s.u.name, fmt.Sprintf("%s=%d", victimPoint, point))
	c := reopened(s.t, home)
	defer c.DB.Close()
	raw, now := stateOf(s.t, c)
	state := slices.Index(s.states, now)
	switch {
	case state < 0:
		s.t.Fatalf("killed at point %d of %d it is neither as before nor as after:\n%s", point, n, difference(s.states[0], now))
	case state == 0 && !slices.Equal(raw, s.raw):
		s.t.Errorf("point %d: not to the letter as before", point)
	case point == 1 && state != 0, point == n+1 && state != len(s.states)-1:
		s.t.Errorf("point %d of %d: it is in state %d of %d", point, n, state, len(s.states)-1)
	}
	s.present(c, home, point)
	forms := readForms(s.t, home)
	forms.done = state
	if err := s.u.do(site{c, s.t, forms}); err != nil && (state == 0 || fault.KindOf(err) != fault.Conflict) {
		s.t.Errorf("killed at point %d, done again: %v", point, err)
	}
	if _, now := stateOf(s.t, c); now != s.states[len(s.states)-1] {
		s.t.Errorf("killed at point %d and done again it is not as after:\n%s", point, difference(s.states[len(s.states)-1], now))
	}
	s.sound(c, home)
}

var namedFiles = db.Declare[db.None, string](`
	SELECT file FROM evidence_blob UNION ALL SELECT file FROM evidence_intake UNION ALL SELECT file FROM evidence_rendition ORDER BY file`)

// present says that each file which a row names is there.
func (s *suffering) present(c *complainttest.City, home string, point int) (named []string) {
	s.t.Helper()
	if err := c.DB.View(s.t.Context(), func(tx *db.Tx) (err error) { named, err = namedFiles.Slice(tx, db.None{}); return err }); err != nil {
		s.t.Fatal(err)
	}
	at := store.At(filepath.Join(home, "evidence"))
	for _, name := range named {
		if _, err := os.Stat(at.Path(name)); err != nil {
			s.t.Errorf("point %d: a row names a file that is not there: %v", point, err)
		}
	}
	return named
}

// sound says that the database is whole, the log verifies, and that after the wait of what nobody named no file is left but the named.
func (s *suffering) sound(c *complainttest.City, home string) {
	s.t.Helper()
	c.Told = nil
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	c.Days(8)
	_, err := c.Evidence.Sweep(c.Ctx())
	must(err)
	var left []string
	must(filepath.WalkDir(filepath.Join(home, "evidence"), func(path string, e os.DirEntry, err error) error {
		if err == nil && (store.IsName(e.Name()) || filepath.Base(filepath.Dir(path)) == "incoming") {
			left = append(left, e.Name())
		}
		return err
	}))
	slices.Sort(left)
	if named := s.present(c, home, 0); !slices.Equal(left, named) {
		s.t.Errorf("there are the files %v, and rows name %v", left, named)
	}
	must(c.DB.Sound(s.t.Context()))
	sequence(s.t, c.DB, home)
	dir := filepath.Join(home, "exported")
	_, err = publiclog.Open(c.DB, filepath.Join(home, "log")).Export(s.t.Context(), dir)
	must(err)
	report, err := verify.Log(s.t.Context(), verify.Folder(dir), verify.Options{})
	must(err)
	if len(report.Findings) > 0 || report.Checkpoint.Size < 40 {
		s.t.Errorf("of a log of %d entries: %v", report.Checkpoint.Size, report.Findings)
	}
}

func sequence(t *testing.T, d *db.DB, home string) {
	t.Helper()
	q, err := sequencer.Open(t.Context(), d, filepath.Join(home, "log"), "example.com/log")
	if err == nil {
		err = q.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

var (
	// drawn is what is drawn by lot: identifiers, keys, what is sealed under them, and hashes over those.
	drawn = regexp.MustCompile(`[A-Za-z0-9+/_=-]{24,}`)
	// waiting is what was brought and no act has named yet, which is dropped after a week; and when somebody was seen last.
	waiting = []string{"evidence_intake", "offline_file", "offline_part", "identity_session"}
)

// stateOf is all that a database holds, but for what waits to be named; and once more without what is drawn by lot.
func stateOf(t *testing.T, c *complainttest.City) (raw []string, same string) {
	t.Helper()
	if err := c.DB.Migrate(t.Context(), complainttest.Schemas...); err != nil {
		t.Fatal(err)
	}
	raw = dbtest.Rows(t, c.DB, waiting...)
	var plain []string
	for _, line := range raw {
		plain = append(plain, drawn.ReplaceAllString(line, "·"))
	}
	slices.Sort(plain)
	return raw, strings.Join(plain, "\n")
}

// difference is the lines that one has and the other has not.
func difference(want, got string) string {
	var out []string
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// found makes the city that all begin from, and what they fill in.
func found(t *testing.T, home string) {
	t.Helper()
	d := dbtest.Open(t, "sqlite:"+filepath.Join(home, "xiadu.db"), complainttest.Schemas...)
	s := site{complainttest.OpenIn(t, d, home), t, &forms{}}
	s.begin()
	complainttest.Keep(s.City)
	b, err := json.Marshal(s.forms)
	if err == nil {
		err = os.WriteFile(filepath.Join(home, "forms.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	sequence(t, d, home)
}

func readForms(t *testing.T, home string) *forms {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(home, "forms.json"))
	if err != nil {
		t.Fatal(err)
	}
	f := &forms{}
	if err := json.Unmarshal(b, f); err != nil {
		t.Fatal(err)
	}
	return f
}
