package road

import "slices"

// The rules for an electric bicycle. Sources as for walking, and art. 35, 57
// and 67 of the Road Traffic Safety Law: non-motor vehicles keep to their lane
// or the right-hand edge, go with the traffic, and are banned from motorways.
var ebikeWays = slices.Concat([]Rule{
	rule("highway=proposed|construction|planned|abandoned|razed|disused", Refuse,
		"道路尚未建成或已废弃", "the road is not there yet, or no longer"),
	rule("highway=steps|elevator|corridor|platform|crossing", Refuse,
		"台阶、电梯、室内通道只能下车推行，不计入", "only for pushing a bicycle, which does not count as riding"),
	rule("electric_bicycle=no|private", Refuse, "禁止电动自行车", "e-bikes are kept out"),
}, letIn("electric_bicycle=yes|designated|permissive", "明确允许电动自行车", "e-bikes are expressly let in"), []Rule{
	rule("bicycle=no|private|dismount|use_sidepath", Refuse,
		"禁止骑行，须推行，或应走旁边的非机动车道", "no riding, or there is a cycle track beside it"),
}, letIn("bicycle=yes|designated|permissive|official|destination",
	"明确允许自行车，优先于 access", "bicycles are expressly let in, whatever access says"), []Rule{
	rule("vehicle=no|private", Refuse, "禁止一切车辆", "no vehicles at all"),
	rule("access=no|private|military|agricultural|forestry", Refuse,
		"不对公众开放（除非 bicycle 另有允许）", "not open to the public, unless bicycle says so"),
	rule("highway=motorway|motorway_link", Refuse,
		"高速公路禁止非机动车（道路交通安全法第 67 条）", "non-motor vehicles are banned from motorways (Road Traffic Safety Law, art. 67)"),
	rule("motorroad=yes", Refuse, "机动车专用路", "for motor vehicles only"),
	rule("highway=pedestrian|footway|bridleway", Refuse,
		"步行街、人行道上只能推行，不计入", "on foot only; pushing does not count as riding"),
	rule("highway=trunk|trunk_link|primary|primary_link|secondary|secondary_link|tertiary|tertiary_link|unclassified|residential|living_street|service|road|track|busway", Allow,
		"走非机动车道，没有则靠右行驶", "in the non-motor lane, or along the right-hand edge"),
	rule("highway=cycleway|path", Allow, "非机动车道、小路", "cycle tracks and paths"),
	rule("route=ferry", Allow, "渡轮，长度按航行时间折算", "a ferry: its length stands for the crossing"),
})

var ebikeDirections = []Rule{
	rule("oneway:bicycle=no", Allow, "自行车不受单行限制", "the one-way rule does not hold for bicycles"),
	rule("oneway:moped=no", Allow, "轻便车辆不受单行限制", "the one-way rule does not hold for mopeds"),
	rule("oneway:bicycle=yes", Along, "自行车单行", "one-way for bicycles"),
	rule("oneway:bicycle=-1", Against, "自行车反向单行", "one-way for bicycles, against the line"),
	rule("cycleway=opposite|opposite_lane|opposite_track|opposite_share_busway", Allow,
		"设有逆向非机动车道", "a lane for bicycles against the traffic"),
	rule("cycleway:left=opposite|opposite_lane|opposite_track", Allow,
		"设有逆向非机动车道", "a lane for bicycles against the traffic"),
	rule("cycleway:right=opposite|opposite_lane|opposite_track", Allow,
		"设有逆向非机动车道", "a lane for bicycles against the traffic"),
	rule("cycleway:left:oneway=no|-1", Allow, "左侧非机动车道可逆行", "the cycle lane on the left goes the other way too"),
	rule("cycleway:right:oneway=no|-1", Allow, "右侧非机动车道可逆行", "the cycle lane on the right goes the other way too"),
	rule("oneway=-1|reverse", Against, "反向单行道", "a one-way street, drawn against its direction"),
	rule("oneway=yes|true|1", Along, "单行道", "a one-way street"),
	rule("oneway=no", Allow, "注明双向", "expressly both ways"),
	rule("junction=roundabout|circular", Along, "环岛单向行驶", "a roundabout goes one way"),
}

var ebikeBarriers = []Rule{
	rule("barrier=* bicycle=yes|designated|permissive", Allow, "明确允许自行车通过", "bicycles are expressly let through"),
	rule("barrier=* bicycle=no|private|dismount", Refuse, "自行车不能通过", "bicycles are kept out"),
	rule("barrier=* locked=yes", Refuse, "上锁", "it is locked"),
	rule("barrier=* access=no|private|military", Refuse, "不对公众开放", "not open to the public"),
	rule("barrier=* vehicle=no|private", Refuse, "禁止一切车辆", "no vehicles at all"),
	rule("barrier=wall|fence|hedge|city_wall|guard_rail|retaining_wall|ditch|debris", Refuse,
		"翻不过去", "nobody gets over it"),
	rule("barrier=stile|turnstile|full-height_turnstile|kissing_gate|hampshire_gate|log|motorcycle_barrier", Refuse,
		"推车也难以通过", "too narrow or too high for a bicycle"),
}
