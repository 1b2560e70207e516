package finder

import (
	"math/bits"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// offer is a station that is not quite what was asked for, and the question that
// finds it and others like it.
type offer struct {
	title    string           // what it lacks, and how far it is
	lacks    station.Services // if it was found by what fits most
	standing network.Standing
	card     web.StationCard
	href     string
}

// wayOut is a question that has an answer when this one has none.
type wayOut struct {
	text, href string
}

// farBest is how long a way may be before the finder says what is nearer.
const farBest = 15 * time.Minute

// worthWhile is how much nearer a station must be for somebody to do without
// something that they need.
const worthWhile = 5 * time.Minute

// lookNearer offers the nearest open station without one of the needs, when what
// has them all is far or not known to be open.
func (v *finderPage) lookNearer() error {
	best := v.answers[0].Found
	open := best.Standing <= network.ClosingSoon
	if open && best.Way <= farBest {
		return nil
	}
	least := time.Duration(0)
	for _, eased := range v.eased() {
		found, err := look(v.city.City, eased.ask, 1)
		if err != nil {
			return err
		}
		if len(found.Found) == 0 {
			continue
		}
		f := found.Found[0]
		nearer := f.Standing <= network.ClosingSoon && (!open || f.Way+worthWhile <= best.Way)
		if nearer && (v.nearer == nil || f.Way < least) {
			least = f.Way
			v.nearer = &offer{
				title: v.F("%[1]s，%[2]s就有一家", "%[1]s, there is one %[2]s", eased.text, page.WayWords(v.Lang, v.ask.Mode, f.Way)),
				card:  v.cardOffered(eased.ask, f), href: eased.ask.Address(Path),
			}
		}
	}
	if v.nearer != nil {
		return nil
	}
	near := v.ask.Question(1)
	near.Reach = farBest
	most, ok, err := v.lookMost(near)
	if ok && most.standing <= network.ClosingSoon {
		most.title = v.F("%[1]d 分钟内最接近的一家：没有%[2]s，其余都有", "What comes closest within %[1]d minutes lacks only %[2]s", words.Minutes(farBest), most.lacks.Text(v.Lang))
		v.nearer = &most
	}
	return err
}

// cardOffered is the card of a station outside the list: it has no rank.
func (v *finderPage) cardOffered(a ask.Ask, f network.Found) web.StationCard {
	c := v.cardOf(0, f)
	c.Answer, c.Why, c.RouteTo = page.AnswerWords(v.Lang, a, f), "", c.Href
	return c
}

// easedAsk is the question without one of its needs.
type easedAsk struct {
	ask  ask.Ask
	text string
}

func (v *finderPage) eased() []easedAsk {
	var all []easedAsk
	if v.ask.Late {
		a := v.ask
		a.Late = false
		all = append(all, easedAsk{a, v.F("不要求开到 %d 点", "If it need not be open past %d:00", ask.LateHour)})
	}
	for n := range v.ask.Needs.All() {
		a := v.ask
		a.Needs &^= station.ServicesOf(n)
		all = append(all, easedAsk{a, v.F("不要%s", "Without %s", n.Name().In(v.Lang))})
	}
	return all
}

// lookElsewhere finds what to offer when nothing was found: the station that has
// most of what is needed, and the question without one of the needs, or by e-bike.
func (v *finderPage) lookElsewhere() error {
	most, ok, err := v.lookMost(v.ask.Question(1))
	if err != nil {
		return err
	}
	if ok {
		most.title = v.F("最接近的一家：没有%s，其余都有", "The one that comes closest lacks only %s", most.lacks.Text(v.Lang))
		v.most = &most
	}
	eased := v.eased()
	if v.ask.Mode == network.Walk {
		a := v.ask
		a.Mode = network.Ebike
		eased = append(eased, easedAsk{a, v.T("改骑电动车", "")})
	}
	opened := 0 // those that lead to an open door come first
	for _, e := range eased {
		found, err := look(v.city.City, e.ask, 1)
		if err != nil {
			return err
		}
		if len(found.Found) == 0 {
			continue
		}
		first := found.Found[0]
		words, open := page.WayWords(v.Lang, e.ask.Mode, first.Way), first.Standing <= network.ClosingSoon
		if !open { // minutes alone would send somebody to a closed door
			words = page.AnswerWords(v.Lang, e.ask, first)
		}
		if e.text != "" {
			words = e.text + v.T("，", ", ") + words
		}
		if way := (wayOut{words, e.ask.Address(Path)}); open {
			v.ways = slices.Insert(v.ways, opened, way)
			opened++
		} else {
			v.ways = append(v.ways, way)
		}
	}
	return nil
}

// lookMost looks for a station with most of several needs, and is false if there is
// none or only the hours were too much.
func (v *finderPage) lookMost(q network.Question) (offer, bool, error) {
	if bits.OnesCount64(uint64(v.ask.Needs)) < 2 {
		return offer{}, false, nil
	}
	found, err := v.city.Network.FindMost(q)
	if err != nil || len(found.Found) == 0 {
		return offer{}, false, err
	}
	f := found.Found[0]
	a := v.ask
	a.Needs, a.Late = v.ask.Needs&f.Station.Services, false
	o := offer{lacks: v.ask.Needs &^ f.Station.Services, standing: f.Standing, card: v.cardOffered(a, f), href: a.Address(Path)}
	return o, o.lacks != 0, nil
}
