package webtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Check fails the test for every error on the console, every request that left
// the site, a page wider than its window, and every finding of axe-core that
// it calls serious or critical.
func (b *Tab) Check() {
	b.t.Helper()
	for _, c := range b.complaints() {
		b.t.Error(c)
	}
	if wide := Eval[string](b, widest); wide != "" {
		b.t.Errorf("%s is wider than the window: %s", b.Path(), wide)
	}
	for _, f := range b.axe() {
		b.t.Error(f)
	}
}

// widest names the element that makes the page scroll sideways.
const widest = `(() => {
	const limit = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= limit) return '';
	const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > limit + 1);
	return wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join('\n') || 'the page itself';
})()`

func (b *Tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, e := range b.errors {
		all = append(all, "on the console: "+e)
	}
	for _, r := range b.outside {
		all = append(all, "a request left the site: "+r)
	}
	return all
}

// axeSource is axe-core as npm installs it.
var axeSource = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above %s", dir)
		}
		dir = filepath.Dir(dir)
	}
	source, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is not installed (run npm ci): %w", err)
	}
	return string(source), nil
})

type finding struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

func (b *Tab) axe() []string {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatal(err)
	}
	found := Eval[[]finding](b, source+`;
		axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations
			.filter((v) => v.impact === 'serious' || v.impact === 'critical')
			.map((v) => ({ID: v.id, Impact: v.impact, Help: v.help,
				Nodes: v.nodes.slice(0, 3).map((n) => ({HTML: n.html.slice(0, 200), FailureSummary: n.failureSummary}))})))`)
	var all []string
	for _, f := range found {
		text := []string{fmt.Sprintf("axe: %s (%s): %s", f.ID, f.Impact, f.Help)}
		for _, n := range f.Nodes {
			text = append(text, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n\t"))
		}
		all = append(all, strings.Join(text, "\n\t"))
	}
	return all
}

// quote writes s as a JavaScript string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(b)
}
