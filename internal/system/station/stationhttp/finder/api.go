package finder

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

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
	Station  figures.StationJSON `json:"station"`
	WayS     int                 `json:"way_s" doc:"Time on the way in seconds"`
	WayM     float64             `json:"way_m" doc:"Length of the way in metres"`
	Arrive   time.Time           `json:"arrive"`
	Standing string              `json:"standing" enum:"open,closing_soon,hours_unknown,opens_later,not_operating" doc:"Whether it is open on arrival"`
	Changes  *time.Time          `json:"changes,omitempty" doc:"When it closes if open on arrival, when it opens if closed; absent if not within eight days"`
	Sentence string              `json:"sentence" doc:"The answer in words"`
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Operation(p.Pages, a, "nearest", page.APINearestPath, "Stations nearest in time", page.APIStations, p.apiNearest)
	page.Operation(p.Pages, a, "places", "/api/v1/places", "Landmarks and addresses by name", page.APICity, p.apiPlaces)
}

func (p *Pages) apiNearest(ctx context.Context, in *askInput) (Nearest, error) {
	a, err := ask.ParseAsk(page.RequestOf(ctx).URL.Query(), p.Now())
	if err != nil {
		return Nearest{}, err
	}
	city, l := p.City(), page.LangOf(ctx)
	found, err := look(city, a, in.Limit)
	if err != nil {
		return Nearest{}, err
	}
	out := Nearest{At: a.At, Estimated: found.Estimated, Isolated: found.Isolated, Stations: []NearestFound{}}
	for _, f := range found.Found {
		n := NearestFound{
			Station: figures.StationOf(l, *f.Station), WayS: int(f.Way.Seconds()), WayM: float64(f.Length) / 10, Arrive: f.Arrive.Truncate(time.Second),
			Standing: standingKeys[f.Standing], Sentence: page.AnswerWords(l, a, f),
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

type placesInput struct {
	Q     string  `query:"q" required:"true" minLength:"1" maxLength:"100" doc:"Part of a name, its pinyin initials, an address, a crossing, or a station's name or code" example:"火车站"`
	Lat   float64 `query:"lat" minimum:"-90" maximum:"90" doc:"Near here first; the middle of the city if absent"`
	Lon   float64 `query:"lon" minimum:"-180" maximum:"180" doc:"Near here first; the middle of the city if absent too"`
	Limit int     `query:"limit" minimum:"1" maximum:"50" default:"10" doc:"How many answers"`
}

// PlaceJSON is a landmark, an address, a crossing or a station.
type PlaceJSON struct {
	Name   string  `json:"name"`
	Detail string  `json:"detail,omitempty" doc:"What tells it from others of its name"`
	Lon    float64 `json:"lon" doc:"WGS-84"`
	Lat    float64 `json:"lat" doc:"WGS-84"`
}

// PlaceList is what a search for places finds.
type PlaceList struct {
	Places []PlaceJSON `json:"places"`
}

func (p *Pages) apiPlaces(ctx context.Context, in *placesInput) (PlaceList, error) {
	city := p.town()
	near := geo.Point{Lon: in.Lon, Lat: in.Lat}
	if near == (geo.Point{}) {
		near = city.Center()
	}
	out := PlaceList{[]PlaceJSON{}}
	for _, f := range city.search(page.LangOf(ctx), in.Q, near, in.Limit) {
		out.Places = append(out.Places, PlaceJSON{f.name, f.detail, sheet.Round7(f.at.Lon), sheet.Round7(f.at.Lat)})
	}
	return out, nil
}
