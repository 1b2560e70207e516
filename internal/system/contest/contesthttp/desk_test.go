package contesthttp_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// last is the newest attempt of an entry.
func (s stage) last(number string) (last hall.Run) {
	s.t.Helper()
	s.Must(s.DB.View(s.t.Context(), func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, contesttest.Code)
		for _, r := range runs {
			if r.Entry == number && r.Attempt > last.Attempt {
				last = r
			}
		}
		return err
	}))
	return last
}

// form is what a page of the desk sends of a run as it is now, with more names and values.
func (s stage) form(number string, more ...string) url.Values {
	s.t.Helper()
	r := s.last(number)
	f := url.Values{"part": {r.Part}, "entry": {r.Entry}, "attempt": {strconv.Itoa(r.Attempt)}, "seen": {strconv.FormatInt(r.Version, 10)}}
	for i := 0; i+1 < len(more); i += 2 {
		f.Add(more[i], more[i+1])
	}
	return f
}

// did takes a step of a run at the desk.
func (s stage) did(who identity.Colleague, step, number string, more ...string) {
	s.t.Helper()
	if status, body := s.post(&who, hallAt+"/desk/do/"+step, s.form(number, more...)); status != http.StatusSeeOther {
		s.t.Fatalf("%s of %s: %d %s", step, number, status, plain(body))
	}
}

// refusedStep tries a step that is refused with a status and in words, and leaves the run as it was.
func (s stage) refusedStep(who identity.Colleague, step, number string, status int, words string, more ...string) {
	s.t.Helper()
	before := s.last(number)
	got, body := s.post(&who, hallAt+"/desk/do/"+step, s.form(number, more...))
	if got != status || !strings.Contains(body, words) {
		s.t.Errorf("%s of %s: %d without %q: %s", step, number, got, words, plain(body))
	}
	if now := s.last(number); now != before {
		s.t.Errorf("%s of %s left its mark: %+v", step, number, now)
	}
}

// says looks for words on the desk of somebody; one that begins with ! must not be there.
func (s stage) says(who identity.Colleague, words ...string) {
	s.t.Helper()
	status, body := s.get(&who, hallAt+"/desk")
	if status != http.StatusOK {
		s.t.Fatal(status, plain(body))
	}
	for _, w := range words {
		if without, not := strings.CutPrefix(w, "!"); strings.Contains(plain(body), without) == not {
			s.t.Errorf("the desk and %q: %s", w, plain(body))
		}
	}
}

// A run by the desk alone, on both engines: each step by who may, each refusal with its reason, and who asked never confirms.
func TestTheDeskTakesEachStep(t *testing.T) {
	eachStage(t, contesttest.Rule(1), 3, func(s stage) {
		t := s.t
		s.says(s.Keeper, "叫 01 号上台")
		s.says(s.Supervisor, "!叫 01 号上台")
		s.refusedStep(s.Supervisor, "call", "01", http.StatusForbidden, "没有做成")
		s.refusedStep(s.Keeper, "start", "01", http.StatusConflict, "这一步不能做")
		s.did(s.Keeper, "call", "01")
		s.refusedStep(s.Keeper, "postpone", "01", http.StatusUnprocessableEntity, "请写明理由", "reason", "")
		s.did(s.Keeper, "start", "01")
		s.did(s.Keeper, "pause", "01")
		s.says(s.Keeper, "继续计时", "暂停")
		s.did(s.Keeper, "start", "01")
		s.did(s.Keeper, "stop", "01")
		s.Mark("01", scores[:8]...)
		s.says(s.Keeper, "还差 1 张评分表", "已封存", "还没封存", "在线")
		s.refusedStep(s.Keeper, "close", "01", http.StatusConflict, "还有评委没有封存：j9")
		s.did(s.Keeper, "missing", "01", "seat", "j9", "reason", "突发疾病，离场")
		s.says(s.Keeper, "是您提出的，要另一位监督员确认", "突发疾病", "收回这个请求")
		s.did(s.Keeper, "missing-end", "01", "seat", "j9")
		s.says(s.Keeper, "!突发疾病", "!收回这个请求")
		s.did(s.Keeper, "missing", "01", "seat", "j9", "reason", "好像走了")
		s.says(s.Another, "等监督员确认", "!收回这个请求")
		s.refusedStep(s.Another, "missing-end", "01", http.StatusForbidden, "只有提出的人能收回", "seat", "j9")
		s.refusedStep(s.Supervisor, "missing-end", "01", http.StatusUnprocessableEntity, "请写明理由", "seat", "j9", "reason", " ")
		s.did(s.Supervisor, "missing-end", "01", "seat", "j9", "reason", "还在座位上")
		s.did(s.Keeper, "missing", "01", "seat", "j9", "reason", "突发疾病，离场")
		s.refusedStep(s.Keeper, "away", "01", http.StatusForbidden, "没有做成", "seat", "j9")
		s.says(s.Supervisor, "确认：评委 9缺席")
		s.did(s.Supervisor, "away", "01", "seat", "j9")
		s.did(s.Both, "close", "01")
		s.says(s.Both, "是您收的分，要另一位来复核")
		s.refusedStep(s.Both, "check", "01", http.StatusForbidden, "提出的人自己不能确认")
		s.says(s.Supervisor, "复核无误", "9.6", "9.25")
		s.did(s.Supervisor, "refuse", "01", "reason", "三号的纸要再看")
		s.did(s.Keeper, "close", "01")
		s.did(s.Supervisor, "check", "01")
		s.says(s.Keeper, "等主持人公布")
		s.Must(s.Reveal(t.Context(), s.Host, contesttest.At("01"), s.Openings("01")))

		// A mistaken score is found after the reveal.
		for _, who := range []identity.Colleague{s.Keeper, s.Supervisor} {
			s.did(s.Keeper, "correct", "01", "seat", "j2", "reason", "看错一行")
			if status, body := s.post(&who, hallAt+"/desk/do/correction-end", url.Values{"id": {s.asks()[0].ID}, "reason": {"没有看错"}}); status != http.StatusSeeOther || len(s.asks()) > 0 {
				t.Errorf("%d %s", status, plain(body))
			}
		}
		s.did(s.Keeper, "correct", "01", "seat", "j2", "reason", "看错一行")
		s.says(s.Keeper, "等评委 2在自己的设备上重新封存")
		asks := s.asks()
		sealing := s.Sealing(contesttest.At("01"), 1, 2, "8.4")
		_, err := s.Reseal(t.Context(), s.Judges[1], asks[0].ID, sealing)
		s.Must(err)
		s.says(s.Supervisor, "确认更正", "!8.4")
		if status, body := s.post(&s.Keeper, hallAt+"/desk/do/correction", url.Values{"id": {asks[0].ID}, "do": {"confirm"}}); status != http.StatusForbidden {
			t.Errorf("who asked confirms: %d %s", status, plain(body))
		}
		if status, body := s.post(&s.Supervisor, hallAt+"/desk/do/correction", url.Values{"id": {asks[0].ID}, "do": {"confirm"}}); status != http.StatusSeeOther {
			t.Errorf("%d %s", status, plain(body))
		}

		// One does not come, and one is interrupted.
		s.did(s.Keeper, "call", "02")
		s.did(s.Keeper, "ask", "02", "reason", "叫了一次")
		s.says(s.Supervisor, "叫了一次", "不同意")
		s.did(s.Supervisor, "ask-end", "02", "reason", "再等等")
		s.did(s.Keeper, "ask", "02", "reason", "叫了三次，等了十分钟")
		s.refusedStep(s.Keeper, "forfeit", "02", http.StatusForbidden, "没有做成")
		s.did(s.Supervisor, "forfeit", "02")
		s.did(s.Keeper, "call", "03")
		s.did(s.Keeper, "start", "03")
		s.did(s.Keeper, "ask", "03", "reason", "停电")
		s.did(s.Supervisor, "interrupt", "03")
		if r := s.last("03"); r.Attempt != 2 || r.State != hall.Waiting {
			t.Errorf("%+v", r)
		}
	})
}

func (s stage) asks() (all []hall.Ask) {
	s.t.Helper()
	s.Must(s.DB.View(s.t.Context(), func(tx *db.Tx) (err error) { all, err = hall.Asks(tx, contesttest.Code); return err }))
	return all
}

// Two scorekeepers at one desk: the second is told, nothing is overwritten, and what was typed is still there.
func TestTwoScorekeepersAtOnce(t *testing.T) {
	eachStage(t, contesttest.Rule(1), 2, func(s stage) {
		s.did(s.Keeper, "call", "01")
		seen := s.form("01", "reason", "堵在路上")
		s.did(s.Keeper, "start", "01")
		status, body := s.post(&s.Another, hallAt+"/desk/do/postpone", seen)
		if status != http.StatusConflict || !strings.Contains(body, "被别人动过") || !strings.Contains(body, "堵在路上") && s.last("01").State != hall.Presenting {
			s.t.Errorf("%d %s", status, plain(body))
		}
		// A supervisor checks what they have looked at, and not what it has become.
		s.did(s.Keeper, "stop", "01")
		s.Mark("01", scores...)
		s.did(s.Keeper, "close", "01")
		seen = s.form("01")
		s.did(s.Supervisor, "refuse", "01", "reason", "再看一遍")
		s.did(s.Keeper, "close", "01")
		if status, body := s.post(&s.Supervisor, hallAt+"/desk/do/check", seen); status != http.StatusConflict || s.last("01").State != hall.Closed {
			s.t.Errorf("what was not looked at is checked: %d %s", status, plain(body))
		}
		// The same form twice.
		twice := s.form("01")
		s.did(s.Supervisor, "check", "01")
		if status, _ := s.post(&s.Supervisor, hallAt+"/desk/do/check", twice); status != http.StatusConflict {
			s.t.Errorf("checked twice: %d", status)
		}
	})
}

// Who has no business at the desk sees nothing of it; a form that is none does nothing.
func TestWhoSeesTheDesk(t *testing.T) {
	s := openStage(t, 2)
	s.Run("01")
	s.Mark("01", scores...)
	for _, path := range []string{"/desk", "/desk/now", "/desk/paper", "/desk/print"} {
		for name, who := range map[string]*identity.Colleague{"a judge": &s.Judges[0], "the host": &s.Host, "a stranger": &s.Stranger, "the organiser": &s.Organiser} {
			if status, body := s.get(who, hallAt+path); status != http.StatusForbidden || strings.Contains(body, "9.2") {
				t.Errorf("%s at %s: %d", name, path, status)
			}
		}
		if status, _ := s.get(nil, hallAt+path); status != http.StatusSeeOther {
			t.Errorf("nobody at %s: %d", path, status)
		}
	}
	for _, who := range []identity.Colleague{s.Keeper, s.Supervisor} { // before it is closed not even they see a mark
		s.says(who, "!9.2", "!9.6")
	}
	for step, f := range map[string]url.Values{"gold": {}, "call": {"part": {"show"}}, "decide": {"cut": {"top"}}, "anew": {}, "again": {"rule": {"{}"}}} {
		if status, _ := s.post(&s.Keeper, hallAt+"/desk/do/"+step, f); status == http.StatusSeeOther || status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", step, status)
		}
	}
}

// A sheet of paper is typed twice, neither sees the other's, and a third settles what differs.
func TestPaperAtTheDesk(t *testing.T) {
	eachStage(t, contesttest.Rule(1), 1, func(s stage) {
		t := s.t
		s.Run("01")
		s.Mark("01", scores[:8]...)
		at := hallAt + "/desk/paper"
		if status, body := s.post(&s.Keeper, at, s.form("01", "m-j9-score", "9.75", "m-j1-score", "9.1")); status == http.StatusSeeOther || !strings.Contains(body, "9.75") || !strings.Contains(body, "已经在设备上封存") {
			t.Errorf("a mark that is none: %d %s", status, plain(body))
		}
		if status, body := s.post(&s.Keeper, at, s.form("01", "m-j9-score", "9.7")); status != http.StatusSeeOther {
			t.Fatalf("%d %s", status, plain(body))
		}
		if _, body := s.get(&s.Another, at); strings.Contains(plain(body), "9.7") || !strings.Contains(body, "等您录第二遍") {
			t.Errorf("the second sees the first's: %s", plain(body))
		}
		if status, _ := s.post(&s.Another, at, s.form("01", "m-j9-score", "9.1")); status != http.StatusSeeOther {
			t.Fatal(status)
		}
		if _, body := s.get(&s.Keeper, at); strings.Contains(plain(body), "9.1") || !strings.Contains(body, "等监督员核定") {
			t.Errorf("who typed sees both: %s", plain(body))
		}
		if _, body := s.get(&s.Supervisor, at); !strings.Contains(body, "9.7") || !strings.Contains(body, "9.1") {
			t.Errorf("who settles does not see what differs: %s", plain(body))
		}
		if status, body := s.post(&s.Supervisor, at+"/settle", s.form("01", "seat", "j9")); status != http.StatusConflict || !strings.Contains(body, "请看纸上是哪一个") {
			t.Errorf("%d %s", status, plain(body))
		}
		if status, body := s.post(&s.Supervisor, at+"/settle", s.form("01", "seat", "j9", "d-score", "9.7")); status != http.StatusSeeOther {
			t.Errorf("%d %s", status, plain(body))
		}
		s.did(s.Keeper, "close", "01")
		s.says(s.Supervisor, "9.7")
		if _, body := s.get(&s.Keeper, hallAt+"/desk/print?part=show&entry=01"); !strings.Contains(body, "评委签字") || !strings.Contains(body, "9.30") && !strings.Contains(body, "9.3") {
			t.Errorf("%s", plain(body))
		}
	})
}

// Two devices ask for one seat, and the desk chooses; ties and lines are written down by one and confirmed by another; judging
// begins anew by two, before the first reveal.
func TestTheDeskSettles(t *testing.T) {
	s := openStage(t, 3)
	_, err := s.Seats.Beat(t.Context(), s.Judges[2], seat.Beat{Contest: contesttest.Code, Device: contesttest.Device(103)})
	s.Must(err)
	s.Run("01")
	s.says(s.Keeper, "另一台设备要用这个席位", "换到屏幕上写着 "+seat.Code(contesttest.Device(103))+" 的那台")
	if status, _ := s.post(&s.Keeper, hallAt+"/desk/do/hand", url.Values{"seat": {"j3"}, "to": {seat.Code(contesttest.Device(103))}}); status != http.StatusSeeOther {
		t.Error(status)
	}
	s.says(s.Keeper, "!另一台设备", "换了设备，还没连上")
	s.Must(hall.Restart{Halls: s.Halls}.Ask(t.Context(), s.Organiser, contesttest.Code, contesttest.Rule(0), "规则写错了"))
	s.says(s.Supervisor, "提出作废重评", "规则写错了")
	if status, body := s.post(&s.Supervisor, hallAt+"/desk/do/anew", nil); status != http.StatusSeeOther || s.last("01").Attempt != 2 {
		t.Errorf("%d %s", status, plain(body))
	}

	s = openStage(t, 3)
	for _, n := range s.Numbers {
		s.reveal(n, 0)
	}
	s.says(s.Keeper, "并列", "抽签定次序")
	want := url.Values{"by": {string(rule.ByLots)}, "stage": {"final"}, "among": s.Numbers}
	for _, order := range []string{"", "01", "01 01 02", "01 02 09"} {
		want.Set("entries", order)
		if status, body := s.post(&s.Keeper, hallAt+"/desk/do/decide", want); status == http.StatusSeeOther || status >= http.StatusInternalServerError {
			t.Errorf("an order of %q: %d %s", order, status, plain(body))
		}
	}
	want.Set("entries", "02、01 03")
	if status, body := s.post(&s.Both, hallAt+"/desk/do/decide", want); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, plain(body))
	}
	s.says(s.Both, "是您录入的，要另一位监督员确认")
	if status, _ := s.post(&s.Both, hallAt+"/desk/do/settle", url.Values{"n": {"1"}}); status != http.StatusForbidden {
		t.Errorf("who wrote it down confirms: %d", status)
	}
	if status, body := s.post(&s.Supervisor, hallAt+"/desk/do/settle", url.Values{"n": {"1"}}); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, plain(body))
	}
	s.says(s.Keeper, "!抽签定次序")
	if _, body := s.get(&s.Keeper, hallAt+"/desk?state=revealed&number=02"); !strings.Contains(body, "1 次展示") {
		t.Errorf("the list is not filtered: %s", plain(body))
	}
}

// The desk in a browser: keys press its buttons, what changes elsewhere comes by itself, and what is being typed is left.
func TestTheDeskInABrowser(t *testing.T) {
	s := openStage(t, 3)
	for name, v := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.as(&s.Keeper, v)
		b.Go(hallAt + "/desk")
		b.Check()
		b.Shot("desk-before-" + name)
	}
	b := s.as(&s.Keeper, webtest.Desk)
	b.Go(hallAt + "/desk")
	b.Wait(`document.body.dataset.reader && document.querySelector('[data-bell]:not([hidden])')`)
	for _, key := range []string{"c", "s", "p"} {
		before := s.last("01").Version
		b.Press(key)
		s.until(func() bool { return s.last("01").Version > before })
		b.Wait(`document.querySelector('[data-bell]:not([hidden])')`)
		time.Sleep(1100 * time.Millisecond) // a key counts once in a second
	}
	if r := s.last("01"); r.State != hall.Presenting {
		t.Fatalf("%+v", r)
	}
	b.Click("summary[id], #desk-on details summary")
	b.Type("#desk-on details[open] input[name=reason]", "停电了")
	s.Must(s.Stop(t.Context(), s.Another, contesttest.At("01"))) // by somebody else, meanwhile
	b.Wait(`document.querySelector('#desk-on [data-stale]').hidden === false`)
	if kept := webtest.Eval[string](b, `document.querySelector('#desk-on input[name=reason]').value`); kept != "停电了" {
		t.Errorf("what was typed is gone: %q", kept)
	}
	b.Click("#desk-on details[open] button")
	b.Wait(`document.querySelector('.notice-bad') && document.querySelector('.notice-bad').textContent.includes('被别人动过')`)
	b.Forget()
	s.Mark("01", scores[:7]...)
	b.Go(hallAt + "/desk")
	b.Wait(`document.querySelectorAll('.desk-seat-good').length === 7`)
	for name, v := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		c := s.as(&s.Keeper, v)
		c.Go(hallAt + "/desk")
		c.Check()
		c.Shot("desk-heard-" + name)
	}
	for j := 7; j < 9; j++ {
		_, err := s.Lock(t.Context(), s.Judges[j], s.Sealing(contesttest.At("01"), j, 1, scores[j]))
		s.Must(err)
	}
	b.Wait(`document.querySelectorAll('.desk-seat-good').length === 9`) // by itself
	s.did(s.Keeper, "close", "01")
	for name, v := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		c := s.as(&s.Supervisor, v)
		c.Go(hallAt + "/desk")
		c.Check()
		c.Shot("desk-check-" + name)
		c.Go(hallAt + "/desk/print")
		c.Check()
		c.Shot("desk-print-" + name)
		s.did(s.Keeper, "ask", "03", "reason", "叫了三次没来")
		c.Go(hallAt + "/desk/paper")
		c.Check()
	}
}

// until waits for something that a page does.
func (s stage) until(done func() bool) {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("waited in vain")
		}
	}
}

// Before a result is announced the desk reads what others would ask of it, and nobody else does.
func TestAdviceBeforeAnnouncing(t *testing.T) {
	s := openStage(t, 2)
	advice := hallAt + "/desk/advice"
	if status, body := s.get(&s.Keeper, advice); status != http.StatusOK || !strings.Contains(body, "还没有收齐的出场") {
		t.Errorf("%d: %s", status, plain(body))
	}
	s.Run("01")
	s.Mark("01", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "8.0", "9.9")
	s.Show("01")
	s.Run("02")
	s.Mark("02", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "9.8", "8.1", "9.9")
	s.did(s.Keeper, "close", "02")
	status, body := s.get(&s.Keeper, advice)
	for _, text := range []string{"它不改变结果", "不变", "评委 8", "−", "两边各多去一个"} {
		if status != http.StatusOK || !strings.Contains(strings.ReplaceAll(plain(body), "-", "−"), text) {
			t.Errorf("%d: without %q: %s", status, text, plain(body))
		}
	}
	for _, who := range []*identity.Colleague{nil, &s.Host, &s.Judges[0]} {
		if status, body := s.get(who, advice); status == http.StatusOK && strings.Contains(body, "它不改变结果") {
			t.Errorf("somebody who is not at the desk reads the advice: %s", plain(body))
		}
	}
}

// What is announced, printed and shown is the total by the rule and never a fraction; a corrected sheet prints that it was, and who
// did not come stands on the sheet of totals.
func TestWhatIsAnnouncedIsTheTotal(t *testing.T) {
	r := contesttest.Rule(1)
	part := &r.Rule.Stages[0].Parts[0]
	r.Rule.Stages[0].Round, part.Round = &rule.Rounding{Places: 2, Mode: exact.HalfUp}, nil
	eachStage(t, r, 2, func(s stage) {
		t, ctx := s.t, s.t.Context()
		s.Run("01")
		s.Mark("01", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "8.0", "9.9") // 65.8 of seven: 9.4
		s.Show("01")
		a, err := s.Correct(ctx, s.Keeper, contesttest.At("01"), "j2", "看错一行")
		s.Must(err)
		_, err = s.Reseal(ctx, s.Judges[1], a.ID, s.Sealing(contesttest.At("01"), 1, 2, "9.3")) // 65.9 of seven: 9.41…
		s.Must(err)
		s.Must(s.Correction(ctx, s.Supervisor, a.ID))
		s.Must(s.Call(ctx, s.Keeper, contesttest.At("02")))
		s.Must(s.Ask(ctx, s.Keeper, contesttest.At("02"), "没有来"))
		s.Must(s.Forfeit(ctx, s.Supervisor, contesttest.At("02")))
		for path, texts := range map[string][]string{
			"":            {"9.41"},
			"/screen":     {"9.41"},
			"/desk":       {"9.41"},
			"/desk/print": {"9.41", "更正过：评委 2的第 1 版，理由：看错一行", "02 号", "弃权"},
		} {
			_, body := s.get(&s.Keeper, hallAt+path)
			for _, text := range texts {
				if !strings.Contains(plain(body), text) {
					t.Errorf("%s without %q: %s", path, text, plain(body))
				}
			}
			if strings.Contains(plain(body), "659/70") || strings.Contains(body, "按规则加减") {
				t.Errorf("%s shows a fraction, or a deduction that there is not: %s", path, plain(body))
			}
		}
	})
}
