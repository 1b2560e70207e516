package demo

// host is a kind of host: the brand under which it opens its rooms, how its
// rooms are called (%s is the street), and what one finds there.
type host struct {
	brand       string // a key of the station catalogue
	name, owner string
	share       int // how many of a hundred stations
	sizes       []string
	access      []string
	services    string   // what each of them has
	extras      []string // what some of them have
	hours       []string
}

// Hours as hosts post them.
const (
	bankHours    = "周一至周五 09:00-17:00；周六、周日 10:00-16:00；节假日休息"
	bankWinter   = "周一至周五 09:00-17:30；周六、周日休息；节假日休息；11月15日至次年3月15日 周一至周五 09:30-17:00"
	bankLunch    = "周一至周五 09:00-12:00，13:30-17:00；周六、周日休息；节假日休息"
	alwaysOpen   = "24/7"
	shopHours    = "每天 09:00-20:30"
	shopFestival = "每天 09:00-20:30；节假日 10:00-18:00；2027年2月5日至2月7日 休息"
	postHours    = "周一至周六 09:00-17:00；周日休息；节假日 10:00-15:00"
	officeHours  = "周一至周五 08:30-12:00，14:00-18:00；周六、周日休息；节假日休息"
	centreHours  = "周一至周五 08:30-18:00；周六、周日 10:00-16:00；节假日休息"
	centreCold   = "周一至周五 08:30-18:00；周六、周日 10:00-16:00；节假日休息；2026年12月1日至12月20日 07:30-21:00（寒潮延长）"
	crewHours    = "每天 05:30-11:00，13:00-20:00"
	nightHours   = "每天 18:00-次日02:00"
	shelterHours = "每天 20:00-次日08:00"
	courierHours = "每天 08:00-23:00"
)

var hosts = []host{
	{
		brand: "ccb", name: "劳动者港湾·%s", owner: "中国建设银行%s支行", share: 16,
		sizes: []string{"standard", "standard", "micro"}, access: []string{"walk_in"},
		services: "热水、休息、手机充电、急救包", extras: []string{"卫生间", "雨具", "阅读", "无线网络", "微波炉"},
		hours: []string{bankHours, bankHours, bankLunch, bankWinter},
	},
	{
		brand: "icbc", name: "工行驿站·%s", owner: "中国工商银行%s支行", share: 12,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in", "ask_staff"},
		services: "热水、休息、手机充电", extras: []string{"急救包", "雨具", "无线网络", "常用药"},
		hours: []string{bankHours, bankLunch, bankWinter},
	},
	{
		brand: "abc", name: "农情暖域·%s", owner: "中国农业银行%s支行", share: 6,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in"},
		services: "热水、休息", extras: []string{"手机充电", "急救包", "雨具", "取暖"},
		hours: []string{bankHours, bankWinter},
	},
	{
		brand: "boc", name: "中银公益驿站·%s", owner: "中国银行%s支行", share: 4,
		sizes: []string{"micro"}, access: []string{"walk_in", "ask_staff"},
		services: "热水、休息、手机充电", extras: []string{"阅读", "无线网络"},
		hours: []string{bankLunch, bankHours},
	},
	{
		brand: "post", name: "邮爱驿站·%s", owner: "中国邮政%s营业所", share: 10,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in"},
		services: "热水、休息、手机充电、急救包", extras: []string{"微波炉", "工具", "阅读"},
		hours: []string{postHours},
	},
	{
		brand: "telecom", name: "爱心翼站·%s", owner: "中国电信%s营业厅", share: 9,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in"},
		services: "热水、休息、手机充电、无线网络", extras: []string{"雨具", "阅读", "微波炉"},
		hours: []string{shopHours, shopFestival},
	},
	{
		brand: "care", name: "爱心驿站·%s加油站", owner: "中国石油%s加油站", share: 10,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in", "ask_staff"},
		services: "热水、休息、卫生间", extras: []string{"手机充电", "微波炉", "急救包", "工具", "用餐"},
		hours: []string{alwaysOpen, alwaysOpen, "每天 07:00-22:00"},
	},
	{
		brand: "union", name: "工会驿站·%s党群服务中心", owner: "%s社区党群服务中心", share: 18,
		sizes: []string{"standard"}, access: []string{"walk_in", "ask_staff"},
		services: "热水、休息、卫生间、微波炉、手机充电、急救包", extras: []string{"阅读", "法律援助", "常用药", "母婴室", "AED", "入会服务", "理发"},
		hours: []string{centreHours, officeHours, centreCold},
	},
	{
		brand: "union", name: "工会驿站·%s环卫休息点", owner: "%s环卫所", share: 7,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in", "scan"},
		services: "热水、休息、微波炉", extras: []string{"卫生间", "取暖", "手机充电", "急救包"},
		hours: []string{crewHours},
	},
	{
		brand: "union", name: "24小时工会驿站·%s", owner: "西宁市总工会（%s智能站）", share: 4,
		sizes: []string{"standard"}, access: []string{"scan"},
		services: "热水、休息、卫生间、微波炉、手机充电、急救包、取暖、无线网络", extras: []string{"AED", "冰箱", "电瓶车换电", "爱心互献"},
		hours: []string{alwaysOpen},
	},
	{
		brand: "courier", name: "小哥驿站·%s", owner: "%s快递服务点", share: 6,
		sizes: []string{"standard", "micro"}, access: []string{"walk_in", "scan"},
		services: "热水、休息、手机充电、工具", extras: []string{"电瓶车换电", "微波炉", "卫生间", "取暖"},
		hours: []string{courierHours, nightHours, shelterHours},
	},
	{
		brand: "none", name: "%s便民休息点", owner: "%s便民服务点", share: 3,
		sizes: []string{"micro", "mobile"}, access: []string{"ask_staff", "walk_in"},
		services: "休息", extras: []string{"热水", "手机充电"},
		hours: []string{"", shopHours},
	},
}
