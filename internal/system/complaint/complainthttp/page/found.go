package page

import (
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
)

// FoundLook is how what was found on a visit stands out.
func FoundLook(f visit.Found) (web.Tone, web.Icon) {
	switch f {
	case visit.Kept, visit.Met:
		return web.ToneGood, web.IconCheck
	case visit.NotYet:
		return web.ToneBad, web.IconClose
	case visit.Closed:
		return web.ToneLook, web.IconClose
	case visit.Absent:
		return web.ToneLook, web.IconHide
	case visit.Partly:
	}
	return web.ToneLook, web.IconUnknown
}

// DayText is a day that is kept as text, as people write it.
func DayText(l lang.Lang, day string) string {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return day
	}
	return Day(l, d.Start(calendar.China))
}
