package evidencetest

import (
	"bytes"
	"encoding/binary"
	"math"
)

// EXIF is what a camera writes into a picture. What is empty is not written.
type EXIF struct {
	Turn          int
	Taken, Offset string // "2026:11:30 08:15:02", "+08:00"
	Make, Model   string
	Lat, Lon      float64
}

// tag is an entry of a directory.
type tag struct {
	id, kind uint16
	count    uint32
	value    []byte
}

// WithEXIF puts metadata into a JPEG, as a camera does: behind its first marker.
func WithEXIF(jpeg []byte, e EXIF) []byte {
	order := binary.LittleEndian
	long := func(n uint32) []byte { return order.AppendUint32(nil, n) }
	ascii := func(id uint16, s string) tag { return tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)} }
	degrees := func(id uint16, d float64) tag {
		b := append(long(uint32(math.Abs(d)*1e6)), long(1_000_000)...)
		for range 2 {
			b = append(append(b, long(0)...), long(1)...)
		}
		return tag{id, 5, 3, b}
	}
	var main, sub, gps []tag
	if e.Make != "" {
		main = append(main, ascii(0x10f, e.Make))
	}
	if e.Model != "" {
		main = append(main, ascii(0x110, e.Model))
	}
	if e.Turn != 0 {
		main = append(main, tag{0x112, 3, 1, []byte{byte(e.Turn), 0, 0, 0}})
	}
	if e.Taken != "" {
		sub = append(sub, ascii(0x9003, e.Taken))
	}
	if e.Offset != "" {
		sub = append(sub, ascii(0x9011, e.Offset))
	}
	if e.Lat != 0 || e.Lon != 0 {
		north, east := "N", "E"
		if e.Lat < 0 {
			north = "S"
		}
		if e.Lon < 0 {
			east = "W"
		}
		gps = []tag{ascii(1, north), degrees(2, e.Lat), ascii(3, east), degrees(4, e.Lon)}
	}
	main = append(main, tag{0x8769, 4, 1, nil}, tag{0x8825, 4, 1, nil})
	first := 8
	second := first + length(main)
	third := second + length(sub)
	main[len(main)-2].value, main[len(main)-1].value = long(uint32(second)), long(uint32(third))
	tiff := append([]byte("II*\x00"), long(8)...)
	for _, d := range []struct {
		tags []tag
		at   int
	}{{main, first}, {sub, second}, {gps, third}} {
		tiff = append(tiff, directory(d.tags, d.at)...)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := bytes.Clone(jpeg[:2])
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), jpeg[2:]...)
}

func length(tags []tag) int { return len(directory(tags, 0)) }

// directory is tags and, behind them, what does not fit into their four bytes.
func directory(tags []tag, at int) []byte {
	order := binary.LittleEndian
	b := order.AppendUint16(nil, uint16(len(tags)))
	behind := at + 2 + 12*len(tags) + 4
	var rest []byte
	for _, t := range tags {
		b = order.AppendUint16(b, t.id)
		b = order.AppendUint16(b, t.kind)
		b = order.AppendUint32(b, t.count)
		if len(t.value) > 4 {
			b = order.AppendUint32(b, uint32(behind+len(rest)))
			rest = append(rest, t.value...)
		} else {
			b = append(b, append(bytes.Clone(t.value), 0, 0, 0, 0)[:4]...)
		}
	}
	return append(append(b, 0, 0, 0, 0), rest...)
}
