package contesthttp_test

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Who has one seat is led to it; who has none is told so; nobody else has the page.
func TestAJudgesOwnContests(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	s.device(s.Judges[0]).get("/contests/judge").went(judgePage)
	s.device(identity.Colleague{}).get("/contests/judge").went("/sign-in?back=%2Fcontests%2Fjudge")
	s.device(s.Keeper).get(judgePage).want(http.StatusForbidden)
	s.device(s.Keeper).post("beat", map[string]any{"unsent": 0}).want(http.StatusForbidden)
	s.device(identity.Colleague{}).post("mark", map[string]any{"run": "show/01/1", "criterion": "score", "mark": "9"}).want(http.StatusForbidden)
	s.device(s.Judges[0]).get("/contests/none/judge").want(http.StatusNotFound)
}

// Without scripts a judge marks, reads back and seals; what is wrong is said at the mark, and what was typed stays.
func TestJudgingWithoutScripts(t *testing.T) {
	s := judgingBy(t, rubric(t), 2)
	d := s.device(s.Judges[0])
	d.get(judgePage).want(http.StatusOK, "还没有开始", "!judge-number")
	s.begin("01")
	d.get(judgePage).want(http.StatusOK, `<span class="judge-number">01</span>`, "正在展示", "没有脚本", "0 到 10，每档 0.1，权重 2.5")
	five := []string{"m-innovation", "8.5", "m-effect", "10.05", "m-spread", "９。０", "m-form", "7", "m-stage-craft", ""}
	d.form("read", "show/01/1", five...).want(http.StatusUnprocessableEntity, "最多一位小数", `value="10.05"`, `value="8.5"`, `!role="alert">还没有打分`)
	five[3] = "9.30"
	d.form("read", "show/01/1", five...).want(http.StatusUnprocessableEntity, `id="e-stage-craft" role="alert">还没有打分`, `value="9.30"`)
	five[9] = "10.1"
	d.form("keep", "show/01/1", five...).want(http.StatusUnprocessableEntity, "要在 0 到 10 之间")
	five[9] = "9.9"
	d.form("keep", "show/01/1", five...).went(judgePage + "?run=show%2F01%2F1")
	d.get(judgePage).want(http.StatusOK, `value="9.3"`, `value="9"`, "已存到计分台", "87.55")
	d.form("read", "show/01/1", five...).want(http.StatusOK, "要封存 01 号的这些分", "87.55", "盐由服务器生成")
	d.form("lock", "show/01/1", five...).went(judgePage + "?run=show%2F01%2F1")
	d.get(judgePage).want(http.StatusOK, "已封存", "盐由服务器生成", "87.55", `data-sealed="`, "!<form class=\"stack\"")
	d.form("lock", "show/01/1", five...).went(judgePage + "?run=show%2F01%2F1") // twice is once
	five[1] = "8.6"
	d.form("lock", "show/01/1", five...).want(http.StatusConflict, "已经封存")
	d.form("keep", "show/01/1", five...).want(http.StatusConflict, "已经封存")
	d.form("keep", "show/02/1", five...).want(http.StatusConflict, "不收分")
	d.form("keep", "show/01/2", five...).want(http.StatusConflict, "中断")
	d.form("keep", "show", five...).want(http.StatusUnprocessableEntity)
}

// What the page's script posts is refused in words: by its mark, its run, its device and what it computed.
func TestRefusalsOfADevice(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(2), 4)
	s.Must(s.Recuse(s.ctx(), s.Organiser, seat.Away{Contest: contesttest.Code, Entry: "02", Seat: "j1", Reason: "本单位"}))
	d := s.device(s.Judges[0])
	mark := func(run, criterion, text string) answer {
		t.Helper()
		return d.post("mark", map[string]any{"run": run, "criterion": criterion, "mark": text})
	}
	d.post("beat", map[string]any{"unsent": 0}).want(http.StatusOK, `"chosen":true`, "!pulse")
	mark("show/01/1", "score", "9").want(http.StatusConflict, "不收分")
	s.begin("01")
	mark("show/01/1", "score", "9.2").want(http.StatusOK)
	mark("show/01/1", "score", "10.05").want(http.StatusUnprocessableEntity, "10.05")
	mark("show/01/1", "score", "a lot").want(http.StatusUnprocessableEntity)
	mark("show/01/1", "beauty", "9").want(http.StatusUnprocessableEntity, "没有指标")
	mark("show/02/1", "score", "9").want(http.StatusForbidden, "回避")
	mark("show/09/1", "score", "9").want(http.StatusNotFound)
	mark("nonsense", "score", "9").want(http.StatusUnprocessableEntity)
	d.send(http.MethodPost, judgePage+"/mark", "{", "application/json").want(http.StatusUnprocessableEntity, "JSON")

	l := s.Sealing(contesttest.At("01"), 0, 1, "9.2")
	lock := func(change map[string]any) answer {
		t.Helper()
		v := map[string]any{"run": "show/01/1", "marks": l.Marks, "salt": l.Salt, "commitment": l.Commitment, "lock": l.LockID}
		maps.Copy(v, change)
		return d.post("lock", v)
	}
	lock(nil).want(http.StatusConflict, "先听满 2 个")
	d.get(judgePage).want(http.StatusOK, "先听满 2 个再定分", "再听 2 个才能封存", `value="9.2"`, "!准备封存")
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	s.Run("03")
	lock(map[string]any{"commitment": strings.Repeat("0", 64)}).want(http.StatusUnprocessableEntity, "没有封存")
	lock(map[string]any{"salt": "short", "commitment": ""}).want(http.StatusUnprocessableEntity)
	lock(map[string]any{"marks": map[string]string{}}).want(http.StatusUnprocessableEntity, "还没有打分")

	other := s.device(s.Judges[0])
	other.post("beat", map[string]any{}).want(http.StatusOK, `"chosen":false`)
	other.post("mark", map[string]any{"run": "show/01/1", "criterion": "score", "mark": "1"}).want(http.StatusConflict, "另一台设备")
	other.form("keep", "show/01/1", "m-score", "1").want(http.StatusConflict, "另一台设备")

	lock(nil).want(http.StatusOK, l.Commitment, `"again":false`, `"entry":"`)
	lock(nil).want(http.StatusOK, l.Commitment, `"again":true`)
	lock(map[string]any{"lock": "another", "marks": map[string]string{"score": "1"}}).want(http.StatusConflict, "已经封存")
	mark("show/01/1", "score", "9.3").want(http.StatusConflict, "已经封存")
}

// Two devices on a seat are noticed by both; the old one lets the other go on, and then takes no marks itself.
func TestTwoDevicesOnASeat(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 1)
	s.begin("01")
	first, second := s.device(s.Judges[3]), s.device(s.Judges[3])
	tag := first.post("beat", map[string]any{}).want(http.StatusOK, `"chosen":true`).body
	if again := first.post("beat", map[string]any{}).body; again != tag {
		t.Errorf("nothing is new, and it says %s after %s", again, tag)
	}
	second.post("beat", map[string]any{}).want(http.StatusOK, `"chosen":false`)
	if news := first.post("beat", map[string]any{}).body; news == tag {
		t.Error("the first device is told of nothing")
	}
	first.get(judgePage).want(http.StatusOK, "另一台设备也打开了您的席位", "我要换到那一台", "!这一台不收分")
	own := second.get(judgePage).want(http.StatusOK, "席位 j4 正在另一台设备上用，这一台不收分", "请计分台换", "disabled").body
	code := regexp.MustCompile(`<strong>([0-9A-F]{4})</strong>`).FindStringSubmatch(own)[1]
	first.get(judgePage).want(http.StatusOK, "换到屏幕上写着 "+code+" 的那台")
	hand := func(d device) answer {
		t.Helper()
		return d.send(http.MethodPost, judgePage+"/hand", "seat=j4&to="+code, "application/x-www-form-urlencoded")
	}
	hand(second).want(http.StatusForbidden)
	hand(first).went(judgePage)
	hand(first).want(http.StatusConflict, "没有别的设备")
	first.form("keep", "show/01/1", "m-score", "8").want(http.StatusConflict, "另一台设备")
	second.form("keep", "show/01/1", "m-score", "8").went(judgePage + "?run=show%2F01%2F1")
	if st := s.device(s.Judges[4]).send(http.MethodPost, judgePage+"/hand", "seat=j4&to="+code, "application/x-www-form-urlencoded"); st.status == http.StatusSeeOther {
		t.Error("another judge hands the seat on")
	}
}

// A run that was interrupted is another: its sheet takes the next version, and what still goes to the former is refused.
func TestAnInterruptedRun(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	d := s.device(s.Judges[0])
	d.post("beat", map[string]any{})
	s.begin("01")
	l := s.Sealing(contesttest.At("01"), 0, 1, "9.1")
	lock := map[string]any{"run": "show/01/1", "marks": l.Marks, "salt": l.Salt, "commitment": l.Commitment, "lock": l.LockID}
	d.post("lock", lock).want(http.StatusOK)
	s.Must(s.Ask(s.ctx(), s.Keeper, contesttest.At("01"), "停电"))
	s.Must(s.Interrupt(s.ctx(), s.Supervisor, contesttest.At("01")))
	d.post("mark", map[string]any{"run": "show/01/1", "criterion": "score", "mark": "9.2"}).want(http.StatusConflict, "不收分")
	again := contesttest.At("01")
	again.Attempt = 2
	s.Must(s.Call(s.ctx(), s.Keeper, again))
	s.Must(s.Start(s.ctx(), s.Keeper, again))
	d.get(judgePage).want(http.StatusOK, "第 2 次展示", `data-version="2"`, "准备封存")
	lock["run"] = "show/01/2"
	d.post("lock", lock).want(http.StatusUnprocessableEntity, "没有封存") // it was sealed as the first version
	l = s.Sealing(again, 0, 2, "9.3")
	d.post("lock", map[string]any{"run": "show/01/2", "marks": l.Marks, "salt": l.Salt, "commitment": l.Commitment, "lock": l.LockID}).want(http.StatusOK)
	d.get(judgePage).want(http.StatusOK, "已封存", "9.3", "!9.1")
}

// A correction is asked for with a reason that its judge reads; they seal once more, and what counts stays until it is confirmed.
func TestAJudgeCorrects(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	d := s.device(s.Judges[0])
	d.post("beat", map[string]any{})
	s.Run("01")
	for j := range s.Judges {
		l := s.Sealing(contesttest.At("01"), j, 1, "9.1")
		l.Device = ""
		_, err := s.Lock(s.ctx(), s.Judges[j], l)
		s.Must(err)
	}
	s.Show("01")
	a, err := s.Correct(s.ctx(), s.Keeper, contesttest.At("01"), "j1", "看错了一行")
	s.Must(err)
	d.get(judgePage).want(http.StatusOK, "计分员请您更正", "看错了一行", `value="9.1"`)
	s.device(s.Judges[1]).get(judgePage).want(http.StatusOK, "!更正这张", "!看错了一行")
	d.form("read", "show/01/1", "ask", a.ID, "m-score", "8.4").want(http.StatusOK, "要封存 01 号的这些分", `data-read="score">8.4`)
	s.device(s.Judges[1]).form("lock", "show/01/1", "ask", a.ID, "m-score", "8.4").want(http.StatusConflict, "不等您")
	l := s.Sealing(contesttest.At("01"), 0, 2, "8.4")
	seal := map[string]any{"run": "show/01/1", "ask": a.ID, "marks": l.Marks, "salt": l.Salt, "commitment": l.Commitment, "lock": l.LockID}
	d.post("lock", seal).want(http.StatusOK, `"again":false`)
	d.post("lock", seal).want(http.StatusOK, `"again":true`)
	d.get(judgePage).want(http.StatusOK, "等另一个人确认", "9.1", "!8.4")
	s.Must(s.Correction(s.ctx(), s.Supervisor, a.ID))
	d.get(judgePage).want(http.StatusOK, "8.4", "!9.1", "已封存")
}

// Of an entry that a judge is recused from their page says that, and is to the letter the same however far it is.
func TestARecusedJudgeLearnsNothing(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	s.Must(s.Recuse(s.ctx(), s.Organiser, seat.Away{Contest: contesttest.Code, Entry: "01", Seat: "j1", Reason: "本单位"}))
	d := s.device(s.Judges[0])
	look := func() string {
		t.Helper()
		a := d.get(judgePage+"?run=show%2F01%2F1").want(http.StatusOK, "这个作品您回避", "您回避")
		_, body, _ := strings.Cut(a.body, `id="judge-device"`) // behind the time
		return body + d.post("beat", map[string]any{}).body
	}
	d.post("beat", map[string]any{})
	before := look()
	same := func(when string) {
		t.Helper()
		if look() != before {
			t.Errorf("%s: the page is another", when)
		}
	}
	s.begin("01")
	same("on the stage")
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	for j := 1; j < 9; j++ {
		l := s.Sealing(contesttest.At("01"), j, 1, "9.1")
		l.Device = ""
		_, err := s.Lock(s.ctx(), s.Judges[j], l)
		s.Must(err)
		same("a sheet is sealed")
	}
	s.Must(s.Close(s.ctx(), s.Keeper, contesttest.At("01")))
	same("closed")
	s.Must(s.Check(s.ctx(), s.Supervisor, contesttest.At("01")))
	same("checked")
}

// How many others have sealed is told by nothing that a judge is answered.
func TestNoCountOfOthers(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 2)
	d := s.device(s.Judges[0])
	d.post("beat", map[string]any{})
	s.Run("01")
	l := s.Sealing(contesttest.At("01"), 0, 1, "9.1")
	d.post("lock", map[string]any{"run": "show/01/1", "marks": l.Marks, "salt": l.Salt, "commitment": l.Commitment, "lock": l.LockID}).want(http.StatusOK)
	before := d.post("beat", map[string]any{}).body
	for j := 1; j < 9; j++ {
		l := s.Sealing(contesttest.At("01"), j, 1, "8.1")
		l.Device = ""
		_, err := s.Lock(s.ctx(), s.Judges[j], l)
		s.Must(err)
	}
	s.Must(s.Close(s.ctx(), s.Keeper, contesttest.At("01")))
	s.Must(s.Check(s.ctx(), s.Supervisor, contesttest.At("01")))
	if after := d.post("beat", map[string]any{}).body; after != before {
		t.Errorf("%s, and with all sealed %s", before, after)
	}
	s.Must(s.Reveal(s.ctx(), s.Host, contesttest.At("01"), s.Openings("01")))
	if after := d.post("beat", map[string]any{}).body; after == before {
		t.Error("the reveal is nothing new")
	}
}
