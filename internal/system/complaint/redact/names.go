package redact

import (
	"slices"
	"sort"
	"strings"
	"unicode"
)

// cue is a word behind which a name may stand.
type cue struct {
	word   []rune
	strong bool
}

var cues = func() (all []cue) {
	for _, w := range strong {
		all = append(all, cue{[]rune(w), true})
	}
	for _, w := range weak {
		all = append(all, cue{[]rune(w), false})
	}
	sort.SliceStable(all, func(i, j int) bool { return len(all[i].word) > len(all[j].word) })
	return all
}()

// people is the rules for names.
type people struct{ *plain }

func (p *plain) at2(i int, word []rune) bool {
	return i >= 0 && i+len(word) <= len(p.runes) && slices.Equal(p.runes[i:i+len(word)], word)
}

func (p people) names() {
	for i := range p.runes {
		for _, c := range cues {
			if p.at2(i, c.word) && (c.word[0] != '业' || i <= 0 || !strings.ContainsRune("行企商农林工产", p.get(i-1))) {
				p.named(p.joined(i+len(c.word)), c.strong)
				break
			}
		}
	}
	p.again()
	p.addressed()
	p.unannounced()
}

// again covers a name wherever else it stands.
func (p people) again() {
	for _, s := range slices.Clone(p.found) {
		if s.Kind != Name || !s.Sure {
			continue
		}
		from, _ := slices.BinarySearch(p.at, s.From)
		to, _ := slices.BinarySearch(p.at, s.To)
		name := p.runes[from:to]
		for i := range p.runes {
			if p.at2(i, name) {
				p.add(i, i+len(name), Span{Kind: Name, Rule: "name found elsewhere in the text", Sure: len(name) > 2 || p.ends(i+len(name))})
			}
		}
	}
}

// joined passes over what may stand between a cue and a name.
func (p people) joined(i int) int {
	from := i
	for i-from < 4 && strings.ContainsRune(": \"“(「『﹁\n", p.get(i)) && p.get(i) != 0 {
		i++
	}
	if r := p.get(i); r == '为' || r == '系' || r == '是' || r == '叫' {
		i++
	}
	for i-from < 5 && strings.ContainsRune(": \"“「『", p.get(i)) && p.get(i) != 0 {
		i++
	}
	return i
}

// named notes a name at a rune, and those that are listed behind it.
func (p people) named(i int, strong bool) {
	for first := true; ; first = false {
		n := p.masked(i)
		if n == 0 {
			var sure bool
			if n, sure = p.nameAt(i, strong); n == 0 || !first && !sure {
				return
			}
			p.add(i, i+n, Span{Kind: Name, Rule: "name behind a word for a person", Sure: sure})
		}
		if i += n; !strings.ContainsRune("、和及与", p.get(i)) || p.get(i) == 0 {
			return
		}
		i++
	}
}

// masked is how long a name is that was covered already, as 某某 or 张某.
func (p people) masked(i int) (n int) {
	if surnames[p.get(i)] {
		n = 1
	}
	from := n
	for n < 4 && strings.ContainsRune("某*×", p.get(i+n)) && p.get(i+n) != 0 {
		n++
	}
	if n == from {
		return 0
	}
	return n
}

// nameAt is how long a name is that begins at a rune, or 0. It is sure where what follows can
// follow a name.
func (p people) nameAt(i int, strong bool) (n int, sure bool) {
	if n := p.dotted(i); n > 0 {
		return n, true
	}
	if n := p.tibetanAt(i); n > 0 && p.ends(i+n) {
		return n, true
	}
	if n := p.transcribedAt(i - 1); strong && n > 2 && p.ends(i-1+n) {
		return n - 1, false // a name that is written by its sound, without a surname
	}
	first := 1
	if compound[p.word(i, min(i+2, len(p.runes)))] {
		first = 2
	} else if !surnames[p.get(i)] {
		return 0, false
	}
	stop := stops[p.word(i, min(i+2, len(p.runes)))]
	if n := p.transcribedAt(i); n > 0 && p.ends(i+n) {
		return n, true
	}
	short, long := p.given(i+first, 1) && p.ends(i+first+1), p.given(i+first, 2) && p.ends(i+first+2)
	colon := p.get(i-1) == ':' || p.get(i-1) == ' ' && p.get(i-2) == ':'
	switch {
	case slices.ContainsFunc(titles, func(t string) bool { return p.at2(i+first, []rune(t)) }):
		return 0, false // 郑先生 says no more than 郑某
	case stop && colon && p.given(i+1, 2) && p.closes(i+3):
		return 3, false
	case stop:
		return 0, false
	case short && long && (cutting[p.get(i+first+1)] || p.wordFollows(i+first+1)):
		return first + 1, true
	case long:
		return first + 2, true
	case short:
		return first + 1, true
	case p.organ(i), !strong && !certain[p.get(i)], !p.given(i+first, 1):
		return 0, false
	case p.given(i+first, 2):
		return first + 2, false
	}
	return first + 1, false
}

// titles stand behind names, and are none.
var titles = []string{"先生", "女士", "同志", "师傅", "老师", "大爷", "阿姨"}

// given reports whether some characters can be a given name.
func (p people) given(i, n int) bool {
	if slices.ContainsFunc(titles, func(t string) bool { return n > 1 && p.at2(i, []rune(t)) }) {
		return false
	}
	for k := range n {
		r := p.get(i + k)
		if !unicode.Is(unicode.Han, r) || never[r] {
			return false
		}
	}
	return true
}

// ends reports whether a name can end before a rune.
func (p people) ends(i int) bool {
	r := p.get(i)
	if r == 0 || !unicode.Is(unicode.Han, r) {
		return r != '*' && r != 'X' && r != 'x' && r != '×'
	}
	return slices.ContainsFunc(follow, func(w string) bool { return strings.HasPrefix(string(p.runes[i:min(i+3, len(p.runes))]), w) })
}

// closes reports whether a clause ends before a rune.
func (p people) closes(i int) bool { return !unicode.Is(unicode.Han, p.get(i)) && !alnum(p.get(i)) }

// wordFollows reports whether a longer word that may follow a name begins at a rune.
func (p people) wordFollows(i int) bool {
	rest := string(p.runes[i:min(i+3, len(p.runes))])
	return slices.ContainsFunc(follow, func(w string) bool { return len(w) > 3 && strings.HasPrefix(rest, w) })
}

// organ reports whether what begins at a rune is the name of an enterprise or a place.
func (p people) organ(i int) bool {
	to := i
	for to < len(p.runes) && to-i < 14 && unicode.Is(unicode.Han, p.runes[to]) {
		to++
	}
	rest := p.word(i, to)
	return slices.ContainsFunc(organs, func(w string) bool { return strings.Contains(rest, w) })
}

// dotted is how long a name such as 买买提·吐尔逊 is.
func (p people) dotted(i int) int {
	n, dot := 0, false
	for n < 16 && (unicode.Is(unicode.Han, p.get(i+n)) && !never[p.get(i+n)] || n > 1 && strings.ContainsRune("·•・", p.get(i+n)) && p.get(i+n) != 0) {
		if !unicode.Is(unicode.Han, p.get(i+n)) {
			if dot {
				break
			}
			dot = true
		} else if dot && n > 3 && p.ends(i+n) && !p.dotBefore(i+n, 2) {
			break
		}
		n++
	}
	if !dot || p.dotBefore(i+n, 1) {
		return 0
	}
	return n
}

func (p people) dotBefore(i, within int) bool {
	return strings.ContainsAny(p.word(max(i-within, 0), i), "·•・")
}

// tibetanAt is how long a name made of parts of Tibetan names is; one alone is of two characters
// at least.
func (p people) tibetanAt(i int) (n int) {
	for n < 8 {
		step := 0
		for _, r := range tibetan {
			if len(r) > step && p.at2(i+n, r) && (n > 0 || len(r) > 1) {
				step = len(r)
			}
		}
		if step == 0 && n > 1 && n < 4 { // the last part may be one that is not listed
			for k := 1; n+k <= 4 && p.given(i+n, k); k++ {
				if p.ends(i + n + k) {
					return n + k
				}
			}
		}
		if step == 0 || n > 0 && step == 1 && p.ends(i+n) && !p.ends(i+n+1) {
			break
		}
		n += step
	}
	return n
}

// transcribedAt is how long a surname with a name written down by its sound is, as 韩乙四夫.
func (p people) transcribedAt(i int) int {
	n := 1
	for n < 6 && transcribed[p.get(i+n)] {
		n++
	}
	if n < 4 {
		return 0
	}
	return n
}

// addressed finds names before 先生 and the like. A person looks at them.
func (p people) addressed() {
	for i := range p.runes {
		for _, title := range titles {
			if !p.at2(i, []rune(title)) {
				continue
			}
			for _, n := range []int{3, 2} {
				if from := i - n; from >= 0 && p.begins(from) && surnames[p.get(from)] && !stops[p.word(from, from+2)] && p.given(from+1, n-1) {
					p.add(from, i, Span{Kind: Name, Rule: "name before a title"})
					break
				}
			}
		}
	}
}

// begins reports whether a name can begin at a rune without a cue.
func (p people) begins(i int) bool {
	r := p.get(i - 1)
	if r == ' ' && alnum(p.get(i-2)) {
		return false // 500 米
	}
	return r == 0 || !unicode.Is(unicode.Han, r) && !alnum(r) || strings.ContainsRune("由对与和及给向被找叫", r)
}

// acts are what stands behind the name of somebody who complains or is complained about, and behind few
// other words.
var acts = strings.Fields(`反映 投诉 举报 来电 来信 来访 家住 称 表示 诉 家的 家中 家门 家养 一家 (男 (女 (身份 兄弟 夫妇 夫妻 父子 指使 经营 承包 私 擅自 驾驶 党内 党纪 政务 诫勉 记过 警告 撤职 免职 发布 等人 等两 等三 等2 等3 等4 等5 本人 名下 提供 签字 (家住 (电话 (手机 的丈夫 的妻子 的儿子 的养 的饭 的餐 的店 的厂 的砂 牵头 负责 轮流 值守 配合 家改 家装 家后 家墙 家旁 家把`)

// unannounced finds names without a word for a person before them: where a clause begins, or behind a place or an
// office, and before what people do; names of several Tibetan parts; names with a dot. A person looks at them.
func (p people) unannounced() {
	for i := range p.runes {
		if p.begins(i) || i > 0 && strings.ContainsRune("村社组镇乡局厂司院校站所处科称据、号"+near, p.get(i-1)) {
			p.loose(i)
		}
		if n := p.tibetanAt(i); n >= 4 && p.ends(i+n) {
			p.add(i, i+n, Span{Kind: Name, Rule: "Tibetan name"})
		}
		if p.get(i) == '老' && surnames[p.get(i+1)] && p.get(i+2) == '家' && !strings.ContainsRune("庄村沟台寨具伙乡", p.get(i+3)) {
			p.add(i, i+3, Span{Kind: Name, Rule: "a family"})
		}
		if n := p.dotted(i); n > 0 && p.begins(i) {
			p.add(i, i+n, Span{Kind: Name, Rule: "name with a dot"})
		}
	}
}

// near are the ends of words for persons, and words that have a person behind them.
const near = "员长人书妇母父总女子友婿媳报内为将把是让使请找叫排户"

// loose notes a name before what people do, with those that are listed before it.
func (p people) loose(i int) {
	if n := p.transcribedAt(i); n > 0 && surnames[p.get(i)] && p.ends(i+n) {
		p.add(i, i+n, Span{Kind: Name, Rule: "name before what somebody does"})
		return
	}
	if !surnames[p.get(i)] || stops[p.word(i, min(i+2, len(p.runes)))] {
		return
	}
	for _, n := range []int{3, 2} {
		if !p.given(i+1, n-1) {
			continue
		}
		listed := strings.ContainsRune("、和", p.get(i+n)) && p.get(i+n) != 0
		ended := n == 3 && (p.begins(i) || strings.ContainsRune(near, p.get(i-1)) && i > 0) && p.ends(i+n)
		if ended || listed && n == 3 && certainList(p, i+n+1) || slices.ContainsFunc(acts, func(w string) bool { return p.at2(i+n, []rune(w)) }) {
			p.add(i, i+n, Span{Kind: Name, Rule: "name before what somebody does"})
			return
		}
	}
}

// certainList reports whether another name follows, before what somebody does.
func certainList(p people, i int) bool {
	return surnames[p.get(i)] && p.given(i+1, 2) && slices.ContainsFunc(acts, func(w string) bool { return p.at2(i+3, []rune(w)) })
}
