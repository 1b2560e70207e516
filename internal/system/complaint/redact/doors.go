package redact

import (
	"regexp"
	"strings"
)

// The parts of an address below its street or estate, which stay.
const (
	someNumber = `(?:[0-9]{1,4}[A-Za-z]?|[A-Za-z][0-9]{0,3}|[一二三四五六七八九十百零〇]{1,4})`
	building   = `(?:` + someNumber + ` ?(?:号楼|#楼|栋|幢|座|号院)|[0-9]{1,3}#)`
	unit       = someNumber + ` ?单元`
	floor      = `(?:` + someNumber + ` ?[层楼] ?)`
	room       = `(?:[A-Za-z]?[0-9]{3,4}|[一二三四五六七八九〇零]{3,4})`
	roomWord   = `(?: ?(?:号房|[室号户房]))`
	estate     = `(?:小区|公寓|花园|家属院|社区|[苑园院城府湾庭里])`
)

var (
	doorWhole   = regexp.MustCompile(`(?:` + building + ` ?){0,2}` + unit + ` ?` + floor + `?(?:` + room + roomWord + `?)?`)
	doorRoom    = regexp.MustCompile(`(?:` + building + ` ?){1,2}` + floor + `?` + room + roomWord + `?`)
	doorDashed  = regexp.MustCompile(estate + `([0-9]{1,2}(?:-[0-9]{1,2})?-[0-9]{3,4})`)
	doorAlone   = regexp.MustCompile(`(?:[0-9]{3,4}|[一二三四五六七八九〇零]{3,4}) ?室`)
	doorVillage = regexp.MustCompile(`(?:[村庄屯寨]|[一二三四五六七八九十0-9][社组队])(` + someNumber + `号(?:附` + someNumber + `号|之` + someNumber + `)?)`)
	doorPlate   = regexp.MustCompile(`门牌(?:号码|号)?[ :为是]*(` + someNumber + `号?)`)
	doorBehind  = regexp.MustCompile(someNumber + `号(?:附` + someNumber + `号|之[一二三四五六七八九十0-9]{1,2})`)
	doorHouse   = regexp.MustCompile(someNumber + ` ?(?:号楼|#楼)`)
	doorBlock   = regexp.MustCompile(estate + `(` + someNumber + `[栋幢])`)
	doorRoad    = regexp.MustCompile(`[路街道] ?([0-9]{1,4} ?号(?:附[0-9]{1,4}号)?)`)
	doorAlley   = regexp.MustCompile(`(?:巷|弄|胡同)(` + someNumber + `号)`)
)

// works are what a number with 号 may be of besides a house, and what follows a day of a month.
const works = "线楼井桥矿厂机路坑炉泵公地取棚塘砖窑库池站车点渠沟闸罐塔洞信文令件检开上下晚凌起至前后到之以、"

// counted is what a bare number behind a building may count.
const counted = "米人余多平吨个家户%年月日.元公千万间套名亩厘毫分台辆头只升层号楼#-"

func (p *plain) doors() {
	covered := func(re *regexp.Regexp, group int, sure bool, rule, word string) {
		p.each(re, func(at []int) {
			from, to := at[2*group], at[2*group+1]
			if number(p.get(from-1)) && number(p.get(from)) {
				return // the end of a longer number
			}
			p.add(from, to, Span{Kind: Door, Rule: rule, Sure: sure, word: word})
		})
	}
	p.each(doorWhole, func(at []int) { p.home(at[0], at[1], "unit") })
	p.each(doorRoom, func(at []int) { p.home(at[0], at[1], "room of a building") })
	covered(doorDashed, 1, true, "door with dashes", "某栋")
	covered(doorPlate, 1, true, "door plate", "某号")
	p.each(doorAlone, func(at []int) {
		if number(p.get(at[0] - 1)) {
			return
		}
		before := p.before(at[0], 6)
		p.add(at[0], at[1], Span{Kind: Door, Rule: "room", Sure: !strings.Contains(before, "办公") && !strings.Contains(before, "会议"), word: "某室"})
	})
	p.each(doorVillage, func(at []int) {
		if next := p.get(at[3]); next == 0 || !strings.ContainsRune(works, next) && !p.at2(at[3], []rune("养殖")) {
			p.add(at[2], at[3], Span{Kind: Door, Rule: "house of a village", Sure: true, word: "某号"})
		}
	})
	covered(doorBehind, 0, true, "house behind a house", "某号")
	covered(doorHouse, 0, false, "building", "某栋")
	covered(doorBlock, 1, false, "building", "某栋")
	p.each(doorRoad, func(at []int) {
		if p.lived(at[2], at[3]) {
			p.add(at[2], at[3], Span{Kind: Door, Rule: "house on a road", Sure: true, word: "某号"})
		}
	})
	covered(doorAlley, 1, false, "house in an alley", "某号")
}

var (
	// ways end like a road and are none with houses.
	ways = regexp.MustCompile(`(?:线路|公路|铁路|电路|管路|回路|支路|油路|水路|气路|通道|隧道|管道|轨道|车道|渠道|频道|廊道|河道|匝道|水街|国道|省道|县道)$`)
	// private says that somebody lives there, and trade that an enterprise or an office is there, whose address is public.
	private = regexp.MustCompile(`家|住|户|居民|业主|村民|租客`)
	trade   = regexp.MustCompile(`公司|集团|企业|厂|店|馆|医院|学校|中学|小学|大学|幼儿园|加油站|泵站|污水|超市|市场|商[场铺户行]|餐|烧烤|烤肉|茶楼|酒|网吧|工地|项目|施工|小区|大厦|广场|中心|养殖|场|局|所|部|坊|园区|站|银行`)
)

// besideRoad bounds how far on each side of a number is looked for who is there, in characters.
const besideRoad = 14

// lived reports whether a number on a road is likely that of a private person's house: it is, unless an enterprise is named with it.
func (p *plain) lived(from, to int) bool {
	if next := p.get(to); next != 0 && (strings.ContainsRune(works, next) && next != '信' && next != '开' && next != '下' && next != '以' && next != '、' || next == '院') {
		return false
	}
	before := p.before(from, besideRoad)
	if ways.MatchString(before) {
		return false
	}
	if i := strings.LastIndexAny(before, ",，.。;；、:："); i >= 0 {
		before = before[i:]
	}
	after := string(p.runes[to:min(to+besideRoad, len(p.runes))])
	if i := strings.IndexAny(after, ",，.。;；、:："); i >= 0 {
		after = after[:i]
	}
	home, work := private.FindStringIndex(after), trade.FindStringIndex(after)
	switch {
	case home != nil && (work == nil || home[0] < work[0]), private.MatchString(before):
		return true
	case work != nil, trade.MatchString(before):
		return false
	}
	return true
}

// home is a unit or a room, with its building. A number without a word behind it is a room unless
// it counts something, and so is one with 户.
func (p *plain) home(from, to int, rule string) {
	if number(p.get(from-1)) && number(p.get(from)) {
		return
	}
	last, _ := digitOf(p.get(to - 1))
	next := p.get(to)
	count := last >= 0 && next != 0 && (strings.ContainsRune(counted, next) || alnum(next)) ||
		p.get(to-1) == '户' && strings.HasPrefix(string(p.runes[to:min(to+2, len(p.runes))]), "居民")
	if count {
		for to > from && (p.get(to-1) == '户' || isDigit(p.get(to-1))) {
			to--
		}
		if !strings.HasSuffix(p.word(from, to), "单元") {
			return
		}
	}
	word := "某栋"
	if !strings.ContainsAny(p.word(from, to), "楼栋幢座院#") {
		word = "某单元"
	}
	p.add(from, to, Span{Kind: Door, Rule: rule, Sure: true, word: word})
}

func isDigit(r rune) bool { d, _ := digitOf(r); return d >= 0 }
