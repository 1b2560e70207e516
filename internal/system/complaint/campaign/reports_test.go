package campaign_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// An inspection takes reports from its first day to its last; what is standing, from its first day on.
func TestTakesInItsDays(t *testing.T) {
	first := calendar.On(2026, 11, 30)
	inspection := campaign.Campaign{From: first, Until: first.Add(30), Settings: campaign.Settings{Preset: "central", Reports: campaign.ByPage}}
	standing := campaign.Campaign{From: first, Until: first.Add(30), Settings: campaign.Settings{Preset: "public", Reports: campaign.ByPage}}
	for ahead, want := range map[int][2]bool{-1: {false, false}, 0: {true, true}, 30: {true, true}, 31: {false, true}, 400: {false, true}} {
		at := first.Add(ahead).Start(calendar.China)
		if got := [2]bool{inspection.Takes(campaign.ByPage, at), standing.Takes(campaign.ByPage, at)}; got != want {
			t.Errorf("%d days ahead: %v, not %v", ahead, got, want)
		}
		if inspection.Takes(campaign.ByKey, at) {
			t.Errorf("%d days ahead: by a way that is shut", ahead)
		}
	}
}
