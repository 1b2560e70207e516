package area

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// areaRow is an area as it is stored. Its shape is the coordinates of a GeoJSON
// MultiPolygon in whole units of 1e-7 degrees.
type areaRow struct {
	Division  string    `db:"division"`
	Code      string    `db:"code"`
	Name      string    `db:"name"`
	Kind      string    `db:"kind"`
	Shape     string    `db:"shape"`
	Once      int64     `db:"once"`
	Twice     int64     `db:"twice"`
	Hours     string    `db:"hours"`
	Minutes   int64     `db:"minutes"`
	Demand    string    `db:"demand"`
	Source    string    `db:"source"`
	UpdatedAt time.Time `db:"updated_at"`
}

type areaKey struct {
	Division string `db:"division"`
	Code     string `db:"code"`
}

var (
	allAreas = db.Declare[db.None, areaRow](`SELECT /*cols*/ FROM station_area`)
	putArea  = db.Declare[areaRow, db.None](`
		INSERT INTO station_area (division, code, name, kind, shape, once, twice, hours, minutes, demand, source, updated_at)
		VALUES (:division, :code, :name, :kind, :shape, :once, :twice, :hours, :minutes, :demand, :source, :updated_at)`)
	dropArea = db.Declare[areaKey, db.None](`DELETE FROM station_area WHERE division = :division AND code = :code`)
)

func (a Area) row(at time.Time) areaRow {
	return areaRow{
		Division: a.Division.Code(), Code: a.Code, Name: a.Name, Kind: a.Kind.Key(), Shape: shapeText(a.Shape),
		Once: int64(a.Target.Once), Twice: int64(a.Target.Twice), Hours: a.Target.Hours.String(), Minutes: int64(a.Target.Minutes),
		Demand: a.Target.Demand, Source: a.Source, UpdatedAt: at,
	}
}

func shapeText(s geo.Shape) string {
	parts := make([][][][2]int32, len(s))
	for i, polygon := range s {
		for _, r := range polygon {
			line := make([][2]int32, len(r))
			for j, p := range r {
				line[j] = [2]int32{p.Lon, p.Lat}
			}
			parts[i] = append(parts[i], line)
		}
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // whole numbers can always be written
	}
	return string(text)
}

func parseShape(text string) (geo.Shape, error) {
	var parts [][][][2]int32
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return nil, err
	}
	s := make(geo.Shape, len(parts))
	for i, polygon := range parts {
		for _, line := range polygon {
			r := make(geo.Ring, len(line))
			for j, p := range line {
				r[j] = geo.Fixed{Lon: p[0], Lat: p[1]}
			}
			s[i] = append(s[i], r)
		}
	}
	return s, nil
}

func (r areaRow) area() (a Area, err error) {
	a = Area{Code: r.Code, Name: r.Name, Source: r.Source, Target: Target{Once: Permille(r.Once), Twice: Permille(r.Twice), Minutes: int(r.Minutes), Demand: r.Demand}}
	var known bool
	if a.Kind, known = ParseKind(r.Kind); !known {
		return a, fmt.Errorf("area %s: stored with the kind %q that there is not", r.Code, r.Kind)
	}
	if a.Division, err = gb.Parse(r.Division); err != nil {
		return a, fmt.Errorf("area %s: %w", r.Code, err)
	}
	if a.Target.Hours, err = opening.Parse(r.Hours); err != nil {
		return a, fmt.Errorf("area %s: %w", r.Code, err)
	}
	if a.Shape, err = parseShape(r.Shape); err != nil {
		return a, fmt.Errorf("area %s: %w", r.Code, err)
	}
	return a, nil
}

// All returns all areas by code.
func All(tx *db.Tx) ([]Area, error) {
	var out []Area
	for r, err := range allAreas.Each(tx, db.None{}) {
		if err != nil {
			return nil, err
		}
		a, err := r.area()
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// Service is the use cases of areas: each method is one transaction.
type Service struct{ db *db.DB }

// New returns the use cases on a database with station.Schema and the
// record's.
func New(d *db.DB) *Service { return &Service{d} }

// Import brings areas in by their codes, whole or not at all. With Replace,
// areas of the kinds in hand that are not among them are removed.
func (s *Service) Import(ctx context.Context, by string, areas []Area, how station.Importing) (out station.Outcome, err error) {
	run := s.db.Update
	if how.DryRun {
		run = s.db.View
	}
	err = run(ctx, func(tx *db.Tx) error {
		stored, err := All(tx)
		if err != nil {
			return err
		}
		var p areaPlan
		p.compare(stored, areas, how.Replace)
		out = station.Outcome{Added: len(p.added), Changed: len(p.changed) / 2, Removed: len(p.removed), Unchanged: p.unchanged}
		if how.DryRun {
			return nil
		}
		return p.apply(tx, by)
	})
	if err != nil {
		return station.Outcome{}, err
	}
	return out, nil
}

// All returns all areas by code.
func (s *Service) All(ctx context.Context) (areas []Area, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		areas, err = All(tx)
		return err
	})
	return areas, err
}

// Remove removes the areas with the given codes, all or none of them.
func (s *Service) Remove(ctx context.Context, by string, codes []string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		stored, err := All(tx)
		if err != nil {
			return err
		}
		var p areaPlan
		for _, code := range codes {
			i, ok := slices.BinarySearchFunc(stored, code, func(a Area, code string) int { return cmp.Compare(a.Code, code) })
			if !ok {
				return fault.New(fault.NotFound, "没有编号为 %s 的区域", "there is no area with the code %s", lang.Short(code))
			}
			p.removed = append(p.removed, stored[i])
		}
		return p.apply(tx, by)
	})
}

// areaPlan is the difference between what is stored and what is wanted.
type areaPlan struct {
	added, removed []Area
	changed        []Area // before, after, before, after, …
	unchanged      int
}

func (p *areaPlan) compare(stored, wanted []Area, replace bool) {
	byCode, kinds := map[string]Area{}, map[Kind]bool{}
	for _, a := range stored {
		byCode[a.Code] = a
	}
	for _, a := range wanted {
		kinds[a.Kind] = true
		old, exists := byCode[a.Code]
		delete(byCode, a.Code)
		switch {
		case !exists:
			p.added = append(p.added, a)
		case old.row(time.Time{}) != a.row(time.Time{}):
			p.changed = append(p.changed, old, a)
		default:
			p.unchanged++
		}
	}
	for _, a := range stored {
		if _, left := byCode[a.Code]; left && replace && kinds[a.Kind] {
			p.removed = append(p.removed, a)
		}
	}
}

// apply makes the plan true and tells the record.
func (p *areaPlan) apply(tx *db.Tx, by string) error {
	if len(p.added)+len(p.removed)+len(p.changed) == 0 {
		return nil
	}
	drop := func(yield func(areaKey) bool) {
		for _, a := range slices.Concat(p.removed, p.changed) {
			if !yield(areaKey{a.Division.Code(), a.Code}) {
				return
			}
		}
	}
	if _, err := dropArea.ExecEach(tx, drop); err != nil {
		return err
	}
	now := tx.Now()
	put := func(yield func(areaRow) bool) {
		for _, a := range p.added {
			if !yield(a.row(now)) {
				return
			}
		}
		for i := 1; i < len(p.changed); i += 2 {
			if !yield(p.changed[i].row(now)) {
				return
			}
		}
	}
	if _, err := putArea.ExecEach(tx, put); err != nil {
		return err
	}
	if err := record.AppendAll(tx, by, p.entries()); err != nil {
		return err
	}
	_, err := station.NextRevision.Exec(tx, db.None{})
	return err
}

// entries are the removals, the changes with what is different, the additions.
func (p *areaPlan) entries() iter.Seq[record.Entry] {
	return func(yield func(record.Entry) bool) {
		for _, a := range p.removed {
			if !yield(Removed{a.Code, a.facts()}) {
				return
			}
		}
		for i := 1; i < len(p.changed); i += 2 {
			if !yield(Changed{p.changed[i].Code, p.changed[i-1].facts(), p.changed[i].facts()}) {
				return
			}
		}
		for _, a := range p.added {
			if !yield(Added{a.Code, a.facts()}) {
				return
			}
		}
	}
}

// facts are the area for the record. Of the boundary it holds the hash: anybody
// who has the file can compare, and a province's boundaries are megabytes.
func (a Area) facts() map[string]string {
	r := a.row(time.Time{})
	sum := sha256.Sum256([]byte(r.Shape))
	facts := map[string]string{
		"name": r.Name, "kind": r.Kind, "division": r.Division, "hours": r.Hours, "demand": r.Demand, "source": r.Source,
		"shape_sha256": hex.EncodeToString(sum[:]), "vertices": strconv.Itoa(a.Shape.Vertices()),
	}
	for key, v := range map[string]int64{"once_permille": r.Once, "twice_permille": r.Twice, "minutes": r.Minutes} {
		if v != 0 {
			facts[key] = strconv.FormatInt(v, 10)
		}
	}
	for key, v := range facts {
		if strings.TrimSpace(v) == "" {
			delete(facts, key)
		}
	}
	return facts
}
