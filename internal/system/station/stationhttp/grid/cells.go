// Package grid draws a clock as a table of hours. The figure of an hour is the lowest in
// it, so that an hour in which the doors close at half past is not called covered.
package grid

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// Hour is one hour of a clock. Its figure is the lowest share in the hour,
// so that an hour in which the doors close at half past is not called covered;
// its pieces are drawn to the minute.
type Hour struct {
	Worst  coverage.Span
	From   int // the minute of the day at which the worst begins
	Pieces []Piece
}

// Piece is a part of an hour with one share.
type Piece struct {
	From, To int // minutes of the hour
	Level    int
}

// Hours cuts a day of a clock, which begins at a minute of it, into hours.
func Hours(c *coverage.Clock, begin, times int) []Hour {
	out := make([]Hour, 0, 24)
	for hour := range 24 {
		from, to := begin+hour*60, begin+hour*60+60
		var cell Hour
		first := true
		for at := from; at < to; {
			s := c.At(at)
			end := min(s.To, to)
			p := Piece{From: at - from, To: end - from, Level: Level(s, times)}
			if n := len(cell.Pieces); n > 0 && cell.Pieces[n-1].Level == p.Level {
				cell.Pieces[n-1].To = p.To
			} else {
				cell.Pieces = append(cell.Pieces, p)
			}
			if first || s.Share(times) < cell.Worst.Share(times) {
				cell.Worst, cell.From, first = s, at-begin, false
			}
			at = end
		}
		out = append(out, cell)
	}
	return out
}

// Level is the share in tenths, rounded down: 10 is all. Nothing at all is -1,
// which is hatched.
func Level(s coverage.Span, times int) int {
	if s.Covered[times] == 0 {
		return -1
	}
	return int(10 * s.Covered[times] / s.Covered[0])
}

// LevelClass names the style of a level.
func LevelClass(level int) string {
	if level < 0 {
		return "lv-none"
	}
	return "lv" + strconv.Itoa(level)
}

// class is the style of a cell: of its one level, or of one that is mixed.
func (h Hour) class() string {
	if len(h.Pieces) == 1 {
		return "ck " + LevelClass(h.Pieces[0].Level)
	}
	return "ck ck-mixed"
}
