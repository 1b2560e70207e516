package intake

import (
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// again holds a row against the letter that is there already.
func (t *taking) again(had letter.Letter, l Letter) error {
	was, err := had.OpenOriginal(t.tx)
	if err != nil {
		return err
	}
	is := l.original()
	var fields []string
	for _, f := range []struct {
		of       int
		was, now string
	}{
		{fText, was.Text, is.Text},
		{fRegion, had.Region, l.Region},
		{fKinds, had.KindsText, l.KindsText},
		{fPlace, was.Place, is.Place},
		{fFound, was.Found, is.Found},
		{fJudged, was.Judged, is.Judged},
		{fDone, was.Done, is.Done},
		{fStatus, was.Status, is.Status},
		{fSanctions, was.Sanctions, is.Sanctions},
		{fNote, was.Note, is.Note},
	} {
		if f.was != f.now {
			fields = append(fields, fieldName(f.of))
		}
	}
	if had.KeyItem != l.Key {
		fields = append(fields, fieldName(fKey))
	}
	if len(fields) == 0 {
		t.o.Same++
		return nil
	}
	t.o.Changed = append(t.o.Changed, Change{l.Row, had.Title(), fields})
	return t.question(Question{Kind: Differs, Letter: had.ID, Other: had.ID, says: saysOf{Fields: fields, File: t.o.FileHash}})
}

// keep writes the batch and says so.
func (t *taking) keep() error {
	r := &t.o.Received
	before := r.Letters
	r.Letters = before + t.o.Added
	if r.ReceivedBy == "" {
		r.ReceivedAt, r.ReceivedBy = t.tx.Now(), t.by.Sign
	}
	e := batchReceived{
		person: t.by.Person, Campaign: r.Campaign, Number: r.Number, Day: r.Day, Source: r.Source, Letters: r.Letters, Added: t.o.Added, File: r.FileHash, Differences: []told{},
	}
	totals := t.u.Batch.Totals()
	e.Calls, e.Papers, e.Key = totals.Calls, totals.Papers, totals.Key
	if t.u.Notice != nil {
		e.Said = &t.u.Notice.Total
		if e.Said != nil && *e.Said < 0 {
			e.Said = nil
		}
		packed, err := json.Marshal(t.u.Notice)
		if err != nil {
			return fmt.Errorf("intake: %w", err)
		}
		r.Notice = string(packed)
	}
	for _, d := range t.o.Differences {
		e.Differences = append(e.Differences, told{d.What.ZH, d.Said, d.Read})
	}
	packed, err := json.Marshal(t.o.Differences)
	if err != nil {
		return fmt.Errorf("intake: %w", err)
	}
	r.Differences = string(packed)
	if _, err := putBatch.Exec(t.tx, *r); err != nil {
		return err
	}
	return record.Append(t.tx, t.by.Sign, e)
}
