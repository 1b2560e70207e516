package sheet

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
)

// Map is a small GeoJSON FeatureCollection (RFC 7946), such as a page draws: WGS-84,
// longitude first. A file of any size goes out by WriteMap.
type Map struct {
	Type     string `json:"type"`
	Features []Mark `json:"features"`
	// Left says how many features were left out to keep the answer small.
	Left int `json:"left_out,omitempty"`
}

// Mark is a feature of a Map.
type Mark struct {
	Type       string         `json:"type"`
	ID         string         `json:"id,omitempty"`
	Properties map[string]any `json:"properties"`
	Geometry   Place          `json:"geometry"`
}

// Place is where a Mark is.
type Place struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// WriteMap writes marks as a GeoJSON file, each as it comes, after what else the
// collection is to say.
func WriteMap(w io.Writer, more map[string]any, marks iter.Seq[Mark]) error {
	out := bufio.NewWriterSize(w, 32<<10)
	if err := writeMap(out, more, marks); err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	return nil
}

func writeMap(out *bufio.Writer, more map[string]any, marks iter.Seq[Mark]) error {
	var text []byte
	for _, name := range slices.Sorted(maps.Keys(more)) {
		value, err := json.Marshal(more[name])
		if err != nil {
			return err
		}
		text = fmt.Appendf(text, "%q:%s,\n", name, value)
	}
	_, err := fmt.Fprintf(out, "{\"type\":\"FeatureCollection\",%s\"features\":[", text)
	before := "\n"
	for mark := range marks {
		if err != nil {
			return err
		}
		if text, err = json.Marshal(mark); err == nil {
			_, _ = out.WriteString(before) // the next write has the same error
			_, err = out.Write(text)
		}
		before = ",\n"
	}
	if err == nil {
		_, err = out.WriteString("\n]}\n")
	}
	return err
}

// Collect returns a map of marks.
func Collect(marks ...Mark) Map {
	if marks == nil {
		marks = []Mark{} // null is no list
	}
	return Map{Type: "FeatureCollection", Features: marks}
}

// NewMark returns a mark of some form: of a geometry's type and its coordinates.
func NewMark(id string, properties map[string]any, form string, coordinates any) Mark {
	return Mark{"Feature", id, properties, Place{form, coordinates}}
}

// PointMark returns a mark at a point.
func PointMark(id string, at geo.Point, properties map[string]any) Mark {
	return NewMark(id, properties, "Point", Pair(at))
}

// Pair writes a position to a centimetre, as it is kept.
func Pair(p geo.Point) [2]float64 { return [2]float64{Round7(p.Lon), Round7(p.Lat)} }

// Round7 rounds a coordinate to the last digit that is kept.
func Round7(v float64) float64 { return math.Round(v*1e7) / 1e7 }

// Rings writes computed areas to six decimals: they are drawn to twenty metres.
func Rings(m reach.MultiPolygon) [][][][2]float64 {
	out := make([][][][2]float64, len(m))
	for i, polygon := range m {
		for _, ring := range polygon {
			line := make([][2]float64, len(ring))
			for j, p := range ring {
				line[j] = [2]float64{math.Round(p.Lon*1e6) / 1e6, math.Round(p.Lat*1e6) / 1e6}
			}
			out[i] = append(out[i], line)
		}
	}
	return out
}

// Outline writes a shape as the coordinates of a MultiPolygon.
func Outline(s geo.Shape) [][][][2]float64 { return outline(s, Pair) }

// ExactOutline writes a shape with seven decimals wherever they end, as it is
// kept: reading it gives the same shape.
func ExactOutline(s geo.Shape) [][][][2]json.Number {
	return outline(s, func(p geo.Point) [2]json.Number { return [2]json.Number{Degrees(p.Lon), Degrees(p.Lat)} })
}

func outline[T any](s geo.Shape, write func(geo.Point) T) [][][]T {
	out := make([][][]T, len(s))
	for i, polygon := range s {
		for _, r := range polygon {
			line := make([]T, len(r))
			for j, at := range r {
				line[j] = write(at.Point())
			}
			out[i] = append(out[i], line)
		}
	}
	return out
}
