package dutyhttp_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// sessions last by the time of the database, and what is due is reckoned by the time of the test.

// Somebody sees what is late, soon due and the rest, for all their units and in words; and
// what they gave to others.
func TestWhatSomebodyHasToDo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina, bank := o.handler("水务局", "供热公司"), o.handler("督办办公室")
		amina.sees("/me", []string{"现在没有要您办的事", "交给您单位的事"})
		o.with(identity.Giving{Role: "post.reader"}).sees("/me", []string{"现在不代表哪个单位办件"})

		o.now = china("2026-11-03 10:00") // Tuesday
		late, soon, far := o.letter("L-1", "水务局", "1 working day"), o.letter("L-2", "供热公司", "7 working days"), o.letter("L-3", "水务局", "60 days")
		hours := o.letter("L-4", "水务局", "60 hours")
		o.now = china("2026-11-05 14:00") // Thursday
		body := amina.sees("/me", []string{
			"1 件超期，2 件五个工作日内到期。", "超期 1 天", "2026年11月4日（周三）", "还有 5 个工作日", "2026年11月12日（周四）", "今天到期", "2026年11月5日（周四） 22:00",
			"来信", "关于L-2的事", `href="/letters/L-2"`, "供热公司", "签收", `href="/me/due/` + late, `href="/me/due/` + soon, `href="/me/due/` + far, `href="/me/due/` + hours,
		}, "等别人办的")
		order := regexp.MustCompile(`href="/letters/(L-\d)"`).FindAllStringSubmatch(body, -1)
		if fmt.Sprint(order) != "[[href=\"/letters/L-1\" L-1] [href=\"/letters/L-4\" L-4] [href=\"/letters/L-2\" L-2] [href=\"/letters/L-3\" L-3]]" {
			t.Error(order)
		}
		bank.sees("/me", []string{"没有超期的，五个工作日内也没有到期的。", "等别人办的", "L-1", "水务局"}, "五个工作日内到期。 ")

		// Once it is done it is the other's, without a date.
		o.must(o.move(soon, "sign", casework.Person{ID: amina.person, Organisation: o.units["供热公司"]}))
		o.must(o.move(soon, "answer", casework.Person{ID: amina.person, Organisation: o.units["供热公司"]}))
		bank.sees("/me", []string{"以后到期和没有期限的", "审核", "没有期限，或正在中止"})
		amina.sees("/me", []string{"1 件超期，1 件五个工作日内到期。"}, "L-2")

		// English is whole.
		amina.sees("/me?lang=en", []string{"1 late, 1 due within five working days.", "1 day late", "due today", "Wed 2026-11-04", "sign for it"})
	})
}

// A long list is read page by page, each case once; the count is bounded by what is true.
func TestALongList(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina := o.handler("水务局")
		o.now = china("2026-11-03 10:00")
		for i := range 70 {
			o.letter(fmt.Sprintf("L-%03d", i), "水务局", "1 working day") // all due at once
		}
		o.now = china("2026-11-09 10:00")
		amina.sees("/me", []string{"70 件超期。", `href="/me?list=late"`, "全部 70 件"})
		seen := map[string]bool{}
		next := "/me?list=late"
		pages := 0
		for ; next != ""; pages++ {
			body := amina.sees(next, []string{"超期 5 天"})
			for _, m := range regexp.MustCompile(`href="/letters/(L-\d+)"`).FindAllStringSubmatch(body, -1) {
				if seen[m[1]] {
					t.Error("twice:", m[1])
				}
				seen[m[1]] = true
			}
			next = ""
			if m := regexp.MustCompile(`href="(/me\?[^"]*)" rel="next"`).FindStringSubmatch(body); m != nil {
				next = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if len(seen) != 70 || pages != 3 {
			t.Error(len(seen), pages)
		}
		if status, _, _ := amina.do(http.MethodGet, "/me?list=late&after=broken"); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Error(status)
		}
		if status, _, _ := amina.do(http.MethodGet, "/me?list=none"); status != http.StatusNotFound {
			t.Error(status)
		}
	})
}

// The due date says why, to who owes it and who waits for it, and to nobody else.
func TestWhyItIsDue(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina, bank, other := o.handler("水务局"), o.handler("督办办公室"), o.handler("供热公司")
		o.now = china("2026-11-06 10:00") // Friday
		id := o.letter("L-1", "水务局", "2 working days")
		for _, who := range []colleague{amina, bank} {
			who.sees("/me/due/"+id, []string{"L-1", "签收", "还有 2 个工作日", "2026年11月10日（周二）届满", "一天一天地数", "不计：休息日", "第 1 至第 2 个工作日"})
		}
		for path, who := range map[string]colleague{"/me/due/" + id: other, "/me/due/none": amina} {
			if status, _, body := who.do(http.MethodGet, path); status != http.StatusNotFound || strings.Contains(body, "L-1") {
				t.Error(path, status)
			}
		}
		nobody := colleague{o: o}
		if _, at, _ := nobody.do(http.MethodGet, "/me/due/"+id); at != "/sign-in" {
			t.Error(at)
		}
	})
}

// A deputy sees what they see anyway, and the page says what that is: no right is given.
// Either ends it, and a step for another is refused from then on.
func TestSomebodyIsAway(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		wang, li, zhao := o.handler("水务局", "供热公司"), o.handler("水务局"), o.handler("督办办公室")
		o.now = china("2026-11-03 10:00")
		zhao.sees("/me/away", []string{"现在没有可以托的人"})
		wang.sees("/me/away", []string{"代办不给人新的权限", li.person, "水务局）"}, zhao.person)
		give := func(fields ...string) (int, string) {
			status, _, body := wang.do(http.MethodPost, "/me/away", fields...)
			return status, body
		}
		for want, fields := range map[string][]string{
			"只能托给在同一个单位": {"deputy", zhao.person, "from", "2026-11-03", "until", "2026-11-05"},
			"请选由谁代办":     {"from", "2026-11-03", "until", "2026-11-05"},
			"请写日期":       {"deputy", li.person, "from", "明天", "until", "2026-11-05"},
			"结束早于开始":     {"deputy", li.person, "from", "2026-11-09", "until", "2026-11-05"},
			"已经过去":       {"deputy", li.person, "from", "2026-10-01", "until", "2026-10-05"},
		} {
			if status, body := give(fields...); status < 400 || status >= 500 || !strings.Contains(body, want) {
				t.Error(want, status)
			}
		}
		if status, body := give("deputy", li.person, "from", "2026-11-03", "until", "2026-11-05", "why", "开会"); status != http.StatusOK || !strings.Contains(body, "不包括：") {
			t.Error(status)
		}
		wang.sees("/me/away", []string{"代我办", "水务局", "供热公司（代办的人在那里没有权限）", "开会", "2026年11月3日（周二）", "2026年11月5日（周四）"})
		wang.sees("/me", []string{"在代您办，到 2026年11月5日（周四）"})
		li.sees("/me/away", []string{"我代", "办：水务局", "开会"})
		li.sees("/me", []string{"您在代"})
		zhao.sees("/me/away", nil, "我代")

		id := o.letter("L-1", "水务局", "5 working days")
		o.must(o.move(id, "sign", casework.Person{ID: li.person, Organisation: o.units["水务局"], For: wang.person}))
		token := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(li.sees("/me/away", nil))[1]
		if status, _, _ := zhao.do(http.MethodPost, "/me/away/end", "id", token); status != http.StatusNotFound {
			t.Error("somebody else ended it:", status)
		}
		li.do(http.MethodPost, "/me/away/end", "id", token)
		wang.sees("/me/away", nil, "代我办</h2>")
		if err := o.move(id, "answer", casework.Person{ID: li.person, Organisation: o.units["水务局"], For: wang.person}); err == nil {
			t.Error("a step was made for somebody who had ended it")
		}
		o.must(o.move(id, "answer", casework.Person{ID: li.person, Organisation: o.units["水务局"]}))
		if status, _, _ := wang.do(http.MethodPost, "/me/away/end", "id", token); status != http.StatusOK {
			t.Error("ending what has ended is an error:", status)
		}
	})
}

// What could not be sent is on the list of those who ring up, where they are responsible.
func TestCallsToMake(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		duty, clerk := o.with(identity.Giving{Role: "cases.duty"}), o.handler("水务局")
		duty.sees("/me/calls", []string{"没有要打的电话"})
		o.now = china("2026-11-03 10:00")
		o.letter("L-1", "水务局", "1 working day")
		o.letter("L-2", "供热公司", "1 working day")
		o.now = china("2026-11-05 10:00")
		body := duty.sees("/me/calls", []string{"水务局", "供热公司", "L-1", "新任务、超期：签收", "还没有发", "超期 1 天"})
		ids := regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(body, -1)
		if len(ids) != 4 {
			t.Fatal(len(ids))
		}
		if status, _, _ := clerk.do(http.MethodGet, "/me/calls"); status != http.StatusForbidden {
			t.Error(status)
		}
		if status, _, _ := clerk.do(http.MethodPost, "/me/calls", "id", ids[0][1]); status != http.StatusForbidden {
			t.Error(status)
		}
		for _, id := range ids {
			duty.do(http.MethodPost, "/me/calls", "id", id[1], "do", "told")
		}
		duty.sees("/me/calls", []string{"没有要打的电话"})
	})
}

// TestMineLooksRight walks the pages as people do, on a phone and at a desk.
func TestMineLooksRight(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if o.d.Engine() != "sqlite" {
			return
		}
		wang, li := o.handler("水务局", "供热公司", "督办办公室"), o.handler("水务局")
		duty := o.with(identity.Giving{Role: "cases.duty"})
		o.now = china("2026-11-03 10:00")
		o.letter("D2QH202511030041", "水务局", "1 working day")
		o.letter("X2QH202511030007", "供热公司", "2 working days")
		o.letter("D2QH202511030043", "水务局", "60 hours")
		far := o.letter("X2QH202511030008", "供热公司", "7 working days")
		for i := range 12 {
			o.letter(fmt.Sprintf("D2QH2025110301%02d", i), "水务局", "60 days")
		}
		o.now = china("2026-11-05 14:00")
		wang.do(http.MethodPost, "/me/away", "deputy", li.person, "from", "2026-11-09", "until", "2026-11-13", "why", "培训")
		for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
			b := webtest.Open(t, o.url, view)
			b.SetCookie("session", wang.token)
			for page, path := range map[string]string{"home": "/me", "list": "/me?list=rest", "due": "/me/due/" + far, "away": "/me/away", "calendar": "/me/calendar", "en": "/me?lang=en"} {
				b.Go(path)
				b.Shot("me-" + page + "-" + name)
				b.Check()
			}
			b.Go("/me/calendar?lang=zh")
			b.Follow(`form[action="/me/calendar"] button`)
			b.Shot("me-address-" + name)
			b.Check()
			b.SetCookie("session", duty.token)
			b.Go("/me/calls")
			b.Shot("me-calls-" + name)
			b.Check()
			b.Go("/me")
			b.Shot("me-empty-" + name)
			b.Check()
		}
	})
}
