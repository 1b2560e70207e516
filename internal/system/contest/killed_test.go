package contest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

// What tells the test binary that it is the process which is going to be killed: on which database, in which folder, in which act, before
// which of its writes. No act: it plays to the end.
const (
	victimDSN   = "XIADU_CONTEST_DSN"
	victimHome  = "XIADU_CONTEST_HOME"
	victimAct   = "XIADU_CONTEST_ACT"
	victimPoint = "XIADU_CONTEST_POINT"
)

// answer is what somebody was told: a mark that is kept, or a sheet that is sealed.
type answer struct {
	Act        string
	Judge      int
	Entry      string
	Mark       string `json:",omitempty"`
	Commitment string `json:",omitempty"`
	Log        string `json:",omitempty"`
}

// act is one use case of the play.
type act struct {
	name string
	do   func(h *contesttest.Hall) (answer, error)
}

// TestVictim plays on from what was answered, until it is killed or at the end.
func TestVictim(t *testing.T) {
	home := os.Getenv(victimHome)
	if home == "" {
		t.Skip("it is run by TestAHallIsKilled")
	}
	stop, err := strconv.Atoi(os.Getenv(victimAct))
	if err != nil {
		stop = -1
	}
	point, _ := strconv.Atoi(os.Getenv(victimPoint))
	h := reopened(t, os.Getenv(victimDSN), home)
	from := len(answered(t, home))
	for i := from; i < len(play); i++ {
		if n := 0; i == stop {
			h.Told = dbtest.Writes(func() {
				if n++; n == point {
					dbtest.Die()
				}
			})
		}
		a, err := play[i].do(h)
		if err != nil && (i > from || fault.KindOf(err) != fault.Conflict) { // the first may be done, and nobody was told
			t.Fatalf("%d, %s: %v", i, play[i].name, err)
		}
		if i == stop {
			dbtest.Die()
		}
		a.Act = play[i].name
		tell(t, home, a)
	}
}

func reopened(t *testing.T, dsn, home string) *contesttest.Hall {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err == nil {
		t.Cleanup(func() { _ = d.Close() })
		err = d.Migrate(t.Context(), contesttest.Schemas...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return contesttest.Again(t, d, home)
}

const toldFile = "answered"

// tell writes down what was answered: as the judge's device would.
func tell(t *testing.T, home string, a answer) {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(home, toldFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(append(text, '\n')); err != nil {
		t.Fatal(err)
	}
}

func answered(t *testing.T, home string) (all []answer) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, toldFile))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// kept says that nothing is lost that was answered, and nothing is half.
func kept(t *testing.T, h *contesttest.Hall, home, when string) {
	t.Helper()
	if wrong := h.Whole(); len(wrong) > 0 {
		t.Fatalf("%s: %s", when, strings.Join(wrong, "\n"))
	}
	if err := h.DB.Sound(t.Context()); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	var sheets []hall.Sheet
	h.Must(h.DB.View(t.Context(), func(tx *db.Tx) (err error) { sheets, err = sheetsOf.Slice(tx, contesttest.Code); return err }))
	sealed := map[string]hall.Sheet{}
	given := map[string]bool{}
	for _, s := range sheets {
		sealed[s.Commitment] = s
		given[s.Entry+" "+s.Seat] = true
	}
	var mine [9]hall.Mine
	for j := range mine {
		var err error
		mine[j], err = h.Mine(t.Context(), h.Judges[j], contesttest.Code)
		h.Must(err)
	}
	for _, a := range answered(t, home) {
		if s, ok := sealed[a.Commitment]; a.Commitment != "" && (!ok || a.Log != "" && s.LogEntry != a.Log) {
			t.Errorf("%s: the sheet of judge %d for %s was answered and is not there", when, a.Judge+1, a.Entry)
		}
		if a.Mark == "" || given[fmt.Sprintf("%s j%d", a.Entry, a.Judge+1)] {
			continue
		}
		if !slices.ContainsFunc(mine[a.Judge].Runs, func(r hall.MyRun) bool { return r.Entry == a.Entry && r.Drafts["score"] == a.Mark }) {
			t.Errorf("%s: the mark %s of judge %d for %s was answered and is not there", when, a.Mark, a.Judge+1, a.Entry)
		}
	}
}

var sheetsOf = db.Declare[string, hall.Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest ORDER BY id`)

// result is what the last release comes to: totals, places and who is in.
func result(t *testing.T, h *contesttest.Hall) string {
	t.Helper()
	out := release.In(h.DB, h.Facts)
	all, err := out.List(t.Context(), contesttest.Code)
	h.Must(err)
	text, err := out.File(t.Context(), contesttest.Code, len(all))
	h.Must(err)
	f, err := seal.Read(text)
	h.Must(err)
	if found := seal.Verify(f).Findings; len(found) > 0 {
		t.Fatal(found)
	}
	lines, err := json.Marshal([]any{f.Result, f.Cuts, len(f.Sheets), len(all)})
	h.Must(err)
	return string(lines)
}

// opened opens a hall on a database of an engine.
func opened(t *testing.T, dsn, home string) *contesttest.Hall {
	t.Helper()
	return contesttest.OpenIn(t, dbtest.Open(t, dsn, contesttest.Schemas...), home, contesttest.Rule(2), 5)
}

// TestAHallIsKilled kills the process of a hall between every two writes of each use case, once for each kind, and after every sixth use
// case before anybody is told. Nothing that was answered is lost, nothing is half, and the next process comes to the same result.
func TestAHallIsKilled(t *testing.T) {
	whole := opened(t, dbtest.SQLite(t), t.TempDir())
	for i, a := range play {
		if _, err := a.do(whole); err != nil {
			t.Fatalf("it does not play at all: %d, %s: %v", i, a.name, err)
		}
	}
	want := result(t, whole)
	for engine, dsn := range map[string]func(testing.TB) string{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			k := killing{t: t, dsn: dsn(t), home: t.TempDir(), each: 6}
			if testing.Short() || engine == db.Postgres {
				k.only, k.each = []string{"lock", "reveal"}, 33
			}
			if testing.Short() && engine == db.Postgres {
				t.Skip("plays on SQLite; run without -short")
			}
			if got := k.play(); got != want {
				t.Errorf("it comes to\n%s\nand without a kill to\n%s", got, want)
			}
		})
	}
}

// killing is a play that is killed.
type killing struct {
	t         *testing.T
	dsn, home string
	only      []string // kinds that are killed between all their writes; nil: all
	each      int      // every so many acts one is killed at its end
	points    int
}

func (k *killing) env(act, point int) []string {
	return []string{victimDSN + "=" + k.dsn, victimHome + "=" + k.home, fmt.Sprintf("%s=%d", victimAct, act), fmt.Sprintf("%s=%d", victimPoint, point)}
}

func (k *killing) play() string {
	k.t.Run("opened", func(t *testing.T) { opened(t, k.dsn, k.home) })
	had := map[string]bool{}
	for i, a := range play {
		first := !had[a.name] && (k.only == nil || slices.Contains(k.only, a.name))
		had[a.name] = true
		if first {
			k.between(i)
		} else if i%k.each == 0 {
			dbtest.Victim(k.t, "TestVictim", k.env(i, 0)...)
			k.t.Run("end", func(t *testing.T) { kept(t, reopened(t, k.dsn, k.home), k.home, a.name) })
		}
	}
	dbtest.Survivor(k.t, "TestVictim", k.env(-1, 0)...)
	k.t.Logf("%d acts of %d kinds, killed at %d points between writes", len(play), len(slices.Collect(maps.Keys(had))), k.points)
	h := reopened(k.t, k.dsn, k.home)
	kept(k.t, h, k.home, "at the end")
	return result(k.t, h)
}

// between kills an act before each of its writes, and at its end: until then everything is to the letter as before.
func (k *killing) between(i int) {
	var before []string
	k.t.Run(play[i].name, func(t *testing.T) {
		h := reopened(t, k.dsn, k.home)
		for n := len(answered(t, k.home)); n < i; n++ {
			a, err := play[n].do(h)
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Fatalf("%d, %s: %v", n, play[n].name, err)
			}
			a.Act = play[n].name
			tell(t, k.home, a)
		}
		before = rows(t, h.DB)
	})
	for point := 1; ; point++ {
		dbtest.Victim(k.t, "TestVictim", k.env(i, point)...)
		over := false
		k.t.Run(fmt.Sprintf("%s %d", play[i].name, point), func(t *testing.T) {
			h := reopened(t, k.dsn, k.home)
			over = !slices.Equal(rows(t, h.DB), before)
			kept(t, h, k.home, fmt.Sprintf("%s, killed before write %d", play[i].name, point))
		})
		if k.points++; over && point < 3 || point > 60 {
			k.t.Fatalf("%s: it was killed at %d points, and is over %v", play[i].name, point, over)
		}
		if over {
			return
		}
	}
}

func rows(t *testing.T, d *db.DB) []string {
	t.Helper()
	return dbtest.Rows(t, d, "identity_session")
}

// saltOf is drawn by a judge's device and kept before it posts: the same one when it posts again.
func saltOf(parts ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return hex.EncodeToString(sum[:])
}
