package sites_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/sites"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// sitingSite is the demo city with its candidates.
func sitingSite(t *testing.T) string {
	t.Helper()
	site, _ := sitingSiteAnd(t)
	return site
}

func sitingSiteAnd(t *testing.T) (string, *db.DB) {
	t.Helper()
	return pagetest.CandidateSite(t)
}

// A planner asks where ten new stations should be, sees the search come closer,
// and reads the plan.
func TestPlannerChoosesSites(t *testing.T) {
	site := sitingSite(t)
	for _, c := range []struct {
		name string
		view webtest.View
		lang string
	}{{"phone", webtest.Phone, "zh"}, {"desk", webtest.Desk, "zh"}, {"desk-en", webtest.Desk, "en"}} {
		t.Run(c.name, func(t *testing.T) {
			b := webtest.Open(t, site, c.view)
			b.Go("/siting?lang=" + c.lang)
			b.WaitMap()
			b.Shot("siting-form-" + c.name)
			b.Check()
			b.Follow(".siting-form button[type=submit]")
			b.Wait(`document.querySelector('.certificate') || document.querySelector('.notice-bad')`)
			b.WaitMap()
			if n := b.Count("#sites tbody tr[data-station]"); n != 10 {
				t.Errorf("the plan has %d sites", n)
			}
			b.Shot("siting-answer-" + c.name)
			b.Check()
		})
	}
}

// Without scripts the same is done by a form and a link.
func TestSitingWithoutScripts(t *testing.T) {
	site := sitingSite(t)
	b := webtest.Open(t, site, webtest.View{Width: 390, Height: 844, NoScript: true})
	b.Go("/siting?sites=5")
	b.Follow(".siting-form button[type=submit]")
	for b.Count(".certificate") == 0 {
		b.Go(b.Path())
	}
	if n := b.Count("#sites tbody tr[data-station]"); n != 5 {
		t.Errorf("the plan has %d sites", n)
	}
}

// post sends a form as the site's own page would.
func post(t *testing.T, address string, form url.Values) (status int, location, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(b)
}

// What is wrong with a question is said beside it, and what was typed stays.
func TestSitingRefusesInWords(t *testing.T) {
	site := sitingSite(t)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"budget": {"很多"}}, "金额“很多”读不懂"},
		{url.Values{"goal": {"fewest"}, "target": {"120"}}, "“120”不是百分数"},
		{url.Values{"goal": {"fewest"}, "target": {""}}, "请写目标覆盖率"},
		{url.Values{"goal": {"cheapest"}, "target": {" "}}, "请写目标覆盖率"},
		{url.Values{"goal": {"fewest"}}, "请写目标覆盖率"},
		{url.Values{"goal": {"most"}, "sites": {""}, "budget": {" "}}, "请写最多新增几个"},
		{url.Values{"limits": {"icbc"}}, "限额“icbc”读不懂"},
		{url.Values{"hours": {"7点"}}, "时段“7点”读不懂"},
		{url.Values{"kind": {"castle"}}, "没有“castle”这种场所"},
		{url.Values{"open": {pagetest.Nasty}}, ""},
	} {
		status, location, body := post(t, site+"/siting", c.form)
		if c.want != "" && (status != http.StatusUnprocessableEntity || !strings.Contains(body, c.want)) {
			t.Errorf("%v: %d, without %q", c.form, status, c.want)
		}
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%v comes back as it is", c.form)
		}
		if location != "" && !strings.HasPrefix(location, "/siting/") {
			t.Errorf("%v leads to %s", c.form, location)
		}
	}
	status, _, body := fetch(t, site+"/siting/nosuchjob?sites=7")
	if status != http.StatusNotFound || !strings.Contains(body, "重新启动过") || !strings.Contains(body, `value="7"`) {
		t.Errorf("an answer that is gone: %d\n%s", status, body)
	}
}

// A blank target is mended where it was left blank, and only the form that nobody has
// filled in yet shows the usual one.
func TestBlankTarget(t *testing.T) {
	site := sitingSite(t)
	field := regexp.MustCompile(`<input id="f-target"[^>]*>`)
	_, _, body := post(t, site+"/siting", url.Values{"goal": {"fewest"}, "target": {" "}, "sites": {"7"}})
	if input := field.FindString(body); !strings.Contains(input, `value=""`) || !strings.Contains(input, `aria-invalid="true"`) {
		t.Errorf("the blank target comes back as %s", input)
	}
	for _, query := range []string{"", "?goal=fewest", "?goal=cheapest"} {
		status, _, body := fetch(t, site+"/siting"+query)
		if input := field.FindString(body); status != http.StatusOK || !strings.Contains(input, `value="95"`) {
			t.Errorf("/siting%s: %d %s", query, status, input)
		}
	}
}

// What the fields of another goal hold is no part of the question.
func TestFieldsOfAnotherGoal(t *testing.T) {
	site := sitingSite(t)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"goal": {"most"}, "sites": {"2"}, "target": {"nonsense"}}, "?goal=most&sites=2"},
		{url.Values{"goal": {"fewest"}, "target": {"20"}, "sites": {"x"}, "budget": {"much"}}, "?goal=fewest&target=20"},
		{url.Values{"goal": {"cheapest"}, "target": {"20"}, "sites": {"0"}, "budget": {"0"}}, "?goal=cheapest&target=20"},
	} {
		status, location, body := post(t, site+"/siting", c.form)
		if status != http.StatusSeeOther || !strings.HasSuffix(location, c.want) {
			t.Errorf("%v: %d %s\n%s", c.form, status, location, body)
		}
	}
}

// The form shows the fields of its goal, with scripts and without.
func TestGoalShowsItsFields(t *testing.T) {
	b := webtest.Open(t, sitingSite(t), webtest.View{Width: 390, Height: 844, NoScript: true})
	for goal, want := range map[string]string{"": "sites budget", "?goal=most": "sites budget", "?goal=fewest": "target", "?goal=cheapest": "target"} {
		b.Go("/siting" + goal)
		seen := `['sites', 'budget', 'target'].filter((name) => document.getElementById('f-' + name).checkVisibility()).join(' ')`
		if got := webtest.Eval[string](b, seen); got != want {
			t.Errorf("/siting%s shows %s", goal, got)
		}
	}
	b.Click(`label:has([name=goal][value=most])`)
	b.Wait(`document.getElementById('f-sites').checkVisibility() && !document.getElementById('f-target').checkVisibility()`)
}

func fetch(t *testing.T, address string) (status int, kind, body string) {
	t.Helper()
	reply, body := pagetest.Get(t, address, "text/html")
	return reply.StatusCode, reply.Header.Get("Content-Type"), body
}

// An answer leaves in every form, and all of them say the same.
func TestSitingLeaves(t *testing.T) {
	site := sitingSite(t)
	status, location, body := post(t, site+"/siting", url.Values{"sites": {"4"}, "when": {"moment"}, "at": {"2026-11-23T12:00"}})
	if status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	job, _, _ := strings.Cut(location, "?")
	var figures figures.SitingFigures
	for {
		status, _, body := fetch(t, site+job+"/sites.json")
		if status == http.StatusOK {
			if err := json.Unmarshal([]byte(body), &figures); err != nil {
				t.Fatal(err)
			}
			break
		}
		if status != http.StatusServiceUnavailable {
			t.Fatal(status, body)
		}
	}
	if len(figures.Sites) != 4 || figures.CoveredAfter <= figures.CoveredBefore || figures.Certificate.Bound < figures.Certificate.Value {
		t.Errorf("%+v", figures)
	}
	_, _, sheet := fetch(t, site+job+"/sites.csv")
	if lines := strings.Split(strings.TrimSpace(sheet), "\n"); len(lines) != 5 || !strings.Contains(lines[1], figures.Sites[0].Code) {
		t.Errorf("CSV:\n%s", sheet)
	}
	if status, kind, _ := fetch(t, site+job+"/sites.xlsx"); status != http.StatusOK || !strings.Contains(kind, "spreadsheet") {
		t.Errorf("XLSX: %d %s", status, kind)
	}
	// The sheet's annex says hours in words, and names each candidate by its code.
	first := figures.Sites[0]
	hours, err := opening.Parse(first.Hours)
	if err != nil {
		t.Fatal(err)
	}
	_, _, page := fetch(t, site+job)
	pagetest.WantInOrder(t, page, `class="op-annex"`, "编号", first.Code, first.Name, hours.Text(lang.ZH))
	if _, annex, _ := strings.Cut(page, `class="op-annex"`); strings.Contains(annex, first.Hours) {
		t.Errorf("the annex says “%s”, which is no language", first.Hours)
	}
	_, _, points := fetch(t, site+job+"/sites.geojson")
	if !strings.Contains(points, figures.Sites[3].Code) || !strings.Contains(points, `"layer":"demand"`) {
		t.Error("the GeoJSON lacks sites or demand")
	}
}

// A program asks and waits, and is told what a person is told.
func TestAPIOfSiting(t *testing.T) {
	site := sitingSite(t)
	ask := func(body, token string) (status int, job sites.SitingJob, text string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/api/v1/siting?lang=en", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = json.Unmarshal(b, &job) // a problem is no job
		return res.StatusCode, job, string(b)
	}
	status, job, text := ask(`{"goal": "fewest", "target_percent": 80, "premises": ["bank", "fuel"]}`, "")
	if status != http.StatusAccepted || job.LimitS != 10 {
		t.Fatal(status, text)
	}
	for job.State != "done" {
		_, _, body := fetch(t, site+"/api/v1/siting/"+job.ID+"?wait_s=5")
		if err := json.Unmarshal([]byte(body), &job); err != nil || job.State == "failed" {
			t.Fatal(err, body)
		}
	}
	if a := job.Answer; a == nil || a.CoveredAfter < 0.8*a.DemandTotal || len(a.Sites) != int(a.Certificate.Value) || a.Certificate.Bound > a.Certificate.Value {
		t.Errorf("%+v", job.Answer)
	}
	for body, want := range map[string]string{
		`{"budget_yuan": -1}`:                       "budget_yuan",
		`{"target_percent": 0, "goal": "fewest"}`:   "target_percent",
		`{"goal": "fewest"}`:                        "say the target to reach",
		`{"goal": "cheapest", "sites": 3}`:          "say the target to reach",
		`{"times": 0}`:                              "times",
		`{"limits": ["x"]}`:                         "is not understood",
		`{"open": ["NO-SUCH"]}`:                     "",
		`{"premises": ["castle"]}`:                  "no premises of the kind",
		`{"goal": "most", "no_such_field": "here"}`: "no_such_field",
	} {
		if status, _, text := ask(body, ""); want != "" && (status != http.StatusUnprocessableEntity || !strings.Contains(text, want)) {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	for body, why := range map[string]string{
		`{"sites": 0}`: "allows no new site", `{"budget_yuan": 0}`: "allows no money", `{"budget_yuan": 1}`: "is too small",
		`{"sites": 0, "budget_yuan": 9000, "floor_percent": 0}`: "allows no new site",
	} {
		status, job, text := ask(body, "")
		if status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", body, status, text)
		}
		for job.State != "done" {
			_, _, got := fetch(t, site+"/api/v1/siting/"+job.ID+"?lang=en&wait_s=5")
			if err := json.Unmarshal([]byte(got), &job); err != nil || job.State == "failed" {
				t.Fatal(err, got)
			}
		}
		if a := job.Answer; len(a.Sites) != 0 || !strings.Contains(a.NoneOpens, why) || a.CoveredAfter != a.CoveredBefore || !a.Certificate.Proven {
			t.Errorf("%s: %+v", body, a)
		}
	}
	if status, _, text := ask(`{}`, "a-wrong-token-0123456789"); status != http.StatusForbidden {
		t.Errorf("a wrong token: %d %s", status, text)
	}
	if status, job, text := ask(`{}`, pagetest.Office(t, site).Program("station.program")); status != http.StatusAccepted || job.LimitS != 120 {
		t.Errorf("a program: %d %s", status, text)
	}
}

// Where there is nothing to choose among, the page says how to get candidates; a
// target beyond them says where people are whom they do not reach.
func TestSitingSaysWhatToDo(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go("/siting")
	if text := b.Text(".empty"); !strings.Contains(text, "xiadu import places --candidate") {
		t.Errorf("without candidates the page says %q", text)
	}
	b.Shot("siting-empty-desk")
	b.Check()
	b = webtest.Open(t, sitingSite(t), webtest.Phone)
	b.Go("/siting?goal=fewest&target=99")
	b.Follow(".siting-form button[type=submit]")
	b.Wait(`document.querySelector('.notice-bad')`)
	if text := b.Text("main"); !strings.Contains(text, "99 %") || !strings.Contains(text, "候选点全开了，也还没有的人") {
		t.Errorf("a target out of reach is told as %q", text)
	}
	// Of 332,430 people 90.65 % could be covered; the rows say who the others are.
	people := webtest.Eval[[]int](b, `[...document.querySelectorAll('main tbody td.num')].map((c) => Number(c.textContent.replaceAll(',', '')))`)
	sum := 0
	for _, n := range people[:len(people)-1] {
		sum += n
	}
	if all := people[len(people)-1]; sum != all || all < 31_000 || all > 31_200 {
		t.Errorf("the rows %d add up to %d", people, sum)
	}
	b.Shot("siting-stuck-phone")
	b.Check()
}
