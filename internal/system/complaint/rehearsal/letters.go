package rehearsal

import (
	"fmt"
	"image"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/evidence/drawn"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

// evenings are how many letters each batch has: as many as the city's share was in 2023 (17 to 30).
var evenings = [...]int{17, 18, 20, 22, 24, 26, 23, 25, 27, 24, 26, 28, 30, 25, 29, 22}

// keyOnes are how many of a batch are 重点关注.
var keyOnes = map[int]int{13: 4, 15: 6, 16: 4}

// story is what happens to a letter.
type story uint8

// The stories. Most letters are of the first three.
const (
	inHand    story = iota // signed for, and being verified
	rectified              // found true and being put right
	reported               // reported on, and answered
	late                   // nobody has signed for it
	untrue                 // found untrue, and looked at again
	closedOne              // checked, signed off and, where it was published, filed
	rebounded              // closed, and back again
	falsely                // called done, and found not to be so
	reused                 // with a photo that was used before
	longTerm               // closed for a stage
	returned               // sent back by the unit
)

// told is a letter with its story.
type told struct {
	intake.Letter
	story story
	site  string // what its problem is about; empty: as the program calls it
	unit  string // who answers; empty: its district
}

// A letter is put together of a place, a source and what is wrong there.
var (
	places = []string{"五四西路", "昆仑大道", "海晏路", "祁连路", "南川西路", "柴达木路", "建国路", "滨河南路", "朝阳东路", "西关大街", "互助路", "德令哈路"}
	wrongs = []struct {
		kinds []complaint.Kind
		names string
		text  string
	}{
		{[]complaint.Kind{complaint.Air, complaint.Fumes}, "大气、油烟", "%s%s餐饮店夜间油烟直排，净化器不开，附近居民不敢开窗"},
		{[]complaint.Kind{complaint.Noise}, "噪声", "%s%s工地夜间连续浇筑，噪声到凌晨不停，影响休息"},
		{[]complaint.Kind{complaint.Air, complaint.Dust}, "大气、扬尘", "%s%s拆迁地块裸土没有覆盖，车辆带泥上路，扬尘很大"},
		{[]complaint.Kind{complaint.Water}, "水", "%s%s雨水口长期有污水流出，汇入河道，有臭味"},
		{[]complaint.Kind{complaint.Waste}, "固废", "%s%s垃圾收集点清运不及时，渗滤液外流，夏天招蝇虫"},
		{[]complaint.Kind{complaint.Soil, complaint.Waste}, "土壤、固废", "%s%s废品回收点露天拆解电瓶，废液流到地上"},
		{[]complaint.Kind{complaint.Air, complaint.Noise}, "大气、噪音", "%s%s汽修店露天喷漆，气味刺鼻，敲打声整天不断"},
		{[]complaint.Kind{complaint.Ecology}, "生态", "%s%s后山取土后没有复绿，一下雨泥水冲到路上"},
	}
)

// featured are the letters that have a story of their own, by the number of their evening.
var featured = map[int][]told{
	1: {
		{story: closedOne, site: "市第二医院医疗废物暂存站（模拟）", unit: hospital, Letter: intake.Letter{KindsText: "固废、大气", Text: "市第二医院后院医疗废物暂存站敞着门，有异味，污水流到人行道上"}},
		{story: longTerm, site: "河湟铝业电解车间（模拟）", unit: industry, Letter: intake.Letter{KindsText: "大气", Text: "河湟铝业夜间烟气呛人，车窗上落白灰，反映多年没有解决"}},
	},
	2: {
		{story: rebounded, site: "昆仑碳纤维厂东门（模拟）", unit: industry, Letter: intake.Letter{KindsText: "大气、噪音", Text: "昆仑碳纤维厂东门夜里有焦糊味和轰鸣声，附近学校的学生捂着鼻子上学"}},
		{story: falsely, site: "绿源再生资源回收站（模拟）", Letter: intake.Letter{KindsText: "固废、土壤", Text: "绿源再生资源回收站露天堆放废油桶，地面全是油污，一下雨流进水渠"}},
	},
	3: {
		{story: reused, site: "南川河排口（模拟）", unit: order, Letter: intake.Letter{KindsText: "水", Text: "南川河右岸一个排口每天傍晚排黑水，河边散步的人都绕着走"}},
		{story: untrue, Letter: intake.Letter{KindsText: "噪声", Text: "某变电站嗡嗡声整夜不停，怀疑有辐射"}},
	},
	4: {
		{story: closedOne, site: "海湖新区某商业街后巷（模拟）", unit: order, Letter: intake.Letter{KindsText: "油烟", Text: "海湖新区商业街后巷十几家店的油烟管道对着居民楼，晚上呛得睡不着"}},
		{story: returned, Letter: intake.Letter{KindsText: "生态", Text: "湟水河湿地公园步道边有人开荒种菜，芦苇被砍"}},
	},
}

// again is the letter that comes two weeks after the carbon works was closed.
var again = intake.Letter{KindsText: "大气、噪声", Text: "昆仑碳纤维厂东门夜里又有焦糊味和轰鸣声，附近学校的学生捂着鼻子上学，说好的整改没有用"}

// batch is what came on an evening, the first being 1.
func batch(home gb.Division, day string, evening int) (b intake.Batch, all []told) {
	districts := home.Children()
	b.Title = fmt.Sprintf("第%d批 边督边改信访件（模拟数据）", evening)
	n := evenings[evening-1]
	for i := range n {
		var one told
		if mine := featured[evening]; i < len(mine) {
			one = mine[i]
		} else {
			one = common(evening, i)
		}
		d := districts[(evening*5+i)%len(districts)]
		one.Division, one.Region = d, d.Name().ZH
		one.Row, one.Number = i+2, strconv.Itoa(i+1)
		channel := "D"
		one.Channel = complaint.Call
		if i%4 == 3 {
			channel, one.Channel = "X", complaint.Letter
		}
		one.Code, _ = complaint.ReadCode(fmt.Sprintf("%s3QH%s%04d", channel, day, evening*40+i)) // of a shape that is known
		one.Key = i >= n-keyOnes[evening]
		if one.KindsText != "" {
			one.Kinds, _ = complaint.ReadKinds(one.KindsText)
		}
		b.Letters, all = append(b.Letters, one.Letter), append(all, one)
	}
	return b, all
}

// What may be said besides, so that no two letters read alike unless they are about one thing.
var (
	times  = []string{"晚上十点以后", "清晨五六点", "中午饭点", "周末全天", "下雨之后", "每天傍晚", "入冬以来", "半夜"}
	lives  = []string{"家里有老人和婴儿", "隔壁就是小学", "楼下是公交站", "对面养老院的人也受影响", "路过的人都绕道走", "一开窗满屋子都是", "晾的衣服落一层灰", "孩子总咳嗽"}
	before = []string{"去年反映过一次，好了半个月", "打过几次电话没有结果", "物业说管不了", "社区来看过，说再等等", "之前罚过又照旧", "第一次反映", "网上留过言没人回", "几户联名写过信"}
	wants  = []string{"请派人夜里来看", "希望彻底解决，不要一阵风", "请公布检测结果", "要求搬走或者停掉", "请告知哪天能整改完", "只想睡个安稳觉", "请查一查有没有手续", "希望有人常来检查"}
)

// common is a letter without a story of its own. Most are reported on and answered in time; of the last evenings some
// are in hand, and a few nobody has signed for.
func common(evening, i int) told {
	k := evening*31 + i
	w := wrongs[(evening*3+i)%len(wrongs)]
	place := places[(evening*7+i*5)%len(places)]
	mixed := uint32(k) * 2654435761 //nolint:gosec // it only mixes
	pick := func(from []string, bits int) string { return from[int(mixed>>bits)%len(from)] }
	text := fmt.Sprintf(w.text, place, fmt.Sprintf("%d号附近", evening*17+i*3)) +
		"。" + pick(times, 5) + "最厉害，" + pick(lives, 11) + "；" + pick(before, 17) + "，" + pick(wants, 23) + "。"
	one := told{Letter: intake.Letter{KindsText: w.names, Kinds: w.kinds, Text: text}, story: reported}
	switch {
	case evening >= len(evenings)-1 && k%9 == 5:
		one.story = late
	case evening >= len(evenings)-1:
		one.story = inHand
	case k%10 == 0:
		one.story = rectified
	}
	return one
}

// shot is a photo of a place: before, with a heap or a spill, or after.
type shot struct {
	place  uint64
	before bool
}

func (s shot) draw() image.Image {
	picture := drawn.Scene{Seed: 7000 + s.place, W: 360, H: 270}
	if s.before {
		picture.Moment, picture.Has = 1, []drawn.Object{drawn.Heap, drawn.Spill}[s.place%2]
	}
	return picture.Draw()
}
