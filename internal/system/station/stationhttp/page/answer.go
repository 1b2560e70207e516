package page

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// AnswerWords is the sentence of an answer, that a tired person reads once:
// 走 6 分钟，营业到 22:00，有热水.
func AnswerWords(l lang.Lang, a ask.Ask, f network.Found) string { return SayingOf(l, a, f).Words() }

// WayWords two parts of the sentence, for a page that shows them apart.
func WayWords(l lang.Lang, mode network.Mode, way time.Duration) string {
	return Saying{Lang: l, mode: mode, Way: words.Minutes(way)}.wayWords()
}

// ArrivalWords says what somebody finds on arrival.
func ArrivalWords(l lang.Lang, now time.Time, f network.Found) string {
	return SayingOf(l, ask.Ask{At: now}, f).arrivalWords()
}

// Saying is all that the sentence of an answer depends on, so that a sentence can
// be kept under it.
type Saying struct {
	Lang     lang.Lang
	mode     network.Mode
	Standing network.Standing
	Way      int           // minutes
	asked    calendar.Date // the day on which they set out
	Changes  time.Time
	closes   int              // minutes after they arrive, if it is closing soon
	has      station.Services // what the sentence names
}

// SayingOf is what an answer is said by: equal ones are said alike.
func SayingOf(l lang.Lang, a ask.Ask, f network.Found) Saying {
	s := Saying{Lang: l, mode: a.Mode, Standing: f.Standing, Way: words.Minutes(f.Way), asked: calendar.DateOf(a.At), Changes: f.Changes}
	if f.Standing == network.ClosingSoon {
		s.closes = words.Minutes(f.Changes.Sub(f.Arrive))
	}
	switch {
	case f.Standing == network.NotOperating:
	case a.Needs != 0: // what was found has them all, and the station need not be read
		s.has = a.Needs
	default:
		s.has = f.Station.Services & mostCome
	}
	return s
}

// Words says an answer in a sentence.
func (s Saying) Words() string {
	l := s.Lang
	parts := []string{s.wayWords(), s.arrivalWords()}
	if s.has != 0 {
		parts = append(parts, l.F("有%s", "with %s", s.has.Text(l)))
	}
	return strings.Join(parts, l.T("，", ", "))
}

func (s Saying) wayWords() string {
	if s.mode == network.Ebike {
		return s.Lang.F("骑 %s", "%s by e-bike", words.InMinutes(s.Lang, s.Way))
	}
	return s.Lang.F("走 %s", "%s on foot", words.InMinutes(s.Lang, s.Way))
}

// mostCome is what the sentence names where nothing was asked for: the two things
// that most come for.
var mostCome = station.ServicesOf(station.HotWater, station.Toilet)

// arrivalWords says whether the door will be open.
func (s Saying) arrivalWords() string {
	l := s.Lang
	switch s.Standing {
	case network.OpenOnArrival:
		if s.Changes.IsZero() {
			return l.T("昼夜都开", "always open")
		}
		return l.F("营业到%s", "open until %s", words.InSentence(l, words.ClockOn(l, s.asked, s.Changes)))
	case network.ClosingSoon:
		return l.F("到后 %s就关门", "closes %s after you arrive", words.InMinutes(l, s.closes))
	case network.HoursUnknown:
		return l.T("没有人说过几点开门", "nobody has said when it opens")
	case network.OpensLater:
		if s.Changes.IsZero() {
			return l.T("到时关着，近日不开", "closed when you arrive and for the days after")
		}
		return l.F("到时关着，%s 开", "closed when you arrive, opens %s", words.ClockOn(l, s.asked, s.Changes))
	case network.NotOperating:
	}
	return l.T("暂停开放", "not in service")
}

// StandingWords is the badge of an answer.
func StandingWords(l lang.Lang, s network.Standing) string {
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

// OrderWords says why an answer stands where it does in the list.
func OrderWords(l lang.Lang, rank int, f network.Found) string {
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

// AccessWords says how one gets in.
func AccessWords(l lang.Lang, a station.Access) (web.Icon, string) {
	switch a {
	case station.AskStaff:
		return web.IconStaff, l.T("进门跟工作人员说一声", "Ask the staff inside")
	case station.Scan:
		return web.IconScan, l.T("扫门口的码进", "Scan the code at the door")
	case station.WalkIn:
	}
	return web.IconDoor, l.T("推门就进，不用登记", "Just walk in")
}

// Under says whose brand a station has and who shares the room.
func Under(l lang.Lang, s *station.Station) string {
	var parts []string
	if s.Brand.Key() != "none" {
		parts = append(parts, s.Brand.Name().In(l))
	}
	if s.Host != "" {
		parts = append(parts, s.Host)
	}
	return strings.Join(parts, " · ")
}

// Capital begins a fact that stands alone with a capital letter.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Services names some services.
func Services(l lang.Lang, set station.Services) []web.Service {
	var out []web.Service
	for n := range set.All() {
		out = append(out, web.Service{Icon: web.Icon(n.Icon()), Text: n.Name().In(l)})
	}
	return out
}

// WithinWords says how far is near.
func WithinWords(l lang.Lang, s ask.Survey) string {
	if s.Mode == network.Ebike {
		return l.F("骑 %d 分钟", "within %d minutes by e-bike", s.Minutes())
	}
	return l.F("走 %d 分钟", "within %d minutes on foot", s.Minutes())
}
