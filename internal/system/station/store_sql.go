package station

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var schemaFiles embed.FS

// Schema is the tables of this package.
var Schema = db.SchemaIn("station", schemaFiles)

// stationRow is a station as it is stored, apart from Station because stored
// texts outlive the types that are made of them.
type stationRow struct {
	Division   string    `db:"division"`
	Code       string    `db:"code"`
	Region     string    `db:"region"`
	Name       string    `db:"name"`
	NameOrder  string    `db:"name_order"`
	Brand      string    `db:"brand"`
	Host       string    `db:"host"`
	Premises   string    `db:"premises"`
	Size       string    `db:"size"`
	Address    string    `db:"address"`
	Lon        float64   `db:"lon"`
	Lat        float64   `db:"lat"`
	Datum      string    `db:"datum"`
	Access     string    `db:"access"`
	Services   int64     `db:"services"`
	Wheelchair string    `db:"wheelchair"`
	Status     string    `db:"status"`
	Hours      string    `db:"hours"`
	CostFen    *int64    `db:"cost_fen"`
	Source     string    `db:"source"`
	Checked    string    `db:"checked"`
	Search     string    `db:"search"`
	Version    int64     `db:"version"`
	UpdatedAt  time.Time `db:"updated_at"`
	Revision   int64     `db:"revision"`
}

// stationKey names the row of one version of a station.
type stationKey struct {
	Division string `db:"division"`
	Code     string `db:"code"`
	Version  int64  `db:"version"`
}

var (
	allStations   = db.Declare[db.None, stationRow](`SELECT /*cols*/ FROM station_station`)
	stationByCode = db.Declare[string, stationRow](`SELECT /*cols*/ FROM station_station WHERE code = :code`)

	putStation = db.Declare[stationRow, db.None](`
		INSERT INTO station_station (division, code, region, name, name_order, brand, host, premises, size, address, lon, lat, datum,
			access, services, wheelchair, status, hours, cost_fen, source, checked, search, version, updated_at, revision)
		VALUES (:division, :code, :region, :name, :name_order, :brand, :host, :premises, :size, :address, :lon, :lat, :datum,
			:access, :services, :wheelchair, :status, :hours, :cost_fen, :source, :checked, :search, :version, :updated_at, :revision)`)
	stationsAfter = db.Declare[within, stationRow](`
		SELECT /*cols*/ FROM station_station WHERE code > :after AND status <> 'candidate' [AND region LIKE :region || '%'] ORDER BY code LIMIT :lim`)
	stationsIn  = db.Declare[within, int64](`SELECT COUNT(*) AS n FROM station_station WHERE status <> 'candidate' [AND region LIKE :region || '%']`)
	dropStation = db.Declare[stationKey, db.None](`
		DELETE FROM station_station WHERE division = :division AND code = :code AND version = :version`)

	// RevisionNow reads the revision of a city.
	RevisionNow = db.Declare[db.None, int64](`SELECT COALESCE(MAX(revision), 0) FROM station_revision`)
	// NextRevision is written with every change of a city.
	NextRevision = db.Declare[db.None, db.None](`
		INSERT INTO station_revision (id, revision) VALUES (1, 1)
		ON CONFLICT (id) DO UPDATE SET revision = station_revision.revision + 1`)
)

// nextRevision makes the revision that what is written next is of.
func nextRevision(tx *db.Tx) (int64, error) {
	if _, err := NextRevision.Exec(tx, db.None{}); err != nil {
		return 0, err
	}
	return RevisionNow.One(tx, db.None{})
}

func (s Station) key() stationKey { return stationKey{s.Division.Code(), s.Code, s.Version} }

// row returns s as the given version of it is stored, at a revision of the register.
func (s Station) row(version int64, at time.Time, revision int64) stationRow {
	c := s.Canonical()
	var cost *int64
	if s.Cost.Known {
		fen := int64(s.Cost.Fen)
		cost = &fen
	}
	return stationRow{
		Division: c[FieldDivision], Code: s.Code, Region: Region(s.Division), Name: s.Name, NameOrder: lang.NameOrder(s.Name), Brand: c[FieldBrand], Host: s.Host,
		Premises: c[FieldPremises], CostFen: cost, Size: c[FieldSize], Address: s.Address, Lon: s.At.Lon, Lat: s.At.Lat, Datum: c[FieldDatum], Access: c[FieldAccess],
		Services: int64(s.Services), Wheelchair: c[FieldWheelchair], Status: c[FieldStatus], Hours: c[FieldHours],
		Source: s.Source, Checked: c[FieldChecked], Version: version, UpdatedAt: at, Revision: revision,
		Search: strings.ToLower(strings.Join([]string{s.Code, s.Name, s.Brand.Name().ZH, s.Host, s.Address, s.Division.String()}, "\n")),
	}
}

// Region writes the codes from the province down to d, each with a slash after
// it, so that a prefix finds everything within a division.
func Region(d gb.Division) string {
	if !d.Valid() {
		return ""
	}
	return Region(d.Parent()) + d.Code() + "/"
}

// rowLoader makes stations of rows. Equal hours share their rules, as most do.
type rowLoader struct{ hours map[string]opening.Hours }

func (l rowLoader) station(r stationRow) (Station, error) {
	s := Station{
		Code: r.Code, Name: r.Name, Host: r.Host, Address: r.Address, At: geo.Point{Lon: r.Lon, Lat: r.Lat},
		Services: Services(r.Services), Source: r.Source, Version: r.Version,
	}
	var err error
	if s.Division, err = gb.Parse(r.Division); err != nil {
		return s, fmt.Errorf("station %s: %w", r.Code, err)
	}
	if s.Datum, err = geo.ParseDatum(r.Datum); err != nil {
		return s, fmt.Errorf("station %s: %w", r.Code, err)
	}
	if r.Checked != "" {
		if s.Checked, err = calendar.ParseDate(r.Checked); err != nil {
			return s, fmt.Errorf("station %s: %w", r.Code, err)
		}
	}
	known := false
	if s.Hours, known = l.hours[r.Hours]; !known {
		if s.Hours, err = opening.Parse(r.Hours); err != nil {
			return s, fmt.Errorf("station %s: %w", r.Code, err)
		}
		l.hours[r.Hours] = s.Hours
	}
	if r.CostFen != nil {
		s.Cost = Cost{Fen(*r.CostFen), true}
	}
	var ok [6]bool
	s.Brand, ok[0] = ParseBrand(r.Brand)
	s.Size, ok[1] = ParseSize(r.Size)
	s.Access, ok[2] = ParseAccess(r.Access)
	s.Wheelchair, ok[3] = ParseWheelchair(r.Wheelchair)
	s.Status, ok[4] = ParseStatus(r.Status)
	s.Premises, ok[5] = ParsePremises(r.Premises)
	if ok != [6]bool{true, true, true, true, true, true} {
		return s, fmt.Errorf("station %s: stored with a choice that no catalogue has: %+v", r.Code, r)
	}
	return s, nil
}

// ReadAll returns all stations by code.
func ReadAll(tx *db.Tx) ([]Station, error) {
	var out []Station
	l := rowLoader{map[string]opening.Hours{}}
	for r, err := range allStations.Each(tx, db.None{}) {
		if err != nil {
			return nil, err
		}
		s, err := l.station(r)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	// The engines may order text differently; Go's order is the one kept.
	slices.SortFunc(out, func(a, b Station) int { return strings.Compare(a.Code, b.Code) })
	return out, nil
}

// One returns a station within a transaction, or a fault.NotFound.
func One(tx *db.Tx, code string) (Station, error) { return read(tx, code) }

// within asks for the stations of a region (see [Region]) behind a code.
type within struct {
	Region *string `db:"region"`
	After  string  `db:"after"`
	Limit  int     `db:"lim"`
}

func in(region string) within {
	if region == "" {
		return within{}
	}
	return within{Region: &region}
}

// After reads the next stations of a region by their codes; an empty region is everywhere. Candidates are none.
func After(tx *db.Tx, region, after string, limit int) (out []Station, err error) {
	w := in(region)
	w.After, w.Limit = after, limit
	rows, err := stationsAfter.Slice(tx, w)
	l := rowLoader{map[string]opening.Hours{}}
	for i := 0; i < len(rows) && err == nil; i++ {
		var s Station
		s, err = l.station(rows[i])
		out = append(out, s)
	}
	return out, err
}

// CountIn counts the stations of a region.
func CountIn(tx *db.Tx, region string) (int64, error) { return stationsIn.One(tx, in(region)) }

func read(tx *db.Tx, code string) (Station, error) {
	r, err := stationByCode.One(tx, code)
	if err != nil {
		return Station{}, fmt.Errorf("station %s: %w", lang.Short(code), err)
	}
	return rowLoader{map[string]opening.Hours{}}.station(r)
}
