package draw

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Terms are what a draw is to be. Of is the thing for which is drawn, and Purpose the thing and a word.
type Terms struct {
	Of, Purpose string
	Title       lang.Text
	List        *lots.List
	Shape       lots.Shape
	Seed        []seed.Choice // the times are worked out; a second one is the fallback
	Skips       []string      // reasons for which may be skipped once it is drawn
}

// Commit publishes the terms of a draw and its list. It is a fault.Conflict while another draw of the purpose is
// open, and a fault.Late where the seed might be known already.
func (b *Book) Commit(tx *db.Tx, by Actor, t Terms) (Draw, error) {
	before, err := lastOf.Slice(tx, t.Purpose)
	if err != nil {
		return Draw{}, err
	}
	id, err := b.id()
	if err != nil {
		return Draw{}, err
	}
	terms := course.Committed{
		Act: course.By(id, by.ID, ""), Number: 1, Of: t.Of, Purpose: t.Purpose, Seed: t.Seed, Shape: t.Shape, Skips: t.Skips,
		Title: course.Title{EN: t.Title.EN, ZH: t.Title.ZH},
	}
	if len(before) > 0 {
		if before[0].Holds {
			return Draw{}, faultHeld(before[0])
		}
		terms.Number, terms.Before = before[0].Number+1, before[0].ID
	}
	c, err := course.Begin(terms, t.List, tx.Now())
	if err != nil {
		return Draw{}, err
	}
	text, err := t.List.Bytes()
	if err != nil {
		return Draw{}, err
	}
	if _, err := record.PutFile(tx, text); err != nil {
		return Draw{}, err
	}
	d := Draw{
		ID: c.Terms.Draw, Purpose: t.Purpose, Of: t.Of, Number: c.Terms.Number, TitleZH: t.Title.ZH, TitleEN: t.Title.EN, List: c.Terms.List,
		State: string(c.State), Holds: true, Begun: tx.Now(), From: c.Terms.From(), Due: c.Terms.Seed[0].Due,
	}
	if _, err := insertDraw.Exec(tx, d); err != nil {
		return Draw{}, err
	}
	return d, keep(tx, by, d.ID, 0, c.Terms)
}

func faultHeld(d Draw) error {
	if d.State == string(course.Cancelled) {
		return fault.New(fault.Conflict, "“%[1]s”（第 %[3]d 次）是在种子可能已知以后取消的：先填上种子、公布它的结果，才能再约定", "“%[2]s” (number %[3]d) was cancelled when its seed could be known: give the seed and publish its result first, then commit again", d.TitleZH, d.TitleEN, d.Number)
	}
	return fault.New(fault.Conflict, "这个用途已经有一次抽签没有结束：“%[1]s”（第 %[3]d 次）。一个用途同时只能有一次", "a draw of this purpose is not over yet: “%[2]s” (number %[3]d). There is one at a time", d.TitleZH, d.TitleEN, d.Number)
}

// keep appends an entry, and keeps it as the n-th step.
func keep(tx *db.Tx, by Actor, draw string, n int, e record.Entry) error {
	public, err := canonical.JSON(e)
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	entry, err := record.AppendID(tx, by.Sign, e)
	if err != nil {
		return err
	}
	_, err = insertStep.Exec(tx, stepRow{draw, n, entry, e.Kind(), string(public), tx.Now()})
	return err
}
