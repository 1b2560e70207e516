package survey

import (
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// Reading is a coverage in words, for the page and for the report.
type Reading struct {
	L       lang.Lang
	Survey  ask.Survey
	City    *city.City
	Cov     *coverage.Coverage
	Figures figures.CoverageFigures
}

// Read reads a coverage for a page in a language.
func Read(l lang.Lang, s ask.Survey, c *city.City, cov *coverage.Coverage) Reading {
	return Reading{l, s, c, cov, figures.OfCoverage(c, cov, s.At)}
}

func (v Reading) rule() string {
	return v.L.F("%[1]s，每小时 %[2]g 公里，%[3]d 分钟就是 %[4]s。", "%[1]s at %[2]g km/h, so %[3]d minutes are %[4]s.",
		v.modeWord(), v.Figures.SpeedKmh, v.Survey.Minutes(), words.Metres(v.L, v.Cov.CutoffDM))
}

func (v Reading) modeWord() string {
	if v.Survey.Mode == network.Ebike {
		return v.L.T("骑电动车", "by e-bike")
	}
	return v.L.T("走路", "on foot")
}

// Headline is the answer in one sentence.
func (v Reading) Headline() string {
	if v.Survey.Minutes() == ask.UsualMinutes && v.Survey.Mode == network.Walk {
		return v.L.T("走十五分钟，有没有驿站可去？", "Is there a station within fifteen minutes' walk?")
	}
	if v.Survey.Mode == network.Ebike {
		return v.L.F("骑 %d 分钟，有没有驿站可去？", "Is there a station within %d minutes by e-bike?", v.Survey.Minutes())
	}
	return v.L.F("走 %d 分钟，有没有驿站可去？", "Is there a station within %d minutes' walk?", v.Survey.Minutes())
}

// Asked says what was asked.
func (v Reading) Asked() string {
	if v.Survey.AnyHour {
		return v.L.F("不看几点，%s 个开放的驿站全算。", "At no particular hour: all %s stations in service count.", words.Count(v.Cov.Counted))
	}
	if v.Cov.Counted == 1 {
		return v.L.F("%s，开着 1 个驿站。", "%s, with one station open.", words.Moment(v.L, v.Survey.At))
	}
	return v.L.F("%[1]s，开着 %[2]s 个驿站。", "%[1]s, with %[2]s stations open.", words.Moment(v.L, v.Survey.At), words.Count(v.Cov.Counted))
}

// Dated says of when the figures are.
func (v Reading) Dated() string {
	if v.Survey.AnyHour {
		return v.L.T("不看几点", "at no particular hour")
	}
	return words.Moment(v.L, v.Survey.At)
}

// WithinWords says how far is near.
func (v Reading) WithinWords() string { return page.WithinWords(v.L, v.Survey) }

// Exactly is the demand with exactly k stations, or with k and more for the
// last.
func (v Reading) Exactly(k int) reach.Weight {
	if k == coverage.CoverTimes {
		return v.Cov.Covered[k]
	}
	return v.Cov.Covered[k] - v.Cov.Covered[k+1]
}

// Times are the counts of people by how many stations they reach.
func (v Reading) Times(k int) string {
	switch k {
	case 0:
		return v.L.T("一个也没有", "none")
	case 1:
		return v.L.T("一个", "one")
	case coverage.CoverTimes:
		return v.L.F("%d 个以上", "%d or more", k)
	}
	return v.L.F("%d 个", "%d", k)
}

// Where says where a gap is.
func (v Reading) Where(g figures.GapFigures) string {
	if g.Near == "" {
		return words.Coordinate(g.Lat) + ", " + words.Coordinate(g.Lon)
	}
	return v.L.F("%s附近", "near %s", g.Near)
}

// StationName is the name of a code.
func (v Reading) StationName(code string) string {
	if s, ok := v.City.Network.Station(code); ok {
		return s.Name
	}
	return code
}

// Who names the demand in a sentence: the people, or what else is counted.
func (v Reading) Who() string { return v.City.Who(v.L, v.Cov.Question.Demand) }

// Unit is what its figures count.
func (v Reading) Unit() string { return v.City.Unit(v.L, v.Cov.Question.Demand) }

// Heading is who as the head of a column.
func (v Reading) Heading() string {
	if d, ok := v.City.Survey.Demand(v.Cov.Question.Demand); ok && d.Kind != demand.People {
		return d.Name().In(v.L)
	}
	return v.L.T("人", "People")
}

// Subject is who where a figure without a unit begins: 骑手订单走 15 分钟到不了.
func (v Reading) Subject() string {
	if d, ok := v.City.Survey.Demand(v.Cov.Question.Demand); ok && d.Kind != demand.People {
		return d.Name().In(v.L)
	}
	return v.L.T("", "people")
}
