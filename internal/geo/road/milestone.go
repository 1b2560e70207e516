package road

import "math"

// longest is what a street may measure, in dm, so that sums do not overflow.
const longest = math.MaxUint32 / 16

// setMilestones measures every street from its start. What is rounded is how far
// a vertex is from there, and a piece of street is the difference of two such
// milestones: the error of one piece is carried into the next, and however many
// junctions a way along the street passes, it is off by less than a decimetre. It
// does not matter where the street is cut into edges, so that whoever works a
// figure out again needs no junctions, only ways and their points. A piece
// measures at least one decimetre, so that no way is free.
func (d *drafting) setMilestones(vertices int) {
	d.firstM, d.stones = make([]uint32, len(d.streets)), make([]uint32, 0, vertices)
	var r ruler
	for s := range d.streets {
		line := d.streets[s].line
		scale := 10.0
		if d.streets[s].own {
			var course float64
			for i := 1; i < len(line); i++ {
				course += r.metres(d.at[line[i-1]], d.at[line[i]])
			}
			scale *= d.lengthM[uint32(s)] / max(course, 1e-3)
		}
		d.firstM[s] = uint32(len(d.stones))
		d.stones = append(d.stones, 0)
		var metres float64
		var stone uint32
		for i := 1; i < len(line); i++ {
			metres += r.metres(d.at[line[i-1]], d.at[line[i]])
			stone = max(stone+1, uint32(min(longest, math.Round(metres*scale))))
			d.stones = append(d.stones, stone)
		}
	}
}

// milestones returns how far each vertex of a street is from its start, in dm.
func (d *drafting) milestones(s uint32) []uint32 {
	first := d.firstM[s]
	return d.stones[first : first+uint32(len(d.streets[s].line))]
}
