package contesthttp_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// projectors are the pictures that are read from the back row.
var projectors = map[string]webtest.View{
	"720": {Width: 1280, Height: 720}, "1080": {Width: 1920, Height: 1080}, "4k": {Width: 3840, Height: 2160},
}

// smallFigures names each text with a figure in it whose digits are lower than a fortieth of the picture, by what they measure.
const smallFigures = `(() => {
	const small = [], pen = document.createElement('canvas').getContext('2d');
	const walk = document.createTreeWalker(document.querySelector('.wall'), NodeFilter.SHOW_TEXT);
	let seen = 0;
	while (walk.nextNode()) {
		const node = walk.currentNode, on = node.parentElement, style = getComputedStyle(on);
		const digits = node.textContent.replace(/[^0-9]/g, '');
		if (digits === '' || on.closest('noscript') || on.getClientRects().length === 0) continue;
		seen++;
		pen.font = style.fontWeight + ' ' + style.fontSize + ' ' + style.fontFamily;
		const high = pen.measureText(digits).actualBoundingBoxAscent;
		if (high < innerHeight / 40) small.push(node.textContent.trim() + ' is ' + high.toFixed(1) + ' of ' + (innerHeight / 40).toFixed(1));
	}
	return seen === 0 ? 'no figure at all' : small.join('; ');
})()`

// cutOff names what of the picture is beyond its edges.
const cutOff = `[...document.querySelectorAll('.screen-in > *, .wall .clock-face, .wall .board-mark, .wall .board-mark small, .wall .board-total, .screen-list li')]
	.filter((e) => { const r = e.getBoundingClientRect(), p = e.closest('.screen-on, .screen-last, .screen-in').getBoundingClientRect();
		return r.width > 0 && (r.bottom > Math.min(innerHeight, p.bottom) + 1 || r.right > Math.min(innerWidth, p.right) + 1 || r.top < -1); })
	.map((e) => e.className + ' ' + e.textContent.trim().slice(0, 30)).join('; ')`

var scores = []string{"9.2", "9.4", "9.0", "8.8", "9.6", "9.3", "9.1", "9.5", "9.7"}

// reveal has an entry run, marked a little otherwise for each, and revealed.
func (s stage) reveal(number string, less int) {
	s.t.Helper()
	s.Run(number)
	marks := make([]string, len(scores))
	for i, one := range scores {
		marks[i] = one[:2] + string('0'+byte((int(one[2]-'0')+less)%10))
	}
	s.Mark(number, marks...)
	s.Show(number)
}

// asLongAsThere gives numbers and marks the length that they have in the event of 55 cases: E-28, 8.785.
const asLongAsThere = `[...document.querySelectorAll('.screen-list li span:nth-child(2)')].forEach((e) => { e.textContent = 'E-28'; }),
	[...document.querySelectorAll('.wall .board-mark strong')].forEach((e) => { e.textContent = '8.785'; }), true`

// The picture at each stage, on each projector: every figure on it can be read from the back row, and nothing is cut off.
func TestTheScreenIsReadFromTheBackRow(t *testing.T) {
	s := openStage(t, 40)
	look := func(stage string) {
		t.Helper()
		for name, v := range projectors {
			b := s.as(nil, v)
			b.Go(hallAt + "/screen")
			b.Wait(`document.querySelectorAll('[data-turn]:not([hidden])').length <= 1`)
			if small := webtest.Eval[string](b, smallFigures); small != "" {
				t.Errorf("%s at %s: %s", stage, name, small)
			}
			webtest.Eval[bool](b, asLongAsThere)
			if cut := webtest.Eval[string](b, cutOff); cut != "" {
				t.Errorf("%s at %s is cut off: %s", stage, name, cut)
			}
			b.Shot("screen-" + stage + "-" + name)
			if name == "1080" {
				b.Check()
			}
		}
	}
	look("before")
	for i, n := range s.Numbers[:12] {
		s.reveal(n, i)
	}
	look("between")
	s.Must(s.Call(t.Context(), s.Keeper, contesttest.At("13")))
	s.Must(s.Start(t.Context(), s.Keeper, contesttest.At("13")))
	_, err := s.Correct(t.Context(), s.Keeper, contesttest.At("12"), "j2", "看错一行")
	s.Must(err)
	look("frozen")
	s.Must(s.Stop(t.Context(), s.Keeper, contesttest.At("13")))
	s.Mark("13", scores...)
	s.Show("13")
	for i, n := range s.Numbers[13:] {
		s.reveal(n, i)
	}
	look("final")
}

// listen reads the events of a stream into a channel, until the test ends.
func (s stage) listen(path, last string) <-chan string {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), 30*time.Second)
	s.t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = a.Body.Close() })
	if kind := a.Header.Get("Content-Type"); kind != "text/event-stream" {
		s.t.Fatalf("%d %s", a.StatusCode, kind)
	}
	events := make(chan string, 64)
	go func() {
		defer close(events)
		lines := bufio.NewScanner(a.Body)
		lines.Buffer(nil, 1<<20)
		var event []string
		for lines.Scan() {
			if line := lines.Text(); line != "" {
				event = append(event, line)
				continue
			}
			events <- strings.Join(event, "\n")
			event = nil
		}
	}()
	return events
}

// nextBoard waits for the next board of a stream; empty: none in this time.
func nextBoard(events <-chan string, patience time.Duration) string {
	end := time.After(patience)
	for {
		select {
		case e, ok := <-events:
			if !ok || strings.HasPrefix(e, "event: board") {
				return e
			}
		case <-end:
			return ""
		}
	}
}

// A stream sends what is new and only that: who has the newest number hears nothing until there is another, and nothing of what is
// not revealed. What another process does is heard, too, without a word from it.
func TestAStreamSendsWhatIsNew(t *testing.T) {
	eachStage(t, contesttest.Rule(1), 2, func(s stage) {
		events := s.listen(hallAt+"/live", "")
		first := nextBoard(events, 5*time.Second)
		if !strings.Contains(first, "id: ") {
			s.t.Fatalf("no board: %q", first)
		}
		s.Run("01") // by use cases of no page: as another process would
		heard := ""
		for strings.Count(heard, "评委打分") == 0 {
			if heard = nextBoard(events, 5*time.Second); heard == "" {
				s.t.Fatal("what another process did is not told")
			}
		}
		s.Mark("01", scores...)
		s.Must(s.Close(s.t.Context(), s.Keeper, contesttest.At("01")))
		s.Must(s.Check(s.t.Context(), s.Supervisor, contesttest.At("01")))
		if e := nextBoard(events, time.Second); e != "" {
			s.t.Errorf("sheets, closing and checking are told to everybody: %s", e)
		}
		s.Must(s.Reveal(s.t.Context(), s.Host, contesttest.At("01"), s.Openings("01")))
		told := nextBoard(events, 5*time.Second)
		if !strings.Contains(told, "9.30") || !strings.Contains(told, "9.6") {
			s.t.Errorf("the reveal: %s", told)
		}
		id, _, _ := strings.Cut(strings.SplitAfter(told, "id: ")[1], "\n")
		if e := nextBoard(s.listen(hallAt+"/live", id), time.Second); e != "" {
			s.t.Errorf("who has %s hears %s", id, e)
		}
		if e := nextBoard(s.listen(hallAt+"/live?view=screen", "1"), 5*time.Second); !strings.Contains(e, "id: "+id) || !strings.Contains(e, "screen-last") {
			s.t.Errorf("who has an old one hears %s", e)
		}
	})
	s := openStage(t, 1)
	for path, want := range map[string]int{hallAt + "/live?view=gold": http.StatusUnprocessableEntity, hallAt + "/live?after=x": http.StatusUnprocessableEntity, "/contests/none/live": http.StatusNotFound} {
		if status, _ := s.get(nil, path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Nobody but who may sees the pages of a hall; everybody sees the screen.
func TestWhoSeesTheScreen(t *testing.T) {
	s := openStage(t, 1)
	for _, who := range []*identity.Colleague{nil, &s.Stranger, &s.Judges[0], &s.Host} {
		if status, body := s.get(who, hallAt+"/screen"); status != http.StatusOK || !strings.Contains(body, "data-screen") {
			t.Errorf("%d", status)
		}
	}
	if status, _ := s.post(&s.Keeper, hallAt+"/screen", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("the screen takes a form: %d", status)
	}
}
