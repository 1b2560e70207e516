package contesthttp_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// A judge asks to be recused in two steps, with what ties them to the entry, until anybody has sealed a sheet of it.
func TestAJudgeRecusesThemselves(t *testing.T) {
	s := judgingBy(t, contesttest.Rule(0), 3)
	d := s.device(s.Judges[0])
	recuse := func(d device, form ...string) answer {
		t.Helper()
		values := url.Values{}
		for i := 0; i+1 < len(form); i += 2 {
			values.Set(form[i], form[i+1])
		}
		return d.send(http.MethodPost, judgePage+"/recuse", values.Encode(), "application/x-www-form-urlencoded")
	}
	aways := func() (all []seat.Away) {
		t.Helper()
		s.Must(s.DB.View(s.ctx(), func(tx *db.Tx) (err error) { all, err = seat.Aways(tx, contesttest.Code); return err }))
		return all
	}
	s.begin("01")
	d.get(judgePage).want(http.StatusOK, "我要回避一个作品", `data-clock="presenting"`, "01 号的时间")
	whole := []string{"entry", "01", "kind", "own", "words", "我在这个单位任过职"}
	recuse(d, "entry", "01", "kind", "own", "words", " ").want(http.StatusUnprocessableEntity, "请用一两句话写明关系")
	recuse(d, "entry", "01", "kind", "friend", "words", "认识").want(http.StatusUnprocessableEntity, "请选是什么关系", "认识")
	recuse(d, "entry", "09", "kind", "own", "words", "认识").want(http.StatusUnprocessableEntity, "还没有封存的作品")
	recuse(d, whole...).want(http.StatusOK, "您要回避 01 号", "我在这个单位任过职", "确认回避 01 号")
	recuse(s.device(s.Keeper), append(whole, "do", "recuse")...).want(http.StatusForbidden)
	if all := aways(); len(all) > 0 {
		t.Fatalf("the first step has done it: %+v", all)
	}
	recuse(d, append(whole, "do", "recuse")...).went(judgePage)
	if all := aways(); len(all) != 1 || all[0].Seat != "j1" || all[0].Why != "recused" || all[0].Reason != "评委自己申请：本单位。我在这个单位任过职" {
		t.Errorf("%+v", all)
	}
	// Of what one is recused from not even the clock is told.
	d.get(judgePage+"?run=show/01/1").want(http.StatusOK, "这个作品您回避", "!data-clock=")
	recuse(d, append(whole, "do", "recuse")...).want(http.StatusUnprocessableEntity, "还没有封存的作品")

	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	s.begin("02")
	second := s.device(s.Judges[1])
	second.form("lock", "show/02/1", "m-score", "9.1").went(judgePage + "?run=show%2F02%2F1")
	recuse(d, "entry", "02", "kind", "relative", "words", "亲戚", "do", "recuse").want(http.StatusConflict, "回避要在打分之前")
}

// A judge sees the time that is left, and a clock that was paused stands.
func TestTheJudgeSeesTheClock(t *testing.T) {
	if testing.Short() {
		t.Skip("it opens a browser")
	}
	s := judgingBy(t, contesttest.Rule(0), 2)
	b := s.tab(0, webtest.Phone)
	s.begin("01")
	b.Wait(`document.querySelector('[data-clock-face]')?.textContent.startsWith('7:')`)
	b.Check()
	b.Shot("judge-clock")
	s.Must(s.Pause(s.ctx(), s.Keeper, contesttest.At("01")))
	b.Wait(`document.querySelector('[data-clock]')?.dataset.since === ''`)
	s.Must(s.Start(s.ctx(), s.Keeper, contesttest.At("01")))
	s.Must(s.Stop(s.ctx(), s.Keeper, contesttest.At("01")))
	b.Wait(`!document.querySelector('[data-clock]')`)
	b.Click(".judge-recuse summary")
	b.Wait(`document.querySelector("#f-words").value = "我在这个单位任过职，2024 年离开"`)
	b.Shot("judge-recuse")
	b.Follow(".judge-recuse button")
	b.Shot("judge-leave")
	b.Check()
	b.Resize(1280, 900)
	b.Shot("judge-leave-wide")
}
