package stationhttp

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	apiVersion  = "1"
	apiSpec     = "/api/openapi"
	apiCity     = "city"
	apiStations = "stations"

	apiNearestPath = "/api/v1/nearest"
)

// api lists the operations. They ask the same functions as the pages.
func (p *pages) api(mux *web.Mux) {
	config := huma.DefaultConfig("夏都 Xiadu", apiVersion)
	config.Info.Description = "Rest stations for outdoor workers, and whom they reach. Positions are WGS-84 unless datum says otherwise; " +
		"answers are always WGS-84. Errors are problem+json (RFC 9457) in the language of Accept-Language. No key is needed, and no position is logged."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = apiSpec, "", ""
	config.Formats = map[string]huma.Format{"application/json": escaped, "json": escaped}
	config.CreateHooks = nil // they add a $schema to each answer, for which there is no page
	config.Transformers = []huma.Transformer{p.problems}
	a := humago.New(plainMux{mux, p}, config)
	a.UseMiddleware(withRequest)

	operation(p, a, "nearest", apiNearestPath, "Stations nearest in time", apiStations, p.apiNearest)
	operation(p, a, "list-stations", "/api/v1/stations", "Look through the stations", apiStations, p.apiList)
	operation(p, a, "station", "/api/v1/stations/{code}", "One station", apiStations, p.apiStation)
	operation(p, a, "coverage", "/api/v1/coverage", "Whom the stations reach at an hour", apiCity, p.apiCoverage)
	operation(p, a, "coverage-clock", "/api/v1/coverage/clock", "Coverage through a week or a day", apiCity, p.apiClock)
	operation(p, a, "areas", "/api/v1/areas", "Key areas held against their targets", apiCity, p.apiAreas)
	operation(p, a, "places", "/api/v1/places", "Landmarks and addresses by name", apiCity, p.apiPlaces)
	p.apiSiting(a)
	p.whatIfAPI(a)
	p.spec = a.OpenAPI()
}

// escaped is JSON in which < and > are escaped, so that not even a browser that
// guesses takes a station's name for a page.
var escaped = huma.Format{
	Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
	Unmarshal: json.Unmarshal,
}

// plainMux registers the operations among the pages.
type plainMux struct {
	*web.Mux
	pages *pages
}

// HandleFunc registers a plain handler.
func (m plainMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	var handler http.Handler = http.HandlerFunc(h)
	if pattern == "GET "+apiNearestPath {
		handler = m.pages.quickNearest(handler)
	}
	m.Handle(pattern, handler)
}

// asked is the request that an operation answers.
type asked struct{}

func withRequest(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, asked{}, r))
}

func requestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(asked{}).(*http.Request)
	return r
}

func langOf(ctx context.Context) lang.Lang {
	if r := requestOf(ctx); r != nil {
		return web.LangOf(r)
	}
	return lang.ZH
}

// operation registers one GET. Its errors become problems in one place.
func operation[I, O any](p *pages, a huma.API, id, path, summary, tag string, answer func(context.Context, *I) (O, error)) {
	register(p, a, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag}}, answer)
}

// posting registers one POST that computes and changes nothing: what it is asked
// may be too long for an address.
func posting[I, O any](p *pages, a huma.API, id, path, summary, tag string, answer func(context.Context, *I) (O, error)) {
	register(p, a, huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: http.StatusOK,
	}, answer)
}

func register[I, O any](p *pages, a huma.API, o huma.Operation, answer func(context.Context, *I) (O, error)) {
	o.Errors = []int{http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusServiceUnavailable}
	huma.Register(a, o, func(ctx context.Context, in *I) (*struct{ Body O }, error) {
		body, err := answer(ctx, in)
		if err != nil {
			return nil, p.Site.Problem(ctx, langOf(ctx), err)
		}
		return &struct{ Body O }{body}, nil
	})
}

// invalid is a problem with what was wrong with which parameter.
type invalid struct {
	*web.Problem
	Errors []*huma.ErrorDetail `json:"errors,omitempty"`
}

// problems rewrites what huma itself finds wrong with a request, which is in
// English only, as the problems of this site are.
func (p *pages) problems(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	where := make([]string, len(m.Errors))
	for i, e := range m.Errors {
		where[i] = e.Location + " (" + e.Message + ")"
	}
	problem := p.Site.Problem(ctx.Context(), langOf(ctx.Context()), fault.New(fault.Invalid,
		"请求里有参数不对：%s。各参数的写法见 /api。", "A parameter of the request is wrong: %s. How to write each is at /api.", strings.Join(where, ", ")))
	problem.Status = m.Status
	return invalid{problem, m.Errors}, nil
}

// askInput is the finder's question as parameters.
type askInput struct {
	Lat   float64  `query:"lat" required:"true" doc:"Latitude of where they are, -90 to 90" example:"36.617"`
	Lon   float64  `query:"lon" required:"true" doc:"Longitude of where they are, -180 to 180" example:"101.778"`
	Datum string   `query:"datum" enum:"wgs84,gcj02,bd09" default:"wgs84" doc:"The datum of lat and lon: gcj02 from Amap, Tencent and WeChat, bd09 from Baidu"`
	Need  []string `query:"need,explode" doc:"Services that must be there, such as hot_water; repeat it, or separate by commas. open_late asks for those open past 22:00"`
	Mode  string   `query:"mode" enum:"walk,ebike" default:"walk" doc:"How they travel"`
	At    string   `query:"at" doc:"When they set out, in the city's zone: 2026-11-23T22:00, or empty for now" example:"2026-11-23T22:00"`
	Limit int      `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"How many answers"`
}

// Nearest is an answer of the finder.
type Nearest struct {
	At        time.Time      `json:"at" doc:"When they set out"`
	Estimated bool           `json:"estimated" doc:"No street is near: ways are straight lines times 1.3"`
	Isolated  bool           `json:"isolated" doc:"The streets there lead nowhere else on the map"`
	Stations  []NearestFound `json:"stations" doc:"Best first: open on arrival, then closing soon, hours unknown, the same beyond half an hour, closed, paused; by time on the way within each"`
}

// NearestFound is a station with the way to it.
type NearestFound struct {
	Station  StationJSON `json:"station"`
	WayS     int         `json:"way_s" doc:"Time on the way in seconds"`
	WayM     float64     `json:"way_m" doc:"Length of the way in metres"`
	Arrive   time.Time   `json:"arrive"`
	Standing string      `json:"standing" enum:"open,closing_soon,hours_unknown,opens_later,not_operating" doc:"Whether it is open on arrival"`
	Changes  *time.Time  `json:"changes,omitempty" doc:"When it closes if open on arrival, when it opens if closed; absent if not within eight days"`
	Sentence string      `json:"sentence" doc:"The answer in words"`
}

func (p *pages) apiNearest(ctx context.Context, in *askInput) (Nearest, error) {
	a, err := parseAsk(requestOf(ctx).URL.Query(), p.now())
	if err != nil {
		return Nearest{}, err
	}
	city, l := p.City(), langOf(ctx)
	found, err := look(city, a, in.Limit)
	if err != nil {
		return Nearest{}, err
	}
	out := Nearest{At: a.at, Estimated: found.Estimated, Isolated: found.Isolated, Stations: []NearestFound{}}
	for _, f := range found.Found {
		n := NearestFound{
			Station: stationJSON(l, *f.Station), WayS: int(f.Way.Seconds()), WayM: float64(f.Length) / 10, Arrive: f.Arrive.Truncate(time.Second),
			Standing: standingKeys[f.Standing], Sentence: answerWords(l, a, f),
		}
		if !f.Changes.IsZero() {
			n.Changes = &f.Changes
		}
		out.Stations = append(out.Stations, n)
	}
	return out, nil
}

var standingKeys = [...]string{
	network.OpenOnArrival: "open", network.ClosingSoon: "closing_soon", network.HoursUnknown: "hours_unknown",
	network.OpensLater: "opens_later", network.NotOperating: "not_operating",
}
