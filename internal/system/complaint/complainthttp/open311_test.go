package complainthttp_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

const api = "/open311/v2/"

// objects asks for a list in JSON.
func (s site) objects(path string) (status int, all []map[string]any) {
	s.t.Helper()
	status, body := s.ask("", http.MethodGet, path, "")
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		s.t.Fatalf("%s: %v in %s", path, err, body)
	}
	return status, all
}

// placed puts a problem on the map.
func (s site) placed(code string, at geo.Point) {
	s.t.Helper()
	p := s.Look(code)
	_, err := s.Problems.Describe(s.Ctx(), s.Clerk, problem.Description{Problem: p.ID, SeenAt: p.ChangedAt, Title: p.Title, Division: p.Where(), Kinds: p.KindList(), Key: p.KeyItem, Site: p.Site, At: at})
	if err != nil {
		s.t.Fatal(err)
	}
}

// What was published goes out, with its text redacted and its place moved; what was not is not there; a stage-closed
// letter is open, and a filed one closed.
func TestOpen311(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		gate := geo.Point{Lat: 36.617, Lon: 101.778}
		s.placed(code, gate)
		if status, all := s.objects(api + "requests.json"); status != http.StatusOK || len(all) != 0 {
			t.Errorf("before anything is published: %d %v", status, all)
		}
		s.staged()
		s.Publish("XN2023", 1)
		status, all := s.objects(api + "requests.json")
		if status != http.StatusOK || len(all) != 3 {
			t.Fatalf("%d %v", status, all)
		}
		status, one := s.objects(api + "requests/XN2023.D3QH202311260001.json")
		if status != http.StatusOK || len(one) != 1 {
			t.Fatalf("%d %v", status, one)
		}
		r := one[0]
		if r["status"] != "open" || r["service_code"] != "waste" || r["agency_responsible"] != "市医院" || r["expected_datetime"] == nil {
			t.Errorf("%v", r)
		}
		if notes := fmt.Sprint(r["status_notes"]); !strings.Contains(notes, "阶段性办结：下一步 20") || !strings.Contains(notes, "由市医院负责") {
			t.Errorf("%s", notes)
		}
		lat, long := r["lat"].(float64), r["long"].(float64)
		if far := geo.Distance(gate, geo.Point{Lat: lat, Lon: long}); far == 0 || far > 5000 {
			t.Errorf("it is shown %v m away", far)
		}
		s.asks(t)
		s.closes(t, lat)
	})
}

// staged closes the first problem for a stage and reports its letter so.
func (s site) staged() {
	s.t.Helper()
	s.Handed(code, 800)
	p := s.Look(code)
	m, err := s.Problems.AddMeasure(s.Ctx(), s.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: s.Day(10)})
	if err == nil {
		_, err = s.Problems.MoveMeasure(s.Ctx(), s.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{s.Photo(s.Unit, 802)}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.Make(s.Unit, code, problem.Move{Move: "stage", Day: s.Day(40), Owes: s.Orgs["市医院"], Why: "冬季不能施工", Files: []problem.File{s.Photo(s.Unit, 803)}})
	s.Report(s.LettersOf(p)[0], letter.Answer{Found: "现场有异味", Done: "已加盖"}, letter.ForAStage)
}

// asks goes through the questions and their faults.
func (s site) asks(t *testing.T) {
	t.Helper()
	for query, want := range map[string]int{
		"?status=open": 3, "?status=closed": 0, "?service_code=noise": 1, "?service_code=air,waste": 3, "?service_code=sea": 0,
		"?service_request_id=XN2023.D3QH202311260002,xn2023.d3qh202311260003,none": 2, "?page_size=2": 2, "?start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z": 0,
	} {
		if status, all := s.objects(api + "requests.json" + query); status != http.StatusOK || len(all) != want {
			t.Errorf("%s: %d with %d", query, status, len(all))
		}
	}
	for path, want := range map[string]int{
		"requests.json?status=gone": 400, "requests.json?start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z": 400, "requests.json?page_size=0": 400, "requests.json?service_code=gold": 404,
		"requests.json?after=none": 400, "requests/XN2023.none.json": 404, "services/gold.json": 404, "tokens/none.json": 404,
	} {
		status, all := s.objects(api + path)
		if status != want || len(all) != 1 || all[0]["code"] != float64(want) || all[0]["description"] == "" {
			t.Errorf("%s: %d %v", path, status, all)
		}
	}
	for path, root := range map[string]string{"requests.xml": "service_requests", "services.xml": "services", "services/water.xml": "service_definition", "requests/none.xml": "errors"} {
		_, body := s.ask("", http.MethodGet, api+path, "")
		var d struct{ XMLName xml.Name }
		if err := xml.Unmarshal([]byte(body), &d); err != nil || d.XMLName.Local != root {
			t.Errorf("%s: %v in %s", path, err, body)
		}
	}
	if status, all := s.objects(api + "services.json"); status != http.StatusOK || len(all) != 12 || all[0]["service_code"] != "water" || all[0]["metadata"] != false {
		t.Errorf("%d %v", status, all)
	}
	if status, body := s.ask("", http.MethodGet, "/open311/discovery.json", ""); status != http.StatusOK || !strings.Contains(body, `"url": "http`) || !strings.Contains(body, "GeoReport_v2") {
		t.Errorf("%d %s", status, body)
	}
}

// closes takes the second problem to its filing, and takes a text back.
func (s site) closes(t *testing.T, lat float64) {
	t.Helper()
	s.Checked("XN2023-0002", 820)
	s.Days(20)
	p := s.Look("XN2023-0002")
	if _, err := s.Problems.Move(s.Ctx(), s.Clerk, problem.Move{Problem: p.ID, Seen: p.Version, Move: "file"}); err != nil {
		t.Fatal(err)
	}
	if s.Look("XN2023-0002").Stage != complaint.Filed {
		t.Fatal("it is not filed")
	}
	if _, all := s.objects(api + "requests.json?status=closed"); len(all) != 1 || all[0]["service_request_id"] != "XN2023.D3QH202311260002" {
		t.Errorf("%v", all)
	}
	s.placed(code, geo.Point{Lat: 36.7, Lon: 101.8}) // the office says another place
	s.PublishAgain("XN2023", s.LettersOf(s.Look(code))[0])
	if _, one := s.objects(api + "requests/XN2023.D3QH202311260001.json"); one[0]["lat"] != lat {
		t.Errorf("published again it is shown elsewhere: %v", one)
	}
}

// A program reports where the inspection lets it, and gets a token and a secret; the token has an id once it is published.
func TestProgramsReport(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		form := url.Values{"service_code": {"water"}, "description": {"河边倒泔水，天天夜里"}, "lat": {"36.617"}, "long": {"101.778"}, "email": {"somebody@example.org"}, "media_url": {"https://example.org/1.jpg"}}
		post := func(key string) (int, string) {
			f := maps.Clone(form)
			if key != "" {
				f.Set("api_key", key)
			}
			return s.post("", api+"requests.json", f.Encode())
		}
		if status, body := post(""); status != http.StatusBadRequest || !strings.Contains(body, "12345") {
			t.Errorf("while it is shut: %d %s", status, body)
		}
		s.standing()
		s.switched("key")
		program, other := s.People.Program("complaint.program"), "xiadu_nobody"
		for _, key := range []string{"", other} {
			if status, body := post(key); status != http.StatusForbidden || !strings.Contains(body, `"code": 403`) {
				t.Errorf("key %q: %d %s", key, status, body)
			}
		}
		status, body := post(program)
		if status != http.StatusCreated || strings.Contains(body, "service_request_id") || !strings.Contains(body, "凭证") {
			t.Fatalf("%d %s", status, body)
		}
		var got []map[string]any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		token := fmt.Sprint(got[0]["token"])
		if _, all := s.objects(api + "tokens/" + token + ".json"); len(all) != 1 || all[0]["service_request_id"] != nil || all[0]["token"] != token {
			t.Errorf("%v", all)
		}
		s.switched("open")
		if status, _ := post(""); status != http.StatusCreated {
			t.Errorf("without a key: %d", status)
		}
		form.Set("service_code", "gold")
		if status, body := post(""); status != http.StatusNotFound || !strings.Contains(body, "gold") {
			t.Errorf("%d %s", status, body)
		}
		s.Later(time.Minute) // the pages count by the clock on the wall
		s.Handed("GZ2026-0001", 850)
		s.Report(s.LettersOf(s.Look("GZ2026-0001"))[0], letter.Answer{Found: "属实", Done: "已清理"}, letter.Closed)
		s.Publish("GZ2026", complaint.PublicBatch(s.Day(0)))
		_, all := s.objects(api + "tokens/" + token + ".json")
		id := fmt.Sprint(all[0]["service_request_id"])
		if _, one := s.objects(api + "requests/" + id + ".json"); len(one) != 1 || one[0]["lat"] == nil || one[0]["lat"] == 36.617 {
			t.Errorf("%s: %v", id, one)
		}
	})
}

// switched opens the ways of reporting.
func (s site) switched(to string) {
	s.t.Helper()
	c, err := s.Campaigns.Get(s.t.Context(), "GZ2026")
	if err != nil {
		s.t.Fatal(err)
	}
	office := s.token("complaint.coordinator", "督察整改办")
	if status, body := s.post(office, "/complaints/campaigns/GZ2026/reports", fmt.Sprintf("seen=%d&reports=%s", c.Version, to)); status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", status, body)
	}
}
