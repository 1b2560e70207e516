package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// file publishes and files what is past its publicity.
func (p *player) file(ctx context.Context, all []begun) error {
	if err := p.publish(p.at(ctx, filed, 11, 0), "第一至四批边督边改公开情况（模拟）", []int{1, 2, 3, 4}); err != nil {
		return err
	}
	for i, b := range all {
		if b.story != closedOne && b.story != rebounded {
			continue
		}
		if err := p.move(p.at(ctx, filed, 12, i), Coordinator, b, problem.Move{Move: "file"}); err != nil {
			return err
		}
	}
	return nil
}

// publish publishes batches, each row read by a person, who covers what may be somebody's data.
func (p *player) publish(ctx context.Context, title string, batches []int) error {
	delete(p.entered, Coordinator) // who publishes has just said who they are
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	draft, err := p.Bulletins.Prepare(ctx, clerk, bulletin.New{Campaign: Campaign, Title: title, Batches: batches, Why: "编制公开批次"})
	if err != nil {
		return err
	}
	desk, err := p.Bulletins.Desk(ctx, clerk, draft.Ref())
	if err != nil {
		return err
	}
	for _, line := range desk.Rows {
		if err := p.read(ctx, clerk, draft.Ref(), line.Place); err != nil {
			return fmt.Errorf("row %d: %w", line.Place, err)
		}
	}
	_, err = p.Bulletins.Publish(ctx, clerk, draft.Ref())
	return err
}

// read reads a row and covers what somebody has to decide about.
func (p *player) read(ctx context.Context, clerk identity.Colleague, ref bulletin.Ref, place int) error {
	for {
		row, err := p.Bulletins.Row(ctx, clerk, ref, place)
		if err != nil {
			return err
		}
		d, undecided := cover(row)
		if !undecided {
			return p.Bulletins.Look(ctx, clerk, ref, place, row.Seen)
		}
		if err := p.Bulletins.Decide(ctx, clerk, ref, d); err != nil {
			return err
		}
	}
}

// cover is the first decision that a row waits for: here all is covered.
func cover(row bulletin.Row) (bulletin.Decision, bool) {
	for _, text := range row.Texts {
		for _, part := range text.Parts {
			if part.Is == bulletin.Likely {
				return bulletin.Decision{Place: row.Place, Seen: row.Seen, Field: text.Field, From: part.From, To: part.To, Do: "cover", Kind: part.Kind}, true
			}
		}
	}
	return bulletin.Decision{}, false
}

// comesBack takes the letter in that says that the carbon works is as before, and the office begins its problem
// again.
func (p *player) comesBack(ctx context.Context, all []begun) error {
	ctx = p.at(ctx, rebound, 20, 0)
	i := slices.IndexFunc(all, func(b begun) bool { return b.story == rebounded })
	was := all[i]
	one := again
	one.Row, one.Division, one.Region, one.Channel = 2, was.Division, was.Region, complaint.Call
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
