package station

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/sheet"
)

// What a figure was computed on, as files that Read, ReadDemands and ReadAreas
// read back to the same: who doubts a figure computes it again.

// WriteDemand writes the cells of a demand as CSV in UTF-8, with columns day and
// night for its weights.
func WriteDemand(w io.Writer, d Demand) error {
	return sheet.WriteData(w, func(yield func([]any) bool) {
		if !yield(sheet.Heads("id", "lon", "lat", "day", "night", "source")) {
			return
		}
		for _, c := range d.Cells {
			if !yield([]any{c.ID, sheet.Degrees(c.At.Lon), sheet.Degrees(c.At.Lat), c.Day, c.Night, c.Source}) {
				return
			}
		}
	})
}

// WriteAreas writes areas as GeoJSON.
func WriteAreas(w io.Writer, areas []Area) error {
	return sheet.WriteMap(w, nil, func(yield func(sheet.Mark) bool) {
		for _, a := range areas {
			if !yield(a.mark()) {
				return
			}
		}
	})
}

func (a Area) mark() sheet.Mark {
	properties := map[string]any{"code": a.Code, "name": a.Name, "kind": a.Kind.Key(), "division": a.Division.Code(), "source": a.Source}
	for name, value := range map[string]string{"hours": a.Target.Hours.String(), "demand": a.Target.Demand, "once": share(a.Target.Once), "twice": share(a.Target.Twice)} {
		if value != "" {
			properties[name] = value
		}
	}
	if a.Target.Minutes > 0 {
		properties["minutes"] = a.Target.Minutes
	}
	return sheet.NewMark("", properties, "MultiPolygon", sheet.ExactOutline(a.Shape))
}

func share(p Permille) string {
	if p == 0 {
		return ""
	}
	return p.String()
}

// Digest names the stations of the network and a kind of its demand by what they
// are, whichever way they came in: the same facts have the same digest.
func (n *Survey) Digest(kind string) string {
	h, line := sha256.New(), []byte(nil)
	for _, s := range n.Stations {
		line = line[:0]
		for _, cell := range s.canonical() {
			line = fmt.Appendf(line, "%d:%s", len(cell), cell)
		}
		h.Write(line)
	}
	if d, ok := n.Demand(kind); ok {
		for _, c := range d.Cells {
			line = fmt.Appendf(line[:0], "|%d:%s %v %v %v", len(c.ID), c.ID, c.At.Fixed(), c.Day, c.Night)
			h.Write(line)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
