package reach

// Incidence says which places reach which station within a budget. It is what
// coverage is added up from: at any hour, of any set of stations, and with a
// station more or less, without searching the streets again.
type Incidence struct {
	first []int // of each station, and one past the last
	place []int32
}

// Stations returns how many stations there are.
func (x *Incidence) Stations() int { return len(x.first) - 1 }

// Of returns the places that reach station i, ascending. It is x's own memory.
func (x *Incidence) Of(i int) []int32 { return x.place[x.first[i]:x.first[i+1]] }

// Entries returns how many pairs of a place and a station there are.
func (x *Incidence) Entries() int { return len(x.place) }
