package station_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// TestAnOfficeCorrectsWhereItAnswers: an editor changes a station of their district, not
// one of another, nor moves one there; two who saw the same version collide, and the last
// change can be undone, to the last digit of its position.
func TestAnOfficeCorrectsWhereItAnswers(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, office, ctx := station.New(d), identitytest.Open(t, d, station.Rights), t.Context()
		east, west := division(t, "630102"), division(t, "630104")
		editor := func(at gb.Division) identity.Colleague {
			return office.Who(office.SignInFor(identity.Giving{Role: "station.office", Scope: right.Scope{Division: at}}))
		}
		mine, theirs := editor(east), editor(west)
		cells := station.Cells{
			station.FieldCode: "E-1", station.FieldName: "东关驿站", station.FieldDivision: "630102", station.FieldHours: "Mo-Fr 09:00-17:00",
			station.FieldLon: "101.8051234", station.FieldLat: "36.6175678", station.FieldDatum: "gcj02", station.FieldServices: "hot_water",
		}
		given, err := station.FromCells(cells)
		if err != nil {
			t.Fatal(err)
		}
		first, err := s.Save(ctx, "test", given)
		if err != nil {
			t.Fatal(err)
		}
		wanted := first
		wanted.Name, wanted.Services = "东关北街驿站", station.ServicesOf(station.HotWater, station.Rest)
		for what, c := range map[string]struct {
			who  identity.Colleague
			to   station.Station
			kind fault.Kind
		}{
			"nobody":                  {identity.Colleague{}, wanted, fault.Denied},
			"another district's":      {theirs, wanted, fault.Denied},
			"a planner":               {office.Somebody("station.planner"), wanted, fault.Denied},
			"moved to the others":     {mine, in(wanted, west), fault.Denied},
			"a name that is empty":    {mine, named(wanted, ""), fault.Invalid},
			"seen tomorrow":           {mine, checkedOn(wanted, calendar.DateOf(time.Now().In(calendar.China)).Add(1)), fault.Invalid},
			"a latitude that slipped": {mine, movedTo(wanted, 101.8, -36.6), fault.Invalid},
			"a version never seen":    {mine, versioned(wanted, 7), fault.Conflict},
			"one that is not there":   {mine, coded(wanted, "E-9"), fault.NotFound},
		} {
			if _, err := s.Correct(ctx, c.who, c.to, ""); fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", what, err)
			}
		}
		second, err := s.Correct(ctx, mine, wanted, "站长来电")
		if err != nil || second.Version != 2 {
			t.Fatal(second.Version, err)
		}
		if _, err := s.Correct(ctx, mine, wanted, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the second of two: %v", err)
		}
		items, err := s.History(ctx, "E-1", "", 10)
		if err != nil || len(items) != 2 || items[0].By != "station.office@630102" || items[0].Commitment == "" {
			t.Errorf("%+v, %v", items, err)
		}
		if _, err := s.Undo(ctx, theirs, "E-1", 2, ""); fault.KindOf(err) != fault.Denied {
			t.Errorf("undone from another district: %v", err)
		}
		back, err := s.Undo(ctx, mine, "E-1", 2, "")
		first.Version = back.Version
		if err != nil || back.Version != 3 || back.Canonical() != first.Canonical() || back.At != first.At || back.Datum != geo.GCJ02 {
			t.Errorf("undone: %+v, want %+v: %v", back, first, err)
		}
	})
}

func division(t *testing.T, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func in(s station.Station, d gb.Division) station.Station          { s.Division = d; return s }
func checkedOn(s station.Station, d calendar.Date) station.Station { s.Checked = d; return s }
func named(s station.Station, name string) station.Station         { s.Name = name; return s }
func versioned(s station.Station, v int64) station.Station         { s.Version = v; return s }
func coded(s station.Station, code string) station.Station         { s.Code = code; return s }

// TestADayOfCheckingIsADayThatWas: neither an import nor an edit takes one that has not
// come yet, or one from before there were stations; the complaint is at its field.
func TestADayOfCheckingIsADayThatWas(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s := station.New(d)
		today := calendar.DateOf(time.Now().In(calendar.China))
		for text, fine := range map[string]bool{
			today.String(): true, "2000-01-01": true, "": true,
			today.Add(1).String(): false, "9999-12-31": false, "1999-12-31": false, "1970-01-01": false, "0001-01-01": false,
		} {
			given, err := station.Read(t.Context(), strings.NewReader("编号,名称,区划,经度,纬度,核实日期\nT-1,甲,630102,101.775,36.617,"+text+"\n"), station.Reading{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Import(t.Context(), "test", given, station.Importing{})
			if (err == nil) != fine || !fine && !strings.Contains(err.Error(), "row 2, date checked") {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func movedTo(s station.Station, lon, lat float64) station.Station {
	s.At = geo.Point{Lon: lon, Lat: lat}
	return s
}
