// Package published says which figures the station system publishes with a receipt, each
// as a query of the public log (record/figure):
//
//   - station.open/1: how many stations there are, and are open at a minute, by division.
//     The log alone gives it.
//   - station.reach/1: what share of the people reach an open station in so many minutes.
//     The log gives the stations; streets and people are files, named by their hash.
//   - station.stars/1: how many stations have which star. The log alone gives it.
//
// A query answers from entries, not from the database, so that a site and whoever
// doubts it compute the same by the same lines.
package published

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// Queries are the figures. A site gives the city that it computes on; without one, as
// where somebody checks a receipt, files take its place.
func Queries(live func() *city.City) []figure.Query {
	return []figure.Query{openQuery(), reachQuery(live), starsQuery()}
}

// minute is the form of a parameter "at", in China's time.
const minute = "2006-01-02T15:04"

// The years that may be asked about: longer ago or ahead nothing is known.
const firstYear, lastYear = 2020, 2100

// settleAt fills in the minute.
func settleAt(text string, now time.Time) (string, error) {
	if text == "" {
		return now.In(calendar.China).Format(minute), nil
	}
	at, err := time.ParseInLocation(minute, text, calendar.China)
	if err != nil || at.Year() < firstYear || at.Year() > lastYear || at.Format(minute) != text {
		return "", fault.At("at", fault.New(fault.Invalid, "时间“%s”不行：请写成 2026-11-23T22:00", "the time “%s” will not do: write it as 2026-11-23T22:00", lang.Short(text)))
	}
	return text, nil
}

// momentOf is a settled minute.
func momentOf(p figure.Params) time.Time {
	at, _ := time.ParseInLocation(minute, p["at"], calendar.China) // settleAt has read it
	return at
}

// holidays is the arrangement that says which days of the year are off: a figure of a
// year whose arrangement was not out yet has none, and may come out otherwise later.
func holidays(at time.Time) string {
	known, _ := calendar.Official.ArrangementOf(at.Year())
	return known.Document
}

// when says the minute to people.
func when(p figure.Params) string { return strings.Replace(p["at"], "T", " ", 1) }

// divisionName is the name that a division goes by now.
func divisionName(code string) string {
	if d, err := gb.Parse(code); err == nil && d.Valid() {
		return d.String()
	}
	return code
}

// read reads a result for [figure.Query.Tell]. What a receipt lacks stays empty.
func read[T any](result json.RawMessage) (out T) {
	_ = json.Unmarshal(result, &out)
	return out
}

func line(zh, en, value string) figure.Line {
	return figure.Line{Name: lang.Text{ZH: zh, EN: en}, Value: lang.Text{ZH: value, EN: value}}
}
