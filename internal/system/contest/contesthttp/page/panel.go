package page

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Part is a part of a contest's rule that judges mark.
type Part struct {
	Key   string
	Stage int
	Seats int // that a panel has; 0: any number
	Name  lang.Text
}

// Parts are the judged parts of a contest, in the order of its rule.
func Parts(e *event.Event) (all []Part) {
	for i, s := range e.Rule.Rule.Stages {
		for _, p := range s.Parts {
			if p.Judged == nil {
				continue
			}
			all = append(all, Part{Key: p.Key, Stage: i, Seats: p.Judged.Seats, Name: e.Rule.About.Name(p.Key)})
		}
	}
	return all
}

// Wanted is how many seats a contest's rule wants at least; 0: it leaves the number open.
func Wanted(e *event.Event) (n int) {
	for _, p := range Parts(e) {
		n = max(n, p.Seats)
	}
	return n
}

// Panel is who judges a contest, and what ties them to its entries.
type Panel struct {
	Seats     []seat.Seat
	Conflicts []expert.Conflict // of all who may be asked, seated or not

	recused map[[2]string]bool // seat, number
}

// Panel reads who judges a contest. Its reader was admitted to it; conflicts are there once entries have numbers.
func (p *Pages) Panel(ctx context.Context, e *event.Event) (all Panel, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		all = Panel{recused: map[[2]string]bool{}}
		if all.Seats, err = seat.All(tx, e.Code); err != nil {
			return err
		}
		aways, err := seat.Aways(tx, e.Code)
		if err != nil {
			return err
		}
		for _, a := range aways {
			if a.Why == seal.Recused && a.Stands() {
				all.recused[[2]string{a.Seat, a.Entry}] = true
			}
		}
		if e.State.After(contest.Called) {
			all.Conflicts, err = expert.Conflicts(tx, e.Code)
		}
		return err
	})
	return all, err
}

// Recused tells whether a seat marks nothing of an entry.
func (a *Panel) Recused(key, number string) bool { return a.recused[[2]string{key, number}] }

// Of are the conflicts of a person.
func (a *Panel) Of(person string) (some []expert.Conflict) {
	for _, c := range a.Conflicts {
		if c.Person == person {
			some = append(some, c)
		}
	}
	return some
}

// Open counts what is still to be done for seats: entries from which one has to be recused, and names that may be one unit's.
func (a *Panel) Open() (surely, questions int) {
	for _, s := range a.Seats {
		sure, asked := map[string]bool{}, map[string]bool{}
		for _, c := range a.Of(s.Person) {
			if a.Recused(s.Seat, c.Number) {
				continue
			}
			if c.Said == expert.Alike {
				asked[c.Number] = true
			} else {
				sure[c.Number] = true
			}
		}
		for n := range sure {
			delete(asked, n)
		}
		surely, questions = surely+len(sure), questions+len(asked)
	}
	return surely, questions
}
