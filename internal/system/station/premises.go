package station

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Premises is the kind of place that shares its room: what a planner asks for
// when choosing among candidates, and what the usual cost of one goes by.
type Premises uint8

// The kinds. The zero value says that nobody has said.
const (
	PremisesUnknown Premises = iota
	Bank
	PostOffice
	TelecomShop
	PetrolStation
	PublicToilet
	Pharmacy
	Library
	CommunityCentre
	TownHall
	SocialFacility
	WaterPoint
	Shelter
	lastPremises
)

// usual is what opening a station in premises of a kind costs and when such
// premises are open. Both are examples (示例): furniture, a sign, a kettle and a
// year's water, by orders of magnitude, and the hours that most of them keep. A
// planner overwrites them; what somebody has said of a candidate comes first.
type usual struct {
	lang.Choice
	yuan  int64
	hours string
}

var premises = [lastPremises]usual{
	PremisesUnknown: {lang.Choice{Key: "unknown", Name: lang.Text{ZH: "未注明", EN: "not stated"}, Also: []string{"", "未知", "不详"}}, 10_000, "Mo-Su 09:00-17:00"},
	Bank:            {kind("bank", "银行网点", "bank branch", "银行", "bank"), 6_000, "Mo-Fr 09:00-17:00; PH off"},
	PostOffice:      {kind("post_office", "邮政网点", "post office", "邮局", "邮政所", "邮政"), 6_000, "Mo-Sa 09:00-17:00; PH off"},
	TelecomShop:     {kind("telecom_shop", "通信营业厅", "telecom shop", "营业厅", "mobile_phone", "telecommunication"), 5_000, "Mo-Su 09:00-20:00"},
	PetrolStation:   {kind("fuel", "加油站", "petrol station", "petrol", "gas station"), 8_000, "24/7"},
	PublicToilet:    {kind("toilets", "公共厕所", "public toilet", "公厕", "toilet"), 20_000, "Mo-Su 06:00-22:00"},
	Pharmacy:        {kind("pharmacy", "药店", "pharmacy", "药房"), 5_000, "Mo-Su 08:30-21:00"},
	Library:         {kind("library", "图书馆", "library"), 5_000, "Tu-Su 09:00-18:00"},
	CommunityCentre: {kind("community_centre", "社区中心", "community centre", "党群服务中心", "社区"), 8_000, "Mo-Fr 08:30-18:00"},
	TownHall:        {kind("townhall", "办事大厅", "town hall", "政务大厅"), 6_000, "Mo-Fr 09:00-17:00; PH off"},
	SocialFacility:  {kind("social_facility", "社会服务站", "social facility"), 8_000, "Mo-Fr 09:00-17:00; PH off"},
	WaterPoint:      {kind("drinking_water", "饮水点", "drinking-water point"), 30_000, "24/7"},
	Shelter:         {kind("shelter", "避雨亭", "shelter"), 30_000, "24/7"},
}

func premisesOptions() []lang.Choice {
	out := make([]lang.Choice, lastPremises)
	for i := range premises {
		out[i] = premises[i].Choice
	}
	return out
}

// ParsePremises finds a kind by its key or name.
func ParsePremises(s string) (Premises, bool) {
	i, ok := lang.FindChoice(premisesOptions(), s)
	return Premises(i), ok
}

// AllPremises lists the catalogue, the unknown kind first.
func AllPremises() []Premises { return lang.AllChoices[Premises](premisesOptions()) }

// Key returns the stored name, as post_office.
func (p Premises) Key() string { return premises[p].Key }

// Name returns the kind in both languages.
func (p Premises) Name() lang.Text { return premises[p].Name }

// UsualCost returns what opening a station in such premises costs as an example.
func (p Premises) UsualCost() Fen { return Fen(premises[p].yuan * fenPerYuan) }

// UsualHours returns when such premises are open as an example.
func (p Premises) UsualHours() opening.Hours { return usualHours()[p] }

var usualHours = sync.OnceValue(func() (all [lastPremises]opening.Hours) {
	for i, p := range premises {
		h, err := opening.Parse(p.hours)
		if err != nil {
			panic(err) // the table is part of the program
		}
		all[i] = h
	}
	return all
})

// Fen is money in the smallest coin, so that sums are exact.
type Fen int64

const (
	fenPerYuan = 100
	// maxCost bounds one station, so that any number of them sum without overflow.
	maxCost Fen = 1_000_000_000 * fenPerYuan
)

// Yuan writes the amount as a plain number of yuan: 8000 or 8000.50.
func (f Fen) Yuan() string {
	if f%fenPerYuan == 0 {
		return strconv.FormatInt(int64(f/fenPerYuan), 10)
	}
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/fenPerYuan, f%fenPerYuan)
}

// ParseYuan reads an amount of yuan, as 8000, 8,000.50, ¥8000 or 0.8万.
func ParseYuan(text string) (Fen, error) {
	bad := func() (Fen, error) {
		return 0, fault.New(fault.Invalid, "金额“%s”读不懂：请写成元，如 8000 或 8000.50，不小于 0，不大于 10 亿",
			"the amount “%s” is not understood: write yuan, as 8000 or 8000.50, from 0 to 1,000,000,000", lang.Short(text))
	}
	s := strings.NewReplacer(",", "", "，", "", " ", "", "¥", "", "￥", "", "元", "").Replace(text)
	s, tenThousands := strings.CutSuffix(s, "万")
	whole, part, _ := strings.Cut(s, ".")
	places := 2
	if tenThousands {
		places = 6
	}
	part += strings.Repeat("0", max(0, places-len(part)))
	if whole == "" || strings.ContainsFunc(whole+part, func(r rune) bool { return r < '0' || r > '9' }) {
		return bad()
	}
	if tenThousands {
		whole, part = whole+part[:4], part[4:]
	}
	if strings.Trim(part[2:], "0") != "" { // nobody pays less than a fen
		return bad()
	}
	v, err := strconv.ParseInt(whole+part[:2], 10, 64)
	if err != nil || Fen(v) > maxCost {
		return bad()
	}
	return Fen(v), nil
}

// Cost is what opening a station costs, if somebody has said.
type Cost struct {
	Fen   Fen
	Known bool
}

// String writes the cost as the record does; an unknown one is empty.
func (c Cost) String() string {
	if !c.Known {
		return ""
	}
	return c.Fen.Yuan()
}

// ParseCost reads what Cost.String writes.
func ParseCost(text string) (Cost, error) {
	if strings.TrimSpace(text) == "" {
		return Cost{}, nil
	}
	fen, err := ParseYuan(text)
	return Cost{fen, err == nil}, err
}
