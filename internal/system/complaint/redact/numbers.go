package redact

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// digitOf is the value of a digit, Arabic or Chinese, or -1.
func digitOf(r rune) (value int, chinese bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), false
	}
	if i := slices.Index([]rune("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖幺"), r); i >= 0 {
		return [...]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1}[i], true
	}
	return -1, false
}

// group is digits without anything between them.
type group struct {
	from, to int // runes
	digits   string
	broken   bool // a line break, or a change of script, parts it from the one before
	dashed   bool // a dash or a point parts it from the one before
}

// maxGap is how many spaces, dashes and line breaks may be between two groups of a number.
const maxGap = 3

// numbers looks at runs of groups of digits.
func (p *plain) numbers() {
	for i := 0; i < len(p.runes); {
		run := p.run(i)
		if len(run) == 0 {
			i++
			continue
		}
		p.classify(run)
		i = run[len(run)-1].to
	}
}

// run reads the groups that begin at a rune.
func (p *plain) run(i int) (run []group) {
	for {
		g := group{from: i, to: i}
		first, chinese := digitOf(p.get(i))
		if first < 0 {
			return run
		}
		for {
			d, c := digitOf(p.get(g.to))
			if d < 0 || c != chinese {
				break
			}
			g.digits += string(rune('0' + d))
			g.to++
		}
		if n := len(run); n > 0 {
			gap := p.word(run[n-1].to, g.from)
			g.broken = gap == "" || strings.ContainsAny(gap, "\n\r")
			g.dashed = strings.ContainsAny(gap, "-–—‐‑.·)")
		}
		run = append(run, g)
		i = g.to
		for i-g.to < maxGap && gapRune(p.get(i)) {
			i++
		}
	}
}

func gapRune(r rune) bool {
	return r != 0 && (strings.ContainsRune(" \n\r-–—‐‑.·)", r) || unicode.Is(unicode.Cf, r))
}

// classify looks for numbers that are whole groups of a run.
func (p *plain) classify(run []group) {
	barred := letterBefore(p, run[0].from)
	for i := 0; i < len(run); {
		if i > 0 && !run[i].dashed {
			barred = false // what stands behind a space is no part of a code
		}
		n := 0
		if !barred {
			n = p.numberAt(run[i:])
		} else if i == 0 && len(run[0].digits) == 11 && mobile(run[0].digits) {
			p.add(run[0].from, run[0].to, Span{Kind: Phone, Rule: "mobile after a letter"})
		}
		i += max(n, 1)
	}
}

// letterBefore reports whether digits belong to a code that begins with letters.
func letterBefore(p *plain, at int) bool {
	from := at
	for from > 0 && alnum(p.runes[from-1]) {
		from--
	}
	word := strings.ToLower(p.word(from, at))
	return word != "" && !slices.Contains([]string{"tel", "phone", "mobile", "mob", "v", "vx", "wx"}, word)
}

// numberAt looks for a number that begins with the first group, and says how many groups it has.
func (p *plain) numberAt(run []group) int {
	var digits strings.Builder
	var sizes []int
	best := 0
	for n, g := range run {
		if digits.WriteString(g.digits); len(digits.String()) > 21 {
			break
		}
		sizes = append(sizes, len(g.digits))
		from, to := run[0].from, g.to
		x := 0
		if end := p.get(to); len(digits.String()) == 17 && (end == 'X' || end == 'x' || end == '×') {
			x = 1
		}
		if alnum(p.get(to + x)) {
			continue
		}
		if s, ok := p.whatIs(from, digits.String(), x == 1, sizes, run[:n+1], p.get(to)); ok {
			for from > 0 && (p.runes[from-1] == '+' || p.runes[from-1] == '(' && slices.Contains(p.runes[from:to], ')')) {
				from--
			}
			p.add(from, to+x, s)
			best = n + 1
			break
		}
	}
	return best
}

// whatIs says what a number is, if it is of anybody.
func (p *plain) whatIs(from int, digits string, x bool, sizes []int, run []group, next rune) (Span, bool) {
	before := p.before(from, 10)
	if s, ok := identity(digits, x, before); ok || x {
		return s, ok
	}
	if s, ok := card(digits, before); ok {
		return s, ok
	}
	if s, ok := mobileOf(digits, sizes, run, before, next); ok {
		return s, ok
	}
	return landline(digits, sizes, before, next)
}

var (
	identityCue = regexp.MustCompile(`身份证|证件|公民身份|身份号`)
	cardCue     = regexp.MustCompile(`卡号|账号|帐号|账户|帐户|银行卡|户头`)
	phoneCue    = regexp.MustCompile(`(?i)电话|手机|座机|固话|号码|致电|拨打|传真|联系|tel`)
	publicCue   = regexp.MustCompile(`(举报|值班|监督|服务|公开|受理|咨询|公示|投诉)(专线|热线)?(电话|热线)|热线|专线`)
	amounts     = "元万亿吨块只平立米千公度%人件个户次升天年倍株头袋"
)

func identity(digits string, x bool, before string) (Span, bool) {
	s := Span{Kind: Identity, Rule: "identity"}
	switch {
	case len(digits) == 18, len(digits) == 17 && x:
		if !province(digits) || !day("20060102", digits[6:14]) {
			return s, false
		}
		s.Sure = checkDigit(digits[:17]) == (digits + "X")[17] || identityCue.MatchString(before) // who says so mistypes it all the same
	case len(digits) == 15:
		if !province(digits) || !day("060102", digits[6:12]) {
			return s, false
		}
		s.Sure, s.Rule = identityCue.MatchString(before), "identity of 15 digits"
	default:
		return s, false
	}
	return s, true
}

// province is what the first two digits of an identity number may be.
func province(digits string) bool {
	return slices.Contains(strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"), digits[:2])
}

func day(form, digits string) bool {
	t, err := time.Parse(form, digits)
	return err == nil && t.Year() >= 1900 && t.Year() < 2100
}

// checkDigit is that of GB 11643.
func checkDigit(digits string) byte {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(digits[i]-'0')
	}
	return "10X98765432"[sum%11]
}

func card(digits, before string) (Span, bool) {
	if len(digits) < 16 || len(digits) > 19 || !luhn(digits) || !strings.Contains("34569", digits[:1]) {
		return Span{}, false
	}
	return Span{Kind: Card, Rule: "card", Sure: digits[:2] == "62" || cardCue.MatchString(before)}, true
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func mobile(digits string) bool { return digits[0] == '1' && digits[1] >= '3' }

// usual are the ways in which people part a mobile number.
var usual = [][]int{{11}, {3, 4, 4}, {4, 3, 4}, {3, 8}, {7, 4}, {4, 4, 3}, {5, 6}, {6, 5}, {3, 3, 5}}

func mobileOf(digits string, sizes []int, run []group, before string, next rune) (Span, bool) {
	s := Span{Kind: Phone, Rule: "mobile"}
	for _, prefix := range []string{"0086", "86", "0", ""} {
		rest, ok := strings.CutPrefix(digits, prefix)
		if !ok || len(rest) != 11 || !mobile(rest) {
			continue
		}
		if prefix != "" && len(sizes) > 1 && sizes[0] == len(prefix) {
			sizes = sizes[1:]
		}
		shape := prefix != "" || slices.ContainsFunc(usual, func(u []int) bool { return slices.Equal(u, sizes) })
		broken := slices.ContainsFunc(run[1:], func(g group) bool { return g.broken })
		amount := next != 0 && strings.ContainsRune(amounts, next)
		switch {
		case amount && strings.HasSuffix(rest, "000000"):
			return s, false
		case !shape && !broken:
			return s, phoneCue.MatchString(before)
		}
		s.Sure = !amount
		return s, true
	}
	return s, false
}

// landline is a number with its area, or without it behind a word such as 电话. What
// is said to be a public line is looked at by a person.
func landline(digits string, sizes []int, before string, next rune) (Span, bool) {
	s := Span{Kind: Phone, Rule: "landline", Sure: !publicCue.MatchString(before)}
	if next != 0 && strings.ContainsRune(amounts, next) {
		return s, false
	}
	local := digits
	if digits[0] == '0' && len(digits) >= 10 {
		area := 4
		if digits[1] <= '2' {
			area = 3
		}
		if digits[1] == '0' || sizes[0] != area && len(sizes) > 1 {
			return s, false
		}
		local = digits[area:]
	} else if !phoneCue.MatchString(before) || len(sizes) > 2 || day("20060102", digits) {
		return s, false
	}
	return s, (len(local) == 7 || len(local) == 8) && local[0] >= '2' && local[0] <= '8'
}
