package figures

import (
	"github.com/xiadu/xiadu/internal/calendar"
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

// StationOf is a station as the API writes it.
func StationOf(l lang.Lang, s station.Station) StationJSON {
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
