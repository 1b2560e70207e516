package gallery

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// Systems are five, as a whole city has: the navigation has to carry them.
var Systems = []web.System{
	{
		Key: "station", Name: lang.Text{ZH: "驿站", EN: "Stations"}, Icon: web.IconRest, Door: "/stations", Home: "/",
		Pages: []web.NavItem{
			{Href: "/office", Text: lang.Text{ZH: "覆盖", EN: "Coverage"}, Icon: web.IconCoverage},
			{Href: "/kit", Text: lang.Text{ZH: "部件", EN: "Parts"}, Icon: web.IconBox},
			{Href: "/stations", Text: lang.Text{ZH: "名册", EN: "Register"}, Icon: web.IconList, Rights: []string{"station.register"}},
		},
	},
	{Key: "complaint", Name: lang.Text{ZH: "信访整改", EN: "Complaints"}, Icon: web.IconCounsel, Door: "/complaints"},
	{Key: "inspection", Name: lang.Text{ZH: "执法检查", EN: "Inspections"}, Icon: web.IconSearch, Door: "/inspections"},
	{Key: "contest", Name: lang.Text{ZH: "评审", EN: "Contests"}, Icon: web.IconLegal, Door: "/contests"},
	{Key: "coop", Name: lang.Text{ZH: "合作社", EN: "Co-operative"}, Icon: web.IconParcel, Door: "/coop"},
}

// Mine is beside them for who is signed in.
var Mine = web.System{Key: "me", Name: lang.Text{ZH: "我的", EN: "Mine"}, Icon: web.IconPerson, Door: "/me"}
