package rehearsal

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// plan is what will happen in the hall: everything but who wins is made up beforehand, and who is tied at the line.
type plan struct {
	order   []string // numbers, as they will be called
	marks   map[string]map[int]map[string]string
	seconds map[string]int
	recused map[string]map[int]bool // by number: seats that mark nothing of it
	late    string                  // comes last
	absent  string                  // does not come
	paper   string                  // of it one sheet is typed from paper
	wrong   string                  // of it one mark is found wrong after the reveal
	cut     string                  // the power is cut while it is on
}

// Who has the bad day, by place in the drawn order; see at in prepare.
const (
	placeLate   = 8
	placePaper  = 14
	placeCut    = 20
	placeAbsent = 27
	placeWrong  = 33
)

// prepare makes up the day.
func (p *player) prepare(ctx context.Context) error {
	pl := plan{marks: map[string]map[int]map[string]string{}, seconds: map[string]int{}, recused: map[string]map[int]bool{}}
	var runs []hall.Run
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) {
		if runs, err = hall.Runs(tx, p.code); err != nil {
			return err
		}
		aways, err := seat.Aways(tx, p.code)
		for _, a := range aways {
			if pl.recused[a.Entry] == nil {
				pl.recused[a.Entry] = map[int]bool{}
			}
			for n := 1; n <= Judges; n++ {
				pl.recused[a.Entry][n] = pl.recused[a.Entry][n] || a.Seat == seatOf(n)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	e, err := p.Events.Get(ctx, p.code)
	if err != nil {
		return err
	}
	judged, _, _ := e.Rule.Rule.Part(p.part)
	for i, r := range runs {
		pl.order = append(pl.order, r.Entry)
		pl.seconds[r.Entry] = 262 + int(chance("seconds", r.Entry)%38)
		if i%11 == 5 {
			pl.seconds[r.Entry] = limit + 8 + 14*(i%3) // within ten seconds, beyond ten, beyond thirty
		}
		pl.marks[r.Entry] = map[int]map[string]string{}
		for n := 1; n <= p.judges; n++ {
			if !pl.recused[r.Entry][n] {
				pl.marks[r.Entry][n] = marksOf(judged.Judged.Criteria, r.Entry, n)
			}
		}
	}
	if len(runs) > placeWrong {
		// Of whom judges are recused has that in the day: what else happens is to the next, so that the sheets are as many each time.
		at := func(place int) string {
			for place+1 < len(runs) && len(pl.recused[runs[place].Entry]) > 0 {
				place++
			}
			return runs[place].Entry
		}
		pl.late, pl.paper, pl.cut, pl.absent, pl.wrong = at(placeLate), at(placePaper), at(placeCut), at(placeAbsent), at(placeWrong)
		if err := pl.tie(&e.Rule.Rule); err != nil {
			return err
		}
	}
	p.plan = pl
	return nil
}

// chance is made up, and the same each time for one thing.
func chance(words ...any) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, words...) // a hash takes everything
	sum := h.Sum(nil)
	return binary.BigEndian.Uint64(sum)>>7 ^ binary.LittleEndian.Uint64(sum)>>9
}

// marksOf is what a judge gives an entry, in tenths.
func marksOf(criteria []rule.Criterion, entry string, judge int) map[string]string {
	marks := map[string]string{}
	for _, c := range criteria {
		tenths := 82 + int(chance("good", entry)%12) + int(chance("good at", entry, c.Key)%5) - 2 + int(chance("strict", judge)%5) - 2 + int(chance("taste", entry, judge, c.Key)%7) - 3
		marks[c.Key] = exact.Ratio(int64(min(tenths, 99)), 10).Decimal(1)
	}
	return marks
}

// tie gives the entry at place eleven the sheets of the one at place ten, by other judges, so that no step of the rule parts them. What
// stands there and cannot be tied, since it has a recusal or a deduction, goes down.
func (pl *plan) tie(r *rule.Rule) error {
	plain := func(e scoring.Entry) bool {
		return e.Has && len(pl.recused[e.Key]) == 0 && pl.seconds[e.Key] <= limit+10 && e.Key != pl.wrong && e.Key != pl.paper
	}
	const last = 9 // from 0
	for range len(pl.order) {
		result, err := pl.score(r)
		if err != nil {
			return err
		}
		line := result.Entries[last : last+2]
		odd := slices.IndexFunc(line, func(e scoring.Entry) bool { return !plain(e) })
		if odd >= 0 {
			if err := pl.lower(line[odd].Key); err != nil {
				return err
			}
			continue
		}
		upper, lower := line[0].Key, line[1].Key
		for n := 1; n <= Judges; n++ {
			pl.marks[lower][n] = maps.Clone(pl.marks[upper][n%Judges+1])
		}
		return nil
	}
	return fault.New(fault.Conflict, "入围线上排不出并列", "no two can be tied at the line")
}

// lower takes an entry away from the line: each of its marks is one point less.
func (pl *plan) lower(number string) error {
	for _, marks := range pl.marks[number] {
		for key, text := range marks {
			value, err := exact.Parse(text)
			if err != nil {
				return err
			}
			marks[key] = value.Sub(exact.Of(1)).Decimal(1)
		}
	}
	return nil
}

func (pl *plan) score(r *rule.Rule) (*scoring.Result, error) {
	var set mark.Set
	for _, number := range pl.order {
		if number == pl.absent {
			continue
		}
		over := int64(max(0, pl.seconds[number]-limit))
		set.Measures = append(set.Measures, mark.Measured{Entry: number, Measure: "overtime", Value: exact.Of(over)})
		for n := 1; n <= Judges; n++ {
			if pl.recused[number][n] {
				set.Marks = append(set.Marks, mark.Mark{Entry: number, Part: part, Judge: seatOf(n), Value: mark.Recused})
				continue
			}
			for key, text := range pl.marks[number][n] {
				value, err := exact.Parse(text)
				if err != nil {
					return nil, err
				}
				set.Marks = append(set.Marks, mark.Mark{Entry: number, Part: part, Judge: seatOf(n), Criterion: key, Value: mark.Of(value)})
			}
		}
	}
	t, err := mark.Arrange(r, set)
	if err != nil {
		return nil, err
	}
	return scoring.Score(t), nil
}
