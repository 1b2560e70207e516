package page

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/web"
)

// A map knows the kinds and doors that the data of it say.
func TestMarksAreOfTheMap(t *testing.T) {
	for size, kind := range map[station.Size]web.StationKind{station.Standard: web.Standard, station.Micro: web.Micro, station.Mobile: web.Mobile} {
		if size.Key() != string(kind) {
			t.Errorf("size %s, kind %s", size.Key(), kind)
		}
	}
	for door, opening := range map[string]web.Opening{figures.DoorOpen: web.Open, figures.DoorUnknown: web.Unknown, figures.DoorClosed: web.Closed} {
		if door != string(opening) {
			t.Errorf("door %s, opening %s", door, opening)
		}
	}
	if candidate := figures.CandidateMark(&station.Station{}); candidate.Properties["kind"] != string(web.Proposed) {
		t.Error(candidate.Properties)
	}
	if figures.DoorAt(&station.Station{}, time.Now()) != string(web.Unknown) {
		t.Error("hours that nobody knows")
	}
}
