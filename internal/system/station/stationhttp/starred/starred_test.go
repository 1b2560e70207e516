package starred_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
)

// town serves the town as of now: stars end with the time.
func town(t *testing.T) string {
	t.Helper()
	data := dbtest.Open(t, dbtest.SQLite(t), pagetest.Schemas...)
	for _, s := range pagetest.TownStations(t) {
		if _, err := station.New(data).Save(t.Context(), "test", s); err != nil {
			t.Fatal(err)
		}
	}
	return pagetest.Serve(t, web.Options{}, pagetest.Town(t), data, time.Now())
}

var (
	seen   = regexp.MustCompile(`name="seen" value="(\d+)"`)
	appeal = regexp.MustCompile(`name="appeal" value="([^"]+)"`)
)

// TestStarsOnPages: the office surveys, reviews and lowers; the keeper appeals; the referee, and nobody else, decides; everybody reads why.
func TestStarsOnPages(t *testing.T) {
	site := town(t)
	office, referee, public := pagetest.SignedIn(t, site, "station.office"), pagetest.SignedIn(t, site, "station.referee"), pagetest.Stranger(t)
	division, err := gb.Parse("630103")
	if err != nil {
		t.Fatal(err)
	}
	keeper := pagetest.Stranger(t)
	at, _ := url.Parse(site)
	keeper.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: pagetest.Office(t, site).ByDevice(identity.Giving{Role: station.Keeper, Scope: right.Scope{Division: division, Subject: station.Subject("T-1")}})}})
	star := site + "/stations/T-1/star"
	send := func(client *http.Client, to string, want int, form url.Values) string {
		t.Helper()
		a, body := pagetest.Send(t, client, star+to, form)
		if a.StatusCode != want {
			t.Errorf("%s: %s", to, a.Status)
		}
		return body
	}
	page := func(client *http.Client) string {
		t.Helper()
		a, body := pagetest.GetAs(t, client, star)
		if a.StatusCode != http.StatusOK {
			t.Fatal(a.Status, body)
		}
		return body
	}
	pagetest.WantInOrder(t, page(public), "还没有评过星")
	send(public, "/review", http.StatusForbidden, nil)
	if strings.Contains(page(public), "怎么评的") {
		t.Error("the public reviewed it")
	}
	send(office, "/review", http.StatusSeeOther, nil)
	pagetest.WantInOrder(t, page(public), "一星", "每周开放小时数", "84", "二星要至少 3", "缺")
	if body := page(public); strings.Contains(body, "<form class=\"panel") {
		t.Error("the public has forms")
	}
	send(office, "/survey", http.StatusUnprocessableEntity, url.Values{"day": {"2020-01-01"}})
	pagetest.WantInOrder(t, send(office, "/survey", http.StatusUnprocessableEntity, url.Values{"day": {time.Now().Format("2006-01-02")}, "area": {"三十"}}), "请写整数", `id="f-area"`)
	send(office, "/survey", http.StatusSeeOther, url.Values{"day": {time.Now().Format("2006-01-02")}, "area": {"30"}, "kit": {"no"}})
	pagetest.WantInOrder(t, page(public), "待复评", "实地核查发现问题")
	form := func() url.Values {
		return url.Values{"seen": {seen.FindStringSubmatch(page(office))[1]}, "to": {"0"}, "lower_why": {"设备坏了三个月没有修"}}
	}
	send(keeper, "/lower", http.StatusForbidden, form())
	pagetest.WantInOrder(t, send(office, "/lower", http.StatusUnprocessableEntity, url.Values{"seen": form()["seen"], "to": {"0"}}), "请写明理由")
	send(office, "/lower", http.StatusSeeOther, form())
	pagetest.WantInOrder(t, page(public), "已告知要撤销星级", "设备坏了三个月没有修")
	pagetest.WantInOrder(t, page(keeper), "对星级申诉")
	send(keeper, "/appeal", http.StatusSeeOther, url.Values{"what": {"<b>零件在路上</b>"}})
	if body := page(public); strings.Contains(body, "零件在路上") || !strings.Contains(body, "待决定") {
		t.Error("the public reads what was said, or does not know of it")
	}
	body := page(referee)
	pagetest.WantInOrder(t, body, "&lt;b&gt;零件在路上", "决定第 1 次申诉")
	decide := url.Values{"appeal": {appeal.FindStringSubmatch(body)[1]}, "seen": {seen.FindStringSubmatch(body)[1]}, "move": {"uphold"}, "decide_why": {"零件订单属实"}}
	send(office, "/decide", http.StatusForbidden, decide)
	pagetest.WantInOrder(t, send(referee, "/decide", http.StatusUnprocessableEntity, url.Values{"appeal": decide["appeal"], "seen": decide["seen"], "decide_why": {"是"}}), "请选成立或不成立")
	send(referee, "/decide", http.StatusSeeOther, decide)
	pagetest.WantInOrder(t, page(public), "一星", "成立", "零件订单属实")
	if a, text := pagetest.Get(t, star+".json", "*/*"); a.StatusCode != http.StatusOK || !strings.Contains(text, `"measure": "hours"`) {
		t.Error(a.Status, text)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-1"), `href="/stations/T-1/star"`, "一星")

	list := site + "/stations/stars"
	pagetest.WantInOrder(t, pagetest.Page(t, list), "一星", "白天驿站", "T-1")
	for query, want := range map[string]int{"?star=1": 200, "?star=9": 422, "?division=999999": 422, "?show=again&division=630103": 200, "?show=what": 422} {
		if a, _ := pagetest.Get(t, list+query, "text/html"); a.StatusCode != want {
			t.Errorf("%s: %s", query, a.Status)
		}
	}
	if a, text := pagetest.Get(t, list+".xlsx", "*/*"); a.StatusCode != http.StatusOK || !strings.HasPrefix(text, "PK") {
		t.Error(a.Status)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, list+"/rule"), "期限", "示例", "五星", "散列值")
	if a, _ := pagetest.Send(t, office, list+"/batch", url.Values{}); a.StatusCode != http.StatusUnprocessableEntity {
		t.Error("a batch over nothing:", a.Status)
	}
	if a, _ := pagetest.Send(t, office, list+"/batch", url.Values{"batch": {"all"}}); a.StatusCode != http.StatusSeeOther {
		t.Error(a.Status)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, body := pagetest.GetAs(t, office, list)
		if strings.Contains(body, "做完：4 / 4 站") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the batch does not end", body)
		}
	}
}
