package published

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// folded is what entries add up to, as the log publishes them.
func folded(t *testing.T, over *figure.Fold, entries ...record.Entry) figure.State {
	t.Helper()
	s := over.Begin()
	for _, e := range entries {
		public, err := canonical.JSON(e)
		if err != nil {
			t.Fatal(err)
		}
		if !over.Takes(e.Kind()) {
			t.Fatalf("%s is no part of the state", e.Kind())
		}
		if err := s.Add(logtree.Statement{Kind: e.Kind(), Subject: e.Subject(), Public: public}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func added(code, division, hours, lon string) record.Entry {
	return station.Added{Code: code, Facts: map[string]string{
		"name": code, "division": division, "hours": hours, "status": "open", "lon": lon, "lat": "36.6200000", "datum": "WGS-84",
		"size": "standard", "brand": "none", "access": "walk_in", "wheelchair": "unknown",
	}}
}

// threeStations are three stations as they came to be: one always open, one by day, one whose
// hours were taken back and which then paused, and one that left.
func threeStations() []record.Entry {
	return []record.Entry{
		added("A-1", "630103", "24/7", "101.7810000"),
		added("A-2", "630104", "Mo-Su 08:00-18:00", "101.7850000"),
		added("A-3", "630104", "24/7", "101.7860000"),
		added("A-4", "630103", "24/7", "101.7870000"),
		station.Removed{Code: "A-4"},
		station.Changed{Code: "A-3", Changes: map[string]station.Difference{"hours": {Before: "24/7", After: ""}}},
	}
}

// asked is the answer to a query, as a receipt has it, and its first line.
func asked(t *testing.T, q figure.Query, s figure.State, p figure.Params, files map[string]string) (json.RawMessage, string) {
	t.Helper()
	settled, err := q.Settle(p, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := q.Settle(settled, time.Now())
	if err != nil || fmt.Sprint(again) != fmt.Sprint(settled) {
		t.Errorf("what is settled settles to %v: %v", again, err)
	}
	result, err := q.Answer(t.Context(), s, settled, files)
	if err != nil {
		t.Fatal(err)
	}
	text, err := canonical.JSON(result)
	if err != nil {
		t.Fatal(err)
	}
	first := q.Tell(settled, text)[0]
	return text, first.Name.ZH + "：" + first.Value.ZH
}

// has compares members of a result.
func has(t *testing.T, result json.RawMessage, want map[string]string) {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(result, &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range want {
		if string(members[name]) != value {
			t.Errorf("%s is %s, want %s: %s", name, members[name], value, result)
		}
	}
}

// TestOpenIsCountedFromEntries: added, changed, removed and paused stations, by the
// minute and by division.
func TestOpenIsCountedFromEntries(t *testing.T) {
	q, entries := openQuery(), threeStations()
	s := folded(t, q.Over, entries...)
	night, line := asked(t, q, s, figure.Params{"at": "2026-11-23T22:00"}, nil)
	has(t, night, map[string]string{"stations": "3", "operating": "3", "open": "1", "hours_unknown": "1", "contradicted": "0"})
	if line != "2026-11-23 22:00，全部：3 座，营业 3 座，这时开着 1 座" {
		t.Error(line)
	}
	day, _ := asked(t, q, s, figure.Params{"at": "2026-11-23T12:00"}, nil)
	has(t, day, map[string]string{
		"open":      "2",
		"divisions": `[{"division":"630103","hours_unknown":0,"open":1,"operating":1,"stations":1},{"division":"630104","hours_unknown":1,"open":1,"operating":2,"stations":2}]`,
	})
	district, line := asked(t, q, s, figure.Params{"at": "2026-11-23T12:00", "division": "630104"}, nil)
	has(t, district, map[string]string{"stations": "2", "open": "1"})
	if line != "2026-11-23 12:00，青海省西宁市城西区：2 座，营业 2 座，这时开着 1 座" {
		t.Error(line)
	}
	// A pause, and an entry that does not fit the ones before: the later entry holds.
	s = folded(t, q.Over, append(entries,
		station.Changed{Code: "A-1", Changes: map[string]station.Difference{"status": {Before: "open", After: "paused"}}},
		station.Changed{Code: "A-2", Changes: map[string]station.Difference{"hours": {Before: "Mo-Fr 08:00-18:00", After: "24/7"}}},
	)...)
	night, _ = asked(t, q, s, figure.Params{"at": "2026-11-23T22:00"}, nil)
	has(t, night, map[string]string{"stations": "3", "operating": "2", "open": "1", "contradicted": "1"})
}

// streets are a street of a kilometre, as a file.
func streets(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<osm version="0.6">`)
	for i := range 12 {
		fmt.Fprintf(&b, `<node id="%d" lat="36.62" lon="%.4f"/>`, i+1, 101.78+0.001*float64(i))
	}
	b.WriteString(`<way id="1"><tag k="highway" v="residential"/>`)
	for i := range 12 {
		fmt.Fprintf(&b, `<nd ref="%d"/>`, i+1)
	}
	b.WriteString(`</way></osm>`)
	return atlasOf(t, b.String())
}

func atlasOf(t *testing.T, osm string) string {
	t.Helper()
	src, dst := filepath.Join(t.TempDir(), "street.osm"), filepath.Join(t.TempDir(), "streets.atlas")
	if err := os.WriteFile(src, []byte(osm), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := atlas.Import(t.Context(), src, dst, atlas.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	return dst
}

// peopleOf writes the file of people as a site hands it out, and its hash.
func peopleOf(t *testing.T, rows string) (path, sum string) {
	t.Helper()
	text := "id,lon,lat,day,night\n" + rows
	path = filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
}

// TestReachIsComputedFromEntriesAndFiles: with its files the share is computed; without
// them the log's part alone; and other people than the log commits to are not hidden.
func TestReachIsComputedFromEntriesAndFiles(t *testing.T) {
	q := reachQuery(nil)
	people, sum := peopleOf(t, "a,101.7820000,36.6200000,60,60\nfar,101.9000000,36.7000000,40,40\n")
	s := folded(t, q.Over, append(threeStations(), demand.Replaced{ReplacedOnce: demand.ReplacedOnce{Demand: demand.People, Cells: 2}, SHA256: sum})...)
	night := figure.Params{"at": "2026-11-23T22:00"}
	alone, _ := asked(t, q, s, night, map[string]string{streetsFile: "", peopleFile: ""})
	has(t, alone, map[string]string{"operating": "3", "open": "1", "people_sha256": `"` + sum + `"`, "share_1": "", "stations_open": ""})
	whole, line := asked(t, q, s, night, map[string]string{streetsFile: streets(t), peopleFile: people})
	has(t, whole, map[string]string{"operating": "3", "open": "1", "stations_open": "1", "demand_total": "100", "covered_1": "60", "share_1": "0.6", "people_sha256": `"` + sum + `"`})
	if line != "2026-11-23 22:00，走路 15 分钟以内走得到开着的驿站的人：60 %" {
		t.Error(line)
	}
	others, theirs := peopleOf(t, "a,101.7820000,36.6200000,60,60\n")
	lie, _ := asked(t, q, s, night, map[string]string{streetsFile: streets(t), peopleFile: others})
	has(t, lie, map[string]string{"people_sha256": `"log: ` + sum + `, file: ` + theirs + `"`})
	// An entry of before there were hashes commits to nothing.
	s = folded(t, q.Over, append(threeStations(), demand.ReplacedOnce{Demand: demand.People, Cells: 2})...)
	before, _ := asked(t, q, s, night, map[string]string{streetsFile: streets(t), peopleFile: others})
	has(t, before, map[string]string{"people_sha256": `""`, "share_1": "1"})
	// Streets that are none: it is said, and nothing is computed.
	if _, err := q.Answer(t.Context(), s, figure.Params{"at": "2026-11-23T22:00", "demand": demand.People, "minutes": "15", "mode": "walk"}, map[string]string{streetsFile: people}); err == nil {
		t.Error("a table was taken for streets")
	}
}

// TestWrongQuestions: what cannot be asked is refused beside the name of the parameter.
func TestWrongQuestions(t *testing.T) {
	for _, c := range []struct {
		q      figure.Query
		p      figure.Params
		fields []string
	}{
		{openQuery(), figure.Params{"at": "22:00"}, []string{"at"}},
		{openQuery(), figure.Params{"at": "2019-12-31T22:00"}, []string{"at"}},
		{openQuery(), figure.Params{"at": "2026-11-31T22:00"}, []string{"at"}},
		{openQuery(), figure.Params{"at": "x", "division": "9"}, []string{"at", "division"}},
		{reachQuery(nil), figure.Params{"at": "x", "demand": "?", "minutes": "61", "mode": "car"}, []string{"at", "demand", "minutes", "mode"}},
		{reachQuery(nil), figure.Params{"minutes": "015"}, []string{"minutes"}},
		{reachQuery(nil), figure.Params{"minutes": "0"}, []string{"minutes"}},
	} {
		_, err := c.q.Settle(c.p, time.Now())
		fields, _ := fault.Fields(err)
		if err == nil || len(fields) != len(c.fields) {
			t.Errorf("%s of %v: %v", c.q.Name, c.p, err)
		}
		for _, name := range c.fields {
			if fields[name] == nil {
				t.Errorf("%s of %v: nothing is said of %s: %v", c.q.Name, c.p, name, err)
			}
		}
	}
	// An entry that cannot be read has its kind named.
	for _, kind := range withPeople.Kinds {
		err := withPeople.Begin().Add(logtree.Statement{Kind: kind, Public: json.RawMessage(`{"code":1,"demand":1}`)})
		if err == nil || !strings.Contains(err.Error(), kind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
