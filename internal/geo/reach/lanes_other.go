//go:build !amd64

package reach

import "github.com/xiadu/xiadu/internal/geo/road"

func spreadLanes(*lanes) halt { panic("there are no lanes here") }

func relaxLanes(*lanes, road.Node, road.Node, uint32) bool { panic("there are no lanes here") }

func dealRows(*lanes, []road.Node, *Reached, *[laneCount]uint32) { panic("there are no lanes here") }

func lanesBeyond(*row, uint16) uint16 { panic("there are no lanes here") }
