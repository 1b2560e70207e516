package station

import (
	"iter"
	"math/bits"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Need is one service of the catalogue, something a worker may need. Its number
// is its bit in Services and is stored, so new ones are added at the end.
type Need uint8

// The services. Up to FirstAid they are the 基本 ones that every station should
// have; the rest are 拓展.
const (
	HotWater Need = iota
	Rest
	Toilet
	Microwave
	Charging
	FirstAid
	Meals
	Fridge
	Heating
	Cooling
	Wifi
	Books
	Medicine
	AED
	BatterySwap
	Umbrella
	Tools
	Haircut
	LegalAid
	Counselling
	Giving
	Joining
	Nursing
	DrinkingWater
	lastNeed
)

// Services is a set of services.
type Services uint64

type service struct {
	lang.Choice
	icon string // of the Lucide set
}

var services = [lastNeed]service{
	HotWater:      {lang.Choice{Key: "hot_water", Name: lang.Text{ZH: "热水", EN: "hot water"}, Also: []string{"饮水", "开水", "饮用水", "热饮", "water"}}, "coffee"},
	Rest:          {lang.Choice{Key: "rest", Name: lang.Text{ZH: "休息", EN: "a place to sit"}, Also: []string{"座椅", "桌椅", "歇脚", "seat"}}, "armchair"},
	Toilet:        {lang.Choice{Key: "toilet", Name: lang.Text{ZH: "卫生间", EN: "toilet"}, Also: []string{"厕所", "如厕", "洗手间"}}, "toilet"},
	Microwave:     {lang.Choice{Key: "microwave", Name: lang.Text{ZH: "微波炉", EN: "microwave"}, Also: []string{"热饭", "加热"}}, "microwave"},
	Charging:      {lang.Choice{Key: "charging", Name: lang.Text{ZH: "手机充电", EN: "phone charging"}, Also: []string{"充电"}}, "battery-charging"},
	FirstAid:      {lang.Choice{Key: "first_aid", Name: lang.Text{ZH: "急救包", EN: "first-aid kit"}, Also: []string{"急救药品", "医药箱", "急救箱"}}, "bandage"},
	Meals:         {lang.Choice{Key: "meals", Name: lang.Text{ZH: "用餐", EN: "meals"}, Also: []string{"餐食", "爱心餐", "就餐"}}, "utensils"},
	Fridge:        {lang.Choice{Key: "fridge", Name: lang.Text{ZH: "冰箱", EN: "fridge"}, Also: []string{"冷藏"}}, "refrigerator"},
	Heating:       {lang.Choice{Key: "heating", Name: lang.Text{ZH: "取暖", EN: "warmth"}, Also: []string{"暖气", "避寒"}}, "flame"},
	Cooling:       {lang.Choice{Key: "cooling", Name: lang.Text{ZH: "纳凉", EN: "cool air"}, Also: []string{"空调", "避暑"}}, "snowflake"},
	Wifi:          {lang.Choice{Key: "wifi", Name: lang.Text{ZH: "无线网络", EN: "Wi-Fi"}, Also: []string{"WiFi", "上网"}}, "wifi"},
	Books:         {lang.Choice{Key: "reading", Name: lang.Text{ZH: "阅读", EN: "reading"}, Also: []string{"书报", "图书", "读书"}}, "book-open"},
	Medicine:      {lang.Choice{Key: "medicine", Name: lang.Text{ZH: "常用药", EN: "common medicine"}, Also: []string{"药品", "药箱"}}, "pill"},
	AED:           {lang.Choice{Key: "aed", Name: lang.Text{ZH: "除颤仪 AED", EN: "AED"}, Also: []string{"除颤仪", "自动体外除颤器"}}, "heart-pulse"},
	BatterySwap:   {lang.Choice{Key: "battery_swap", Name: lang.Text{ZH: "电瓶车换电", EN: "e-bike battery swap"}, Also: []string{"换电", "电动车充电"}}, "plug-zap"},
	Umbrella:      {lang.Choice{Key: "umbrella", Name: lang.Text{ZH: "雨具", EN: "umbrellas"}, Also: []string{"雨伞", "借伞"}}, "umbrella"},
	Tools:         {lang.Choice{Key: "tools", Name: lang.Text{ZH: "工具", EN: "tools and pump"}, Also: []string{"打气筒", "维修工具", "工具箱"}}, "wrench"},
	Haircut:       {lang.Choice{Key: "haircut", Name: lang.Text{ZH: "理发", EN: "haircuts"}, Also: []string{"义剪"}}, "scissors"},
	LegalAid:      {lang.Choice{Key: "legal_aid", Name: lang.Text{ZH: "法律援助", EN: "legal aid"}, Also: []string{"法律咨询"}}, "scale"},
	Counselling:   {lang.Choice{Key: "counselling", Name: lang.Text{ZH: "心理咨询", EN: "counselling"}, Also: []string{"心理疏导", "心理"}}, "brain"},
	Giving:        {lang.Choice{Key: "giving", Name: lang.Text{ZH: "爱心互献", EN: "donated goods"}, Also: []string{"爱心捐赠"}}, "gift"},
	Joining:       {lang.Choice{Key: "joining", Name: lang.Text{ZH: "入会服务", EN: "joining the union"}, Also: []string{"扫码入会", "建会入会"}}, "users"},
	Nursing:       {lang.Choice{Key: "nursing", Name: lang.Text{ZH: "母婴室", EN: "nursing room"}, Also: []string{"爱心母婴室", "妈咪小屋"}}, "baby"},
	DrinkingWater: {lang.Choice{Key: "drinking_water", Name: lang.Text{ZH: "直饮水", EN: "drinking water"}, Also: []string{"冷水", "凉水"}}, "glass-water"},
}

// Needs yields the whole catalogue in order.
func Needs() iter.Seq[Need] { return Services(1<<lastNeed - 1).All() }

// ParseNeed finds a service by its key or name.
func ParseNeed(s string) (Need, bool) {
	for n := range lastNeed {
		if _, ok := lang.FindChoice([]lang.Choice{services[n].Choice}, s); ok {
			return n, true
		}
	}
	return 0, false
}

// Key returns the stored name, as hot_water.
func (n Need) Key() string { return services[n].Key }

// Name returns the name in both languages.
func (n Need) Name() lang.Text { return services[n].Name }

// Icon returns the name of the service's picture in the Lucide set.
func (n Need) Icon() string { return services[n].icon }

// Basic reports whether every station should have it (基本).
func (n Need) Basic() bool { return n <= FirstAid }

// ServicesOf returns the set of the given services.
func ServicesOf(needs ...Need) Services {
	var s Services
	for _, n := range needs {
		s |= 1 << n
	}
	return s
}

// Has reports whether s has all of the given services.
func (s Services) Has(all Services) bool { return s&all == all }

// All yields the services of s in the catalogue's order.
func (s Services) All() iter.Seq[Need] {
	return func(yield func(Need) bool) {
		for rest := uint64(s); rest != 0; rest &= rest - 1 {
			if !yield(Need(bits.TrailingZeros64(rest))) {
				return
			}
		}
	}
}

// Text lists the services for a reader of l. The Chinese list is read back by
// ParseServices.
func (s Services) Text(l lang.Lang) string {
	var parts []string
	for n := range s.All() {
		parts = append(parts, n.Name().In(l))
	}
	return strings.Join(parts, l.T("、", ", "))
}

// Keys returns the stored names.
func (s Services) Keys() []string {
	keys := []string{}
	for n := range s.All() {
		keys = append(keys, n.Key())
	}
	return keys
}

// ParseServices reads a list with any of the usual separators. It returns the
// words that it does not know.
func ParseServices(text string) (s Services, unknown []string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,;；|/+\n", r) }) {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		if n, ok := ParseNeed(word); ok {
			s |= 1 << n
		} else {
			unknown = append(unknown, word)
		}
	}
	return s, unknown
}
