package stationhttp

import (
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// reading is a coverage in words, for the page and for the report.
type reading struct {
	lang    lang.Lang
	survey  survey
	city    *City
	cov     *coverage.Coverage
	figures CoverageFigures
}

func read(l lang.Lang, s survey, c *City, cov *coverage.Coverage) reading {
	return reading{l, s, c, cov, Figures(c, cov, s.At)}
}

func (v reading) rule() string {
	return v.lang.F("%[1]s，每小时 %[2]g 公里，%[3]d 分钟就是 %[4]s。", "%[1]s at %[2]g km/h, so %[3]d minutes are %[4]s.",
		v.modeWord(), v.figures.SpeedKmh, v.survey.minutes(), metres(v.lang, v.cov.CutoffDM))
}

func (v reading) modeWord() string {
	if v.survey.Mode == network.Ebike {
		return v.lang.T("骑电动车", "by e-bike")
	}
	return v.lang.T("走路", "on foot")
}

func (v reading) headline() string {
	if v.survey.minutes() == usualMinutes && v.survey.Mode == network.Walk {
		return v.lang.T("走十五分钟，有没有驿站可去？", "Is there a station within fifteen minutes' walk?")
	}
	if v.survey.Mode == network.Ebike {
		return v.lang.F("骑 %d 分钟，有没有驿站可去？", "Is there a station within %d minutes by e-bike?", v.survey.minutes())
	}
	return v.lang.F("走 %d 分钟，有没有驿站可去？", "Is there a station within %d minutes' walk?", v.survey.minutes())
}

func (v reading) asked() string {
	if v.survey.AnyHour {
		return v.lang.F("不看几点，%s 个开放的驿站全算。", "At no particular hour: all %s stations in service count.", count(v.cov.Counted))
	}
	if v.cov.Counted == 1 {
		return v.lang.F("%s，开着 1 个驿站。", "%s, with one station open.", moment(v.lang, v.survey.At))
	}
	return v.lang.F("%[1]s，开着 %[2]s 个驿站。", "%[1]s, with %[2]s stations open.", moment(v.lang, v.survey.At), count(v.cov.Counted))
}

func (v reading) dated() string {
	if v.survey.AnyHour {
		return v.lang.T("不看几点", "at no particular hour")
	}
	return moment(v.lang, v.survey.At)
}

func (v reading) withinWords() string { return withinWords(v.lang, v.survey) }

// exactly is the demand with exactly k stations, or with k and more for the
// last.
func (v reading) exactly(k int) reach.Weight {
	if k == coverage.CoverTimes {
		return v.cov.Covered[k]
	}
	return v.cov.Covered[k] - v.cov.Covered[k+1]
}

func (v reading) times(k int) string {
	switch k {
	case 0:
		return v.lang.T("一个也没有", "none")
	case 1:
		return v.lang.T("一个", "one")
	case coverage.CoverTimes:
		return v.lang.F("%d 个以上", "%d or more", k)
	}
	return v.lang.F("%d 个", "%d", k)
}

func (v reading) where(g GapFigures) string {
	if g.Near == "" {
		return coordinate(g.Lat) + ", " + coordinate(g.Lon)
	}
	return v.lang.F("%s附近", "near %s", g.Near)
}

func (v reading) stationName(code string) string {
	if s, ok := v.city.Network.Station(code); ok {
		return s.Name
	}
	return code
}

// who names the demand in a sentence: the people, or what else is counted.
func (v reading) who() string { return v.city.who(v.lang, v.cov.Question.Demand) }

// unit is what its figures count.
func (v reading) unit() string { return v.city.unit(v.lang, v.cov.Question.Demand) }

func (c *City) who(l lang.Lang, kind string) string {
	if d, ok := c.Survey.Demand(kind); ok && d.Kind != demand.People {
		return d.Name().In(l)
	}
	return l.T("人", "people")
}

func (c *City) unit(l lang.Lang, kind string) string {
	if d, ok := c.Survey.Demand(kind); ok && d.Kind != demand.People {
		return d.Unit().In(l)
	}
	return l.T("人", "")
}

// heading is who as the head of a column.
func (v reading) heading() string {
	if d, ok := v.city.Survey.Demand(v.cov.Question.Demand); ok && d.Kind != demand.People {
		return d.Name().In(v.lang)
	}
	return v.lang.T("人", "People")
}

// subject is who where a figure without a unit begins: 骑手订单走 15 分钟到不了.
func (v reading) subject() string {
	if d, ok := v.city.Survey.Demand(v.cov.Question.Demand); ok && d.Kind != demand.People {
		return d.Name().In(v.lang)
	}
	return v.lang.T("", "people")
}
