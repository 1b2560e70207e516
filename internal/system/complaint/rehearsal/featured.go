package rehearsal

import (
	"fmt"
	"image"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/evidence/drawn"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

// feature is a letter with a story of its own.
type feature struct {
	text  string
	kinds string // as somebody writes them, of all its points
	parts []part
}

// part is one of its points.
type part struct {
	matter
	story story
	site  string
	said  string // as the letter has it, of one of several
	road  int    // of roads, near which it is
}

// featured are the letters that have a story of their own, by the number of their evening.
var featured = map[int][]feature{
	1: {
		{
			text: "市第二医院后院医疗废物暂存站敞着门，有异味，污水流到人行道上", kinds: "固废、大气",
			parts: []part{{story: closedOne, site: "市第二医院医疗废物暂存站", road: 2, matter: matter{
				title: "医疗废物暂存站异味、污水外流", kinds: []complaint.Kind{complaint.Waste, complaint.Air}, names: []string{"固废、大气"}, unit: hospital, with: "卫生健康、生态环境部门",
				found: []string{"该院医疗废物暂存站门未关闭，除臭设施停用，地面冲洗水经门缝流到院外人行道；转移联单齐全，没有流失"},
				order: "当日关闭外门、疏通院内排水，冲洗消毒人行道，对暂存站负责人批评教育",
				did:   "暂存站已加装自动门、负压排风和活性炭除臭，地面重做防渗和围堰，冲洗水接入院内污水处理站，转运由两日一次改为每日一次",
				plan:  []string{"加装自动门、负压排风和除臭设施", "地面防渗并设围堰，冲洗水接入污水处理站，每日转运"}, aim: "暂存站密闭，无异味、无污水外流", fine: 0,
			}}},
		},
		{
			text: "河湟铝业夜间烟气呛人，车窗上落白灰，反映多年没有解决；厂门口的运料车不盖篷布，路面全是粉料", kinds: "大气、扬尘",
			parts: []part{
				{story: longTerm, site: "河湟铝业电解车间", road: 4, said: "河湟铝业夜间烟气呛人，车窗上落白灰，反映多年没有解决", matter: matter{
					title: "电解烟气扰民", kinds: []complaint.Kind{complaint.Air}, names: []string{"大气"}, unit: industry, with: "生态环境、应急管理部门",
					found: []string{"该厂烟气净化系统运行，有组织排放达标；换极、出铝时槽盖板敞开，车间天窗有无组织烟气逸出，夜间静风时厂界东侧有异味"},
					order: "责令规范换极作业、破损槽盖板当周更换，夜间换极错峰",
					plan:  []string{"更换破损槽盖板，换极作业加装移动集气罩", "烟气净化系统提标改造，厂界安装在线监测"}, aim: "无组织烟气收集，厂界达标",
					waits: "烟气净化提标改造已开工，设备到货后停槽安装",
				}},
				{story: atOnce, site: "河湟铝业南门道路", road: 4, said: "厂门口的运料车不盖篷布，路面全是粉料", matter: matter{
					title: "运料车不盖篷布、路面积尘", kinds: []complaint.Kind{complaint.Dust}, names: []string{"扬尘"}, unit: order, with: "交通运输、公安交管部门",
					found: []string{"核查当日路检12辆，其中3辆篷布未盖严；南门外约300米路面有氧化铝粉积尘"},
					order: "对3辆车依法处罚，责令企业出厂前冲洗、盖严篷布",
					did:   "南门已建洗车平台和篷布检查岗，路面清洗三遍，每日洒扫四次，复查没有积尘",
					plan:  []string{"南门建洗车平台和篷布检查岗，路面每日洒扫四次"}, aim: "运料车密闭，路面没有积尘", fine: 600_000,
				}},
			},
		},
	},
	2: {
		{
			text: "昆仑碳纤维厂东门夜里有焦糊味和轰鸣声，附近学校的学生捂着鼻子上学", kinds: "大气、噪音",
			parts: []part{{story: rebounded, site: "昆仑碳纤维厂东门", road: 5, matter: matter{
				title: "焦糊味、夜间噪声", kinds: []complaint.Kind{complaint.Air, complaint.Noise}, names: []string{"大气、噪音"}, unit: industry, with: "生态环境部门",
				found: []string{"该厂碳化炉尾气焚烧炉夜间检修时走旁路，有焦糊味；东侧风机房隔声门常开，夜间厂界噪声超标"},
				order: "责令旁路铅封、检修提前报备，夜间关闭隔声门",
				did:   "旁路已铅封并装在线监控，焚烧炉备用炉投运，风机房更换隔声门和消声器，夜间复测厂界达标",
				plan:  []string{"旁路铅封并装在线监控，备用焚烧炉投运", "风机房更换隔声门和消声器"}, aim: "尾气不走旁路，夜间厂界达标", fine: 10_000_000,
			}}},
		},
		{
			text: "绿源再生资源回收站露天堆放废油桶，地面全是油污，一下雨流进水渠", kinds: "固废、土壤",
			parts: []part{{story: falsely, site: "绿源再生资源回收站", road: 10, matter: matter{
				title: "露天堆放废油桶", kinds: []complaint.Kind{complaint.Waste, complaint.Soil}, names: []string{"固废、土壤"}, unit: ecology, with: "商务、市场监管部门",
				found: []string{"该站露天堆放废油桶86个，地面油污约40平方米，没有防渗和导流，雨水可流入西侧水渠"},
				order: "责令停止收集，油桶交有资质的单位处置，立案查处",
				did:   "单位自查：油桶已清走，地面已清理",
				plan:  []string{"废油桶交有资质的单位清运，地面清理"}, aim: "油桶清零，地面硬化防渗", fine: 8_000_000,
			}}},
		},
	},
	3: {
		{
			text: "南川河右岸一个排口每天傍晚排黑水，河边散步的人都绕着走", kinds: "水",
			parts: []part{{story: reused, site: "南川河排口", road: 7, matter: matter{
				title: "傍晚排黑水", kinds: []complaint.Kind{complaint.Water}, names: []string{"水"}, unit: order, with: "生态环境、水务部门",
				found: []string{"该排口为雨水排口，傍晚有洗车、餐饮废水混入，水色发黑，化学需氧量超标"},
				order: "立即封堵混接口，对3家商户责令改正",
				did:   "混接的3处已改接污水管，排口安装视频监控，连续七日傍晚没有出流",
				plan:  []string{"混接商户改接污水管，排口安装监控"}, aim: "排口晴天无水流出", fine: 1_000_000,
			}}},
		},
		{
			text: "一处变电站嗡嗡声整夜不停，怀疑有辐射", kinds: "噪声",
			parts: []part{{story: untrue, site: "朝阳东路变电站", road: 8, matter: matter{
				title: "变电站噪声、电磁环境", kinds: []complaint.Kind{complaint.Noise, complaint.Radiation}, names: []string{"噪声"}, with: "生态环境部门和供电企业",
				not: "该站为110千伏户内变电站，环评和验收手续齐全；连续两夜监测，厂界噪声昼夜均达标，工频电场、磁场强度低于公众暴露控制限值",
			}}},
		},
	},
	4: {
		{
			text: "海湖新区商业街后巷十几家店的油烟管道对着居民楼，晚上呛得睡不着", kinds: "油烟",
			parts: []part{{story: closedOne, site: "海湖新区商业街后巷", road: 0, matter: matter{
				title: "油烟管道对着居民楼", kinds: []complaint.Kind{complaint.Fumes}, names: []string{"油烟"}, unit: order, with: "市场监管部门和属地街道",
				found: []string{"后巷有餐饮店13家，11家排烟口朝向居民楼，5家净化器没有清洗记录，晚间油烟集中"},
				order: "责令5家立即清洗，晚间安排执法队员驻守",
				did:   "13家已统一接入高空专用烟道，净化器每月集中清洗，连续五晚检测达标，后巷居民代表参加了验收",
				plan:  []string{"统一建高空专用烟道，13家全部接入", "净化器每月集中清洗，台账上墙"}, aim: "油烟集中高空达标排放", fine: 2_500_000,
			}}},
		},
		{
			text: "湟水河湿地公园步道边有人开荒种菜，芦苇被砍", kinds: "生态",
			parts: []part{{story: returned, site: "湟水河湿地公园步道", road: 9, matter: matter{title: "湿地内开荒种菜", kinds: []complaint.Kind{complaint.Ecology}, names: []string{"生态"}}}},
		},
	},
}

// told is the letter.
func (f feature) told(home gb.Division) (one told) {
	for i := range f.parts {
		p := &f.parts[i]
		where := roads[p.road]
		made := point{
			matter: &p.matter, story: p.story, verdict: complaint.True, text: p.said, name: p.site + p.title, site: p.site + simulated, at: spot{place: where}.near(chance(p.road)), //nolint:gosec // small
			division: spot{place: where}.in(home), unit: p.unit, plan: p.plan, penalty: p.fine > 0,
		}
		if p.story == untrue {
			made.verdict, made.fact = complaint.Untrue, p.not
		} else if len(p.found) > 0 {
			made.fact = p.found[0]
		}
		one.points = append(one.points, made)
	}
	one.Text = f.text + "。"
	one.sum(f.kinds)
	one.digest = fmt.Sprintf("反映%s。", strings.ReplaceAll(one.names(), "；", "、"))
	return one
}

// again is the letter that comes two weeks after the carbon works was closed.
var again = intake.Letter{KindsText: "大气、噪声", Text: "昆仑碳纤维厂东门夜里又有焦糊味和轰鸣声，附近学校的学生捂着鼻子上学，说好的整改没有用"}

// shot is a photo of a place: before, with a heap or a spill, or after.
type shot struct {
	place  uint64
	before bool
}

func (s shot) draw() image.Image {
	picture := drawn.Scene{Seed: 7000 + s.place, W: 280, H: 210}
	if s.before {
		picture.Moment, picture.Has = 1, []drawn.Object{drawn.Heap, drawn.Spill}[s.place%2]
	}
	return picture.Draw()
}
