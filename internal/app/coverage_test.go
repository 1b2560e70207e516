package app

import "testing"

// What the report tells a reader to type names the inputs it was made from.
func TestSurveyFlags(t *testing.T) {
	for _, c := range []struct {
		survey Survey
		want   string
	}{
		{Survey{}, "--home var/demo"},
		{Survey{OSM: "a.pbf", Places: []string{"bank", "toilets"}, Demand: "my cells.csv"}, "--osm a.pbf --places bank,toilets --demand 'my cells.csv'"},
		{Survey{OSM: "a.pbf", Stations: "it's.csv"}, `--home var/demo --osm a.pbf --stations 'it'\''s.csv'`},
	} {
		if got := c.survey.flags("var/demo"); got != c.want {
			t.Errorf("%+v: %s, want %s", c.survey, got, c.want)
		}
	}
}
