package register

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

type listInput struct {
	Q        string   `query:"q" maxLength:"100" doc:"Words in code, name, brand, host, address or division"`
	Division string   `query:"division" doc:"GB/T 2260 code; all below it count" example:"630103"`
	Brand    string   `query:"brand" doc:"Key of a brand"`
	Size     string   `query:"size" enum:"standard,micro,mobile" doc:"Size class"`
	Status   string   `query:"status" enum:"open,paused,candidate" doc:"Whether it serves"`
	Need     []string `query:"need,explode" doc:"Services that must be there; repeat it, or separate by commas"`
	Checked  string   `query:"checked" enum:"30,90,180" doc:"Days: last checked longer ago than that, or never"`
	Hours    string   `query:"hours" enum:"unknown" doc:"Only those whose hours nobody has said"`
	Streets  string   `query:"streets" enum:"far" doc:"Only those so far from any street that nobody can be led there"`
	Sort     string   `query:"sort" doc:"code, name, brand, division or checked; with - before it from the end" example:"-checked"`
	After    string   `query:"after" doc:"Where the page before ended: its next"`
	Limit    int      `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many on a page"`
}

// StationList is a page of the register.
type StationList struct {
	Total    int64                 `json:"total" doc:"Stations on all pages"`
	Next     string                `json:"next,omitempty" doc:"For after; absent on the last page"`
	Stations []figures.StationJSON `json:"stations" doc:"In the order of sort; by code if there is none"`
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Operation(p.Pages, a, "list-stations", "/api/v1/stations", "Look through the stations", page.APIStations, p.apiList)
	page.Operation(p.Pages, a, "station", "/api/v1/stations/{code}", "One station", page.APIStations, p.apiStation)
}

func (p *Pages) apiList(ctx context.Context, in *listInput) (StationList, error) {
	f, err := p.filter(page.RequestOf(ctx).URL.Query())
	if err != nil {
		return StationList{}, err
	}
	f.Limit = in.Limit
	list, err := p.Stations.List(ctx, f)
	if err != nil {
		return StationList{}, err
	}
	out := StationList{Total: list.Total, Next: list.Next, Stations: []figures.StationJSON{}}
	for _, s := range list.Stations {
		out.Stations = append(out.Stations, figures.StationOf(page.LangOf(ctx), s))
	}
	return out, nil
}

type stationInput struct {
	Code string `path:"code" maxLength:"40" doc:"Code of the station" example:"XN-0001"`
}

// StationDetail is a station with its next week.
type StationDetail struct {
	figures.StationJSON
	State string    `json:"state" enum:"open,closed,unknown" doc:"Now"`
	Week  []DayJSON `json:"week" doc:"The coming seven days"`
}

// DayJSON is one day's opening.
type DayJSON struct {
	Date    string `json:"date" format:"date"`
	Kind    string `json:"kind,omitempty" doc:"The public holiday, or that it is a 调休 workday"`
	Opening string `json:"opening" doc:"In words"`
}

func (p *Pages) apiStation(ctx context.Context, in *stationInput) (StationDetail, error) {
	s, ok := p.City().Network.Station(in.Code)
	if !ok {
		return StationDetail{}, page.NoStation(in.Code)
	}
	l, now := page.LangOf(ctx), p.Now()
	out := StationDetail{StationJSON: figures.StationOf(l, s), State: string(page.OpeningAt(&s, now)), Week: []DayJSON{}}
	for _, d := range weekHours(l, s.Hours, calendar.DateOf(now)) {
		out.Week = append(out.Week, DayJSON{d.date.String(), d.kind, strings.Join(d.hours, ", ")})
	}
	return out, nil
}
