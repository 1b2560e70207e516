package reach

import "github.com/xiadu/xiadu/internal/geo/road"

// spreadLanes passes on what is left at the nodes of a bucket until it is empty
// or something rare comes up.
//
//go:noescape
func spreadLanes(l *lanes) halt

// relaxLanes relaxes one arc, shorter than the searches' total, and reports
// whether a bucket is full now.
//
//go:noescape
func relaxLanes(l *lanes, n, head road.Node, length uint32) (filled bool)

// dealRows appends to each lane's list, which ends at end in into, the nodes that
// the lane has reached, and makes them unreached. There must be room for all nodes
// in every list, and one more.
//
//go:noescape
func dealRows(l *lanes, nodes []road.Node, into *Reached, end *[laneCount]uint32)

// lanesBeyond returns the lanes, as bits, in which more than dm is left.
//
//go:noescape
func lanesBeyond(r *row, dm uint16) uint16
