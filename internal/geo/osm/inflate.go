package osm

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// inflater unpacks one blob after the other into the same memory.
type inflater struct {
	buf  []byte
	src  bytes.Reader
	zlib io.ReadCloser
	zstd *zstd.Decoder
}

// inflate returns the contents of b, valid until the next call.
func (d *inflater) inflate(b blob) ([]byte, error) {
	var size uint64
	var packed []byte
	var field int
	w := wire{b: b.data}
	for f, kind := w.next(); f != 0; f, kind = w.next() {
		switch f {
		case 2:
			size = w.number(kind)
		case 1, 3, 4, 5, 6, 7: // raw, zlib, lzma, bzip2, lz4, zstd
			m := w.message(kind)
			packed, field = m.b, f
		default:
			w.skip(kind)
		}
	}
	if w.bad || size > maxBlob {
		return nil, flawAt(b.offset, "数据块已损坏", "this block is damaged")
	}
	var err error
	switch field {
	case 1:
		return packed, nil
	case 3:
		err = d.openZlib(packed)
	case 7:
		err = d.openZstd(packed)
	default:
		return nil, flawAt(b.offset, "数据块的压缩方式不受支持（只支持 zlib、zstd 和不压缩）",
			"the block is compressed in a way we do not read (zlib, zstd and none are)")
	}
	if err == nil {
		err = d.fill(field, int(size))
	}
	if err != nil {
		return nil, &flaw{offset: b.offset, zh: "数据块解压失败", en: "this block does not inflate", cause: err}
	}
	// A block of a real map shrinks to a half or a tenth. What a whole file
	// inflates to is thereby bounded by the file's size.
	if len(d.buf) > maxBlob/16 && len(d.buf) > maxInflation*len(packed) {
		return nil, inflated(b.offset)
	}
	return d.buf, nil
}

func (d *inflater) openZlib(packed []byte) error {
	d.src.Reset(packed)
	if d.zlib == nil {
		r, err := zlib.NewReader(&d.src)
		if err == nil {
			d.zlib = r
		}
		return err
	}
	return d.zlib.(zlib.Resetter).Reset(&d.src, nil)
}

func (d *inflater) openZstd(packed []byte) error {
	d.src.Reset(packed)
	if d.zstd == nil {
		r, err := zstd.NewReader(&d.src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
		d.zstd = r
		return err
	}
	return d.zstd.Reset(&d.src)
}

// fill reads exactly size bytes.
func (d *inflater) fill(field, size int) error {
	var r io.Reader = d.zlib
	if field == 7 {
		r = d.zstd
	}
	if cap(d.buf) < size {
		d.buf = make([]byte, size)
	}
	d.buf = d.buf[:size]
	if _, err := io.ReadFull(r, d.buf); err != nil {
		return err
	}
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		return io.ErrShortBuffer
	}
	return nil
}
