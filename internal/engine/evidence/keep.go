package evidence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Ground is why something was erased. It is public, so it is of a list and never a text in
// which somebody could be named.
type Ground string

// The grounds.
const (
	Retention Ground = "retention" // its time has come
	OnRequest Ground = "asked"     // by somebody whom it concerns
	Unrelated Ground = "unrelated" // it does not belong to the case
	Order     Ground = "order"     // by law or by order
	Restore   Ground = "restored"  // erased after the backup that was restored
)

var grounds = []struct {
	key  Ground
	name lang.Text
}{
	{OnRequest, lang.Text{ZH: "当事人要求", EN: "somebody whom it concerns asked for it"}},
	{Unrelated, lang.Text{ZH: "与办件无关，误交", EN: "it does not belong to the case"}},
	{Order, lang.Text{ZH: "依法或按上级要求", EN: "by law or by order"}},
	{Retention, lang.Text{ZH: "保存期满", EN: "it was kept as long as the rule has it"}},
	{Restore, lang.Text{ZH: "在备份之后已经删除", EN: "it was erased after the backup"}},
}

// ByPeople are the grounds on which a person erases.
var ByPeople = []Ground{OnRequest, Unrelated, Order}

// Name is what a ground is called; empty for none.
func (g Ground) Name() lang.Text {
	for _, one := range grounds {
		if one.key == g {
			return one.name
		}
	}
	return lang.Text{}
}

// Check reports whether a person may erase on this ground, at the field "reason".
func (g Ground) Check() error {
	if slices.Contains(ByPeople, g) {
		return nil
	}
	return fault.At("reason", fault.New(fault.Invalid, "请选择为什么删除：asked（当事人要求）、unrelated（与办件无关）或 order（依法或按上级要求）。这会公开记录。",
		"Choose why it is erased: asked (by somebody whom it concerns), unrelated (to the case) or order (by law or by order). That is put on the public record."))
}

// Until is how a system says how long an item is kept: the zero time while its case is open.
// It is asked in the transaction that erases.
type Until func(tx *db.Tx, i Item) (time.Time, error)

type dueBy struct {
	Now   time.Time `db:"now"`
	Limit int       `db:"lim"`
}

type undatedOf struct {
	Kind  string    `db:"kind"`
	Now   time.Time `db:"now"`
	Limit int       `db:"lim"`
}

var (
	retired = db.Declare[dueBy, string](`SELECT id FROM evidence_item WHERE until <= :now AND state <> 'erased' ORDER BY until LIMIT :lim`)
	undated = db.Declare[undatedOf, db.None](`
		UPDATE evidence_item SET until = :now WHERE id IN (SELECT id FROM evidence_item WHERE kind = :kind AND until IS NULL AND state <> 'erased' LIMIT :lim)`)
	setUntil = db.Declare[moment, db.None](`UPDATE evidence_item SET until = :now WHERE id = :id`)
)

const (
	byRule = "rule" // who erases what a rule has erased
	// lookAgain is after how long an item is asked about again whose case is open.
	lookAgain = 30 * 24 * time.Hour
)

// Retire looks at up to limit items whose time may have come, and erases those of which their
// system says that it has. It returns how many it erased. One that cannot be keeps none behind
// it waiting.
func (e *Evidence) Retire(ctx context.Context, limit int) (n int, err error) {
	if err := date(ctx, e, limit); err != nil {
		return 0, fmt.Errorf("evidence: retire: %w", err)
	}
	var ids []string
	err = e.db.View(ctx, func(tx *db.Tx) (err error) {
		ids, err = retired.Slice(tx, dueBy{tx.Now(), limit})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("evidence: retire: %w", err)
	}
	var failed error
	for _, id := range ids {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		over, err := retire(ctx, e, id)
		if over {
			n++
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("evidence: retire %s: %w", id, err)
		}
	}
	return n, failed
}

// date has items be asked about that came before their kind had a rule.
func date(ctx context.Context, e *Evidence, limit int) error {
	for key, k := range e.kinds {
		if k.Keep == 0 {
			continue
		}
		err := e.db.Update(ctx, func(tx *db.Tx) error { _, err := undated.Exec(tx, undatedOf{key, tx.Now(), limit}); return err })
		if err != nil {
			return err
		}
	}
	return nil
}

// retire erases an item, or says when it is to be looked at again.
func retire(ctx context.Context, e *Evidence, id string) (over bool, err error) {
	var files []string
	err = e.db.Update(ctx, func(tx *db.Tx) error {
		over = false
		row, err := itemByID.One(tx, id)
		if err != nil || row.State == Erased || row.Until == nil || row.Until.After(tx.Now()) { // another process was faster
			return err
		}
		if ask := e.until[row.System]; ask != nil {
			until, err := ask(tx, row.Item)
			if err != nil {
				return err
			}
			if until.IsZero() {
				until = tx.Now().Add(lookAgain)
			}
			if until.After(tx.Now()) {
				_, err = setUntil.Exec(tx, moment{id, until})
				return err
			}
		}
		over = true
		files, err = eraseIn(tx, Doer{By: byRule}, id, Retention, "")
		return err
	})
	if err != nil || !over {
		return false, err
	}
	return true, remove(ctx, e, id, files)
}
