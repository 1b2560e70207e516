package station

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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

func sortedBy(o Order, s Station) string { return orders[o].of(s.row(1, time.Time{})) }

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
			page := must[Page](t)(s.List(t.Context(), Filter{Order: o, Reverse: reverse, Limit: 50, After: o.mark(middle.row(1, time.Time{}))}))
			took := time.Since(start)
			t.Logf("a page by %s, reverse %v: %v", o.Key(), reverse, took)
			if len(page.Stations) != 50 || took > time.Second {
				t.Errorf("by %s: %d stations in %v", o.Key(), len(page.Stations), took)
			}
		}
	}
}
