package xiadu_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/xiadu/xiadu/"

// layers lists the modules from the bottom up. A package may import lower
// layers and the rest of its own module, never its neighbours.
var layers = [][]string{
	{"internal/lang"},
	{"internal/fault"},
	{"internal/calendar", "internal/shared"},
	{"internal/gb", "internal/geo"}, // pure: below storage on purpose
	{"internal/db", "internal/queue", "internal/sheet"},
	{"internal/record"},
	{"internal/engine/*"},
	{"internal/system/*", "internal/web"},
	{"internal/system/*/*http"},
	{"internal/app"},
	{"cmd/*"},
}

// reserved lists the only modules that may import a path and what is below it.
var reserved = map[string][]string{
	"net/http":                 {"internal/web", "internal/app", "internal/system/*/*http"},
	"database/sql":             {"internal/db"},
	"modernc.org/sqlite":       {"internal/db"},
	"github.com/jackc/pgx":     {"internal/db"},
	"github.com/nats-io":       {"internal/queue"},
	"encoding/csv":             {"internal/sheet"},
	"github.com/xuri/excelize": {"internal/sheet"},    // and there only its tests, which it checks
	"github.com/paulmach/orb":  {"internal/geo/tile"}, // its geojson brings a database driver along
}

// pagesOf are the packages that list the addresses of a system; its pages are below.
var pagesOf = []string{"internal/system/*/*http"}

// report is the one page that a command writes, too.
const report = "internal/system/station/stationhttp/report"

// TestLayers reads the imports itself, not through "go list", so that the test
// cache notices every edited file.
func TestLayers(t *testing.T) {
	check := func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "dist") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(file))
		if rank, _ := layer(from); rank < 0 {
			t.Errorf("%s is in no layer: add it to layers or move it", from)
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(from, imp); why != "" {
				t.Errorf("%s must not import %s: %s", file, imp, why)
			}
		}
		return nil
	}
	for _, root := range []string{"cmd", "internal"} {
		if err := filepath.WalkDir(root, check); err != nil {
			t.Fatal(err)
		}
	}
}

// TestForbidden shows that the rule can fail.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		from, imp string
		bad       bool
	}{
		{"internal/geo/reach", module + "internal/geo/road", false},
		{"internal/geo/reach", module + "internal/db", true},
		{"internal/calendar", module + "internal/gb", true},
		{"internal/gb", module + "internal/calendar", false},
		{"internal/calendar/opening", module + "internal/calendar", false},
		{"internal/calendar/opening", module + "internal/system/station", true},
		{"internal/gb", module + "internal/geo", true},
		{"internal/db/dbtest", "database/sql", false},
		{"internal/web", module + "internal/system/station", true},
		{"internal/system/station", module + "internal/web", true},
		{"internal/system/station/stationhttp", module + "internal/web", false},
		{"internal/system/station/stationhttp", module + "internal/system/station", false},
		{"internal/system/station", module + "internal/system/station/stationhttp", true},
		{"internal/system/station", "net/http/httptest", true},
		{"internal/system/station/stationhttp", "net/http", false},
		{"internal/record", "database/sql", true},
		{"internal/geo/atlas", "github.com/paulmach/orb/geojson", true},
		{"internal/app", "github.com/nats-io/nats.go/jetstream", true},
		{"internal/queue", module + "internal/db", true},
		{"internal/sheet", module + "internal/geo", false},
		{"internal/sheet", module + "internal/db", true},
		{"cmd/xiadu", module + "internal/app", false},
		{"internal/app", module + "cmd/xiadu", true},
		{"internal/app", module + "internal/system/station/stationhttp", false},
		{"internal/app", module + "internal/system/station/stationhttp/report", false},
		{"internal/app", module + "internal/system/station/stationhttp/survey", true},
		{"cmd/xiadu", module + "internal/system/station/stationhttp", true},
		{"cmd/xiadu", module + "internal/system/station/figures", false},
		{"internal/app", module + "internal/db/dbtest", true},
		{"internal/app", module + "internal/system/contest", false},
		{"internal/app", module + "internal/system/contest/contesttest", true},
		{"internal/system/station/stationtest", module + "internal/app", false},
	} {
		if got := forbidden(c.from, c.imp) != ""; got != c.bad {
			t.Errorf("forbidden(%s, %s) = %v, want %v", c.from, c.imp, got, c.bad)
		}
	}
}

// forTests tells whether a package only helps tests, by its name; a contest is something else.
func forTests(dir string) bool {
	return strings.HasSuffix(dir, "test") && !strings.HasSuffix(dir, "/contest")
}

// forbidden says why a package must not import a path, or "".
func forbidden(from, imp string) string {
	for owned, who := range reserved {
		if (imp == owned || strings.HasPrefix(imp, owned+"/")) && !within(from, who) {
			return "only " + strings.Join(who, ", ") + " may"
		}
	}
	to, ours := strings.CutPrefix(imp, module)
	if !ours {
		return ""
	}
	if forTests(from) {
		return "" // what helps tests may look at all of it
	}
	if forTests(to) {
		return "it is for tests"
	}
	if (from == "internal/app" || from == "cmd/xiadu") && matches(path.Dir(to), pagesOf) || from == "cmd/xiadu" && matches(to, pagesOf) {
		if from != "internal/app" || to != report {
			return "app mounts pages and writes the report; what is stated is computed below them"
		}
	}
	rank, home := layer(from)
	r, h := layer(to)
	switch {
	case r > rank:
		return "it is in a higher layer"
	case r == rank && h != home:
		return "neighbours do not know each other"
	}
	return ""
}

// layer returns the rank and the root folder of the module pkg belongs to: of
// the longest match, so that stationhttp is not taken for a part of station.
func layer(pkg string) (rank int, home string) {
	for p := pkg; p != "."; p = path.Dir(p) {
		for i, patterns := range layers {
			if matches(p, patterns) {
				return i, p
			}
		}
	}
	return -1, ""
}

// within tells whether pkg is one of the patterns, or below one.
func within(pkg string, patterns []string) bool {
	for p := pkg; p != "."; p = path.Dir(p) {
		if matches(p, patterns) {
			return true
		}
	}
	return false
}

func matches(pkg string, patterns []string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(p, pkg); ok {
			return true
		}
	}
	return false
}
