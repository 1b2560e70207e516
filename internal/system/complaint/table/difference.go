package table

import (
	"fmt"
	"slices"
)

// Difference is what a bulletin has otherwise than what stood before.
type Difference struct {
	Added       []string  `json:"added"`        // codes, as the bulletin has them and in its order
	Republished []string  `json:"re_published"` // letters that were public before, whether anything is changed or not
	Changed     []Changed `json:"changed"`
	Withdrawn   []string  `json:"withdrawn"`
}

// Changed is a letter of which something is changed.
type Changed struct {
	Code  string `json:"code"`
	Cells []Was  `json:"cells"`
}

// Was is a cell with what stood in it and what stands there now.
type Was struct {
	Column string `json:"column"` // its key
	Title  string `json:"title"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Empty reports whether nothing is different.
func (d Difference) Empty() bool {
	return len(d.Added)+len(d.Republished)+len(d.Changed)+len(d.Withdrawn) == 0
}

// Compare says what is different in a bulletin. Before is the last version of the same bulletin, and then a letter that is
// missing is withdrawn; or it is what stood public before (see [Stand]), and then a bulletin has
// the letters of its own batch, and withdrawn are only those that it says are.
func Compare(before, after Table) Difference {
	d := Difference{Added: []string{}, Republished: []string{}, Changed: []Changed{}, Withdrawn: []string{}}
	same := before.Bulletin == after.Bulletin && before.Campaign == after.Campaign
	old := byKey(before.Rows)
	for _, r := range after.Rows {
		was, stood := old[r.key()]
		switch {
		case !stood && r.Republished:
			d.Republished = append(d.Republished, r.Code)
		case !stood:
			d.Added = append(d.Added, r.Code)
		case !same:
			d.Republished = append(d.Republished, r.Code)
		}
		if stood {
			if cells := after.differing(was, r); len(cells) > 0 {
				d.Changed = append(d.Changed, Changed{r.Code, cells})
			}
		}
	}
	now := byKey(after.Rows)
	for _, r := range before.Rows {
		_, stands := now[r.key()]
		if !stands && (same || taken(after.Withdrawn, r)) {
			d.Withdrawn = append(d.Withdrawn, r.Code)
		}
	}
	return d
}

func taken(codes []string, r Row) bool {
	return slices.ContainsFunc(codes, func(code string) bool { return Row{Batch: r.Batch, Code: code}.key() == r.key() })
}

func byKey(rows []Row) map[string]Row {
	out := make(map[string]Row, len(rows))
	for _, r := range rows {
		out[r.key()] = r
	}
	return out
}

// differing are the cells that say something else, under the titles of the bulletin. A number is only a place
// in a bulletin and no part of the letter.
func (t Table) differing(before, after Row) (cells []Was) {
	for c := range Columns() {
		was, is := before.Cell(c), after.Cell(c)
		if c == ColumnNumber || was == is {
			continue
		}
		cells = append(cells, Was{c.Key(), t.title(c), was, is})
	}
	return cells
}

func (t Table) title(c Column) string {
	for _, h := range t.Set.Headings {
		if h.Column == c {
			return h.Title
		}
	}
	return c.Name().ZH
}

// Stand is what is public after the bulletins of a campaign: of each letter its row in the latest bulletin that
// has it, without what was withdrawn. Of a bulletin that was published several times the last one given counts.
func Stand(bulletins ...Table) Table {
	var last []Table
	for _, b := range bulletins {
		last = slices.DeleteFunc(last, func(o Table) bool { return o.Bulletin == b.Bulletin })
		last = append(last, b)
	}
	slices.SortStableFunc(last, func(a, b Table) int { return a.Bulletin - b.Bulletin })
	var out Table
	var rows []Row
	for _, b := range last {
		now := byKey(b.Rows)
		rows = slices.DeleteFunc(rows, func(r Row) bool {
			_, again := now[r.key()]
			return again || taken(b.Withdrawn, r)
		})
		rows = append(rows, b.Rows...)
		out = b
	}
	out.Rows, out.Withdrawn = rows, nil
	return out
}

// OfAll heads what stands after all bulletins as what it is, in the files that people read. Its canonical form keeps the title of the
// last bulletin, since receipts have the hash of that.
func (t Table) OfAll() Table {
	t.Title = fmt.Sprintf("%s（第 1 至 %d 号公开批次汇总，各件按最近一次公布的内容）", t.Title, t.Bulletin)
	t.Batches = nil // the last bulletin's
	return t
}
