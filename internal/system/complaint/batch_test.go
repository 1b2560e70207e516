package complaint_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// What the public reports on a day is called by the day, and takes no number that the inspectors give.
func TestBatchName(t *testing.T) {
	day := calendar.On(2026, 11, 30)
	number := complaint.PublicBatch(day)
	if back, public := complaint.BatchDay(number); number <= complaint.MostBatch || !public || back != day {
		t.Errorf("%d is of %v, %v", number, back, public)
	}
	for n, want := range map[int]string{1: "第 1 批", complaint.MostBatch: "第 999 批", number: "公众反映 2026-11-30", 20261131: "第 20261131 批"} {
		if got := complaint.BatchName(n).ZH; got != want {
			t.Errorf("%d is called %q, not %q", n, got, want)
		}
	}
}
