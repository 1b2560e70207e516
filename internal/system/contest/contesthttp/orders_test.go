package contesthttp_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const orderAt = "/contests/" + code + "/office/order"

// in is a time of here, as a form has it.
func (s site) in(d time.Duration) string { return s.Now.Add(d).In(china).Format("2006-01-02T15:04") }

func (s site) throwing(more ...string) []string {
	return append([]string{
		"part", "show", "seen", seen(s.Look(code).Version), "source", "dice", "at", s.in(3 * time.Minute), "until", s.in(30 * time.Minute), "limit", "480", "warn", "30",
	}, more...)
}

// An order is committed to, typed by two people and drawn; what is wrong comes back with what was typed, and nobody types an order.
func TestTheOrder(t *testing.T) {
	s := serve(t)
	o, supervisor := s.organiser(), s.as("contest.supervisor", "")
	visitor{s, ""}.get(orderAt).want(http.StatusSeeOther)
	s.Call(code)
	ids := map[string]string{}
	for _, title := range []string{"甲", "乙", "丙"} {
		e := s.Submit(code, title, "市医院")
		s.Review(e.ID, entry.Accepted, "")
	}
	o.get(orderAt).want(http.StatusOK, "还不能抽签", "!公布约定")
	for _, e := range s.Shortlist(code) {
		ids[e.Number] = e.ID
	}
	s.as("contest.judge", "").get(orderAt).want(http.StatusForbidden)
	o.get(orderAt).want(http.StatusOK, "公布约定", "双色球", "掷骰子", `name="seen" value="`+seen(s.Look(code).Version)+`"`)
	supervisor.get(orderAt).want(http.StatusOK, "!公布约定")
	supervisor.post(orderAt+"/commit", s.throwing()...).want(http.StatusForbidden)
	o.post(orderAt+"/commit", s.throwing("limit", "x")...).went(orderAt + "?done=committed") // the first of a name counts
	o.post(orderAt+"/commit", s.throwing()...).want(http.StatusConflict, "没有结束")
	page := o.get(orderAt).want(http.StatusOK, "等号码公布", "录不进去", "/draws/", "!录入这个号码", "!公布约定")
	if countOf(page.body, `name="order"`) > 0 {
		t.Error("an order can be typed")
	}
	o.post(orderAt+"/seed", "part", "show", "choice", "1", "value", "3265141625").want(http.StatusGone, "现在不能填")
	s.Later(5 * time.Minute)
	o.get(orderAt).want(http.StatusOK, "录入这个号码")
	o.post(orderAt+"/seed", "part", "show", "choice", "1", "value", "326514162").want(http.StatusUnprocessableEntity, "326514162", "不对")
	o.post(orderAt+"/seed", "part", "show", "choice", "1", "value", "3265141625").went(orderAt + "?done=typed")
	o.get(orderAt).want(http.StatusOK, "您是其中一个")
	supervisor.get(orderAt).want(http.StatusOK, "已有 1 个人录入", "!3265141625")
	supervisor.post(orderAt+"/seed", "part", "show", "choice", "1", "value", "3265141626").went(orderAt + "?done=differs")
	supervisor.post(orderAt+"/seed", "part", "show", "choice", "1", "value", "3265141625").went(orderAt + "?done=drawn")
	o.get(orderAt).want(http.StatusOK, "已抽出", "展示顺序", "E-01", "E-02", "E-03", "!公布约定")
	if s.Look(code).State != contest.Drawn {
		t.Error(s.Look(code).State)
	}

	e := s.Entry(ids["E-02"])
	if _, err := s.Entries.Withdraw(s.Ctx(), s.Organiser, e.ID, e.Version, "不来了"); err != nil {
		t.Fatal(err)
	}
	o.get(orderAt).want(http.StatusOK, "提出跳过 E-02")
	o.post(orderAt+"/skip", "part", "show", "entry", "E-01").want(http.StatusConflict, "没有撤回")
	o.post(orderAt+"/skip", "part", "show", "entry", "E-02").went(orderAt + "?done=asked")
	o.post(orderAt+"/skip", "part", "show", "entry", "E-02").want(http.StatusForbidden, "另一个人")
	supervisor.get(orderAt).want(http.StatusOK, "确认跳过 E-02")
	supervisor.post(orderAt+"/skip", "part", "show", "entry", "E-02").went(orderAt + "?done=skipped")
	o.get(orderAt).want(http.StatusOK, "!E-02", "E-03")
}

// A mistaken commitment comes back, is cancelled, and one whose number never came is ended.
func TestAnOrderThatDoesNotCount(t *testing.T) {
	s := serve(t)
	o := s.organiser()
	s.Call(code)
	s.Review(s.Submit(code, "甲", "市医院").ID, entry.Accepted, "")
	s.Shortlist(code)
	form := s.throwing()
	for i := 0; i < len(form); i += 2 {
		if form[i] == "limit" {
			form[i+1] = "八分钟"
		}
	}
	o.post(orderAt+"/commit", form...).want(http.StatusUnprocessableEntity, "八分钟", `id="e-limit"`)
	late := s.throwing()
	late[7] = s.in(-time.Hour)
	o.post(orderAt+"/commit", late...).want(http.StatusGone, "请改用以后的一次", late[7])
	o.post(orderAt+"/commit", s.throwing()...).went(orderAt + "?done=committed")
	o.post(orderAt+"/cancel", "part", "show", "seen", "0").want(http.StatusUnprocessableEntity, "取消的理由")
	o.post(orderAt+"/cancel", "part", "show", "seen", "0", "reason", "source").went(orderAt + "?done=cancelled")
	o.get(orderAt).want(http.StatusOK, "已取消", "公布约定")
	o.post(orderAt+"/commit", s.throwing()...).went(orderAt + "?done=committed")
	o.post(orderAt+"/close", "part", "show", "seen", "0").want(http.StatusGone)
	s.Later(40 * time.Minute)
	o.get(orderAt).want(http.StatusOK, "号码一直没有来")
	o.post(orderAt+"/close", "part", "show", "seen", "0").went(orderAt + "?done=closed")
	o.get(orderAt).want(http.StatusOK, "已结束", "公布约定")
}

// shoot keeps a picture of a page where somebody wants to look at it.
func shoot(b *webtest.Tab, name string) { b.Shot(name) }

// An organiser goes from a new contest to a drawn order in a browser; units and the second person come in beside.
func TestAnOrganisersJourney(t *testing.T) {
	s := serve(t)
	o := s.organiser()
	b := webtest.Open(t, s.url, webtest.Desk)
	b.SetCookie("session", o.token)
	const main = `main form .button-main[type="submit"]`
	b.Go("/contests/new")
	shoot(b, "new")
	b.Type("#f-title", "十佳案例评审")
	b.Type("#f-code", code)
	b.Type("#f-approval", "青评〔2026〕1号")
	b.Follow(main)
	b.Wait(`document.body.innerText.includes('规则的散列已经写进公开日志')`)
	shoot(b, "prepared")
	webtest.Eval[bool](b, `(document.querySelector('#f-until').value = '`+s.in(time.Hour)+`', true)`)
	b.Follow(`#call .button-main`)
	b.Wait(`document.body.innerText.includes('来一件审一件')`)
	for _, org := range []string{"市医院", "住建局"} {
		u := s.as("contest.unit", org)
		u.post("/contests/"+code+"/submit", "title", org+"的案例", "unit", org, "presenter", "王某", "phone", "13900000001")
	}
	b.Go("/contests/" + code + "/office/entries/new")
	b.Type("#f-title", "纸上来的案例")
	webtest.Eval[bool](b, `(document.querySelector('#f-unit').value = '外地单位', true)`)
	b.Follow(main)
	b.Go("/contests/" + code + "/office/entries")
	shoot(b, "entries")
	for b.Go("/contests/" + code + "/office/entries?state=submitted"); b.Count("main tbody th a") > 0; b.Go("/contests/" + code + "/office/entries?state=submitted") {
		b.Follow("main tbody th a")
		shoot(b, "entry")
		b.Click(`input[name="to"][value="accepted"]`)
		b.Follow(main)
	}
	s.Later(61 * time.Minute)
	b.Go("/contests/" + code + "/office")
	shoot(b, "called")
	b.Follow(`.next .button-main`)
	b.Wait(`document.body.innerText.includes('入围作品有了编号')`)
	s.judge("市医院")
	s.judge("住建")
	b.Go("/contests/" + code + "/office/seats")
	webtest.Eval[bool](b, `(document.querySelector('#f-person').selectedIndex = 1, true)`)
	b.Follow(main)
	shoot(b, "seats")
	b.Go(orderAt)
	b.Type("#f-at", s.in(3*time.Minute))
	webtest.Eval[bool](b, `(document.querySelector('#f-source').value = 'dice', document.querySelector('#f-until').value = '`+s.in(30*time.Minute)+`', true)`)
	shoot(b, "order-commit")
	b.Follow(main)
	b.Wait(`document.body.innerText.includes('约定好了')`)
	shoot(b, "order-waiting")
	s.Later(5 * time.Minute)
	b.Go(orderAt)
	b.Type(`input[name="value"]`, "3265141625")
	b.Follow(main)
	shoot(b, "order-typed")
	s.as("contest.supervisor", "").post(orderAt+"/seed", "part", "show", "choice", "1", "value", "3265141625").went(orderAt + "?done=drawn")
	b.Go(orderAt)
	b.Wait(`document.body.innerText.includes('已抽出')`)
	shoot(b, "order-drawn")
	b.Go("/contests/" + code + "/office")
	shoot(b, "drawn")
	if s.Look(code).State != contest.Drawn {
		t.Error(s.Look(code).State)
	}
	if os.Getenv("XIADU_SHOTS") == "" {
		return
	}
	phone := webtest.Open(t, s.url, webtest.Phone)
	phone.SetCookie("session", o.token)
	for name, at := range map[string]string{"new": "/contests/new", "office": "/contests/" + code + "/office", "entries": "/contests/" + code + "/office/entries", "seats": "/contests/" + code + "/office/seats", "order": orderAt, "pool": "/contests/experts", "import": "/contests/" + code + "/office/entries/import"} {
		phone.Go(at)
		shoot(phone, "phone-"+name)
	}
	phone.SetCookie("session", s.as("contest.unit", "市医院").token)
	phone.Go("/contests/" + code + "/submit")
	shoot(phone, "phone-submit")
	b.Go("/contests/experts")
	shoot(b, "pool")
}
