package redact

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	mail = regexp.MustCompile(`[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+`)
	// account goes by what stands before it: a letter and digits alone may be anything.
	account = regexp.MustCompile(`(?i)(微信|QQ|扣扣|V信|抖音|快手|支付宝|微博)(号码|账号|帐号|群号|群主|昵称|号|群|ID)?[ :"“”是为]*([A-Za-z0-9][-_A-Za-z0-9.]{4,29})`)
	plate   = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-Za-hj-z][ ·•.\-]?([A-Za-z0-9]{4,6})([挂学警港澳领试超]?)`)
	pair    = regexp.MustCompile(`([0-9]{2,3}\.[0-9]{4,})[ °]*[,、 ][ ]*([0-9]{2,3}\.[0-9]{4,})°?`)
	cued    = regexp.MustCompile(`(?i)(东经|北纬|经度|纬度|longitude|latitude|lon|lng|lat|[EN])[ :=为]*([0-9]{1,3}\.[0-9]{3,}[ ]?[°度]?)`)
	sixties = regexp.MustCompile(`[0-9]{1,3}[ ]?[°度][ ]?[0-9]{1,2}(?:\.[0-9]{2,}[ ]?[′'’分]|[ ]?[′'’分][ ]?[0-9]{1,2}(?:\.[0-9]+)?[ ]?[″"”秒])`)
	publics = regexp.MustCompile(`^(?:12[0-9]{3}|1[12][0-9]|9[56][0-9]{3,4})$`) // hotlines
)

// each visits what an expression finds, with the runes of its groups.
func (p *plain) each(re *regexp.Regexp, visit func(at []int)) {
	for _, m := range re.FindAllStringSubmatchIndex(p.text, -1) {
		at := make([]int, len(m))
		for i, b := range m {
			if at[i] = -1; b >= 0 {
				at[i] = p.rune[b]
			}
		}
		visit(at)
	}
}

// word is a stretch of runes.
func (p *plain) word(from, to int) string {
	if from < 0 {
		return ""
	}
	return string(p.runes[from:to])
}

func (p *plain) mails() {
	p.each(mail, func(at []int) {
		office := strings.HasSuffix(strings.ToLower(p.word(at[0], at[1])), ".gov.cn")
		p.add(at[0], at[1], Span{Kind: Mail, Rule: "mail", Sure: !office})
	})
}

func (p *plain) accounts() {
	p.each(account, func(at []int) {
		id := strings.TrimRight(p.word(at[6], at[7]), ".-")
		said := at[4] >= 0 || p.get(at[6]-1) == ':' // 微信号 or 微信：, and no word of another language
		if publics.MatchString(id) || !said && !strings.ContainsAny(id, "0123456789_") {
			return
		}
		p.add(at[6], at[6]+len(id), Span{Kind: Account, Rule: "account", Sure: true})
	})
}

func (p *plain) plates() {
	p.each(plate, func(at []int) {
		id, digits := p.word(at[2], at[3]), 0
		for _, r := range id {
			if r <= '9' {
				digits++
			}
		}
		tail := at[4] < at[5]
		whole := len(id) == 5 || len(id) == 6 || len(id) == 4 && tail
		if !whole || digits < 3 || alnum(p.get(at[1])) {
			return
		}
		if end := at[1]; len(id) > 4 && tail {
			p.add(at[0], end-1, Span{Kind: Plate, Rule: "plate", Sure: true})
		} else {
			p.add(at[0], end, Span{Kind: Plate, Rule: "plate", Sure: true})
		}
	})
}

func alnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// positions are those within China: other pairs of numbers are not.
func (p *plain) positions() {
	p.each(pair, func(at []int) {
		x, _ := strconv.ParseFloat(p.word(at[2], at[3]), 64)
		y, _ := strconv.ParseFloat(p.word(at[4], at[5]), 64)
		if x, y = max(x, y), min(x, y); x >= 73 && x <= 136 && y >= 3 && y <= 54 && !number(p.get(at[0]-1)) {
			p.add(at[0], at[1], Span{Kind: Position, Rule: "coordinates", Sure: true})
		}
	})
	p.each(cued, func(at []int) {
		v, _ := strconv.ParseFloat(strings.TrimRight(p.word(at[4], at[5]), " °度"), 64)
		if v >= 3 && v <= 136 && (!alnum(p.get(at[0]-1)) || !alnum(p.get(at[0]))) {
			p.add(at[4], at[5], Span{Kind: Position, Rule: "coordinates", Sure: true})
		}
	})
	p.each(sixties, func(at []int) {
		if !number(p.get(at[0] - 1)) {
			p.add(at[0], at[1], Span{Kind: Position, Rule: "coordinates", Sure: true})
		}
	})
}

func number(r rune) bool { return r >= '0' && r <= '9' || r == '.' }
