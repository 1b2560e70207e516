package road

import "math"

// farthestStep is how much farther the pieces of one class lead than those of the
// next, for each metre of their length.
const farthestStep = 1.0005

// FarthestM returns how far as the crow flies a way of at most budget decimetres
// can lead, in metres. A piece of street may count a little less than it measures,
// being rounded, and a ferry or lift much less; a shortest way goes along none of
// them twice. So nothing leads farther than a way of the pieces that gain most, as
// if they lay in a row: in a town one to three hundredths beyond the budget.
func (g *Graph) FarthestM(budget uint32) float64 {
	var classes []float64 // dm of the pieces that lead up to farthestStep^(i+1) as far as they are long
	var r ruler
	for e := range Edge(g.Edges()) {
		g.eachSpan(e, func(s span) {
			length := float64(s.to - s.from)
			course := r.metres(s.a, s.b) * 10
			if course <= length*farthestStep {
				return
			}
			class := int(math.Log(course/length) / math.Log(farthestStep))
			for len(classes) <= class {
				classes = append(classes, 0)
			}
			classes[class] += length
		})
	}
	rest, farthest := float64(budget), 0.0
	for class := len(classes) - 1; class > 0; class-- {
		part := min(classes[class], rest)
		farthest += part * math.Pow(farthestStep, float64(class+1))
		rest -= part
	}
	return (farthest + rest*farthestStep) / 10
}
