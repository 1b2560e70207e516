package dutyhttp_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/system/duty/dutyhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

func words(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

// letter is the way of a small case: assigned, handled, answered.
var letter = process.Process{
	Key: "post.letter", Name: words("信件"), Starts: []string{"sign"},
	Stages: []process.Stage{
		{Key: "assigned", Name: lang.Text{ZH: "签收", EN: "sign for it"}, Owes: process.Lead, Clock: "sign", Tell: true},
		{Key: "handling", Name: lang.Text{ZH: "办理", EN: "handle it"}, Owes: process.Lead, Clock: "handle", Tell: true},
		{Key: "check", Name: lang.Text{ZH: "审核", EN: "check it"}, Owes: process.Asker},
		{Key: "closed", Name: lang.Text{ZH: "办结", EN: "closed"}, Final: true},
	},
	Moves: []process.Move{
		{Key: "sign", Name: words("签收"), From: []string{"assigned"}, To: "handling", Meets: []string{"sign"}, Starts: []string{"handle"}},
		{Key: "answer", Name: words("答复"), From: []string{"handling"}, To: "check", Meets: []string{"handle"}},
		{Key: "close", Name: words("办结"), From: []string{"check"}, To: "closed", Needs: []process.Need{{Kind: process.NotPersonsOf, Not: []string{"answer"}}}},
	},
}

// rights are what the system of the letters declares.
var rights = right.Declaration{
	System: "post",
	Rights: []right.Right{{Key: "post.handle", Name: words("办件")}, {Key: "post.look", Name: words("看")}},
	Roles: []right.Role{
		{Key: "post.handler", Name: words("经办人"), Does: words("办件。"), Rights: []string{"post.handle"}},
		{Key: "post.reader", Name: words("读者"), Does: words("看。"), Rights: []string{"post.look"}},
	},
}

func rule(t *testing.T, length string) clock.Rule {
	t.Helper()
	l, err := clock.ParseLength(length)
	if err != nil {
		t.Fatal(err)
	}
	return clock.Rule{Name: "试验." + length, Title: lang.Text{ZH: "办理期限", EN: "Period of handling"}, Length: l, From: words("起算"), Law: "试验"}
}

// office is a site with a book of letters, whose time a test sets.
type office struct {
	*identitytest.Office
	t     *testing.T
	d     *db.DB
	book  *casework.Book
	url   string
	now   time.Time
	mu    sync.Mutex
	log   bytes.Buffer
	units map[string]string
}

func (o *office) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.log.Write(b)
}

var schemas = []db.Schema{record.Schema, identity.Schema, casework.Schema}

func open(t *testing.T, d *db.DB) *office {
	t.Helper()
	o := &office{t: t, d: d, Office: identitytest.Open(t, d, duty.Rights, rights), now: time.Now(), units: map[string]string{}}
	var err error
	o.book, err = casework.New(casework.Options{Processes: []process.Process{letter}, Outside: identity.Outside, Now: func(*db.Tx) time.Time { return o.now }})
	o.must(err)
	site, err := web.New(web.Options{Log: slog.New(slog.NewTextHandler(o, &slog.HandlerOptions{Level: slog.LevelDebug})), Reader: signin.Reader(o.Staff()), Mine: web.System{
		Key: "me", Name: words("我的"), Icon: web.IconPerson, Door: "/me", Pages: []web.NavItem{dutyhttp.Item, dutyhttp.CallsItem, signin.Account},
	}})
	o.must(err)
	mux := site.NewMux()
	signin.Routes(mux.Of("me"), site, o.Staff())
	desks := duty.New(duty.Deps{
		DB: d, Book: o.book, People: o.Staff(), Now: func() time.Time { return o.now.In(calendar.China) },
		Systems: []duty.Cases{{
			System: "post", Name: lang.Text{ZH: "来信", EN: "Letters"}, Rights: []string{"post.handle"},
			Show: func(_ *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
				called := map[string]casework.Called{}
				for _, r := range all {
					called[r.Case] = casework.Called{Title: words("关于" + r.Code + "的事"), Href: "/letters/" + r.Code}
				}
				return called, nil
			},
		}},
	})
	dutyhttp.Routes(mux.Of("me"), dutyhttp.Deps{Site: site, Desks: desks, In: signin.In(o.Staff())})
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	o.url = server.URL
	for _, name := range []string{"督办办公室", "水务局", "供热公司"} {
		d, err := gb.Parse("630102")
		o.must(err)
		o.units[name], err = o.Organisations.Add(t.Context(), identity.CommandLine, identity.Organising{Name: name, Division: d})
		o.must(err)
	}
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// colleague is somebody who is signed in.
type colleague struct {
	o      *office
	person string
	token  string
}

// handler is somebody who handles letters for units.
func (o *office) handler(units ...string) colleague {
	o.t.Helper()
	var gives []identity.Giving
	for _, u := range units {
		gives = append(gives, identity.Giving{Role: "post.handler", Organisation: o.units[u]})
	}
	return o.with(gives...)
}

func (o *office) with(gives ...identity.Giving) colleague {
	o.t.Helper()
	token := o.SignInFor(gives...)
	return colleague{o, o.Who(token).Person, token}
}

// letter opens a letter for a unit, which is due after a length.
func (o *office) letter(code, unit, length string) (id string) {
	o.t.Helper()
	o.must(o.d.Update(o.t.Context(), func(tx *db.Tx) error {
		c, err := o.book.Open(tx, casework.Opening{
			Process: "post.letter", Code: code, Division: "630102", Lead: o.units[unit], Asker: o.units["督办办公室"],
			By: []casework.Person{{ID: "clerk"}}, Rules: map[string]clock.Rule{"sign": rule(o.t, length)},
		})
		id = c.ID
		return err
	}))
	return id
}

func (o *office) move(id, move string, by casework.Person) error {
	return o.d.Update(o.t.Context(), func(tx *db.Tx) error {
		c, err := o.book.Case(tx, id)
		if err != nil {
			return err
		}
		_, err = o.book.Advance(tx, casework.Step{Case: id, Move: move, Seen: c.Version, By: []casework.Person{by}, Rules: map[string]clock.Rule{"handle": rule(o.t, "10 working days")}})
		return err
	})
}

// do asks for an address, and follows where it leads.
func (c colleague) do(method, path string, fields ...string) (status int, at, body string) {
	c.o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	var in io.Reader = http.NoBody
	if method == http.MethodPost {
		in = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(c.o.t.Context(), method, c.o.url+path, in)
	c.o.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	client := http.Client{CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if c.token != "" {
			next.AddCookie(&http.Cookie{Name: "session", Value: c.token})
		}
		return nil
	}}
	if c.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: c.token})
	}
	a, err := client.Do(r)
	c.o.must(err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	c.o.must(err)
	return a.StatusCode, a.Request.URL.Path, string(b)
}

// sees asks for a page and wants words on it, and others not.
func (c colleague) sees(path string, want []string, not ...string) string {
	c.o.t.Helper()
	status, _, body := c.do(http.MethodGet, path)
	if status != http.StatusOK {
		c.o.t.Errorf("%s answers %d", path, status)
	}
	for _, w := range want {
		if !strings.Contains(body, w) {
			c.o.t.Errorf("%s does not say %q", path, w)
		}
	}
	for _, w := range not {
		if strings.Contains(body, w) {
			c.o.t.Errorf("%s says %q", path, w)
		}
	}
	return body
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

// china is a time as people here write it.
func china(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.China)
	if err != nil {
		panic(fmt.Sprint(text, err))
	}
	return at
}
