package register_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// An office sorts by when stations were checked, and turns the page, with the
// keyboard alone; the filter keeps the order and the order keeps the filter.
func TestOfficeSortsTheRegister(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	b := webtest.Open(t, site, webtest.Desk)
	b.Go("/stations?brand=union")
	if got := webtest.Eval[string](b, `[...document.querySelectorAll('[aria-sort]')].map((h) => h.ariaSort).join()`); got != "ascending,none,none,none,none" {
		t.Errorf("the headings say %q", got)
	}
	heading := func(name string) { // two links of files stand before the first
		t.Helper()
		webtest.Eval[bool](b, `document.querySelector('.filter-more > summary').focus() ?? true`)
		for range 20 {
			b.Press(kb.Tab)
			if webtest.Eval[bool](b, `document.activeElement.matches('.sort') && document.activeElement.textContent.trim() === '`+name+`'`) {
				b.Press(kb.Enter)
				return
			}
		}
		t.Fatalf("twenty steps of the keyboard lead to no heading %s", name)
	}
	dates := func() []string {
		t.Helper()
		return strings.Split(webtest.Eval[string](b, `[...document.querySelectorAll('.register tbody td:last-child')].map((c) => c.textContent.trim()).join()`), ",")
	}
	heading("核实")
	b.Wait(`location.search.includes('sort=checked') && document.querySelector('th:last-child[aria-sort=ascending]')`)
	first := dates()
	heading("核实")
	b.Wait(`location.search.includes('sort=-checked') && document.querySelector('th:last-child[aria-sort=descending]')`)
	last := dates()
	if first[0] >= first[len(first)-1] || first[0] >= last[0] || last[len(last)-1] >= last[0] {
		t.Errorf("oldest first %q, latest first %q", first, last)
	}
	if path := b.Path(); !strings.Contains(path, "brand=union") {
		t.Errorf("the order lost the filter: %s", path)
	}
	b.Follow(".filter .button-main")
	if path := b.Path(); !strings.Contains(path, "sort=-checked") || !strings.Contains(path, "brand=union") {
		t.Errorf("the filter lost the order: %s", path)
	}
	b.Check()
}

func TestRegister(t *testing.T) {
	dbtest.Each(t, pagetest.Schemas, func(t *testing.T, d *db.DB) {
		var batch station.Batch
		for i := range 120 {
			s := pagetest.TownStations(t)[i%3]
			s.Code = string(rune('A'+i/26)) + string(rune('A'+i%26))
			batch.Stations = append(batch.Stations, s)
		}
		for _, s := range batch.Stations {
			if _, err := station.New(d).Save(t.Context(), "test", s); err != nil {
				t.Fatal(err)
			}
		}
		site := pagetest.Serve(t, web.Options{}, pagetest.Town(t), d, pagetest.Monday)
		// Every station comes once, page after page.
		seen, next, pages := map[string]bool{}, "/stations?q="+url.QueryEscape("驿站"), 0
		for next != "" {
			body := pagetest.Page(t, site+next)
			pages++
			if want := []string{"", "第 1–50 站，共 120 站", "第 51–100 站，共 120 站", "第 101–120 站，共 120 站"}[pages]; !strings.Contains(body, want) {
				t.Fatalf("page %d does not say %s:\n%s", pages, want, body)
			}
			if back := strings.Contains(body, `rel="prev"`); back != (pages > 1) {
				t.Errorf("page %d leads back: %v", pages, back)
			}
			for _, row := range strings.Split(body, `<td class="code"><a href="/stations/`)[1:] {
				code, _, _ := strings.Cut(row, `"`)
				if seen[code] {
					t.Error(code, "comes twice")
				}
				seen[code] = true
			}
			next = ""
			if _, rest, ok := strings.Cut(body, `rel="next"`); ok {
				_ = rest
				link := body[:strings.Index(body, `rel="next"`)]
				link = link[strings.LastIndex(link, `href="`)+6:]
				next = strings.ReplaceAll(link[:strings.Index(link, `"`)], "&amp;", "&")
			}
		}
		if len(seen) != 120 || pages != 3 {
			t.Errorf("%d stations on %d pages, not 120 on 3", len(seen), pages)
		}
		// An old link may lead behind the end: that is not a register without stations.
		body := pagetest.Page(t, site+"/stations?need=toilet&after=ZZZ")
		pagetest.WantInOrder(t, body, "40 站", "这一页已经超出清单", `href="/stations?need=toilet"`, "看第一页")
		if strings.Contains(body, "没有符合的驿站") {
			t.Error("a page past the end says that no station fits")
		}
		if body := pagetest.Page(t, site+"/stations?need=toilet"); !strings.Contains(body, "40 站") {
			t.Error("the filter by service does not leave 40")
		}
		a, sheet := pagetest.Get(t, site+"/stations.csv?need=toilet", "text/csv")
		if n := strings.Count(sheet, "\n"); a.StatusCode != http.StatusOK || n != 41 {
			t.Errorf("the export has %d lines, not a heading and 40: %s", n, a.Status)
		}
		if a, sheet := pagetest.Get(t, site+"/stations.xlsx", "*/*"); a.StatusCode != http.StatusOK || !strings.HasPrefix(sheet, "PK") {
			t.Error("the spreadsheet is none: ", a.Status)
		}
	})
}

// An office chooses what it sees, and the choice goes with every link of the list; what there
// is not is said.
func TestOfficeChoosesColumns(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			heads := func() string {
				return webtest.Eval[string](b, `[...document.querySelectorAll('.register thead th')].map((h) => h.textContent.trim()).join()`)
			}
			b.Go("/stations?brand=union&sort=name")
			all := heads()
			webtest.Eval[bool](b, `(document.querySelector('.columns').open = true)`)
			for _, key := range []string{"brand", "division", "services", "status", "checked"} {
				webtest.Eval[bool](b, `document.querySelector('.columns input[value=`+key+`]').click() ?? true`)
			}
			b.Shot("register-columns-" + name)
			b.Follow(".columns .button-main")
			if got := heads(); got != "编号,名称,依托单位,营业时间" || all == got {
				t.Errorf("the table has %s, and had %s", got, all)
			}
			b.Follow(".sort")
			b.Follow(".filter .button-main")
			if got, path := heads(), b.Path(); got != "编号,名称,依托单位,营业时间" || !strings.Contains(path, "brand=union") {
				t.Errorf("after sorting and filtering the table has %s at %s", got, path)
			}
			b.Check()
			webtest.Eval[bool](b, `(document.querySelector('.columns').open = true)`)
			b.Follow(".columns .row a")
			if got, path := heads(), b.Path(); got != all || !strings.Contains(path, "brand=union") {
				t.Errorf("all columns are %s at %s", got, path)
			}
		})
	}
	if reply, body := pagetest.Get(t, site+"/stations?cols=gold", "text/html"); reply.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "没有“gold”这一列") {
		t.Errorf("a column that there is not: %s", reply.Status)
	}
}
