package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// planRow is a plan as it is stored, apart from Plan because stored texts
// outlive the types that are made of them.
type planRow struct {
	Code      string    `db:"code"`
	Number    int64     `db:"number"`
	ID        string    `db:"id"`
	Name      string    `db:"name"`
	NameOrder string    `db:"name_order"`
	Note      string    `db:"note"`
	Origin    string    `db:"origin"`
	Proof     string    `db:"proof"`
	Changes   string    `db:"changes"`
	Mode      string    `db:"mode"`
	Minutes   int64     `db:"minutes"`
	At        string    `db:"at"`
	AnyHour   bool      `db:"any_hour"`
	Demand    string    `db:"demand"`
	Figures   string    `db:"figures"`
	Gain      int64     `db:"gain"`
	Basis     string    `db:"basis"`
	Archived  bool      `db:"archived"`
	Search    string    `db:"search"`
	Version   int64     `db:"version"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

var (
	planByCode     = db.Declare[string, planRow](`SELECT /*cols*/ FROM station_plan WHERE code = :code`)
	nextPlanNumber = db.Declare[db.None, int64](`SELECT COALESCE(MAX(number), 0) + 1 FROM station_plan`)
	putPlan        = db.Declare[planRow, db.None](`
		INSERT INTO station_plan (code, number, id, name, name_order, note, origin, proof, changes, mode, minutes, at, any_hour,
			demand, figures, gain, basis, archived, search, version, created_at, updated_at)
		VALUES (:code, :number, :id, :name, :name_order, :note, :origin, :proof, :changes, :mode, :minutes, :at, :any_hour,
			:demand, :figures, :gain, :basis, :archived, :search, :version, :created_at, :updated_at)`)
	changePlan = db.Declare[planRow, db.None](`
		UPDATE station_plan SET name = :name, name_order = :name_order, note = :note, origin = :origin, proof = :proof,
			changes = :changes, mode = :mode, minutes = :minutes, at = :at, any_hour = :any_hour, demand = :demand, figures = :figures,
			gain = :gain, basis = :basis, archived = :archived, search = :search, version = :version, updated_at = :updated_at
		WHERE code = :code`)
)

// planCode is the code of the plan with a number.
func planCode(number int64) string { return fmt.Sprintf("P-%04d", number) }

// planFiguresJSON is how both figures of a plan are stored: in thousandths, so
// that they come back to the last digit.
type planFiguresJSON struct {
	Before figuresJSON `json:"before"`
	After  figuresJSON `json:"after"`
}

type figuresJSON struct {
	Operating   int               `json:"operating"`
	Counted     int               `json:"counted"`
	Covered     []reach.Weight    `json:"covered"`
	Unreachable reach.Weight      `json:"unreachable"`
	Week        [][3]reach.Weight `json:"week"` // demand, once, twice of each part
}

func storedFigures(f coverage.PlanFigures) figuresJSON {
	out := figuresJSON{Operating: f.Operating, Counted: f.Counted, Covered: f.Covered[:], Unreachable: f.Unreachable}
	for _, w := range f.Week {
		out.Week = append(out.Week, [3]reach.Weight{w.Demand, w.Once, w.Twice})
	}
	return out
}

func (f figuresJSON) figures() coverage.PlanFigures {
	out := coverage.PlanFigures{Operating: f.Operating, Counted: f.Counted, Unreachable: f.Unreachable}
	copy(out.Covered[:], f.Covered)
	for i, w := range f.Week[:min(len(f.Week), len(out.Week))] {
		out.Week[i] = coverage.PartFigures{Demand: w[0], Once: w[1], Twice: w[2]}
	}
	return out
}

func (p Plan) row(number int64) planRow {
	figures, err := json.Marshal(planFiguresJSON{storedFigures(p.Before), storedFigures(p.After)})
	if err != nil {
		panic(err) // whole numbers can always be written
	}
	q := p.Question
	return planRow{
		Code: p.Code, Number: number, ID: p.ID, Name: p.Name, NameOrder: lang.NameOrder(p.Name), Note: p.Note, Origin: p.Origin.Key(), Proof: p.Proof,
		Changes: strings.Join(whatif.Lines(p.Changes), "\n"), Mode: q.Mode.String(), Minutes: int64(q.Within.Minutes()), At: q.At.Format(time.RFC3339),
		AnyHour: q.AnyHour, Demand: q.Demand, Figures: string(figures), Gain: int64(p.Gain()), Basis: p.Basis, Archived: p.Archived,
		Search: strings.ToLower(p.Code + "\n" + p.Name + "\n" + p.Note), Version: p.Version, CreatedAt: p.Created, UpdatedAt: p.Updated,
	}
}

func (r planRow) plan() (Plan, error) {
	p := Plan{
		Code: r.Code, ID: r.ID, Name: r.Name, Note: r.Note, Proof: r.Proof, Basis: r.Basis, Archived: r.Archived, Version: r.Version,
		Created: r.CreatedAt, Updated: r.UpdatedAt,
		Question: coverage.Question{Within: time.Duration(r.Minutes) * time.Minute, AnyHour: r.AnyHour, Demand: r.Demand},
	}
	fail := func(err error) (Plan, error) { return p, fmt.Errorf("plan %s: %w", r.Code, err) }
	var ok bool
	if p.Question.Mode, ok = network.ParseMode(r.Mode); !ok {
		return fail(fmt.Errorf("stored with the mode %q that there is not", r.Mode))
	}
	if p.Origin, ok = ParseOrigin(r.Origin); !ok {
		return fail(fmt.Errorf("stored with the origin %q that there is not", r.Origin))
	}
	var err error
	if p.Question.At, err = time.Parse(time.RFC3339, r.At); err != nil {
		return fail(err)
	}
	if p.Changes, err = whatif.Parse(strings.Split(r.Changes, "\n")); err != nil {
		return fail(err)
	}
	var figures planFiguresJSON
	if err := json.Unmarshal([]byte(r.Figures), &figures); err != nil {
		return fail(err)
	}
	p.Before, p.After = figures.Before.figures(), figures.After.figures()
	return p, nil
}

func readPlan(tx *db.Tx, code string) (Plan, error) {
	r, err := planByCode.One(tx, code)
	if fault.KindOf(err) == fault.NotFound {
		return Plan{}, fault.New(fault.NotFound, "没有编号为“%s”的方案：请从方案列表里选", "There is no plan with the code “%s”: choose from the list of plans", lang.Short(code))
	}
	if err != nil {
		return Plan{}, err
	}
	return r.plan()
}
