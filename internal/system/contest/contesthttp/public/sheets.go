package public

import (
	"github.com/xiadu/xiadu/internal/engine/scoring"
)

// sheet is one judge's marks in a part, with what became of each.
type sheet struct {
	judge string
	state string
	cells []cell // by criterion
	sum   string
	fate  string // of the sum
}

type cell struct{ mark, fate string }

// sheets are those of a part, with the fates that its columns give.
func sheets(p *scoring.PartTrace, criteria []string) (all []sheet) {
	fates := map[[2]string]string{}
	for _, c := range p.Columns {
		for _, one := range c.Scores {
			fates[[2]string{c.Criterion, one.Judge}] = one.Is
		}
	}
	for _, s := range p.Sheets {
		row := sheet{judge: s.Judge, state: s.State, sum: string(s.Sum), fate: fates[[2]string{"", s.Judge}]}
		for i, m := range s.Marks {
			one := cell{mark: m}
			if i < len(criteria) {
				one.fate = fates[[2]string{criteria[i], s.Judge}]
			}
			row.cells = append(row.cells, one)
		}
		all = append(all, row)
	}
	return all
}
