package contesthttp_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// hosts looks for words on the host's console; one that begins with ! must not be there.
func (s stage) hosts(words ...string) string {
	s.t.Helper()
	status, body := s.get(&s.Host, hallAt+"/host")
	if status != http.StatusOK {
		s.t.Fatal(status, plain(body))
	}
	for _, w := range words {
		if without, not := strings.CutPrefix(w, "!"); strings.Contains(plain(body), without) == not {
			s.t.Errorf("the host and %q: %s", w, plain(body))
		}
	}
	return body
}

// The host is told each sentence in its time, on both engines, and no figure before it is on the screen.
func TestTheHostIsToldWhatToSay(t *testing.T) {
	eachStage(t, contesttest.Rule(1), 2, func(s stage) {
		t, ctx := s.t, s.t.Context()
		s.hosts("评审现在开始。先请 01 号作品准备。")
		s.Must(s.Call(ctx, s.Keeper, contesttest.At("01")))
		s.hosts("下面请 01 号作品上台展示，时间 8 分钟。", "剩 30 秒时有提示。")
		s.Must(s.Start(ctx, s.Keeper, contesttest.At("01")))
		s.hosts("正在展示，不用说话")
		s.Must(s.Stop(ctx, s.Keeper, contesttest.At("01")))
		s.Mark("01", scores...)
		s.hosts("感谢 01 号作品的展示。请各位评委打分。", "!公布 01")
		s.Must(s.Close(ctx, s.Keeper, contesttest.At("01")))
		s.hosts("!公布 01", "!9.3")
		s.Must(s.Check(ctx, s.Supervisor, contesttest.At("01")))
		body := s.hosts("下面公布 01 号作品的得分。", "公布 01 号作品的得分", "!9.3", "!最后得分")
		hash := s.Openings("01")
		if !strings.Contains(body, hash) {
			t.Fatal("the console has no hash of what was checked")
		}
		form := url.Values{"part": {contesttest.Part}, "entry": {"01"}, "attempt": {"1"}, "openings": {hash}}
		for name, who := range map[string]*identity.Colleague{"the keeper": &s.Keeper, "the supervisor": &s.Supervisor, "a judge": &s.Judges[0], "nobody": nil} {
			if status, _ := s.post(who, hallAt+"/host/reveal", form); status == http.StatusSeeOther && s.last("01").State != hall.Checked {
				t.Errorf("%s reveals", name)
			}
			if status, body := s.get(who, hallAt+"/host"); status == http.StatusOK || strings.Contains(body, hash) {
				t.Errorf("%s sees the console: %d", name, status)
			}
		}
		wrong := url.Values{"part": form["part"], "entry": form["entry"], "attempt": form["attempt"], "openings": {strings.Repeat("0", 64)}}
		if status, body := s.post(&s.Host, hallAt+"/host/reveal", wrong); status != http.StatusConflict || !strings.Contains(body, "和复核过的不一样") {
			t.Errorf("what was not checked: %d %s", status, plain(body))
		}
		for range 2 { // a second press finds it done
			if status, body := s.post(&s.Host, hallAt+"/host/reveal", form); status != http.StatusSeeOther {
				t.Errorf("%d %s", status, plain(body))
			}
		}
		s.hosts("01 号作品最后得分 9.30 分。", "请 02 号作品准备。")
		_, err := s.Correct(ctx, s.Keeper, contesttest.At("01"), "j1", "看错一行")
		s.Must(err)
		s.hosts("有一项成绩正在更正")
		s.Run("02")
		s.Mark("02", scores...)
		s.Must(s.Close(ctx, s.Keeper, contesttest.At("02")))
		s.Must(s.Check(ctx, s.Supervisor, contesttest.At("02")))
		form = url.Values{"part": {contesttest.Part}, "entry": {"02"}, "attempt": {"1"}, "openings": {s.Openings("02")}}
		if status, body := s.post(&s.Host, hallAt+"/host/reveal", form); status != http.StatusConflict || !strings.Contains(body, "大屏暂停着") {
			t.Errorf("a frozen screen shows another reveal: %d %s", status, plain(body))
		}
		if _, body := s.get(&s.Host, hallAt+"/host?lang=en"); !strings.Contains(plain(body), "One score is being corrected") {
			t.Errorf("in English: %s", plain(body))
		}
	})
	s := openStage(t, 2)
	s.reveal("01", 0)
	s.reveal("02", 1)
	s.hosts("第 1 名，02 号作品，9.40 分。", "第 2 名，01 号作品，9.30 分。")
}

// restarting is a server whose pages stop and come back at the same address.
type restarting struct {
	pages atomic.Pointer[http.Handler]
	stop  func()
}

func (r *restarting) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if h := r.pages.Load(); h != nil {
		(*h).ServeHTTP(w, q)
		return
	}
	http.Error(w, "down", http.StatusServiceUnavailable)
}

func (r *restarting) up(t *testing.T, h *contesttest.Hall) {
	ends := make(chan struct{})
	pages := pagesOf(t, h, ends)
	r.stop = func() { r.pages.Store(nil); close(ends) }
	r.pages.Store(&pages)
}

// Host and screen in two tabs: the figure comes with the key, on both; the sign of a correction; a clock that a reload does not
// move; and a stream that goes on after the server was restarted.
func TestHostAndScreenInTwoTabs(t *testing.T) {
	s := openStage(t, 3)
	server := &restarting{}
	server.up(t, s.Hall)
	at := httptest.NewServer(server)
	t.Cleanup(at.Close)
	t.Cleanup(func() { server.stop() })
	s.url = at.URL
	screen := s.as(nil, projectors["1080"])
	screen.Go(hallAt + "/screen")
	host := s.as(&s.Host, webtest.Desk)
	host.Go(hallAt + "/host")
	s.Must(s.Call(t.Context(), s.Keeper, contesttest.At("01")))
	screen.Wait(`document.querySelector('.screen-on').textContent.includes('请上台')`)
	s.Must(s.Start(t.Context(), s.Keeper, contesttest.At("01")))
	screen.Wait(`document.querySelector('[data-clock=presenting]')`)
	s.sameSecond(screen)
	// Time grows short, ends, and is counted up: as for a limit of three seconds.
	webtest.Eval[string](screen, `Object.assign(document.querySelector('[data-clock]').dataset, {limit: '3', warn: '1', before: '0', since: String(Date.now())}).limit`)
	screen.Wait(`document.querySelector('.clock-warn')`)
	screen.Wait(`document.querySelector('.clock-over') && /^\+0:0[1-9]$/.test(document.querySelector('[data-clock-face]').textContent)`)
	if rang := webtest.Eval[string](screen, `document.body.dataset.rang`); rang != "4" {
		t.Errorf("the bell rang %s times, not once and three times", rang)
	}
	screen.Go(hallAt + "/screen") // a reload in the middle of a run
	s.sameSecond(screen)
	s.Must(s.Stop(t.Context(), s.Keeper, contesttest.At("01")))
	s.Mark("01", scores...)
	s.Must(s.Close(t.Context(), s.Keeper, contesttest.At("01")))
	s.Must(s.Check(t.Context(), s.Supervisor, contesttest.At("01")))
	host.Wait(`document.querySelector('.host-reveal')`)
	for name, v := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.as(&s.Host, v)
		b.Go(hallAt + "/host")
		b.Check()
		b.Shot("host-reveal-" + name)
	}
	if n := webtest.Eval[int](screen, `document.querySelectorAll('[data-revealed]').length`); n != 0 {
		t.Error("a figure is on the screen before the key")
	}
	host.Press(" ")
	screen.Wait(`document.querySelector('[data-revealed="01"]') && document.querySelector('.board-total').textContent.includes('9.30')`)
	host.Wait(`document.querySelector('[data-announced]') && document.querySelector('[data-announced]').textContent.includes('9.30')`)
	host.Shot("host-announced-desk")
	_, err := s.Correct(t.Context(), s.Keeper, contesttest.At("01"), "j2", "看错一行")
	s.Must(err)
	screen.Wait(`document.querySelector('[data-frozen]')`)
	s.Must(hall.Requests{Halls: s.Halls}.Correction(t.Context(), s.Supervisor, s.asks()[0].ID, "评委看对了"))
	screen.Wait(`!document.querySelector('[data-frozen]')`)

	server.stop()
	s.Run("02")
	server.up(t, s.Hall)
	screen.Wait(`document.querySelector('.screen-on').textContent.includes('02') && document.querySelector('.screen-on').textContent.includes('打分')`)
}

// sameSecond holds the clock of a screen against the rows: to a second, which is how often it changes.
func (s stage) sameSecond(b *webtest.Tab) {
	s.t.Helper()
	time.Sleep(300 * time.Millisecond)
	board, err := s.Board(s.t.Context(), contesttest.Code)
	s.Must(err)
	before := time.Now()
	face := webtest.Eval[string](b, `document.querySelector('[data-clock-face]').textContent`)
	minutes, seconds, _ := strings.Cut(face, ":")
	m, err := strconv.Atoi(minutes)
	s.Must(err)
	sec, err := strconv.Atoi(seconds)
	s.Must(err)
	left := 480 - board.Stage.Elapsed(before).Seconds()
	if shown := float64(m*60 + sec); shown < left-1 || shown > left+2 {
		s.t.Errorf("the clock says %s with %.1f s left", face, left)
	}
}

// Without scripts the screen loads itself again and shows what is new.
func TestTheScreenWithoutScripts(t *testing.T) {
	s := openStage(t, 1)
	v := projectors["1080"]
	v.NoScript = true
	b := s.as(nil, v)
	b.Go(hallAt + "/screen")
	s.Must(s.Call(t.Context(), s.Keeper, contesttest.At("01")))
	b.Wait(`document.querySelector('.screen-on').textContent.includes('请上台')`)
}
