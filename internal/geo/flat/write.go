package flat

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"github.com/xiadu/xiadu/internal/fault"
)

// Writer writes a new flat file. Sections go to a temporary file as they come;
// Commit makes it the file, Abort leaves whatever was there before.
type Writer struct {
	path     string
	temp     *os.File
	tempName string
	contents contents
	at       int64
	err      error
}

// Create starts a flat file at path. Version names the content's format: Open
// refuses a file of any other version.
func Create(path, version string) (*Writer, error) {
	if !littleEndian() {
		return nil, errors.New("flat: files are little-endian; this machine is not")
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, writeFault(path, err)
	}
	w := &Writer{path: path, temp: temp, tempName: temp.Name()}
	w.contents = contents{Version: version, Sections: map[string]section{}}
	w.write(make([]byte, headSize))
	return w, nil
}

// Put writes data as the section called name. The first error sticks: later
// Puts do nothing and Commit returns it.
func Put[T Elem](w *Writer, name string, data []T) {
	var zero T
	w.put(name, bytesOf(data), int(unsafe.Sizeof(zero)))
}

func (w *Writer) put(name string, raw []byte, elemSize int) {
	if _, dup := w.contents.Sections[name]; dup && w.err == nil {
		w.err = fmt.Errorf("flat: section %s written twice", name)
	}
	w.write(make([]byte, (alignment-w.at%alignment)%alignment))
	w.contents.Sections[name] = section{
		Offset: w.at, Bytes: int64(len(raw)), ElemSize: elemSize, CRC: crc32.Checksum(raw, castagnoli),
	}
	w.write(raw)
}

func (w *Writer) write(raw []byte) {
	if w.err != nil {
		return
	}
	n, err := w.temp.Write(raw)
	w.at += int64(n)
	if err != nil {
		w.err = writeFault(w.path, err)
	}
}

// Commit writes the contents and the head, syncs and renames: from then on the
// file exists.
func (w *Writer) Commit() error {
	defer w.Abort()
	table, err := json.Marshal(w.contents)
	if err != nil {
		return err
	}
	head := append([]byte(magic), make([]byte, headSize-len(magic))...)
	binary.LittleEndian.PutUint64(head[8:], uint64(w.at))
	binary.LittleEndian.PutUint32(head[16:], uint32(len(table)))
	binary.LittleEndian.PutUint32(head[20:], crc32.Checksum(table, castagnoli))
	w.write(table)
	if w.err != nil {
		return w.err
	}
	if _, err := w.temp.WriteAt(head, 0); err != nil {
		return writeFault(w.path, err)
	}
	if err := w.temp.Sync(); err != nil {
		return writeFault(w.path, err)
	}
	if err := os.Rename(w.tempName, w.path); err != nil {
		return writeFault(w.path, err)
	}
	return syncDir(filepath.Dir(w.path))
}

// Abort gives the file up and removes what was written. After Commit, or a
// second time, it does nothing.
func (w *Writer) Abort() {
	if w.temp == nil {
		return
	}
	_ = w.temp.Close()
	_ = os.Remove(w.tempName) // gone already after a Commit
	w.temp = nil
	if w.err == nil {
		w.err = errors.New("flat: writer is closed")
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func writeFault(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.Unavailable, "磁盘已满，%s 没有写成；原有文件未动。请腾出空间后重试",
			"the disk is full: %s was not written and the old file is untouched. Free some space and try again", path).Because(err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Unavailable, "不能写入 %s：请检查目录是否存在、是否可写",
			"cannot write %s: check that its folder exists and is writable", path).Because(err)
	}
	return fmt.Errorf("write %s: %w", path, err)
}
