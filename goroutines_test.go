package xiadu_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoGoroutineIsBare: a panic that nobody recovers ends the process, so each
// goroutine is begun by internal/fault, or by an errgroup with fault.Safely.
func TestNoGoroutineIsBare(t *testing.T) {
	check := func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "dist" || file == filepath.Join("internal", "fault")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			return err
		}
		for _, b := range bare(f) {
			t.Errorf("%s: %s", set.Position(b.at), b.what)
		}
		return nil
	}
	if err := filepath.WalkDir(".", check); err != nil {
		t.Fatal(err)
	}
}

// bareness is a place where a goroutine begins that ends the process if it panics.
type bareness struct {
	at   token.Pos
	what string
}

// bare finds them in a file. It reads no types: a method Go is an errgroup's in a
// file that imports errgroup, a WaitGroup's in one that has named it before, and
// a fault.Group's in any other.
func bare(f *ast.File) (found []bareness) {
	errgroup, waits := false, false
	for _, spec := range f.Imports {
		errgroup = errgroup || spec.Path.Value == `"golang.org/x/sync/errgroup"`
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, bareness{n.Pos(), "begin it with fault.Go, fault.Group or an errgroup"})
		case *ast.SelectorExpr:
			waits = waits || isOf(n, "sync", "WaitGroup")
		case *ast.CallExpr:
			method, ok := n.Fun.(*ast.SelectorExpr)
			if ok && (errgroup || waits) && (method.Sel.Name == "Go" || method.Sel.Name == "TryGo") && !isOf(method, "fault", "Go") && !guarded(n.Args) {
				found = append(found, bareness{n.Pos(), "give the errgroup fault.Safely(f); in place of a WaitGroup take a fault.Group"})
			}
		}
		return true
	})
	return found
}

// guarded reports whether the arguments are one call of fault.Safely.
func guarded(args []ast.Expr) bool {
	if len(args) != 1 {
		return false
	}
	call, ok := args[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && isOf(method, "fault", "Safely")
}

func isOf(s *ast.SelectorExpr, pkg, name string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && s.Sel.Name == name
}

// TestBare shows that the rule can fail.
func TestBare(t *testing.T) {
	const head = "package p\nimport (\n\"golang.org/x/sync/errgroup\"\n)\nfunc f() {\nvar g errgroup.Group\n"
	for code, want := range map[string]int{
		"go f()":                               1,
		"go func() {}()":                       1,
		"g.Go(work)":                           1,
		"g.TryGo(func() error { return nil })": 1,
		"g.Go(safely(work))":                   1,
		"g.Go(fault.Safely(work))":             0,
		"fault.Go(`loop`, work, nil)":          0,
		"var all sync.WaitGroup; all.Go(f)":    1,
		"var all sync.WaitGroup; all.Add(1)":   0,
		"var all fault.Group":                  0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "p.go", head+code+"\n}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(bare(f)); got != want {
			t.Errorf("%s: found %d, want %d", code, got, want)
		}
	}
}
