package stationhttp

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// A figure can be computed again, to the last digit, by xiadu coverage on what it
// was computed on: the stations and the demand as files, the areas, and the
// streets by the name and the hash of their extract.

func (p *pages) inputStations(w http.ResponseWriter, r *http.Request) error {
	fileHeader(w, "stations.csv", csvType)
	return station.WriteCSV(w, web.LangOf(r), slices.Values(p.City().Network.Stations))
}

func (p *pages) inputDemand(w http.ResponseWriter, r *http.Request) error {
	kind := r.URL.Query().Get("demand")
	d, ok := p.City().Survey.Demand(kind)
	if !ok {
		return fault.New(fault.NotFound, "没有“%s”这种需求。", "There is no demand of the kind “%s”.", lang.Short(kind))
	}
	fileHeader(w, demandFile(d), csvType)
	return demand.Write(w, d)
}

func demandFile(d demand.Demand) string { return "demand-" + d.Kind + ".csv" }

func (p *pages) inputAreas(w http.ResponseWriter, _ *http.Request) error {
	fileHeader(w, "areas.geojson", geoJSONType)
	return area.Write(w, p.City().Areas.Areas)
}

// again is the command that computes a question again on the downloaded files.
func (c *City) again(q coverage.Question) string {
	words := []string{"xiadu"}
	for _, speed := range []struct {
		flag string
		mode network.Mode
		kmh  float64
	}{{"--walk-kmh", network.Walk, road.WalkingSpeedKmh}, {"--ebike-kmh", network.Ebike, road.EbikeSpeedKmh}} {
		if kmh := c.Network.Speed(speed.mode); kmh != speed.kmh && kmh > 0 {
			words = append(words, speed.flag, strconv.FormatFloat(kmh, 'f', -1, 64))
		}
	}
	words = append(words, "coverage")
	if c.Atlas != nil {
		words = append(words, "--osm", quoted(c.Atlas.Info.Source))
	}
	words = append(words, "--stations stations.csv")
	for _, d := range c.Survey.Demands {
		if !d.Estimated {
			words = append(words, "--demand "+d.Kind+"="+demandFile(d))
		}
	}
	return strings.Join(words, " ") + questionFlags(q)
}

// quoted is a word of a command line as a shell reads it whole.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " '\"$`\\&;|<>()*?[]#~\t\n") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Extras are what a coverage may have beside it.
type Extras struct {
	Clock   bool           // the clock of the question, of Day or else of a usual week
	Day     *calendar.Date // for Clock and Areas
	CircleM int            // the comparison with circles; 0: none
	Areas   bool           // all areas held against their targets
	Kind    string         // the kind of demand for Areas, if not each area's own
	Minutes int            // likewise
}

// Complete states a coverage with its extras.
func Complete(ctx context.Context, c *City, cov *coverage.Coverage, q coverage.Question, x Extras) (CoverageFigures, error) {
	f := Figures(c, cov, q.At)
	if x.Clock {
		clock, err := ClockOf(ctx, c, q, x.Day)
		if err != nil {
			return f, err
		}
		figures := FiguresOfClock(c, clock)
		f.Clock = &figures
	}
	if x.CircleM > 0 {
		circle, err := c.Survey.Circle(ctx, cov, x.CircleM)
		if err != nil {
			return f, err
		}
		figures := FiguresOfCircle(c, cov, circle)
		f.Circle = &figures
	}
	if x.Areas {
		list, err := MeasureAreas(ctx, c, coverage.AreaQuestion{Mode: q.Mode, Demand: x.Kind, Minutes: x.Minutes, Day: x.Day, From: calendar.DateOf(q.At)})
		if err != nil {
			return f, err
		}
		f.Areas = &list
	}
	return f, nil
}

// ClockOf winds the clock of a question: of a day, or of a usual week from the
// question's hour on.
func ClockOf(ctx context.Context, c *City, q coverage.Question, day *calendar.Date) (*coverage.Clock, error) {
	if day != nil {
		return c.Survey.Day(ctx, q, *day, nil)
	}
	return c.Survey.WeekOn(ctx, q, c.Survey.Timetable().UsualDates(calendar.DateOf(q.At)))
}

// extras reads which extras a request wants: clock=1, day, circle=1000, areas=1.
func (p *pages) extras(r *http.Request) (x Extras, err error) {
	q := r.URL.Query()
	x.Clock, x.Areas = q.Get("clock") == "1", q.Get("areas") == "1"
	x.Kind = q.Get("demand")
	if x.Day, err = parseDay(q); err != nil {
		return x, err
	}
	if q.Get("circle") != "" {
		if x.CircleM, err = strconv.Atoi(q.Get("circle")); err != nil {
			return x, fault.New(fault.Invalid, "半径“%s”不行：请写米数，如 1000。", "The radius “%s” will not do: write metres, as 1000.", lang.Short(q.Get("circle")))
		}
	}
	if q.Get("minutes") != "" && x.Areas {
		s, err := parseSurvey(q, p.now())
		if err != nil {
			return x, err
		}
		x.Minutes = s.minutes()
	}
	return x, nil
}

// streetsHash names the extract's streets, for whoever compares.
func (c *City) streetsHash(l lang.Lang) string {
	if c.Atlas == nil {
		return l.T("没有", "none")
	}
	return c.Atlas.Info.Hash
}
