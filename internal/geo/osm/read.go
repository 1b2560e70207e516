package osm

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

// Read reads the extract at path. It calls progress, which may be nil, with
// the bytes of the file done and their total, from one goroutine. A file that
// is no usable extract is a fault; a cancelled ctx ends it with ctx's error.
func Read(ctx context.Context, path string, progress func(done, total int64)) (*Extract, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil, fault.New(fault.NotFound, "打不开文件 %s：请检查路径和读取权限",
				"cannot open %s: check the path and the permission to read it", path).Because(err)
		}
		return nil, err
	}
	defer f.Close() //nolint:errcheck // a file opened for reading has nothing left to fail
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "%s 是文件夹：请给出其中的 .osm.pbf 或 .osm 文件",
			"%s is a folder: name the .osm.pbf or .osm file in it", path)
	}
	return read(ctx, f, filepath.Base(path), info.Size(), progress)
}

// read reads an extract of size bytes, called name in messages, from r. A panic
// is the file's flaw: the decompressors and the XML parser are not ours.
func read(ctx context.Context, r io.Reader, name string, size int64, progress func(done, total int64)) (*Extract, error) {
	var x *Extract
	err := fault.Safely(func() (err error) {
		x, err = readFormat(ctx, r, name, size, progress)
		return err
	})()
	if p, ok := errors.AsType[*fault.PanicError](err); ok {
		err = &flaw{zh: "解析程序意外停止", en: "the parser stopped unexpectedly", cause: p}
	}
	if bad, ok := errors.AsType[*flaw](err); ok {
		return nil, bad.fault(name)
	}
	return x, err
}

// readFormat reads whatever format the extract has. An error may be a *flaw.
func readFormat(ctx context.Context, r io.Reader, name string, size int64, progress func(done, total int64)) (*Extract, error) {
	if size == 0 {
		return nil, flawAt(0, "文件是空的", "the file is empty")
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	in := &input{ctx: ctx, r: r, progress: func(done int64) { progress(done, size) }}
	plain, err := in.plain()
	if err != nil {
		return nil, err
	}
	head, err := plain.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, in.explain(err)
	}
	p := parsed{into: &collector{}, bounds: geo.Nothing, source: Source{File: name, Bytes: size}}
	switch format := sniff(head); format {
	case isXML:
		err = p.readXML(ctx, plain)
	case isPBF:
		err = p.readPBF(ctx, plain)
	default:
		return nil, &flaw{zh: format.zh, en: format.en}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, in.explain(err)
	}
	if len(p.into.ids)+len(p.into.located) == 0 {
		return nil, flawAt(size, "其中没有任何节点", "there is not one node in it")
	}
	return p.into.extract(p.source, p.bounds)
}

// parsed is what the parsers fill in.
type parsed struct {
	into   *collector
	source Source
	bounds geo.Box
}

// input reads the file and counts its bytes.
type input struct {
	ctx       context.Context
	r         io.Reader
	progress  func(done int64)
	done      int64
	shown     int64
	inflating bool
}

func (in *input) Read(b []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.r.Read(b)
	in.done += int64(n)
	if const64K := int64(64 << 10); in.done-in.shown >= const64K || errors.Is(err, io.EOF) {
		in.shown = in.done
		in.progress(in.done)
	}
	return n, err
}

// plain returns the file without its compression.
func (in *input) plain() (*bufio.Reader, error) {
	raw := bufio.NewReaderSize(in, 256<<10)
	head, err := raw.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var out io.Reader
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if out, err = gzip.NewReader(raw); err != nil {
			return nil, in.explain(err)
		}
	case bytes.HasPrefix(head, []byte("BZh")):
		out = bzip2.NewReader(raw)
	default:
		return raw, nil
	}
	in.inflating = true
	return bufio.NewReaderSize(&bounded{r: out, in: in}, 256<<10), nil
}

// bounded refuses a file that inflates out of all proportion: maps shrink to a
// tenth or a twentieth, a file made to exhaust memory to a thousandth.
type bounded struct {
	r   io.Reader
	in  *input
	got int64
}

const (
	maxInflation = 200
	freeBytes    = 64 << 20 // below this any ratio will do
)

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.got += int64(n); b.got > freeBytes && b.got > maxInflation*b.in.done {
		return 0, inflated(b.in.done)
	}
	return n, err
}

func inflated(at int64) error {
	return flawAt(at, "解压后膨胀超过两百倍，不像是地图数据", "it inflates more than two hundredfold, which no map data does")
}

// explain turns an error of reading or inflating into a flaw of the file.
func (in *input) explain(err error) error {
	if _, ok := errors.AsType[*flaw](err); ok || in.ctx.Err() != nil {
		return err
	}
	corrupt := errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)
	if _, ok := errors.AsType[bzip2.StructuralError](err); ok || in.inflating || corrupt {
		return &flaw{offset: in.done, zh: "压缩数据已损坏或不完整", en: "the compressed data is damaged or incomplete", cause: err}
	}
	return err
}
