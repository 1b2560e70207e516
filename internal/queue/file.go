package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"
)

// PutFile makes a file available under its SHA-256, unless it is already.
func (q *Queue) PutFile(ctx context.Context, sum, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if has, err := q.made.Load().files.GetInfo(ctx, sum); err == nil && has.Size == uint64(info.Size()) {
		return nil
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if _, err := q.made.Load().files.Put(ctx, jetstream.ObjectMeta{Name: sum}, f); err != nil {
		return fmt.Errorf("queue: put file %s: %w", sum, err)
	}
	return nil
}

// ErrNoFile is a file that nobody has made available, or one that arrives
// otherwise than it was.
var ErrNoFile = errors.New("the file is not there")

// GetFile writes the file with the given SHA-256 to w. A file that is absent or
// not what its name says is ErrNoFile; w may have got a part of it by then.
func (q *Queue) GetFile(ctx context.Context, sum string, w io.Writer) error {
	object, err := q.made.Load().files.Get(ctx, sum)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNoFile, sum, err)
	}
	defer object.Close() //nolint:errcheck // it was only read
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, hash), object); err != nil {
		return fmt.Errorf("queue: get file %s: %w", sum, err)
	}
	if is := hex.EncodeToString(hash.Sum(nil)); is != sum {
		return fmt.Errorf("%w: what is called %s is %s", ErrNoFile, sum, is)
	}
	return nil
}

// DropFile removes a file that nobody needs any more.
func (q *Queue) DropFile(ctx context.Context, sum string) error {
	if err := q.made.Load().files.Delete(ctx, sum); err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
		return fmt.Errorf("queue: drop file %s: %w", sum, err)
	}
	return nil
}
