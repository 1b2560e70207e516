package station

import (
	"github.com/xiadu/xiadu/internal/lang"
)

// Brand is the name under which a partner opens its stations.
type Brand uint8

var brands = []lang.Choice{
	{Key: "none", Name: lang.Text{ZH: "未挂牌", EN: "no brand"}, Also: []string{"", "无", "其他", "other"}},
	{Key: "union", Name: lang.Text{ZH: "工会驿站", EN: "Union Rest Station"}, Also: []string{"工会户外劳动者服务站点", "户外劳动者驿站"}, More: lang.Text{ZH: "工会", EN: "trade unions"}},
	{Key: "ccb", Name: lang.Text{ZH: "劳动者港湾", EN: "Workers' Harbour"}, More: lang.Text{ZH: "中国建设银行", EN: "China Construction Bank"}},
	{Key: "icbc", Name: lang.Text{ZH: "工行驿站", EN: "ICBC Rest Stop"}, More: lang.Text{ZH: "中国工商银行", EN: "Industrial and Commercial Bank of China"}},
	{Key: "abc", Name: lang.Text{ZH: "农情暖域", EN: "ABC Warm Corner"}, More: lang.Text{ZH: "中国农业银行", EN: "Agricultural Bank of China"}},
	{Key: "boc", Name: lang.Text{ZH: "中银公益驿站", EN: "BOC Community Stop"}, More: lang.Text{ZH: "中国银行", EN: "Bank of China"}},
	{Key: "post", Name: lang.Text{ZH: "邮爱驿站", EN: "Post Care Station"}, More: lang.Text{ZH: "中国邮政", EN: "China Post"}},
	{Key: "telecom", Name: lang.Text{ZH: "爱心翼站", EN: "Telecom Care Station"}, More: lang.Text{ZH: "中国电信", EN: "China Telecom"}},
	{Key: "courier", Name: lang.Text{ZH: "小哥驿站", EN: "Couriers' Station"}, More: lang.Text{ZH: "快递与外卖企业", EN: "courier and delivery companies"}},
	{Key: "care", Name: lang.Text{ZH: "爱心驿站", EN: "Care Station"}, More: lang.Text{ZH: "社会单位", EN: "community partners"}},
}

// ParseBrand finds a brand by its key or name.
func ParseBrand(s string) (Brand, bool) { i, ok := lang.FindChoice(brands, s); return Brand(i), ok }

// Brands lists the catalogue.
func Brands() []Brand { return lang.AllChoices[Brand](brands) }

// BrandNames lists the names of all brands, to say what may be written.
func BrandNames() lang.Text { return lang.ChoiceNames(brands) }

// Key returns the stored name, as icbc.
func (b Brand) Key() string { return brands[b].Key }

// Name returns the name, as 工行驿站.
func (b Brand) Name() lang.Text { return brands[b].Name }

// Partner returns who opens stations of the brand.
func (b Brand) Partner() lang.Text { return brands[b].More }

// Size is the class of a station.
type Size uint8

// The classes of the national network.
const (
	Standard Size = iota // 标准站: 5 m² and more
	Micro                // 微型站: less than 5 m²
	Mobile               // 流动站: a vehicle or a stall
)

var sizes = []lang.Choice{
	Standard: {Key: "standard", Name: lang.Text{ZH: "标准站", EN: "standard"}, Also: []string{"标准", "标准型"}},
	Micro:    {Key: "micro", Name: lang.Text{ZH: "微型站", EN: "micro"}, Also: []string{"微型", "一平米"}},
	Mobile:   {Key: "mobile", Name: lang.Text{ZH: "流动站", EN: "mobile"}, Also: []string{"流动"}},
}

// ParseSize finds a class by its key or name.
func ParseSize(s string) (Size, bool) { i, ok := lang.FindChoice(sizes, s); return Size(i), ok }

// Sizes lists the sizes.
func Sizes() []Size { return lang.AllChoices[Size](sizes) }

// Key returns the stored name, as micro.
func (s Size) Key() string { return sizes[s].Key }

// Name returns the name in both languages.
func (s Size) Name() lang.Text { return sizes[s].Name }

// Access says how one gets in.
type Access uint8

// The ways in.
const (
	WalkIn   Access = iota // the door is open
	AskStaff               // somebody lets you in
	Scan                   // a code at the door
)

var accesses = []lang.Choice{
	WalkIn:   {Key: "walk_in", Name: lang.Text{ZH: "直接进", EN: "walk in"}, Also: []string{"直接进入", "自由进出", "无需手续", "walk-in", "yes"}},
	AskStaff: {Key: "ask_staff", Name: lang.Text{ZH: "问工作人员", EN: "ask the staff"}, Also: []string{"询问工作人员", "找工作人员", "前台", "ask"}},
	Scan:     {Key: "scan", Name: lang.Text{ZH: "扫码进", EN: "scan a code"}, Also: []string{"扫码", "扫码进入", "扫码开门"}},
}

// ParseAccess finds a way in by its key or name.
func ParseAccess(s string) (Access, bool) {
	i, ok := lang.FindChoice(accesses, s)
	return Access(i), ok
}

// Key returns the stored name, as ask_staff.
func (a Access) Key() string { return accesses[a].Key }

// Name returns the name in both languages.
func (a Access) Name() lang.Text { return accesses[a].Name }

// Wheelchair says whether a wheelchair gets in.
type Wheelchair uint8

// The answers. The zero value is the honest one.
const (
	WheelchairUnknown Wheelchair = iota
	WheelchairYes
	WheelchairLimited // with help, or not to all of it
	WheelchairNo
)

var wheelchairs = []lang.Choice{
	WheelchairUnknown: {Key: "unknown", Name: lang.Text{ZH: "轮椅情况未知", EN: "wheelchair access unknown"}, Also: []string{"", "未知", "不详"}},
	WheelchairYes:     {Key: "yes", Name: lang.Text{ZH: "轮椅可进", EN: "wheelchair accessible"}, Also: []string{"是", "可以", "有", "无障碍", "designated"}},
	WheelchairLimited: {Key: "limited", Name: lang.Text{ZH: "轮椅需协助", EN: "wheelchair with help"}, Also: []string{"部分", "需协助", "有限"}},
	WheelchairNo:      {Key: "no", Name: lang.Text{ZH: "轮椅不便", EN: "not for wheelchairs"}, Also: []string{"否", "无", "不可以", "没有"}},
}

// ParseWheelchair finds an answer by its key or name.
func ParseWheelchair(s string) (Wheelchair, bool) {
	i, ok := lang.FindChoice(wheelchairs, s)
	return Wheelchair(i), ok
}

// Key returns the stored name, as limited.
func (w Wheelchair) Key() string { return wheelchairs[w].Key }

// Name returns the answer in both languages.
func (w Wheelchair) Name() lang.Text { return wheelchairs[w].Name }

// Status says whether a station serves at all.
type Status uint8

// The states.
const (
	Operating Status = iota // open during its hours
	Paused                  // shut for a time, whatever its hours say
	Candidate               // a place that could become a station
)

var statuses = []lang.Choice{
	Operating: {Key: "open", Name: lang.Text{ZH: "开放", EN: "open"}, Also: []string{"", "正常", "开放中", "运行"}},
	Paused:    {Key: "paused", Name: lang.Text{ZH: "暂停", EN: "paused"}, Also: []string{"暂停开放", "停用", "关闭"}},
	Candidate: {Key: "candidate", Name: lang.Text{ZH: "候选", EN: "candidate"}, Also: []string{"候选点", "备选"}},
}

// ParseStatus finds a state by its key or name.
func ParseStatus(s string) (Status, bool) {
	i, ok := lang.FindChoice(statuses, s)
	return Status(i), ok
}

// Key returns the stored name, as paused.
func (s Status) Key() string { return statuses[s].Key }

// Name returns the state in both languages.
func (s Status) Name() lang.Text { return statuses[s].Name }
