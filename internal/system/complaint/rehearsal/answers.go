package rehearsal

import (
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// state is how far a point is, as its letter's answer has it.
type state uint8

const (
	working state = iota
	staged
	mended
)

// answer is what a city says of a letter: how it was looked at, what was found of each point, what was ordered and
// what has become of it.
func (p *player) answer(c came) (a letter.Answer) {
	several := len(c.points) > 1
	var found, done, aims []string
	for i, b := range c.points {
		f, d := b.fact, p.says(b)
		if several {
			f, d = fmt.Sprintf("（%d）%s：%s。该问题%s", i+1, b.name, f, b.verdict.Name().ZH), fmt.Sprintf("（%d）%s", i+1, d)
		}
		found, done = append(found, f+"。"), append(done, d)
		if b.verdict != complaint.Untrue {
			aims = append(aims, b.aim)
		}
	}
	a = letter.Answer{Found: p.looked(c) + strings.Join(found, "\n"), Done: strings.Join(done, "\n"), Aim: strings.Join(aims, "；")}
	if !several {
		a.Found += "反映的问题" + c.points[0].verdict.Name().ZH + "。"
	}
	return a
}

// looked says who looked, and when.
func (p *player) looked(c came) string {
	first := c.points[0]
	unit := first.unit
	if unit == "" {
		unit = districtUnit(first.division)
	}
	with := "属地街道"
	if first.with != "" {
		with = first.with
	}
	return fmt.Sprintf("%s，%s会同%s到现场核查。", chinese(p.looks[c.id]), unit, with)
}

// says is what was done about a point.
func (p *player) says(b begun) string {
	if b.verdict == complaint.Untrue {
		return "已向周边居民当面说明监测和走访情况；列入日常巡查，发现问题及时处理。"
	}
	text := b.order + "。"
	switch p.how[b.problem] {
	case mended:
		return text + "截至" + chinese(p.mended[b.problem]) + "，" + b.did + "。"
	case staged:
		return text + "已完成：" + b.plan[0] + "。" + b.waits + "，转入阶段性办结。"
	case working:
	}
	return text + "正在整改：" + strings.Join(b.plan, "；") + "，" + chinese(b.due(p.looks[b.letter])) + "前完成。"
}

// due is by which day a problem is to be put right that was looked at on a day.
func (b begun) due(on calendar.Date) calendar.Date {
	if b.story == longTerm {
		return on.Add(180)
	}
	return on.Add(20 + 5*(len(b.name)%5))
}

func chinese(d calendar.Date) string {
	_, month, day := d.Civil()
	return fmt.Sprintf("%d月%d日", int(month), day)
}

// report reports on a letter as it stands; reviewed says whether the office answers at once.
func (p *player) report(tx *db.Tx, who, clerk identity.Colleague, c came, reviewed bool) error {
	l, err := letter.Read(tx, c.id)
	if err != nil {
		return err
	}
	if l.Stage == "answered" {
		if l, err = p.Letters.ReviewIn(tx, clerk, letter.Review{Letter: c.id, Seen: l.Version, Move: "again", Why: "整改有新的进展，重新报结"}); err != nil {
			return err
		}
	}
	a := p.answer(c)
	if l, err = p.Letters.ReportIn(tx, who, letter.Report{Letter: c.id, Seen: l.Version, Answer: a}); err != nil || !reviewed {
		return err
	}
	_, err = p.Letters.ReviewIn(tx, clerk, letter.Review{Letter: c.id, Seen: l.Version, Move: "answer"})
	return err
}
