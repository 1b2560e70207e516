package demand

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Replaced says that the cells of a kind of demand were replaced by others, and commits
// to them. The cells are too many for the log; who has them as a file ([Write]) sees by
// its hash that they are these.
type Replaced struct {
	ReplacedOnce
	SHA256 string `json:"sha256"` // of that file
}

// ReplacedOnce says that the cells of a kind of demand were replaced by others. It is of
// entries before they committed to the cells.
type ReplacedOnce struct {
	Demand string  `json:"demand,omitempty"` // the kind; people in entries of before there were kinds
	Label  string  `json:"label,omitempty"`
	Cells  int     `json:"cells"`
	Day    float64 `json:"day"`   // the weights' sum
	Night  float64 `json:"night"` // the weights' sum
	Source string  `json:"source"`
}

// Kind names the event.
func (ReplacedOnce) Kind() string { return "station.demand_replaced" }

// Kind names the event.
func (Replaced) Kind() string { return "station.demand_replaced@2" }

// Subject is the same for all demand, so that its history is one list.
func (ReplacedOnce) Subject() string { return "station-demand" }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: ReplacedOnce{}, Says: lang.Text{ZH: "一类需求的网格换成了新的", EN: "The cells of a kind of demand were replaced by others"}},
		{Example: Replaced{}, Says: lang.Text{ZH: "一类需求的网格换成了新的，并承诺其内容", EN: "The cells of a kind of demand were replaced by others, and commits to them"}},
	}
}
