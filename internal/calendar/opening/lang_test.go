package opening

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
)

// TestHoursFiles runs testdata/*.test, which an office clerk can read and
// add to; host.test says how at its top.
func TestHoursFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) { runHoursFile(t, name) })
	}
}

func runHoursFile(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var hours Hours
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if text, ok := strings.CutPrefix(line, "hours "); ok {
			if hours, err = Parse(strings.ReplaceAll(text, `\n`, "\n")); err != nil {
				t.Fatalf("%s:%d: %v", name, n, err)
			}
			continue
		}
		if text, ok := strings.CutPrefix(line, "refused "); ok {
			if h, err := Parse(text); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s:%d: was read as %q, %v", name, n, h, err)
			}
			continue
		}
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 && (len(f) != 6 || f[3] != "until") {
			t.Fatalf("%s:%d: cannot read %q", name, n, line)
		}
		at := moment(t, f[0], f[1])
		if got := [...]string{Unknown: "unknown", Closed: "closed", Open: "open"}[hours.At(at)]; got != f[2] {
			t.Errorf("%s:%d: %s at %s %s: is %s, want %s", name, n, hours, f[0], f[1], got, f[2])
		}
		until, changes := hours.Until(at)
		if changes != (len(f) == 6) || changes && !until.Equal(moment(t, f[4], f[5])) {
			t.Errorf("%s:%d: %s at %s %s: until %v, %v", name, n, hours, f[0], f[1], until, changes)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func moment(t *testing.T, date, clock string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, calendar.China)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
