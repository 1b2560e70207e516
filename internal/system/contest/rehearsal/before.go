package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// part is the one that is judged, by the rule of the event.
const part = "show"

// Of a presentation, in seconds.
const (
	limit = 300
	warn  = 30
)

// conflicted is the unit from whose entries three judges are recused.
const conflicted = "市市场监管局"

func parts(line string) (unit, title string) {
	unit, title, _ = strings.Cut(line, "|")
	return unit, title
}

// call begins the contest and takes its entries: two from a unit that comes in itself, the others as a sheet.
func (p *player) call(ctx context.Context) error {
	now := p.at(ctx, -20, 10*time.Hour)
	f, _ := rule.Preset("hall-55")
	err := p.do(now, Organiser, func(who identity.Colleague) error {
		e, err := p.Events.Begin(now, who, event.New{
			Code: p.code, Title: "优化营商环境典型案例现场评审（示例）", Approval: "示例〔2023〕1 号", Cycle: "2023 年度", Office: p.Office, Division: p.Home, Rule: f,
		})
		if err != nil {
			return err
		}
		_, err = p.Events.Call(now, who, p.code, e.Version, p.Day.AddDate(0, 0, -10).Add(18*time.Hour))
		return err
	})
	if err != nil {
		return err
	}
	all := strings.Split(entries, "\n")
	own, _ := parts(all[0])
	if err := p.submit(p.at(ctx, -15, 11*time.Hour), own, all[:2]); err != nil {
		return err
	}
	var b bytes.Buffer
	rows := [][]any{{"案例名称", "申报单位", "市州"}}
	for _, line := range all[2:] {
		unit, title := parts(line)
		rows = append(rows, []any{title, unit, "西宁"})
	}
	if err := sheet.WriteCSV(&b, slices.Values(rows)); err != nil {
		return err
	}
	now = p.at(ctx, -12, 9*time.Hour)
	table, err := entry.ReadSheet(now, &b)
	if err != nil {
		return err
	}
	return p.do(now, Organiser, func(who identity.Colleague) error {
		o, err := p.Entries.Import(now, who, entry.Upload{Contest: p.code, Table: table})
		if err == nil && o.Added != len(all)-2 {
			err = fmt.Errorf("%d of %d entries were taken in: %v", o.Added, len(all)-2, table.Findings)
		}
		return err
	})
}

// submit has a unit submit its own entries.
func (p *player) submit(now context.Context, unit string, lines []string) error {
	return p.do(now, Unit, func(who identity.Colleague) error {
		org, err := p.People.Organisations.Named(now, unit)
		if err != nil {
			return err
		}
		for _, line := range lines {
			_, title := parts(line)
			_, err := p.Entries.Submit(now, who, entry.New{
				Contest: p.code, Organisation: org.ID,
				Draft: entry.Draft{Title: title, Summary: "示例：案例的做法和成效写在这里。", Groups: map[string][]string{entry.Unit: {unit}, entry.City: {"西宁"}}},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// review returns one entry, which its unit mends, accepts all, and gives them numbers.
func (p *player) review(ctx context.Context) error {
	now := p.at(ctx, -11, 15*time.Hour)
	var all []entry.Entry
	err := p.do(now, Organiser, func(who identity.Colleague) (err error) {
		all, err = p.Entries.List(now, who, entry.Filter{Contest: p.code, Limit: 100})
		if err == nil {
			all[0], err = p.Entries.Review(now, who, entry.Review{Entry: all[0].ID, Seen: all[0].Version, To: entry.Returned, Why: "请写明成效的数字出自哪里"})
		}
		return err
	})
	if err != nil {
		return err
	}
	now = p.later(ctx, 20*time.Hour)
	err = p.do(now, Unit, func(who identity.Colleague) (err error) {
		all[0], err = p.Entries.Mend(now, who, entry.Mending{Entry: all[0].ID, Seen: all[0].Version, Draft: entry.Draft{
			Title: all[0].Title, Summary: "示例：办件数出自本市政务服务平台月报。", Groups: all[0].Groups,
		}})
		return err
	})
	if err != nil {
		return err
	}
	now = p.at(ctx, -9, 10*time.Hour)
	return p.do(now, Organiser, func(who identity.Colleague) error {
		for _, e := range all {
			if _, err := p.Entries.Review(now, who, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted}); err != nil {
				return err
			}
		}
		e, err := p.Events.Get(now, p.code)
		if err != nil {
			return err
		}
		_, err = p.Entries.Shortlist(now, who, p.code, e.Version)
		return err
	})
}

// panel fills the pool, gives the seats, and recuses who has a relation to a unit.
func (p *player) panel(ctx context.Context) error {
	now := p.at(ctx, -8, 9*time.Hour)
	err := p.do(now, Organiser, func(who identity.Colleague) error {
		for n := 1; n <= Judges; n++ {
			person := p.troupe.Person(Judge(n))
			_, err := p.Experts.Add(now, who, expert.New{Person: person, Division: p.Home, Field: "营商环境", Unit: fmt.Sprintf("某单位（示例 %d）", n)})
			if err != nil {
				return err
			}
			if err := p.Seats.Give(now, who, p.code, seatOf(n), person); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n, kind := range map[int]expert.Kind{2: expert.Adviser, 5: expert.Relative, 7: expert.Adviser} {
		err := p.do(now, Judge(n), func(who identity.Colleague) error {
			_, err := p.Experts.Relate(now, who, expert.Relating{Person: p.troupe.Person(Judge(n)), Unit: conflicted, Kind: kind})
			return err
		})
		if err != nil {
			return err
		}
	}
	return p.do(now, Organiser, func(who identity.Colleague) error {
		found, err := p.Experts.Conflicts(now, who, p.code)
		for _, c := range found {
			for n := 1; n <= Judges && err == nil; n++ {
				if p.troupe.Person(Judge(n)) == c.Person && c.Said == expert.Declared {
					err = p.Halls.Recuse(now, who, seat.Away{Contest: p.code, Entry: c.Number, Seat: seatOf(n), Reason: "评委自己申报：" + c.Unit})
				}
			}
		}
		return err
	})
}

func seatOf(n int) string { return fmt.Sprintf("j%d", n) }

// order has the order drawn: dice are promised, thrown half an hour later, and typed by two people.
func (p *player) order(ctx context.Context) error {
	now := p.at(ctx, -2, 15*time.Hour)
	at := p.now.Add(30 * time.Minute).In(calendar.China)
	dice := seed.Choice{Sources: []seed.Ref{{Source: "dice", At: at.Format("2006-01-02T15:04")}}, Until: at.Add(time.Hour)}
	err := p.do(now, p.organiser, func(who identity.Colleague) error {
		e, err := p.Events.Get(now, p.code)
		if err != nil {
			return err
		}
		_, err = p.Orders.Commit(now, who, order.Committing{Contest: p.code, Part: p.part, Seen: e.Version, Limit: p.limit, Warn: p.warn, Seed: []seed.Choice{dice}})
		return err
	})
	if err != nil {
		return err
	}
	var thrown strings.Builder
	for n := range 10 {
		fmt.Fprint(&thrown, chance("dice", p.code, n)%6+1)
	}
	now = p.later(ctx, 32*time.Minute)
	for _, login := range []string{p.organiser, Supervisor} {
		err := p.do(now, login, func(who identity.Colleague) error {
			typed, err := p.Orders.Type(now, who, p.code, p.part, 1, []string{thrown.String()})
			if err == nil && typed.Drawn != (login == Supervisor) {
				err = fmt.Errorf("drawn %t", typed.Drawn)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
