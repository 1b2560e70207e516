package standing

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Closings is the query of whose word the closings of an inspection rest on.
const Closings = "complaint.closings/1"

// ClosingsPath is where that figure of a minute is explained.
func ClosingsPath(at time.Time, campaign string) string { return pathOf(Closings, at, campaign) }

// heard is whose word there was when a problem was passed or filed, by letters, and what they said.
type heard struct {
	Solved     int `json:"solved"`
	Not        int `json:"not"`
	Unsure     int `json:"unsure"`
	Neighbours int `json:"neighbours"` // of those who said something
	None       int `json:"none"`
}

// Words are the closings that stand, by kind of word. The kinds add up to the letters, and so does what was said.
type Words struct {
	Problems   int `json:"problems"` // 销号, and those that are settled
	Letters    int `json:"letters"`  // of these with a word or the reason that there is none
	Own        int `json:"own"`      // complainants', by their secrets
	Neighbours int `json:"neighbours"`
	None       int `json:"none"` // nobody could be asked
	Solved     int `json:"solved"`
	Unsure     int `json:"unsure"`
	Not        int `json:"not"` // passed all the same, with a reason
}

type closings map[string]*closing // by code of the problem

type closing struct {
	Stage string
	Heard heard
}

// Add takes in a step. Words are those of the last step that had some in this life.
func (c closings) Add(s logtree.Statement) error {
	var e struct {
		Code  string `json:"code"`
		Move  string `json:"move"`
		To    string `json:"to"`
		Words *heard `json:"words"`
	}
	if err := json.Unmarshal(s.Public, &e); err != nil {
		return fmt.Errorf("standing: %s: %w", s.Kind, err)
	}
	p := c[e.Code]
	if p == nil {
		p = &closing{}
		c[e.Code] = p
	}
	if p.Stage = e.To; e.Move == "reopen" {
		p.Heard = heard{}
	}
	if e.Words != nil {
		p.Heard = *e.Words
	}
	return nil
}

func (c closings) count(campaign string) (w Words) {
	for code, p := range c {
		of, _, _ := strings.Cut(code, "-")
		if campaign != "" && of != campaign || p.Stage != complaint.Filed && p.Stage != complaint.Settled {
			continue
		}
		h := p.Heard
		said := h.Solved + h.Not + h.Unsure
		w.Problems++
		w.Letters += said + h.None
		w.Own += said - h.Neighbours
		w.Neighbours += h.Neighbours
		w.None += h.None
		w.Solved += h.Solved
		w.Unsure += h.Unsure
		w.Not += h.Not
	}
	return w
}

func closingsQuery() figure.Query {
	return figure.Query{
		Name:    Closings,
		Members: []string{"problems", "letters", "own", "neighbours", "none", "solved", "unsure", "not"},
		Title:   text("销号听了谁的话", "Whose word closings rest on"),
		How: text(
			"公开日志里“问题走了一步”的条目，核查和备案时写明每封信访件听了谁的话：举报人凭密码说的、核查人问周边群众的、没有人可问的。只数现在仍是已销号或已巩固的问题；重开的不再数。",
			"The entries of the public log on steps of problems say, where one was checked and filed, whose word there was for each letter: the complainant's by their secret, neighbours' whom the checker asked, or nobody's. Problems count that are closed or settled now; one that came back counts no more.",
		),
		Over:   &figure.Fold{Kinds: []string{"complaint.problem-moved"}, Begin: func() figure.State { return closings{} }},
		Settle: settle,
		Answer: func(_ context.Context, s figure.State, p figure.Params, _ map[string]string) (any, error) {
			return s.(closings).count(p["campaign"]), nil
		},
		Tell: func(p figure.Params, result json.RawMessage) []figure.Line {
			var w Words
			_ = json.Unmarshal(result, &w) // what is no result tells nothing
			line := func(zh, en string, n int) figure.Line {
				return figure.Line{Name: text(zh, en), Value: text(strconv.Itoa(n), strconv.Itoa(n))}
			}
			return []figure.Line{
				line("现在已销号的问题，"+p["at"], "problems that are closed, "+p["at"], w.Problems),
				line("它们的信访件", "their letters", w.Letters),
				line("举报人自己说的", "the complainant's own word", w.Own),
				line("问周边群众的", "neighbours', who were asked", w.Neighbours),
				line("没有人可问，写明了原因的", "nobody's, with the reason", w.None),
				line("说解决了的", "said that it is solved", w.Solved),
				line("说不清的", "could not tell", w.Unsure),
				line("说没解决，仍然通过的", "said that it is not, and it passed", w.Not),
			}
		},
	}
}
