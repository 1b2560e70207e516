package stationhttp

// apiWords are the Chinese texts of the specification, which is in English
// alone because programs and their makers share it; a test fails when one is
// missing. The guide at /api shows them.
var apiWords = map[string]string{
	"Stations nearest in time":           "最快能到的驿站",
	"Look through the stations":          "查找驿站",
	"One station":                        "一个驿站",
	"Whom the stations reach at an hour": "某一时刻驿站覆盖多少人",
	"Landmarks and addresses by name":    "按名字找地标和地址",

	"Latitude of where they are, -90 to 90":                                                                                      "所在位置的纬度",
	"Longitude of where they are, -180 to 180":                                                                                   "所在位置的经度",
	"The datum of lat and lon: gcj02 from Amap, Tencent and WeChat, bd09 from Baidu":                                             "经纬度的坐标系：高德、腾讯、微信是 gcj02，百度是 bd09",
	"Services that must be there, such as hot_water; repeat it, or separate by commas. open_late asks for those open past 22:00": "必须有的服务，如 hot_water；可以写多次，或用逗号隔开。open_late 表示要开到 22 点后",
	"How they travel": "怎么去",
	"When they set out, in the city's zone: 2026-11-23T22:00, or empty for now": "几点出发，本地时间，如 2026-11-23T22:00；不写就是现在",
	"How many answers": "要几个答案",

	"Words in code, name, brand, host, address or division": "编号、名称、品牌、依托单位、地址或区划里的字",
	"GB/T 2260 code; all below it count":                    "GB/T 2260 区划代码，含下级",
	"Key of a brand":                                        "品牌的代号，如 icbc",
	"Size class":                                            "类型：标准、微型、流动",
	"Whether it serves":                                     "状态：开放、暂停、候选",
	"Services that must be there; repeat it, or separate by commas":         "必须有的服务；可以写多次，或用逗号隔开",
	"code, name, brand, division or checked; with - before it from the end": "按什么排：code 编号、name 名称、brand 品牌、division 区划、checked 核实日期；前面加 - 就倒过来",
	"Where the page before ended: its next":                                 "上一页的 next，从那里接着列",
	"How many on a page":                                                    "一页几个",
	"Code of the station":                                                   "驿站编号",

	"How people travel": "人们怎么去",
	"How far is near":   "多少分钟算近",
	"The hour, in the city's zone: 2026-11-23T22:00, or empty for now": "哪一刻，本地时间，如 2026-11-23T22:00；不写就是现在",
	"1 counts every operating station, open at the hour or not":        "写 1 就不看几点，所有开放的驿站都算",
	"The kind of demand, as people or couriers; by default the first":  "为谁算：哪种需求，如 people、couriers；不写就是第一种",

	"Part of a name, or its pinyin initials":                "名字的一部分，或拼音首字母",
	"Near here first; the middle of the city if absent":     "离这里近的排前面（纬度）；不写就从市中心起",
	"Near here first; the middle of the city if absent too": "离这里近的排前面（经度）",
}
