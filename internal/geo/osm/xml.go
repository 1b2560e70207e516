package osm

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
)

// readXML reads an OpenStreetMap XML document: as the API, Overpass, JOSM and
// osmium write it.
func (p *parsed) readXML(ctx context.Context, r *bufio.Reader) error {
	p.source.Format = "xml"
	in := &tokenBound{r: r}
	x := xmlReader{parsed: p, in: in, d: xml.NewDecoder(in), out: &batch{}}
	for !x.ended {
		token, err := x.d.RawToken()
		if err == nil {
			err = x.token(token)
		}
		if err != nil {
			return x.explain(err)
		}
		if in.read = 0; x.count >= batchSize || len(x.out.refs) > maxBlob {
			x.flush()
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	x.flush()
	return nil
}

// tokenBound refuses a document in which a single tag or text is larger than
// any in a map, before the parser takes memory for it.
type tokenBound struct {
	r    *bufio.Reader
	read int
	err  error // of reading, as against parsing
}

const maxToken = 1 << 20

var errToken = errors.New("a tag or text of more than 1 MiB")

func (t *tokenBound) ReadByte() (byte, error) {
	if t.read++; t.read > maxToken {
		return 0, errToken
	}
	b, err := t.r.ReadByte()
	if err != nil {
		t.err = err
	}
	return b, err
}

func (t *tokenBound) Read(b []byte) (int, error) { return t.r.Read(b) }

// xmlReader keeps the object that is open.
type xmlReader struct {
	*parsed
	in    *tokenBound
	d     *xml.Decoder
	out   *batch
	count int
	depth int
	ended bool

	object  string // node, way, relation or ""
	id      int64
	at      geo.Point
	gone    bool // deleted: in the file only for the record
	edited  time.Time
	tags    Tags
	refs    []int64
	members []member
}

func (x *xmlReader) flush() {
	x.into.add(x.out)
	x.out, x.count = &batch{}, 0
}

func (x *xmlReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		x.depth++
		if x.depth == 1 && t.Name.Local != "osm" {
			return x.flaw("根元素应为 <osm>，实为 <%s>", "the root element should be <osm> and is <%s>", printable(t.Name.Local))
		}
		return x.start(t)
	case xml.EndElement:
		x.depth--
		if x.depth == 0 {
			x.ended = true
		}
		if t.Name.Local == x.object {
			x.end()
		}
	}
	return nil
}

func (x *xmlReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "osm", "meta":
		x.about(t.Attr)
	case "bounds":
		x.box(t.Attr)
	case "node", "way", "relation":
		return x.open(t)
	case "tag":
		if key := attr(t.Attr, "k"); keeps(key) && x.object != "" {
			x.tags = append(x.tags, Tag{key, attr(t.Attr, "v")})
		}
	case "nd":
		ref, err := strconv.ParseInt(attr(t.Attr, "ref"), 10, 64)
		if err != nil {
			return x.flaw("<nd> 的 ref 不是编号：%q", "<nd> has no number as ref: %q", printable(attr(t.Attr, "ref")))
		}
		x.refs = append(x.refs, ref)
	case "member":
		if attr(t.Attr, "type") != "way" {
			return nil
		}
		ref, err := strconv.ParseInt(attr(t.Attr, "ref"), 10, 64)
		if err != nil {
			return x.flaw("<member> 的 ref 不是编号：%q", "<member> has no number as ref: %q", printable(attr(t.Attr, "ref")))
		}
		x.members = append(x.members, member{way: ref, inner: attr(t.Attr, "role") == "inner"})
	}
	return nil
}

// about reads what the document says of itself.
func (x *xmlReader) about(attrs []xml.Attr) {
	for _, a := range attrs {
		switch a.Name.Local {
		case "generator":
			x.source.Program = printable(a.Value)
			x.source.Schematic = strings.Contains(a.Value, "schematic")
		case "timestamp", "osm_base":
			x.source.Date = when(a.Value)
		}
	}
}

// when reads a time, and none for one that is malformed.
func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func (x *xmlReader) box(attrs []xml.Attr) {
	var side [4]float64
	for i, name := range [...]string{"minlon", "minlat", "maxlon", "maxlat"} {
		v, err := strconv.ParseFloat(attr(attrs, name), 64)
		if err != nil {
			return
		}
		side[i] = v
	}
	x.bounds = boundsBox(side[0], side[1], side[2], side[3])
}

// open begins an object.
func (x *xmlReader) open(t xml.StartElement) error {
	if x.object != "" {
		return x.flaw("<%s> 出现在 <%s> 之内", "<%s> inside <%s>", t.Name.Local, x.object)
	}
	var err error
	x.object, x.tags, x.refs, x.members = t.Name.Local, x.tags[:0], x.refs[:0], x.members[:0]
	x.edited = time.Time{}
	if x.id, err = strconv.ParseInt(attr(t.Attr, "id"), 10, 64); err != nil {
		return x.flaw("<%s> 的 id 不是编号：%q", "<%s> has no number as id: %q", x.object, printable(attr(t.Attr, "id")))
	}
	x.gone = attr(t.Attr, "visible") == "false" || attr(t.Attr, "action") == "delete"
	if x.object == "way" {
		x.edited = when(attr(t.Attr, "timestamp"))
	}
	if x.object == "node" {
		lon, lonErr := strconv.ParseFloat(attr(t.Attr, "lon"), 64)
		lat, latErr := strconv.ParseFloat(attr(t.Attr, "lat"), 64)
		if x.at = (geo.Point{Lon: lon, Lat: lat}); errors.Join(lonErr, latErr) != nil {
			x.at.Lat = 999 // counted among the positions that are not on the earth
		}
	}
	return nil
}

// end takes the object that was open.
func (x *xmlReader) end() {
	object := x.object
	x.object = ""
	if x.gone {
		return
	}
	x.count++
	var tags Tags
	if len(x.tags) > 0 {
		tags = sorted(slices.Clone(x.tags))
	}
	switch object {
	case "node":
		x.out.addNode(x.id, x.at, tags)
	case "way":
		if x.edited.After(x.out.newest) {
			x.out.newest = x.edited
		}
		x.out.addWay(x.id, x.out.set(tags.thatMatter()), x.refs)
	case "relation":
		x.out.addRelation(x.id, tags, slices.Clone(x.members))
	}
}

func (x *xmlReader) flaw(zh, en string, args ...any) error {
	f := flawAt(x.d.InputOffset(), zh, en, args...)
	f.line, _ = x.d.InputPos()
	return f
}

// explain turns what the XML parser says into a flaw of the file.
func (x *xmlReader) explain(err error) error {
	if _, ok := errors.AsType[*flaw](err); ok {
		return err
	}
	if x.in.err != nil && !errors.Is(x.in.err, io.EOF) {
		return x.in.err
	}
	f := &flaw{offset: x.d.InputOffset(), zh: "XML 格式有误", en: "the XML is malformed", cause: err}
	if x.in.err != nil {
		f.zh, f.en = "文件在此中断，没有 </osm> 结尾", "the file breaks off here, without its closing </osm>"
	}
	f.line, _ = x.d.InputPos()
	return f
}

func attr(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
