package station

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo"
)

// What a figure was computed on, as files that Read, ReadDemands and ReadAreas
// read back to the same: who doubts a figure computes it again.

// WriteDemand writes the cells of a demand as CSV in UTF-8, with columns day and
// night for its weights.
func WriteDemand(w io.Writer, d Demand) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"id", "lon", "lat", "day", "night", "source"}); err != nil {
		return err
	}
	for _, c := range d.Cells {
		row := []string{guard(c.ID), degrees(c.At.Lon), degrees(c.At.Lat), strconv.FormatFloat(c.Day, 'f', -1, 64), strconv.FormatFloat(c.Night, 'f', -1, 64), guard(c.Source)}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteAreas writes areas as GeoJSON.
func WriteAreas(w io.Writer, areas []Area) error {
	type written struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
		Geometry   struct {
			Type        string               `json:"type"`
			Coordinates [][][][2]json.Number `json:"coordinates"`
		} `json:"geometry"`
	}
	features := []written{}
	for _, a := range areas {
		f := written{Type: "Feature", Properties: map[string]any{
			"code": a.Code, "name": a.Name, "kind": a.Kind.Key(), "division": a.Division.Code(), "source": a.Source,
		}}
		for name, value := range map[string]string{"hours": a.Target.Hours.String(), "demand": a.Target.Demand, "once": share(a.Target.Once), "twice": share(a.Target.Twice)} {
			if value != "" {
				f.Properties[name] = value
			}
		}
		if a.Target.Minutes > 0 {
			f.Properties["minutes"] = a.Target.Minutes
		}
		f.Geometry.Type, f.Geometry.Coordinates = "MultiPolygon", written7(a.Shape)
		features = append(features, f)
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"type": "FeatureCollection", "features": features}); err != nil {
		return fmt.Errorf("write areas: %w", err)
	}
	return nil
}

func share(p Permille) string {
	if p == 0 {
		return ""
	}
	return p.String()
}

// written7 writes a shape to the last digit that is kept.
func written7(s geo.Shape) [][][][2]json.Number {
	out := make([][][][2]json.Number, len(s))
	for i, polygon := range s {
		for _, r := range polygon {
			line := make([][2]json.Number, len(r))
			for j, at := range r {
				p := at.Point()
				line[j] = [2]json.Number{json.Number(degrees(p.Lon)), json.Number(degrees(p.Lat))}
			}
			out[i] = append(out[i], line)
		}
	}
	return out
}

// Digest names the stations of the network and a kind of its demand by what they
// are, whichever way they came in: the same facts have the same digest.
func (n *Network) Digest(kind string) string {
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
