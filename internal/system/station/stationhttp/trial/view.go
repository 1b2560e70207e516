package trial

import (
	"net/url"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

func (v whatIfPage) heading() string {
	if v.plan != nil {
		return v.F("改方案 %[1]s：%[2]s", "Editing plan %[1]s: %[2]s", v.plan.Code, v.plan.Name)
	}
	return v.T("试一试：如果改了会怎样", "What if")
}

func (v whatIfPage) figuresCaption() string {
	if v.AnyHour {
		return v.F("%s，不看几点", "%s, at no particular hour", page.Capital(v.withinWords()))
	}
	return v.F("%[2]s，%[1]s", "%[2]s, %[1]s", words.Moment(v.Lang, v.At), page.Capital(v.withinWords()))
}

func (v whatIfPage) before() coverage.PlanFigures {
	before, _ := v.tried.Effect.Figures()
	return before
}

func (v whatIfPage) after() coverage.PlanFigures { _, after := v.tried.Effect.Figures(); return after }

func (v whatIfPage) newAddress() string { return v.Address("/whatif/new") }

// stationAddress is where a station's acts are; the script puts its code in.
func (v whatIfPage) stationAddress(code string) string {
	return v.Address("/whatif/station/" + url.PathEscape(code))
}

// hours are the same changes at other hours, one of them at a weekend.
func (v whatIfPage) hours() []web.Choice {
	day := calendar.DateOf(v.At)
	saturday := day.Add((int(time.Saturday) - int(day.Weekday()) + 7) % 7)
	var out []web.Choice
	add := func(label string, day calendar.Date, hour int) {
		t := v.Trial
		t.At, t.AnyHour = day.Start(v.At.Location()).Add(time.Duration(hour)*time.Hour), false
		out = append(out, web.Choice{Label: label, Value: t.Address("/whatif"), On: t.At.Equal(v.At) && !v.AnyHour})
	}
	for _, hour := range []int{8, 12, 18, 22} {
		add(day.Start(time.UTC).Add(time.Duration(hour)*time.Hour).Format("15:04"), day, hour)
	}
	if saturday != day {
		add(v.F("%s 12:00", "%s 12:00", words.Weekday(v.Lang, saturday, true)), saturday, 12)
	}
	return out
}

func (v whatIfPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label, m.Tall, m.Trial = v.T("试一试的地图：点驿站改它，点空白处新开", "Map to try changes on: tap a station to change it, tap elsewhere to open one"), true, true
	m.StationTiles = page.StationTilesAt(v.city, v.At)
	m.Minutes = v.Minutes()
	m.Demand, m.Changes = v.Address("/map/whatif"), v.Address("/map/whatif/stations")
	if v.tried != nil {
		FitChanges(&m, v.tried.Scenario.Altered())
	}
	return m
}

// actedWhom names whom a change is for that could not be made.
func (v whatIfPage) actedWhom() string {
	if brand, ok := station.ParseBrand(v.acted.Get("brand")); ok && brand != 0 {
		return brand.Name().In(v.Lang)
	}
	codes := v.acted["code"]
	if len(codes) == 0 {
		return v.T("新开一站", "a new station")
	}
	if len(codes) > 1 {
		return v.F("%d 个站", "%d stations", len(codes))
	}
	if s, ok := v.city.Network.Station(codes[0]); ok && s.Name != "" {
		return s.Name
	}
	return lang.Short(codes[0])
}
