package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	head      = "xiadu-blob-1\n" // what a file begins with
	chunkSize = 64 << 10
	tagSize   = 16
	keySize   = 32
)

// Begun is a file that is being written. It ends with Seal or Drop.
type Begun struct {
	name, path string
	file       *os.File
	key        [keySize]byte
	seal       cipher.AEAD
	chunk      []byte
	number     uint32
	size       int64
	plain, out hash.Hash
	failed     error
}

// Sealed is a whole file that has no row yet.
type Sealed struct {
	Name string
	Key  []byte
	Size int64  // of what was written
	Hash string // SHA-256 of that, hex
	Sum  string // SHA-256 of the file, hex, which needs no key to be held against

	path string
	file *os.File // holds the lock that keeps the sweep from it
}

// Begin makes an empty file with a key of its own.
func (s *Store) Begin() (*Begun, error) {
	b := &Begun{name: rand.Text(), chunk: make([]byte, 0, chunkSize+tagSize), plain: sha256.New(), out: sha256.New()}
	rand.Read(b.key[:]) // documented never to fail
	b.seal = sealer(b.key[:])
	b.path = filepath.Join(s.folder, incoming, b.name)
	s.tell()
	for b.file == nil {
		f, err := os.OpenFile(b.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, explained(s.folder, err)
		}
		b.file = f
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			return nil, explained(s.folder, errors.Join(err, b.Drop()))
		}
		if _, err := os.Stat(b.path); errors.Is(err, os.ErrNotExist) { // a sweep was faster than the lock
			_, b.file = f.Close(), nil
		}
	}
	s.tell()
	if err := b.put([]byte(head)); err != nil {
		return nil, errors.Join(err, b.Drop())
	}
	s.tell()
	return b, nil
}

func sealer(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has another length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // the block has another size
	}
	return gcm
}

// nonce is the chunk's number and whether it is the last. The key is of this file alone.
func nonce(number uint32, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint32(n[7:], number)
	if last {
		n[11] = 1
	}
	return n
}

func (b *Begun) put(p []byte) error {
	b.out.Write(p)
	if _, err := b.file.Write(p); err != nil {
		b.failed = explained(filepath.Dir(b.path), err)
	}
	return b.failed
}

// Write encrypts what it is given, chunk by chunk.
func (b *Begun) Write(p []byte) (n int, err error) {
	for len(p) > 0 && b.failed == nil {
		if len(b.chunk) == chunkSize { // there is more, so that it is not the last
			if err := b.flush(false); err != nil {
				return n, err
			}
		}
		take := min(len(p), chunkSize-len(b.chunk))
		b.plain.Write(p[:take])
		b.chunk = append(b.chunk, p[:take]...)
		b.size += int64(take)
		n, p = n+take, p[take:]
	}
	return n, b.failed
}

func (b *Begun) flush(last bool) error {
	err := b.put(b.seal.Seal(b.chunk[:0], nonce(b.number, last), b.chunk, nil))
	b.chunk = b.chunk[:0]
	if b.number++; b.number == 0 && err == nil {
		b.failed = errors.New("a file of 256 TiB")
	}
	return b.failed
}

// Seal ends the file and has it on the disk. It is removed if that fails.
func (b *Begun) Seal() (*Sealed, error) {
	if b.failed == nil {
		_ = b.flush(true)
	}
	if b.failed == nil {
		b.failed = explained(filepath.Dir(b.path), b.file.Sync())
	}
	if b.failed != nil {
		return nil, errors.Join(b.failed, b.Drop())
	}
	return &Sealed{
		Name: b.name, Key: b.key[:], Size: b.size, path: b.path, file: b.file,
		Hash: hex.EncodeToString(b.plain.Sum(nil)), Sum: hex.EncodeToString(b.out.Sum(nil)),
	}, nil
}

// Drop removes the file.
func (b *Begun) Drop() error { return errors.Join(os.Remove(b.path), b.file.Close()) }

// Drop removes the file.
func (b *Sealed) Drop() error { return errors.Join(os.Remove(b.path), b.file.Close()) }

func (b *Sealed) done() { _ = b.file.Close() } // it was synced

// Read opens the file before it is kept.
func (b *Sealed) Read() (*Reader, error) { return open(b.path, b.Key) }

// Open reads a kept file. One that is not there is a fault.NotFound.
func (s *Store) Open(name string, key []byte) (*Reader, error) {
	if !IsName(name) || len(key) != keySize {
		return nil, errDamaged
	}
	return open(s.Path(name), key)
}

// Reader reads what was written, from any place of it. A chunk that is not what was
// written is an error, and so is an end that is not the end.
type Reader struct {
	file   *os.File
	seal   cipher.AEAD
	size   int64 // of what was written
	at     int64
	number int64 // of the chunk in memory, -1 for none
	chunk  []byte
}

var errDamaged = fault.New(fault.Unavailable, "这份文件在磁盘上已损坏，读不出来。请告诉管理员从备份恢复。",
	"This file is damaged on the disk and cannot be read. Tell the administrator, who can restore it from a backup.")

func open(path string, key []byte) (*Reader, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "这份文件已不在磁盘上。请告诉管理员从备份恢复。", "This file is no more on the disk. Tell the administrator, who can restore it from a backup.").Because(err)
	}
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f, seal: sealer(key), number: -1}
	info, err := f.Stat()
	start := make([]byte, len(head))
	if err == nil {
		_, err = io.ReadFull(f, start)
	}
	if err == nil {
		body := info.Size() - int64(len(head))
		chunks := (body + chunkSize + tagSize - 1) / (chunkSize + tagSize)
		r.size = body - chunks*tagSize
		// The last chunk says that it is the last, so that a size is believed only then.
		if string(start) != head || r.size < 0 || r.load(max(0, chunks-1)) != nil {
			err = errDamaged
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// Size is how much was written.
func (r *Reader) Size() int64 { return r.size }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

func (r *Reader) last() int64 { return max(0, (r.size+chunkSize-1)/chunkSize-1) }

func (r *Reader) load(number int64) error {
	if number == r.number {
		return nil
	}
	last := number == r.last()
	want := int64(chunkSize)
	if last {
		want = r.size - number*chunkSize
	}
	b := make([]byte, want+tagSize)
	r.number = -1
	if _, err := r.file.ReadAt(b, int64(len(head))+number*(chunkSize+tagSize)); err != nil {
		return errDamaged
	}
	chunk, err := r.seal.Open(b[:0], nonce(uint32(number), last), b, nil) //nolint:gosec // a file has fewer chunks
	if err != nil {
		return errDamaged
	}
	r.number, r.chunk = number, chunk
	return nil
}

// Read reads on.
func (r *Reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if err := r.load(r.at / chunkSize); err != nil {
		return 0, err
	}
	n := copy(p, r.chunk[r.at%chunkSize:])
	r.at += int64(n)
	return n, nil
}

// Seek goes elsewhere.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("store: before the start")
	}
	r.at = offset
	return offset, nil
}

// SumOf is the SHA-256 of a file as it lies on the disk, hex.
func SumOf(r io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), err
}
