package casework

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// awayGiven is that somebody takes another's place. Who is away when is nobody else's
// business, so that it is sealed.
type awayGiven struct {
	person, deputy, why string

	ID    string `json:"away"`
	From  string `json:"from"`
	Until string `json:"until"`
}

func (awayGiven) Kind() string      { return "casework.away-given" }
func (e awayGiven) Subject() string { return "away/" + e.ID }
func (awayGiven) Sealed()           {}
func (e awayGiven) Private() any {
	return struct {
		Person string `json:"person"`
		By     string `json:"by"`
		Deputy string `json:"deputy"`
		Note   string `json:"note,omitempty"`
	}{e.person, e.person, e.deputy, e.why}
}

// awayEnded is that one of the two ended it before its time.
type awayEnded struct {
	person, by string

	ID string `json:"away"`
}

func (awayEnded) Kind() string      { return "casework.away-ended" }
func (e awayEnded) Subject() string { return "away/" + e.ID }
func (awayEnded) Sealed()           {}
func (e awayEnded) Private() any    { return personal{e.person, e.by} }

// personal is the private part of what is about a person.
type personal struct {
	Person string `json:"person"`
	By     string `json:"by,omitempty"`
}

// feedMade is that somebody has a secret address of their calendar.
type feedMade struct{ person string }

func (feedMade) Kind() string    { return "casework.feed-made" }
func (feedMade) Subject() string { return "people" }
func (feedMade) Sealed()         {}
func (e feedMade) Private() any  { return personal{e.person, e.person} }

// feedEnded is that it leads nowhere any more.
type feedEnded struct{ person string }

func (feedEnded) Kind() string    { return "casework.feed-ended" }
func (feedEnded) Subject() string { return "people" }
func (feedEnded) Sealed()         {}
func (e feedEnded) Private() any  { return personal{e.person, e.person} }

// noticeTold is that an office told by telephone what could not be sent.
type noticeTold struct {
	by string

	ID           string `json:"notice"`
	What         string `json:"kind"`
	Organisation string `json:"organisation"`
}

func (noticeTold) Kind() string      { return "casework.notice-told" }
func (e noticeTold) Subject() string { return "notice/" + e.ID }
func (e noticeTold) Private() any {
	return struct {
		By string `json:"by"`
	}{e.by}
}

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: awayGiven{}, Says: lang.Text{ZH: "有人不在时由另一个人代办", EN: "Somebody takes another's place for a time"}},
		{Example: awayEnded{}, Says: lang.Text{ZH: "代办提前结束了", EN: "It ended before its time that somebody takes another's place"}},
		{Example: feedMade{}, Says: lang.Text{ZH: "有人给自己的日历做了订阅地址", EN: "Somebody made an address for their calendar"}},
		{Example: feedEnded{}, Says: lang.Text{ZH: "一个日历订阅地址作废了", EN: "The address of a calendar was revoked"}},
		{Example: calendarTold{}, Says: lang.Text{ZH: "本站得知了更多年份的节假日安排，期限按它计算", EN: "The site was told of the holidays of more years, by which periods are reckoned"}},
		{Example: timeConfirmed{}, Says: lang.Text{ZH: "管理员确认这台机器现在的时间是对的", EN: "An operator confirmed that the machine's time is right now"}},
		{Example: noticeTold{}, Says: lang.Text{ZH: "一条通知由人打电话告知了", EN: "A notice was told by telephone"}},
	}
}
