package contesthttp_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// script is the page's own, as a browser loads it, to be asked.
const script = `import(document.querySelector('script[src$="app.js"]').src.replace('app.js', 'judge.js'))`

func quoted(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// outside is an address of this machine that its browser takes for another's: http there has no WebCrypto.
func outside(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address beside its own")
	return ""
}

// The browser commits to exactly what the engine does: with WebCrypto, and by its own hash where there is none.
func TestTheBrowserSealsAsTheEngine(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 31))
	var openings []seal.Opening
	var want []string
	for i := range 200 {
		o := seal.Opening{
			Contest: fmt.Sprintf("hall-%d", random.IntN(10_000)), Rule: strings.Repeat("ab", 32), Entry: fmt.Sprintf("%02d", i), Part: "show", Seat: fmt.Sprintf("j%d", i%9+1),
			Version: 1 + random.IntN(12), Marks: map[string]string{}, Salt: seal.Salt(), By: seal.Device,
		}
		for range 1 + random.IntN(9) {
			o.Marks[[]string{"score", "创新性", "a-b", "Z", "é", "stage-craft", "10", "9"}[random.IntN(8)]] = fmt.Sprintf("%d.%d", random.IntN(11), random.IntN(10))
		}
		openings, want = append(openings, o), append(want, o.Commitment())
	}
	var messages, hashes []string
	for n := range 150 {
		m := strings.Repeat("x", n)
		sum := sha256.Sum256([]byte(m))
		messages, hashes = append(messages, m), append(hashes, hex.EncodeToString(sum[:]))
	}
	for name, host := range map[string]string{"with WebCrypto": "127.0.0.1", "without": outside(t)} {
		t.Run(name, func(t *testing.T) {
			s := judgingAt(t, contesttest.Rule(0), 1, host)
			b := s.tab(0, webtest.Phone)
			if has := webtest.Eval[bool](b, `!!crypto.subtle`); has != (host == "127.0.0.1") {
				t.Fatalf("WebCrypto at %s: %v", host, has)
			}
			got := webtest.Eval[[]string](b, script+`.then((m) => Promise.all(`+quoted(t, openings)+`.map(m.commitment)))`)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%+v: %s, not %s", openings[i], got[i], want[i])
				}
			}
			got = webtest.Eval[[]string](b, script+`.then((m) => `+quoted(t, messages)+`.map((text) => [...m.sha256(new TextEncoder().encode(text))].map((n) => n.toString(16).padStart(2, '0')).join('')))`)
			for i := range hashes {
				if got[i] != hashes[i] {
					t.Fatalf("%d bytes: %s, not %s", i, got[i], hashes[i])
				}
			}
		})
	}
}

// The browser takes the marks that the engine takes, and sums them to the same digit.
func TestTheBrowserSumsAsTheEngine(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 5))
	decimal := func(most, places int) exact.Number {
		return exact.Ratio(int64(random.IntN(most)), []int64{1, 10, 100, 1000}[random.IntN(places+1)])
	}
	type asked struct {
		Rule  map[string]any    `json:"rule"`
		Marks map[string]string `json:"marks"`
		Text  string            `json:"text"`
	}
	var ask []asked
	var sums []string
	var fits []bool
	for range 400 {
		j := rule.Judged{Across: rule.Sheets}
		for _, to := range []**rule.Rounding{&j.Mark, &j.Column, &j.Sheet} {
			if random.IntN(2) == 0 {
				*to = &rule.Rounding{Places: random.IntN(3), Mode: []exact.Mode{exact.HalfUp, exact.HalfEven, exact.Down, exact.Up}[random.IntN(4)]}
			}
		}
		marks := map[string]string{}
		var values []mark.Value
		for i := range 1 + random.IntN(5) {
			step := []string{"0.1", "0.5", "1", "0.01", "0.25"}[random.IntN(5)]
			c := rule.Criterion{Key: fmt.Sprintf("c%d", i), Weight: decimal(400, 2), From: decimal(20, 1).Sub(exact.Of(1)), Step: exact.Must(step)}
			c.To = c.From.Add(c.Step.Times(exact.Of(100)))
			n := c.From.Add(c.Step.Times(exact.Of(int64(random.IntN(101)))))
			j.Criteria = append(j.Criteria, c)
			marks[c.Key] = n.String()
			values = append(values, mark.Of(n))
		}
		odd := decimal(2000, 3)
		ask = append(ask, asked{map[string]any{"criteria": j.Criteria, "mark": j.Mark, "column": j.Column, "sheet": j.Sheet}, marks, odd.String()})
		sums = append(sums, scoring.Sum(&j, &mark.Sheet{State: mark.Given, Marks: values}).String())
		fits = append(fits, mark.Fits(&j.Criteria[0], mark.Of(odd)) == nil)
	}
	s := judgingBy(t, contesttest.Rule(0), 1)
	b := s.tab(0, webtest.Phone)
	type answer struct {
		Sum  string `json:"sum"`
		Fits bool   `json:"fits"`
	}
	got := webtest.Eval[[]answer](b, script+`.then((m) => { const words = JSON.parse(document.querySelector('[data-judge]').dataset.judge).words;
		return `+quoted(t, ask)+`.map((a) => ({sum: m.sum(a.rule, a.marks, words), fits: m.why(a.rule.criteria[0], a.text, words) === ''})); })`)
	taken := 0
	for i, a := range got {
		if a.Sum != sums[i] || a.Fits != fits[i] {
			t.Errorf("%s: %+v, not %s, %v", quoted(t, ask[i]), a, sums[i], fits[i])
		}
		if fits[i] {
			taken++
		}
	}
	if taken < 5 {
		t.Errorf("%d of the odd marks fit: it asks too little", taken)
	}
	plains := webtest.Eval[[]string](b, script+`.then((m) => ['9', ' ０９。３０ ', '9.', '.5', '-0.0', '-0.50', 'a lot', '', '1e1', '10.05'].map(m.plain))`)
	if got := strings.Join(plains, "|"); got != "9|9.3|9|0.5|0|-0.5|a lot||1e1|10.05" {
		t.Error(got)
	}
}

const (
	line  = `document.querySelector('.judge-line').dataset.state`
	ready = line + ` === 'all'`
)

func kept(criterion, says string) string {
	return fmt.Sprintf(`document.querySelector('[data-criterion="%s"] [data-kept]').textContent === '%s'`, criterion, says)
}

func valued(criterion string) string {
	return fmt.Sprintf(`document.querySelector('#f-%s').value`, criterion)
}

// A judge marks on a phone: what is wrong is refused at once; a reload and a server that dies lose nothing; the sheet is read back
// and sealed by the device.
func TestAJudgeMarks(t *testing.T) {
	s := judgingBy(t, rubric(t), 3)
	b := s.tab(0, webtest.Phone)
	b.Wait(ready)
	b.Shot("judge-none-390")
	b.Check()
	s.begin("01")
	b.Wait(`document.querySelector('.judge-number')?.textContent === '01'`)
	b.Type("#f-innovation", "8.5")
	b.Wait(kept("innovation", "已存到计分台"))
	b.Type("#f-effect", "10.05")
	b.Wait(`document.querySelector('[data-criterion=effect] .wrong').textContent === '最多一位小数'`)
	b.Wait(line + ` === 'some'`)
	b.Shot("judge-on-390")
	b.Check()
	b.Go(judgePage)
	b.Wait(valued("effect") + ` === '10.05' && ` + valued("innovation") + ` === '8.5'`)
	b.Type("#f-effect", "9.3")
	b.Click(`[data-criterion=effect] [data-judge-step="1"]`)
	b.Wait(valued("effect") + ` === '9.4' && ` + kept("effect", "已存到计分台"))

	s.stop()
	b.Type("#f-spread", "9")
	b.Wait(kept("spread", "存在本机"))
	b.Wait(line + ` === 'cut' && document.querySelector('[data-judge-line]').textContent.includes('断开了')`)
	b.Shot("judge-cut-390")
	s.start()
	b.Wait(kept("spread", "已存到计分台") + " && " + ready)
	b.Forget() // the browser complains of a server that is dead

	b.Type("#f-form", "7")
	b.Click(`[data-judge-acts] [value=read]`)
	b.Wait(`document.querySelector('[data-criterion="stage-craft"] .wrong').textContent === '还没有打分'`)
	b.Type("#f-stage-craft", "9.9")
	b.Press("\r") // is the first step, and never the second
	b.Wait(`!document.querySelector('[data-judge-read]').hidden`)
	if sum := b.Text(`[data-judge-read] .judge-sum dd`); sum != "87.85" {
		t.Errorf("the sum is read back as %s", sum)
	}
	b.Shot("judge-read-390")
	b.Check()
	b.Click(`[data-judge-read] [value=keep]`)
	b.Wait(`document.querySelector('[data-judge-read]').hidden && !document.querySelector('#f-form').readOnly`)
	b.Click(`[data-judge-acts] [value=read]`)
	b.Click(`[data-judge-read] [value=lock]`)
	b.Wait(`document.querySelector('#judge-sheet').dataset.sealed`)
	m, err := s.Mine(s.ctx(), s.Judges[0], contesttest.Code)
	s.Must(err)
	o := m.Runs[0].Sealed
	if o == nil || o.By != seal.Device || o.Marks["effect"] != "9.4" || o.Commitment() != m.Runs[0].Receipt {
		t.Fatalf("%+v", o)
	}
	held := webtest.Eval[string](b, `Object.entries(localStorage).find(([key]) => key.includes('/seal/show/01/v1'))[1]`)
	if !strings.Contains(held, o.Salt) || !strings.Contains(held, m.Runs[0].Receipt) {
		t.Errorf("the device keeps %s", held)
	}
	b.Click("#judge-sheet details summary")
	b.Wait(`document.querySelector('[data-judge-opening]').textContent.includes('这台设备留着')`)
	b.Shot("judge-sealed-390")
	b.Check()
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	s.begin("02")
	b.Wait(`document.querySelector('.judge-number').textContent === '02' && ` + valued("effect") + ` === ''`) // by itself
}

// A lock whose answer is lost is posted again and is one; so is one that a reload found on its way.
func TestALockWhoseAnswerIsLost(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	b := s.tab(4, webtest.Phone)
	b.Wait(ready)
	s.Run("01")
	b.Wait(`document.querySelector('#f-score')`)
	var lost atomic.Int32
	s.lose = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/lock") && lost.Add(1) <= 2 }
	b.Type("#f-score", "9.2")
	b.Click(`[data-judge-acts] [value=read]`)
	b.Click(`[data-judge-read] [value=lock]`)
	b.Wait(`document.querySelector('[data-judge-why]').textContent.includes('还没有收到回答') || document.querySelector('#judge-sheet').dataset.sealed`)
	b.Go(judgePage)
	b.Wait(`document.querySelector('#judge-sheet').dataset.sealed`)
	b.Wait(`Object.entries(localStorage).some(([key, text]) => key.includes('/seal/') && JSON.parse(text).state === 'kept')`)
	b.Wait(ready)
	m, err := s.Mine(s.ctx(), s.Judges[4], contesttest.Code)
	s.Must(err)
	if r := m.Runs[0]; r.Sealed == nil || r.Version != 2 || lost.Load() < 2 {
		t.Errorf("%+v after %d posts", r, lost.Load())
	}
}

// Two tablets on one seat: both say so, the old one lets the new one go on, which has its marks; what the old one had not sent is
// refused in words when it wakes after the lock.
func TestASecondTablet(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	s.begin("01")
	old := s.tab(2, webtest.Phone)
	old.Wait(ready)
	old.Type("#f-score", "8.8")
	old.Wait(kept("score", "已存到计分台"))
	other := s.tab(2, webtest.View{Width: 1024, Height: 768})
	other.Wait(`document.querySelector('#judge-device').textContent.includes('这一台不收分') && document.querySelector('#f-score').disabled`)
	other.Shot("judge-other-1024")
	other.Check()
	old.Wait(`document.querySelector('#judge-device').textContent.includes('另一台设备也打开了')`)
	old.Shot("judge-asked-390")
	old.Check()
	old.Click("#judge-device summary")
	old.Follow("#judge-device form button")
	other.Wait(valued("score") + ` === '8.8' && !document.querySelector('#f-score').disabled`)
	old.Wait(`document.querySelector('#f-score').disabled`)
	other.Wait(`document.querySelector('#judge-device').textContent.trim() === ''`) // who gave the seat away asks no more
	other.Type("#f-score", "7.7")
	other.Wait(kept("score", "已存到计分台"))
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	webtest.Eval[bool](old, `(localStorage.setItem(Object.keys(localStorage).find((key) => key.includes('/mark/')), JSON.stringify({score: {mark: '9.9', sent: false, changes: 0, why: ''}})), true)`)
	other.Click(`[data-judge-acts] [value=read]`)
	other.Click(`[data-judge-read] [value=lock]`)
	other.Wait(`document.querySelector('#judge-sheet').dataset.sealed`)
	old.Wait(`document.querySelector('#judge-sheet').dataset.sealed && document.querySelector('[data-judge-why]').textContent.includes('9.9')`)
	old.Shot("judge-late-390")
	m, err := s.Mine(s.ctx(), s.Judges[2], contesttest.Code)
	s.Must(err)
	if m.Runs[0].Sealed.Marks["score"] != "7.7" {
		t.Errorf("%+v", m.Runs[0].Sealed)
	}
	old.Click("[data-judge-again]")
	other.Wait(`document.querySelector('#judge-device').textContent.includes('另一台设备也打开了')`)
}

// What a device had not sent when the seat went elsewhere and came back does not take the place of what was given since, unless its
// judge says so.
func TestMarksOfBefore(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(3), 4)
	s.begin("01")
	b := s.tab(6, webtest.Phone)
	b.Wait(ready)
	b.Type("#f-score", "8.1")
	b.Wait(kept("score", "已存到计分台"))
	b.Wait(`document.body.textContent.includes('再听 3 个才能封存') && !document.querySelector('[data-judge-read]')`)
	webtest.Eval[bool](b, `(localStorage.setItem(Object.keys(localStorage).find((key) => key.includes('/mark/')), JSON.stringify({score: {mark: '9.9', sent: false, changes: -1, why: ''}})), true)`)
	b.Go(judgePage)
	b.Wait(`document.body.textContent.includes('还有没送出的 9.9') && ` + valued("score") + ` === '8.1'`)
	b.Check()
	b.Click(`[data-criterion=score] > .row button`)
	b.Wait(valued("score") + ` === '9.9' && ` + kept("score", "已存到计分台") + " && " + ready)
	m, err := s.Mine(s.ctx(), s.Judges[6], contesttest.Code)
	s.Must(err)
	if m.Runs[0].Drafts["score"] != "9.9" {
		t.Errorf("%+v", m.Runs[0])
	}
}

// Nine judges at once, each in a browser of their own, mark an entry and seal it. It is timed and not held to a time.
func TestNineJudgesAtOnce(t *testing.T) {
	s := judgingAt(t, contesttest.Rule(0), 2, outside(t))
	var tabs []*webtest.Tab
	for j := range s.Judges {
		tabs = append(tabs, s.tab(j, webtest.Phone))
	}
	began := time.Now()
	s.begin("01")
	for j, b := range tabs {
		b.Wait(`document.querySelector('#f-score')`)
		b.Type("#f-score", fmt.Sprintf("8.%d", j+1))
	}
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	for _, b := range tabs {
		b.Click(`[data-judge-acts] [value=read]`)
		b.Click(`[data-judge-read] [value=lock]`)
	}
	for _, b := range tabs {
		b.Wait(`document.querySelector('#judge-sheet').dataset.sealed`)
	}
	t.Logf("from the call to nine sealed sheets: %v", time.Since(began))
	s.Show("01")
	for j, b := range tabs {
		text := `document.querySelector('#judge-sheet').innerText`
		b.Wait(fmt.Sprintf(`%s.includes('8.%d')`, text, j+1))
		if webtest.Eval[bool](b, fmt.Sprintf(`%s.includes('8.%d')`, text, (j+1)%9+1)) {
			t.Errorf("judge %d reads another's mark", j+1)
		}
	}
	board, err := s.Board(s.ctx(), contesttest.Code)
	s.Must(err)
	if len(board.Sheets) != 9 || board.Sheets[0].By != seal.Device {
		t.Errorf("%+v", board.Sheets)
	}
}
