package coverage

// Extremes are the spans of a clock with the lowest and the highest share among
// those whose minute of the day lies between two; from is when the lowest begins.
func Extremes(c *Clock, times, from, to int) (low, high Span) {
	first := true
	for day := 0; day < c.Minutes; day += MinutesPerDay {
		for _, s := range c.Spans {
			cut := s
			cut.From, cut.To = max(s.From, day+from), min(s.To, day+to)
			if cut.From >= cut.To || s.Covered[0] == 0 {
				continue
			}
			if first || cut.Share(times) < low.Share(times) {
				low = cut
			}
			if first || cut.Share(times) > high.Share(times) {
				high = cut
			}
			first = false
		}
	}
	return low, high
}

// Mean is the share over all minutes of a clock, each minute as long as another.
func Mean(c *Clock, times int) float64 {
	sum, minutes := 0.0, 0
	for _, s := range c.Spans {
		if s.Covered[0] > 0 {
			sum += s.Share(times) * float64(s.To-s.From)
			minutes += s.To - s.From
		}
	}
	if minutes == 0 {
		return 0
	}
	return sum / float64(minutes)
}

// MinutesPerDay are the minutes of a day.
const MinutesPerDay = 24 * 60

// Work by day, as targets have it, in minutes after midnight.
const (
	WorkFrom = 7 * 60
	WorkTo   = 21 * 60
)
