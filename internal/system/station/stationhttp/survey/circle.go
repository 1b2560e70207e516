package survey

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// circlePage holds the circle that plans draw on a map against the streets, with
// the same stations at the same hour: how much it overstates, and where. The
// query is that of the coverage page, and:
//
//	radius   metres; by default a kilometre
type circlePage struct {
	web.Page
	Reading
	form    web.Form
	circle  *coverage.Circle
	figures figures.CircleFigures
}

func parseRadius(q url.Values) (int, error) {
	text := q.Get("radius")
	if text == "" {
		return coverage.DefaultRadiusM, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return coverage.DefaultRadiusM, fault.At("radius", fault.New(fault.Invalid, "半径“%s”不行：请写米数，如 1000。", "The radius “%s” will not do: write metres, as 1000.", lang.Short(text)))
	}
	return n, nil
}

// circled is the comparison that a request asks for.
func (p *Pages) circled(r *http.Request) (ask.Survey, *city.City, *coverage.Coverage, *coverage.Circle, error) {
	radius, wrong := parseRadius(r.URL.Query())
	if wrong != nil { // said before anything is computed
		s, err := ask.ParseSurvey(r.URL.Query(), p.Now())
		return s, p.City(), nil, nil, errors.Join(err, wrong)
	}
	s, city, cov, err := p.Covered(r)
	if err != nil {
		return s, city, cov, nil, err
	}
	circle, err := p.Runs.Circle(r.Context(), city, cov, radius)
	return s, city, cov, circle, err
}

// Circle answers GET /coverage/circle.
func (p *Pages) Circle(w http.ResponseWriter, r *http.Request) error {
	v := circlePage{Page: p.Site.Page(r, lang.Text{ZH: "与画圈比", EN: "Against circles"})}
	v.Wide = true
	s, city, cov, circle, err := p.circled(r)
	if v.form, err = v.Filled(r.URL.Query(), err); err != nil {
		return err
	}
	if !v.form.Right() {
		v.Reading = Reading{L: v.Lang, Survey: s, City: city}
		return v.WriteStatus(w, r, v.form.Status(), circleFormView(v))
	}
	v.Reading, v.circle = Read(v.Lang, s, city, cov), circle
	v.figures = figures.OfCircle(city, cov, circle)
	v.Describe = v.T("在地图上画一公里的圈，比真实道路多算了多少人、在哪里。", "How many people circles of a kilometre claim that the streets do not bring to a station, and where.")
	return v.Write(w, r, circleView(v))
}

// CircleJSON answers GET /coverage/circle.json.
func (p *Pages) CircleJSON(w http.ResponseWriter, r *http.Request) error {
	_, city, cov, circle, err := p.circled(r)
	if err != nil {
		return err
	}
	return page.SendFigures(w, figures.OfCircle(city, cov, circle))
}

// CircleOnMap is the cells that the circles call covered: hatched where only
// they do.
func (p *Pages) CircleOnMap(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, circle, err := p.circled(r)
	if err != nil {
		return err
	}
	seen := *cov
	seen.Weights = append(seen.Weights[:0:0], cov.Weights...)
	for i, k := range circle.Counts {
		if k == 0 {
			seen.Weights[i] = 0
		}
	}
	c := page.DemandFeatures(city, &seen, geo.Everywhere, page.MapCells)
	for i := range c.Features {
		page.Square(&c.Features[i], city.CellSide(s.Demand))
	}
	return page.SendGeoJSON(w, c)
}

func (v circlePage) address(path string) string {
	return v.Survey.Fixed(path) + "&radius=" + strconv.Itoa(v.circle.RadiusM)
}

// command writes circle.json again, on the files that the page hands out.
func (v circlePage) command() string {
	return ask.Command(v.City, v.Survey.Question) + " --circle " + strconv.Itoa(v.circle.RadiusM) + " --only circle --json"
}

func (v circlePage) mapView() web.MapView {
	m := page.GroundView(v.City)
	m.Label, m.Tall = v.T("圈里到不了的地方", "Map of what only circles cover"), true
	m.StationTiles = page.StationTilesAt(v.City, v.Survey.At)
	m.Minutes = v.Survey.Minutes()
	m.Demand = v.address("/map/circle")
	return m
}

func (v circlePage) lead() string {
	return v.F("%[1]s，同样 %[2]s 个开着的驿站：画 %[3]s 的圈，还是沿道路走 %[4]d 分钟？", "%[1]s, with the same %[2]s open stations: circles of %[3]s, or %[4]d minutes along the streets?",
		v.Dated(), words.Count(v.Cov.Counted), words.Metres(v.Lang, uint32(v.circle.RadiusM*10)), v.Survey.Minutes())
}

// over is how many per cent points the circle claims too much.
func (v circlePage) over(times int) string {
	return words.Points(v.Cov.Covered[times], v.Cov.Demand, v.circle.Covered[times], v.Cov.Demand)
}

func (v circlePage) onlyFigure() kit.KeyFigure {
	return kit.KeyFigure{
		Number: words.People(v.circle.Only.Float()), Unit: v.Unit(), Date: v.Dated(), HowTitle: v.T("怎么知道的？", "How do we know?"),
		Sentence: v.F("%[2]s在圈里，%[1]s却到不了任何开着的驿站", "%[2]s are in a circle, and yet get to no open station %[1]s", v.WithinWords(), v.Subject()),
	}
}

func (v circlePage) pairFigure(times int) kit.KeyFigure {
	what := v.F("的%[1]s算“有驿站”：画圈的说法；沿道路是 %[2]s%%", "of the %[1]s count as covered by circles; along the streets it is %[2]s%%", v.Who(), lang.Percent(v.Cov.Covered[1].Float(), v.Cov.Demand.Float()))
	if times == 2 {
		what = v.F("的%[1]s算“交叉覆盖”：画圈的说法；沿道路是 %[2]s%%", "of the %[1]s count as cross-covered by circles; along the streets it is %[2]s%%", v.Who(), lang.Percent(v.Cov.Covered[2].Float(), v.Cov.Demand.Float()))
	}
	return kit.KeyFigure{
		Number: lang.Percent(v.circle.Covered[times].Float(), v.Cov.Demand.Float()), Unit: "%", Sentence: what,
		Date: v.F("相差 %s 个百分点", "%s percentage points", v.over(times)), HowTitle: v.T("怎么知道的？", "How do we know?"),
	}
}
