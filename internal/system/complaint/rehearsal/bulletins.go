package rehearsal

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
)

// press is the part of a month that publishes.
type press struct{ *player }

// bulletin publishes in the afternoon what was answered at noon: the batch that came two days ago, and again whatever was
// published before and has changed since.
func (p press) bulletin(ctx context.Context, day int) error {
	evening := slices.Index(onDays, day-verified)
	if evening < 0 || evening >= published {
		return nil
	}
	return p.publish(p.at(ctx, day, 17, 0), evening+1)
}

// publish publishes a batch, each row read by a person, who covers what may be somebody's data.
func (p press) publish(ctx context.Context, batch int) error {
	draft, err := p.draft(ctx, batch)
	if err != nil {
		return fmt.Errorf("bulletin of batch %d: %w", batch, err)
	}
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	desk, err := p.Bulletins.Desk(ctx, clerk, draft.Ref())
	if err != nil {
		return err
	}
	for _, line := range desk.Rows {
		if err := p.read(ctx, clerk, draft.Ref(), line.Place); err != nil {
			return fmt.Errorf("bulletin of batch %d, row %d: %w", batch, line.Place, err)
		}
	}
	if _, err := p.Bulletins.Publish(ctx, clerk, draft.Ref()); err != nil || p.told == nil {
		return err
	}
	return p.told(ctx, draft.Title)
}

// draft makes the draft of the bulletin of a batch.
func (p press) draft(ctx context.Context, batch int) (b bulletin.Bulletin, err error) {
	p.troupe.Leave(Coordinator) // who publishes has just said who they are
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return b, err
	}
	now, err := p.Bulletins.Propose(ctx, clerk, Campaign)
	if err != nil {
		return b, err
	}
	n := bulletin.New{Campaign: Campaign, Title: fmt.Sprintf("边督边改公开情况一览表（第%d批，模拟）", batch), Batches: []int{batch}, Why: "编制公开批次"}
	for _, one := range now.Changed {
		n.Earlier = append(n.Earlier, one.Letter)
	}
	return p.Bulletins.Prepare(ctx, clerk, n)
}

// read reads a row, and covers what somebody has to decide about.
func (p press) read(ctx context.Context, clerk identity.Colleague, ref bulletin.Ref, place int) error {
	if err := p.Bulletins.Look(ctx, clerk, ref, place, 0); fault.KindOf(err) != fault.Conflict {
		return err
	}
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
