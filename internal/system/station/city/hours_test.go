package city_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// hoursAsWritten are hours in the forms that people use, and what they come to.
var hoursAsWritten = map[string]string{
	"周一至周五 8:30-17:30；12:00-14:00 休息":                                            "Mo-Fr 08:30-12:00,14:00-17:30",
	"Mo-Fr 08:30-17:00; Sa 08:30-12:00; 12:00-12:40 closed; PH closed":           "Mo-Fr 08:30-12:00,12:40-17:00; Sa 08:30-12:00; PH off",
	"09:00-20:00; Jul-Aug 19:00-19:30 off":                                       "Mo-Su 09:00-20:00; Jul 01-Aug 31 09:00-19:00,19:30-20:00",
	"Mo 09:00-12:00; We,Sa 13:30-17:00, Apr 01-Oct 31 We,Sa 17:00-18:30; PH off": "Mo 09:00-12:00; We,Sa 13:30-17:00; PH off; Apr 01-Oct 31 We,Sa 13:30-18:30",
	"07:00-14:00,15:30-19:00; PH Su closed":                                      "Mo-Su 07:00-14:00,15:30-19:00; PH Su off",
	"Mo-Fr 08:00-18:00; PH Su 09:00-12:00":                                       "Mo-Fr 08:00-18:00; PH Su 09:00-12:00",
	"每天 8:00-晚上12:00":                                                            "Mo-Su 08:00-24:00",
	"早8点-晚10点":                                                                   "Mo-Su 08:00-22:00",
	"周六、日 9:00-17:00":                                                            "Sa,Su 09:00-17:00",
	"平日 9:00-17:00":                                                              "Mo-Fr 09:00-17:00; PH off",
	"周一至周日（节假日除外）８：００－１８：００":                                                     "Mo-Su 08:00-18:00; PH off",
	"夏季（5月1日至9月30日）8:00-20:00；冬季10月1日-4月30日 9:00-18:00":                          "Mo-Su off; May 01-Sep 30 08:00-20:00; Oct 01-Apr 30 09:00-18:00",
}

// hoursRefused are texts that are not to be understood.
var hoursRefused = []string{"夏季 8:00-20:00", "12:00-14:00 休息", "Mo-Fr 08:00-18:00; SH off", "周一至周五 8:00-18:00；节假日周日 9:00-12:00", "8:00-晚上2点"}

// Whoever writes hours, into the register, on a map, as the target of an area or as
// a change to think through, is understood alike.
func TestHoursAreReadAlikeEverywhere(t *testing.T) {
	for _, way := range []struct {
		name string
		read func(t *testing.T, text string) (string, error)
	}{
		{"register", hoursOfRegister},
		{"places", hoursOfPlace},
		{"area", hoursOfTarget},
		{"what-if, hours", hoursOfChange("hours XN-0012 ")},
		{"what-if, open", hoursOfChange("open A-1 101.778,36.617 ")},
	} {
		for text, want := range hoursAsWritten {
			if got, err := way.read(t, text); err != nil || got != want {
				t.Errorf("%s: %s is %q (%v), want %q", way.name, text, got, err, want)
			}
		}
		for _, text := range hoursRefused {
			if got, err := way.read(t, text); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %s was read as %q, %v", way.name, text, got, err)
			}
		}
	}
}

func hoursOfRegister(t *testing.T, text string) (string, error) {
	t.Helper()
	file := "code,name,lon,lat,hours\nXN-1,驿站,101.78,36.62,\"" + text + "\"\n"
	b := dbtest.Must[station.Batch](t)(station.Read(t.Context(), strings.NewReader(file), station.Reading{Home: division(t, "6301")}))
	if err := b.Err(); err != nil {
		return "", err
	}
	return b.Stations[0].Hours.String(), nil
}

func division(t *testing.T, code string) gb.Division {
	t.Helper()
	return dbtest.Must[gb.Division](t)(gb.Parse(code))
}

// hoursOfPlace reads the tag of a map, which stays unknown with a warning where it is
// not understood.
func hoursOfPlace(t *testing.T, text string) (string, error) {
	t.Helper()
	places := []station.Place{{ID: "n1", Kind: "bank", Hours: text, At: geo.Point{Lon: 101.78, Lat: 36.62}}}
	b, err := station.FromPlaces(slices.Values(places), station.PlaceReading{Division: division(t, "630102"), Status: station.Candidate, Source: "OpenStreetMap"})
	if err != nil || b.Err() != nil || len(b.Stations) != 1 {
		t.Fatal(err, b.Err(), b.Stations)
	}
	if h := b.Stations[0].Hours; h.Known() == (b.Warnings.Total > 0) {
		t.Fatalf("%s is %s, with %d warnings", text, h, b.Warnings.Total)
	} else if !h.Known() {
		return "", fault.New(fault.Invalid, "不详", "unknown")
	}
	return b.Stations[0].Hours.String(), nil
}

func hoursOfTarget(t *testing.T, text string) (string, error) {
	t.Helper()
	file := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"KA-01","name":"大十字","division":"城中区","once":"95 %%","hours":%q},
		"geometry":{"type":"Polygon","coordinates":[[[101.77,36.61],[101.79,36.61],[101.79,36.63],[101.77,36.63],[101.77,36.61]]]}}]}`, text)
	areas, err := area.Read(t.Context(), strings.NewReader(file), area.Reading{Home: division(t, "6301"), Within: geo.Nothing})
	if err != nil {
		return "", err
	}
	return areas[0].Target.Hours.String(), nil
}

func hoursOfChange(before string) func(t *testing.T, text string) (string, error) {
	return func(_ *testing.T, text string) (string, error) {
		changes, err := whatif.Parse([]string{before + text})
		if err != nil {
			return "", err
		}
		return changes[0].Hours.String(), nil
	}
}
