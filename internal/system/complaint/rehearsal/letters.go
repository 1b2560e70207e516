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

// common is a letter without a story of its own.
func common(evening, i int) told {
	w := wrongs[(evening*3+i)%len(wrongs)]
	place := places[(evening*7+i*5)%len(places)]
	one := told{Letter: intake.Letter{KindsText: w.names, Kinds: w.kinds, Text: fmt.Sprintf(w.text, place, fmt.Sprintf("%d号附近", evening*17+i*3))}}
	switch k := evening*31 + i; {
	case k%23 == 5:
		one.story = late
	case k%3 == 0:
		one.story = rectified
	case k%7 == 2:
		one.story = reported
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
