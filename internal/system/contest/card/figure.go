package card

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Spread is the figure of adoptions by month.
const Spread = "contest.adoptions/1"

var told = &figure.Fold{
	Kinds: []string{kindAdopted, kindMoved},
	Begin: func() figure.State { return &spread{all: map[string]*said{}} },
}

// said is an adoption as the log has it.
type said struct {
	card, since string
	state       AdoptionState
}

type spread struct{ all map[string]*said }

// Add takes in an entry.
func (s *spread) Add(e logtree.Statement) error {
	var one adopted
	if err := json.Unmarshal(e.Public, &one); err != nil {
		return fmt.Errorf("contest: %s: %w", e.ID, err)
	}
	if e.Kind == kindAdopted {
		s.all[one.Adoption] = &said{one.Card, one.Since, Said}
		return nil
	}
	var m moved
	if err := json.Unmarshal(e.Public, &m); err != nil {
		return fmt.Errorf("contest: %s: %w", e.ID, err)
	}
	a := s.all[m.Adoption]
	if a == nil {
		return fmt.Errorf("contest: %s moves adoption %q, which was not recorded", e.ID, m.Adoption)
	}
	a.state = AdoptionState(m.To)
	return nil
}

// Spreading is the answer of contest.adoptions/1.
type Spreading struct {
	Verified   int               `json:"verified"`
	Said       int               `json:"said"`
	Unverified int               `json:"unverified"`
	Months     map[string][3]int `json:"months"` // verified, said, could not be verified
}

func (s *spread) answer(card string) Spreading {
	out := Spreading{Months: map[string][3]int{}}
	for _, a := range s.all {
		if card != "" && a.card != card {
			continue
		}
		m := out.Months[a.since]
		switch a.state {
		case Verified:
			out.Verified++
			m[0]++
		case Said:
			out.Said++
			m[1]++
		case Unverified:
			out.Unverified++
			m[2]++
		case TakenBack:
			continue
		}
		out.Months[a.since] = m
	}
	return out
}

// Queries are the figures.
func Queries() []figure.Query {
	return []figure.Query{{
		Name: Spread, Members: []string{"verified", "said", "unverified", "months"},
		Title: lang.Text{ZH: "案例有多少条采用记录", EN: "How many adoptions of cases are recorded"},
		How: lang.Text{
			ZH: "数日志里的采用记录，按它们现在的状态分开：已核实、自报未核实、未能核实；撤回的不算。月份是采用开始的月份。",
			EN: "Adoptions in the log are counted by how they stand: verified, merely said, could not be verified; those withdrawn are left out. Months are those in which they began.",
		},
		Over: told,
		Settle: func(p figure.Params, _ time.Time) (figure.Params, error) {
			return figure.Params{"card": p["card"]}, nil
		},
		Answer: func(_ context.Context, s figure.State, p figure.Params, _ map[string]string) (any, error) {
			return s.(*spread).answer(p["card"]), nil
		},
		Tell: func(_ figure.Params, result json.RawMessage) []figure.Line {
			var n Spreading
			if json.Unmarshal(result, &n) != nil {
				return nil
			}
			return []figure.Line{
				figure.Counted("已核实的采用", "Adoptions verified", n.Verified), figure.Counted("自报、未核实的", "Merely said", n.Said), figure.Counted("未能核实的", "Could not be verified", n.Unverified),
				{Name: lang.Text{ZH: "月份", EN: "Months"}, Value: lang.Text{ZH: strconv.Itoa(len(n.Months)), EN: strconv.Itoa(len(n.Months))}},
			}
		},
	}}
}
