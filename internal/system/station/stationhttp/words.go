package stationhttp

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// answerWords is the sentence of an answer, that a tired person reads once:
// 走 6 分钟，营业到 22:00，有热水.
func answerWords(l lang.Lang, a ask, f network.Found) string { return sayingOf(l, a, f).words() }

// The two parts of the sentence, for a page that shows them apart.
func wayWords(l lang.Lang, mode network.Mode, way time.Duration) string {
	return saying{lang: l, mode: mode, way: minutes(way)}.wayWords()
}

func arrivalWords(l lang.Lang, now time.Time, f network.Found) string {
	return sayingOf(l, ask{at: now}, f).arrivalWords()
}

// saying is all that the sentence of an answer depends on, so that a sentence can
// be kept under it.
type saying struct {
	lang     lang.Lang
	mode     network.Mode
	standing network.Standing
	way      int           // minutes
	asked    calendar.Date // the day on which they set out
	changes  time.Time
	closes   int              // minutes after they arrive, if it is closing soon
	has      station.Services // what the sentence names
}

func sayingOf(l lang.Lang, a ask, f network.Found) saying {
	s := saying{lang: l, mode: a.mode, standing: f.Standing, way: minutes(f.Way), asked: calendar.DateOf(a.at), changes: f.Changes}
	if f.Standing == network.ClosingSoon {
		s.closes = minutes(f.Changes.Sub(f.Arrive))
	}
	switch {
	case f.Standing == network.NotOperating:
	case a.needs != 0: // what was found has them all, and the station need not be read
		s.has = a.needs
	default:
		s.has = f.Station.Services & mostCome
	}
	return s
}

func (s saying) words() string {
	l := s.lang
	parts := []string{s.wayWords(), s.arrivalWords()}
	if s.has != 0 {
		parts = append(parts, l.F("有%s", "with %s", s.has.Text(l)))
	}
	return strings.Join(parts, l.T("，", ", "))
}

func (s saying) wayWords() string {
	if s.mode == network.Ebike {
		return s.lang.F("骑 %s", "%s by e-bike", inMinutes(s.lang, s.way))
	}
	return s.lang.F("走 %s", "%s on foot", inMinutes(s.lang, s.way))
}

// mostCome is what the sentence names where nothing was asked for: the two things
// that most come for.
var mostCome = station.ServicesOf(station.HotWater, station.Toilet)

// arrivalWords says whether the door will be open.
func (s saying) arrivalWords() string {
	l := s.lang
	switch s.standing {
	case network.OpenOnArrival:
		if s.changes.IsZero() {
			return l.T("昼夜都开", "always open")
		}
		return l.F("营业到%s", "open until %s", inSentence(l, clockOn(l, s.asked, s.changes)))
	case network.ClosingSoon:
		return l.F("到后 %s就关门", "closes %s after you arrive", inMinutes(l, s.closes))
	case network.HoursUnknown:
		return l.T("没有人说过几点开门", "nobody has said when it opens")
	case network.OpensLater:
		if s.changes.IsZero() {
			return l.T("到时关着，近日不开", "closed when you arrive and for the days after")
		}
		return l.F("到时关着，%s 开", "closed when you arrive, opens %s", clockOn(l, s.asked, s.changes))
	case network.NotOperating:
	}
	return l.T("暂停开放", "not in service")
}

// standingWords is the badge of an answer.
func standingWords(l lang.Lang, s network.Standing) string {
	switch s {
	case network.OpenOnArrival:
		return l.T("到时开着", "Open on arrival")
	case network.ClosingSoon:
		return l.T("快关门了", "Closing soon")
	case network.HoursUnknown:
		return l.T("时间不详", "Hours unknown")
	case network.OpensLater:
		return l.T("到时关着", "Closed on arrival")
	case network.NotOperating:
	}
	return l.T("暂停开放", "Not in service")
}

// orderWords says why an answer stands where it does in the list.
func orderWords(l lang.Lang, rank int, f network.Found) string {
	switch {
	case rank == 1 && f.Far && f.Standing <= network.HoursUnknown:
		return l.T("走半小时以内没有，这家最近。", "Nothing within half an hour; this is the nearest.")
	case rank == 1 && f.Standing == network.HoursUnknown:
		return l.T("走半小时以内没有肯定开着的。这家最近，但没人说过几点开门。", "None within half an hour is known to be open. This is the nearest, but nobody has said its hours.")
	case f.Far && f.Standing <= network.HoursUnknown:
		return l.T("要走半小时以上，所以排在近处的后面。", "More than half an hour away, so it comes after what is near.")
	}
	switch f.Standing {
	case network.OpenOnArrival:
		if rank == 1 {
			return l.T("到时开着的里面，这家最近。", "The nearest of those open when you arrive.")
		}
		return ""
	case network.ClosingSoon:
		return l.T("路上花的时间会让您赶上关门，所以排在开着的后面。", "You would arrive just before it closes, so it comes after those that stay open.")
	case network.HoursUnknown:
		return l.T("去之前不能肯定开着，所以排在后面。", "It may not be open, so it comes later in the list.")
	case network.OpensLater:
		return l.T("到时关着，所以排在后面。", "Closed when you arrive, so it comes later in the list.")
	case network.NotOperating:
	}
	return l.T("站点说暂停，所以排在最后。", "The station is paused, so it comes last.")
}

// accessWords says how one gets in.
func accessWords(l lang.Lang, a station.Access) (web.Icon, string) {
	switch a {
	case station.AskStaff:
		return web.IconStaff, l.T("进门跟工作人员说一声", "Ask the staff inside")
	case station.Scan:
		return web.IconScan, l.T("扫门口的码进", "Scan the code at the door")
	case station.WalkIn:
	}
	return web.IconDoor, l.T("推门就进，不用登记", "Just walk in")
}

func openingOf(s network.Standing) web.Opening {
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

// openingAt is whether the door of s is open at t.
func openingAt(s *station.Station, t time.Time) web.Opening {
	switch {
	case s.Status != station.Operating:
		return web.Closed
	case !s.Hours.Known():
		return web.Unknown
	case s.Hours.OpenAt(t):
		return web.Open
	}
	return web.Closed
}

func kindOf(s station.Size) web.StationKind {
	switch s {
	case station.Micro:
		return web.Micro
	case station.Mobile:
		return web.Mobile
	case station.Standard:
	}
	return web.Standard
}

// under says whose brand a station has and who shares the room.
func under(l lang.Lang, s *station.Station) string {
	var parts []string
	if s.Brand.Key() != "none" {
		parts = append(parts, s.Brand.Name().In(l))
	}
	if s.Host != "" {
		parts = append(parts, s.Host)
	}
	return strings.Join(parts, " · ")
}

// capital begins a fact that stands alone with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func services(l lang.Lang, set station.Services) []web.Service {
	var out []web.Service
	for n := range set.All() {
		out = append(out, web.Service{Icon: web.Icon(n.Icon()), Text: n.Name().In(l)})
	}
	return out
}
