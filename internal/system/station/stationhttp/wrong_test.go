package stationhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

// wrongQueries are all pages that somebody asks something in the address, and what they
// may write there that cannot be read. A space in the name parts the parameter from the
// field that shows it.
var wrongQueries = map[string]map[string][]string{
	"/find?lat=36.62&lon=101.778": {"need": {"gold"}, "mode": {"fly"}, "at": {"tomorrow", "1999-01-01T00:00"}, "q": {strings.Repeat("长", 101)}, "datum": {"mars"}},
	"/find?lon=101.778":           {"lat": {"x", "91"}},
	"/find?lat=36.62":             {"lon": {"x"}},
	"/stations?": {
		"q": {strings.Repeat("长", 101)}, "division": {"1", "城中"}, "brand": {"x"}, "need": {"gold"}, "status": {"shut"}, "size": {"huge"}, "sort": {"size", "-x"},
		"checked": {"31", "old"}, "hours": {"none"}, "streets": {"near"},
	},
	"/coverage?":        {"mode": {"walk\x00"}, "minutes": {"0", "ten"}, "at": {"2026-13-40"}, "demand": {"buses", "!"}},
	"/coverage/clock?":  {"mode": {"fly"}, "minutes": {"61"}, "at": {"2026-13-40"}, "demand": {"buses"}, "times": {"5", "x"}, "day": {"2026-02-30", "2199-01-01"}},
	"/coverage/circle?": {"mode": {"fly"}, "minutes": {"61"}, "at": {"2026-13-40"}, "demand": {"buses"}, "radius": {"far", "1"}},
	"/areas?": {
		"q": {strings.Repeat("长", 101)}, "kind": {"x"}, "division": {"1"}, "verdict": {"x"}, "sort": {"x"}, "demand": {"!"}, "day": {"yesterday"},
		"mode": {"fly"}, "minutes": {"0"}, "at": {"x"},
	},
	"/areas/AREA?":                                   {"demand": {"!"}, "day": {"yesterday"}, "mode": {"fly"}, "minutes": {"0"}, "at": {"x"}, "times": {"9"}},
	"/whatif?":                                       {"mode": {"fly"}, "minutes": {"0"}, "at": {"x"}, "demand": {"buses"}, "c changes": {"shut X", "close NOWHERE"}},
	"/whatif/pick?":                                  {"minutes": {"0"}, "q": {strings.Repeat("长", 101)}},
	"/whatif/new?":                                   {"minutes": {"0"}, "lat": {"x"}},
	"/whatif?c=close+STATION&act=line":               {"add": {"shut X"}},
	"/whatif?act=hours&code=STATION":                 {"hours": {"whenever"}},
	"/whatif?act=pause&code=STATION":                 {"days": {"someday"}},
	"/whatif?act=move&code=STATION&lat=36.6":         {"lon": {"east"}},
	"/whatif?act=open&lat=36.6&name=n":               {"lon": {"east"}},
	"/whatif?act=open&lat=36.6&lon=101.78&name=n%22": {"hours": {"whenever"}},
	"/plans?":     {"q": {strings.Repeat("长", 101)}, "origin": {"x"}, "sort": {"x"}},
	"/plans/new?": {"minutes": {"0"}, "at": {"x"}, "mode": {"fly"}, "demand": {"buses"}, "c changes": {"shut X", "close NOWHERE"}},
	"/siting?": {
		"goal": {"best"}, "sites": {"-1", "x"}, "budget": {"much"}, "times": {"x"}, "minutes": {"0"}, "mode": {"fly"}, "demand": {"!"}, "when": {"never"},
		"days": {"x"}, "hours": {"25-26"}, "division": {"nowhere"}, "need": {"gold"}, "kind": {"castle"}, "limits": {"icbc"}, "floor": {"101"}, "cost-bank": {"cheap"},
	},
	"/siting?goal=fewest": {"target": {"0", "x"}},
	"/siting?when=moment": {"at": {"x"}},
}

// TestErrorsInTheirPlace: whatever cannot be read, the page is there with its form, the
// field says what is wrong with it, and nothing that was typed is lost.
func TestErrorsInTheirPlace(t *testing.T) {
	site, _ := pagetest.CandidateSite(t)
	station := pagetest.DemoStation(t)
	for address, fields := range wrongQueries {
		for name, values := range fields {
			for _, typed := range values {
				parameter, field, other := strings.Cut(name, " ")
				if !other {
					field = parameter
				}
				asked := strings.NewReplacer("STATION", station, "AREA", "KA-01").Replace(address) + "&" + url.Values{parameter: {typed}}.Encode()
				t.Run(asked, func(t *testing.T) {
					a, body := pagetest.Get(t, site+asked, "text/html")
					pagetest.WantWrong(t, a.StatusCode, body, field, typed)
				})
			}
		}
	}
}

// TestAllErrorsAtOnce: a form with several faults says them all, and what is right in it
// is still chosen.
func TestAllErrorsAtOnce(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	a, body := pagetest.Get(t, site+"/coverage?minutes=0&at=x&mode=ebike&any=1", "text/html")
	pagetest.WantWrong(t, a.StatusCode, body, "minutes", "0")
	pagetest.WantWrong(t, a.StatusCode, body, "at", "x")
	pagetest.WantInOrder(t, body, "有 2 处要改", `value="ebike" checked`, `name="any" value="1" checked`)
	a, body = pagetest.Get(t, site+"/stations?brand=x&status=paused&q=%E9%93%B6%E8%A1%8C", "text/html")
	pagetest.WantWrong(t, a.StatusCode, body, "brand", "x")
	pagetest.WantInOrder(t, body, "有一处要改", `value="银行"`, `value="paused" selected`)
	if strings.Contains(body, "<table") {
		t.Error("a list answers a question that nobody asked")
	}
	// The week does not hang on the day, and is answered.
	a, body = pagetest.Get(t, site+"/coverage/clock?day=x", "text/html")
	pagetest.WantWrong(t, a.StatusCode, body, "day", "x")
	pagetest.WantInOrder(t, body, `id="week"`, `id="e-day"`)
}

// TestSentFormsComeBack: so it is with forms that are sent.
func TestSentFormsComeBack(t *testing.T) {
	site, _ := pagetest.CandidateSite(t)
	station := pagetest.DemoStation(t)
	plan := func(more ...string) url.Values {
		v := url.Values{"name": {"名字"}, "changes": {"close " + station}, "at": {"2026-11-23T12:00"}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	for _, c := range []struct {
		path, field string
		sent        url.Values
	}{
		{"/plans", "name", plan("name", " ")},
		{"/plans", "note", plan("note", strings.Repeat("长", 2001))},
		{"/plans", "changes", plan("changes", "close NOWHERE")},
		{"/plans", "minutes", plan("minutes", "0")},
		{"/siting", "budget", url.Values{"budget": {"much"}}},
	} {
		t.Run(c.path+" "+c.field, func(t *testing.T) {
			a, body := pagetest.Send(t, http.DefaultClient, site+c.path, c.sent)
			pagetest.WantWrong(t, a.StatusCode, body, c.field, c.sent.Get(c.field))
			if c.path == "/plans" && c.field != "changes" {
				pagetest.WantInOrder(t, body, "close "+station)
			}
		})
	}
}
