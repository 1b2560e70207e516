package web_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a style may say besides tokens: nothing, a hair, shares of what is there (per
// cent, fr, of the type, of the window), and on paper millimetres and points.
var (
	comment   = regexp.MustCompile(`(?s)/\*.*?\*/`)
	measure   = regexp.MustCompile(`(^|[^\w.#-])-?(\d*\.?\d+)(rem|px|mm|pt)\b`)
	colour    = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgb|rgba|hsl|hsla|oklch|lab)\(`)
	layer     = regexp.MustCompile(`z-index:\s*-?\d`)
	windows   = regexp.MustCompile(`@media[^{]*\((min|max)-width: ([^)]*)\)`)
	used      = regexp.MustCompile(`var\((--[\w-]+)\)`)
	declared  = regexp.MustCompile(`(--[\w-]+):`)
	attribute = regexp.MustCompile(`\b(fill|stroke|style|font-size|stroke-width)="([^"]*)"`)
)

// TestStylesHaveNoRawValues: sizes, colours, layers and what charts are drawn with are
// tokens, so that the fifth system looks like the first and large type, dark and print
// hold everywhere.
func TestStylesHaveNoRawValues(t *testing.T) {
	known := map[string]bool{}
	var sheets []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "dist" {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".css") {
			sheets = append(sheets, path)
		}
		return err
	})
	if err != nil || len(sheets) < 15 {
		t.Fatalf("%d sheets: %v", len(sheets), err)
	}
	texts := map[string]string{}
	for _, path := range sheets {
		text := comment.ReplaceAllString(read(t, path), "")
		for _, m := range declared.FindAllStringSubmatch(text, -1) {
			known[m[1]] = true
		}
		texts[path] = text
	}
	for path, text := range texts {
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				t.Errorf("%s uses %s, which is no token", path, m[1])
			}
		}
		if filepath.Base(path) == "tokens.css" {
			continue
		}
		paper := false
		for i, line := range strings.Split(text, "\n") {
			inside := strings.HasPrefix(line, "@media print") || strings.HasPrefix(line, "@page")
			paper = paper && line != "}" || inside
			for _, what := range raw(line, paper) {
				t.Errorf("%s:%d says %s: take a token of css/tokens.css", path, i+1, what)
			}
			paper = paper && (!inside || !strings.HasSuffix(line, "}"))
		}
	}
}

// raw lists what of a line of style is no token.
func raw(line string, paper bool) (out []string) {
	for _, m := range windows.FindAllStringSubmatch(line, -1) {
		if m[2] != "40rem" && m[2] != "60rem" && m[2] != "100rem" {
			out = append(out, "a window of "+m[2])
		}
	}
	line = windows.ReplaceAllString(line, "")
	for _, m := range measure.FindAllStringSubmatch(line, -1) {
		onPaper := m[3] == "mm" || m[3] == "pt"
		if m[2]+m[3] != "1px" && m[2] != "0" && (!onPaper || !paper) {
			out = append(out, m[2]+m[3])
		}
	}
	out = append(out, colour.FindAllString(line, -1)...)
	return append(out, layer.FindAllString(line, -1)...)
}

func TestRawFindsWhatIsRaw(t *testing.T) {
	for line, want := range map[string]int{
		".a { padding: 1rem; }": 1, ".a { color: #fff; }": 1, ".a { z-index: 3; }": 1, "@media (min-width: 52rem) { .a { gap: 3px; } }": 2,
		".a { border: 1px solid var(--line); margin: 0 auto; width: 50%; }": 0, ".a { color: rgb(0 0 0); }": 1, ".a { width: 10mm; }": 1,
		"@media (max-width: 40rem) { .a { gap: var(--s-1); height: 2em; } }": 0,
	} {
		if got := raw(line, false); len(got) != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// Templates draw with classes. A drawing on paper has the colours of paper.
func TestTemplatesHaveNoRawColours(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		for _, m := range attribute.FindAllStringSubmatch(read(t, path), -1) {
			if m[1] == "style" || colour.MatchString(m[2]) {
				t.Errorf("%s draws with %s: give it a class", path, m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
