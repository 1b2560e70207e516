package osm

import "encoding/binary"

// wire walks over the fields of one protocol buffer message. After anything
// malformed it is bad and yields nothing more; it never reads past its bytes.
type wire struct {
	b   []byte
	bad bool
}

// The wire types of protocol buffers that PBF uses.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// next returns the number of the next field, or 0 at the end.
func (w *wire) next() (field int, kind uint64) {
	if len(w.b) == 0 || w.bad {
		return 0, 0
	}
	tag := w.uvarint()
	if w.bad || tag>>3 == 0 || tag>>3 > 1<<29 {
		w.fail()
		return 0, 0
	}
	return int(tag >> 3), tag & 7
}

func (w *wire) fail() { w.b, w.bad = nil, true }

func (w *wire) uvarint() uint64 {
	if len(w.b) > 0 && w.b[0] < 0x80 { // most are one byte
		v := w.b[0]
		w.b = w.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(w.b)
	if n <= 0 {
		w.fail()
		return 0
	}
	w.b = w.b[n:]
	return v
}

// varints counts the varints that b consists of, and reports whether each is one.
func varints(b []byte) (n int, ok bool) {
	length := 0
	for _, c := range b {
		length++
		if c >= 0x80 {
			continue
		}
		if length > binary.MaxVarintLen64 || length == binary.MaxVarintLen64 && c > 1 {
			return n, false
		}
		n, length = n+1, 0
	}
	return n, length == 0
}

// svarint reads a zigzag varint.
func (w *wire) svarint() int64 {
	v := w.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes reads a length and that many bytes, without copying.
func (w *wire) bytes() []byte {
	n := w.uvarint()
	if n > uint64(len(w.b)) {
		w.fail()
		return nil
	}
	b := w.b[:n]
	w.b = w.b[n:]
	return b
}

// message reads a field that is itself a message or packed.
func (w *wire) message(kind uint64) wire {
	if kind != wireBytes {
		w.fail()
		return wire{bad: true}
	}
	return wire{b: w.bytes(), bad: w.bad}
}

// number reads a field that is a varint.
func (w *wire) number(kind uint64) uint64 {
	if kind != wireVarint {
		w.fail()
		return 0
	}
	return w.uvarint()
}

func (w *wire) skip(kind uint64) {
	switch kind {
	case wireVarint:
		w.uvarint()
	case wireBytes:
		w.bytes()
	case wireFixed64, wireFixed32:
		n := 4
		if kind == wireFixed64 {
			n = 8
		}
		if len(w.b) < n {
			w.fail()
			return
		}
		w.b = w.b[n:]
	default:
		w.fail()
	}
}
