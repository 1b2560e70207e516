package survey_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

func TestCoveragePageAndItsNumbers(t *testing.T) {
	site := pagetest.TownSite(t)
	body := pagetest.Page(t, site+"/coverage?at=2026-11-23T12:00")
	pagetest.WantInOrder(t, body, "走十五分钟，有没有驿站可去？", "2026年11月23日（周一）12:00，开着 2 个驿站", "%", "的人走 15 分钟到得了一个驿站",
		"怎么知道的？", "1 个没人说过几点开门，按关门算", "的 7 人留在总数里", `href="#recompute"`,
		"同一天 22:00 是", "合计", "1,007", "其中离路太远", "7", "最大的空白",
		"xiadu coverage --streets streets-0123456789ab.atlas --stations stations.csv --demand people=demand-people.csv --mode walk --minutes 15 --at 2026-11-23T12:00 --json")
	all := pagetest.Page(t, site+"/coverage?any=1")
	pagetest.WantInOrder(t, all, "不看几点，4 个开放的驿站全算", "--any-hour --at ")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/coverage/clock?day=2026-12-01"), `href="#recompute"`, " --clock --on 2026-12-01 --only clock --json")
}

// TestCoverageLeadsToItsReceipt: each question that the log can be asked leads to where anybody computes it again.
func TestCoverageLeadsToItsReceipt(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for question, want := range map[string]string{
		"at=2026-11-23T22:00":                       "/receipts/figures/station.reach/1?at=2026-11-23T22%3A00&amp;demand=people&amp;minutes=15&amp;mode=walk",
		"at=2026-11-23T22:00&mode=ebike&minutes=10": "/receipts/figures/station.reach/1?at=2026-11-23T22%3A00&amp;demand=people&amp;minutes=10&amp;mode=ebike",
		"any=1": "",
	} {
		body := pagetest.Page(t, site+"/coverage?"+question)
		if want == "" && strings.Contains(body, "/receipts/figures/") || want != "" && !strings.Contains(body, want) {
			t.Errorf("%s: the receipt is not at %q", question, want)
		}
	}
}
