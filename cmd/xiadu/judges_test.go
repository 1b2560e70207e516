package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
)

// TestNoMarkIsLost: nine judges mark three entries and seal them, all at once, and after every twentieth answer the server is killed
// where it stands. A device posts again what was not answered, as the page does. No mark that was answered is lost, each sheet is
// sealed once and as it was marked, and nothing is half.
func TestNoMarkIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a server a dozen times; run without -short")
	}
	work := t.TempDir()
	home := filepath.Join(work, "home")
	if err := os.WriteFile(filepath.Join(work, "village.osm"), []byte(smallestVillage), 0o600); err != nil {
		t.Fatal(err)
	}
	xiadu(t, work, home, "import", "streets", "village.osm")
	file, ok := rule.Preset("rubric-100")
	if !ok {
		t.Fatal("there is no such preset")
	}
	d := opened(t, home)
	h := contesttest.OpenIn(t, d, home, file, 3)
	m := &marking{T: t, work: work, home: home, rule: file.Rule.Hash()}
	for _, judge := range h.Judges {
		m.tokens = append(m.tokens, h.Token(judge))
	}
	for _, number := range h.Numbers {
		h.Run(number)
		for _, c := range file.Rule.Stages[0].Parts[0].Judged.Criteria {
			m.fields = append(m.fields, [2]string{number, c.Key})
		}
	}
	h.Must(d.Close())

	m.serve()
	m.judges(func(judge int) {
		for i, f := range m.fields {
			m.post(judge, "mark", map[string]any{"run": "show/" + f[0] + "/1", "criterion": f[1], "mark": m.mark(judge, i)})
		}
	})
	if killed := m.kills; killed < 5 {
		t.Fatalf("it was killed %d times", killed)
	}
	m.kill()
	d = opened(t, home)
	h = contesttest.Again(t, d, home)
	for judge := range m.tokens {
		mine, err := h.Mine(t.Context(), h.Judges[judge], contesttest.Code)
		h.Must(err)
		for i, f := range m.fields {
			if r := mine.Runs[i/5]; r.Entry != f[0] || r.Drafts[f[1]] != m.mark(judge, i) {
				t.Errorf("judge %d marked %s of %s with %s, and it is %q of %s", judge+1, f[1], f[0], m.mark(judge, i), r.Drafts[f[1]], r.Entry)
			}
		}
	}
	h.Must(d.Close())

	m.serve()
	m.judges(func(judge int) {
		for at := 0; at < len(m.fields); at += 5 {
			o := m.opening(judge, at)
			m.post(judge, "lock", map[string]any{"run": "show/" + o.Entry + "/1", "marks": o.Marks, "salt": o.Salt, "commitment": o.Commitment(), "lock": o.Salt[:32]})
		}
	})
	m.kill()
	d = opened(t, home)
	defer d.Close()
	h = contesttest.Again(t, d, home)
	for judge := range m.tokens {
		mine, err := h.Mine(t.Context(), h.Judges[judge], contesttest.Code)
		h.Must(err)
		for n, r := range mine.Runs {
			o := m.opening(judge, 5*n)
			if r.Sealed == nil || r.Version != 2 || r.Receipt != o.Commitment() || len(r.Drafts) != 0 {
				t.Errorf("judge %d sealed %s as %+v, and there is %+v", judge+1, o.Entry, o, r)
			}
		}
	}
	if wrong := h.Whole(); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
	h.Must(d.Sound(t.Context()))
	t.Logf("%d answers, %d kills", m.answered.Load(), m.kills)
}

func opened(t *testing.T, home string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(home, "xiadu.db"))
	if err == nil {
		err = d.Migrate(t.Context(), contesttest.Schemas...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// marking is nine devices, and a server that is killed.
type marking struct {
	*testing.T
	work, home, rule string
	tokens           []string
	fields           [][2]string // entry and criterion
	salts            sync.Map
	answered         atomic.Int64

	mu     sync.Mutex
	server *server
	kills  int
}

func (m *marking) serve() {
	m.server = served(m.T, command(m.T, m.work, m.home, "serve", "--listen", "127.0.0.1:0", "--policy", "hall"))
}

func (m *marking) kill() { m.server.kill(); m.kills++ }

func (m *marking) at() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.server.url
}

func (m *marking) judges(do func(judge int)) {
	var all sync.WaitGroup
	for judge := range m.tokens {
		all.Go(func() { do(judge) })
	}
	all.Wait()
}

func (m *marking) mark(judge, field int) string { return fmt.Sprintf("%d.%d", field%10, judge+1) }

// opening is kept by a device before it posts a lock.
func (m *marking) opening(judge, at int) seal.Opening {
	o := seal.Opening{Contest: contesttest.Code, Rule: m.rule, Entry: m.fields[at][0], Part: "show", Seat: fmt.Sprintf("j%d", judge+1), Version: 1, Marks: map[string]string{}, By: seal.Device}
	salt, _ := m.salts.LoadOrStore(o.Seat+o.Entry, seal.Salt())
	o.Salt = salt.(string)
	for i := at; i < at+5; i++ {
		o.Marks[m.fields[i][1]] = m.mark(judge, i)
	}
	return o
}

// post posts until there is an answer. Every twentieth kills the server.
func (m *marking) post(judge int, what string, v map[string]any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts
	}
	const patience = 400
	for range patience {
		status, body := m.once(judge, what, text)
		if status == http.StatusOK {
			break
		}
		if status != 0 {
			m.Errorf("judge %d, %s: %d %s", judge+1, what, status, body)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	if m.answered.Add(1)%20 == 0 {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.kill()
		m.serve()
	}
}

func (m *marking) once(judge int, what string, text []byte) (status int, body string) {
	r, err := http.NewRequestWithContext(m.Context(), http.MethodPost, m.at()+"/contests/"+contesttest.Code+"/judge/"+what, bytes.NewReader(text))
	if err != nil {
		return http.StatusTeapot, err.Error()
	}
	r.Header.Set("Accept", "application/json")
	for name, value := range map[string]string{"session": m.tokens[judge], "judge-device": contesttest.Device(judge)} {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "" // it is dead
	}
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, ""
	}
	return a.StatusCode, string(all)
}
