package station

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// feature is as much of a GeoJSON feature (RFC 7946) as an import needs.
type feature struct {
	Type     string          `json:"type"`
	ID       json.RawMessage `json:"id"`
	Geometry *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

// eachFeature calls visit with each feature of a collection and its number,
// from 1. It reads one feature at a time.
func eachFeature(ctx context.Context, data []byte, visit func(n int, f feature) error) error {
	broken := func(cause error) error {
		return fault.New(fault.Invalid, "GeoJSON 格式有误：应是 RFC 7946 的 FeatureCollection", "the GeoJSON is malformed: it should be a FeatureCollection of RFC 7946").Because(cause)
	}
	text, err := decode(data)
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
	if len(collection.Features) > maxImportRows {
		return tooManyRows()
	}
	for i, raw := range collection.Features {
		var f feature
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

// point returns the coordinates of a point feature, as text.
func (f feature) point() (lon, lat string, ok bool) {
	var at []float64
	if f.Geometry == nil || f.Geometry.Type != "Point" || json.Unmarshal(f.Geometry.Coordinates, &at) != nil || len(at) < 2 {
		return "", "", false
	}
	return strconv.FormatFloat(at[0], 'f', -1, 64), strconv.FormatFloat(at[1], 'f', -1, 64), true
}

// geoJSON reads point features whose properties are named as columns are.
func (r *rowReader) geoJSON(ctx context.Context, data []byte) error {
	r.batch.given[FieldCode], r.batch.given[FieldLon], r.batch.given[FieldLat] = true, true, true
	return eachFeature(ctx, data, func(n int, f feature) error {
		var c cells
		for key, v := range f.Properties {
			if field, ok := parseField(key); ok && v != nil {
				c[field] = plain(v)
				r.batch.given[field] = true
			}
		}
		if lon, lat, ok := f.point(); ok {
			c[FieldLon], c[FieldLat] = lon, lat
		} else if f.Geometry != nil {
			r.issue(n, FieldLon, "几何类型“%s”不是点：请导出为 Point", "the geometry “%s” is no point: export it as Point", lang.Short(f.Geometry.Type))
			return nil
		}
		if c[FieldCode] == "" && len(f.ID) > 0 {
			var id any
			if json.Unmarshal(f.ID, &id) == nil {
				c[FieldCode] = plain(id)
			}
		}
		r.row(n, c)
		return nil
	})
}

// plain writes a JSON value as a cell; a list is written with commas.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		words := make([]string, len(v))
		for i, x := range v {
			words[i] = plain(x)
		}
		return strings.Join(words, ",")
	}
	return fmt.Sprint(v)
}
