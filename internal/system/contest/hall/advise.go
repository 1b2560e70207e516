package hall

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/advice"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Advice looks at the marks of closed runs from other sides, for who announces them: would the winners be others?
func (h *Halls) Advice(ctx context.Context, who identity.Colleague, code string) (out advice.Advice, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		if err := desk(tx, who, &e); err != nil {
			return err
		}
		a, err := everything(tx, h.facts, e)
		if err != nil {
			return err
		}
		table, err := a.table(tx, (*Run).settled)
		if err != nil {
			return err
		}
		slices.SortFunc(a.runs, func(x, y Run) int { return strings.Compare(x.Heard, y.Heard) })
		var heard []string
		for i := range a.runs {
			if r := &a.runs[i]; r.settled() {
				heard = append(heard, r.Entry)
			}
		}
		out = advice.Of(table, heard)
		return nil
	})
	return out, err
}
