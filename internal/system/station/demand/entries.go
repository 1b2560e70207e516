package demand

// Replaced says that the cells of a kind of demand were replaced by others.
type Replaced struct {
	Demand string  `json:"demand,omitempty"` // the kind; people in entries of before there were kinds
	Label  string  `json:"label,omitempty"`
	Cells  int     `json:"cells"`
	Day    float64 `json:"day"`   // the weights' sum
	Night  float64 `json:"night"` // the weights' sum
	Source string  `json:"source"`
}

// Kind names the event.
func (Replaced) Kind() string { return "station.demand_replaced" }

// Subject is the same for all demand, so that its history is one list.
func (Replaced) Subject() string { return "station-demand" }
