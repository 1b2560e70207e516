package mark

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// marks puts each value onto its sheet.
func (a *arranger) marks() {
	rows := map[*Sheet]int{} // of an absence or recusal
	for _, m := range a.set.Marks {
		sheet, p := a.sheet(m)
		if sheet == nil || m.Value.Missing() {
			continue // it has said who is of the panel
		}
		if m.Criterion == "" {
			a.whole(m, p, sheet, rows)
			continue
		}
		i := slices.IndexFunc(p.Judged.Criteria, func(c rule.Criterion) bool { return c.Key == m.Criterion })
		switch {
		case i < 0:
			a.fault(m.Row, "环节“%[1]s”没有指标“%[2]s”（评委 %[3]s，作品 %[4]s）：有 %[5]s", "part %[1]q has no criterion %[2]q (judge %[3]s, entry %[4]s): it has %[5]s", m.Part, m.Criterion, m.Judge, m.Entry, criteria(p.Judged))
			continue
		case !sheet.Marks[i].Missing():
			a.fault(m.Row, "评委 %[1]s 给作品 %[2]s 的 %[3]s 写了两次：%[4]s 和 %[5]s", "judge %[1]s has two marks for %[3]s of %[2]s: %[4]s and %[5]s", m.Judge, m.Entry, m.Criterion, sheet.Marks[i], m.Value)
			continue
		}
		if err := Fits(&p.Judged.Criteria[i], m.Value); err != nil {
			a.wrong(m, err)
			continue
		}
		sheet.Marks[i] = m.Value
		if _, is := m.Value.Number(); !is {
			rows[sheet] = m.Row
		}
	}
	for i := range a.table.Parts {
		a.sheets(&a.table.Parts[i], rows)
	}
	a.barred()
}

// sheet finds where a mark belongs.
func (a *arranger) sheet(m Mark) (*Sheet, *Part) {
	part, ok := a.parts[m.Part]
	e, there := a.places[m.Entry]
	switch {
	case !ok && m.Part == "":
		a.fault(m.Row, "评委 %[1]s 给作品 %[2]s 的分没有写环节，规则里由评委打分的有 %[3]s", "the mark of judge %[1]s for %[2]s has no part, and the rule has several that are judged: %[3]s", m.Judge, m.Entry, a.judged())
		return nil, nil
	case !ok:
		a.fault(m.Row, "规则里没有环节“%[1]s”：由评委打分的有 %[2]s", "the rule has no part %[1]q: those that are judged are %[2]s", m.Part, a.judged())
		return nil, nil
	case a.table.Parts[part].Judged == nil:
		a.fault(m.Row, "环节“%s”不由评委打分", "nobody judges part %q", m.Part)
		return nil, nil
	case !there:
		a.fault(m.Row, "没有作品“%s”", "there is no entry %q", m.Entry)
		return nil, nil
	}
	p := &a.table.Parts[part]
	if a.table.Came[e] < p.Stage {
		a.fault(m.Row, "作品 %[1]s 没有到环节“%[2]s”，却有评委 %[3]s 的分", "entry %[1]s did not come to part %[2]q, and has a mark of judge %[3]s", m.Entry, m.Part, m.Judge)
		return nil, nil
	}
	seat, ok := slices.BinarySearch(p.Seats, m.Judge)
	for i := range p.Sheets[e] {
		if ok && p.Sheets[e][i].Seat == seat {
			return &p.Sheets[e][i], p
		}
	}
	a.fault(m.Row, "评委 %[1]s 不评作品 %[2]s 的环节“%[3]s”", "judge %[1]s does not mark part %[3]q of %[2]s", m.Judge, m.Entry, m.Part)
	return nil, nil
}

// judged names the parts that are judged.
func (a *arranger) judged() string {
	var keys []string
	for i := range a.table.Parts {
		if a.table.Parts[i].Judged != nil {
			keys = append(keys, a.table.Parts[i].Key)
		}
	}
	if len(keys) == 0 {
		return "—"
	}
	return strings.Join(keys, ", ")
}

func criteria(j *rule.Judged) string {
	keys := make([]string, len(j.Criteria))
	for i, c := range j.Criteria {
		keys[i] = c.Key
	}
	return strings.Join(keys, ", ")
}

// Fits tells why a value is no mark of a criterion: out of its range, or between its steps. What is no mark fits.
func Fits(c *rule.Criterion, v Value) error {
	n, is := v.Number()
	switch {
	case !is:
		return nil
	case n.Less(c.From) || c.To.Less(n):
		return invalid("%[1]s 不在 %[2]s 到 %[3]s 之间", "%[1]s is not between %[2]s and %[3]s", n, c.From, c.To)
	case !c.On(n):
		return invalid("%[1]s 不行：从 %[2]s 起，每次加 %[3]s", "%[1]s is none: marks begin at %[2]s, in steps of %[3]s", n, c.From, c.Step)
	}
	return nil
}

// whole takes an absence or a recusal of a sheet.
func (a *arranger) whole(m Mark, p *Part, sheet *Sheet, rows map[*Sheet]int) {
	was := sheet.State
	switch {
	case m.Value.IsAbsent():
		sheet.State = Away
	case m.Value.IsRecused():
		sheet.State = Barred
	default:
		a.fault(m.Row, "没有写是哪个指标的分（评委 %[1]s，作品 %[2]s）：环节“%[3]s”有 %[4]s", "it does not say of which criterion the mark is (judge %[1]s, entry %[2]s): part %[3]q has %[4]s", m.Judge, m.Entry, p.Key, criteria(p.Judged))
		return
	}
	if was != Owed {
		a.fault(m.Row, "评委 %[1]s 对作品 %[2]s 的缺席或回避写了两次", "an absence or recusal of judge %[1]s for %[2]s is there twice", m.Judge, m.Entry)
	}
	rows[sheet] = m.Row
}

// sheets tells how each sheet of a part stands.
func (a *arranger) sheets(p *Part, rows map[*Sheet]int) {
	for e := range p.Sheets {
		for i := range p.Sheets[e] {
			s := &p.Sheets[e][i]
			marks, away, barred := 0, s.State == Away, s.State == Barred
			for _, v := range s.Marks {
				switch v.kind {
				case number:
					marks++
				case absent:
					away = true
				case recused:
					barred = true
				case nothing:
				}
			}
			switch judge, entry := p.Seats[s.Seat], a.table.Entries[e].Key; {
			case marks > 0 && (away || barred), away && barred:
				a.fault(rows[s], "评委 %[1]s 对作品 %[2]s 又有分，又写了缺席或回避（环节“%[3]s”）：只能有一种", "judge %[1]s has a mark and an absence or recusal for %[2]s (part %[3]q): only one can be", judge, entry, p.Key)
			case away:
				s.State = Away
			case barred:
				s.State = Barred
			case marks == len(s.Marks):
				s.State = Given
			}
			if s.State != Given && s.State != Owed {
				clear(s.Marks)
			}
		}
	}
}

// barred carries a recusal to the other parts of the entry.
func (a *arranger) barred() {
	for i := range a.table.Parts {
		p := &a.table.Parts[i]
		for e := range p.Sheets {
			for k := range p.Sheets[e] {
				if s := &p.Sheets[e][k]; s.State == Barred {
					a.carry(p.Seats[s.Seat], e)
				}
			}
		}
	}
}

func (a *arranger) carry(judge string, e int) {
	for i := range a.table.Parts {
		p := &a.table.Parts[i]
		seat, ok := slices.BinarySearch(p.Seats, judge)
		if !ok {
			continue
		}
		for k := range p.Sheets[e] {
			s := &p.Sheets[e][k]
			if s.Seat != seat {
				continue
			}
			if slices.ContainsFunc(s.Marks, func(v Value) bool { return !v.Missing() }) {
				a.fault(0, "评委 %[1]s 对作品 %[2]s 回避，却在环节“%[3]s”里打了分", "judge %[1]s is recused from %[2]s, and marked it in part %[3]q", judge, a.table.Entries[e].Key, p.Key)
			}
			s.State = Barred
		}
	}
}
