package trial_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

// follow asks for an address without following where it leads.
func follow(t *testing.T, address string) (pagetest.Reply, string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	return pagetest.Reply{StatusCode: a.StatusCode, Status: a.Status, Header: a.Header}, a.Header.Get("Location")
}

func TestATrialIsItsAddress(t *testing.T) {
	site := pagetest.TownSite(t)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif?"+pagetest.Noon), "现在走 15 分钟到得了驿站的有", "有驿站可去", "有两个以上可选", "改动（0 条）", "平常的一周")
	body := pagetest.Page(t, site+"/whatif?"+pagetest.Noon+"&c=close+T-1")
	pagetest.WantInOrder(t, body, "人不再有驿站可去", "撤销", "全部还原", "−", "改动（1 条）", "关闭 白天驿站", "单看这条：有驿站的 −", "存成方案")
	// What an act leads to has one address, whatever was there before.
	for act, want := range map[string]string{
		"act=close&code=T-1":                                              "c=close+T-1",
		"act=pause&code=T-1&days=Sa,Su&days=PH":                           "c=pause+T-1+Sa%2CSu%2CPH",
		"act=hours&code=T-1&hours=每天 8:00-22:00":                          "c=hours+T-1+Mo-Su+08%3A00-22%3A00",
		"act=move&code=T-1&lon=101.78&lat=36.62":                          "c=move+T-1+101.78%2C36.62",
		"act=open&lon=101.78&lat=36.62&hours=24/7&name=新 站":               "c=open+NEW-1+101.78%2C36.62+%22%E6%96%B0+%E7%AB%99%22+24%2F7",
		"act=close&code=T-1&code=T-2":                                     "c=close+T-1&c=close+T-2",
		"act=close&brand=none":                                            "c=close+brand%3Anone",
		"act=line&add=pause T-1 周六":                                       "c=pause+T-1+Sa",
		"c=move+T-1+101.7,36.6&c=hours+T-1+24/7&act=close&code=T-1":       "c=close+T-1",
		"c=open+101.78,36.62+24/7&act=open&lon=101.7&lat=36.6&hours=24/7": "c=open+NEW-1+101.78%2C36.62+24%2F7&c=open+NEW-2+101.7%2C36.6+24%2F7",
		"c=open+N+101.78,36.62+24/7&act=close&code=N":                     "",
	} {
		q, err := url.ParseQuery(act)
		if err != nil {
			t.Fatal(err)
		}
		a, to := follow(t, site+"/whatif?"+pagetest.Noon+"&"+q.Encode())
		got := strings.Replace(to, "/whatif?at=2026-11-23T12%3A00", "", 1)
		if want != "" {
			want = "&" + want
		}
		if a.StatusCode != http.StatusSeeOther || got != want+"&minutes=15" {
			t.Errorf("%s: %s to %s, want %s", act, a.Status, got, want)
		}
	}
}

// A station where nobody gets is told from one that makes no difference at the hour.
func TestATrialFarOffTheStreets(t *testing.T) {
	site := pagetest.TownSite(t)
	for _, change := range []string{"open 99,36.617 24/7", "move T-4 99,36.617"} {
		body := pagetest.Page(t, site+"/whatif?"+pagetest.Noon+"&c="+url.QueryEscape(change))
		pagetest.WantInOrder(t, body, "离本城的路太远（超过 500 米），没有人到得了")
		if strings.Contains(body, "换个钟点看看") {
			t.Errorf("%s: another hour is said to help", change)
		}
	}
	near := pagetest.Page(t, site+"/whatif?"+pagetest.Noon+"&c="+url.QueryEscape("open "+pagetest.F6(pagetest.InTown(0, 0).Lon)+","+pagetest.F6(pagetest.InTown(0, 0).Lat)+" 24/7"))
	if strings.Contains(near, "离本城的路太远") {
		t.Error("a place on a street is said to be far off")
	}
}

func TestATrialRefusesWhatCannotBe(t *testing.T) {
	site := pagetest.TownSite(t)
	for query, want := range map[string]string{
		"act=close&code=NOBODY":                           "没有编号为 NOBODY 的站点",
		"act=hours&code=T-1&hours=soon":                   "读不懂",
		"act=hours&code=T-1":                              "没有写营业时间",
		"act=pause&code=T-1":                              "不是哪几天",
		"act=move&code=T-1&lon=x&lat=y":                   "读不懂",
		"act=open&lon=101.78&lat=36.62":                   "没有写营业时间",
		"act=sing":                                        "不认识“sing”",
		"act=close":                                       "不是站点编号",
		"act=line&add=" + url.QueryEscape(pagetest.Nasty): "不认识",
	} {
		a, body := pagetest.Get(t, site+"/whatif?"+pagetest.Noon+"&c=close+T-2&"+query, "text/html")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, want) || !strings.Contains(body, "关闭 夜里驿站") || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: %s, and no “%s” in\n%s", query, a.Status, want, body)
		}
	}
	for query, want := range map[string]string{
		"c=close+NOBODY":                    "第 1 条改动",
		"c=close+T-1&c=fly":                 "第 2 条改动",
		strings.Repeat("c=close+T-1&", 201): "改动太多",
		"c=" + strings.Repeat("x", 2000):    "太长",
		strings.Repeat("c=hours+T-1+Mo-Fr+08:00-18:00,20:00-22:00&", 190): "一个网址放不下",
	} {
		a, body := pagetest.Get(t, site+"/whatif?"+pagetest.Noon+"&"+query, "text/html")
		if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusNotFound || !strings.Contains(body, want) {
			t.Errorf("%.60s: %s, and no “%s” in\n%s", query, a.Status, want, body)
		}
	}
}

func TestSheetsWithoutScripts(t *testing.T) {
	site := pagetest.TownSite(t)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/station/T-1?"+pagetest.Noon), "白天驿站", "T-1", "关闭这一站", "改时间", "暂停", "按经纬度移动", "回到试一试")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/station/T-1?"+pagetest.Noon+"&c=close+T-1"), "在这个方案里已关闭", "恢复这一站")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/station/NEW-1?"+pagetest.Noon+"&c=open+101.775,36.612+24/7"), "NEW-1", "在这个方案里新开")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/new?"+pagetest.Noon+"&lon=101.775&lat=36.612"), "新开一站", "谁家的", "在这里新开")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/new?"+pagetest.Noon+"&lon=102.5&lat=36.612"), "没有人走得到")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/pick?"+pagetest.Noon+"&q="+url.QueryEscape("驿站")), "找到 3 站", "白天驿站", "周末暂停")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif/pick?"+pagetest.Noon+"&bbox=101,36,102,37&c=close+T-1"), "框里有 3 站", "夜里驿站")
	if a, _ := pagetest.Get(t, site+"/whatif/station/NOBODY?"+pagetest.Noon, "text/html"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a station that there is not: %s", a.Status)
	}
}

func TestTrialOnTheMap(t *testing.T) {
	site := pagetest.TownSite(t)
	a, body := pagetest.Get(t, site+"/map/whatif?"+pagetest.Noon+"&c=close+T-1", "application/json")
	if a.StatusCode != http.StatusOK || !strings.Contains(body, `"shift":"loss"`) || !strings.Contains(body, `"Polygon"`) {
		t.Errorf("%s: %s", a.Status, body)
	}
	_, body = pagetest.Get(t, site+"/map/whatif/stations?"+pagetest.Noon+"&c=close+T-1&c=move+T-2+101.775,36.612&c=open+101.776,36.612+24/7&c=hours+T-3+24/7", "application/json")
	pagetest.WantInOrder(t, body, `"act":"opened"`, `"act":"closed"`, `"act":"moved"`, `"act":"from"`, `"LineString"`, `"act":"hours"`)
}
