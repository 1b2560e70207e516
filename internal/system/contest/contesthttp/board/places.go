package board

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/web"
)

var title = lang.Text{ZH: "现场", EN: "Live"}

// Row is an entry's place so far.
type Row struct {
	Place int
	Entry string
	Total string
	Tied  bool
	In    bool // above the last line of the rule
}

// Rows are those that have a place, by place.
func (s *Show) Rows() (all []Row) {
	in := map[string]bool{}
	if n := len(s.Result.Cuts); n > 0 {
		for _, key := range s.Result.Cuts[n-1].In {
			in[key] = true
		}
	}
	for i := range s.Result.Entries {
		if e := &s.Result.Entries[i]; e.Place > 0 {
			all = append(all, Row{Place: e.Place, Entry: e.Key, Total: e.Text(), Tied: e.Tied, In: in[e.Key]})
		}
	}
	return all
}

// rowsLive is how many places stand beside who is on; the page of results has them all.
const rowsLive = 20

func first(rows []Row) []Row { return rows[:min(len(rows), rowsLive)] }

// Provisional tells whether places may still change: something is not revealed, is being corrected, or is to be decided.
func (s *Show) Provisional() bool { return !s.All || s.Event.Frozen || len(s.Result.Wants) > 0 }

// Left is how many are not revealed yet.
func (s *Show) Left() (n int) {
	for _, one := range s.Order {
		if one.State != hall.Shown && one.State != hall.Forfeit {
			n++
		}
	}
	return n
}

// Next is who is called next; empty: nobody waits.
func (s *Show) Next() string {
	for _, one := range s.Order {
		if one.State == hall.Waiting {
			return one.Entry
		}
	}
	return ""
}

// Total is what an entry comes to as it is announced; empty where only all of them tell.
func (s *Show) Total(number string) string {
	if e, ok := s.Result.Of(number); ok && e.Has {
		return e.Text()
	}
	if s.Last != nil && s.Last.Entry == number {
		return Readable(&s.Event.Rule.Rule, s.Last.Part, s.Last.Score)
	}
	return ""
}

// Readable is an exact score of a part as it is read: what does not end as a decimal has the places of the part, or of its stage's
// total, and a sign that it is about that.
func Readable(r *rule.Rule, part, score string) string {
	top, bottom, fraction := strings.Cut(score, "/")
	n, err := strconv.ParseInt(top, 10, 64)
	d, err2 := strconv.ParseInt(bottom, 10, 64)
	if !fraction || err != nil || err2 != nil || d == 0 {
		return score
	}
	places := 3
	if p, stage, ok := r.Part(part); ok {
		if round := cmp.Or(p.Round, r.Stages[stage].Round); round != nil {
			places = round.Places
		}
	}
	return "≈" + exact.Ratio(n, d).Decimal(places)
}

// Mark is one judge's score of what was revealed last.
type Mark struct {
	Seat  string
	Score string // empty: none
	Fate  string // low or high: it was left out; absent or recused
}

// Marks are the judges' scores of what was revealed last, by seat.
func (s *Show) Marks() (all []Mark) {
	if s.Last == nil {
		return nil
	}
	tr, _ := s.Result.Trace(s.Last.Entry)
	for _, stage := range tr.Stages {
		for i := range stage.Parts {
			if p := &stage.Parts[i]; p.Part == s.Last.Part {
				all = MarksOf(p)
			}
		}
	}
	p, _, ok := s.Event.Rule.Rule.Part(s.Last.Part)
	for i := range all {
		if ok && p.Judged != nil && len(p.Judged.Criteria) == 1 {
			all[i].Score = AsMarked(&p.Judged.Criteria[0], all[i].Score)
		}
		all[i].Score = Readable(&s.Event.Rule.Rule, s.Last.Part, all[i].Score)
	}
	return all
}

// MarksOf are the scores of a part, with what became of each.
func MarksOf(p *scoring.PartTrace) (all []Mark) {
	fate := map[string]scoring.Fate{}
	for _, c := range p.Columns {
		if c.Criterion == "" || len(p.Columns) == 1 {
			for _, f := range c.Scores {
				fate[f.Judge] = f
			}
		}
	}
	for i := range p.Sheets {
		one := &p.Sheets[i]
		m := Mark{Seat: one.Judge, Score: string(one.Sum)}
		if one.State != "given" {
			m.Fate = one.State
		} else if f, ok := fate[one.Judge]; ok {
			m.Score, m.Fate = string(f.Score), f.Is
		}
		if m.Score == "" && len(one.Marks) == 1 {
			m.Score = one.Marks[0]
		}
		all = append(all, m)
	}
	return all
}

// AsMarked writes a mark with the decimals that marks of a criterion have: 9.0 where they go by tenths.
func AsMarked(c *rule.Criterion, mark string) string {
	_, decimals, _ := strings.Cut(c.Step.String(), ".")
	n, err := exact.Parse(mark)
	if _, more, _ := strings.Cut(mark, "."); err != nil || len(more) >= len(decimals) || strings.Contains(mark, "/") {
		return mark // there is none, or it has them
	}
	return n.Decimal(len(decimals))
}

// Says is what became of a score, or nothing where it counts.
func (m Mark) Says(l lang.Lang) string {
	switch m.Fate {
	case scoring.IsLow:
		return l.T("最低", "lowest")
	case scoring.IsHigh:
		return l.T("最高", "highest")
	case scoring.Outside:
		return l.T("超出", "outside")
	case "absent":
		return l.T("缺席", "absent")
	case "recused":
		return l.T("回避", "recused")
	}
	return ""
}

var seatNumber = regexp.MustCompile(`^j(\d+)$`)

// Seat is what a seat is called.
func Seat(l lang.Lang, key string) string {
	if m := seatNumber.FindStringSubmatch(key); m != nil {
		return l.F("评委 %s", "J%s", m[1])
	}
	return key
}

// Number is what an entry is called.
func Number(l lang.Lang, n string) string { return l.F("%s 号", "No. %s", n) }

// Clock is a clock as it stands.
type Clock struct {
	Face string
	Over bool
	Warn bool
	Says string
}

// ClockOf is that of a run at a time.
func ClockOf(l lang.Lang, s *hall.Stage, at time.Time) (c Clock) {
	limit := time.Duration(s.LimitS) * time.Second
	left := limit - s.Elapsed(at)
	if s.State == hall.Heard {
		left = limit - time.Duration(s.Seconds)*time.Second
	}
	switch {
	case left <= -time.Second:
		c.Over, c.Face = true, "+"+minutes(int(-left/time.Second))
	default:
		c.Warn = left <= time.Duration(s.WarnS)*time.Second
		c.Face = minutes(int((max(0, left) + time.Second - 1) / time.Second))
	}
	switch {
	case s.State == hall.Heard:
		c.Says = l.F("用时 %s", "took %s", minutes(s.Seconds))
	case s.State == hall.Called:
		c.Says = l.T("请上台", "called")
	case s.Since == nil:
		c.Says = l.T("暂停", "paused")
	case c.Over:
		c.Says = l.T("超时", "over time")
	case c.Warn:
		c.Says = l.T("快到时间", "nearly over")
	default:
		c.Says = l.T("剩余时间", "left")
	}
	return c
}

func minutes(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// Facts of a reveal beside its total: what was added or taken off.
func (s *Show) deductions(p web.Page) string {
	if s.Last == nil || s.Last.Score == "" {
		return ""
	}
	tr, _ := s.Result.Trace(s.Last.Entry)
	for i := range tr.Stages {
		stage := &tr.Stages[i]
		for k := range stage.Parts {
			if part := &stage.Parts[k]; part.Part == s.Last.Part && (stage.Sum != part.Score || slices.ContainsFunc(stage.Points, func(p scoring.PointsTrace) bool { return p.Points != "" && p.Points != "0" })) {
				return p.F("这个环节 %s，按规则加减以后 %s", "%s of this part, %s by the rule", Readable(&s.Event.Rule.Rule, part.Part, string(part.Score)), s.Total(s.Last.Entry))
			}
		}
	}
	return ""
}

// Without is why an entry has no total, where it never will; empty: it has one, or waits.
func Without(l lang.Lang, e *scoring.Entry) string {
	switch e.Status {
	case "forfeit":
		return l.T("弃权", "forfeit")
	case "withdrawn":
		return l.T("撤回", "withdrawn")
	case "disqualified":
		return l.T("取消资格", "disqualified")
	case mark.Ran:
	}
	return ""
}
