package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
)

// Country is the code under which the figures of the whole country are kept.
const Country = "000000"

// Finish adds the answers of a run up, division by division, and ends it. While
// an item has no answer it is a fault.Late; a run that has been finished
// already stays as it is.
func (l *Ledger) Finish(ctx context.Context, by string, r Run) (out Run, err error) {
	err = l.db.Update(ctx, func(tx *db.Tx) error {
		now, err := runByID.One(tx, r.ID)
		if err != nil {
			return err
		}
		if out, err = now.run(); err != nil || out.State != Going {
			return err
		}
		open, err := countOpen.One(tx, r.ID)
		if err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.Late, "第 %[1]d 次运行还有 %[2]d 块没有算完", "%[2]d items of run %[1]d have no answer yet", r.Number, open)
		}
		rolled, err := rollUp(tx, r.ID)
		if err != nil {
			return err
		}
		rows, digest, err := rolled.rows(out)
		if err != nil {
			return err
		}
		if _, err := putFigure.ExecEach(tx, slices.Values(rows)); err != nil {
			return err
		}
		if _, err := dropItems.Exec(tx, r.ID); err != nil {
			return err
		}
		if _, err := endRun.Exec(tx, endedRow{r.ID, string(Done), tx.Now(), digest}); err != nil {
			return err
		}
		out.State, out.Ended, out.Digest = Done, tx.Now(), digest
		return record.Append(tx, by, Ended{r.ID, r.Number, digest, rows[0].short()})
	})
	return out, err
}

// rolled is figures by the code of a division, of the divisions that items name
// and of all above them.
type rolled map[string]*rolledUp

type rolledUp struct {
	parent  string
	figures Figures
	cities  map[int64]bool
}

func rollUp(tx *db.Tx, run string) (rolled, error) {
	all := rolled{}
	for item, err := range answersOf.Each(tx, run) {
		if err != nil {
			return nil, err
		}
		var answer Answer
		if err := json.Unmarshal([]byte(item.Answer), &answer); err != nil {
			return nil, fmt.Errorf("item %d/%s of run %s: %w", item.Place, item.Tile, run, err)
		}
		for _, p := range answer {
			d, err := gb.Parse(p.Division)
			if err != nil {
				return nil, err
			}
			all.add(d, item.Place, &p.Figures)
		}
	}
	if len(all) == 0 {
		all[Country] = &rolledUp{} // a run over nothing
	}
	return all, nil
}

// add adds figures to a division and to all above it.
func (r rolled) add(d gb.Division, city int64, f *Figures) {
	path := append(upward(d), Country, "")
	for i, code := range path[:len(path)-1] {
		at := r[code]
		if at == nil {
			at = &rolledUp{parent: path[i+1], cities: map[int64]bool{}}
			r[code] = at
		}
		at.figures.Add(f)
		at.cities[city] = true
	}
}

// upward returns the codes of d and of the divisions above it, up to the unit by
// which the country is told: what the Corps governs is not told with Xinjiang.
func upward(d gb.Division) []string {
	var path []string
	unit := d.Unit()
	for ; d.Valid() && d != unit && d.Level() != gb.Province; d = d.Parent() {
		path = append(path, d.Code())
	}
	return append(path, unit.Code())
}

// rows returns the figures in the order of the codes, the country first, and the
// digest of them all.
func (r rolled) rows(run Run) (rows []figureRow, digest string, err error) {
	sum := sha256.New()
	for code, at := range r {
		row, err := at.row(run, code)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b figureRow) int { return cmp.Compare(a.Division, b.Division) })
	for _, row := range rows {
		_, _ = fmt.Fprintf(sum, "%s %d %s\n", row.Division, row.Cities, row.Figures)
	}
	return rows, hex.EncodeToString(sum.Sum(nil)), nil
}

func (r *rolledUp) row(run Run, code string) (figureRow, error) {
	text, err := json.Marshal(r.figures)
	if err != nil {
		return figureRow{}, err
	}
	row := figureRow{
		Division: code, Run: run.ID, Number: run.Number, Parent: r.parent, Cities: int64(len(r.cities)),
		Stations: r.figures.Stations, Operating: r.figures.Operating, Day: int64(r.figures.Day), Night: int64(r.figures.Night), Figures: string(text),
	}
	if len(r.figures.Hours) >= HoursInWeek {
		day, night := r.figures.Hours[DayHour], r.figures.Hours[NightHour]
		row.OpenDay, row.OnceDay, row.TwiceDay = day.Open, int64(day.Covered[0]), int64(day.Covered[1])
		row.OpenNight, row.OnceNight, row.TwiceNight = night.Open, int64(night.Covered[0]), int64(night.Covered[1])
	}
	return row, nil
}

func (r figureRow) short() Figure {
	return Figure{r.Stations, r.Day, r.OnceDay, r.TwiceDay, r.Night, r.OnceNight, r.TwiceNight}
}
