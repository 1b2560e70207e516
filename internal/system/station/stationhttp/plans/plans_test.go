package plans_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
)

// planSite serves the town.
func planSite(t *testing.T) (string, *db.DB) {
	t.Helper()
	data := dbtest.Open(t, dbtest.SQLite(t), pagetest.Schemas...)
	return pagetest.Serve(t, web.Options{}, pagetest.Town(t), data, pagetest.Monday), data
}

func planForm(more ...string) url.Values {
	f := url.Values{
		"name": {"关掉白天驿站"}, "note": {"给区里看\n第二行"}, "changes": {"close T-1\nopen NEW-1 101.78,36.62 \"新站\" 24/7"},
		"at": {"2026-11-23T12:00"}, "minutes": {"15"},
	}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func TestAPlanIsSavedByAPlannerAndReadByAll(t *testing.T) {
	site, _ := planSite(t)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans"), "还没有方案", "去试一试")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans/new?"+pagetest.Noon+"&c=close+T-1"), "存成方案", "名称", "关闭 白天驿站", "保存要先登录", "保存方案")
	// Who may not save loses nothing of what they typed, and is told why.
	for who, client := range map[string]*http.Client{"保存要先登录": pagetest.Stranger(t), "您没有“保存和归档方案”的权限": pagetest.SignedIn(t, site)} {
		a, body := pagetest.Send(t, client, site+"/plans", planForm("name", "关<掉"))
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", who, a.Status)
		}
		pagetest.WantInOrder(t, body, "关&lt;掉", "给区里看", "close T-1", who)
	}
	// So it is with a broken rule.
	me := pagetest.Planner(t, site)
	a, body := pagetest.Send(t, me, site+"/plans", planForm("name", " "))
	if a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, "要先登录") {
		t.Errorf("no name: %s\n%s", a.Status, body)
	}
	pagetest.WantInOrder(t, body, "还没有存成", "名称是空的", "给区里看")
	a, _ = pagetest.Send(t, me, site+"/plans", planForm())
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/plans/P-0001?done=save" {
		t.Fatalf("saved: %s to %s", a.Status, a.Header.Get("Location"))
	}
	// Anybody reads it.
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans/P-0001"), "P-0001", "关掉白天驿站", "第二行", "有驿站可去", "改动（2 条）", "关闭 白天驿站", "新开“新站”",
		"工作日白天", "/plans/P-0001/plan.pdf", "改动记录（1 条）", "存成方案", "驿站规划员")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans"), "P-0001", "关掉白天驿站", "手工试出", "2", "共 1 个方案")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans?sort=-name"), `class="filter"`, `<input type="hidden" name="sort" value="-name">`) // choosing keeps the order
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans/P-0001/edit"), "修改方案 P-0001", "close T-1", "存进 P-0001", "另存为新方案")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/whatif?"+pagetest.Noon+"&c=close+T-1&plan=P-0001~1"), "改方案 P-0001：关掉白天驿站", "存进方案 P-0001")
	if a, _ := pagetest.Get(t, site+"/plans/P-9999", "text/html"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a plan that there is not: %s", a.Status)
	}
}

// Two save the same plan: the second loses nothing of what they typed, and
// decides.
func TestASecondSaveOfOneVersion(t *testing.T) {
	site, data := planSite(t)
	me := pagetest.Planner(t, site)
	pagetest.Send(t, me, site+"/plans", planForm())
	if a, _ := pagetest.Send(t, me, site+"/plans", planForm("plan", "P-0001~1", "name", "别人的名字")); a.StatusCode != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	mine := planForm("plan", "P-0001~1", "name", "我的名字", "note", "我写了很多", "changes", "close T-2")
	a, body := pagetest.Send(t, me, site+"/plans", mine)
	if a.StatusCode != http.StatusConflict {
		t.Errorf("a stale save: %s", a.Status)
	}
	pagetest.WantInOrder(t, body, "刚被别人改过", "您填的都还在下面", "别人的名字", "P-0001~2", "我的名字", "我写了很多", "close T-2", "用我的覆盖它", "另存为新方案")
	mine.Set("as", "new")
	if a, _ := pagetest.Send(t, me, site+"/plans", mine); a.Header.Get("Location") != "/plans/P-0002?done=save" {
		t.Errorf("saved as new: %s", a.Header.Get("Location"))
	}
	mine.Del("as")
	mine.Set("plan", "P-0001~2")
	if a, _ := pagetest.Send(t, me, site+"/plans", mine); a.StatusCode != http.StatusSeeOther {
		t.Errorf("saved over it: %s", a.Status)
	}
	plan, err := plan.New(data).Get(t.Context(), "P-0001")
	if err != nil || plan.Name != "我的名字" || plan.Version != 3 || len(plan.Changes) != 1 {
		t.Errorf("%+v, %v", plan, err)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans/P-0001/with/P-0002"), "两个方案对比", "P-0001", "P-0002", "它的改动，另一个方案里都有")
}

func TestOnlyThoseWhoKeepPlansArchive(t *testing.T) {
	site, _ := planSite(t)
	me := pagetest.Planner(t, site)
	pagetest.Send(t, me, site+"/plans", planForm())
	form := url.Values{"version": {"1"}, "archived": {"1"}}
	if a, _ := pagetest.Send(t, pagetest.Stranger(t), site+"/plans/P-0001/archive", form); a.StatusCode != http.StatusForbidden {
		t.Errorf("a stranger: %s", a.Status)
	}
	if a, _ := pagetest.Send(t, me, site+"/plans/P-0001/archive", form); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a planner: %s", a.Status)
	}
	if a, _ := pagetest.Send(t, me, site+"/plans/P-0001/archive", form); a.StatusCode != http.StatusConflict {
		t.Errorf("a stale version: %s", a.Status)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans/P-0001"), "这个方案已归档")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans"), "还没有方案")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans?archived=1"), "关掉白天驿站")
	if a, _ := pagetest.Send(t, me, site+"/plans/P-0001/archive", url.Values{"version": {"2"}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("undone: %s", a.Status)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/plans"), "关掉白天驿站")
}

// A plan keeps its figures; when the stations have changed its page says so.
func TestAPlanOfOtherDataSaysSo(t *testing.T) {
	_, data := planSite(t)
	city := pagetest.Town(t)
	before := pagetest.Serve(t, web.Options{}, city, data, pagetest.Monday)
	pagetest.Send(t, pagetest.Planner(t, before), before+"/plans", planForm())
	after := pagetest.Town(t)
	after.Revision = "t-2"
	pagetest.WantInOrder(t, pagetest.Page(t, pagetest.Serve(t, web.Options{}, after, data, pagetest.Monday)+"/plans/P-0001"), "重新算过，数字一样", "t-1", "t-2")
	for i := range after.Network.Stations { // the station that the plan closes is gone
		if after.Network.Stations[i].Code == "T-1" {
			after.Network.Stations[i].Code = "T-0"
		}
	}
	pagetest.WantInOrder(t, pagetest.Page(t, pagetest.Serve(t, web.Options{}, after, data, pagetest.Monday)+"/plans/P-0001"), "按今天的站点做不了这个方案", "没有编号为 T-1 的站点", "保存时")
}

func TestAPlanLeavesAsSheetsAndGeoJSON(t *testing.T) {
	site, _ := planSite(t)
	pagetest.Send(t, pagetest.Planner(t, site), site+"/plans", planForm("name", "=1+1"))
	_, sheets := pagetest.Get(t, site+"/plans/P-0001/plan.xlsx", "*/*")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(sheets)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for sheet, want := range map[string]string{"方案": "'=1+1", "改动": "关闭 白天驿站", "站点": "NEW-1", "受影响的网格": "失去驿站"} {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, row := range rows {
			all.WriteString(strings.Join(row, "\t") + "\n")
		}
		if !strings.Contains(all.String(), want) {
			t.Errorf("the sheet %s has no “%s”:\n%s", sheet, want, all.String())
		}
	}
	_, text := pagetest.Get(t, site+"/plans/P-0001/plan.geojson", "application/json")
	var c struct {
		Type     string
		Features []struct{ Properties map[string]any }
		Plan     stationPlan
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	layers := map[any]int{}
	for _, f := range c.Features {
		layers[f.Properties["layer"]]++
	}
	if c.Type != "FeatureCollection" || layers["station"] != 2 || layers["demand"] != 101 || c.Plan.Code != "P-0001" || c.Plan.Before.Covered1 == c.Plan.After.Covered1 {
		t.Errorf("%s with %v and %+v", c.Type, layers, c.Plan)
	}
}

type stationPlan struct {
	Code          string
	Before, After struct {
		Covered1 float64 `json:"covered_1"`
	}
}

func TestProgramsTryAndRead(t *testing.T) {
	site, _ := planSite(t)
	ask := func(body string) (pagetest.Reply, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/api/v1/whatif", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		out, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return pagetest.Reply{StatusCode: a.StatusCode, Status: a.Status, Header: a.Header}, string(out)
	}
	a, body := ask(`{"at":"2026-11-23T12:00","changes":["close T-1","open 101.78,36.62 24/7"]}`)
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, body)
	}
	pagetest.WantInOrder(t, body, `"changes":["close T-1","open NEW-1 101.78,36.62 24/7"]`, `"covered_1":`, `"part":"workday_day"`, `"lost_1":`, `"alone":[{`, `"searches":1`, `"revision":"t-1"`)
	if a, body = ask(`{"changes":["close NOBODY"]}`); a.StatusCode != http.StatusNotFound || !strings.Contains(body, "第 1 条改动") {
		t.Errorf("%s: %s", a.Status, body)
	}
	if a, body = ask(`{"changes":["fly"],"minutes":99}`); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%s: %s", a.Status, body)
	}
	pagetest.Send(t, pagetest.Planner(t, site), site+"/plans", planForm())
	_, body = pagetest.Get(t, site+"/api/v1/plans?sort=-gain&q=%E7%99%BD%E5%A4%A9", "application/json")
	pagetest.WantInOrder(t, body, `"total":1`, `"code":"P-0001"`, `"changes":["close T-1"`)
	_, body = pagetest.Get(t, site+"/api/v1/plans/P-0001", "application/json")
	pagetest.WantInOrder(t, body, `"code":"P-0001"`, `"origin":"whatif"`, `"profile":"walk"`, `"before":`, `"revision":"t-1"`)
	if a, _ := pagetest.Get(t, site+"/api/v1/plans/P-9", "application/json"); a.StatusCode != http.StatusNotFound {
		t.Error(a.Status)
	}
}
