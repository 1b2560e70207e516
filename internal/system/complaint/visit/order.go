package visit

// order is the way through all places from anywhere to anywhere, of which cost[i][j] is the time from i to j: from each
// place the nearest that was not visited yet, then pieces of the way are turned round as long as that makes it shorter.
// The same times give the same order.
func order(cost [][]float64) []int {
	var best []int
	for start := range cost {
		way := turned(nearest(cost, start), cost)
		if best == nil || length(way, cost) < length(best, cost)-least {
			best = way
		}
	}
	return best
}

// least is what makes a way shorter: less is the rounding of a sum.
const least = 1e-6

func nearest(cost [][]float64, start int) []int {
	way, there := []int{start}, map[int]bool{start: true}
	for len(way) < len(cost) {
		from, next := way[len(way)-1], -1
		for to := range cost {
			if !there[to] && (next < 0 || cost[from][to] < cost[from][next]) {
				next = to
			}
		}
		way, there[next] = append(way, next), true
	}
	return way
}

// turned is 2-opt on an open way, also where it is not as long back as there.
func turned(way []int, cost [][]float64) []int {
	for better := true; better; {
		better = false
		for i := range way {
			for j := i + 1; j < len(way); j++ {
				other := append([]int(nil), way...)
				for a, b := i, j; a < b; a, b = a+1, b-1 {
					other[a], other[b] = other[b], other[a]
				}
				if length(other, cost) < length(way, cost)-least {
					way, better = other, true
				}
			}
		}
	}
	return way
}

func length(way []int, cost [][]float64) (sum float64) {
	for i := 1; i < len(way); i++ {
		sum += cost[way[i-1]][way[i]]
	}
	return sum
}
