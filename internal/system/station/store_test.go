package station

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

var schemas = []db.Schema{record.Schema, Schema}

func TestPrepare(t *testing.T) { dbtest.Prepare(t, schemas...) }

func each(t *testing.T, f func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { f(t, New(d)) })
}

func texts(t *testing.T, s *Service) []Cells {
	t.Helper()
	var out []Cells
	for _, x := range dbtest.Must[[]Station](t)(stored(t.Context(), s.db)) {
		out = append(out, x.Canonical())
	}
	return out
}

func TestImportIsAnUpsertByCode(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx, how := t.Context(), Reading{Home: division(t, "6301")}
		imports := dbtest.Must[Outcome](t)
		if got := imports(s.Import(ctx, "importer", readSheet(t, twoStations, how), Importing{DryRun: true})); got != (Outcome{Added: 2}) || texts(t, s) != nil {
			t.Errorf("dry run: %v", got)
		}
		if got := imports(s.Import(ctx, "importer", readSheet(t, twoStations, how), Importing{})); got != (Outcome{Added: 2}) {
			t.Errorf("first: %v", got)
		}
		before := dbtest.Must[int64](t)(s.Revision(ctx))
		if got := imports(s.Import(ctx, "importer", readSheet(t, twoStations, how), Importing{})); got != (Outcome{Unchanged: 2}) || dbtest.Must[int64](t)(s.Revision(ctx)) != before {
			t.Errorf("again: %v", got)
		}
		// A sheet with few columns changes those and no others; a new division moves the row.
		few := "编号,名称,区划,经度,纬度\nXN-0001,东关驿站,630103,101.7951,36.6215\nXN-0003,新站,630105,101.7,36.6\n"
		if got := imports(s.Import(ctx, "importer", readSheet(t, few, how), Importing{})); got != (Outcome{Added: 1, Changed: 1}) {
			t.Errorf("few columns: %v", got)
		}
		moved := dbtest.Must[Station](t)(s.Get(ctx, "XN-0001"))
		if moved.Name != "东关驿站" || moved.Division.Code() != "630103" || moved.Hours.String() != "Mo-Fr 08:30-17:30; Sa,Su 09:30-16:00; PH off" || moved.Version != 2 {
			t.Errorf("changed: %q version %d", moved.Canonical(), moved.Version)
		}
		items := dbtest.Must[[]record.Item](t)(s.History(ctx, "XN-0001", "", 10))
		want := `{"changes":{"division":{"after":"630103","before":"630102"},"name":{"after":"东关驿站","before":"东关支行驿站"}},"code":"XN-0001"}`
		if len(items) != 2 || items[0].Kind != "station.changed" || items[0].Public != want || items[1].Kind != "station.added" || items[0].By != "importer" {
			t.Errorf("history: %+v", items)
		}
		if got := imports(s.Import(ctx, "importer", readSheet(t, few, how), Importing{Replace: true})); got != (Outcome{Removed: 1, Unchanged: 2}) {
			t.Errorf("replace: %v", got)
		}
		if items := dbtest.Must[[]record.Item](t)(s.History(ctx, "XN-0002", "", 10)); len(items) != 2 || items[0].Kind != "station.removed" {
			t.Errorf("history of the removed: %+v", items)
		}
		if _, err := s.Get(ctx, "XN-0002"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the removed station: %v", err)
		}
	})
}

func TestStoredStationsComeBackTheSame(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		h := dbtest.Must[opening.Hours](t)(opening.Parse(`Mo-Fr 08:00-18:00; PH off; 2026 Nov 23-2026 Nov 30 07:00-22:00 "寒潮"`))
		var want []Cells
		for i, text := range []string{"<script>alert(1)</script>", "Robert'); DROP TABLE station_station;--", `\%_"'`, "龘靐齉爨 😀"} {
			x := Station{
				Code: fmt.Sprint("X-", i), Name: text, Brand: Brands()[i], Host: text, Address: text, Division: division(t, "6301Z01"), Datum: geo.BD09,
				At: geo.Point{Lon: 101.78 + float64(i)/1e7, Lat: 36.62}, Hours: h, Services: ServicesOf(HotWater, DrinkingWater), Source: text,
			}
			if saved := dbtest.Must[Station](t)(s.Save(t.Context(), "tester", x)); saved.Version != 1 {
				t.Errorf("version %d", saved.Version)
			}
			want = append(want, x.Canonical())
			if page := dbtest.Must[Page](t)(s.List(t.Context(), Filter{Text: text, Limit: 5})); page.Total != 1 || page.Stations[0].Name != text {
				t.Errorf("searching %q found %d", text, page.Total)
			}
		}
		if diff := cmp.Diff(want, texts(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSaveSeesTheVersion(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx, save := t.Context(), dbtest.Must[Station](t)
		first := save(s.Save(ctx, "a", Station{Code: "A", Name: "一", Division: division(t, "630103"), At: geo.Point{Lon: 101, Lat: 36}}))
		second := first
		second.Name = "二"
		second = save(s.Save(ctx, "b", second))
		first.Name = "三"
		if _, err := s.Save(ctx, "a", first); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale save: %v", err)
		}
		if same := save(s.Save(ctx, "b", second)); same.Version != 2 {
			t.Errorf("a save of nothing made version %d", same.Version)
		}
		second.Name = ""
		if _, err := s.Save(ctx, "b", second); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an empty name: %v", err)
		}
		if err := s.Remove(ctx, "b", "A", 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale removal: %v", err)
		}
		if err := s.Remove(ctx, "b", "A", 2); err != nil {
			t.Error(err)
		}
		second.Name = "四"
		if _, err := s.Save(ctx, "b", second); fault.KindOf(err) != fault.Conflict {
			t.Errorf("saving what was removed: %v", err)
		}
		if items := dbtest.Must[[]record.Item](t)(s.History(ctx, "A", "", 10)); len(items) != 3 {
			t.Errorf("history: %+v", items)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		var b strings.Builder
		b.WriteString("code,name,brand,division,lon,lat,services,status\n")
		for i := range 25 {
			fmt.Fprintf(&b, "S-%02d,%s,%s,%s,101.%02d,36.6,%s,\n", i, []string{"东大街站", "西大街 100%站"}[i%2], []string{"ccb", "icbc"}[i%2],
				[]string{"630102", "630103", "6301Z01", "110101", "630106"}[i%5], i+10, []string{"hot_water", "hot_water、toilet"}[i%2])
		}
		if _, err := s.Import(ctx, "t", readSheet(t, b.String(), Reading{}), Importing{}); err != nil {
			t.Fatal(err)
		}
		icbc, _ := ParseBrand("icbc")
		for _, c := range []struct {
			f    Filter
			want int64
		}{
			{Filter{}, 25},
			{Filter{Text: "东大街"}, 13},
			{Filter{Text: "100%"}, 12},
			{Filter{Text: "大街 劳动者"}, 13},
			{Filter{Text: "S-07"}, 1},
			{Filter{Text: "s-07"}, 1},
			{Filter{Text: "无此站"}, 0},
			{Filter{Text: "西宁市"}, 20},
			{Filter{Within: division(t, "63")}, 20},
			{Filter{Within: division(t, "630106")}, 10}, // with the zone in it
			{Filter{Within: division(t, "6301Z01")}, 5},
			{Filter{Brand: &icbc}, 12},
			{Filter{Needs: ServicesOf(HotWater, Toilet)}, 12},
			{Filter{Needs: ServicesOf(HotWater), Within: division(t, "11")}, 5},
		} {
			c.f.Limit = 4
			var codes []string
			for {
				page := dbtest.Must[Page](t)(s.List(ctx, c.f))
				if page.Total != c.want {
					t.Errorf("%+v: total %d, want %d", c.f, page.Total, c.want)
				}
				for _, x := range page.Stations {
					codes = append(codes, x.Code)
				}
				if c.f.After = page.Next; c.f.After == "" {
					break
				}
			}
			if !slices.IsSorted(codes) || len(slices.Compact(codes)) != int(c.want) {
				t.Errorf("%+v: pages have %q", c.f, codes)
			}
		}
	})
}

// An entry that cannot be written takes the change with it.
func TestChangeAndEntryAreOne(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx, cancel := context.WithCancel(t.Context())
		d := difference{added: []Station{{Code: "A", Name: "一", Division: division(t, "630103"), At: geo.Point{Lon: 101, Lat: 36}}}}
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			if err := d.apply(tx, "t"); err != nil {
				return err
			}
			cancel()
			return errors.Join(ctx.Err(), errors.New("the power went"))
		})
		if err == nil || texts(t, s) != nil || len(dbtest.Must[[]record.Item](t)(s.History(t.Context(), "A", "", 5))) != 0 {
			t.Error("something stayed", err)
		}
	})
}

// The whole network in one sheet: one bad row keeps all of it out and is named;
// without it everything comes in, in bounded time.
func TestTheWholeNetworkInOneSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("160,000 rows take some seconds")
	}
	const rows = 160_000
	var b strings.Builder
	b.WriteString("编号,名称,品牌,依托单位,区划,地址,经度,纬度,服务,营业时间\n")
	for i := range rows {
		fmt.Fprintf(&b, "N-%06d,第%d站,工会驿站,某单位,630103,某街%d号,%.6f,%.6f,热水、休息,周一至周五 8:%02d-18:00\n", i, i, i, 101.5+float64(i%400)/1000, 36.5+float64(i/400)/1000, i%60)
	}
	good := b.String()
	bad := strings.Replace(good, "N-123456,第123456站,工会驿站", "N-123456,第123456站,某驿站", 1)
	s := New(dbtest.Open(t, dbtest.SQLite(t), schemas...))
	ctx := t.Context()
	batch := readSheet(t, bad, Reading{})
	_, err := s.Import(ctx, "t", batch, Importing{})
	if msg, _ := fault.In(lang.ZH, err); batch.Issues.Total != 1 || !strings.Contains(msg, "第 123458 行，品牌：“某驿站”不在目录里") || texts(t, s) != nil {
		t.Fatal(batch.Issues.Total, msg)
	}
	start := time.Now()
	out, err := s.Import(ctx, "t", readSheet(t, good, Reading{}), Importing{})
	if took := time.Since(start); err != nil || out.Added != rows || took > 3*time.Minute {
		t.Errorf("%v, %v in %v", out, err, took)
	}
	t.Logf("imported in %v", time.Since(start))
	start = time.Now()
	snap := dbtest.Must[[]Station](t)(stored(ctx, s.db))
	t.Logf("%d stations loaded in %v", len(snap), time.Since(start))
	start = time.Now()
	page := dbtest.Must[Page](t)(s.List(ctx, Filter{Text: "第77777站", Limit: 20}))
	t.Logf("%d found in %v", page.Total, time.Since(start))
	turnsPagesAtOnce(t, s, dbtest.Must[Station](t)(s.Get(ctx, "N-080000")))
}

// stored reads all stations.
func stored(ctx context.Context, d *db.DB) (all []Station, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		all, err = ReadAll(tx)
		return err
	})
	return all, err
}
