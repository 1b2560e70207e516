package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// Bits are flipped in the files of a database, one at a time, and each time its
// city is asked for its coverage and for a backup. Each answer is refused, or it
// is the same to the byte: the damage is harmless then. "make flips" does a
// hundred. (For the streets, which have checksums of their own, see geo/flat.)
func TestFlippedBits(t *testing.T) {
	flips := 20
	if n, err := strconv.Atoi(os.Getenv("XIADU_FLIPS")); err == nil {
		flips = n
	}
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	homes := []map[string][]byte{stoppedCity(t), killedCity(t)}
	var want [2]answers
	for i, files := range homes {
		want[i] = answersOf(t, files)
		if want[i].refused() > 0 || !bytes.Equal(want[i].coverage, want[0].coverage) {
			t.Fatalf("the whole city: %v, %v", want[i].coverageErr, want[i].backupErr)
		}
	}
	counts := map[string]int{}
	for n := range flips {
		which := n % 2
		files := maps.Clone(homes[which])
		name, at, bit := someBit(random, files)
		got := answersOf(t, files)
		where := fmt.Sprintf("%s of city %d, byte %d, bit %d", name, which, at, bit)
		for _, err := range []error{got.coverageErr, got.backupErr} {
			if err != nil && fault.KindOf(err) == 0 {
				t.Errorf("%s: %v, want a fault that says what to do", where, err)
			}
		}
		switch {
		case got.coverageErr == nil && !bytes.Equal(got.coverage, want[which].coverage):
			t.Errorf("%s: another coverage, and no word of it", where)
		case got.backupErr == nil && got.backup != want[which].backup:
			t.Errorf("%s: another backup, and no word of it", where)
		case got.refused() > 0:
			counts["refused"]++
		default:
			counts["harmless"]++
		}
	}
	t.Logf("seed %d, of %d flips: %v", seed, flips, counts)
	if counts["refused"] < flips/4 {
		t.Errorf("most flips were found harmless: %v", counts)
	}
}

// someBit flips one, in the database file itself three times of five.
func someBit(random *rand.Rand, files map[string][]byte) (name string, at, bit int) {
	name = []string{"xiadu.db", "xiadu.db", "xiadu.db-wal", "xiadu.db.mark", "xiadu.db"}[random.IntN(5)]
	if len(files[name]) == 0 {
		name = "xiadu.db"
	}
	at, bit = random.IntN(len(files[name])), random.IntN(8)
	flipped := bytes.Clone(files[name])
	flipped[at] ^= 1 << bit
	files[name] = flipped
	return name, at, bit
}

// stoppedCity is the folder of a city whose program ended well.
func stoppedCity(t *testing.T) map[string][]byte {
	t.Helper()
	c := Config{Home: t.TempDir()}
	fillCity(t, c)
	return filesOf(t, c)
}

// killedCity is one whose program was killed: its last changes are in the log.
func killedCity(t *testing.T) map[string][]byte {
	t.Helper()
	c := Config{Home: t.TempDir()}
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fillCity(t, c)
	return filesOf(t, c)
}

func fillCity(t *testing.T, c Config) {
	t.Helper()
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 40), "", nil); err != nil {
		t.Fatal(err)
	}
	var stations, people strings.Builder
	stations.WriteString(head)
	people.WriteString("id,lon,lat,population\n")
	for i := range 150 {
		lon := 101.78 + float64(i)*0.0003
		fmt.Fprintf(&stations, "A-%d,第%d站,%.4f,36.62,周一至周五 9:00-%d:00,热水\n", i, i, lon, 12+i%11)
		for j := range 4 {
			fmt.Fprintf(&people, "c%d-%d,%.4f,36.62%d,%d\n", i, j, lon, j, 1+i*j)
		}
	}
	if _, err := bring(t, c, strings.NewReader(stations.String())); err != nil {
		t.Fatal(err)
	}
	if _, err := ImportDemand(t.Context(), c, strings.NewReader(people.String()), demand.Columns{}); err != nil {
		t.Fatal(err)
	}
}

func filesOf(t *testing.T, c Config) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"xiadu.db", "xiadu.db-wal", "xiadu.db.mark", "city.streets"} {
		content, err := os.ReadFile(filepath.Join(c.Home, name))
		if err == nil {
			files[name] = content
		}
	}
	return files
}

// answers are what a city says, or why it says nothing.
type answers struct {
	coverage               []byte
	backup                 string // its rows, without the time
	coverageErr, backupErr error
}

func (a answers) refused() (n int) {
	for _, err := range []error{a.coverageErr, a.backupErr} {
		if err != nil {
			n++
		}
	}
	return n
}

// answersOf asks for each in a folder of its own, so that neither sees what the
// other has mended or made worse.
func answersOf(t *testing.T, files map[string][]byte) (a answers) {
	t.Helper()
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, calendar.China)
	ask := func(f func(ctx context.Context, c Config) error) error {
		c := Config{Home: t.TempDir()}
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(c.Home, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return f(t.Context(), c)
	}
	a.coverageErr = ask(func(ctx context.Context, c Config) error {
		s := Survey{Question: coverage.Question{At: at}}
		return Coverage(ctx, c, s, nil, func(_ *city.City, answer *coverage.Coverage) (err error) {
			a.coverage, err = json.Marshal(answer)
			return err
		})
	})
	a.backupErr = ask(func(ctx context.Context, c Config) error {
		file := filepath.Join(c.Home, "all.tgz")
		if err := BackupTo(ctx, c, file, false); err != nil {
			return err
		}
		a.backup = rowsOf(t, file)
		return nil
	})
	return a
}

// rowsOf is what a backup holds, but for the time it was made.
func rowsOf(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	folder := t.TempDir()
	if _, err := unpack(t.Context(), f, folder); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, copyName))
	if err != nil {
		t.Fatal(err)
	}
	streets, err := os.ReadFile(filepath.Join(folder, streetsName))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	return strings.Join(lines[1:len(lines)-2], "") + string(streets)
}
