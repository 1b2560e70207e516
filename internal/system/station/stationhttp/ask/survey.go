package ask

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// AreaSurvey is what somebody asks of areas, in the query:
//
//	mode      walk or ebike
//	minutes   how far is near; by default each area's own
//	demand    the kind of demand; by default each area's own
//	day       a date; by default a usual week
func AreaSurvey(q url.Values, now time.Time) (out coverage.AreaQuestion, err error) {
	s, err := ParseSurvey(q, now)
	out = coverage.AreaQuestion{Mode: s.Mode, Demand: s.Demand, From: calendar.DateOf(s.At)}
	if q.Get("minutes") != "" {
		out.Minutes = s.Minutes()
	}
	var day error
	out.Day, day = ParseDay(q)
	return out, errors.Join(err, day)
}

// Survey is what a planner asks, in the query:
//
//	mode      walk or ebike
//	minutes   how far is near: 15
//	at        the hour: 2026-11-23T22:00, or now
//	any       1 counts every operating station, open or not
//	demand    the kind of demand: couriers; by default the first, people
type Survey struct {
	coverage.Question
	Chosen bool
}

// The minutes that may be asked for. Beyond half an hour nobody goes for a rest.
const (
	leastMinutes, mostMinutes = 1, 60
	UsualMinutes              = 15
)

// ParseSurvey reads a planner's question from an address.
func ParseSurvey(q url.Values, now time.Time) (s Survey, err error) {
	var mode, at, near, whom error
	s.Mode, mode = parseMode(q.Get("mode"))
	s.At, s.Chosen, at = ParseMoment(q.Get("at"), now)
	s.Within, near = parseMinutes(q.Get("minutes"))
	s.AnyHour = q.Get("any") == "1"
	if s.Demand = q.Get("demand"); s.Demand != "" && !demand.ValidKind(s.Demand) {
		whom = fault.New(fault.Invalid, "没有“%s”这种需求。请从页面上的下拉框选。", "There is no demand of the kind “%s”. Choose from the list on the page.", lang.Short(s.Demand))
		s.Demand = ""
	}
	return s, errors.Join(mode, fault.At("at", at), fault.At("minutes", near), fault.At("demand", whom))
}

func parseMinutes(text string) (time.Duration, error) {
	if text == "" {
		return UsualMinutes * time.Minute, nil
	}
	minutes, err := strconv.Atoi(text)
	if err != nil || minutes < leastMinutes || minutes > mostMinutes {
		return UsualMinutes * time.Minute, fault.New(fault.Invalid, "“%[1]s”分钟不行：请写 %[2]d 到 %[3]d 之间的整数。",
			"“%[1]s” minutes will not do: write a whole number from %[2]d to %[3]d.", lang.Short(text), leastMinutes, mostMinutes)
	}
	return time.Duration(minutes) * time.Minute, nil
}

// Minutes is how far is near.
func (s Survey) Minutes() int { return int(s.Within.Minutes()) }

// Address is path with this survey as its query.
func (s Survey) Address(path string) string {
	q := url.Values{"minutes": {strconv.Itoa(cmp.Or(s.Minutes(), UsualMinutes))}}
	if s.Mode != network.Walk {
		q.Set("mode", s.Mode.String())
	}
	if s.Chosen {
		q.Set("at", s.At.Format(InputTime))
	}
	if s.AnyHour {
		q.Set("any", "1")
	}
	if s.Demand != "" && s.Demand != demand.People {
		q.Set("demand", s.Demand)
	}
	return path + "?" + q.Encode()
}

// Fixed is path with the moment named, for what must show the same as the page.
func (s Survey) Fixed(path string) string {
	s.Chosen = true
	return s.Address(path)
}

// The hours that are held against each other: the day's work and the late one.
const dayHour, nightHour = 12, 22

// OtherEnd is the same question at the other end of the day.
func (s Survey) OtherEnd() Survey {
	hour := nightHour
	if s.At.Hour() >= 18 || s.At.Hour() < 6 {
		hour = dayHour
	}
	s.At, s.Chosen = calendar.DateOf(s.At).Start(s.At.Location()).Add(time.Duration(hour)*time.Hour), true
	return s
}
