package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// comesBack takes the letter in that says that the carbon works is as before, and the office begins its problem
// again.
func (p *player) comesBack(ctx context.Context) error {
	ctx = p.at(ctx, rebound, 20, 0)
	i := slices.IndexFunc(p.all, func(b begun) bool { return b.story == rebounded })
	was := p.all[i]
	one := again
	one.Row, one.Division, one.Region, one.Channel = 2, was.division, was.division.Name().ZH, complaint.Call
	one.Code, _ = complaint.ReadCode("D3QH" + strings.ReplaceAll(p.day(0).String(), "-", "") + "0901") // of a shape that is known
	one.Kinds, _ = complaint.ReadKinds(one.KindsText)
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	o, err := p.Intake.Import(ctx, clerk, intake.Upload{
		Campaign: Campaign, Number: len(evenings) + 1, Day: p.day(0), Source: intake.Table, Batch: intake.Batch{Title: "第17批 边督边改信访件（模拟数据）", Letters: []intake.Letter{one}},
	})
	if err != nil {
		return err
	}
	if o.Reopenings != 1 {
		return fmt.Errorf("%d problems were proposed to begin again", o.Reopenings)
	}
	var child problem.Child
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		children, err := problem.Children(tx, was.problem)
		if err == nil && len(children) > 0 {
			child = children[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = p.Problems.Decide(ctx, clerk, problem.Decision{Child: child.ID, Seen: child.Version, Move: "take", Why: "又有群众反映，夜间现场确有异味"})
	return err
}

// waits leaves for everybody of the cast something to do: the supervisor's round of the morning, and a bulletin whose rows
// nobody has read yet. The rest stands where the month left it.
func (p *player) waits(ctx context.Context) error {
	if err := (tour{p}).tomorrow(ctx); err != nil {
		return err
	}
	_, err := press{p}.draft(p.at(ctx, rebound, 22, 30), published+1)
	return err
}
