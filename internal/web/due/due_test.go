package due_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/due"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

func site(t *testing.T) string {
	t.Helper()
	s, err := web.New(web.Options{City: lang.Text{ZH: "西宁市", EN: "Xining"}})
	if err != nil {
		t.Fatal(err)
	}
	mux := s.NewMux()
	due.Routes(mux, s, clock.Office{Calendar: calendar.Official}, func() time.Time { return calendar.On(2026, time.November, 27).Start(calendar.China) })
	server := httptest.NewServer(s.Handler(mux))
	t.Cleanup(server.Close)
	return server.URL
}

// TestSomebodyAsksWhenItIsDue: chooses, reads the days, mends a mistake, at both widths.
func TestSomebodyAsksWhenItIsDue(t *testing.T) {
	at := site(t)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, at, view)
			b.Go("/due")
			b.Check()
			q := url.Values{"rule": {"信访.复核"}, "from": {"2026-11-02"}, "pause": {"2026-11-16/2026-11-18"}}
			b.Go("/due?" + q.Encode())
			b.Shot("due-" + name)
			b.Check()
			says(t, b, "2026年12月4日（周五）届满", "因“听证”中止", "第 14 至第 30 日", "xiadu due --rule 信访.复核 --from 2026-11-02 --pause 2026-11-16/2026-11-18")
			b.Go("/due?" + url.Values{"rule": {"处罚.送达"}, "from": {"2026-12-24"}}.Encode())
			b.Shot("due-provisional-" + name)
			says(t, b, "暂定：2027 年的节假日安排尚未公布")
			b.Go("/due?" + url.Values{"length": {"3 fortnights"}, "from": {"明天"}}.Encode())
			says(t, b, "时间“明天”读不懂")
			b.Go("/due?" + url.Values{"length": {"3 fortnights"}, "from": {"2026-12-24"}}.Encode())
			b.Shot("due-wrong-" + name)
			says(t, b, "期限“3 fortnights”读不懂")
			b.Go("/due?lang=en&" + url.Values{"length": {"7个工作日"}, "from": {"2026-12-01"}, "pause": {"2026-12-02"}}.Encode())
			says(t, b, "paused, other; it is due after it goes on")
		})
	}
}

// TestARollingWindow: full, not full, and what is wrong at its field, with what was typed.
func TestARollingWindow(t *testing.T) {
	at := site(t)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, at, view)
			q := url.Values{"window": {"180日"}, "count": {"3"}, "times": {"2026-01-05\n2026-03-01\n2026-06-30"}}
			b.Go("/due?" + q.Encode())
			b.Shot("due-window-" + name)
			b.Check()
			full, err := clock.AskWindow(clock.WindowQuestion{Length: "180日", Count: 3, Times: []string{"2026-01-05", "2026-03-01", "2026-06-30"}})
			if err != nil || !full.Full {
				t.Fatal(full, err)
			}
			says(t, b, full.Says().ZH, "2026-03-01")
			q.Set("until", "2026-07-10")
			b.Go("/due?" + q.Encode())
			if text := b.Text(".figure"); strings.Contains(text, full.Says().ZH) || strings.Contains(text, "2026-01-05") {
				t.Errorf("a window that rolled on says %s", text)
			}
			q.Set("count", "many")
			q.Set("until", "some day")
			b.Go("/due?" + q.Encode())
			says(t, b, "请写几次算满，如 3")
			q.Set("count", "3")
			b.Go("/due?" + q.Encode())
			if b.Count("#e-until") != 1 || b.Count("#e-from") != 0 || !strings.Contains(webtest.Eval[string](b, `document.querySelector('#f-times').value`), "2026-03-01") {
				t.Error("what is wrong is at another field, or what was typed is lost")
			}
		})
	}
}

func says(t *testing.T, b *webtest.Tab, words ...string) {
	t.Helper()
	text := b.Text("main")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}
