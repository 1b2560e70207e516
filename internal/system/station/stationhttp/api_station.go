package stationhttp

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
)

// StationJSON is a station as programs read it. Keys of catalogues never change;
// names are for people. It is apart from station.Station, whose fields follow the
// register.
type StationJSON struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Brand        string   `json:"brand" doc:"Key of the brand, such as icbc"`
	BrandName    string   `json:"brand_name"`
	Host         string   `json:"host,omitempty" doc:"Who shares the room"`
	Size         string   `json:"size" enum:"standard,micro,mobile"`
	Division     string   `json:"division" doc:"GB/T 2260 code"`
	DivisionName string   `json:"division_name"`
	Address      string   `json:"address,omitempty"`
	Lon          float64  `json:"lon" doc:"WGS-84"`
	Lat          float64  `json:"lat" doc:"WGS-84"`
	Access       string   `json:"access" enum:"walk_in,ask_staff,scan"`
	Services     []string `json:"services" doc:"Keys, such as hot_water"`
	Wheelchair   string   `json:"wheelchair" enum:"unknown,yes,limited,no"`
	Status       string   `json:"status" enum:"open,paused,candidate"`
	Hours        string   `json:"opening_hours,omitempty" doc:"In OpenStreetMap's syntax; absent if nobody has said. MW stands for 调休 workdays"`
	HoursText    string   `json:"hours_text"`
	Source       string   `json:"source,omitempty"`
	Checked      string   `json:"checked,omitempty" format:"date" doc:"When somebody last looked"`
	Page         string   `json:"page" doc:"Address of its page"`
}

func stationJSON(l lang.Lang, s station.Station) StationJSON {
	out := StationJSON{
		Code: s.Code, Name: s.Name, Brand: s.Brand.Key(), BrandName: s.Brand.Name().In(l), Host: s.Host, Size: s.Size.Key(),
		Division: s.Division.Code(), DivisionName: s.Division.FullName().In(l), Address: s.Address,
		Lon: sheet.Round7(s.At.Lon), Lat: sheet.Round7(s.At.Lat), Access: s.Access.Key(), Services: s.Services.Keys(),
		Wheelchair: s.Wheelchair.Key(), Status: s.Status.Key(), Hours: s.Hours.String(), HoursText: s.Hours.Text(l),
		Source: s.Source, Page: "/stations/" + s.Code,
	}
	if s.Checked != (calendar.Date{}) {
		out.Checked = s.Checked.String()
	}
	return out
}

type listInput struct {
	Q        string   `query:"q" maxLength:"100" doc:"Words in code, name, brand, host, address or division"`
	Division string   `query:"division" doc:"GB/T 2260 code; all below it count" example:"630103"`
	Brand    string   `query:"brand" doc:"Key of a brand"`
	Size     string   `query:"size" enum:"standard,micro,mobile" doc:"Size class"`
	Status   string   `query:"status" enum:"open,paused,candidate" doc:"Whether it serves"`
	Need     []string `query:"need,explode" doc:"Services that must be there; repeat it, or separate by commas"`
	Sort     string   `query:"sort" doc:"code, name, brand, division or checked; with - before it from the end" example:"-checked"`
	After    string   `query:"after" doc:"Where the page before ended: its next"`
	Limit    int      `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many on a page"`
}

// StationList is a page of the register.
type StationList struct {
	Total    int64         `json:"total" doc:"Stations on all pages"`
	Next     string        `json:"next,omitempty" doc:"For after; absent on the last page"`
	Stations []StationJSON `json:"stations" doc:"In the order of sort; by code if there is none"`
}

func (p *pages) apiList(ctx context.Context, in *listInput) (StationList, error) {
	f, err := parseFilter(requestOf(ctx).URL.Query())
	if err != nil {
		return StationList{}, err
	}
	f.Limit = in.Limit
	page, err := p.Stations.List(ctx, f)
	if err != nil {
		return StationList{}, err
	}
	out := StationList{Total: page.Total, Next: page.Next, Stations: []StationJSON{}}
	for _, s := range page.Stations {
		out.Stations = append(out.Stations, stationJSON(langOf(ctx), s))
	}
	return out, nil
}

type stationInput struct {
	Code string `path:"code" maxLength:"40" doc:"Code of the station" example:"XN-0001"`
}

// StationDetail is a station with its next week.
type StationDetail struct {
	StationJSON
	State string    `json:"state" enum:"open,closed,unknown" doc:"Now"`
	Week  []DayJSON `json:"week" doc:"The coming seven days"`
}

// DayJSON is one day's opening.
type DayJSON struct {
	Date    string `json:"date" format:"date"`
	Kind    string `json:"kind,omitempty" doc:"The public holiday, or that it is a 调休 workday"`
	Opening string `json:"opening" doc:"In words"`
}

func (p *pages) apiStation(ctx context.Context, in *stationInput) (StationDetail, error) {
	s, ok := p.City().Network.Station(in.Code)
	if !ok {
		return StationDetail{}, noStation(in.Code)
	}
	l, now := langOf(ctx), p.now()
	out := StationDetail{StationJSON: stationJSON(l, s), State: string(openingAt(&s, now)), Week: []DayJSON{}}
	for _, d := range weekHours(l, s.Hours, calendar.DateOf(now)) {
		out.Week = append(out.Week, DayJSON{d.date.String(), d.kind, strings.Join(d.hours, ", ")})
	}
	return out, nil
}

type coverageInput struct {
	Mode    string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Minutes int    `query:"minutes" minimum:"1" maximum:"60" default:"15" doc:"How far is near"`
	At      string `query:"at" doc:"The hour, in the city's zone: 2026-11-23T22:00, or empty for now" example:"2026-11-23T22:00"`
	Any     string `query:"any" enum:"0,1" default:"0" doc:"1 counts every operating station, open at the hour or not"`
	Demand  string `query:"demand" doc:"The kind of demand, as people or couriers; by default the first"`
}

func (p *pages) apiCoverage(ctx context.Context, _ *coverageInput) (CoverageFigures, error) {
	s, city, cov, err := p.covered(requestOf(ctx))
	if err != nil {
		return CoverageFigures{}, err
	}
	return Figures(city, cov, s.At), nil
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

func (p *pages) apiPlaces(ctx context.Context, in *placesInput) (PlaceList, error) {
	city := p.City()
	near := geo.Point{Lon: in.Lon, Lat: in.Lat}
	if near == (geo.Point{}) {
		near = city.center()
	}
	out := PlaceList{[]PlaceJSON{}}
	for _, f := range city.search(langOf(ctx), in.Q, near, in.Limit) {
		out.Places = append(out.Places, PlaceJSON{f.name, f.detail, sheet.Round7(f.at.Lon), sheet.Round7(f.at.Lat)})
	}
	return out, nil
}
