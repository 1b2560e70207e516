package bulletin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Out of here comes what was published and nothing else: it is read from the files beside the log.

// read reads the table of a bulletin that is out.
func read(tx *db.Tx, b Bulletin) (table.Table, error) {
	text, err := record.File(tx, b.Sum)
	if err != nil {
		return table.Table{}, err
	}
	return table.Read(text)
}

// All lists the bulletins of a campaign that are out, the last first: of each the version that stands.
func (s *Bulletins) All(ctx context.Context, code string) (all []Bulletin, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = out(tx, code); return err })
	return all, err
}

func out(tx *db.Tx, code string) (all []Bulletin, err error) {
	state := Published
	for before := 1 << 30; ; {
		page, err := bulletinsOf.Slice(tx, listing{Campaign: code, Before: before, Limit: mostListed, State: &state})
		if err != nil {
			return nil, err
		}
		for _, b := range page {
			if len(all) == 0 || all[len(all)-1].Number != b.Number {
				all = append(all, b)
			}
			before = b.Number
		}
		if len(page) < mostListed {
			return all, nil
		}
	}
}

// Public is a bulletin that is out.
type Public struct {
	Bulletin
	Table      table.Table
	Difference table.Difference // to the version before, or to what stood before
	Versions   int
}

// Public returns a bulletin that is out, of its version (0: the last), or a fault.NotFound. One that is being prepared is as one
// that there is not.
func (s *Bulletins) Public(ctx context.Context, ref Ref) (p Public, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		versions, err := versionsOf.Slice(tx, ref)
		if err != nil {
			return err
		}
		for _, b := range versions {
			if b.State == Published {
				p.Versions++
				if ref.Version == 0 || b.Version == ref.Version {
					p.Bulletin = b
				}
			}
		}
		if p.Sum == "" {
			return noBulletin(ref.Number)
		}
		if p.Table, err = read(tx, p.Bulletin); err != nil {
			return err
		}
		p.Difference, err = difference(tx, p.Table)
		return err
	})
	return p, err
}

// difference holds a table against the version before it, or else against what stood before.
func difference(tx *db.Tx, t table.Table) (d table.Difference, err error) {
	if t.Version > 1 {
		b, err := Read(tx, Ref{t.Campaign, t.Bulletin, t.Version - 1})
		if err != nil {
			return d, err
		}
		before, err := read(tx, b)
		if err != nil {
			return d, err
		}
		return table.Compare(before, t), nil
	}
	before, err := standing(tx, t.Campaign, t.Bulletin)
	if err != nil {
		return d, err
	}
	return table.Compare(before, t), nil
}

// standing is what stands public after the bulletins before a number.
func standing(tx *db.Tx, code string, before int) (table.Table, error) {
	all, err := out(tx, code)
	if err != nil {
		return table.Table{}, err
	}
	var tables []table.Table
	for _, b := range slices.Backward(all) {
		if b.Number >= before {
			continue
		}
		t, err := read(tx, b)
		if err != nil {
			return t, err
		}
		tables = append(tables, t)
	}
	return table.Stand(tables...), nil
}

// Standing is what stands public of a campaign now: of each letter what was published last. Without any bulletin it is a
// fault.NotFound.
func (s *Bulletins) Standing(ctx context.Context, code string) (t table.Table, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if t, err = standing(tx, code, 1<<30); err == nil && t.Bulletin == 0 {
			err = fault.New(fault.NotFound, "“%[1]s”还没有公开过任何批次。", "Nothing of %[1]s was published yet.", lang.Short(code))
		}
		return err
	})
	return t, err
}

type coded struct {
	Key      string  `db:"code_key"`
	Campaign *string `db:"campaign"`
	Limit    int     `db:"lim"`
}

var standingByCode = db.Declare[coded, row](`
	SELECT /*cols*/ FROM complaint_row WHERE code_key = :code_key AND standing = TRUE [AND campaign = :campaign] ORDER BY campaign, number DESC LIMIT :lim`)

// mostFound bounds the letters of one code: bare serials are one in every batch.
const mostFound = 50

// byCode finds the standing row of a code, of a bare serial in a batch.
func byCode(tx *db.Tx, campaign, code string, batch int) (row, error) {
	rows, err := standingByCode.Slice(tx, coded{complaint.CodeKey(code), &campaign, mostFound})
	if err != nil {
		return row{}, err
	}
	for _, r := range rows {
		if batch == 0 && len(rows) == 1 {
			return r, nil
		}
		if n, err := batchOf(tx, r); err != nil || n == batch {
			return r, err
		}
	}
	if len(rows) > 1 {
		return row{}, fault.At("batch", fault.New(fault.Invalid, "“%[1]s”在几个批次里都有：请写明是第几批", "%[1]q is in several batches: say in which", lang.Short(code)))
	}
	return row{}, notPublished(code)
}

func notPublished(code string) error {
	return fault.At("code", fault.New(fault.NotFound, "没有公开过编号为“%[1]s”的信访件：可能还没有公开，也可能编号有误。", "No letter with the code %[1]q was published: it may not be yet, or the code is another.", lang.Short(strings.TrimSpace(code))))
}

// Found is where a letter stands public.
type Found struct {
	Campaign  string
	Code      string
	Batch     int
	Bulletin  int
	Published time.Time
}

// Find finds the published letters of a code in all campaigns.
func (s *Bulletins) Find(ctx context.Context, code string) (all []Found, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := standingByCode.Slice(tx, coded{Key: complaint.CodeKey(code), Limit: mostFound})
		if err != nil {
			return err
		}
		for _, r := range rows {
			batch, err := batchOf(tx, r)
			if err != nil {
				return err
			}
			all = append(all, Found{r.Campaign, r.Code, batch, r.Number, *r.PublishedAt})
		}
		if len(all) == 0 {
			return notPublished(code)
		}
		return nil
	})
	return all, err
}
