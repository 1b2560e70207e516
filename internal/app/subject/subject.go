// Package subject is what a selection of the most beautiful stations knows of a station: what the register says, each fact with its source,
// and by name what is not known here. So the two systems meet without knowing each other.
package subject

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// Look answers [nomination.Look] from the register as it is in a transaction.
func Look(tx *db.Tx, code string) (nomination.Subject, error) {
	s, err := station.One(tx, code)
	if err != nil {
		return nomination.Subject{}, err
	}
	register := lang.Text{
		ZH: fmt.Sprintf("驿站名册第 %d 版", s.Version), EN: fmt.Sprintf("the register of stations, version %d", s.Version),
	}
	if s.Source != "" {
		register.ZH += "，来源：" + s.Source
		register.EN += "; source: " + s.Source
	}
	link := "/stations/" + s.Code
	both := func(text string) lang.Text { return lang.Text{ZH: text, EN: text} }
	spoken := func(in func(lang.Lang) string) lang.Text { return lang.Text{ZH: in(lang.ZH), EN: in(lang.EN)} }
	said := func(key, zh, en string, value lang.Text) nomination.Fact {
		f := nomination.Fact{Key: key, Name: lang.Text{ZH: zh, EN: en}, Value: value, From: register, Link: link}
		if value.ZH == "" {
			f.Missing, f.Link, f.From = true, "", lang.Text{ZH: "名册里没有写", EN: "the register does not say"}
		}
		return f
	}
	hours := lang.Text{}
	if s.Hours.Known() {
		hours = spoken(s.Hours.Text)
	}
	checked := ""
	if s.Checked != (calendar.Date{}) {
		checked = s.Checked.String()
	}
	missing := func(key, zh, en, whyZH, whyEN string) nomination.Fact {
		return nomination.Fact{Key: key, Name: lang.Text{ZH: zh, EN: en}, From: lang.Text{ZH: whyZH, EN: whyEN}, Missing: true}
	}
	star := missing("star", "星级", "stars", "还没有评过星，或星级已过期", "no star was given, or it has ended")
	given, there, err := stars.At(tx, code)
	if err != nil {
		return nomination.Subject{}, err
	}
	if n := given.Now(tx.Now()); there && n > 0 {
		until := given.Until.In(calendar.China).Format(time.DateOnly)
		star = nomination.Fact{
			Key: "star", Name: star.Name, Value: lang.Text{ZH: fmt.Sprintf("%d 星，有效到 %s", n, until), EN: fmt.Sprintf("%d stars, until %s", n, until)},
			From: lang.Text{ZH: fmt.Sprintf("星级评定第 %d 次", given.N), EN: fmt.Sprintf("review %d of its stars", given.N)},
		}
	}
	return nomination.Subject{
		Station: s.Code, Name: s.Name, Host: s.Host, Division: s.Division,
		Facts: []nomination.Fact{
			said("name", "名称", "name", both(s.Name)),
			said("division", "区划", "division", s.Division.FullName()),
			said("host", "场所由谁提供", "host", both(s.Host)),
			said("premises", "场所", "premises", s.Premises.Name()),
			said("size", "规模", "size", s.Size.Name()),
			said("access", "怎么进门", "access", s.Access.Name()),
			said("hours", "开放时间", "opening hours", hours),
			said("services", "服务", "services", spoken(s.Services.Text)),
			said("wheelchair", "轮椅", "wheelchair", s.Wheelchair.Name()),
			said("status", "状态", "status", s.Status.Name()),
			said("checked", "最近一次实地核对", "last looked at", both(checked)),
			star,
			missing("visits", "服务人次", "visits", "本系统还没有记录到访", "visits are not recorded in this system yet"),
			missing("faults", "故障和整改", "faults and their repair", "本系统还没有记录巡查和故障", "patrols and faults are not recorded in this system yet"),
		},
	}, nil
}
