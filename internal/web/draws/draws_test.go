package draws_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/drawfile"
	"github.com/xiadu/xiadu/internal/engine/draw/drawtest"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/draws"
	"github.com/xiadu/xiadu/internal/web/logpages"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// served is a site with draws; wrap is put before its pages.
func served(t *testing.T, s *drawtest.Site, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	site, err := web.New(web.Options{Kinds: record.Says(draw.EntryKinds())})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	draws.Routes(mux, site, draw.InPublic(s.Book, s.DB, s.Log))
	logpages.Routes(mux, site, s.Log, publiclog.NewFigures(s.Log, draw.Queries()), t.Context().Done())
	server := httptest.NewServer(wrap(site.Handler(mux)))
	t.Cleanup(server.Close)
	return server.URL
}

func plain(h http.Handler) http.Handler { return h }

func begin(t *testing.T, d *db.DB) *drawtest.Site {
	t.Helper()
	return drawtest.Begin(t, d, filepath.Join(t.TempDir(), "log"))
}

var names = []string{"城东区：证照联办一日办结", "城中区：园区服务专员", "城西区：惠企政策免申即享", "城北区：水电气联合报装", "湟中区：乡镇帮办点", "大通县：矿山企业一次体检", "湟源县：陈醋小作坊登记指引", "生物园区：拿地即开工", "市税务局：跨省电子缴税", "市不动产登记中心：交房即交证"}

func cases() (all []lots.Lot) {
	for i, name := range names {
		all = append(all, lots.Lot{Code: fmt.Sprintf("A-%02d", i+1), Name: name})
	}
	return all
}

// officers is a draw of officers for enterprises, weighted, gone on with.
func officers(s *drawtest.Site) draw.Draw {
	var firms, people []lots.Lot
	for i := range 9 {
		firms = append(firms, lots.Lot{Code: fmt.Sprintf("Q-%03d", i+1), Tickets: i%3*2 + 1})
	}
	for i := range 6 {
		people = append(people, lots.Lot{Code: fmt.Sprintf("6301-%02d", i+1)})
	}
	d := s.Commit("officers", firms, people, lots.Shape{First: 4, Team: 2},
		lots.Exclusion{Code: "6301-01", For: "Q-002", Reason: "recusal"}, lots.Exclusion{Code: "Q-007", Reason: "cap"}, lots.Exclusion{Code: "6301-05", Reason: "unqualified"})
	return d
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// What was committed to is there before the seed, what was drawn after it, and nothing that was cancelled goes away.
func TestPagesSayWhatTheLogSays(t *testing.T) {
	dbtest.Each(t, drawtest.Schemas, func(t *testing.T, d *db.DB) {
		s := begin(t, d)
		at := served(t, s, plain)
		if status, page := get(t, at+"/draws"); status != http.StatusOK || !strings.Contains(page, "还没有抽签") {
			t.Error(status, page)
		}
		order := s.Commit("order", cases(), nil, lots.Shape{})
		gone := s.Commit("gone", cases(), nil, lots.Shape{First: 2})
		s.Do(func(tx *db.Tx) error { return s.Book.Cancel(tx, drawtest.Actor("wang"), gone.ID, 0, "list") })
		_, page := get(t, at+draws.Path(order.ID))
		for _, says := range []string{"已约定，等种子", "双色球开奖号码（2026-12-01）", "2026-12-01 21:00", order.List, "名单 10 个签，全部排出顺序", "到时不能到场、自己退出", "其他抽签"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page of what is committed to does not say %q", says)
			}
		}
		s.Seed(order.ID)
		s.Do(func(tx *db.Tx) error {
			c, d, err := s.Book.Course(tx, order.ID)
			if err != nil {
				return err
			}
			return s.Book.Skip(tx, drawtest.Two(), order.ID, d.Steps, draw.Skipping{Code: c.Rows()[3].Code, Reason: "absent"})
		})
		_, page = get(t, at+draws.Path(order.ID))
		for _, says := range []string{"已抽出", "ssq 2026-12-01 03-05-11-18-24-30+07", "跳过：到时不能到场", "抽出 10 个，其中跳过 1 个", names[3], "openssl dgst"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page of what was drawn does not say %q", says)
			}
		}
		status, file := get(t, at+draws.Path(order.ID)+"/draw.json")
		r, err := drawfile.Check([]byte(file), nil)
		if status != http.StatusOK || err != nil || !r.Holds() {
			t.Error(status, err, r)
		}
		if _, list := get(t, at+"/log/files/"+order.List); !strings.Contains(list, names[0]) || list != string(r.File.List) {
			t.Error("the list is not beside the log: ", list)
		}
		if _, page = get(t, at+"/draws"); !strings.Contains(page, "已取消") || strings.Count(page, "<tr") != 3 {
			t.Error(page)
		}
		if _, page = get(t, at+"/receipts/figures/draw.counts/1"); !strings.Contains(page, "一共约定过多少次抽签") || !strings.Contains(page, "约定过") {
			t.Error(page)
		}
		if status, _ := get(t, at+"/draws/none"); status != http.StatusNotFound {
			t.Error(status)
		}
	})
}

var onward = regexp.MustCompile(`href="(/draws[^"]*)" rel="next"`)

// A long list goes on by the draws' own keys, a long result by its places.
func TestLongListsGoOn(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), drawtest.Schemas...))
	at := served(t, s, plain)
	for i := range 53 {
		s.Commit(fmt.Sprintf("p%d", i), cases(), nil, lots.Shape{})
	}
	var many []lots.Lot
	for i := range 450 {
		many = append(many, lots.Lot{Code: fmt.Sprintf("L%d", i)})
	}
	long := s.Commit("long", many, nil, lots.Shape{})
	s.Seed(long.ID)
	seen, next := 0, "/draws"
	for next != "" {
		_, page := get(t, at+next)
		seen += strings.Count(page, `<th scope="row"`)
		if next = ""; onward.MatchString(page) {
			next = onward.FindStringSubmatch(page)[1]
		}
	}
	if seen != 54 {
		t.Errorf("%d of 54 draws are listed", seen)
	}
	for from, rows := range map[string]int{"": 200, "?from=201": 200, "?from=401": 50, "?from=x": 200, "?from=9999": 0} {
		if _, page := get(t, at+draws.Path(long.ID)+from); strings.Count(page, "data-draw-row=") != rows {
			t.Errorf("from %q: %d rows", from, strings.Count(page, "data-draw-row="))
		}
	}
}

// The browser draws again and marks each row, and says so where the file it is given has another result.
func TestBrowserDrawsAgain(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), drawtest.Schemas...))
	team := officers(s)
	order := s.Commit("order", cases(), nil, lots.Shape{Groups: 3})
	waiting := s.Commit("final", cases(), nil, lots.Shape{})
	rows, openings, err := lots.Blind("K", names)
	if err != nil {
		t.Fatal(err)
	}
	blind := s.Commit("blind", rows, nil, lots.Shape{First: 3})
	s.Seed(team.ID)
	s.Seed(blind.ID)
	s.Do(func(tx *db.Tx) error {
		_, d, err := s.Book.Course(tx, blind.ID)
		if err == nil {
			err = s.Book.Cancel(tx, drawtest.Actor("wang"), blind.ID, d.Steps, "event")
		}
		if err == nil {
			err = s.Book.Open(tx, drawtest.Actor("wang"), blind.ID, openings[:6])
		}
		return err
	})
	s.Seed(order.ID)
	s.SkipAndGoOn(team.ID)
	lied := false
	at := served(t, s, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !lied || !strings.HasSuffix(r.URL.Path, "draw.json") {
				h.ServeHTTP(w, r)
				return
			}
			file := s.File(order.ID)
			_, _ = w.Write(bytes.Replace(file, []byte(`"group":1`), []byte(`"group":2`), 1))
		})
	})
	again := func(b *webtest.Tab, id string, rows int, says string) {
		t.Helper()
		b.Go(draws.Path(id))
		b.Wait(`!document.querySelector('[data-draw-again]').hidden`)
		b.Click("[data-draw-again]")
		b.Wait(fmt.Sprintf(`document.querySelector('[data-draw-says]').textContent.includes(%q)`, says))
		if marked := webtest.Eval[int](b, `[...document.querySelectorAll('[data-draw-row]')].filter((c) => c.textContent.includes('✓')).length`); marked != rows {
			t.Errorf("%d rows are marked as the same, want %d", marked, rows)
		}
	}
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, at, view)
			b.Go("/draws")
			b.Shot("draws-" + name)
			b.Check()
			again(b, order.ID, 10, "全部 10 行都一致")
			b.Shot("draw-order-" + name)
			b.Check()
			again(b, team.ID, 6, "全部 6 行都一致")
			b.Shot("draw-teams-" + name)
			b.Check()
			again(b, waiting.ID, 0, "种子还没有")
			b.Shot("draw-waiting-" + name)
			b.Check()
			b.SetCookie("lang", "en")
			again(b, blind.ID, 3, "all 3 rows are the same")
			b.Shot("draw-cancelled-" + name)
			b.Check()
			b.SetCookie("lang", "zh")
		})
	}
	lied = true
	again(webtest.Open(t, at, webtest.Desk), order.ID, 9, "不一致：1。")
}

// Without scripts the page says all of it, and offers no button that does nothing.
func TestWithoutScripts(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), drawtest.Schemas...))
	order := s.Commit("order", cases(), nil, lots.Shape{})
	s.Seed(order.ID)
	v := webtest.Desk
	v.NoScript = true
	b := webtest.Open(t, served(t, s, plain), v)
	b.Go(draws.Path(order.ID))
	if text := b.Text("main"); !strings.Contains(text, "xiadu verify draw draw.json") || strings.Contains(text, "在这台浏览器里重算") {
		t.Error(text)
	}
}
