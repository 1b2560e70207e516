package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

// Feature is as much of a GeoJSON feature (RFC 7946) as an import needs.
type Feature struct {
	ID         json.RawMessage `json:"id"`
	Geometry   *Geometry       `json:"geometry"` // nil if there is none
	Properties map[string]any  `json:"properties"`
}

// Geometry is where a feature is. Coordinates are read when they are asked for.
type Geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// EachFeature calls visit with each feature of a GeoJSON file and its number,
// from 1. It reads one feature at a time; an error of visit ends the reading and
// is returned.
func (f *File) EachFeature(ctx context.Context, visit func(n int, f Feature) error) error {
	broken := func(cause error) error {
		return fault.New(fault.Invalid, "GeoJSON 格式有误：应是 RFC 7946 的 FeatureCollection", "the GeoJSON is malformed: it should be a FeatureCollection of RFC 7946").Because(cause)
	}
	text, err := decode(f.data)
	if err != nil {
		return err
	}
	var collection struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&collection); err != nil || collection.Type != "FeatureCollection" {
		return broken(err)
	}
	if len(collection.Features) > maxRows {
		return tooManyRows()
	}
	for i, raw := range collection.Features {
		var f Feature
		if err := json.Unmarshal(raw, &f); err != nil {
			return broken(err)
		}
		if err := visit(i+1, f); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Point returns the coordinates of a point feature, as text.
func (f Feature) Point() (lon, lat string, ok bool) {
	var at []float64
	if f.Geometry == nil || f.Geometry.Type != "Point" || json.Unmarshal(f.Geometry.Coordinates, &at) != nil || len(at) < 2 {
		return "", "", false
	}
	return strconv.FormatFloat(at[0], 'f', -1, 64), strconv.FormatFloat(at[1], 'f', -1, 64), true
}

// Name returns the id of a feature as text, or "".
func (f Feature) Name() string {
	var id any
	if len(f.ID) == 0 || json.Unmarshal(f.ID, &id) != nil || id == nil {
		return ""
	}
	return Plain(id)
}

// Text returns the first of the named properties that is there, or "".
func (f Feature) Text(names ...string) string {
	for _, name := range names {
		if v, ok := f.Properties[name]; ok && v != nil {
			return Plain(v)
		}
	}
	return ""
}

// Plain writes a JSON value as a cell; a list is written with commas.
func Plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		words := make([]string, len(v))
		for i, x := range v {
			words[i] = Plain(x)
		}
		return strings.Join(words, ",")
	}
	return fmt.Sprint(v)
}
