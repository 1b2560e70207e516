package desk

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web"
)

// tile is a seat as the desk sees it in one run.
type tile struct {
	seat.Seat
	name   string
	tone   web.Tone
	icon   web.Icon
	says   string // of its sheet
	owes   bool
	absent bool // asked for, and waits for a second person

	stale bool
	link  string // how it is connected
}

func (v deskView) tiles(r *hall.Run) (all []tile) {
	for _, s := range v.desk.Seats {
		t := tile{Seat: s, name: board.Seat(v.Lang, s.Seat)}
		v.sheet(&t, r)
		v.connected(&t)
		all = append(all, t)
	}
	return all
}

// sheet says how far a seat is with a run.
func (v deskView) sheet(t *tile, r *hall.Run) {
	t.owes = slices.Contains(v.desk.Owed[r.At], t.Seat.Seat)
	switch {
	case slices.Contains(v.desk.Sealed[r.At], t.Seat.Seat):
		t.tone, t.icon, t.says = web.ToneGood, web.IconCheck, v.T("已封存", "sealed")
		return
	case t.owes:
		t.tone, t.icon, t.says = web.ToneLook, web.IconWait, v.T("还没封存", "not sealed")
	}
	for i := range v.desk.Aways {
		a := &v.desk.Aways[i]
		if a.Part != r.Part || a.Entry != r.Entry || a.Seat != t.Seat.Seat {
			continue
		}
		switch {
		case !a.Stands():
			t.absent, t.tone, t.icon, t.says = true, web.ToneLook, web.IconWait, v.T("缺席，待确认", "absent, to be confirmed")
		case a.Why == seal.Recused:
			t.tone, t.icon, t.says = web.ToneQuiet, web.IconHide, v.T("回避", "recused")
		default:
			t.tone, t.icon, t.says = web.ToneQuiet, web.IconClose, v.T("缺席", "absent")
		}
	}
}

// connected says how a seat's device is heard of.
func (v deskView) connected(t *tile) {
	switch {
	case t.SeenAt == nil && t.Device != "":
		t.stale, t.link = true, v.T("换了设备，还没连上", "another device, not connected yet")
	case t.SeenAt == nil:
		t.stale, t.link = true, v.T("还没有连上", "never connected")
	case !t.Connected(v.at):
		t.stale, t.link = true, v.ago(v.at.Sub(*t.SeenAt))
	default:
		t.link = v.T("在线", "connected")
	}
}

func (v deskView) ago(d time.Duration) string {
	if d < 2*time.Minute {
		return v.F("%d 秒没有消息", "silent for %d s", int(d/time.Second))
	}
	return v.F("%d 分钟没有消息", "silent for %d min", int(d/time.Minute))
}

// line is what a seat gave of a run that is closed.
type line struct {
	name  string
	marks []string
	sum   string
	says  string
}

// sheets are the lines of a closed run, by seat, and what its part comes to.
func (v deskView) sheets(r *hall.Run) (all []line, criteria []string, total string) {
	p, _, ok := v.Event.Rule.Rule.Part(r.Part)
	if !ok || p.Judged == nil {
		return nil, nil, ""
	}
	for i := range p.Judged.Criteria {
		criteria = append(criteria, v.name(p.Judged.Criteria[i].Key))
	}
	tr := v.desk.Marks[r.At]
	for _, stage := range tr.Stages {
		for i := range stage.Parts {
			if part := &stage.Parts[i]; part.Part == r.Part {
				return v.lines(part, p.Judged.Criteria), criteria, string(part.Score)
			}
		}
	}
	return nil, criteria, ""
}

func (v deskView) lines(p *scoring.PartTrace, criteria []rule.Criterion) (all []line) {
	fates := board.MarksOf(p)
	for i := range p.Sheets {
		s := &p.Sheets[i]
		one := line{name: board.Seat(v.Lang, s.Judge), marks: slices.Clone(s.Marks), sum: board.Readable(&v.Event.Rule.Rule, p.Part, string(s.Sum))}
		for k := range min(len(criteria), len(one.marks)) {
			one.marks[k] = board.AsMarked(&criteria[k], one.marks[k])
		}
		if len(criteria) == 1 {
			one.sum = board.AsMarked(&criteria[0], one.sum)
		}
		for _, m := range fates {
			if m.Seat == s.Judge {
				one.says = m.Says(v.Lang)
			}
		}
		all = append(all, one)
	}
	return all
}

// steps are those by which a run's total comes about, in sentences.
func (v deskView) steps(r *hall.Run) (all []string) {
	for _, t := range v.desk.Marks[r.At].Lines(v.Event.Rule.About.Names) {
		all = append(all, t.In(v.Lang))
	}
	return all
}

// announced is what a run is announced with: its entry's total by the rule, or its part's score while others are to come.
func (v deskView) announced(r *hall.Run) string {
	if total := v.desk.Totals[r.At]; total != "" {
		return total
	}
	_, _, score := v.sheets(r)
	return board.Readable(&v.Event.Rule.Rule, r.Part, score)
}
