package figures

import (
	"math"
	"time"

	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// SitingFigures is the answer to a question of siting as one JSON object, its
// certificate included: what the API answers and `xiadu site --json` prints.
// People are those of the demand, on the average of the hours that count.
type SitingFigures struct {
	Goal     string  `json:"goal" enum:"most,fewest,cheapest" doc:"What the plan is for: to cover most, or to reach the target with the fewest sites, or for the least money"`
	Times    int     `json:"times" doc:"How many stations one must reach to count as covered"`
	Profile  string  `json:"profile" enum:"walk,ebike" doc:"How people travel"`
	SpeedKmh float64 `json:"speed_kmh" doc:"How fast"`
	CutoffS  int     `json:"cutoff_s" doc:"The longest way that counts, in seconds"`
	Hours    string  `json:"hours" doc:"The hours that count: a window of an ordinary week, a moment, or any"`
	Minutes  int64   `json:"minutes" doc:"How many minutes those are; 1 for a moment"`

	Certificate SitingCertificate `json:"certificate"`
	Sites       []SiteFigures     `json:"sites" doc:"The plan, in the order in which each site adds the most to those before it"`
	NoneOpens   string            `json:"none_opens,omitempty" doc:"Why no site is in the plan, where none is"`
	CostYuan    float64           `json:"cost_yuan" doc:"Of the plan"`

	DemandTotal   float64 `json:"demand_total" doc:"Everybody"`
	CoveredBefore float64 `json:"covered_before" doc:"Covered by the stations that there are"`
	CoveredAfter  float64 `json:"covered_after" doc:"Covered with the plan"`
	CoveredMost   float64 `json:"covered_most" doc:"Covered if every candidate opened"`

	Stations           int `json:"stations" doc:"Operating stations"`
	Candidates         int `json:"candidates" doc:"That fit the conditions"`
	CandidatesUnplaced int `json:"candidates_unplaced" doc:"Of them, too far from any street; in no plan"`
	CandidatesNoHours  int `json:"candidates_no_hours" doc:"Left out, because nobody has said when they are open"`
	HoursAssumed       int `json:"hours_assumed" doc:"Candidates for which the usual hours of their premises were taken, an example"`
	CostsAssumed       int `json:"costs_assumed" doc:"Candidates for which a usual cost was taken, an example"`

	Areas  []SitedAreaJSON `json:"areas,omitempty" doc:"What the plan does for each area with a floor"`
	Beyond []GapFigures    `json:"beyond" doc:"The largest groups of people whom no candidate helps"`

	Cells           int     `json:"cells" doc:"Demand cells"`
	DemandKind      string  `json:"demand_kind"`
	DemandSource    string  `json:"demand_source"`
	DemandEstimated bool    `json:"demand_estimated"`
	Streets         string  `json:"streets" doc:"What the streets were read from"`
	Schematic       bool    `json:"schematic" doc:"The streets are a sketch for demonstration, not survey data"`
	Revision        string  `json:"revision" doc:"Names the streets and stations that this was computed on"`
	ElapsedS        float64 `json:"elapsed_s" doc:"How long it was looked for"`
	Ended           string  `json:"ended" enum:"proven,close_enough,time,stopped" doc:"Why the search ended"`
}

// SitingCertificate says how good a plan is at least. For most, value and bound
// are people; for fewest they are sites, for cheapest yuan.
type SitingCertificate struct {
	Value  float64 `json:"value" doc:"What the plan achieves"`
	Bound  float64 `json:"bound" doc:"What no plan can beat"`
	Gap    float64 `json:"gap" doc:"How far apart they are, as a share of the larger, rounded up"`
	Proven bool    `json:"proven" doc:"Value and bound are equal: no plan is better"`
	Words  string  `json:"words"`
	// ValueExact and BoundExact are whole numbers: for most, thousandths of people
	// times minutes; for fewest, sites; for cheapest, fen.
	ValueExact int64 `json:"value_exact,string"`
	BoundExact int64 `json:"bound_exact,string"`
}

// SiteFigures is a site of a plan, and why it is there.
type SiteFigures struct {
	Rank         int             `json:"rank"`
	Code         string          `json:"code"`
	Name         string          `json:"name"`
	Partner      string          `json:"partner" doc:"Who shares the room"`
	Premises     string          `json:"premises" doc:"Key of the kind of premises"`
	Division     string          `json:"division" doc:"GB/T 2260 code"`
	Lon          float64         `json:"lon"`
	Lat          float64         `json:"lat"`
	Hours        string          `json:"opening_hours" doc:"That were taken"`
	HoursAssumed bool            `json:"hours_assumed" doc:"They are usual for such premises; nobody has said this one's"`
	CostYuan     float64         `json:"cost_yuan"`
	CostAssumed  bool            `json:"cost_assumed" doc:"It is usual for such premises; nobody has said this one's"`
	Adds         float64         `json:"adds" doc:"People covered beyond the sites before it"`
	Alone        float64         `json:"alone" doc:"People who would lose their cover if this site alone were left out"`
	YuanEach     float64         `json:"yuan_per_person,omitempty" doc:"cost_yuan / adds"`
	Rivals       []SiteRivalJSON `json:"rivals" doc:"Candidates that could stand in its place, the best first"`
}

// SitedAreaJSON is what a plan does for an area that it must not neglect.
type SitedAreaJSON struct {
	Name    string  `json:"name"`
	Covered float64 `json:"covered" doc:"People covered with the plan"`
	Needed  float64 `json:"needed" doc:"The floor"`
	Total   float64 `json:"total" doc:"Everybody there"`
}

// SiteRivalJSON is a candidate that could stand in a site's place.
type SiteRivalJSON struct {
	Code string  `json:"code"`
	Name string  `json:"name"`
	Loss float64 `json:"loss" doc:"People fewer covered with it instead"`
}

// Sited is an answer with how it came about.
type Sited struct {
	City    *city.City
	Answer  *selection.Answer
	Took    time.Duration
	Ended   string                // as SitingFigures.Ended
	Missing selection.Missing     // whom no plan helps
	Cells   []selection.SitedCell // of the demand
}

// Figures states an answer.
func (v Sited) Figures(w SitingWords) SitingFigures {
	s, a := v.Answer.Siting, v.Answer
	q := &s.Question
	f := SitingFigures{
		Goal: q.Goal.String(), Times: q.Times, Profile: q.Cover.Mode.String(), SpeedKmh: v.City.Network.Speed(q.Cover.Mode),
		CutoffS: int(q.Cover.Within.Seconds()), Hours: w.Hours(q), Minutes: s.Minutes, Certificate: v.certificate(w), Sites: []SiteFigures{},
		CostYuan: Yuan(a.CostOf()), DemandTotal: a.All().Float(), CoveredBefore: a.Before().Float(), CoveredAfter: a.After().Float(), CoveredMost: a.Most().Float(),
		Stations: s.Operating, Candidates: len(s.Candidates), CandidatesUnplaced: s.Unplaced, CandidatesNoHours: s.NoHours,
		Beyond: []GapFigures{}, Revision: v.City.Revision, ElapsedS: math.Round(v.Took.Seconds()*10) / 10, Ended: v.Ended,
	}
	for i := range s.Candidates {
		if s.Candidates[i].UsualHours {
			f.HoursAssumed++
		}
		if s.Candidates[i].UsualCost {
			f.CostsAssumed++
		}
	}
	for i, site := range a.Sites {
		f.Sites = append(f.Sites, siteFigures(w, i+1, site))
	}
	if len(a.Sites) == 0 {
		f.NoneOpens = w.noneOpens(s)
	}
	for _, area := range a.AreasOf() {
		f.Areas = append(f.Areas, SitedAreaJSON{area.Name, area.Covered.Float(), area.Needed.Float(), area.Total.Float()})
	}
	f.Beyond = append(f.Beyond, OfGaps(v.City, v.Missing.Gaps)...)
	if demand, ok := v.City.Survey.Demand(q.Cover.Demand); ok {
		f.DemandKind, f.DemandSource, f.DemandEstimated, f.Cells = demand.Kind, demand.Source, demand.Estimated, len(demand.Cells)
	}
	if v.City.Atlas != nil {
		f.Streets, f.Schematic = v.City.Atlas.Info.Source, v.City.Atlas.Info.Schematic
	}
	return f
}

// OfGaps states some gaps.
func OfGaps(c *city.City, gaps []coverage.Gap) []GapFigures {
	out := make([]GapFigures, 0, len(gaps))
	for _, g := range gaps {
		out = append(out, OfGap(c, g))
	}
	return out
}

func (v Sited) certificate(w SitingWords) SitingCertificate {
	a := v.Answer
	c := SitingCertificate{Proven: a.Proven, Gap: math.Ceil(a.Gap()*1e4) / 1e4, Words: w.certificate(v)}
	switch a.Siting.Question.Goal {
	case selection.MostPeople:
		c.Value, c.Bound = a.After().Float(), a.Best().Float()
		c.ValueExact, _ = a.After().Exact()
		c.BoundExact, _ = a.Best().Exact()
	case selection.FewestSites:
		c.Value, c.Bound, c.ValueExact, c.BoundExact = float64(a.Value), float64(a.Bound), a.Value, a.Bound
	case selection.LeastCost:
		c.Value, c.Bound, c.ValueExact, c.BoundExact = Yuan(station.Fen(a.Value)), Yuan(station.Fen(a.Bound)), a.Value, a.Bound
	}
	return c
}

func siteFigures(w SitingWords, rank int, s selection.PlannedSite) SiteFigures {
	f := SiteFigures{
		Rank: rank, Code: s.Station.Code, Name: s.Station.Name, Partner: s.Partner().In(w.Lang), Premises: s.Station.Premises.Key(),
		Division: s.Station.Division.Code(), Lon: sheet.Round7(s.Station.At.Lon), Lat: sheet.Round7(s.Station.At.Lat), Hours: s.Hours.String(), HoursAssumed: s.UsualHours,
		CostYuan: Yuan(s.Cost), CostAssumed: s.UsualCost, Adds: s.Adds.Float(), Alone: s.Sole.Float(), Rivals: []SiteRivalJSON{},
	}
	if f.Adds > 0 {
		f.YuanEach = math.Round(f.CostYuan/f.Adds*100) / 100
	}
	for _, r := range s.Rivals {
		f.Rivals = append(f.Rivals, SiteRivalJSON{r.Station.Code, r.Station.Name, r.Loss.Float()})
	}
	return f
}

// Yuan writes an amount as tables have it.
func Yuan(f station.Fen) float64 { return float64(f) / 100 }
