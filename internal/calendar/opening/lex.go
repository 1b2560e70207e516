package opening

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Opening hours are written in two vocabularies, that of OpenStreetMap and
// plain Chinese, with one grammar: 周一至周五 8:00-18:00；节假日休息 is the same
// row of tokens as Mo-Fr 08:00-18:00; PH off. The lexer knows the words.

type tokenKind uint8

const (
	endOfText  tokenKind = iota
	unreadable           // text the lexer does not know
	dayToken             // n is a time.Weekday
	workdaysToken
	everyDayToken
	holidayToken
	makeupToken
	fallingToken // 的节假日, behind the weekdays that they fall on
	timeToken    // n in minutes
	nextDayToken
	afternoonToken
	noonToken
	eveningToken
	smallHoursToken
	dashToken
	commaToken
	semicolonToken
	offToken
	allDayToken
	alwaysToken
	yearToken
	monthToken
	dayOfMonthToken
	noteToken
	silentToken // a word that adds nothing, such as 营业
)

type token struct {
	kind tokenKind
	n    int
	text string
}

var chineseWords = []struct {
	word  string
	token token
}{
	// Where one word begins another, the longer comes first.
	{"全天24小时营业", token{kind: allDayToken}},
	{"全天24小时", token{kind: allDayToken}},
	{"24小时营业", token{kind: allDayToken}},
	{"24小时", token{kind: allDayToken}},
	{"24/7", token{kind: alwaysToken}},
	{"全天候", token{kind: allDayToken}},
	{"全天", token{kind: allDayToken}},
	{"全年无休", token{kind: everyDayToken}},
	{"每天", token{kind: everyDayToken}},
	{"每日", token{kind: everyDayToken}},
	{"天天", token{kind: everyDayToken}},
	{"平日", token{kind: workdaysToken}},
	{"工作日", token{kind: workdaysToken}},
	{"的法定节假日", token{kind: fallingToken}},
	{"的节假日", token{kind: fallingToken}},
	{"逢", token{kind: silentToken}},
	{"法定节假日", token{kind: holidayToken}},
	{"国家法定节假日", token{kind: holidayToken}},
	{"节假日", token{kind: holidayToken}},
	{"公众假期", token{kind: holidayToken}},
	{"调休上班日", token{kind: makeupToken}},
	{"调休工作日", token{kind: makeupToken}},
	{"调休", token{kind: makeupToken}},
	{"不营业", token{kind: offToken}},
	{"不开放", token{kind: offToken}},
	{"休息", token{kind: offToken}},
	{"停业", token{kind: offToken}},
	{"关闭", token{kind: offToken}},
	{"闭馆", token{kind: offToken}},
	{"次日", token{kind: nextDayToken}},
	{"次年", token{kind: silentToken}},
	{"第二天", token{kind: nextDayToken}},
	{"凌晨", token{kind: smallHoursToken}},
	{"早上", token{kind: silentToken}},
	{"早晨", token{kind: silentToken}},
	{"早", token{kind: silentToken}},
	{"中午", token{kind: noonToken}},
	{"上午", token{kind: silentToken}},
	{"下午", token{kind: afternoonToken}},
	{"晚上", token{kind: eveningToken}},
	{"晚", token{kind: eveningToken}},
	{"营业时间", token{kind: silentToken}},
	{"营业", token{kind: silentToken}},
	{"开放时间", token{kind: silentToken}},
	{"开放", token{kind: silentToken}},
	{"至", token{kind: dashToken}},
	{"到", token{kind: dashToken}},
}

var latinWords = map[string]token{
	"ph": {kind: holidayToken}, "mw": {kind: makeupToken}, "off": {kind: offToken}, "closed": {kind: offToken},
	"open": {kind: silentToken}, "daily": {kind: everyDayToken},
}

func init() {
	for day := range 7 {
		name := strings.ToLower(time.Weekday(day).String())
		for _, n := range []int{2, 3, len(name)} {
			latinWords[name[:n]] = token{kind: dayToken, n: day}
		}
	}
	for month := time.January; month <= time.December; month++ {
		name := strings.ToLower(month.String())
		latinWords[name[:3]] = token{kind: monthToken, n: int(month)}
		latinWords[name] = token{kind: monthToken, n: int(month)}
	}
}

var marks = map[rune]tokenKind{
	'-': dashToken, '–': dashToken, '—': dashToken, '－': dashToken, '~': dashToken, '～': dashToken, '‑': dashToken,
	',': commaToken, '，': commaToken, '、': commaToken, '/': commaToken,
	';': semicolonToken, '；': semicolonToken, '。': semicolonToken, '\n': semicolonToken,
	':': silentToken, '：': silentToken,
}

var closers = map[rune]rune{'"': '"', '“': '”', '（': '）', '(': ')', '「': '」'}

var chineseDays = map[rune]int{'日': 0, '天': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6}

// lexer cuts one text into tokens.
type lexer struct {
	rest string
	tail []token // rules that hold after all others
	out  []token
}

func lex(text string) []token {
	l := lexer{rest: strings.Map(narrow, text)}
	for l.rest != "" {
		l.step()
	}
	for i := 1; i+1 < len(l.out); i++ { // two spans on two lines
		if l.out[i].text == "\n" && l.out[i-1].kind == timeToken && isTime(l.out[i+1].kind) {
			l.out[i].kind = commaToken
		}
	}
	return append(append(l.out, l.tail...), token{kind: endOfText})
}

// narrow makes full-width digits and letters ordinary ones; the marks are known as
// they are.
func narrow(r rune) rune {
	if r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || r == '／' {
		return r - '０' + '0'
	}
	return r
}

// exceptForms say that holidays are closed, wherever they stand.
var exceptForms = regexp.MustCompile(`^[（(]?(国家)?(法定)?节假日除外[）)]?`)

func (l *lexer) except() bool {
	form := exceptForms.FindString(l.rest)
	if form == "" {
		return false
	}
	l.rest = l.rest[len(form):]
	l.tail = []token{{kind: semicolonToken}, {kind: holidayToken, text: form}, {kind: offToken, text: form}}
	return true
}

// seasonForms name a season and its dates; without dates nobody knows when it is.
var seasonForms = regexp.MustCompile(`^[春夏秋冬]季(节|时间)?[：:]?\s*(?:[（(]([0-9月日号至到年次~～—–\-]+)[）)]|([0-9]{1,2}月))`)

func (l *lexer) season() bool {
	m := seasonForms.FindStringSubmatch(l.rest)
	if m == nil {
		return false
	}
	if m[3] != "" {
		l.rest = l.rest[len(m[0])-len(m[3]):]
	} else {
		l.rest = m[2] + l.rest[len(m[0]):]
	}
	return true
}

func (l *lexer) emit(k tokenKind, n, size int) {
	if k != silentToken {
		l.out = append(l.out, token{k, n, l.rest[:size]})
	}
	l.rest = l.rest[size:]
}

func (l *lexer) step() {
	if l.except() || l.season() {
		return
	}
	for _, w := range chineseWords {
		if strings.HasPrefix(l.rest, w.word) {
			l.emit(w.token.kind, w.token.n, len(w.word))
			return
		}
	}
	r, size := utf8.DecodeRuneInString(l.rest)
	switch {
	case r != '\n' && unicode.IsSpace(r):
		l.rest = l.rest[size:]
	case r >= '0' && r <= '9':
		l.number()
	case r < utf8.RuneSelf && unicode.IsLetter(r):
		l.latin()
	case closers[r] != 0 && strings.ContainsRune(l.rest[size:], closers[r]):
		end := size + strings.IndexRune(l.rest[size:], closers[r])
		l.out = append(l.out, token{kind: noteToken, text: strings.TrimSpace(l.rest[size:end])})
		l.rest = l.rest[end+utf8.RuneLen(closers[r]):]
	case l.weekday():
	default:
		kind, ok := marks[r]
		if !ok {
			kind = unreadable
		}
		l.emit(kind, 0, size)
	}
}

// weekday reads 周一, 星期日, 周六日, and the 五 of 周一至五.
func (l *lexer) weekday() bool {
	rest, found := l.rest, false
	for _, w := range []string{"周", "星期", "礼拜"} {
		if after, ok := strings.CutPrefix(rest, w); ok {
			rest, found = after, true
			break
		}
	}
	n := len(l.out)
	if rest, ok := strings.CutPrefix(rest, "末"); ok && found {
		l.out = append(l.out, token{kind: dayToken, n: 6, text: "周末"}, token{kind: dayToken, n: 0, text: "周末"})
		l.rest = rest
		return true
	}
	if !found && (n < 2 || l.out[n-1].kind != dashToken && l.out[n-1].kind != commaToken || l.out[n-2].kind != dayToken) {
		return false
	}
	for first := true; ; first = false {
		r, size := utf8.DecodeRuneInString(rest)
		day, ok := chineseDays[r]
		if !ok {
			return !first
		}
		rest = rest[size:]
		l.out = append(l.out, token{kind: dayToken, n: day, text: "周" + string(r)})
		l.rest = rest
	}
}

func (l *lexer) latin() {
	n := 0
	for n < len(l.rest) && (l.rest[n]|0x20 >= 'a' && l.rest[n]|0x20 <= 'z') {
		n++
	}
	t, ok := latinWords[strings.ToLower(l.rest[:n])]
	if !ok {
		t.kind = unreadable
	}
	l.emit(t.kind, t.n, n)
}

// number reads a time (8:00, 8：30, 8点, 8点半, 8时30分), a part of a date
// (2026年, 11月, 23日) or a bare number, which is a year or a day of the month.
func (l *lexer) number() {
	n, size := digits(l.rest)
	rest := l.rest[size:]
	r, w := utf8.DecodeRuneInString(rest)
	switch r {
	case ':', '：', '点', '时':
		minute, more := digits(rest[w:])
		clock := r == ':' || r == '：'
		switch {
		case more == 0 && clock:
		case !clock && strings.HasPrefix(rest[w:], "半"):
			l.emit(timeToken, n*60+30, size+w+len("半"))
			return
		default:
			w += more
			if after, ok := strings.CutPrefix(rest[w:], "分"); ok {
				w = len(rest) - len(after)
			}
			kind := timeToken
			if minute > 59 || n > 48 || clock && more != 2 {
				kind = unreadable
			}
			l.emit(kind, n*60+minute, size+w)
			return
		}
	case '年':
		l.emit(yearToken, n, size+w)
		return
	case '月':
		l.emit(monthToken, n, size+w)
		return
	case '日', '号':
		l.emit(dayOfMonthToken, n, size+w)
		return
	}
	switch {
	case size == 4 && l.isoDate(n):
	case size == 4:
		l.emit(yearToken, n, size)
	default:
		l.emit(dayOfMonthToken, n, size)
	}
}

// isoDate reads the rest of 2026-11-23.
func (l *lexer) isoDate(year int) bool {
	if len(l.rest) < len(time.DateOnly) {
		return false
	}
	t, err := time.Parse(time.DateOnly, l.rest[:len(time.DateOnly)])
	if err != nil {
		return false
	}
	l.emit(yearToken, year, 4)
	l.rest = l.rest[1:]
	l.emit(monthToken, int(t.Month()), 2)
	l.rest = l.rest[1:]
	l.emit(dayOfMonthToken, t.Day(), 2)
	return true
}

func digits(s string) (n, size int) {
	for size < len(s) && size < 5 && s[size] >= '0' && s[size] <= '9' {
		size++
	}
	n, err := strconv.Atoi(s[:size])
	if err != nil {
		return 0, 0
	}
	return n, size
}
