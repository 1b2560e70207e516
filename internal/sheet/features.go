package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

// Feature is as much of a GeoJSON feature (RFC 7946) as an import needs. It is
// its reader's until visit returns.
type Feature struct {
	Number int    // from 1
	ID     string // as text, or ""
	// Form is the type of its geometry, such as Point. If it has none it is "".
	Form string
	// Properties are the names of those that are not null, in the file's order.
	Properties []string

	values      []json.RawMessage
	coordinates json.RawMessage
}

// maxFeature bounds a feature. One of MaxVertices has about 8 MB.
const maxFeature = 16 << 20

// EachFeature calls visit with each feature of a GeoJSON file. An error of visit
// ends the reading and is returned.
func (f *File) EachFeature(ctx context.Context, visit func(*Feature) error) error {
	in, err := f.text()
	if err != nil {
		return err
	}
	r := featureReader{ctx: ctx, in: json.NewDecoder(in), visit: visit}
	if err = r.collection(); err == nil {
		err = r.end()
	}
	if r.own != nil {
		return r.own
	}
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return fault.New(fault.Invalid, "GeoJSON 格式有误：应是 RFC 7946 的 FeatureCollection", "the GeoJSON is malformed: it should be a FeatureCollection of RFC 7946").Because(err)
	}
	return err
}

type featureReader struct {
	ctx     context.Context
	in      *json.Decoder
	visit   func(*Feature) error
	feature Feature
	own     error // of visit, which is no matter of the file
}

var errNoCollection = errors.New("it is no FeatureCollection")

// collection reads the one value of the file, a feature at a time.
func (r *featureReader) collection() error {
	if err := r.delim('{'); err != nil {
		return err
	}
	kind, listed := "", false
	for r.in.More() {
		key, err := r.in.Token()
		if err != nil {
			return err
		}
		switch {
		case key == "features" && !listed:
			listed = true
			err = r.features()
		case key == "type":
			err = r.in.Decode(&kind)
		default:
			_, err = r.value()
		}
		if err != nil {
			return err
		}
	}
	if kind != "FeatureCollection" || !listed {
		return errNoCollection
	}
	return r.delim('}')
}

// end sees that nothing stands after the value: a second collection, as some
// programs append them, would be lost.
func (r *featureReader) end() error {
	_, err := r.in.Token()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fault.New(fault.Invalid, "GeoJSON 结束之后还有内容：一个文件只能有一个 FeatureCollection，请合并或分成几个文件",
		"there is more after the end of the GeoJSON: a file has one FeatureCollection, so merge them or make several files").Because(err)
}

func (r *featureReader) delim(want json.Delim) error {
	t, err := r.in.Token()
	if err == nil && t != want {
		err = errNoCollection
	}
	return err
}

func (r *featureReader) value() (json.RawMessage, error) {
	from := r.in.InputOffset()
	var raw json.RawMessage
	if err := r.in.Decode(&raw); err != nil {
		return nil, err
	}
	if r.in.InputOffset()-from > maxFeature {
		return nil, fault.New(fault.Invalid, "第 %d 个要素太大：请先简化它的边界", "feature %d is too large: simplify its boundary first", r.feature.Number+1)
	}
	return raw, nil
}

func (r *featureReader) features() error {
	if err := r.delim('['); err != nil {
		return err
	}
	for r.in.More() {
		raw, err := r.value()
		if err != nil {
			return err
		}
		if err := r.feature.read(raw); err != nil {
			return err
		}
		if r.feature.Number++; r.feature.Number > maxRows {
			return tooManyRows()
		}
		if r.own = errors.Join(r.ctx.Err(), r.visit(&r.feature)); r.own != nil {
			return r.own
		}
	}
	return r.delim(']')
}

// read reads all of a feature but its coordinates and the values of its
// properties, which are read when they are asked for.
func (f *Feature) read(raw json.RawMessage) error {
	var read struct {
		ID       json.RawMessage `json:"id"`
		Geometry *struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	f.ID, f.Form, f.coordinates = plain(read.ID), "", nil
	if g := read.Geometry; g != nil {
		f.Form, f.coordinates = g.Type, g.Coordinates
	}
	f.Properties, f.values = f.Properties[:0], f.values[:0]
	if isNull(read.Properties) {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(read.Properties))
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errNoCollection, err)
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return err
		}
		if name, ok := name.(string); ok && !isNull(value) {
			f.Properties, f.values = append(f.Properties, name), append(f.values, value)
		}
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// Text returns a property as a cell would hold it, or "".
func (f *Feature) Text(property int) string {
	if property < 0 || property >= len(f.values) {
		return ""
	}
	return plain(f.values[property])
}

// plain writes a JSON value as a cell; a list is written with commas. A whole
// number keeps its digits, of which a float64 has no more than 15.
func plain(raw json.RawMessage) string {
	if isNull(raw) {
		return ""
	}
	switch raw[0] {
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			words := make([]string, len(list))
			for i, x := range list {
				if len(x) == 0 || x[0] == '[' { // no list of ours has lists in it
					return string(raw)
				}
				words[i] = plain(x)
			}
			return strings.Join(words, ",")
		}
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if v, err := strconv.ParseFloat(string(raw), 64); err == nil && bytes.ContainsAny(raw, ".eE") {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return string(raw)
}

// Point returns the coordinates of a point as text.
func (f *Feature) Point() (lon, lat string, ok bool) {
	var at []float64
	if f.Form != "Point" || json.Unmarshal(f.coordinates, &at) != nil || len(at) < 2 {
		return "", "", false
	}
	return strconv.FormatFloat(at[0], 'f', -1, 64), strconv.FormatFloat(at[1], 'f', -1, 64), true
}

// Line returns the vertices of a LineString as they are written, or false for
// what is none.
func (f *Feature) Line() ([]geo.Point, bool) {
	var line [][]float64
	if f.Form != "LineString" || json.Unmarshal(f.coordinates, &line) != nil || len(line) < 2 {
		return nil, false
	}
	out := make([]geo.Point, len(line))
	for i, at := range line {
		if len(at) < 2 {
			return nil, false
		}
		out[i] = geo.Point{Lon: at[0], Lat: at[1]}
	}
	return out, true
}
