package trial

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// ChangeWords says what a change is, to somebody who does not know the codes, and
// whether it leads to where nobody gets.
func ChangeWords(c *city.City, l lang.Lang, changes []whatif.Change, x whatif.Change) string {
	words := changeWords(c, l, changes, x)
	if offStreets(c, x) {
		words += l.F("。这里离本城的路太远（超过 %d 米），没有人到得了", ". The place is far off the streets of this city (more than %d m), so that nobody gets there", network.SnapBoundM)
	}
	return words
}

// offStreets reports whether a change puts a station where nobody gets. A candidate of
// the register opens where it is, whatever the change says.
func offStreets(c *city.City, x whatif.Change) bool {
	switch x.Act {
	case whatif.OpenStation:
		if _, registered := c.Network.Station(x.Code); registered {
			return false
		}
		return c.OffStreets(x.At)
	case whatif.MoveStation:
		return c.OffStreets(x.At)
	case whatif.CloseStation, whatif.ChangeHours, whatif.PauseDays:
	}
	return false
}

func changeWords(c *city.City, l lang.Lang, changes []whatif.Change, x whatif.Change) string {
	if x.Act == whatif.OpenStation {
		words := l.F("在%[1]s新开%[2]s，%[3]s", "Open %[2]s %[1]s, %[3]s", whereWords(c, l, x.At), openedName(l, x), x.Hours.Text(l))
		if x.Brand != 0 {
			words += l.F("（%s）", " (%s)", x.Brand.Name().In(l))
		}
		return words
	}
	whom := whomWords(c, l, changes, x)
	switch x.Act {
	case whatif.MoveStation:
		return l.F("%[1]s 移到%[2]s", "Move %[1]s to a place %[2]s", whom, whereWords(c, l, x.At))
	case whatif.ChangeHours:
		return l.F("%[1]s 改为 %[2]s", "%[1]s: hours %[2]s", whom, x.Hours.Text(l))
	case whatif.PauseDays:
		return l.F("%[1]s %[2]s暂停", "%[1]s: paused %[2]s", whom, x.Days.Text(l))
	case whatif.CloseStation, whatif.OpenStation:
	}
	return l.F("关闭 %s", "Close %s", whom)
}

// openedName is what a new station is called.
func openedName(l lang.Lang, x whatif.Change) string {
	if x.Name != "" {
		return l.F("“%s”", "“%s”", x.Name)
	}
	return l.F("一站（%s）", "a station (%s)", x.Code)
}

// whomWords names the station or the chain that a change is for.
func whomWords(c *city.City, l lang.Lang, changes []whatif.Change, x whatif.Change) string {
	if x.Code == "" {
		return l.F("“%[1]s”全部 %[2]s 站", "all %[2]s stations of “%[1]s”", x.Brand.Name().In(l), words.Count(chainSize(c, x.Brand)))
	}
	if s, ok := c.Network.Station(x.Code); ok {
		return s.Name
	}
	for _, o := range changes {
		if o.Act == whatif.OpenStation && o.Code == x.Code && o.Name != "" {
			return o.Name
		}
	}
	return x.Code
}

func chainSize(c *city.City, b station.Brand) int {
	for _, chain := range c.Survey.Chains() {
		if chain.Brand == b {
			return chain.Stations
		}
	}
	return 0
}

// placeWords says where a point is: near what has a name, or in degrees.
func whereWords(c *city.City, l lang.Lang, at geo.Point) string {
	if name := c.NameOf(at); name != "" {
		return l.F("%s附近", "near %s", name)
	}
	return l.F(" %[1]s, %[2]s ", "at %[1]s, %[2]s", words.Coordinate(at.Lat), words.Coordinate(at.Lon))
}

// verdict is the trial in one sentence.
func (v whatIfPage) verdict() string {
	e := v.tried.Effect
	if len(v.Changes) == 0 {
		return v.F("现在%[1]s到得了驿站的有 %[2]s%%。改点什么看看？", "Now %[2]s%% get to a station %[1]s. What would you change?",
			v.withinWords(), lang.Percent(e.Before.Covered[1].Float(), e.Before.Demand.Float()))
	}
	lost, gained := e.Lost.Once, e.Gained.Once
	switch {
	case lost > 0 && gained > 0:
		return v.F("%[1]s 人不再有驿站可去，%[2]s 人新有了。", "%[1]s people would have no station any more, %[2]s would have one.", words.People(lost.Float()), words.People(gained.Float()))
	case lost > 0:
		return v.F("%s 人不再有驿站可去。", "%s people would have no station any more.", words.People(lost.Float()))
	case gained > 0:
		return v.F("%s 人新有了驿站可去。", "%s people would have a station who have none now.", words.People(gained.Float()))
	case e.Lost.Twice > 0:
		return v.F("没有人失去驿站，但 %s 人只剩一个可选。", "Nobody loses their last station, but %s people are left with one.", words.People(e.Lost.Twice.Float()))
	case e.Gained.Twice > 0:
		return v.F("没有人新有驿站，但 %s 人多了一个可选。", "Nobody gains a first station, but %s people gain a second.", words.People(e.Gained.Twice.Float()))
	case slices.ContainsFunc(v.Changes, func(x whatif.Change) bool { return offStreets(v.city, x) }):
		return v.T("对谁都没有差别：有改动在离本城的路太远的地方，没有人到得了。", "Nobody is better or worse off: a change is far off the streets of this city, where nobody gets.")
	}
	return v.T("这个时刻，对谁都没有差别：换个钟点看看，比如夜里或周末。", "At this hour nobody is better or worse off: look at another hour, at night or at a weekend.")
}

func (v whatIfPage) withinWords() string {
	return page.WithinWords(v.Lang, v.Survey)
}

// aloneWords says what a change does by itself.
func (v whatIfPage) aloneWords(i int) string {
	if v.tried.Alone == nil {
		return ""
	}
	a := v.tried.Alone[i]
	return v.F("单看这条：有驿站的 %[1]s 人，有两个的 %[2]s 人", "By itself: with a station %[1]s, with two %[2]s", words.Signed(a.Once), words.Signed(a.Twice))
}
