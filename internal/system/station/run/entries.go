package run

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Subject returns the name under which the record keeps a run's history.
func Subject(id string) string { return "run/" + id }

// Begun says that a run began, and of what.
type Begun struct {
	Run      string          `json:"run"`
	Number   int64           `json:"number"`
	Name     string          `json:"name"`
	Question json.RawMessage `json:"question"`
	Plan     string          `json:"plan"` // SHA-256 of question and cities
	Cities   int             `json:"cities"`
	Items    int64           `json:"items"`
}

// Ended says that a run is done, and what came of the whole country.
type Ended struct {
	Run     string `json:"run"`
	Number  int64  `json:"number"`
	Figures string `json:"figures"` // SHA-256 of all figures, by division
	Country Figure `json:"country"`
}

// Figure is a division's figures in short, with demand in thousandths.
type Figure struct {
	Stations   int64 `json:"stations"`
	Day        int64 `json:"day"`
	OnceDay    int64 `json:"once_day"`
	TwiceDay   int64 `json:"twice_day"`
	Night      int64 `json:"night"`
	OnceNight  int64 `json:"once_night"`
	TwiceNight int64 `json:"twice_night"`
}

// GivenUp says that a run was dropped before it was done.
type GivenUp struct {
	Run      string `json:"run"`
	Number   int64  `json:"number"`
	Answered int64  `json:"answered"` // items
}

// Kind names the event.
func (Begun) Kind() string { return "run.begun" }

// Subject names the run.
func (e Begun) Subject() string { return Subject(e.Run) }

// Kind names the event.
func (Ended) Kind() string { return "run.ended" }

// Subject names the run.
func (e Ended) Subject() string { return Subject(e.Run) }

// Kind names the event.
func (GivenUp) Kind() string { return "run.given_up" }

// Subject names the run.
func (e GivenUp) Subject() string { return Subject(e.Run) }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Begun{}, Says: lang.Text{ZH: "一次全国计算开始了，算的是什么", EN: "A run began, and of what"}},
		{Example: Ended{}, Says: lang.Text{ZH: "一次全国计算完成了，全国的结果", EN: "A run is done, and what came of the whole country"}},
		{Example: GivenUp{}, Says: lang.Text{ZH: "一次全国计算没有算完就放弃了", EN: "A run was dropped before it was done"}},
	}
}
