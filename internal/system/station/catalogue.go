package station

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// option is one choice of a catalogue. Its key is stored and in the API, so it
// never changes; the other names are what imports may write.
type option struct {
	key   string
	name  lang.Text
	also  []string
	extra lang.Text // of a brand: its partner; of a service: none
}

// find returns the choice that goes by s.
func find(options []option, s string) (int, bool) {
	s = strings.TrimSpace(s)
	for i, o := range options {
		if strings.EqualFold(s, o.key) || s == o.name.ZH || strings.EqualFold(s, o.name.EN) {
			return i, true
		}
		for _, a := range o.also {
			if strings.EqualFold(s, a) {
				return i, true
			}
		}
	}
	return 0, false
}

// names lists the Chinese and English names of a catalogue, for a message.
func names(options []option) lang.Text {
	var t lang.Text
	for i, o := range options {
		if i > 0 {
			t.ZH, t.EN = t.ZH+"、", t.EN+", "
		}
		t.ZH, t.EN = t.ZH+o.name.ZH, t.EN+o.name.EN
	}
	return t
}

// Brand is the name under which a partner opens its stations.
type Brand uint8

var brands = []option{
	{key: "none", name: lang.Text{ZH: "未挂牌", EN: "no brand"}, also: []string{"", "无", "其他", "other"}},
	{key: "union", name: lang.Text{ZH: "工会驿站", EN: "Union Rest Station"}, also: []string{"工会户外劳动者服务站点", "户外劳动者驿站"}, extra: lang.Text{ZH: "工会", EN: "trade unions"}},
	{key: "ccb", name: lang.Text{ZH: "劳动者港湾", EN: "Workers' Harbour"}, extra: lang.Text{ZH: "中国建设银行", EN: "China Construction Bank"}},
	{key: "icbc", name: lang.Text{ZH: "工行驿站", EN: "ICBC Rest Stop"}, extra: lang.Text{ZH: "中国工商银行", EN: "Industrial and Commercial Bank of China"}},
	{key: "abc", name: lang.Text{ZH: "农情暖域", EN: "ABC Warm Corner"}, extra: lang.Text{ZH: "中国农业银行", EN: "Agricultural Bank of China"}},
	{key: "boc", name: lang.Text{ZH: "中银公益驿站", EN: "BOC Community Stop"}, extra: lang.Text{ZH: "中国银行", EN: "Bank of China"}},
	{key: "post", name: lang.Text{ZH: "邮爱驿站", EN: "Post Care Station"}, extra: lang.Text{ZH: "中国邮政", EN: "China Post"}},
	{key: "telecom", name: lang.Text{ZH: "爱心翼站", EN: "Telecom Care Station"}, extra: lang.Text{ZH: "中国电信", EN: "China Telecom"}},
	{key: "courier", name: lang.Text{ZH: "小哥驿站", EN: "Couriers' Station"}, extra: lang.Text{ZH: "快递与外卖企业", EN: "courier and delivery companies"}},
	{key: "care", name: lang.Text{ZH: "爱心驿站", EN: "Care Station"}, extra: lang.Text{ZH: "社会单位", EN: "community partners"}},
}

// ParseBrand finds a brand by its key or name.
func ParseBrand(s string) (Brand, bool) { i, ok := find(brands, s); return Brand(i), ok }

// Brands lists the catalogue.
func Brands() []Brand { return all[Brand](brands) }

// Key returns the stored name, as icbc.
func (b Brand) Key() string { return brands[b].key }

// Name returns the name, as 工行驿站.
func (b Brand) Name() lang.Text { return brands[b].name }

// Partner returns who opens stations of the brand.
func (b Brand) Partner() lang.Text { return brands[b].extra }

// Size is the class of a station.
type Size uint8

// The classes of the national network.
const (
	Standard Size = iota // 标准站: 5 m² and more
	Micro                // 微型站: less than 5 m²
	Mobile               // 流动站: a vehicle or a stall
)

var sizes = []option{
	Standard: {key: "standard", name: lang.Text{ZH: "标准站", EN: "standard"}, also: []string{"标准", "标准型"}},
	Micro:    {key: "micro", name: lang.Text{ZH: "微型站", EN: "micro"}, also: []string{"微型", "一平米"}},
	Mobile:   {key: "mobile", name: lang.Text{ZH: "流动站", EN: "mobile"}, also: []string{"流动"}},
}

// ParseSize finds a class by its key or name.
func ParseSize(s string) (Size, bool) { i, ok := find(sizes, s); return Size(i), ok }

// Key returns the stored name, as micro.
func (s Size) Key() string { return sizes[s].key }

// Name returns the name in both languages.
func (s Size) Name() lang.Text { return sizes[s].name }

// Access says how one gets in.
type Access uint8

// The ways in.
const (
	WalkIn   Access = iota // the door is open
	AskStaff               // somebody lets you in
	Scan                   // a code at the door
)

var accesses = []option{
	WalkIn:   {key: "walk_in", name: lang.Text{ZH: "直接进", EN: "walk in"}, also: []string{"直接进入", "自由进出", "无需手续", "walk-in", "yes"}},
	AskStaff: {key: "ask_staff", name: lang.Text{ZH: "问工作人员", EN: "ask the staff"}, also: []string{"询问工作人员", "找工作人员", "前台", "ask"}},
	Scan:     {key: "scan", name: lang.Text{ZH: "扫码进", EN: "scan a code"}, also: []string{"扫码", "扫码进入", "扫码开门"}},
}

// ParseAccess finds a way in by its key or name.
func ParseAccess(s string) (Access, bool) { i, ok := find(accesses, s); return Access(i), ok }

// Key returns the stored name, as ask_staff.
func (a Access) Key() string { return accesses[a].key }

// Name returns the name in both languages.
func (a Access) Name() lang.Text { return accesses[a].name }

// Wheelchair says whether a wheelchair gets in.
type Wheelchair uint8

// The answers. The zero value is the honest one.
const (
	WheelchairUnknown Wheelchair = iota
	WheelchairYes
	WheelchairLimited // with help, or not to all of it
	WheelchairNo
)

var wheelchairs = []option{
	WheelchairUnknown: {key: "unknown", name: lang.Text{ZH: "轮椅情况未知", EN: "wheelchair access unknown"}, also: []string{"", "未知", "不详"}},
	WheelchairYes:     {key: "yes", name: lang.Text{ZH: "轮椅可进", EN: "wheelchair accessible"}, also: []string{"是", "可以", "有", "无障碍", "designated"}},
	WheelchairLimited: {key: "limited", name: lang.Text{ZH: "轮椅需协助", EN: "wheelchair with help"}, also: []string{"部分", "需协助", "有限"}},
	WheelchairNo:      {key: "no", name: lang.Text{ZH: "轮椅不便", EN: "not for wheelchairs"}, also: []string{"否", "无", "不可以", "没有"}},
}

// ParseWheelchair finds an answer by its key or name.
func ParseWheelchair(s string) (Wheelchair, bool) {
	i, ok := find(wheelchairs, s)
	return Wheelchair(i), ok
}

// Key returns the stored name, as limited.
func (w Wheelchair) Key() string { return wheelchairs[w].key }

// Name returns the answer in both languages.
func (w Wheelchair) Name() lang.Text { return wheelchairs[w].name }

// Status says whether a station serves at all.
type Status uint8

// The states.
const (
	Operating Status = iota // open during its hours
	Paused                  // shut for a time, whatever its hours say
	Candidate               // a place that could become a station
)

var statuses = []option{
	Operating: {key: "open", name: lang.Text{ZH: "开放", EN: "open"}, also: []string{"", "正常", "开放中", "运行"}},
	Paused:    {key: "paused", name: lang.Text{ZH: "暂停", EN: "paused"}, also: []string{"暂停开放", "停用", "关闭"}},
	Candidate: {key: "candidate", name: lang.Text{ZH: "候选", EN: "candidate"}, also: []string{"候选点", "备选"}},
}

// ParseStatus finds a state by its key or name.
func ParseStatus(s string) (Status, bool) { i, ok := find(statuses, s); return Status(i), ok }

// Key returns the stored name, as paused.
func (s Status) Key() string { return statuses[s].key }

// Name returns the state in both languages.
func (s Status) Name() lang.Text { return statuses[s].name }

func all[T ~uint8](options []option) []T {
	out := make([]T, len(options))
	for i := range out {
		out[i] = T(i)
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
