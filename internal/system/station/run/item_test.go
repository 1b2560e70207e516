package run

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

var (
	nationalDay = calendar.On(2026, 10, 1)
	aQuarter    = Question{Minutes: 15, Demand: demand.People, Days: []calendar.Date{nationalDay}}
)

func rolledUpOf(t rapid.TB, answers []Answer) rolled {
	t.Helper()
	all := rolled{}
	for _, a := range answers {
		for _, p := range a {
			all.add(division(t, p.Division), 0, &p.Figures)
		}
	}
	return all
}

func (r rolled) text(t rapid.TB) string {
	t.Helper()
	rows, digest, err := r.rows(Run{})
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{digest}
	for _, row := range rows {
		lines = append(lines, row.Division+" in "+row.Parent+": "+row.Figures)
	}
	return strings.Join(lines, "\n")
}

// However a town is cut, its figures are those of the town in one piece.
func TestShardedIsSingle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTown(t, 25, 60)
		q := aQuarter
		q.Minutes = rapid.IntRange(2, 40).Draw(t, "minutes")
		whole := w.answers(t, q, 1e6)
		if len(whole) > 4 { // the corners of four tiles may meet in the town
			t.Fatalf("one piece is %d", len(whole))
		}
		cut := w.answers(t, q, rapid.Float64Range(50, 3000).Draw(t, "metres"))
		if d := cmp.Diff(rolledUpOf(t, whole).text(t), rolledUpOf(t, cut).text(t)); d != "" {
			t.Fatalf("in %d pieces: %s", len(cut), d)
		}
	})
}

// A run says of an hour what the coverage page says of it.
func TestHoursAreThoseOfTheNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTown(t, 25, 40)
		answers := w.answers(t, aQuarter, 700)
		sum := rolledUpOf(t, answers)[Country].figures
		n := coverage.New(network.New(w.streets, w.stations), demand.Of(w.cells))
		hour := rapid.IntRange(0, HoursInWeek+23).Draw(t, "hour")
		at := monday.Add(time.Duration(hour) * time.Hour)
		if hour >= HoursInWeek {
			at = nationalDay.Start(calendar.China).Add(time.Duration(hour-HoursInWeek) * time.Hour)
		}
		c, err := n.Cover(t.Context(), coverage.Question{Within: aQuarter.Within(), At: at})
		if err != nil {
			t.Fatal(err)
		}
		if hour >= HoursInWeek || calendar.DateOf(at).Kind() == calendar.Workday || calendar.DateOf(at).Kind() == calendar.RestDay {
			got, want := sum.Hours[hour], Hour{Open: int64(c.Counted), Covered: [4]reach.Weight(c.Covered[1:])}
			if got != want || sum.Weight(hour) != c.Demand || int64(c.Operating) != sum.Operating || int64(c.HoursUnknown) != sum.HoursUnknown || int64(c.Unplaced) != sum.Unplaced {
				t.Fatalf("at %v: %+v of %v, the network has %+v of %v", at, got, sum.Weight(hour), want, c.Demand)
			}
		}
		if far := sum.FarDay; !AtNight(hour) && far != c.Unreachable {
			t.Fatalf("%v are far from streets, the network has %v", far, c.Unreachable)
		}
	})
}

func TestFiguresSurviveTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := drawTown(t, 10, 10).answers(t, aQuarter, 800)
		for _, a := range answers {
			text, err := json.Marshal(Result{Run: "r", Tile: "0/0", Answer: a})
			if err != nil {
				t.Fatal(err)
			}
			back, err := ReadResult(text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(a, back.Answer); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestTilesAreSquareAndWhole(t *testing.T) {
	g := Square(36.6, 8000)
	a, b := geo.Fixed{Lon: 5 * g.Lon, Lat: 366_000_000}, geo.Fixed{Lon: 6 * g.Lon, Lat: 366_000_000 + g.Lat}
	if w, h := geo.Distance(a.Point(), geo.Fixed{Lon: b.Lon, Lat: a.Lat}.Point()), geo.Distance(a.Point(), geo.Fixed{Lon: a.Lon, Lat: b.Lat}.Point()); w < 7900 || w > 8100 || h < 7900 || h > 8100 {
		t.Errorf("a tile is %.0f by %.0f m", w, h)
	}
	for _, c := range []struct {
		p    geo.Fixed
		want square
	}{{geo.Fixed{}, square{0, 0}}, {geo.Fixed{Lon: -1, Lat: -1}, square{-1, -1}}, {geo.Fixed{Lon: -g.Lon, Lat: g.Lat}, square{-1, 1}}, {geo.Fixed{Lon: g.Lon - 1}, square{0, 0}}} {
		if got := g.of(c.p); got != c.want {
			t.Errorf("%v is in %v, want %v", c.p, got, c.want)
		}
	}
}

func TestTheCorpsIsNotToldWithXinjiang(t *testing.T) {
	for code, want := range map[string][]string{
		"630103": {"630103", "630100", "630000"}, "6301Z01": {"6301Z01", "630106", "630100", "630000"}, "659001": {"659001", "660000"},
		"660000": {"660000"}, "650000": {"650000"}, "110101": {"110101", "110000"}, "630000": {"630000"},
	} {
		if got := upward(division(t, code)); !cmp.Equal(got, want) {
			t.Errorf("above %s are %v, want %v", code, got, want)
		}
	}
}

// What is no work item, no answer or no question is refused, whoever sends it.
func TestGarbledMessages(t *testing.T) {
	task := Task{Run: "r", Tile: "1/-2", Grid: Grid{10, 10}, Streets: Sum(zeros), Inputs: Sum(zeros), Question: aQuarter}
	good, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ReadTask(good); err != nil || !cmp.Equal(back, task, cmp.AllowUnexported(calendar.Date{})) {
		t.Errorf("a good item: %+v, %v", back, err)
	}
	for _, bad := range []func(*Task){
		func(t *Task) { t.Streets = "../../../etc/passwd" },
		func(t *Task) { t.Inputs = Sum(zeros[:63]) },
		func(t *Task) { t.Tile = "1/2/3" },
		func(t *Task) { t.Tile = "01/2" },
		func(t *Task) { t.Tile = "99999999999/2" },
		func(t *Task) { t.Grid.Lat = 0 },
		func(t *Task) { t.Question.Minutes = 100_000 },
		func(t *Task) { t.City = -1 },
		func(t *Task) { t.Run = "" },
	} {
		x := task
		bad(&x)
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadTask(text); err == nil {
			t.Errorf("%s is taken for %+v", text, got)
		}
	}
	for _, text := range []string{
		"", "{}", "null", "[]", "\x00\xff", string(good) + string(good), string(good[:len(good)-1]), `{"run":"r","extra":1}`,
		`{"run":"r","city":0,"tile":"1/1"}`,                                  // neither answered nor failed
		`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"999999"}]}`, // no division
		`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"hours":[[1000000000,0,0,0,0,0]]}}]}`,
		`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"stations":[1,2,0,0]}}]}`,
		`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"demand":[5,5,0,0],"hours":[[1,0,6,0,0,0]]}}]}`,
		`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"demand":[5,5,0,0],"hours":[[1,0,3,4,0,0]]}}]}`,
	} {
		if got, err := ReadTask([]byte(text)); err == nil && text != string(good) {
			t.Errorf("%q is taken for the item %+v", text, got)
		}
		if got, err := ReadResult([]byte(text)); err == nil {
			t.Errorf("%q is taken for the result %+v", text, got)
		}
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func FuzzMessages(f *testing.F) {
	f.Add([]byte(`{"run":"r","city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"stations":[2,1,0,0],"cells":1,"demand":[5,5,0,0],"hours":[[168,1,5,3,0,0]]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := ReadResult(data); err == nil {
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		}
		if task, err := ReadTask(data); err == nil && task.Question.Check() != nil {
			t.Error("a question that cannot be asked got through")
		}
	})
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	for _, q := range []Question{{}, {Minutes: 61}, {Minutes: 15, Days: []calendar.Date{nationalDay, nationalDay}}, {Minutes: 15, Days: make([]calendar.Date, 15)}} {
		if err := q.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestDamagedInputs(t *testing.T) {
	for _, text := range []string{
		"", `{"version":9}`, `{"version":1,"stations":[[0,0,0,0,1]]}`, `{"version":1,"divisions":["630100"],"cells":[[0,0,0,-1,0]]}`,
		`{"version":1,"divisions":["630100"],"cells":[[0,9000000000,0,1,0]]}`, `{"version":1,"divisions":["x"]}`, `{"version":1,"hours":["never on earth"]}`,
	} {
		if in, err := ReadInputs(bytesOf(text)); err == nil {
			t.Errorf("%q is taken for %+v", text, in)
		}
	}
}

// A ferry may be quicker than a walk as long as the straight line, so that a
// station across the water covers a tile it is far from.
func TestAQuickFerryReachesIntoTheTile(t *testing.T) {
	b := road.NewBuilder([]geo.Fixed{spot(0, 0).Fixed(), spot(100, 0).Fixed(), spot(4100, 0).Fixed(), spot(4200, 0).Fixed()})
	b.Add(road.Street{Line: []uint32{0, 1}, Forward: true, Backward: true})
	b.Add(road.Street{Line: []uint32{1, 2}, Forward: true, Backward: true, Kind: road.Ferry, LengthM: 500})
	b.Add(road.Street{Line: []uint32{2, 3}, Forward: true, Backward: true})
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := town{
		streets:  network.Streets{Walk: g, WalkProfile: road.Walking(0)},
		stations: []station.Station{{Code: "ACROSS", At: spot(4150, 0), Division: division(t, "630102"), Hours: hours(t, "24/7")}},
		cells:    []demand.Cell{{ID: "here", At: spot(50, 0), Day: 7, Night: 7, Source: "630102"}},
	}
	sum := rolledUpOf(t, w.answers(t, aQuarter, 300))[Country].figures
	if got := sum.Hours[0].Covered[0].Float(); got != 7 {
		t.Errorf("%v people are covered, want 7", got)
	}
}
