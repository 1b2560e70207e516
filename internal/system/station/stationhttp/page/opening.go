package page

import (
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// OpeningOf is the door of a standing.
func OpeningOf(s network.Standing) web.Opening {
	switch s {
	case network.OpenOnArrival:
		return web.Open
	case network.ClosingSoon:
		return web.Closing
	case network.HoursUnknown:
		return web.Unknown
	case network.OpensLater, network.NotOperating:
	}
	return web.Closed
}

// OpeningAt is whether the door of s is open at t.
func OpeningAt(s *station.Station, t time.Time) web.Opening { return web.Opening(figures.DoorAt(s, t)) }

// KindOf is the marker of a size.
func KindOf(s station.Size) web.StationKind {
	switch s {
	case station.Micro:
		return web.Micro
	case station.Mobile:
		return web.Mobile
	case station.Standard:
	}
	return web.Standard
}
