package campaign_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// Each preset has a rule, marked as an example where it is one, for each clock that a process starts
// and no date is said for.
func TestPresets(t *testing.T) {
	byDay := map[string]bool{complaint.ClockRectify: true, complaint.ClockNext: true, complaint.ClockMeasure: true}
	for _, p := range campaign.Presets() {
		s, err := p.Settings(mustDay(t, "2023-11-23"))
		if err != nil {
			t.Fatal(err)
		}
		for _, process := range complaint.Processes() {
			names := process.Starts
			for _, m := range process.Moves {
				names = append(names, m.Starts...)
			}
			for _, name := range append(names, campaign.ReportKey, campaign.WindowAgain) {
				if _, err := s.Rule(name); err != nil && !byDay[name] {
					t.Errorf("%s: %v", p.Key, err)
				}
			}
		}
		for name, r := range s.Rules {
			if r.Doubt.ZH == "" || r.Doubt.EN == "" {
				t.Errorf("%s: the rule %s of %s is said to be certain", p.Key, r.Name, name)
			}
		}
	}
}

func mustDay(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
