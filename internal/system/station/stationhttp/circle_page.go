package stationhttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/web"
)

// circlePage holds the circle that plans draw on a map against the streets, with
// the same stations at the same hour: how much it overstates, and where. The
// query is that of the coverage page, and:
//
//	radius   metres; by default a kilometre
type circlePage struct {
	web.Page
	reading
	circle  *coverage.Circle
	figures CircleFigures
}

// CircleFigures is a comparison with circles as one JSON object: what
// /coverage/circle.json answers and `xiadu coverage --circle` adds to its own.
type CircleFigures struct {
	RadiusM        int          `json:"radius_m" doc:"The circle around each station that counts, in metres as the crow flies"`
	Covered1       float64      `json:"covered_1" doc:"Demand in one circle or more"`
	Covered2       float64      `json:"covered_2" doc:"In two or more"`
	Share1         float64      `json:"share_1"`
	Share2         float64      `json:"share_2"`
	StreetCovered1 float64      `json:"street_covered_1" doc:"Demand that really reaches one station or more within the cutoff"`
	StreetCovered2 float64      `json:"street_covered_2" doc:"Two or more"`
	OnlyCircle     float64      `json:"only_circle" doc:"In a circle, but no way of the cutoff leads to a station"`
	OnlyStreets    float64      `json:"only_streets" doc:"In no circle, yet a station is within the cutoff"`
	Gaps           []GapFigures `json:"gaps" doc:"Where the circle alone says covered, the most demand first"`
}

// FiguresOfCircle states a comparison.
func FiguresOfCircle(c *City, cov *coverage.Coverage, x *coverage.Circle) CircleFigures {
	f := CircleFigures{
		RadiusM: x.RadiusM, Covered1: x.Covered[1].Float(), Covered2: x.Covered[2].Float(),
		Share1: share(x.Covered[1], cov.Demand), Share2: share(x.Covered[2], cov.Demand),
		StreetCovered1: cov.Covered[1].Float(), StreetCovered2: cov.Covered[2].Float(),
		OnlyCircle: x.Only.Float(), OnlyStreets: x.Missed.Float(), Gaps: []GapFigures{},
	}
	for _, g := range x.Gaps {
		f.Gaps = append(f.Gaps, c.gapFigures(g))
	}
	return f
}

func parseRadius(q url.Values) (int, error) {
	text := q.Get("radius")
	if text == "" {
		return coverage.DefaultRadiusM, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "半径“%s”不行：请写米数，如 1000。", "The radius “%s” will not do: write metres, as 1000.", lang.Short(text))
	}
	return n, nil
}

func (r *runs) circle(ctx context.Context, c *City, cov *coverage.Coverage, radius int) (*coverage.Circle, error) {
	key := c.Revision + "circle" + strconv.Itoa(radius) + c.Survey.Signature(cov.Question)
	return r.circles.get(ctx, key, func(ctx context.Context) (*coverage.Circle, error) { return c.Survey.Circle(ctx, cov, radius) })
}

// circled is the comparison that a request asks for.
func (p *pages) circled(r *http.Request) (survey, *City, *coverage.Coverage, *coverage.Circle, error) {
	s, city, cov, err := p.covered(r)
	if err != nil {
		return s, city, cov, nil, err
	}
	radius, err := parseRadius(r.URL.Query())
	if err != nil {
		return s, city, cov, nil, err
	}
	circle, err := p.runs.circle(r.Context(), city, cov, radius)
	return s, city, cov, circle, err
}

func (p *pages) coverageCircle(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, circle, err := p.circled(r)
	if err != nil {
		return err
	}
	v := circlePage{Page: p.Site.Page(r, lang.Text{ZH: "与画圈比", EN: "Against circles"}), circle: circle}
	v.reading = read(v.Lang, s, city, cov)
	v.figures = FiguresOfCircle(city, cov, circle)
	v.Wide = true
	v.Describe = v.T("在地图上画一公里的圈，比真实道路多算了多少人、在哪里。", "How many people circles of a kilometre claim that the streets do not bring to a station, and where.")
	return v.Write(w, r, circleView(v))
}

func (p *pages) circleJSON(w http.ResponseWriter, r *http.Request) error {
	_, city, cov, circle, err := p.circled(r)
	if err != nil {
		return err
	}
	return sendJSON(w, "application/json", FiguresOfCircle(city, cov, circle))
}

// circleOnMap is the cells that the circles call covered: hatched where only
// they do.
func (p *pages) circleOnMap(w http.ResponseWriter, r *http.Request) error {
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
	c := demandFeatures(city, &seen, everywhere, mapCells)
	for i := range c.Features {
		square(&c.Features[i], city.cellSide(s.Demand))
	}
	return sendGeoJSON(w, c)
}

func (v circlePage) address(path string) string {
	return v.survey.fixed(path) + "&radius=" + strconv.Itoa(v.circle.RadiusM)
}

func (v circlePage) mapView() web.MapView {
	m := groundView(v.city)
	m.Label, m.Tall = v.T("圈里到不了的地方", "Map of what only circles cover"), true
	m.StationTiles = stationTilesAt(v.city, v.survey.At)
	m.Minutes = v.survey.minutes()
	m.Demand = v.address("/map/circle")
	return m
}

func (v circlePage) lead() string {
	return v.F("%[1]s，同样 %[2]s 个开着的驿站：画 %[3]s 的圈，还是沿道路走 %[4]d 分钟？", "%[1]s, with the same %[2]s open stations: circles of %[3]s, or %[4]d minutes along the streets?",
		v.dated(), count(v.cov.Counted), metres(v.Lang, uint32(v.circle.RadiusM*10)), v.survey.minutes())
}

// over is how many per cent points the circle claims too much.
func (v circlePage) over(times int) string {
	return points(v.cov.Covered[times], v.cov.Demand, v.circle.Covered[times], v.cov.Demand)
}

func (v circlePage) onlyFigure() web.KeyFigure {
	return web.KeyFigure{
		Number: people(v.circle.Only.Float()), Unit: v.unit(), Date: v.dated(), HowTitle: v.T("怎么知道的？", "How do we know?"),
		Sentence: v.F("%[2]s在圈里，%[1]s却到不了任何开着的驿站", "%[2]s are in a circle, and yet get to no open station %[1]s", v.withinWords(), v.subject()),
	}
}

func (v circlePage) pairFigure(times int) web.KeyFigure {
	what := v.F("的%[1]s算“有驿站”：画圈的说法；沿道路是 %[2]s%%", "of the %[1]s count as covered by circles; along the streets it is %[2]s%%", v.who(), lang.Percent(v.cov.Covered[1].Float(), v.cov.Demand.Float()))
	if times == 2 {
		what = v.F("的%[1]s算“交叉覆盖”：画圈的说法；沿道路是 %[2]s%%", "of the %[1]s count as cross-covered by circles; along the streets it is %[2]s%%", v.who(), lang.Percent(v.cov.Covered[2].Float(), v.cov.Demand.Float()))
	}
	return web.KeyFigure{
		Number: lang.Percent(v.circle.Covered[times].Float(), v.cov.Demand.Float()), Unit: "%", Sentence: what,
		Date: v.F("相差 %s 个百分点", "%s percentage points", v.over(times)), HowTitle: v.T("怎么知道的？", "How do we know?"),
	}
}
