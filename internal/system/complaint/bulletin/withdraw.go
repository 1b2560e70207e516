package bulletin

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Gone stands where a text was taken back.
const Gone = "（文字已撤回）"

// Withdrawal takes the texts of a letter back that should not have gone out.
type Withdrawal struct {
	Campaign string
	Code     string
	Batch    int    // of a bare serial
	Why      string // public: without what is taken back
}

// Withdraw takes the texts of a letter out of every bulletin that has it, and returns of how many. Its code, kinds,
// verdict and state stay, so that no count changes.
func (s *Bulletins) Withdraw(ctx context.Context, who identity.Colleague, w Withdrawal) (n int, err error) {
	w.Why = strings.TrimSpace(w.Why)
	if t, ok := lang.CheckText(w.Why, maxTitle); !ok || w.Why == "" {
		if w.Why == "" {
			t = says("请写明为什么撤回：会公开", "say why it is taken back: it is public")
		}
		return 0, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if left := redact.Find(w.Why); len(left) > 0 {
		return 0, fault.At("why", fault.New(fault.Invalid, "理由会公开，里面疑似有%s：请换个说法", "the reason is public and may have personal data (%s): say it otherwise", left[0].Kind.Name().ZH))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := admit(tx, who, complaint.Publish, w.Campaign)
		if err != nil {
			return err
		}
		found, err := byCode(tx, w.Campaign, w.Code, w.Batch)
		if err != nil {
			return err
		}
		rows, err := publishedOf.Slice(tx, found.Letter)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := w.from(tx, by, r); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// from takes a row's texts out of its bulletin.
func (w Withdrawal) from(tx *db.Tx, by identity.Admitted, r row) error {
	b, err := Read(tx, Ref{r.Campaign, r.Number, r.Version})
	if err != nil {
		return err
	}
	t, err := read(tx, b)
	if err != nil {
		return err
	}
	changed := false
	for i := range t.Rows {
		if one := &t.Rows[i]; one.Code == r.Code && one.Text != Gone {
			batch, err := batchOf(tx, r)
			if err != nil {
				return err
			}
			if one.Batch == batch {
				empty(one)
				changed = true
			}
		}
	}
	if !changed {
		return nil
	}
	text, _, err := t.Canonical()
	if err != nil {
		return err
	}
	old := b.Sum
	if b.Sum, err = record.PutFile(tx, text); err != nil {
		return err
	}
	if err := record.DropFile(tx, old); err != nil {
		return err
	}
	now := tx.Now()
	b.ChangedAt = &now
	if _, err := writeBulletin.Exec(tx, b); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, Back{by.Person, b.Campaign, b.Number, b.Version, old, b.Sum, w.Why})
}

// empty takes what was written out of a row, and leaves what is counted.
func empty(r *table.Row) {
	r.Text, r.Place, r.Found, r.Done, r.Aim, r.Note, r.Judged, r.KindsText = Gone, "", "", "", "", "", "", ""
	r.Sanctions.Text, r.Sanctions.Accounts = "", ""
	for i := range r.Points {
		r.Points[i].Text = ""
	}
	if r.Division.Valid() {
		r.Region = ""
	}
}

func batchOf(tx *db.Tx, r row) (int, error) {
	k, err := r.open(tx)
	return k.Source.Batch, err
}
