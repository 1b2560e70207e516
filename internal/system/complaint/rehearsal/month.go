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

// came is a letter in the city.
type came struct {
	told
	id     string
	points []begun
}

// begun is a point of a letter, with its problem.
type begun struct {
	point
	letter  string
	number  int
	key     bool
	problem string
	came    int // on which day
}

// judged names the point where verdicts are given.
func (b begun) judged() string { return fmt.Sprintf("%s.%d", b.letter, b.number) }

// The days of the month, counted from the first, and those after a letter came.
const (
	stayed   = 30
	verified = 2  // after it came, and answered; that evening it is published
	mendedIn = 10 // after it came, of those that take longer
	visited  = 28 // some sites, by the supervisor
	rebound  = 30
)

// onDays are the days of the evenings: every other day, and the last two of the stay.
var onDays = []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 29}

// published are the batches that are in a bulletin by the end of the month: of the two that came last the city
// has not answered all.
const published = 14

// month plays the evenings and what follows from them.
func (p *player) month(ctx context.Context) error {
	if err := p.begin(p.at(ctx, 0, 19, 0)); err != nil {
		return err
	}
	days := map[int][]came{}
	for day := range rebound + 1 {
		morning := []func() error{
			func() error { return p.verify(ctx, day, days[day-verified]) },
			func() error { return p.finish(ctx, day, days[day-mendedIn]) },
			func() error { return outside{p}.close(ctx, day) },
			func() error { return p.onVisit(ctx, day) },
			func() error { return press{p}.bulletin(ctx, day) },
		}
		for _, f := range morning {
			if err := f(); err != nil {
				return err
			}
		}
		evening := slices.Index(onDays, day)
		if evening < 0 {
			continue
		}
		some, err := p.evening(ctx, day, evening+1)
		if err != nil {
			return fmt.Errorf("evening %d: %w", evening+1, err)
		}
		days[day] = some
		for _, l := range some {
			p.all = append(p.all, l.points...)
		}
	}
	return p.comesBack(ctx)
}

func (p *player) onVisit(ctx context.Context, day int) error {
	if day != visited {
		return nil
	}
	return tour{p}.visits(ctx)
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

// evening takes a batch in at eight, has a digest written of each letter, assigns all by nine, and has them signed for.
func (p *player) evening(ctx context.Context, day, number int) ([]came, error) {
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
	var some []came
	var points []begun
	at = p.at(ctx, day, 20, 15)
	err = p.DB.Update(at, func(tx *db.Tx) error {
		some, points = nil, nil
		for _, one := range all {
			c, err := p.digest(tx, who, one, number)
			if err != nil {
				return fmt.Errorf("%s: %w", one.Code.Text, err)
			}
			some, points = append(some, c), append(points, c.points...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return some, errors.Join(p.assign(ctx, day, points), p.sign(ctx, day, points))
}

// digest writes the digest of a letter that its unit sees, divides it into its points, and says where the problem of the first is.
func (p *player) digest(tx *db.Tx, who identity.Colleague, one told, number int) (c came, err error) {
	l, _, err := letter.ByCode(tx, Campaign, one.Code, number)
	if err != nil {
		return c, err
	}
	if _, err := p.Letters.CorrectIn(tx, who, letter.Correction{Letter: l.ID, SeenAt: l.ChangedAt, Digest: one.digest, Kinds: one.Kinds, Division: l.Division, Key: l.KeyItem}); err != nil {
		return c, err
	}
	if len(one.points) > 1 {
		var parts []intake.Part
		for _, at := range one.points {
			parts = append(parts, intake.Part{Text: at.text, Title: at.name, Division: at.division, Kinds: at.kinds})
		}
		if err := p.Intake.DivideIn(tx, who, intake.Dividing{Letter: l.ID, Seen: l.Version, Parts: parts}); err != nil {
			return c, err
		}
	}
	points, err := letter.Points(tx, l.ID)
	if err != nil {
		return c, err
	}
	c = came{told: one, id: l.ID}
	for i, at := range one.points {
		c.points = append(c.points, begun{at, l.ID, points[i].Number, l.KeyItem, points[i].Problem, onDays[number-1]})
	}
	b := c.points[0]
	now, err := problem.Read(tx, b.problem)
	if err == nil {
		_, err = problem.DescribeIn(tx, p.Problems, who, problem.Description{
			Problem: b.problem, SeenAt: now.ChangedAt, Title: b.name, Site: b.site, Division: b.division, Kinds: b.kinds, Key: b.key, At: b.at,
		})
	}
	return c, err
}

func stands(ctx context.Context, d *db.DB, b begun) (now problem.Problem, err error) {
	err = d.View(ctx, func(tx *db.Tx) error { now, err = problem.Read(tx, b.problem); return err })
	return now, err
}

// Evidence is what the stage's album is, for the rooms.
func Evidence(e *evidence.Evidence) problem.Album {
	return func() (*evidence.Evidence, error) { return e, nil }
}
