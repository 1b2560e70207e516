package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/report"
)

var (
	asks  = regexp.MustCompile(`(?i)<(script|link|img|iframe|object)|src=|@import|url\((?:[^#]|$)|\son[a-z]+=`)
	style = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

// TestReportStandsAlone: nothing in it asks for anything, whatever stations are
// called, and it says its numbers, its method and how to compute it again.
func TestReportStandsAlone(t *testing.T) {
	city := pagetest.Town(t)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, calendar.China)
	cov, err := city.Survey.Cover(t.Context(), coverage.Question{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		var b strings.Builder
		if err := report.WriteReport(t.Context(), &b, l, city, cov, noon); err != nil {
			t.Fatal(err)
		}
		if found := asks.FindString(b.String()); found != "" {
			t.Errorf("the report has “%s”", found)
		}
		pagetest.WantInOrder(t, b.String(), "<!doctype html>", "<svg", "1,007", `class="clock"`, "500", "town.osm", "xiadu coverage --streets streets-0123456789ab.atlas --stations stations.csv --demand people=demand-people.csv --mode walk --minutes 15 --at 2026-11-23T12:00", "t-1")
	}
}

func TestReportPolicyAllowsItsStyleAlone(t *testing.T) {
	a, body := pagetest.Get(t, pagetest.TownSite(t)+"/coverage/report", "text/html")
	sum := sha256.Sum256([]byte(style.FindStringSubmatch(body)[1]))
	policy := a.Header.Values("Content-Security-Policy")
	if len(policy) != 1 || !strings.Contains(policy[0], "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.HasPrefix(policy[0], "default-src 'none'") {
		t.Error(policy)
	}
}
