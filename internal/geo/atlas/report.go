package atlas

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
)

// Report says what an import found and made.
type Report struct {
	Source      osm.Source
	Box         geo.Box
	Walk, Ebike Network
	MapFeatures int
	Places      int
	Boundaries  int
	Cells       int     // of the estimate
	PeopleDay   float64 // as it guesses
	PeopleNight float64
	Warnings    []osm.Warning
	Bytes       int64 // of the atlas
	Steps       []Timing
}

// Network describes a graph. Isolated pieces are reported, not hidden: whoever
// stands in one cannot walk to the rest of the city, or the map says so.
type Network struct {
	Nodes, Arcs, Edges int
	LengthM            float64
	Pieces             int     // in which every node can reach every other
	LargestNodes       int     // nodes in the largest piece
	LargestLengthM     float64 // streets in it
	ThinnedSquares     int     // with more entrances than ways across join
}

// LargestShare returns how much of the network hangs together, by nodes and by
// length, each from 0 to 1.
func (n Network) LargestShare() (nodes, length float64) {
	if n.Nodes == 0 || n.LengthM == 0 {
		return 0, 0
	}
	return float64(n.LargestNodes) / float64(n.Nodes), n.LargestLengthM / n.LengthM
}

func networkOf(g *road.Graph) Network {
	n := Network{Nodes: g.Nodes(), Arcs: g.Arcs(), Edges: g.Edges(), LengthM: g.LengthM(), Pieces: len(g.Components()), ThinnedSquares: g.ThinnedSquares()}
	if n.Pieces > 0 {
		n.LargestNodes, n.LargestLengthM = g.Components()[0].Nodes, g.Components()[0].LengthM
	}
	return n
}

// Timing is how long one step took.
type Timing struct {
	Step Step
	Took time.Duration
}

// Step is a part of the work of an import.
type Step uint8

// The steps, in order.
const (
	Reading Step = iota + 1
	Walking
	Riding
	Drawing
	Placing
	Estimating
	Writing
)

// Text names the step.
func (s Step) Text() lang.Text {
	switch s {
	case Reading:
		return lang.Text{ZH: "读取数据", EN: "reading the extract"}
	case Walking:
		return lang.Text{ZH: "生成步行路网", EN: "building the walking network"}
	case Riding:
		return lang.Text{ZH: "生成骑行路网", EN: "building the e-bike network"}
	case Drawing:
		return lang.Text{ZH: "生成底图", EN: "drawing the base map"}
	case Placing:
		return lang.Text{ZH: "整理地名", EN: "gathering places"}
	case Estimating:
		return lang.Text{ZH: "估算人口", EN: "estimating how many people are where"}
	case Writing:
		return lang.Text{ZH: "写入文件", EN: "writing the file"}
	}
	panic(fmt.Sprintf("atlas: step %d", s))
}
