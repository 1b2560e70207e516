package rehearsal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

// evenings are how many letters each batch has: as many as the city's share was in 2023 (17 to 30).
var evenings = [...]int{17, 18, 20, 22, 24, 26, 23, 25, 27, 24, 26, 28, 30, 25, 29, 22}

// keyOnes are how many of a batch are 重点关注.
var keyOnes = map[int]int{13: 4, 15: 6, 16: 4}

// story is what happens to a point of a letter.
type story uint8

// The stories. Most are of the first five.
const (
	atOnce    story = iota // put right within two days
	later                  // put right ten days after it came
	rectified              // still being put right
	longTerm               // closed for a stage
	untrue                 // found untrue, and looked at again
	inHand                 // signed for, and being verified
	late                   // nobody has signed for it
	returned               // sent back by the unit
	closedOne              // checked, signed off and filed
	objected               // signed off, and open to objections
	unsigned               // checked, and waits for who signs off
	unchecked              // applied for, and waits for a checker
	rebounded              // closed, and back again
	falsely                // called done, and found not to be so
	reused                 // with a photo that was used before
)

// told is a letter with its points.
type told struct {
	intake.Letter
	digest string
	points []point
}

// point is a part of a letter, with its own place, kinds, verdict and story.
type point struct {
	*matter
	story    story
	verdict  complaint.Verdict
	text     string // as the letter has it
	name     string // of its problem
	site     string
	at       geo.Point
	division gb.Division
	unit     string // who answers; empty: its district
	fact     string // what was found
	plan     []string
	penalty  bool
}

// What may be said besides, so that no two letters read alike unless they are about one thing.
var (
	before = []string{"去年反映过一次，好了半个月", "打过几次热线没有结果", "物业说管不了", "社区来看过，说再等等", "之前罚过又照旧", "第一次反映", "网上留过言没有人回", "几户联名写过信", "家住3号楼2单元，可以来家里看"}
	wants  = []string{"请派人到现场来看", "希望彻底解决，不要一阵风", "请公开处理结果", "希望尽快有个说法", "请告知哪天能整改完", "只想过安生日子", "请查一查有没有手续", "希望有人常来检查"}
)

// batch is what came on an evening, the first being 1.
func batch(home gb.Division, day string, evening int) (b intake.Batch, all []told) {
	b.Title = fmt.Sprintf("第%d批 边督边改信访件（模拟数据）", evening)
	n := evenings[evening-1]
	for i := range n {
		var one told
		if mine := featured[evening]; i < len(mine) {
			one = mine[i].told(home)
		} else {
			one = common(home, evening, i)
		}
		one.Row, one.Number = i+2, strconv.Itoa(i+1)
		channel := "D"
		one.Channel = complaint.Call
		if i%4 == 3 {
			channel, one.Channel = "X", complaint.Letter
		}
		one.Code, _ = complaint.ReadCode(fmt.Sprintf("%s3QH%s%04d", channel, day, evening*40+i)) // of a shape that is known
		one.Key = i >= n-keyOnes[evening]
		b.Letters, all = append(b.Letters, one.Letter), append(all, one)
	}
	return b, all
}

// common is a letter without a story of its own. One in six has two points, and one in twenty-four three.
func common(home gb.Division, evening, i int) (one told) {
	seed := chance(evening*1000 + i) //nolint:gosec // small
	n := 1
	switch seed.next(10).of(24) {
	case 0:
		n = 3
	case 1, 2, 3, 4:
		n = 2
	}
	if _, is := closings[[2]int{evening, i}]; is {
		n = 1
	}
	var said []string
	for k := range n {
		p := pointOf(home, evening, i, seed.next(uint32(20*(k+1)))) //nolint:gosec // small
		one.points, said = append(one.points, p), append(said, p.text)
	}
	one.Text = said[0]
	if n > 1 {
		for k, text := range said {
			said[k] = fmt.Sprintf("%d.%s", k+1, text)
		}
		one.Text = strings.Join(said, "；")
	}
	want := pick(seed.next(12), wants)
	one.Text += "。" + pick(seed.next(11), before) + "，" + want + "。"
	one.sum(pick(seed.next(13), one.points[0].names))
	one.digest = "反映" + one.names() + "，" + want + "。"
	return one
}

// sum is what a letter has of its points: where it lies, and its kinds. What is written of the kinds of one point is as
// somebody writes them.
func (t *told) sum(kinds string) {
	t.Division, t.Region = t.points[0].division, t.points[0].division.Name().ZH
	var names []string
	for _, p := range t.points {
		for _, k := range p.kinds {
			if !slices.Contains(t.Kinds, k) {
				t.Kinds, names = append(t.Kinds, k), append(names, k.Name().ZH)
			}
		}
	}
	if t.KindsText = kinds; len(t.points) > 1 {
		t.KindsText = strings.Join(names, "、")
	}
}

// names are what the problems of a letter are called.
func (t *told) names() string {
	var all []string
	for _, p := range t.points {
		all = append(all, p.name)
	}
	return strings.Join(all, "；")
}

func pointOf(home gb.Division, evening, i int, seed chance) point {
	where := spotOf(seed)
	of := matters
	if where.at == (geo.Point{}) {
		of = ofTowns
	}
	m := &of[seed.next(5).of(len(of))]
	p := point{
		matter: m, name: where.name() + m.title, site: where.site(), at: where.near(seed), division: where.in(home), unit: m.unit, plan: m.plan[:1+seed.next(17).of(len(m.plan))],
	}
	p.story = p.fate(evening, i, seed.next(9).of(100))
	p.verdict = pick(seed.next(14), []complaint.Verdict{complaint.True, complaint.True, complaint.True, complaint.PartlyTrue, complaint.PartlyTrue, complaint.MostlyTrue})
	switch {
	case p.story == untrue:
		p.verdict = complaint.Untrue
	case p.story > untrue:
		p.verdict = complaint.True
	}
	said := seed.next(6).of(len(m.says)) // and what was found is about that
	switch p.verdict {
	case complaint.PartlyTrue:
		said, p.fact = 0, m.part
	case complaint.Untrue:
		said, p.fact = 0, m.not
	case complaint.Unjudged, complaint.True, complaint.MostlyTrue:
		p.fact, p.penalty = m.found[said], seed.next(16).of(7) == 0
	}
	p.text = strings.ReplaceAll(m.says[said], "@", where.name()) + "，" + pick(seed.next(7), m.when) + "，" + pick(seed.next(8), m.harm)
	return p
}

// closings are commons with a longer story, by evening and place.
var closings = map[[2]int]story{
	{3, 6}: closedOne, {8, 6}: objected, {11, 3}: unsigned, {9, 9}: unchecked, {12, 4}: unchecked, {12, 9}: unchecked, {13, 5}: unchecked,
}

// fate is the story of a point: of the last evenings most are in hand, and a few nobody has signed for.
func (p point) fate(evening, i, luck int) story {
	if s, is := closings[[2]int{evening, i}]; is {
		return s
	}
	switch {
	case evening == len(evenings) && i%4 == 1:
		return late
	case evening == len(evenings):
		return inHand
	case luck < 36 && p.waits == "": // no digging, nothing to be ordered
		return atOnce
	case luck < 56:
		return later
	case luck < 60:
		return untrue
	case luck < 82 && p.waits != "":
		return longTerm
	}
	return rectified
}
