package xiadu_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms is the order inside each system: a row's packages may import those of the
// rows above it, never of their own row or below.
var rooms = map[string][][]string{
	"internal/system/complaint": {
		{"."},
		{"campaign", "alike", "redact", "table", "open311", "blur", "key", "period"},
		{"letter"},
		{"problem"},
		{"intake", "visit"},
		{"bulletin"},
		{"published", "board"},
		{"complainttest", "rehearsal", "standing", "insight", "recovered"},
		{"complainthttp/page"},
		{"complainthttp/public", "complainthttp/georeport", "complainthttp/insights", "complainthttp/desk", "complainthttp/takein", "complainthttp/letters", "complainthttp/questions", "complainthttp/assign", "complainthttp/problems", "complainthttp/checks", "complainthttp/bulletins", "complainthttp/visits"},
		{"complainthttp"},
	},
	"internal/system/contest": {
		{"."},
		{"event"},
		{"entry"},
		{"expert"},
		{"seat"},
		{"hall"},
		{"order"},
		{"release"},
		{"publicity"},
		{"taken"},
		{"card"},
		{"nomination"},
		{"grant"},
		{"contesttest", "rehearsal"},
		{"selectiontest"},
		{"contesthttp/page", "contesthttp/live"},
		{"contesthttp/board"},
		{"contesthttp/public", "contesthttp/cards", "contesthttp/objections", "contesthttp/judge", "contesthttp/office", "contesthttp/entries", "contesthttp/panel", "contesthttp/orders", "contesthttp/join", "contesthttp/screen", "contesthttp/desk", "contesthttp/host", "contesthttp/stations", "contesthttp/money"},
		{"contesthttp"},
	},
	"internal/system/duty": {
		{"."},
		{"dutyhttp"},
	},
	"internal/system/station": {
		{"."},
		{"demand", "whatif", "timetable", "network"},
		{"area"},
		{"coverage"},
		{"plan", "selection", "city", "run", "stationtest", "stars"},
		{"words"},
		{"figures", "published"},
		{"stationhttp/ask", "stationhttp/onepage"},
		{"stationhttp/page", "stationhttp/grid"},
		{"stationhttp/finder", "stationhttp/register", "stationhttp/survey", "stationhttp/areas", "stationhttp/trial", "stationhttp/nation", "stationhttp/starred"},
		{"stationhttp/plans", "stationhttp/report", "stationhttp/sites"},
		{"stationhttp"},
		{"stationhttp/pagetest"},
	},
}

func TestRooms(t *testing.T) {
	systems, err := filepath.Glob("internal/system/*")
	if err != nil || len(systems) == 0 {
		t.Fatal(systems, err)
	}
	for _, system := range systems {
		eachPackage(t, system, func(dir string, files []*ast.File) {
			from := room(system, dir)
			if from < 0 {
				t.Errorf("%s is in no row of rooms: add it, or move it", dir)
			}
			for _, f := range files {
				for _, spec := range f.Imports {
					imp, _ := strconv.Unquote(spec.Path.Value)
					if to, ok := strings.CutPrefix(imp, module); ok && strings.HasPrefix(to+"/", system+"/") && room(system, to) >= from {
						t.Errorf("%s must not import %s: it is no lower room", dir, to)
					}
				}
			}
		})
	}
}

// room is the row of a package in its system, or -1.
func room(system, dir string) int {
	rel, err := filepath.Rel(system, dir)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(rooms[system], func(row []string) bool { return slices.Contains(row, rel) })
}

// TestMigrations holds each system's steps to numbers of their own: two that were begun side by side would both be
// the next one.
func TestMigrations(t *testing.T) {
	steps, err := filepath.Glob("internal/*/*/schema/*.sql")
	if more, e := filepath.Glob("internal/*/*/*/schema/*.sql"); e == nil {
		steps = append(steps, more...)
	}
	if err != nil || len(steps) == 0 {
		t.Fatal(steps, err)
	}
	had := map[string]string{}
	for _, step := range steps {
		number, _, _ := strings.Cut(filepath.Base(step), "_")
		at := filepath.Join(filepath.Dir(step), number)
		if had[at] != "" {
			t.Errorf("%s and %s have one number", had[at], step)
		}
		had[at] = step
	}
}

const (
	mostFiles   = 25 // hand-written, in one package
	mostMethods = 30 // of one type
)

// overfull are the packages and types that have yet to be divided. Nothing may be
// added: whoever divides one takes it out.
var overfull = map[string]string{
	"internal/geo/road.Graph": "a graph answers many small questions",
	"internal/app/demo.city":  "it draws one thing after another",
}

func TestNothingIsTooLargeToSee(t *testing.T) {
	eachPackage(t, "internal", func(dir string, files []*ast.File) {
		if n := len(files); n > mostFiles && overfull[dir] == "" {
			t.Errorf("%s has %d files: more than %d show nobody what is in them", dir, n, mostFiles)
		} else if n <= mostFiles && overfull[dir] != "" {
			t.Errorf("%s has %d files: take it out of overfull", dir, n)
		}
		methods := map[string]int{}
		for _, f := range files {
			for _, d := range f.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
					methods[receiver(f)]++
				}
			}
		}
		for name, n := range methods {
			if n > mostMethods && overfull[dir+"."+name] == "" {
				t.Errorf("%s.%s has %d methods, and %d are the most", dir, name, n, mostMethods)
			}
		}
	})
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) (name string) {
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

var (
	created  = regexp.MustCompile(`(?m)^CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)
	dropped  = regexp.MustCompile(`(?m)^DROP TABLE (\w+)`)
	tableIn  = regexp.MustCompile(`\b[a-z]+(?:_[a-z]+)+\b`)
	ownedIn  = regexp.MustCompile(`(?s)Tables owned:(.*?)(?:\n\n|$)`)
	sentence = regexp.MustCompile(`\.\s`)
)

// What package notes say of tables is what the migrations make: each table has one
// owner, and no owner names one that is not there.
func TestTablesOwned(t *testing.T) {
	for _, area := range []string{"internal/record", "internal/engine/evidence", "internal/engine/draw", "internal/engine/bound", "internal/system/station", "internal/system/complaint", "internal/system/contest"} {
		want := map[string]bool{}
		files, err := filepath.Glob(area + "/schema/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatal(area, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range created.FindAllStringSubmatch(string(text), -1) {
				want[m[1]] = true
			}
			for _, m := range dropped.FindAllStringSubmatch(string(text), -1) {
				delete(want, m[1])
			}
		}
		owner := map[string]string{}
		eachPackage(t, area, func(dir string, files []*ast.File) {
			for _, f := range files {
				if f.Doc == nil {
					continue
				}
				for _, m := range ownedIn.FindAllStringSubmatch(f.Doc.Text(), -1) {
					list := sentence.Split(m[1]+" ", 2)[0]
					for _, name := range tableIn.FindAllString(list, -1) {
						if owner[name] != "" {
							t.Errorf("%s and %s both own %s", owner[name], dir, name)
						}
						owner[name] = dir
					}
				}
			}
		})
		if got, all := slices.Sorted(maps.Keys(owner)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, all) {
			t.Errorf("%s: the notes own %v, the migrations make %v", area, got, all)
		}
	}
}

// eachPackage visits the packages below a folder with their hand-written files.
func eachPackage(t *testing.T, root string, visit func(dir string, files []*ast.File)) {
	t.Helper()
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "dist") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_templ.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(file))
		packages[dir] = append(packages[dir], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		visit(dir, files)
	}
}

var (
	comment    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	decls      = regexp.MustCompile(`\{[^{}]*\}`)
	classNamed = regexp.MustCompile(`\.([a-zA-Z][\w-]*)`)
	classUsed  = regexp.MustCompile(`class="([^"{]*)"`)
	system     = regexp.MustCompile(`^internal/system/(\w+)/`)
)

// TestClassesOwned holds a system's styles to its own pages: all styles are one file, and a class that two systems
// name would lay one's big screen over the other's table.
func TestClassesOwned(t *testing.T) {
	styled, used := map[string]map[string]bool{}, map[string]map[string]string{} // class: system; class: system: file
	of := func(path string) string {
		if m := system.FindStringSubmatch(path); m != nil {
			return m[1]
		}
		return "web"
	}
	err := filepath.WalkDir("internal", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "dist" {
			return cmp.Or(err, fs.SkipDir)
		}
		find := map[string]*regexp.Regexp{".css": classNamed, ".templ": classUsed}[filepath.Ext(file)]
		if find == nil {
			return nil
		}
		text, err := os.ReadFile(file)
		if find == classNamed {
			text = decls.ReplaceAll(comment.ReplaceAll(text, nil), []byte("{}"))
		}
		for _, m := range find.FindAllSubmatch(text, -1) {
			for class := range strings.FieldsSeq(string(m[1])) {
				if find == classNamed {
					put(styled, class, of(file), true)
				} else {
					put(used, class, of(file), file)
				}
			}
		}
		return err
	})
	if err != nil || len(styled) == 0 || len(used) == 0 {
		t.Fatal(len(styled), len(used), err)
	}
	for class, owners := range styled {
		if owners["web"] {
			continue // everybody's
		}
		if len(owners) > 1 {
			t.Errorf(".%s is a class of %v: rename it in one, or move it to internal/web/css", class, slices.Sorted(maps.Keys(owners)))
		}
		for by, path := range used[class] {
			if !owners[by] {
				t.Errorf("%s uses .%s of %v: move it to internal/web/css", path, class, slices.Sorted(maps.Keys(owners)))
			}
		}
	}
}

func put[V any](in map[string]map[string]V, key, under string, v V) {
	if in[key] == nil {
		in[key] = map[string]V{}
	}
	in[key][under] = v
}
