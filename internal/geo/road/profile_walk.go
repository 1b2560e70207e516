package road

import "slices"

// The rules for a person on foot. Sources: the OpenStreetMap wiki's access
// tables for China (OSM_tags_for_routing/Access_restrictions) and the Road
// Traffic Safety Law, art. 61 to 67.
var walkingWays = slices.Concat([]Rule{
	rule("highway=proposed|construction|planned|abandoned|razed|disused", Refuse,
		"道路尚未建成或已废弃", "the road is not there yet, or no longer"),
}, letIn("foot=yes|designated|permissive|official|destination|customers",
	"明确允许行人，优先于 access", "pedestrians are expressly let in, whatever access says"), []Rule{
	rule("foot=no|private|discouraged|use_sidepath", Refuse,
		"明确禁止行人，或应走旁边的人行道", "pedestrians are kept out, or have a path of their own beside it"),
	rule("access=no|private|military|agricultural|forestry|delivery", Refuse,
		"不对公众开放（除非 foot 另有允许）", "not open to the public, unless foot says so"),
	rule("highway=motorway|motorway_link", Refuse,
		"高速公路禁止行人（道路交通安全法第 67 条）", "pedestrians are banned from motorways (Road Traffic Safety Law, art. 67)"),
	rule("motorroad=yes", Refuse, "机动车专用路", "for motor vehicles only"),
	rule("highway=trunk|trunk_link sidewalk=no|none", Refuse,
		"干线道路且注明没有人行道", "a trunk road that is said to have no sidewalk"),
	rule("highway=trunk|trunk_link sidewalk:both=no|none", Refuse,
		"干线道路且注明没有人行道", "a trunk road that is said to have no sidewalk"),
	rule("highway=trunk|trunk_link tunnel=yes sidewalk!", Refuse,
		"干线隧道通常没有人行道", "trunk road tunnels seldom have a sidewalk"),
	rule("highway=trunk|trunk_link", Allow,
		"中国城市的干线道路多有人行道而未标注", "trunk roads in Chinese towns mostly have sidewalks that nobody has mapped"),
	rule("highway=primary|primary_link|secondary|secondary_link|tertiary|tertiary_link|unclassified|residential|living_street|service|road|track", Allow,
		"普通道路，靠边或沿人行道行走", "ordinary streets: on the sidewalk or along the edge"),
	rule("highway=pedestrian|footway|path|steps|corridor|platform|crossing", Allow,
		"为行人而设", "made for people on foot"),
	rule("highway=elevator", Allow, "电梯，按等候时间折算长度", "a lift: its length stands for the wait"),
	rule("highway=cycleway|bridleway|busway|escape", Allow,
		"没有注明禁止即可步行", "open on foot unless something says not"),
	rule("route=ferry", Allow, "渡轮，长度按航行时间折算", "a ferry: its length stands for the crossing"),
	rule("railway=platform", Allow, "站台", "a platform"),
	rule("public_transport=platform", Allow, "站台", "a platform"),
	rule("place=square", Allow, "广场，可横穿", "a square, to be walked across"),
})

// On foot nearly everything goes both ways. Escalators (conveying) are not held
// to their direction: stairs or a counterpart are beside nearly every one.
var walkingDirections = []Rule{
	rule("oneway:foot=yes", Along, "行人单向（如景区出口）", "one-way on foot, such as the exit of a park"),
	rule("oneway:foot=-1", Against, "行人反向单向", "one-way on foot, against the line"),
}

var walkingBarriers = []Rule{
	rule("barrier=* foot=yes|designated|permissive|official|destination|customers", Allow,
		"明确允许行人通过", "pedestrians are expressly let through"),
	rule("barrier=* foot=no|private", Refuse, "明确禁止行人通过", "pedestrians are kept out"),
	rule("barrier=* locked=yes", Refuse, "上锁", "it is locked"),
	rule("barrier=* access=no|private|military", Refuse, "不对公众开放", "not open to the public"),
	rule("barrier=wall|fence|hedge|city_wall|guard_rail|retaining_wall|ditch|debris", Refuse,
		"翻不过去", "nobody gets over it"),
}
