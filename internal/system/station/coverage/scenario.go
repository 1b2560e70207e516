package coverage

import (
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Scenario is a network with some stations other than they are. It is immutable
// and cheap: a change costs one bounded search for each new position and none for
// what only closes or keeps other hours.
type Scenario struct {
	survey *Survey
	gone   map[int32]bool        // stations of the network that no longer stand as they are
	with   map[string]substitute // those that stand instead, and new ones, by code
	closed map[string]int        // the number of the change, from 1, that closed a station
}

// substitute is a station of a scenario.
type substitute struct {
	station station.Station
	places  [len(network.ModeNames)]network.Place
	as      int32 // the station of the network on whose place it is; -1: on another
}

func (v *Survey) asItIs() *Scenario { return &Scenario{survey: v} }

// WhatIf returns the network as it would be with the changes, made in order. A
// change that names no station, or a new code that is taken, is a fault.
func (v *Survey) WhatIf(changes []whatif.Change) (*Scenario, error) {
	s := &Scenario{survey: v, gone: map[int32]bool{}, with: map[string]substitute{}, closed: map[string]int{}}
	for i, c := range changes {
		if err := s.change(c, i+1); err != nil {
			return nil, whatif.AtLine(i, c.String(), err)
		}
	}
	return s, nil
}

// change makes one change, the nth.
func (s *Scenario) change(c whatif.Change, nth int) error {
	if c.Act == whatif.OpenStation {
		i, taken := s.survey.Index(c.Code)
		_, again := s.with[c.Code]
		if taken && !again && s.survey.Stations[i].Status == station.Candidate {
			s.promote(c, int32(i))
			return nil
		}
		if taken || again {
			return fault.New(fault.Conflict, "编号 %s 已有站点：请换一个", "the code %s is taken: choose another", lang.Short(c.Code))
		}
		s.put(station.Station{Code: c.Code, Name: c.Name, Brand: c.Brand, At: c.At.Fixed().Point(), Hours: c.Hours, Status: station.Operating}, -1)
		return nil
	}
	if c.Code != "" {
		return s.changeOne(c, nth, c.Code)
	}
	var codes []string
	for i := range s.survey.Stations {
		if o := &s.survey.Stations[i]; o.Brand == c.Brand && o.Status == station.Operating && !s.gone[int32(i)] {
			codes = append(codes, o.Code)
		}
	}
	for code, w := range s.with {
		if w.station.Brand == c.Brand && w.station.Status == station.Operating {
			codes = append(codes, code)
		}
	}
	for _, code := range codes {
		if err := s.changeOne(c, nth, code); err != nil {
			return err
		}
	}
	return nil
}

// promote opens a candidate of the register where it is, with the hours of the
// change if it names some.
func (s *Scenario) promote(c whatif.Change, i int32) {
	opened := s.survey.Stations[i]
	opened.Status = station.Operating
	if c.Hours.Known() {
		opened.Hours = c.Hours
	}
	s.put(opened, i)
}

func (s *Scenario) changeOne(c whatif.Change, nth int, code string) error {
	before, as, ok := s.take(code)
	if by := s.closed[code]; !ok && by > 0 {
		return fault.New(fault.NotFound, "%[1]s 已经由第 %[2]d 条改动关闭，没有这个站点可改了：请删去其中一条",
			"change %[2]d has closed %[1]s already, and there is no such station any more: remove one of the two", lang.Short(code), by)
	}
	if !ok {
		return fault.New(fault.NotFound, "没有编号为 %s 的站点", "there is no station %s", lang.Short(code))
	}
	switch c.Act {
	case whatif.MoveStation:
		before.At, as = c.At.Fixed().Point(), -1
	case whatif.ChangeHours:
		before.Hours = c.Hours
	case whatif.PauseDays:
		before.Hours = before.Hours.Without(c.Days)
	case whatif.CloseStation, whatif.OpenStation:
		s.closed[code] = nth
		return nil
	}
	s.put(before, as)
	return nil
}

// take removes a station from the scenario and returns it as it was there.
func (s *Scenario) take(code string) (out station.Station, as int32, ok bool) {
	if w, ok := s.with[code]; ok {
		delete(s.with, code)
		return w.station, w.as, true
	}
	if i, ok := s.survey.Index(code); ok && !s.gone[int32(i)] && s.closed[code] == 0 {
		s.gone[int32(i)] = true
		return s.survey.Stations[i], int32(i), true
	}
	return out, -1, false
}

func (s *Scenario) put(station station.Station, as int32) {
	w := substitute{station: station, as: as}
	for mode, g := range s.survey.Grounds {
		if as >= 0 {
			w.places[mode] = g.Stations[as]
		} else {
			w.places[mode] = g.Place(station.At)
		}
	}
	s.with[station.Code] = w
}
