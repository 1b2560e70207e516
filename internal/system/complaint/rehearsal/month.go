package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// begun is a letter in the city, with its problem.
type begun struct {
	told
	letter  string
	problem string
}

// The evenings and days of the month, counted from the first.
const (
	stayed   = 30
	verified = 2  // days after a letter came
	applied  = 18 // when those with a story of their own are said to be done
	checked  = 19
	signed   = 20
	visited  = 28 // some sites, by the supervisor
	filed    = 29 // once five working days of publicity are over
	rebound  = 30
)

// onDays are the days of the evenings: every other day, and the last two of the stay.
var onDays = []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 29}

// month plays the evenings and what follows from them.
func (p *player) month(ctx context.Context) error {
	if err := p.begin(p.at(ctx, 0, 19, 0)); err != nil {
		return err
	}
	var all []begun
	days := map[int][]begun{}
	phases := map[int]func(context.Context, []begun) error{applied: p.apply, checked: p.check, signed: p.signOff, visited: tour{p}.visits, filed: p.file, rebound: p.comesBack}
	for day := range rebound + 1 {
		if err := p.verify(ctx, day, days[day-verified]); err != nil {
			return err
		}
		if phase := phases[day]; phase != nil {
			if err := phase(ctx, all); err != nil {
				return err
			}
		}
		evening := slices.Index(onDays, day)
		if evening < 0 {
			continue
		}
		came, err := p.evening(ctx, day, evening+1)
		if err != nil {
			return fmt.Errorf("evening %d: %w", evening+1, err)
		}
		all, days[day] = append(all, came...), came
	}
	p.all = all
	return tour{p}.tomorrow(ctx, all)
}

func (p *player) begin(ctx context.Context) error {
	who, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	_, err = p.Campaigns.Begin(ctx, who, campaign.New{
		Code: Campaign, Name: "第三轮督察边督边改（模拟）", Team: "第五督察组（模拟）", Round: 3, Home: p.Home, From: p.day(0), Until: p.day(stayed), Office: p.Units[office], Preset: "city",
	})
	return err
}

// evening takes a batch in at eight, assigns it by nine, and has it signed for and looked at in the next days.
func (p *player) evening(ctx context.Context, day, number int) ([]begun, error) {
	at := p.at(ctx, day, 20, 0)
	who, err := p.as(at, Coordinator)
	if err != nil {
		return nil, err
	}
	b, all := batch(p.Home, strings.ReplaceAll(p.day(0).String(), "-", ""), number)
	o, err := p.Intake.Import(at, who, intake.Upload{Campaign: Campaign, Number: number, Day: p.day(0), Batch: b, Source: intake.Table})
	if err != nil {
		return nil, err
	}
	if o.Added != len(b.Letters) {
		return nil, fmt.Errorf("%d letters of %d were taken in", o.Added, len(b.Letters))
	}
	came, err := p.find(at, number, all)
	if err != nil {
		return nil, err
	}
	if err := p.describe(at, who, came); err != nil {
		return nil, err
	}
	return came, errors.Join(p.assign(ctx, day, came), p.sign(ctx, day, came))
}

// find reads the problems of the letters that came.
func (p *player) find(ctx context.Context, number int, all []told) (came []begun, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		came = nil
		for _, one := range all {
			l, _, err := letter.ByCode(tx, Campaign, one.Code, number)
			if err != nil {
				return err
			}
			points, err := letter.Points(tx, l.ID)
			if err != nil {
				return err
			}
			came = append(came, begun{one, l.ID, points[0].Problem})
		}
		return nil
	})
	return came, err
}

// describe gives those that have a site its name.
func (p *player) describe(ctx context.Context, who identity.Colleague, came []begun) error {
	for _, b := range came {
		if b.site == "" {
			continue
		}
		now, err := stands(ctx, p.DB, b)
		if err != nil {
			return err
		}
		site, _, _ := strings.Cut(b.site, "（模拟）")
		_, err = p.Problems.Describe(ctx, who, problem.Description{
			Problem: b.problem, SeenAt: now.ChangedAt, Title: site + "问题", Site: b.site, Division: b.Division, Kinds: b.Kinds, Key: b.Key,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func stands(ctx context.Context, d *db.DB, b begun) (now problem.Problem, err error) {
	err = d.View(ctx, func(tx *db.Tx) error { now, err = problem.Read(tx, b.problem); return err })
	return now, err
}

// Evidence is what the stage's album is, for the rooms.
func Evidence(e *evidence.Evidence) problem.Album {
	return func() (*evidence.Evidence, error) { return e, nil }
}
