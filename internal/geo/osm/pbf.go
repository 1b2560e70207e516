package osm

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

// The format's own limits: https://wiki.openstreetmap.org/wiki/PBF_Format.
const (
	maxHeader = 64 << 10
	maxBlob   = 32 << 20
)

// blob is one block of the file, still compressed.
type blob struct {
	offset int64
	kind   string
	data   []byte
	done   chan<- *batch
}

// readPBF reads blocks in order, parses them on all processors and collects
// the batches in the order of the file, so that the result does not depend on
// who was first.
func (p *parsed) readPBF(ctx context.Context, r *bufio.Reader) error {
	p.source.Format = "pbf"
	first, err := nextBlob(r, 0)
	if err != nil {
		return err
	}
	if first.kind != "OSMHeader" {
		return flawAt(4, "首个数据块应为 OSMHeader，实为 %q", "the first block should be OSMHeader and is %q", printable(first.kind))
	}
	var d inflater
	if err := p.header(&d, first); err != nil {
		return err
	}
	procs := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	todo := make(chan blob, procs)
	order := make(chan (<-chan *batch), 2*procs) // bounds how many blocks are in flight
	group.Go(fault.Safely(func() error {
		defer close(todo)
		defer close(order)
		return feed(ctx, r, first.offset+int64(len(first.data)), todo, order)
	}))
	for range procs {
		group.Go(fault.Safely(func() error { return parse(ctx, todo) }))
	}
	group.Go(fault.Safely(func() error {
		for done := range order {
			select {
			case b := <-done:
				p.into.add(b)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}))
	return group.Wait()
}

// feed hands every block to the parsers, and where its batch will come from to
// the collector.
func feed(ctx context.Context, r *bufio.Reader, offset int64, todo chan<- blob, order chan<- (<-chan *batch)) error {
	for {
		b, err := nextBlob(r, offset)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		offset = b.offset + int64(len(b.data))
		if b.kind != "OSMData" {
			continue // the format asks readers to pass over kinds they do not know
		}
		done := make(chan *batch, 1)
		b.done = done
		select {
		case order <- done:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case todo <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// parse turns blobs into batches until there are none left.
func parse(ctx context.Context, todo <-chan blob) error {
	var d inflater
	var block block
	for b := range todo {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		raw, err := d.inflate(b)
		if err != nil {
			return err
		}
		out, ok := block.parse(raw)
		if !ok {
			return flawAt(b.offset, "数据块内容已损坏", "the contents of this block are damaged")
		}
		b.done <- out
	}
	return nil
}

// nextBlob reads the block at offset: its length, its header and its data. The
// blob's offset is that of the data. The error is io.EOF only where a block
// may end the file.
func nextBlob(r *bufio.Reader, offset int64) (blob, error) {
	var size [4]byte
	if n, err := io.ReadFull(r, size[:]); err != nil {
		if n > 0 || offset == 0 {
			return blob{}, cutShort(err, offset, n, 4)
		}
		return blob{}, err
	}
	n := int64(binary.BigEndian.Uint32(size[:]))
	if n == 0 || n > maxHeader {
		return blob{}, flawAt(offset, "数据块头长度 %d 超出 1–65536", "a block header of %d bytes, beyond 1 to 65536", n)
	}
	head := make([]byte, n)
	if got, err := io.ReadFull(r, head); err != nil {
		return blob{}, cutShort(err, offset+4, got, n)
	}
	b, length := blob{offset: offset + 4 + n}, uint64(0)
	w := wire{b: head}
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			m := w.message(kind)
			b.kind = string(m.b)
		case 3:
			length = w.number(kind)
		default:
			w.skip(kind)
		}
	}
	if w.bad || length > maxBlob {
		return blob{}, flawAt(offset+4, "数据块头已损坏", "the header of this block is damaged")
	}
	b.data = make([]byte, length)
	if got, err := io.ReadFull(r, b.data); err != nil {
		return blob{}, cutShort(err, b.offset, got, int64(length))
	}
	return b, nil
}

// cutShort says that the file ends in the middle; other errors pass.
func cutShort(err error, offset int64, got int, want int64) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return flawAt(offset, "文件在此中断：这里应有 %d 字节，只有 %d 字节",
		"the file breaks off here: %d bytes should follow and %d do", want, got)
}

// header reads the header block.
func (p *parsed) header(d *inflater, b blob) error {
	raw, err := d.inflate(b)
	if err != nil {
		return err
	}
	w := wire{b: raw}
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			box := w.message(kind)
			p.bounds = headerBox(box)
		case 4:
			m := w.message(kind)
			if f := string(m.b); f != "OsmSchema-V0.6" && f != "DenseNodes" {
				return flawAt(b.offset, "文件需要“%s”功能，无法读取；请导出只含当前数据的普通文件",
					"the file needs the feature %q, which we do not read; export a plain file of the present state", printable(f))
			}
		case 16:
			m := w.message(kind)
			p.source.Program = printable(string(m.b))
			p.source.Schematic = strings.Contains(p.source.Program, "schematic")
		case 32:
			p.source.Date = date(int64(w.number(kind)))
		default:
			w.skip(kind)
		}
	}
	if w.bad {
		return flawAt(b.offset, "文件头已损坏", "the file header is damaged")
	}
	return nil
}

// headerBox reads the bounds, which are in nanodegrees whatever the file's
// granularity is. Bounds that are not on the earth are none.
func headerBox(w wire) geo.Box {
	var side [5]float64 // left, right, top, bottom at 1 to 4
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		if field > 4 || kind != wireVarint {
			w.skip(kind)
			continue
		}
		side[field] = float64(w.svarint()) / 1e9
	}
	return boundsBox(side[1], side[4], side[2], side[3])
}

func boundsBox(west, south, east, north float64) geo.Box {
	a, b := geo.Point{Lon: west, Lat: south}, geo.Point{Lon: east, Lat: north}
	if !a.Valid() || !b.Valid() || west >= east || south >= north {
		return geo.Nothing
	}
	return geo.BoxOf(a.Fixed(), b.Fixed())
}

// date returns the time of seconds, and none for what no map was made at.
func date(seconds int64) time.Time {
	if seconds <= 0 || seconds > math.MaxUint32 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// printable makes text from a file safe to show in a message.
func printable(s string) string {
	const longest = 80
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
