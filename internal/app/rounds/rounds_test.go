package rounds_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/rounds"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

func words(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

var post = process.Process{
	Key: "post.letter", Name: words("信件"), Starts: []string{"sign"},
	Stages: []process.Stage{{Key: "assigned", Name: words("签收"), Owes: process.Lead, Clock: "sign", Tell: true}, {Key: "closed", Name: words("办结"), Final: true}},
	Moves:  []process.Move{{Key: "close", Name: words("办结"), From: []string{"assigned"}, To: "closed", Meets: []string{"sign"}}},
}

// place is a book of letters with senders, whose time a test sets.
type place struct {
	t    *testing.T
	now  time.Time
	mu   sync.Mutex
	deps rounds.Deps
}

func open(t *testing.T, d *db.DB, config string, codes ...string) *place {
	t.Helper()
	p := &place{t: t, now: time.Date(2026, 11, 3, 10, 0, 0, 0, calendar.China)}
	book, err := casework.New(casework.Options{Processes: []process.Process{post}, Now: p.at})
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]string{"w": "水务局", "h": "供热公司"}
	p.deps = rounds.Deps{
		DB: d, Book: book, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Unit: func(_ context.Context, id string) (string, error) { return units[id], nil },
	}
	if config != "" {
		file := filepath.Join(t.TempDir(), "notices.json")
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if p.deps.Senders, err = rounds.Read(file); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range codes {
		p.add(code)
	}
	return p
}

// add opens a letter.
func (p *place) add(code string) {
	p.t.Helper()
	length, err := clock.ParseLength("3 working days")
	if err != nil {
		p.t.Fatal(err)
	}
	err = p.deps.DB.Update(p.t.Context(), func(tx *db.Tx) error {
		_, err := p.deps.Book.Open(tx, casework.Opening{Process: "post.letter", Code: code, Division: "630102", Lead: "w", By: []casework.Person{{ID: "li"}}, Rules: map[string]clock.Rule{"sign": {Name: "x", Title: words("x"), Length: length, From: words("x"), Law: "x"}}})
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// knows makes the cases ones that know more years, as a text says.
func (p *place) knows(years string) {
	p.t.Helper()
	c, err := calendar.Official.With(years)
	if err == nil {
		p.deps.Book, err = casework.New(casework.Options{Processes: []process.Process{post}, Office: clock.Office{Calendar: c}, Now: p.at})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) at(*db.Tx) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now.UTC()
}

func (p *place) later(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *place) send() {
	p.t.Helper()
	if err := p.deps.Send(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// unsent are the reasons why notices have not gone out.
func (p *place) unsent() (all []string) {
	p.t.Helper()
	err := p.deps.DB.View(p.t.Context(), func(tx *db.Tx) error {
		rows, err := p.deps.Book.Notices.Unsent(tx, casework.Notice{}, 100)
		for _, n := range rows {
			all = append(all, fmt.Sprint(n.Code, " ", n.Kind, " ", n.Why, " ", n.Dead()))
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

func each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, []db.Schema{record.Schema, casework.Schema}, f)
}

// gateway takes what is posted.
type gateway struct {
	mu     sync.Mutex
	bodies []map[string]string
	status int
	slow   time.Duration
	url    string
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{status: http.StatusOK}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		status, slow := g.status, g.slow
		body := map[string]string{}
		if err := json.Unmarshal(b, &body); err != nil {
			t.Errorf("%v: %s", err, b)
		}
		if status == http.StatusOK && slow == 0 {
			g.bodies = append(g.bodies, body)
		}
		g.mu.Unlock()
		time.Sleep(slow)
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

func (g *gateway) config() string {
	return `{"site": "https://city.example/", "senders": [{"name": "sms", "post": "` + g.url + `", "seconds": 1, "body": {"unit": "{unit}", "text": "{text}", "id": "{id}"}}]}`
}

// A notice is posted in its template; a gateway that refuses is asked again, and what it takes is sent once.
func TestAGateway(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		g := newGateway(t)
		p := open(t, d, g.config(), `L"1`) // a code that would break a text of JSON
		g.status = http.StatusServiceUnavailable
		p.send()
		if got := p.unsent(); !slices.Equal(got, []string{`L"1 work HTTP 503 false`}) {
			t.Error(got)
		}
		g.status = http.StatusOK
		p.send() // not yet
		p.later(2 * time.Minute)
		p.send()
		p.send()
		if len(g.bodies) != 1 || g.bodies[0]["unit"] != "水务局" || g.bodies[0]["text"] != `新任务：L"1 签收（水务局），2026-11-06 23:59 前 https://city.example/me` || len(p.unsent()) != 0 {
			t.Error(g.bodies, p.unsent())
		}
		// One that is slow is given up for now, and is no error of the rounds.
		g.slow = 1500 * time.Millisecond
		p.later(3 * 24 * time.Hour)
		p.send()
		if got := p.unsent(); len(got) != 1 || !strings.Contains(got[0], "timeout") {
			t.Error(got)
		}
	})
}

// What no sender takes is for whoever rings up; one that is gone is tried until it is, too.
func TestNoGateway(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, `{"senders": [{"name": "a", "units": ["供热公司"], "post": "http://127.0.0.1:1/", "body": {}}]}`, "L-1")
		p.send()
		if got := p.unsent(); !slices.Equal(got, []string{"L-1 work no sender true"}) {
			t.Error(got)
		}
		p.deps.Senders.All[0].Units = nil
		p.later(2 * 24 * time.Hour)
		for range 200 {
			p.send()
			p.later(10 * time.Minute)
		}
		if got := p.unsent(); !slices.Contains(got, "L-1 warning no connection true") {
			t.Error(got)
		}
	})
}

// Two processes that send at once send each once.
func TestTwoProcessesSend(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		g := newGateway(t)
		var codes []string
		for i := range 45 {
			codes = append(codes, fmt.Sprint("L-", i))
		}
		p := open(t, d, g.config(), codes...)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := p.deps.Send(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		seen := map[string]int{}
		for _, b := range g.bodies {
			seen[b["id"]]++
		}
		if len(seen) != 45 || len(g.bodies) != 45 {
			t.Error(len(seen), len(g.bodies))
		}
	})
}

// mailbox speaks SMTP and keeps what it is given.
func mailbox(t *testing.T, greeting string) (address string, mails func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var mu sync.Mutex
	var all []string
	talk := func(c net.Conn) {
		defer c.Close()
		in := bufio.NewReader(c)
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		say(greeting)
		var mail strings.Builder
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
			case "DATA":
				say("354 go on")
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if line == ".\r\n" {
						break
					}
					mail.WriteString(line)
				}
				mu.Lock()
				all = append(all, mail.String())
				mu.Unlock()
				say("250 taken")
			case "QUIT":
				say("221 bye")
				return
			default:
				if verb == "RCPT" || verb == "MAIL" {
					mail.WriteString(line)
				}
				say("250 ok")
			}
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go talk(c)
		}
	}()
	return l.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(all) }
}

// A notice is mailed to its unit's addresses, or to those of all others; a server that
// refuses is named by its answer alone.
func TestMail(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		address, mails := mailbox(t, "220 here")
		config := `{"senders": [{"name": "mail", "smtp": "` + address + `", "from": "xiadu@city.example", "to": {"水务局": ["a@w.example", "b@w.example"], "*": ["all@city.example"]}}]}`
		p := open(t, d, config, "L-1")
		p.send()
		got := mails()
		if len(got) != 1 || len(p.unsent()) != 0 {
			t.Fatal(got, p.unsent())
		}
		for _, want := range []string{"RCPT TO:<a@w.example>", "RCPT TO:<b@w.example>", "Subject: =?utf-8?b?", "Message-ID: <", "Content-Transfer-Encoding: base64"} {
			if !strings.Contains(got[0], want) {
				t.Errorf("the mail lacks %q:\n%s", want, got[0])
			}
		}
		busy, _ := mailbox(t, "421 too busy for a@w.example")
		p.deps.Senders.All[0].SMTP = busy
		p.later(2 * 24 * time.Hour)
		p.send()
		if left := p.unsent(); !slices.Equal(left, []string{"L-1 warning SMTP 421 false"}) {
			t.Error(left)
		}
	})
}

// What is wrong in the file is said, with the sender.
func TestSendersThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`{`: "JSON", `{"senders": [{"name": "a"}]}`: `"a"`, `{"senders": [{"name": "a", "smtp": "x:1", "from": "x", "to": {"*": ["a@b"]}}]}`: "addresses of mail",
		`{"senders": [{"name": "a", "post": "ftp://x", "body": {}}]}`: "https://", `{"senders": [{"name": "a", "post": "https://x"}]}`: "body",
		`{"senders": [{"name": "a", "kinds": ["news"], "post": "https://x", "body": {}}]}`: "kinds are", `{"senderz": []}`: "senderz",
	} {
		file := filepath.Join(t.TempDir(), "n.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := rounds.Read(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := rounds.Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
}

// came is what came of a clock.
type came struct {
	Code string `json:"code"`
}

func (came) Kind() string      { return "test.came" }
func (c came) Subject() string { return "out/" + c.Code }

// Two processes do what comes of each clock once; one that cannot be done keeps none waiting, and
// is done when it can be.
func TestClocksThatRanOut(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, "", "L-1", "L-2", "L-3", "L-4", "L-5")
		p.later(30 * 24 * time.Hour)
		broken := true
		p.deps.RanOut = func(tx *db.Tx, r casework.RanOut) error {
			if r.Case.Code == "L-2" && broken {
				return errors.New("broken")
			}
			return record.Append(tx, "program", came{r.Case.Code})
		}
		done := func() map[string]int {
			n := map[string]int{}
			err := d.View(t.Context(), func(tx *db.Tx) error {
				all, err := record.Latest(tx, "", "", 100)
				for _, item := range all {
					n[item.Subject]++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		both := func() {
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					if err := p.deps.Clocks(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		both()
		if n := done(); len(n) != 4 || n["out/L-2"] != 0 {
			t.Error(n)
		}
		broken = false
		both()
		both()
		n := done()
		for _, code := range []string{"L-1", "L-2", "L-3", "L-4", "L-5"} {
			if n["out/"+code] != 1 {
				t.Error(code, n)
			}
		}
	})
}
