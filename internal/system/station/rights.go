package station

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

// What one may do with stations beyond looking and trying, which are everybody's.
const (
	KeepRegister = "station.register" // change what the register says of a station
	KeepDoor     = "station.door"     // say of one station whether it is open
	KeepPlans    = "station.plan"     // keep a plan, change it, archive it
	RunLong      = "station.long"     // have sites chosen for longer than the public may
	ReviewStars  = "station.stars"    // survey stations, give stars and lower them
	JudgeAppeals = "station.appeals"  // decide what keepers say against a star
)

// Keeper is the role of whoever keeps one station, which comes by a device.
const Keeper = "station.keeper"

// SignedBy says in words as whom somebody did something, as the record signs it: by a
// role of this system and for which division or organisation (see identity.Shown).
func SignedBy(l lang.Lang, sign string) string {
	key, where, _ := strings.Cut(sign, "@")
	i := slices.IndexFunc(Rights.Roles, func(r right.Role) bool { return r.Key == key })
	if i < 0 {
		return sign
	}
	words := Rights.Roles[i].Name.In(l)
	if d, err := gb.Parse(where); err == nil && d.Valid() {
		words += l.F("（%s）", " (%s)", d.FullName().In(l))
	} else if where != "" {
		words += l.F("（%s）", " (%s)", where)
	}
	return words
}

// Rights are what the system declares to people: docs/adr/0010.
var Rights = right.Declaration{
	System: "station",
	Rights: []right.Right{
		{Key: KeepRegister, Name: lang.Text{ZH: "修改驿站名册", EN: "change the register of stations"}},
		{Key: KeepDoor, Name: lang.Text{ZH: "说自己的站开没开", EN: "say whether one's station is open"}},
		{Key: KeepPlans, Name: lang.Text{ZH: "保存和归档方案", EN: "keep and archive plans"}},
		{Key: RunLong, Name: lang.Text{ZH: "长时间选址计算", EN: "run long choices of sites"}},
		{Key: ReviewStars, Name: lang.Text{ZH: "核查驿站、评星和降星", EN: "survey stations, give stars and lower them"}},
		{Key: JudgeAppeals, Name: lang.Text{ZH: "决定对星级的申诉", EN: "decide appeals against stars"}},
	},
	Roles: []right.Role{
		{
			Key: "station.office", Name: lang.Text{ZH: "工会驿站办公室", EN: "Union office for stations"},
			Does:   lang.Text{ZH: "在自己的区划内修改名册、评星；保存方案；长时间选址。", EN: "Changes the register and gives stars in its division, keeps plans, and runs long choices of sites."},
			Rights: []string{KeepRegister, KeepPlans, RunLong, ReviewStars}, Given: right.Grants,
		},
		{
			Key: "station.referee", Name: lang.Text{ZH: "星级申诉复核人", EN: "Referee of stars"},
			Does:   lang.Text{ZH: "决定站长对星级的申诉；不评星，也不降星。", EN: "Decides what keepers say against stars; gives and lowers none."},
			Rights: []string{JudgeAppeals}, Given: right.Grants,
		},
		{
			Key: "station.planner", Name: lang.Text{ZH: "驿站规划员", EN: "Planner of stations"},
			Does:   lang.Text{ZH: "保存方案、长时间选址；不能改名册。", EN: "Keeps plans and runs long choices of sites; does not change the register."},
			Rights: []string{KeepPlans, RunLong}, Given: right.Grants,
		},
		{
			Key: Keeper, Name: lang.Text{ZH: "站长", EN: "Keeper of a station"},
			Does:   lang.Text{ZH: "说自己的站照常开着，或暂停、恢复，对星级申诉；用邀请链接在一部手机上进入。", EN: "Says that their station is open as posted, pauses it and reopens it, appeals against its star; comes in by a link, on one phone."},
			Rights: []string{KeepDoor}, Way: right.ByDevice, Of: "station", Given: KeepRegister, Home: "/stations/many/kept",
		},
		{
			Key: "station.program", Name: lang.Text{ZH: "选址程序", EN: "Program that chooses sites"},
			Does:   lang.Text{ZH: "由程序长时间选址，不能改动任何内容。", EN: "Runs long choices of sites; changes nothing."},
			Rights: []string{RunLong}, Way: right.ByToken, Given: right.Grants,
		},
	},
}
