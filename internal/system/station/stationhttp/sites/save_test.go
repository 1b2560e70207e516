package sites_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// Saving an answer needs the right to, keeps what was typed, and keeps the proof.
func TestSitingIsSavedAsAPlan(t *testing.T) {
	site, data := sitingSiteAnd(t)
	_, location, _ := post(t, site+"/siting", url.Values{"sites": {"3"}})
	job, _, _ := strings.Cut(location, "?")
	for {
		if status, _, _ := fetch(t, site+job+"/sites.json"); status == http.StatusOK {
			break
		}
	}
	status, _, body := post(t, site+job+"/plan", url.Values{"name": {"河湟新区三站"}})
	if status != http.StatusForbidden || !strings.Contains(body, `value="河湟新区三站"`) || !strings.Contains(body, "请先登录") {
		t.Fatalf("a stranger: %d", status)
	}
	saved, body := pagetest.Send(t, pagetest.Planner(t, site), site+job+"/plan", url.Values{"name": {"河湟新区三站"}})
	location = saved.Header.Get("Location")
	if saved.StatusCode != http.StatusSeeOther || !strings.HasPrefix(location, "/plans/") {
		t.Fatalf("a planner: %s to %s %s", saved.Status, location, body)
	}
	kept, err := plan.New(data).Get(t.Context(), strings.TrimPrefix(location, "/plans/"))
	if err != nil {
		t.Fatal(err)
	}
	var proof figures.SitingFigures
	if err := json.Unmarshal([]byte(kept.Proof), &proof); err != nil || kept.Origin != plan.Sited || len(kept.Changes) != 3 || len(proof.Sites) != 3 {
		t.Errorf("%v: %+v", err, kept)
	}
	if kept.Name != "河湟新区三站" || kept.After.Covered[1] <= kept.Before.Covered[1] || proof.Certificate.Words == "" {
		t.Errorf("%+v", kept)
	}
	wantOpened(t, site+location, kept)
	wantProvenFirst(t, site+location, kept, proof)
}

// An answer without a new site has no money for each person more.
func TestNoSiteHasNoCostForEach(t *testing.T) {
	site := sitingSite(t)
	_, location, _ := post(t, site+"/siting", url.Values{"sites": {"0"}})
	job, _, _ := strings.Cut(location, "?")
	for {
		if status, _, _ := fetch(t, site+job+"/sites.json"); status == http.StatusOK {
			break
		}
	}
	_, _, page := fetch(t, site+job)
	pagetest.WantInOrder(t, page, "一个也没有开", "¥0", "一个也不新开")
	if strings.Contains(page, "¥–") || strings.Contains(page, "多覆盖一个人合") {
		t.Error("the page has money for each person of none")
	}
}

// wantProvenFirst checks that a plan of a week's siting says what was proven of its hours
// before the figures of one moment, which is inside them, whenever it is saved.
func wantProvenFirst(t *testing.T, address string, kept plan.Plan, proof figures.SitingFigures) {
	t.Helper()
	if at := kept.Question.At; at.Hour() != 14 || !strings.Contains(kept.Note, "14:00") {
		t.Errorf("the plan is of %s and its note “%s”", at, kept.Note)
	}
	answer := lang.Percent(proof.CoveredBefore, proof.DemandTotal) + "% 到 " + lang.Percent(proof.CoveredAfter, proof.DemandTotal) + "%"
	_, _, page := fetch(t, address)
	pagetest.WantInOrder(t, page, "选址的答案（每天 07:00–21:00 平均）", answer, "有驿站可去", `class="op-title"`, answer, `class="op-numbers"`, "选址的答案")
	_, _, sheets := fetch(t, address+"/plan.xlsx")
	book, err := excelize.OpenReader(strings.NewReader(sheets))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows("方案"); err != nil || !strings.Contains(fmt.Sprint(rows), "每天 07:00–21:00 平均") {
		t.Errorf("the spreadsheet does not say what was proven: %v %v", rows, err)
	}
}

// wantOpened checks that a plan shows each station that it opens, on its map and in
// its files.
func wantOpened(t *testing.T, address string, kept plan.Plan) {
	t.Helper()
	_, _, onMap := fetch(t, address+"/map/stations")
	_, _, file := fetch(t, address+"/plan.geojson")
	for name, text := range map[string]string{"map": onMap, "file": file} {
		if n := strings.Count(text, `"act":"opened"`); n != len(kept.Changes) {
			t.Errorf("the %s has %d opened stations, want %d", name, n, len(kept.Changes))
		}
	}
	if _, _, page := fetch(t, address); !strings.Contains(page, "data-changed=") {
		t.Error("the map does not open on what changes")
	}
	_, _, sheets := fetch(t, address+"/plan.xlsx")
	book, err := excelize.OpenReader(strings.NewReader(sheets))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows("站点"); err != nil || len(rows) != 1+len(kept.Changes) {
		t.Errorf("the sheet of stations has %d rows, %v", len(rows), err)
	}
}

// A hard question shows how far it is, and a planner who has seen enough stops
// it and keeps the best plan so far; an operator saves it.
func TestPlannerStopsAndSaves(t *testing.T) {
	site := sitingSite(t)
	for _, c := range []struct {
		name string
		view webtest.View
	}{{"phone", webtest.Phone}, {"desk", webtest.Desk}} {
		t.Run(c.name, func(t *testing.T) {
			b := webtest.Open(t, site, c.view)
			pagetest.SignIn(t, b, site, "station.planner")
			b.Go("/siting?times=2&sites=4" + map[string]string{"phone": "0", "desk": "1"}[c.name])
			b.Follow(".siting-form button[type=submit]")
			b.Wait(`document.querySelectorAll('.curve-value').length > 0 && document.querySelector('.curve-value').getAttribute('d').length > 30`)
			b.Shot("siting-search-" + c.name)
			b.Check()
			b.Click("#working form button") // what it leads to, the page may have gone to by itself
			b.Wait(`document.querySelector('.certificate')`)
			b.WaitMap()
			b.Shot("siting-stopped-" + c.name)
			b.Check()
			b.Type("#f-name", "交叉覆盖方案")
			b.Follow(".siting-save button[type=submit]")
			b.WaitMap()
			b.Shot("siting-plan-" + c.name)
			b.Check()
			if !strings.HasPrefix(b.Path(), "/plans/P-") {
				t.Errorf("saving led to %s", b.Path())
			}
		})
	}
}
