package subject_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/app/subject"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

var schemas = []db.Schema{record.Schema, identity.Schema, act.Schema, casework.Schema, station.Schema}

// Each fact says where it is from; what the register does not say, and what is not known in this program yet, is missing by name; a star
// is there once it was given.
func TestWhatIsKnown(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		register, people := station.New(d), identitytest.Open(t, d, station.Rights)
		home := dbtest.Must[gb.Division](t)(gb.Parse("630103"))
		hours := dbtest.Must[opening.Hours](t)(opening.Parse("每天 8:00-22:00"))
		s := station.Station{Code: "A-1", Name: "一号站", Division: home, At: geo.Point{Lon: 101.77, Lat: 36.61}, Hours: hours, Source: "市总工会报表"}
		dbtest.Must[station.Station](t)(register.Save(t.Context(), "test", s))
		look := func() (facts map[string]nomination.Fact) {
			t.Helper()
			facts = map[string]nomination.Fact{}
			err := d.View(t.Context(), func(tx *db.Tx) error {
				one, err := subject.Look(tx, "A-1")
				for _, f := range one.Facts {
					facts[f.Key] = f
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return facts
		}
		facts := look()
		if f := facts["hours"]; f.Missing || !strings.Contains(f.Value.EN, "22:00") || !strings.Contains(f.From.ZH, "第 1 版，来源：市总工会报表") || f.Link != "/stations/A-1" {
			t.Errorf("hours are %+v", f)
		}
		for _, key := range []string{"host", "checked", "star", "visits", "faults"} {
			if f := facts[key]; !f.Missing || f.Value.ZH != "" || f.From.ZH == "" || f.From.EN == "" {
				t.Errorf("%s is %+v", key, f)
			}
		}
		book := dbtest.Must[*casework.Book](t)(casework.New(casework.Options{Processes: stars.Processes(), Outside: identity.Outside}))
		given := dbtest.Must[stars.Star](t)(stars.In(d, book, nil).Review(t.Context(), people.Somebody("station.office"), "A-1"))
		if f := look()["star"]; f.Missing != (given.Star == 0) || given.Star > 0 && !strings.Contains(f.Value.EN, "stars, until 20") {
			t.Errorf("of %d stars it says %+v", given.Star, f)
		}
		err := d.View(t.Context(), func(tx *db.Tx) error { _, err := subject.Look(tx, "B-1"); return err })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("of no station: %v", err)
		}
	})
}
