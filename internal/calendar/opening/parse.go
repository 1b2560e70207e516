package opening

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxBytes bounds the canonical text; hosts' real hours take a tenth of it.
	maxBytes = 600
	// maxInput bounds what is read at all. It is larger, so that whatever is
	// stored can be read back from its Chinese text, which is longer.
	maxInput = 4 * maxBytes
	maxRules = 40
)

// Parse reads opening hours as people write them, in Chinese or in the
// OpenStreetMap syntax: 周一至周五 8:00-18:00；周六、周日 9:00-17:00；节假日休息.
// The empty text and 未知 are unknown hours. What could be a slip is refused: a
// time that runs backwards, unless it says 次日 or runs past 24:00 as in
// 22:00-30:00; intervals that overlap; the same days written twice.
func Parse(text string) (Hours, error) { return parse(text, false) }

// ParseOSM reads opening_hours of an extract by the rules of that tag:
// 22:00-06:00 runs into the next day, and a later rule replaces an earlier one.
// What it cannot read exactly it refuses, so that the hours stay unknown rather
// than wrong.
func ParseOSM(text string) (Hours, error) { return parse(text, true) }

func parse(text string, osm bool) (Hours, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "", "未知", "时间未知", "不详", "unknown", "hours unknown":
		return Hours{}, nil
	}
	p := parser{text: text, osm: osm, rules: &rules{}}
	if len(text) > maxInput || !utf8.ValidString(text) {
		return Hours{}, p.fault("太长或不是文字", "is too long or not text")
	}
	p.tokens = lex(text)
	if err := p.hours(); err != nil {
		return Hours{}, err
	}
	if h := (Hours{p.rules}); len(h.String()) <= maxBytes {
		return h, nil
	}
	return Hours{}, p.fault("太长或不是文字", "is too long or not text")
}

// parser reads hours = rule { (";" | "," | nothing) rule }.
type parser struct {
	text            string
	osm             bool
	tokens          []token
	rules           *rules
	seen            []weekdays
	combined, exact bool       // dates add or cut; dates of one year do
	cuts            []Interval // what dates cut
	small           bool       // 凌晨 was written before the last time
	mixed           bool       // 节假日周日: holidays and Sundays, or holidays that are Sundays
	worked          bool       // 工作日 was written, so holidays are off unless said otherwise
}

// selector is the days that one rule is for.
type selector struct {
	dates   *dateRange
	days    weekdays
	holiday weekdays // those that fall on them
	makeup  bool
}

func (p *parser) next() token { return p.tokens[0] }

func (p *parser) take(k tokenKind) bool {
	if p.tokens[0].kind != k {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *parser) hours() error {
	additive := false
	for n := 0; ; n++ {
		for p.take(semicolonToken) {
			additive = false
		}
		if p.next().kind == endOfText {
			break
		}
		if n == maxRules {
			return p.fault("规则太多（最多 40 条）", "has too many rules (40 at most)")
		}
		if err := p.rule(additive); err != nil {
			return err
		}
		p.take(commaToken)
		additive = true // unless a semicolon follows
	}
	if len(p.seen) == 0 && len(p.rules.dated) == 0 {
		return p.fault("没有写平日的时间", "does not say the hours of ordinary days")
	}
	if p.worked {
		p.rules.holiday.close(everyDay &^ p.rules.holiday.said())
	}
	return p.combinedWith()
}

// rule reads [dates] [days] (off | all day | span {"," span}) [note].
func (p *parser) rule(additive bool) error {
	if p.take(alwaysToken) {
		return p.apply(selector{days: everyDay}, body{open: []Interval{{0, MinutesPerDay}}}, additive)
	}
	dates, err := p.dates()
	if err != nil {
		return err
	}
	s := p.days()
	if p.mixed {
		return p.fault("说不清：节假日和星期两者都算，请用顿号分开；只算逢周日的节假日，请写“逢周日的节假日”", "does not say whether holidays and weekdays are meant or holidays that fall on them: put a comma between them, or write PH Su alone")
	}
	s.dates = dates
	if s.days == 0 && s.holiday == 0 && !s.makeup {
		s.days = everyDay
	}
	b, err := p.body()
	if err != nil {
		return err
	}
	if err := p.apply(s, b, additive); err != nil {
		return err
	}
	if note := p.next(); p.take(noteToken) {
		if dates == nil || strings.ContainsAny(note.text, "\"“”()（）「」") || utf8.RuneCountInString(note.text) > 60 {
			return p.fault("只有带日期的规则可以加说明，说明里不能有引号和括号", "may carry a remark only on a dated rule, and without quotes or brackets in it")
		}
		p.rules.dated[len(p.rules.dated)-1].note = note.text
	}
	return nil
}

// days reads weekdays, holidays and 调休 workdays in any order.
func (p *parser) days() (s selector) {
	for {
		t := p.next()
		switch {
		case t.kind == dayToken:
			s.days |= p.weekdayRange()
		case p.take(everyDayToken):
			s.days = everyDay
		case p.take(workdaysToken):
			s.days |= 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
			p.worked = true
		case p.take(holidayToken):
			on := everyDay
			if p.next().kind == dayToken {
				p.mixed = p.mixed || s != selector{} || t.text[0] >= utf8.RuneSelf
				on = p.holidayDays()
			}
			s.holiday |= on
		case s.days != 0 && s.holiday == 0 && p.take(fallingToken): // 逢周日的节假日
			s.days, s.holiday = 0, s.days
		case p.take(makeupToken):
			s.makeup = true
			p.mixed = p.mixed || p.next().kind == dayToken
		case t.kind == commaToken && isDay(p.tokens[1].kind) && (s != selector{}):
			p.take(commaToken)
		default:
			return s
		}
	}
}

func isDay(k tokenKind) bool { return k >= dayToken && k <= makeupToken }

// body reads what the days have: nothing, all day, or spans of time.
func (p *parser) body() (body, error) {
	if p.take(offToken) {
		return body{}, nil
	}
	if p.take(allDayToken) {
		return body{open: []Interval{{0, MinutesPerDay}}}, nil
	}
	var spans []Interval
	for {
		i, err := p.span()
		if err != nil {
			return body{}, err
		}
		spans = append(spans, i)
		if p.next().kind == commaToken && isTime(p.tokens[1].kind) {
			p.take(commaToken)
		} else if !isTime(p.next().kind) { // 上午8:00-12:00 下午2:00-6:00
			break
		}
	}
	cut := p.take(offToken)
	var last []Interval
	if n := len(spans) - 1; cut && !p.osm && n > 0 { // 8:30-17:30，12:00-14:00休息
		last, spans = spans[n:], spans[:n]
	}
	var open []Interval
	for _, i := range spans {
		var err error
		if open, err = p.merge(open, i); err != nil {
			return body{}, err
		}
	}
	if last == nil {
		return body{open, cut}, nil
	}
	left := take(open, last)
	if slices.Equal(left, open) {
		return body{}, p.fault("的休息时段不在开放时间里", "closes a span that is not within the open hours")
	}
	return body{open: left}, p.withinDay(append(last, open...))
}

func isTime(k tokenKind) bool {
	return k == timeToken || k == afternoonToken || k == nextDayToken || k == noonToken || k == eveningToken || k == smallHoursToken
}

// span reads one interval.
func (p *parser) span() (Interval, error) {
	from, afternoon, _, err := p.time()
	if err != nil {
		return Interval{}, err
	}
	if !p.take(dashToken) {
		return Interval{}, p.unexpected()
	}
	to, evening, next, err := p.time()
	if err != nil {
		return Interval{}, err
	}
	if afternoon && !evening && !next && to < from && to+12*60 > from {
		to += 12 * 60 // 下午2点至6点
	}
	written := Clock(from) + "–" + Clock(to)
	if p.small && to == 0 { // 8:00-凌晨12:00
		to = MinutesPerDay
	}
	if next && to <= MinutesPerDay && from < MinutesPerDay && to < MinutesPerDay {
		to += MinutesPerDay
	}
	switch {
	case from >= MinutesPerDay && from < MinutesPerDay+60: // 晚上12:30
		return Interval{}, p.faultf("：%[1]s 从第二天才开始：请写 %[2]s–%[3]s，并写在第二天",
			"%[1]s begins on the next day: write it there, as %[2]s-%[3]s", written, Clock(from-MinutesPerDay), Clock(to%MinutesPerDay))
	case to == from:
		return Interval{}, p.faultf("：%s 的开始和结束相同：全天请写“全天”", "%s begins and ends at once: for the whole day write 00:00-24:00", written)
	case to < from && !p.osm:
		return Interval{}, p.faultf("：%[1]s 跨过午夜，请写成两段或写明“次日”，如 %[2]s–次日%[3]s",
			"%[1]s runs past midnight: write it as two spans, or past 24:00 as %[2]s-%[4]s", written, Clock(from), Clock(to), Clock(to+MinutesPerDay))
	case to < from:
		to += MinutesPerDay
	}
	if from >= MinutesPerDay || to > from+MinutesPerDay {
		return Interval{}, p.faultf("：%s 超出一天", "%s is more than a day", written)
	}
	return Interval{from, to}, nil
}

// time reads [次日] [下午] 8:00.
func (p *parser) time() (minute int, afternoon, next bool, err error) {
	noon, evening := false, false
	p.small = false
	for {
		switch t := p.next(); {
		case p.take(noonToken):
			noon = true
		case p.take(eveningToken):
			evening, afternoon = true, true
		case p.take(smallHoursToken):
			p.small = true
		case p.take(nextDayToken):
			next = true
		case p.take(afternoonToken):
			afternoon = true
		case p.take(timeToken):
			twelve := t.n >= 12*60 && t.n < 13*60
			switch {
			case evening && t.n < 5*60:
				return 0, false, false, p.faultf("：“%s”前面写“晚上”说不清：请写 凌晨 或 次日", "%s in the evening is not clear", Clock(t.n))
			case evening && twelve: // 晚上12点
				return t.n + 12*60, afternoon, next, nil
			case p.small && twelve: // 凌晨12点
				return t.n - 12*60, afternoon, next, nil
			case noon && t.n < 6*60: // 中午1点
				t.n += 12 * 60
			}
			if afternoon && t.n < 12*60 {
				t.n += 12 * 60
			}
			return t.n, afternoon, next, nil
		default:
			return 0, false, false, p.unexpected()
		}
	}
}

// merge adds an interval to those of a day; it may touch but not overlap them.
func (p *parser) merge(open []Interval, add Interval) ([]Interval, error) {
	for _, i := range open {
		if add.From < i.To && i.From < add.To {
			return nil, p.faultf("：%s 和 %s 重叠：请合并成一段", "%s and %s overlap: join them into one",
				Clock(i.From)+"–"+Clock(i.To), Clock(add.From)+"–"+Clock(add.To))
		}
	}
	// Joined spans could be longer than a day, which no interval may be.
	if out := Joined(append(slices.Clone(open), add)); !slices.ContainsFunc(out, func(i Interval) bool { return i.To-i.From > MinutesPerDay }) {
		return out, nil
	}
	return nil, p.fault("超出一天", "is more than a day")
}
