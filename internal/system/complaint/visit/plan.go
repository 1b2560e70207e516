package visit

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// MostStops bounds a round: more is no day's work, and a phone keeps a page of each.
const MostStops = 20

// farthest is how many days ahead a round may be planned.
const farthest = 60

// New is a round to be.
type New struct {
	Campaign string
	Day      calendar.Date
	Mode     Mode
	Problems []string // codes
}

func (n New) check(today calendar.Date) error {
	switch {
	case n.Mode != Walk && n.Mode != Drive:
		return fault.At("mode", fault.New(fault.Invalid, "请选步行还是驾车", "choose whether you walk or drive"))
	case n.Day.Before(today) || n.Day.Sub(today) > farthest:
		return fault.At("day", fault.New(fault.Invalid, "督办的日期是今天到 %d 天以内", "the day is from today to %d days ahead", farthest))
	case len(n.Problems) == 0:
		return fault.At("problem", fault.New(fault.Invalid, "请至少选一个问题", "choose one problem at least"))
	case len(n.Problems) > MostStops:
		return fault.At("problem", fault.New(fault.Invalid, "一次最多 %[1]d 个点，您选了 %[2]d 个：请分成两次", "a round has %[1]d stops at most, and you chose %[2]d: make two of it", MostStops, len(n.Problems)))
	}
	return nil
}

// Plan puts a round together: the sites in the order of their way, those of which nobody knows where they are at its end. A
// supervisor plans their own; what an office plans is for whichever supervisor goes.
func (v *Visits) Plan(ctx context.Context, who identity.Colleague, n New) (r Round, err error) {
	n.Problems = codesOf(n.Problems, true)
	var sites []problem.Problem
	if err := v.db.View(ctx, func(tx *db.Tx) error {
		if err := n.check(calendar.DateOf(tx.Now().In(calendar.China))); err != nil {
			return err
		}
		sites, err = v.sites(tx, who, n)
		return err
	}); err != nil {
		return r, err
	}
	stops, drawn, total, err := v.route(n.Mode, sites, false) // outside of the transaction: it takes its time
	if err != nil {
		return r, err
	}
	err = v.db.Update(ctx, func(tx *db.Tx) error { r, err = v.plan(tx, who, n, sites, stops, drawn, total); return err })
	return r, err
}

// codesOf are codes that were typed, each once: in its first place, or sorted.
func codesOf(problems []string, sorted bool) (all []string) {
	for _, code := range problems {
		if code = strings.ToUpper(strings.TrimSpace(code)); code != "" && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	if sorted {
		slices.Sort(all)
	}
	return all
}

// divisionOf is the district in which all the sites are, or else the city.
func divisionOf(c campaign.Campaign, sites []problem.Problem) string {
	if d := sites[0].Where(); d.Valid() && !slices.ContainsFunc(sites, func(p problem.Problem) bool { return p.Division != d.Code() }) {
		return d.Code()
	}
	return c.Home.Code()
}

// sites reads the problems of a round, each of which who plans it has to supervise or to coordinate.
func (v *Visits) sites(tx *db.Tx, who identity.Colleague, n New) (all []problem.Problem, err error) {
	for _, code := range n.Problems {
		p, err := problem.ByCode(tx, code)
		if err != nil {
			return nil, fault.At("problem", err)
		}
		at, err := p.At(tx)
		if err != nil {
			return nil, err
		}
		if _, err := admitted(tx, who, at, complaint.Supervise, complaint.Coordinate); err != nil {
			return nil, err
		}
		switch {
		case p.Campaign != n.Campaign:
			return nil, fault.At("problem", fault.New(fault.Invalid, "“%s”不是这次督察的", "%q is not of this inspection", p.Code))
		case p.Lead == "" || p.Stage == complaint.Empty:
			return nil, fault.At("problem", fault.New(fault.Conflict, "“%s”还没有责任单位，没有可以督办的", "nobody answers for %q yet, so there is nothing to supervise", p.Code))
		}
		all = append(all, p)
	}
	return all, nil
}

// route orders the sites, unless their order is fixed, and draws them.
func (v *Visits) route(m Mode, sites []problem.Problem, fixed bool) (stops []Stop, drawn string, total leg, err error) {
	var at []geo.Point
	var placed, others []int
	for i, p := range sites {
		if p.Lat == nil || p.Lon == nil {
			others = append(others, i)
			continue
		}
		placed, at = append(placed, i), append(at, geo.Point{Lat: *p.Lat, Lon: *p.Lon})
	}
	a := v.streets()
	if a != nil && len(placed) > 0 {
		w := find(a, m, at, fixed)
		ordered := make([]geo.Point, len(w.order))
		for n, i := range w.order {
			p := sites[placed[i]]
			stops, ordered[n] = append(stops, Stop{Problem: p.ID, Lat: p.Lat, Lon: p.Lon, Metres: w.legs[n].metres, Seconds: w.legs[n].seconds}), at[i]
			if w.legs[n] != noLeg {
				total.metres, total.seconds = total.metres+w.legs[n].metres, total.seconds+w.legs[n].seconds
			}
		}
		text, err := json.Marshal(sketch(a, w, ordered))
		if err != nil {
			return nil, "", total, err
		}
		drawn = string(text)
	} else {
		others = append(placed, others...) //nolint:gocritic // without streets all stand as they came
	}
	for _, i := range others {
		stops = append(stops, Stop{Problem: sites[i].ID, Lat: sites[i].Lat, Lon: sites[i].Lon, Metres: -1, Seconds: -1})
	}
	return stops, drawn, total, nil
}

func (v *Visits) plan(tx *db.Tx, who identity.Colleague, n New, sites []problem.Problem, stops []Stop, drawn string, total leg) (r Round, err error) {
	c, err := campaign.Read(tx, n.Campaign)
	if err != nil {
		return r, err
	}
	r = Round{Campaign: n.Campaign, Day: n.Day.String(), Mode: n.Mode, Stops: len(stops), Metres: total.metres, Seconds: total.seconds, MadeAt: tx.Now(), Division: divisionOf(c, sites), Version: 1}
	at, err := r.where(tx)
	if err != nil {
		return r, err
	}
	by, err := who.Admit(tx, complaint.Supervise, at)
	if err == nil {
		r.Person = by.Person
	} else if by, err = admitted(tx, who, at, complaint.Coordinate); err != nil {
		return r, err
	}
	if r.ID, err = newID(); err != nil {
		return r, err
	}
	r.MadeBy = by.Sign
	if r.Entry, err = record.AppendID(tx, by.Sign, planned{person: by.Person, Visit: r.ID, Day: r.Day, Mode: string(r.Mode), Stops: r.Stops}); err != nil {
		return r, err
	}
	if _, err := insertRound.Exec(tx, insertable{r, drawn}); err != nil {
		return r, err
	}
	for i := range stops {
		stops[i].Round, stops[i].Place = r.ID, i+1
		if err := insertStop.Later(tx, stops[i]); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Choice is which problems are offered to be visited.
type Choice struct {
	Campaign string
	Text     string
	After    problem.Promise
	Limit    int
}

// Choices is a page of the problems that may be visited, those whose next promise is due soonest first, and behind which the next
// page begins.
func (v *Visits) Choices(ctx context.Context, who identity.Colleague, f Choice) (all []problem.Promised, next problem.Promise, err error) {
	err = v.db.View(ctx, func(tx *db.Tx) error {
		supervises, err := who.Admits(tx, complaint.Supervise)
		if err != nil {
			return err
		}
		leads, err := who.Admits(tx, complaint.Coordinate)
		if err != nil {
			return err
		}
		c, err := campaign.Read(tx, f.Campaign)
		if err != nil {
			return err
		}
		rows, err := problem.ToVisit(tx, f.Campaign, f.Text, f.After, f.Limit)
		if err != nil {
			return err
		}
		all, next = nil, problem.Promise{}
		if len(rows) > 0 && len(rows) == f.Limit {
			next = rows[len(rows)-1].Mark()
		}
		for _, p := range rows {
			place := right.In(c.Home)
			if d := p.Where(); d.Valid() {
				place = right.In(d)
			}
			if _, err := supervises(place); err != nil {
				if _, err := leads(place); err != nil {
					continue
				}
			}
			all = append(all, p)
		}
		return nil
	})
	return all, next, err
}
