package scoring

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// measured is an entry's value of a measure.
func (s *scorer) measured(measure string, e int) mark.Measure {
	of := s.t.Measures[measure]
	if of == nil {
		return mark.Measure{}
	}
	return of[e]
}

// points is the sum of what measured values give or take; false: one is missing that the entry waits for.
func (s *scorer) points(all []rule.Points, e int, notes *[]PointsTrace) (sum exact.Number, ok bool) {
	ok = true
	for i := range all {
		p := &all[i]
		v := s.measured(p.Measure, e)
		if !v.There {
			ok = ok && p.Unmeasured == rule.None
			notePoints(notes, p, nil, exact.Number{})
			continue
		}
		n := Points(p, v.Value)
		notePoints(notes, p, &v.Value, n)
		sum = sum.Add(n)
	}
	return sum, ok
}

// Points is what a measured value gives, or takes off where it is below zero.
func Points(p *rule.Points, value exact.Number) exact.Number {
	value = p.Round.Of(value)
	switch {
	case p.Times != nil:
		return p.Times.Times(value)
	case p.Each != nil:
		return each(p.Each, value)
	}
	var n exact.Number
	for _, b := range p.Bands {
		if value.Less(b.From) {
			break
		}
		n = b.Points
	}
	return n
}

func each(e *rule.Each, value exact.Number) exact.Number {
	over := value.Sub(e.Over)
	if over.Sign() <= 0 {
		return exact.Number{}
	}
	steps := over.Over(e.Step)
	mode := exact.Down
	if e.Begun {
		mode = exact.Up
	}
	n := e.Points.Times(steps.Round(0, mode))
	if e.Most != nil && (n.Sign() > 0 && e.Most.Less(n) || n.Sign() < 0 && e.Most.Sign() <= 0 && n.Less(*e.Most)) {
		return *e.Most
	}
	return n
}

// Span is the least and the most that a measured value can give, where there are such.
func span(p *rule.Points) (least, most exact.Number, bounded bool) {
	stretch := func(n exact.Number) {
		if n.Less(least) {
			least = n
		}
		if most.Less(n) {
			most = n
		}
	}
	for _, b := range p.Bands {
		stretch(b.Points)
	}
	switch {
	case p.Times != nil:
		stretch(*p.Times)
		return least, most, p.Kind != rule.Count
	case p.Each != nil && p.Each.Most != nil:
		stretch(*p.Each.Most)
	case p.Each != nil:
		return least, most, p.Each.Points.Sign() == 0
	}
	return least, most, true
}
