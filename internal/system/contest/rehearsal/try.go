package rehearsal

import (
	"context"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// TryCode is the code of the small contest that waits in the hall.
const TryCode = "try"

// tried are the entries of it, made up.
var tried = []string{"夜间办事厅", "一枚印章管审批", "用水报装三天通水", "门头招牌备案制", "首贷服务站", "诊所备案当日办"}

// Try readies a small contest for whoever wants to try the hall: six entries lined up, nine judges on their seats, nothing called yet.
// It is a rehearsal, and says so.
func Try(ctx context.Context, s Stage) error {
	p, err := newPlayer(ctx, s, TryCode)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{p.small, p.order} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("rehearsing %v: %w", p.now, err)
		}
	}
	return nil
}

// small is all that comes before the order is drawn.
func (p *player) small(ctx context.Context) error {
	f, _ := rule.Preset("trim-1-1-mean-2dp")
	var all []entry.Draft
	for _, title := range tried {
		all = append(all, entry.Draft{Title: title, Summary: "示例", Groups: map[string][]string{entry.Unit: {"示例单位：" + title}}})
	}
	return p.begin(ctx, event.New{Title: "现场评审演练：谁都可以试", Cycle: "演练", Rule: f, Rehearsal: true}, all)
}

// begin begins a contest three days before its day, takes its entries as the office, gives them numbers, and fills its seats.
func (p *player) begin(ctx context.Context, n event.New, all []entry.Draft) error {
	now := p.at(ctx, -3, 9*time.Hour)
	n.Code, n.Office, n.Division = p.code, p.Office, p.Home
	err := p.do(now, Organiser, func(who identity.Colleague) error {
		e, err := p.Events.Begin(now, who, n)
		if err != nil {
			return err
		}
		if _, err = p.Events.Call(now, who, p.code, e.Version, p.now.Add(time.Hour)); err != nil {
			return err
		}
		for _, d := range all {
			unit, err := p.People.Organisations.Named(now, d.Groups[entry.Unit][0])
			if err != nil && fault.KindOf(err) != fault.NotFound { // most units are known to nobody here
				return err
			}
			made, err := p.Entries.SubmitFor(now, who, entry.New{Contest: p.code, Organisation: unit.ID, Draft: d})
			if err != nil {
				return err
			}
			if _, err := p.Entries.Review(now, who, entry.Review{Entry: made.ID, Seen: made.Version, To: entry.Accepted}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	now = p.later(ctx, 2*time.Hour)
	return p.do(now, Organiser, func(who identity.Colleague) error {
		e, err := p.Events.Get(now, p.code)
		if err != nil {
			return err
		}
		if _, err := p.Entries.Shortlist(now, who, p.code, e.Version); err != nil {
			return err
		}
		for n := 1; n <= Judges; n++ {
			if err := p.Seats.Give(now, who, p.code, seatOf(n), p.troupe.Person(Judge(n))); err != nil {
				return err
			}
		}
		return nil
	})
}
