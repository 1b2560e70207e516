package station

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestPagesAreTheWholeList: whatever the order, the filter and the size of a
// page, the pages one after the other are all stations, once each, sorted.
func TestPagesAreTheWholeList(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		names, brands := []string{"爱心站", "北山站", "长江路站", "Baker", "apple", "a b", "站", "站100%", "驿站"}, []string{"ccb", "icbc", "union"}
		divisions, checked := []string{"630102", "630103", "110101"}, []string{"", "2026-01-05", "2025-12-31"}
		var sheet strings.Builder
		sheet.WriteString("code,name,brand,division,lon,lat,checked\n")
		for i := range 60 {
			code := fmt.Sprintf([]string{"S-%02d", "s_%02d", "s.%02d"}[i%3], i)
			fmt.Fprintf(&sheet, "%s,%s,%s,%s,101.%02d,36.6,%s\n", code, names[i*i%len(names)], brands[i%7%3], divisions[i%5%3], i+10, checked[i%4%3])
		}
		if _, err := s.Import(ctx, "t", readSheet(t, sheet.String(), Reading{}), Importing{}); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(r *rapid.T) {
			f := Filter{
				Order: rapid.SampledFrom(slices.Collect(Orders())).Draw(r, "order"), Reverse: rapid.Bool().Draw(r, "reverse"),
				Limit: rapid.IntRange(1, 70).Draw(r, "limit"), Text: rapid.SampledFrom([]string{"", "站", "630103", "s"}).Draw(r, "text"),
			}
			var got []Station
			for {
				page, err := s.List(ctx, f)
				if err != nil {
					r.Fatal(err)
				}
				got = append(got, page.Stations...)
				if f.After = page.Next; f.After == "" {
					if len(got) != int(page.Total) {
						r.Fatalf("%d stations on the pages, %d in all", len(got), page.Total)
					}
					break
				}
			}
			once := map[string]bool{}
			for i, x := range got {
				if once[x.Code] {
					r.Fatalf("%s comes twice", x.Code)
				}
				once[x.Code] = true
				if i == 0 || f.Order == ByCode { // by code as the engine's locale has it
					continue
				}
				by := cmp.Compare(sortedBy(f.Order, got[i-1]), sortedBy(f.Order, x))
				if f.Reverse {
					by = -by
				}
				if by > 0 {
					r.Fatalf("%s stands before %s", got[i-1].Name, x.Name)
				}
			}
		})
	})
}

// TestTheRollListsAsTheDatabaseDoes: whatever is asked, the register in memory
// gives the same page, total and next page as the database's own search.
func TestTheRollListsAsTheDatabaseDoes(t *testing.T) {
	each(t, func(t *testing.T, scan *Service) {
		ctx := t.Context()
		names := []string{"爱心站", "长江路站", "Baker's", "bAKER 12号", "１２号站", "站100%", "a_b站", `a\b`, "K站", "Éclair", "驿站·南大街"}
		brands, divisions, statuses := []string{"ccb", "icbc", "union"}, []string{"630102", "630103", "110101", "6301Z01"}, []string{"open", "paused", "candidate"}
		var sheet strings.Builder
		sheet.WriteString("code,name,brand,division,lon,lat,status,size,services,host,address,checked\n")
		for i := range 130 {
			fmt.Fprintf(&sheet, "%s,%s,%s,%s,101.%03d,36.6,%s,%s,%s,%s,南大街 %d 号,%s\n", fmt.Sprintf([]string{"S-%02d", "s_%02d", "s.%02d"}[i%3], i), names[i*i%len(names)],
				brands[i%7%3], divisions[i%5%4], i+10, statuses[i%11%3], []string{"micro", "standard", "mobile"}[i%13%3], []string{"toilet", "toilet;hot_water", "rest"}[i%3], names[(i+3)%len(names)], i, []string{"", "2026-01-05", "2025-12-31"}[i%4%3])
		}
		if _, err := scan.Import(ctx, "t", readSheet(t, sheet.String(), Reading{}), Importing{}); err != nil {
			t.Fatal(err)
		}
		roll := New(scan.db)
		hold(t, roll)
		words := []string{"站", "驿", "路", "12", "１２", "1", "%", "_", `\`, "baker", "BAKER", "k", "\u212a", "é", "É", "s_", "s-0", "630103", "城东区", "建设银行", "驿站·南", "南大街", "大南", "nosuch", "\xff", "\x00", "号", "0 号"}
		rapid.Check(t, func(r *rapid.T) {
			f := Filter{
				Order: rapid.SampledFrom(slices.Collect(Orders())).Draw(r, "order"), Reverse: rapid.Bool().Draw(r, "reverse"), Limit: rapid.IntRange(1, 60).Draw(r, "limit"),
				Text: strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 3).Draw(r, "words"), " "), Uncounted: rapid.IntRange(0, 5).Draw(r, "uncounted") == 0,
			}
			if rapid.Bool().Draw(r, "filtered") {
				f.Within = division(t, rapid.SampledFrom([]string{"63", "6301", "630103", "110101"}).Draw(r, "division"))
				f.Needs = ServicesOf(rapid.SampledFrom([]Need{Toilet, HotWater}).Draw(r, "need"))
			}
			if rapid.IntRange(0, 3).Draw(r, "chosen") == 0 {
				brand, _ := ParseBrand(rapid.SampledFrom(brands).Draw(r, "brand"))
				size, _ := ParseSize(rapid.SampledFrom([]string{"micro", "mobile"}).Draw(r, "size"))
				f.Brand, f.Size = &brand, &size
			}
			if rapid.IntRange(0, 3).Draw(r, "of a status") == 0 {
				status, _ := ParseStatus(rapid.SampledFrom(statuses).Draw(r, "status"))
				f.Status = &status
			}
			f.Standing, f.HoursUnknown = rapid.IntRange(0, 3).Draw(r, "standing") == 0, rapid.IntRange(0, 3).Draw(r, "hours") == 0
			if rapid.IntRange(0, 3).Draw(r, "by age") == 0 {
				f.CheckedBefore = calendar.On(2026, time.January, rapid.IntRange(1, 6).Draw(r, "day"))
			}
			for page := 0; ; page++ {
				want, got := dbtest.Must[Page](t)(scan.List(ctx, f)), dbtest.Must[Page](t)(roll.List(ctx, f))
				if codesOf(got) != codesOf(want) || got.Total != want.Total || got.Next != want.Next || got.Prev != want.Prev || got.Earlier != want.Earlier {
					r.Fatalf("%+v, page %d:\n%s of %d, next %q\nnot\n%s of %d, next %q", f, page, codesOf(got), got.Total, got.Next, codesOf(want), want.Total, want.Next)
				}
				for i := range got.Stations {
					if got.Stations[i].Canonical() != want.Stations[i].Canonical() || got.Stations[i].Version != want.Stations[i].Version {
						r.Fatalf("%+v is not %+v", got.Stations[i], want.Stations[i])
					}
				}
				if f.After = want.Next; f.After == "" {
					break
				}
			}
		})
	})
}

// What is changed is found at once, before and after the roll is held anew, and
// a page goes on after a station that has been removed.
func TestTheRollSurvivesEdits(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		var sheet strings.Builder
		sheet.WriteString("code,name,division,lon,lat\n")
		for i := range 9 {
			fmt.Fprintf(&sheet, "A-%d,站,630103,101.%d,36.6\n", i, i)
		}
		if _, err := s.Import(ctx, "t", readSheet(t, sheet.String(), Reading{}), Importing{}); err != nil {
			t.Fatal(err)
		}
		old, before := dbtest.Must[[]Station](t)(stored(ctx, s.db)), dbtest.Must[int64](t)(s.Revision(ctx))
		hold(t, s)
		list := func(f Filter, want string, total int64) Page {
			t.Helper()
			page := dbtest.Must[Page](t)(s.List(ctx, f))
			if codesOf(page) != want || page.Total != total {
				t.Errorf("%+v: %q of %d, want %q of %d", f, codesOf(page), page.Total, want, total)
			}
			return page
		}
		first := list(Filter{Text: "站", Order: ByName, Limit: 3}, "A-0 A-1 A-2", 9)
		x := dbtest.Must[Station](t)(s.Get(ctx, "A-5"))
		x.Name = "火车站"
		dbtest.Must[Station](t)(s.Save(ctx, "t", x))
		if err := s.Remove(ctx, "t", "A-2", 1); err != nil {
			t.Fatal(err)
		}
		for range 2 { // by the database, and then by the roll
			list(Filter{Text: "火", Limit: 9}, "A-5", 1)
			list(Filter{Text: "站", Limit: 2}, "A-0 A-1", 8)
			list(Filter{Text: "站", Order: ByName, Limit: 3, After: first.Next}, "A-3 A-4 A-6", 8)
			if err := s.Hold(ctx, old, before); err != nil { // one that is old already
				t.Fatal(err)
			}
			list(Filter{Text: "火", Limit: 9}, "A-5", 1)
			hold(t, s)
		}
	})
}

func hold(t *testing.T, s *Service) {
	t.Helper()
	all, revision := dbtest.Must[[]Station](t)(stored(t.Context(), s.db)), dbtest.Must[int64](t)(s.Revision(t.Context()))
	if err := s.Hold(t.Context(), all, revision); err != nil {
		t.Fatal(err)
	}
	if held := s.held.Load(); held == nil || held.revision != revision {
		t.Fatal("nothing is held")
	}
}

func codesOf(p Page) string {
	codes := make([]string, len(p.Stations))
	for i, s := range p.Stations {
		codes[i] = s.Code
	}
	return strings.Join(codes, " ")
}

func sortedBy(o Order, s Station) string { return orders[o].of(s.row(1, time.Time{}, 1)) }

func TestNamesSortAsInChina(t *testing.T) {
	want := []string{"2号站", "Apple", "banana", "爱心翼站", "北山站", "长江路站", "大十字站", "工会驿站", "工行驿站", "劳动者港湾", "西大街站", "中心广场站"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(lang.NameOrder(a), lang.NameOrder(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %q", got)
	}
	if lang.NameOrder("\xff驿") == lang.NameOrder("驿") || lang.NameOrder("😀") == "" {
		t.Error("odd characters are lost")
	}
}

// turnsPagesAtOnce: a page in the middle of a long list, where all are alike
// but for their codes, does not read those before it.
func turnsPagesAtOnce(t *testing.T, s *Service, middle Station) {
	t.Helper()
	for o := range Orders() {
		for _, reverse := range []bool{false, true} {
			start := time.Now()
			page := dbtest.Must[Page](t)(s.List(t.Context(), Filter{Order: o, Reverse: reverse, Limit: 50, After: o.mark(middle.row(1, time.Time{}, 1))}))
			took := time.Since(start)
			t.Logf("a page by %s, reverse %v: %v", o.Key(), reverse, took)
			if len(page.Stations) != 50 || took > time.Second {
				t.Errorf("by %s: %d stations in %v", o.Key(), len(page.Stations), took)
			}
		}
	}
}

// Pages turn back as they were turned, and each knows how many are before it, by
// the database as by the register in memory.
func TestPagesTurnBackAsTheyWereTurned(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		var sheet strings.Builder
		sheet.WriteString("code,name,division,lon,lat,status,hours,checked\n")
		for i := range 23 {
			fmt.Fprintf(&sheet, "A-%02d,站%d,630103,101.%02d,36.6,%s,%s,%s\n", i, i%4, i,
				[]string{"开放", "暂停", "候选"}[i%3], []string{"", "24/7"}[i%2], []string{"", "2026-01-05", "2026-06-01"}[i%3])
		}
		if _, err := s.Import(ctx, "t", readSheet(t, sheet.String(), Reading{}), Importing{}); err != nil {
			t.Fatal(err)
		}
		for _, inMemory := range []bool{false, true} {
			if inMemory {
				hold(t, s)
			}
			for _, c := range []struct {
				f     Filter
				total int64
			}{
				{Filter{}, 23},
				{Filter{Standing: true}, 16},
				{Filter{HoursUnknown: true}, 12},
				{Filter{CheckedBefore: calendar.On(2026, 3, 1)}, 16},
				{Filter{CheckedBefore: calendar.On(2026, 3, 1), HoursUnknown: true, Standing: true}, 8},
				{Filter{Order: ByName, Reverse: true}, 23},
				{Filter{Order: ByChecked}, 23},
			} {
				turnBack(t, s, c.f, c.total)
			}
		}
	})
}

func turnBack(t *testing.T, s *Service, f Filter, total int64) {
	t.Helper()
	f.Limit = 5
	var pages []Page
	earlier := int64(0)
	for {
		page := dbtest.Must[Page](t)(s.List(t.Context(), f))
		if page.Total != total || page.Earlier != earlier {
			t.Errorf("%+v: %d of %d, want %d of %d", f, page.Earlier, page.Total, earlier, total)
		}
		if (page.Prev == "") != (len(pages) == 0) {
			t.Errorf("%+v: before page %d is %q", f, len(pages), page.Prev)
		}
		pages, earlier = append(pages, page), earlier+int64(len(page.Stations))
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if earlier != total {
		t.Errorf("%+v: %d on all pages", f, earlier)
	}
	for n := len(pages) - 1; n > 0; n-- {
		f.After, f.Before = "", pages[n].Prev
		back := dbtest.Must[Page](t)(s.List(t.Context(), f))
		if want := codesOf(pages[n-1]); codesOf(back) != want || back.Earlier != pages[n-1].Earlier || (back.Prev == "") != (n == 1) || back.Next == "" {
			t.Errorf("%+v: back from page %d: %s, want %s; %d before, %q, %q", f, n, codesOf(back), want, back.Earlier, back.Prev, back.Next)
		}
	}
}
