package draw

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Counts is the figure of how many draws there were: what the log counts nobody leaves out of a list. Who checks the log has
// every draw of it drawn again, by the lists beside it.
const Counts = "draw.counts/1"

var told = &figure.Fold{
	Kinds: []string{course.KindCommitted, course.KindSeeded, course.KindSkipped, course.KindExtended, course.KindCancelled, course.KindClosed, course.KindOpened},
	Begin: func() figure.State { return &account{draws: map[string]*history{}, last: map[string]*history{}} },
}

// Queries are the figures.
func Queries() []figure.Query {
	return []figure.Query{{
		Name: Counts, Members: []string{"draws", "seeded", "cancelled", "known", "never", "skipped"},
		Title: lang.Text{ZH: "一共约定过多少次抽签", EN: "How many draws were committed to"},
		How: lang.Text{
			ZH: "数日志里的条目：约定、种子、跳过、取消各一条。取消的也算约定过；种子可能已知以后才取消的另数。",
			EN: "Entries of the log are counted: a commitment, a seed, a skip, a cancelling is one each. What was cancelled was committed to as well; what was cancelled when its seed could be known is counted besides.",
		},
		Over: told, Shelf: told,
		Settle: func(figure.Params, time.Time) (figure.Params, error) { return figure.Params{}, nil },
		Answer: func(_ context.Context, s figure.State, _ figure.Params, _ map[string]string) (any, error) {
			return s.(*account).counts, nil
		},
		Tell: func(_ figure.Params, result json.RawMessage) []figure.Line {
			var n counts
			if json.Unmarshal(result, &n) != nil {
				return nil
			}
			return []figure.Line{
				figure.Counted("约定过", "Committed to", n.Draws), figure.Counted("有了种子", "With a seed", n.Seeded), figure.Counted("取消", "Cancelled", n.Cancelled),
				figure.Counted("其中种子可能已知以后才取消", "of these when the seed could be known", n.Known), figure.Counted("没有等到种子", "Seed never came", n.Never), figure.Counted("跳过", "Skipped", n.Skipped),
			}
		},
	}}
}

// counts is the answer of draw.counts/1.
type counts struct {
	Draws     int `json:"draws"`
	Seeded    int `json:"seeded"`
	Cancelled int `json:"cancelled"`
	Known     int `json:"known"`
	Never     int `json:"never"`
	Skipped   int `json:"skipped"`
}

// account is what the entries of draws add up to.
type account struct {
	counts
	order []*history
	draws map[string]*history // by id
	last  map[string]*history // by purpose
	wrong []figure.Contradiction
}

// history is a draw as the log has it.
type history struct {
	terms  course.Committed
	said   []logtree.Statement
	seeded bool
	owed   bool
	over   bool // its purpose is free
}

// Add takes in an entry.
func (a *account) Add(s logtree.Statement) error {
	var step struct {
		Draw  string `json:"draw"`
		Known bool   `json:"known"`
		Never bool   `json:"never"`
	}
	if err := json.Unmarshal(s.Public, &step); err != nil {
		return fmt.Errorf("draw: %s: %w", s.Kind, err)
	}
	if s.Kind == course.KindCommitted {
		return a.commit(s)
	}
	h := a.draws[step.Draw]
	if h == nil {
		return fmt.Errorf("draw: %s of %q, which was not committed to", s.Kind, step.Draw)
	}
	h.said = append(h.said, s)
	switch s.Kind {
	case course.KindSeeded:
		a.Seeded++
		h.seeded, h.over = true, h.over || h.owed
	case course.KindSkipped:
		a.Skipped++
	case course.KindCancelled:
		a.Cancelled++
		if step.Known {
			a.Known++
		}
		h.owed = step.Known && !h.seeded
		h.over = !h.owed
	case course.KindClosed:
		h.over = true
		if step.Never {
			a.Never++
		}
	}
	return nil
}

func (a *account) commit(s logtree.Statement) error {
	h := &history{said: []logtree.Statement{s}}
	if err := json.Unmarshal(s.Public, &h.terms); err != nil {
		return fmt.Errorf("draw: %s: %w", s.Kind, err)
	}
	number, before := 1, ""
	if last := a.last[h.terms.Purpose]; last != nil {
		number, before = last.terms.Number+1, last.terms.Draw
		if !last.over {
			a.contradict(h, "同一用途的上一次（%[1]s）还没有结束，又约定了一次", "the draw of its purpose before it (%[1]s) was not over when it was committed to", before)
		}
	}
	if h.terms.Number != number || h.terms.Before != before {
		a.contradict(h, "它说自己是这个用途的第 %[1]d 次，而日志里是第 %[2]d 次", "it says that it is number %[1]d of its purpose, and in the log it is %[2]d", h.terms.Number, number)
	}
	a.Draws++
	a.order = append(a.order, h)
	a.draws[h.terms.Draw], a.last[h.terms.Purpose] = h, h
	return nil
}

func (a *account) contradict(h *history, zh, en string, args ...any) {
	a.wrong = append(a.wrong, figure.Contradiction{Name: course.Subject(h.terms.Draw), Says: lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
}

// Files are the lists beside the log.
func (a *account) Files() (all []figure.Shelf) {
	for _, h := range a.order {
		all = append(all, figure.Shelf{Name: course.Subject(h.terms.Draw), SHA256: h.terms.List})
	}
	return all
}

// Contradictions are draws that there should not be.
func (a *account) Contradictions() []figure.Contradiction { return a.wrong }

// Holds draws again from a list.
func (a *account) Holds(f figure.Shelf, text []byte) []figure.Difference {
	for _, h := range a.order {
		if course.Subject(h.terms.Draw) != f.Name {
			continue
		}
		list, err := lots.Parse(text)
		if err != nil {
			return []figure.Difference{{Name: "list", Says: f.SHA256, Is: err.Error()}}
		}
		c, err := course.Read(h.said[0].Public, list, h.said[0].At)
		if err != nil {
			return []figure.Difference{{Name: h.said[0].Kind, Says: h.said[0].ID, Is: err.Error()}}
		}
		for _, s := range h.said[1:] {
			if err := c.Add(s.Kind, s.Public, s.At); err != nil {
				return []figure.Difference{{Name: s.Kind, Says: s.ID, Is: err.Error()}}
			}
		}
	}
	return nil
}
