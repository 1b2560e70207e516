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

	object string // node, way, relation or ""
	id     int64
	at     geo.Point
	edition
	edited  time.Time
	tags    Tags
	refs    []int64
	members []member
	course  []int64 // of the member that is open, as out geom gives it
	located []locatedNode
	courses []packedCourse
	remark  bool
}

// packedCourse is the course of a way that only a relation gives.
type packedCourse struct {
	way  int64
	refs []int64
}

func (x *xmlReader) flush() {
	x.into.add(x.out)
	x.out, x.count = &batch{}, 0
}

func (x *xmlReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		x.depth++
		if name := t.Name.Local; x.depth == 1 && name == "osmChange" || x.depth == 2 && slices.Contains(differences, name) {
			return x.flaw("这是变更文件（osmChange），只有改动的部分：请先用 osmium apply-changes 合并到完整的数据中，再导入合并后的文件",
				"it is a file of changes (osmChange), which holds only what changed: apply it to a whole extract with osmium apply-changes and import the result")
		}
		if x.depth == 1 && t.Name.Local != "osm" {
			return x.flaw("根元素应为 <osm>，实为 <%s>", "the root element should be <osm> and is <%s>", printable(t.Name.Local))
		}
		return x.start(t)
	case xml.CharData:
		if x.remark {
			return x.remarked(string(t))
		}
	case xml.EndElement:
		x.depth--
		x.remark = false
		if t.Name.Local == "member" && len(x.course) > 0 {
			x.courses = append(x.courses, packedCourse{x.members[len(x.members)-1].way, slices.Clone(x.course)})
			x.course = x.course[:0]
		}
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
	case "remark":
		x.remark = x.depth == 2
	case "nd":
		if x.object == "relation" {
			x.corner(t.Attr)
			return nil
		}
		ref, err := strconv.ParseInt(attr(t.Attr, "ref"), 10, 64)
		if err != nil {
			return x.flaw("<nd> 的 ref 不是编号：%q", "<nd> has no number as ref: %q", printable(attr(t.Attr, "ref")))
		}
		x.refs = append(x.refs, ref)
		if at, ok := position(t.Attr); ok {
			x.located = append(x.located, locatedNode{ref, at.Fixed()})
		}
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
	x.located, x.courses, x.course = x.located[:0], x.courses[:0], x.course[:0]
	x.edited = time.Time{}
	if x.id, err = strconv.ParseInt(attr(t.Attr, "id"), 10, 64); err != nil {
		return x.flaw("<%s> 的 id 不是编号：%q", "<%s> has no number as id: %q", x.object, printable(attr(t.Attr, "id")))
	}
	x.edition = edition{}
	if attr(t.Attr, "visible") == "false" || attr(t.Attr, "action") == "delete" {
		x.flags = deleted
	}
	if v, err := strconv.ParseUint(attr(t.Attr, "version"), 10, 31); err == nil {
		x.version = uint32(v)
	}
	if x.object == "way" {
		x.edited = when(attr(t.Attr, "timestamp"))
	}
	if x.object == "node" {
		var ok bool
		if x.at, ok = position(t.Attr); !ok {
			x.at.Lat = 999 // counted among the positions that are not on the earth
		}
	}
	return nil
}

// end takes the object that was open.
func (x *xmlReader) end() {
	object := x.object
	x.object = ""
	x.count++
	if len(x.tags) > 0 {
		x.flags |= tagged
	}
	if x.is(deleted) {
		x.refs, x.members, x.tags, x.courses, x.located = x.refs[:0], x.members[:0], x.tags[:0], x.courses[:0], x.located[:0]
	}
	var tags Tags
	if len(x.tags) > 0 {
		tags = sorted(slices.Clone(x.tags))
	}
	switch object {
	case "node":
		if x.out.version = x.version; x.is(deleted) {
			x.out.dropNode(x.id)
			return
		}
		x.out.addNode(x.id, x.at, tags)
	case "way":
		if x.edited.After(x.out.newest) && !x.is(deleted) {
			x.out.newest = x.edited
		}
		x.out.addWay(x.id, x.out.set(tags.thatMatter()), x.refs, x.edition)
	case "relation":
		x.out.addRelation(x.id, tags, slices.Clone(x.members), x.edition)
		for _, c := range x.courses {
			x.out.addWay(c.way, untagged, c.refs, edition{flags: borrowed})
		}
	}
	x.out.located = append(x.out.located, x.located...)
}

// differences are the elements that wrap what a file of changes changes.
var differences = []string{"action", "create", "modify", "delete"}

// position reads where an element is.
func position(attrs []xml.Attr) (geo.Point, bool) {
	lon, lonErr := strconv.ParseFloat(attr(attrs, "lon"), 64)
	lat, latErr := strconv.ParseFloat(attr(attrs, "lat"), 64)
	p := geo.Point{Lon: lon, Lat: lat}
	return p, lonErr == nil && latErr == nil && p.Valid()
}

// corner takes a position on the course of a member, which has no id. One that
// Overpass left out, because it lies outside the box that was asked for, cuts the
// course.
func (x *xmlReader) corner(attrs []xml.Attr) {
	if len(x.members) == 0 {
		return
	}
	id := int64(lostNode)
	if p, ok := position(attrs); ok {
		at := p.Fixed()
		id = courseNode(at)
		x.located = append(x.located, locatedNode{id, at})
	}
	x.course = append(x.course, id)
}

// remarked refuses a file in which Overpass says that it broke off: the file is
// well-formed and lacks whatever came after.
func (x *xmlReader) remarked(text string) error {
	lower := strings.ToLower(text)
	if !strings.Contains(lower, "error") && !strings.Contains(lower, "timed out") && !strings.Contains(lower, "out of memory") {
		return nil
	}
	text = printable(strings.TrimSpace(text))
	return x.flaw("Overpass 没有查完就停了（“%s”），文件缺了一部分：请缩小查询范围，或把查询里的 [timeout:…] 调大",
		"Overpass stopped before it was done (%q), so that a part is missing: ask for a smaller area, or raise the [timeout:…] of the query", text)
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
