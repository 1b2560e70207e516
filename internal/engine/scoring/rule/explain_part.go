package rule

import (
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/lang"
)

// shownSeats is how many judges the trim is written out for; a panel is seldom larger.
const shownSeats = 9

// cutName parts part.criterion.
func cutName(name string) (part, criterion string, ok bool) { return strings.Cut(name, ".") }

func (e *explainer) part(part *Part) Paragraph {
	p := Paragraph{Title: say("环节：%s", "Part: %s", e.name(part.Key))}
	if part.Less() {
		p.Lines = append(p.Lines, say("满分：没有（of 为 %s）；名次小的好。", "There is no full score (of is %s): less is better.", part.Of))
	} else {
		p.Lines = append(p.Lines, say("满分 %s。", "The full score is %s.", part.Of))
	}
	if part.Judged != nil {
		p.Lines = append(p.Lines, e.judged(part.Judged)...)
	}
	if part.Votes != nil {
		p.Lines = append(p.Lines, e.votes(part)...)
	}
	if len(part.Measured) > 0 {
		p.Lines = append(p.Lines, say("由测量值得分，各项相加：", "Points for what is measured, added up:"))
		p.Lines = append(p.Lines, e.points(part.Measured)...)
	}
	if part.Carried != "" {
		p.Lines = append(p.Lines, say("带入%s阶段取舍后的总分。", "The rounded total of stage %s is carried over.", e.name(part.Carried)))
	}
	switch {
	case len(part.Deductions) == 0:
		p.Lines = append(p.Lines, say("这个环节没有扣分。", "The part has no deductions."))
	case part.Less():
		p.Lines = append(p.Lines, say("扣分从每位评委的小计里扣，再排名次：", "Deductions come off each sheet's sum, before there are places:"))
	default:
		p.Lines = append(p.Lines, say("环节扣分：", "Deductions of the part:"))
	}
	p.Lines = append(p.Lines, e.points(part.Deductions)...)
	p.Lines = append(p.Lines, say("环节得分%s；乘权重 %s 以后%s。", "The score of the part is %s; after its weight of %s it is %s.", part.Round.words(), part.Weight, part.Weighted.words()))
	return p
}

func (e *explainer) judged(j *Judged) (lines []lang.Text) {
	seats := say("评委人数不限。", "There may be any number of judges.")
	if j.Seats != 0 {
		seats = say("评委 %d 位。", "There are %d judges.", j.Seats)
	}
	lines = append(lines, seats)
	for _, k := range j.Criteria {
		lines = append(lines, say("%s：打 %s 到 %s 分，从最低分起每档 %s，权重 %s。", "%s: marks from %s to %s, in steps of %s from the lowest, with the weight %s.", e.name(k.Key), k.From, k.To, k.Step, k.Weight))
	}
	lines = append(lines, say("每个分%s。", "Each mark is %s.", j.Mark.words()))
	switch j.Across {
	case Sheets:
		lines = append(lines, say("每位评委：各项的分乘权重（每项%s），相加成小计；小计%s。以下对各位评委的小计进行。",
			"Of each judge, marks by their weights (each is %s) are added up; the sum is %s. What follows is done with these sums.", j.Column.words(), j.Sheet.words()))
	case Columns:
		lines = append(lines, say("每项指标单独对各位评委的分进行以下步骤，得到的指标分%s，再乘权重相加。",
			"What follows is done with the marks of each criterion by itself; its score is %s, and then weighted and added up.", j.Column.words()))
	default:
		lines = append(lines, say("合成的方向：%s；指标%s。", "Across: %s; a criterion is %s.", string(j.Across), j.Column.words()))
	}
	if j.Across != Sheets && j.Sheet != nil {
		lines = append(lines, say("小计%s。", "The sum of a sheet is %s.", j.Sheet.words()))
	}
	lines = append(lines, j.clampWords())
	lines = append(lines, say("去分：%s。同分的按席位先后，去低的从前面去，去高的从后面去。", "Dropped: %s. Equal scores are in the order of the seats: low ones are dropped from the front, high ones from the back.", j.trimWords()))
	lines = append(lines, say("留下的分%s。", "What is left: %s.", j.Combine.words()))
	if j.Equal != "" {
		lines = append(lines, say("同一位评委的小计相等时，%s。", "Where sheets of one judge are equal, %s.", j.Equal.words()))
	}
	if j.Unlike != "" {
		lines = append(lines, say("各位评委打的对象不一样时，%s。", "Where judges did not mark the same entries, %s.", j.Unlike.words()))
	}
	return lines
}

func (j *Judged) clampWords() lang.Text {
	c := j.Clamp
	if c == nil {
		return say("不设带宽：偏离再大的分也照算。", "There is no band: a score counts however far off it is.")
	}
	width := say("上下各 %s 分", "%s points to each side", c.By)
	if c.Share {
		width = say("上下各为中心的 %s 倍", "%s times the centre to each side", c.By)
	}
	beyond := say("超出的收到边上", "what is outside is moved to the edge")
	if c.Drop {
		beyond = say("超出的不计，计分人数按剩下的算", "what is outside does not count, and there are fewer to count")
	}
	return say("先设带宽，只做一次：以%s为中心，%s，%s；在边上的算在里面。", "First there is a band, once: round %s, %s; %s, and the edge is inside.", c.Around.words(), width, beyond)
}

// trimWords writes the trim out for each small number of judges, and by rows beyond.
func (j *Judged) trimWords() lang.Text {
	var all []lang.Text
	for n := 1; n <= shownSeats; n++ {
		t, ok := j.TrimFor(n)
		last := n // of those of whom nothing is dropped, or who have no result, alike
		for last < shownSeats {
			if next, too := j.TrimFor(last + 1); too != ok || next.Low+next.High+t.Low+t.High > 0 {
				break
			}
			last++
		}
		of := say("%d 位", "of %d", n)
		if last > n {
			of = say("%d 到 %d 位", "of %d to %d", n, last)
		}
		switch {
		case !ok:
			all = append(all, say("%s没有结果", "%s there is no result", of))
		case t.Low == 0 && t.High == 0:
			all = append(all, say("%s都不去", "%s none", of))
		default:
			all = append(all, say("%s去 %d 低 %d 高，留 %d", "%s, %d low and %d high, %d are left", of, t.Low, t.High, n-t.Low-t.High))
		}
		n = last
	}
	for _, t := range j.Trim {
		if t.From > shownSeats {
			all = append(all, say("%d 位起去 %d 低 %d 高", "from %d on, %d low and %d high", t.From, t.Low, t.High))
		}
	}
	return join(append(all, say("更多的照最后一条", "of more, as of the last")), "；", "; ")
}

func (e *explainer) votes(part *Part) (lines []lang.Text) {
	v := part.Votes
	if v.Share != "" {
		lines = append(lines, say("按%s折分：满分 × 本对象的票 ÷ %s；全都没有票的是 0 分。", "Points by %s: the full score × the entry's votes ÷ %s; where nobody has a vote there are 0 points.", e.name(v.Measure), v.Share.words()))
	}
	if v.Share == "" || v.Step.Sign() != 0 || v.Least.Sign() != 0 {
		lines = append(lines, say("按%s的名次得分：第一名满分，每低一名少 %s 分，最少 %s 分；票数相等的同名次（1、1、3）。",
			"Points by the rank in %s: the first has the full score, each place behind %s points fewer, at least %s; equal counts share a place (1, 1, 3).", e.name(v.Measure), v.Step, v.Least))
	}
	return append(lines, say("票数没有到齐以前，这个环节都不出分。", "Before all counts are in, nobody has a score of this part."))
}

// points explains measured values: what they are, and a table of what they give.
func (e *explainer) points(all []Points) (lines []lang.Text) {
	for _, p := range all {
		lines = append(lines, say("%s（%s）%s；没有测到时%s。", "%s (%s) is %s; where it was not measured, %s.", e.name(p.Measure), p.Kind.words(), p.Round.words(), p.Unmeasured.words()))
		if len(p.Bands) > 0 {
			lines = append(lines, say("不到 %s：0 分。", "Less than %s: 0.", p.Bands[0].From))
		}
		for i, b := range p.Bands {
			if i+1 < len(p.Bands) {
				lines = append(lines, say("从 %s 起，不到 %s：%s。", "From %s to less than %s: %s.", b.From, p.Bands[i+1].From, award(b.Points)))
			} else {
				lines = append(lines, say("从 %s 起：%s。", "From %s on: %s.", b.From, award(b.Points)))
			}
		}
		if each := p.Each; each != nil {
			step := say("每满", "each full")
			if each.Begun {
				step = say("每开始", "each begun")
			}
			most := say("不封顶", "with no bound")
			if each.Most != nil {
				most = say("合计最多%s", "altogether at most %s", award(*each.Most))
			}
			lines = append(lines, say("超过 %s 的部分，%s %s：%s，%s。", "Beyond %s, %s %s: %s, %s.", each.Over, step, each.Step, award(each.Points), most))
		}
		if p.Times != nil {
			lines = append(lines, say("数值（是为 1，否为 0）乘 %s 分。", "The value (a yes is 1, a no is 0) times %s points.", *p.Times))
		}
	}
	return lines
}

func award(n exact.Number) lang.Text {
	if n.Sign() < 0 {
		return say("扣 %s 分", "minus %s", n.Neg())
	}
	return say("得 %s 分", "plus %s", n)
}
