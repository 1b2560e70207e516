package demo

import (
	"testing"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/system/station"
)

// TestStationWords checks that the import knows every word of the rows.
func TestStationWords(t *testing.T) {
	kinds := map[string]int{}
	for _, s := range drawn().stations() {
		row := map[string]string{}
		for i, name := range columns {
			row[name] = s.row[i]
		}
		if _, err := opening.Parse(row["hours"]); err != nil {
			t.Errorf("%s: %v", row["hours"], err)
		}
		_, brand := station.ParseBrand(row["brand"])
		_, size := station.ParseSize(row["size"])
		_, access := station.ParseAccess(row["access"])
		_, wheelchair := station.ParseWheelchair(row["wheelchair"])
		_, status := station.ParseStatus(row["status"])
		if !brand || !size || !access || !wheelchair || !status {
			t.Errorf("a word is unknown in %v", s.row)
		}
		if _, unknown := station.ParseServices(row["services"]); unknown != nil {
			t.Errorf("unknown services %q", unknown)
		}
		kinds[row["hours"]]++
	}
	if len(kinds) < 12 {
		t.Errorf("only %d kinds of hours", len(kinds))
	}
}
