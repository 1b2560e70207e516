// Package flat keeps named arrays in one file, as they lie in memory.
//
// A graph of a city is a dozen large arrays of fixed-size numbers. Stored as
// they lie in memory they need no parsing: a gigabyte opens in half a second,
// most of it for the checksums. It is read and not mapped, because a mapped file
// that somebody copies over ends the process, or changes under its checksums,
// and one that is exchanged stays mapped for as long as anybody might hold a
// slice of it. The file is
//
//	8 bytes  magic "xdflat01": format and its version
//	8 bytes  where the table of contents starts, little-endian
//	4 bytes  its length
//	4 bytes  its CRC-32C
//	         sections, each starting at a multiple of 64 bytes
//	         table of contents, JSON: version of the content, sections
//
// Every section carries a CRC-32C (about 10 GB/s), which Open verifies, so a
// damaged or shortened file is refused before anything believes it. The file is
// written beside its final name and renamed when it is whole and synced: there
// is never half a file, and readers of the old one keep it.
package flat

import (
	"encoding/binary"
	"hash/crc32"
	"unsafe"

	"github.com/xiadu/xiadu/internal/geo"
)

const (
	magic     = "xdflat01"
	headSize  = len(magic) + 16
	alignment = 64 // the first section follows the head at the next multiple
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Elem is what sections are arrays of: values without pointers, whose layout in
// memory is the same on every little-endian machine.
type Elem interface {
	byte | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64 | geo.Fixed | geo.Box
}

type contents struct {
	Version  string             `json:"version"`
	Sections map[string]section `json:"sections"`
}

type section struct {
	Offset   int64  `json:"offset"`
	Bytes    int64  `json:"bytes"`
	ElemSize int    `json:"elem"`
	CRC      uint32 `json:"crc32c"`
}

func bytesOf[T Elem](data []T) []byte {
	if len(data) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(zero)))
}

func elemsOf[T Elem](raw []byte) []T {
	if len(raw) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(zero)))
}

// littleEndian holds on every platform that the product is built for; on
// another one Open and Create refuse.
func littleEndian() bool {
	probe := uint16(1)
	return bytesOf([]uint16{probe})[0] == 1 && binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}
