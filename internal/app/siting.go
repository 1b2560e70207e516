package app

import (
	"context"
	"errors"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// SitingSurvey says what to choose sites in. Candidates of the register always
// count; those of a file and of the streets come beside them for this question only.
type SitingSurvey struct {
	Survey
	Candidates      string   // a file of candidates
	CandidatePlaces []string // kinds of place in the streets that are candidates
	Ask             selection.Question
	Form            figures.SitingForm // that Ask was read from, for its floor
	Time            time.Duration
	Gap             float64 // near enough to the best possible, as a share
	// Ready is told the question made ready, and Progress how far the answer is.
	Ready    func(*selection.Siting)
	Progress func(siting.Progress)
	// Stuck is told, when there is no answer, where people are whom no candidate
	// reaches.
	Stuck func(figures.MissingFigures)
}

// Siting chooses sites without any server and gives the answer to use. It changes
// nothing. When ctx ends while it searches, the answer is the best plan so far.
func Siting(ctx context.Context, c Config, s SitingSurvey, progress atlas.Progress, use func(figures.Sited) error) error {
	return c.survey(ctx, s.Survey, progress, func(a *atlas.Atlas, city *city.City) error {
		more, err := s.candidates(ctx, a)
		if err != nil {
			return err
		}
		ask, err := s.Form.Floors(s.Ask, city)
		if err != nil {
			return err
		}
		ready, err := selection.New(ctx, city.Survey, ask, more)
		if err != nil {
			return err
		}
		if s.Ready != nil {
			s.Ready(ready)
		}
		found, err := figures.SolveSiting(ctx, city, ready, siting.Options{Gap: s.Gap, Progress: s.Progress}, s.Time, time.Now)
		if fault.KindOf(err) == fault.Invalid && s.Stuck != nil {
			s.Stuck(figures.OfMissing(city, ready.Missing(), 5))
		}
		if err != nil {
			return err
		}
		return use(found)
	})
}

// candidates are those of the file and of the streets.
func (s SitingSurvey) candidates(ctx context.Context, a *atlas.Atlas) (all []station.Station, err error) {
	if s.Candidates != "" {
		from := s.Survey
		from.Stations = s.Candidates
		if all, err = from.readStations(ctx); err != nil {
			return nil, err
		}
	}
	if len(s.CandidatePlaces) > 0 {
		b, err := station.FromPlaces(placesOf(a), station.PlaceReading{Kinds: s.CandidatePlaces, Division: anyDivision(), Status: station.Candidate})
		if err = errors.Join(err, b.Err()); err != nil {
			return nil, err
		}
		all = append(all, b.Stations...)
	}
	return all, nil
}
