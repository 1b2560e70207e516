package nation

import (
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// pastShare is a share of the past, 0 to 1, and false where nobody was counted.
type pastShare func(run.Past) (float64, bool)

func ratio(part, whole int64) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

func onceDay(p run.Past) (float64, bool) { return ratio(p.OnceDay, p.Day) }

func twiceDay(p run.Past) (float64, bool) { return ratio(p.TwiceDay, p.Day) }

func onceNight(p run.Past) (float64, bool) { return ratio(p.OnceNight, p.Night) }

// linePath draws shares over runs as an SVG path, from 0 at the bottom to 1 at
// the top: every line of a page has the same scale, so they can be compared. The
// line breaks where the cities changed, since what is on both sides of that is
// not the same thing.
func linePath(past []run.Past, share pastShare, width, height, pad float64) string {
	var b strings.Builder
	open := false
	for i, p := range past {
		s, ok := share(p)
		if !ok {
			open = false
			continue
		}
		x, y := lineX(i, len(past), width, pad), lineY(s, height, pad)
		if open = open && p.Cities == past[i-1].Cities; open {
			fmt.Fprintf(&b, "L%.1f %.1f", x, y)
		} else { // a stroke of no length, with a round cap, is a dot
			fmt.Fprintf(&b, "M%.1f %.1fh0", x, y)
			open = true
		}
	}
	return b.String()
}

func lineX(i, n int, width, pad float64) float64 {
	if n < 2 {
		return width - pad
	}
	return pad + float64(i)/float64(n-1)*(width-2*pad)
}

func lineY(share, height, pad float64) float64 { return height - pad - share*(height-2*pad) }

// The sizes of the lines: one in a row of the table, and the one of the page.
const (
	sparkWidth, sparkHeight, sparkPad = 96.0, 28.0, 3.0
	pastWidth, pastHeight, pastPad    = 640.0, 200.0, 14.0
)

func spark(past []run.Past) string {
	return linePath(past, onceDay, sparkWidth, sparkHeight, sparkPad)
}

// pastLine is a line of the page's chart, with its name at its end.
type pastLine struct {
	class, name, value, path string
	y                        float64 // of the name
}

// chart are the lines of the division's history, the names kept apart.
func (v nationPage) chart() []pastLine {
	past := v.view.Own.Past
	last := past[len(past)-1]
	var lines []pastLine
	for _, l := range []struct {
		class, name string
		share       pastShare
	}{
		{"once", v.T("白天一次", "by day, once"), onceDay},
		{"twice", v.T("白天两次", "by day, twice"), twiceDay},
		{"night", v.T("夜里一次", "at night, once"), onceNight},
	} {
		s, ok := l.share(last)
		if !ok {
			continue
		}
		lines = append(lines, pastLine{l.class, l.name, lang.Percent(s, 1) + "%", linePath(past, l.share, pastWidth, pastHeight, pastPad), lineY(s, pastHeight, pastPad)})
	}
	keepApart(lines, 18)
	return lines
}

// keepApart moves names that would lie on one another, up and down from the top.
func keepApart(lines []pastLine, least float64) {
	for range lines {
		for i := range lines {
			for j := range lines {
				if d := lines[j].y - lines[i].y; i != j && d >= 0 && d < least {
					lines[j].y += (least - d) / 2
					lines[i].y -= (least - d) / 2
				}
			}
		}
	}
	for i := range lines {
		lines[i].y = min(max(lines[i].y, 10), pastHeight-4)
	}
}

func (v nationPage) sparkLabel(r nationRow) string {
	first, ok1 := onceDay(r.past[0])
	last, ok2 := onceDay(r.past[len(r.past)-1])
	if !ok1 || !ok2 {
		return v.F("%d 次运行", "%d runs", len(r.past))
	}
	return v.F("%[1]d 次运行：从 %[2]s%% 到 %[3]s%%", "%[1]d runs: from %[2]s%% to %[3]s%%", len(r.past), lang.Percent(first, 1), lang.Percent(last, 1))
}
