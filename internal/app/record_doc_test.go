package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

const recordDocHead = `# The kinds of entry in the record / 公开日志里的条目种类

Made from the program by ` + "`XIADU_GOLDEN=1 go test ./internal/app -run TestRecordDoc`" + `. What is written stays as it is for ever: when
the members of a kind change their meaning, it becomes another kind (` + "`station.added@2`" + `). A test holds this page against the
types, so that no member changes by accident. 由程序生成；写下的不再改变，含义变了就换一个种类名。

A statement, which is what the log publishes and proves, is the canonical JSON (RFC 8785) of

` + "```json" + `
{"at":"2026-11-29T08:00:00.000000Z","by":"role","commitment":"…","id":"UUIDv7","kind":"station.added","public":{},"subject":"station/…"}
` + "```" + `

with ` + "`public`" + ` as below, at most 65,535 bytes in all. ` + "`commitment`" + ` is there only if there is a private part: SHA-256 over a salt of 32 random
bytes and the private part's canonical JSON. Of entries written before there was a bound, ` + "`public_sha256`" + ` may stand in the place of ` + "`public`" + `.

**Sealed** kinds are published as ` + "`record.sealed`" + `, without subject, actor or kind: ` + "`by`" + ` is empty, ` + "`public`" + ` is ` + "`{}`" + `, and ` + "`commitment`" + ` is SHA-256 over a salt of 32 random bytes and the
statement as it would have been. What they would say is below all the same; a later ` + "`record.opened`" + ` publishes the statement with its salt. 密封的条目只公布承诺，公开时给出原文和盐。

| kind | says | 说什么 | subject | public | private part | sealed |
|---|---|---|---|---|---|---|
`

// docs/record.md has every kind that the source has, and its public JSON.
func TestRecordDoc(t *testing.T) {
	inSource := entryTypes(t)
	b := strings.Builder{}
	b.WriteString(recordDocHead)
	var listed, told []string
	for _, k := range slices.Concat(kinds()...) {
		if k.Says.ZH == "" || k.Says.EN == "" || strings.HasSuffix(k.Says.EN, ".") {
			t.Errorf("%s says %+v", k.Example.Kind(), k.Says)
		}
		v := reflect.New(reflect.TypeOf(k.Example)).Elem()
		v.Set(reflect.ValueOf(k.Example))
		fill(v)
		e := v.Interface().(record.Entry)
		public, err := canonical.JSON(e)
		if err != nil {
			t.Fatal(err)
		}
		_, personal := e.(record.Personal)
		_, sealed := e.(record.Sealed)
		yes := map[bool]string{true: "yes", false: ""}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` | `%s` | %s | %s |\n", e.Kind(), k.Says.EN, k.Says.ZH, cmp.Or(e.Subject(), "as the entry it is about"), public,
			yes[personal], yes[sealed])
		listed = append(listed, strings.NewReplacer("identity.plain", "identity.act", "identity.own", "identity.act").Replace(reflect.TypeOf(e).String()))
		if strings.HasPrefix(e.Kind(), "identity.") {
			told = append(told, e.Kind())
		}
	}
	slices.Sort(listed)
	if listed = slices.Compact(listed); !slices.Equal(listed, inSource) {
		t.Errorf("kinds has %v, the source %v", listed, inSource)
	}
	slices.Sort(told)
	if named := kindsNamedIn(t, "../engine/identity/entries.go"); !slices.Equal(told, named) {
		t.Errorf("identity.Kinds has %v, its source names %v", told, named)
	}
	const file = "../../docs/record.md"
	if os.Getenv("XIADU_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	has, err := os.ReadFile(file)
	if err != nil || string(has) != b.String() {
		t.Errorf("%s is not what the kinds are (%v): a kind that was written must not change; if one is new, XIADU_GOLDEN=1 writes the page", file, err)
	}
}

// kindsNamedIn are the kinds that a file of identity names.
func kindsNamedIn(t *testing.T, file string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(identity\.[a-z-]+)"`).FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return all
}

// fill gives every exported field a value.
func fill(v reflect.Value) {
	switch kind := v.Kind(); {
	case kind == reflect.String:
		v.SetString("…")
	case v.CanInt():
		v.SetInt(1)
	case v.CanFloat():
		v.SetFloat(1.5)
	case kind == reflect.Bool:
		v.SetBool(true)
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte("{}"))
	case kind == reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("…"), value)
	case kind == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case kind == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case kind == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	default:
		panic("no value for a " + v.Type().String())
	}
}

// entryTypes are the types of the source with a method Kind that returns a text, by
// package and name.
func entryTypes(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			if method, ok := decl.(*ast.FuncDecl); ok && method.Name.Name == "Kind" && method.Recv != nil && method.Type.Params.NumFields() == 0 && returnsString(method) {
				names = append(names, f.Name.Name+"."+method.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func returnsString(f *ast.FuncDecl) bool {
	id, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && id.Name == "string"
}
