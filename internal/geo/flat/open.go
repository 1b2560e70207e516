package flat

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"syscall"
	"unsafe"

	"github.com/xiadu/xiadu/internal/fault"
)

// File is an open flat file. Its arrays are the file's own pages: they are
// read-only (a write is a crash) and must not be used after Close.
type File struct {
	path     string
	mapped   []byte
	contents contents
}

// Open maps the file at path and verifies every checksum. A file that is
// absent is fault.NotFound; one that is damaged, cut short, something else
// altogether or of another version is fault.Invalid.
func Open(path, version string) (*File, error) {
	mapped, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, mapped: mapped}
	if err := f.check(version); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func mapFile(path string) ([]byte, error) {
	if !littleEndian() {
		return nil, errors.New("flat: files are little-endian; this machine is not")
	}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "没有文件 %s", "there is no file %s", path).Because(err)
	}
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fault.New(fault.Unavailable, "读不了 %s：请检查它所在的位置和权限", "cannot read %s: check where it is and its permissions", path).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer file.Close() //nolint:errcheck // a file opened for reading has nothing left to fail
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if info.Size() < int64(headSize) || !info.Mode().IsRegular() {
		return nil, damaged(path, "太短", "shorter than its own head")
	}
	mapped, err := syscall.Mmap(int(file.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return mapped, nil
}

func (f *File) check(version string) error {
	if string(f.mapped[:len(magic)]) != magic {
		return fault.New(fault.Invalid, "%s 不是夏都的街道文件（或由别的版本写成）：请用 xiadu import streets 重新导入",
			"%s is not a street file of this program (or of another version): import again with xiadu import streets", f.path)
	}
	start, n := binary.LittleEndian.Uint64(f.mapped[8:]), uint64(binary.LittleEndian.Uint32(f.mapped[16:]))
	if size := uint64(len(f.mapped)); start > size || n > size-start {
		return damaged(f.path, "被截断", "it is cut short")
	}
	table := f.mapped[start : start+n]
	if crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(f.mapped[20:]) {
		return damaged(f.path, "目录的校验和不符", "the checksum of its contents differs")
	}
	if err := json.Unmarshal(table, &f.contents); err != nil {
		return damaged(f.path, "目录读不出来", "its contents cannot be read")
	}
	if f.contents.Version != version {
		return fault.New(fault.Invalid, "%s 是版本 %s 的街道文件，本程序需要 %s：请用 xiadu import streets 重新导入",
			"%s is a street file of version %s; this program needs %s: import again with xiadu import streets",
			f.path, f.contents.Version, version)
	}
	for name, s := range f.contents.Sections {
		if s.Offset < 0 || s.Bytes < 0 || s.Offset%alignment != 0 || s.Offset > int64(len(f.mapped)) || s.Bytes > int64(len(f.mapped))-s.Offset {
			return damaged(f.path, "在 "+name+" 一节被截断", "it is cut short in section "+name)
		}
		if crc32.Checksum(f.mapped[s.Offset:s.Offset+s.Bytes], castagnoli) != s.CRC {
			return damaged(f.path, name+" 一节的校验和不符", "the checksum of section "+name+" differs")
		}
	}
	return nil
}

func damaged(path, zh, en string) error {
	return fault.New(fault.Invalid, "街道文件 %[1]s 已损坏（%[2]s）：请用 xiadu import streets 重新导入，或从备份恢复",
		"the street file %[1]s is damaged (%[3]s): import again with xiadu import streets, or restore a backup", path, zh, en)
}

// Get returns the section called name as an array of T. The array is the file's
// own memory. A section that is absent or of another element is fault.Invalid.
func Get[T Elem](f *File, name string) ([]T, error) {
	s, ok := f.contents.Sections[name]
	var zero T
	if size := int64(unsafe.Sizeof(zero)); !ok || int64(s.ElemSize) != size || s.Bytes%size != 0 {
		return nil, damaged(f.path, "缺少 "+name+" 一节，或格式不同", "section "+name+" is missing or of another kind")
	}
	return elemsOf[T](f.mapped[s.Offset : s.Offset+s.Bytes]), nil
}

// Digest identifies the content: two files with the same sections have the
// same digest.
func (f *File) Digest() string {
	names := make([]string, 0, len(f.contents.Sections))
	for name := range f.contents.Sections {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := crc32.New(castagnoli)
	for _, name := range names {
		s := f.contents.Sections[name]
		_, _ = fmt.Fprintln(sum, name, s.Bytes, s.CRC)
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}

// Close unmaps the file.
func (f *File) Close() error {
	mapped := f.mapped
	f.mapped, f.contents.Sections = nil, nil
	if mapped == nil {
		return nil
	}
	return syscall.Munmap(mapped)
}
