package complainthttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const mapPage = "/complaints/map"

type points struct {
	Without  int `json:"without_a_place"`
	Features []struct {
		Properties struct {
			ID, State, Href string
			N               int
		}
		Geometry struct{ Coordinates [2]float64 }
	}
}

func (s site) points(query string) (p points) {
	s.t.Helper()
	status, body := s.ask("", http.MethodGet, mapPage+".geojson"+query, "")
	if err := json.Unmarshal([]byte(body), &p); status != http.StatusOK || err != nil {
		s.t.Fatal(status, err, body)
	}
	return p
}

// The map has what was published and no place as it is; letters of one gate are one point.
func TestPublicMap(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		gate := geo.Point{Lat: 36.617, Lon: 101.778}
		s.placed(code, gate)
		s.placed("XN2023-0002", gate)
		if p := s.points(""); len(p.Features) != 0 || p.Without != 0 {
			t.Errorf("before anything is published: %+v", p)
		}
		s.staged()
		s.Publish("XN2023", 1)
		p := s.points("")
		if len(p.Features) != 1 || p.Without != 1 || p.Features[0].Properties.N != 2 || p.Features[0].Properties.State != "working" {
			t.Fatalf("%+v", p)
		}
		at := p.Features[0].Geometry.Coordinates
		if far := geo.Distance(gate, geo.Point{Lon: at[0], Lat: at[1]}); far == 0 {
			t.Error("the place is shown as it is")
		}
		if staged := s.points("?state=staged"); len(staged.Features) != 1 || staged.Features[0].Properties.N != 1 {
			t.Errorf("%+v", staged)
		}
		status, body := s.ask("", http.MethodGet, strings.TrimSuffix(p.Features[0].Properties.Href, "#list"), "")
		for _, want := range []string{"信访件 2 件", "公开过的共 3 件", "D3QH202311260001", "D3QH202311260002", "由市医院负责", "打开凭据"} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%d without %q", status, want)
			}
		}
		if strings.Contains(body, "D3QH202311260003") {
			t.Error("a letter of another place is at the point")
		}
		for _, wrong := range []string{"?state=gone", "?from=x", "?campaign=NONE", "?at=1"} {
			if status, body := s.ask("", http.MethodGet, mapPage+wrong, ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, `class="wrong"`) {
				t.Errorf("%s: %d", wrong, status)
			}
		}
		if status, _ := s.ask("", http.MethodGet, mapPage+".geojson?state=gone", ""); status != http.StatusUnprocessableEntity {
			t.Errorf("%d", status)
		}
	})
}

// On both widths the map draws its circles, and one leads to its letters; on the form of a report a tap notes a place.
func TestMapsInABrowser(t *testing.T) {
	s := serve(t)
	s.placed(code, geo.Point{Lat: 36.617, Lon: 101.778})
	s.placed("XN2023-0002", geo.Point{Lat: 36.64, Lon: 101.75})
	s.staged()
	s.Publish("XN2023", 1)
	b := webtest.Open(t, s.url, webtest.Phone)
	b.Go(mapPage)
	b.WaitMap()
	b.Shot("complaint-map-phone")
	b.Check()
	b.Resize(webtest.Desk.Width, webtest.Desk.Height)
	b.WaitMap()
	b.Shot("complaint-map-desk")
	b.Check()
	if layers := webtest.Eval[string](b, `document.querySelector('.map-canvas').dataset.layers`); !strings.Contains(layers, "letter-count") {
		t.Error(layers)
	}
	s.standing()
	b.Resize(webtest.Phone.Width, webtest.Phone.Height)
	b.Go(reportPage)
	b.WaitMap()
	b.Tap(".map-canvas canvas", 0.4, 0.4)
	b.Wait(`document.querySelector('input[name="lat"]').value !== '' && !document.querySelector('[data-place-says]').hidden`)
	if b.Path() != reportPage {
		t.Error("a tap sends the report")
	}
	b.Shot("report-map-phone")
	b.Check()
	b.Resize(webtest.Desk.Width, webtest.Desk.Height)
	b.WaitMap()
	b.Shot("report-map-desk")
	b.Check()
	b.Click(`[data-place-drop]`)
	b.Wait(`document.querySelector('input[name="lat"]').value === ''`)
}
