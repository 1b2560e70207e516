package app

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
)

// stationKey is the system that needs streets.
const stationKey = "station"

// planned are the systems of which there is a door alone, until they are built.
var planned = []web.System{
	{
		Key: "inspection", Name: lang.Text{ZH: "执法检查", EN: "Inspections"}, Icon: web.IconSearch, Door: "/inspections",
		Says: lang.Text{
			ZH: "安全生产检查：抽到谁、查出什么、隐患消除了没有。",
			EN: "Work-safety inspections: who was drawn, what was found, and whether the danger is gone.",
		},
	},
	{
		Key: "coop", Name: lang.Text{ZH: "合作社", EN: "Co-operative"}, Icon: web.IconParcel, Door: "/coop",
		Says: lang.Text{
			ZH: "产储供销：每一斤菜卖了多少钱，每一分钱分到了谁。",
			EN: "From field to settlement: what each kilogram was sold for, and to whom each fen went.",
		},
	},
}

// systems are those that this site serves and those that it does not, in the order of
// the front page.
func systems(keys []string, city, nation bool) (on, off []web.System, err error) {
	all := []web.System{stationhttp.System(city, nation), complainthttp.System(), contesthttp.System()}
	for _, s := range planned {
		s.Planned, s.Home = true, s.Door
		all = append(all, s)
	}
	for _, key := range keys {
		if !slices.ContainsFunc(all, func(s web.System) bool { return s.Key == key }) {
			var known []string
			for _, s := range all {
				known = append(known, s.Key)
			}
			return nil, nil, fault.New(fault.Invalid, "没有“%[1]s”这个系统。可以写（用逗号隔开）：%[2]s", "there is no system “%[1]s”. Write, with commas between them: %[2]s", lang.Short(key), strings.Join(known, ","))
		}
	}
	for _, s := range all {
		if serves(keys, s.Key) {
			on = append(on, s)
		} else {
			off = append(off, s)
		}
	}
	return on, off, nil
}

// serves reports whether a system is on. All are where none is named.
func serves(keys []string, system string) bool {
	return len(keys) == 0 || slices.Contains(keys, system)
}
