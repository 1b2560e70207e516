package taken

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// Format is the version of the form of a file.
const Format = "xiadu hall 1"

// Names in the file: the log lies below logFolder, as an export writes it.
const (
	aboutName = "contest.json"
	logFolder = "log/"
	proofName = "releases/%d.tlog-proof"
)

// What a file may have: a hall's log of some thousands of entries is a few MB.
const (
	mostBytes = 512 << 20
	mostFiles = 100_000
)

// About is what is public of a contest and not in the log.
type About struct {
	Format   string `json:"format"`
	Contest  string `json:"contest"`
	Office   string `json:"office"`   // what the organisation is called
	Division string `json:"division"` // its code
	Releases int    `json:"releases"`
}

// Archive is a file as it was read: nothing of it is known to hold yet.
type Archive struct {
	About About
	files map[string][]byte
}

// Write writes a file: the same contest at the same checkpoint gives the same bytes.
func Write(w io.Writer, about About, log map[string][]byte, proofs [][]byte) error {
	about.Format, about.Releases = Format, len(proofs)
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return fmt.Errorf("taken: %w", err)
	}
	files := map[string][]byte{aboutName: text}
	for path, b := range log {
		files[logFolder+path] = b
	}
	for i, p := range proofs {
		files[fmt.Sprintf(proofName, i+1)] = p
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	z := zip.NewWriter(w)
	for _, name := range names {
		to, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = to.Write(files[name])
		}
		if err != nil {
			return fmt.Errorf("taken: %w", err)
		}
	}
	return z.Close()
}

func bad(cause error) error {
	return fault.New(fault.Invalid, "这不是完整的评审文件：应是 xiadu contest export 写出来的那一个", "this is no whole file of a contest: it should be the one that xiadu contest export wrote").Because(cause)
}

// Read reads a file whole.
func Read(text []byte) (*Archive, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, bad(err)
	}
	a := &Archive{files: map[string][]byte{}}
	left := int64(mostBytes)
	for _, f := range z.File {
		if len(a.files) == mostFiles || !fs.ValidPath(f.Name) {
			return nil, bad(fmt.Errorf("the name %q", f.Name))
		}
		if a.files[f.Name] != nil {
			return nil, bad(fmt.Errorf("%s is there twice", f.Name))
		}
		b, err := whole(f, left)
		if err != nil {
			return nil, fault.New(fault.Invalid, "评审文件里的 %[1]s 读不出来：文件坏了，或被改动过", "%[1]s in the file of the contest cannot be read: the file is damaged, or was changed", f.Name).Because(err)
		}
		left -= int64(len(b))
		a.files[f.Name] = b
	}
	if err := json.Unmarshal(a.files[aboutName], &a.About); err != nil || a.About.Format != Format {
		return nil, bad(errors.Join(err, fmt.Errorf("format %q", a.About.Format)))
	}
	return a, nil
}

func whole(f *zip.File, left int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(io.LimitReader(r, left+1))
	if err == nil && int64(len(b)) > left {
		err = errors.New("it is too large")
	}
	return b, err
}

// Log is the hall's log in the file.
func (a *Archive) Log() verify.Source {
	return func(_ context.Context, path string) ([]byte, error) {
		b, ok := a.files[logFolder+path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return b, nil
	}
}

// proofs are the receipts of its releases.
func (a *Archive) proofs() (all []verify.File) {
	for name, b := range a.files {
		if strings.HasPrefix(name, "releases/") {
			all = append(all, verify.File{Name: name, Text: b})
		}
	}
	slices.SortFunc(all, func(x, y verify.File) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// Origin is what the hall's log calls itself.
func (a *Archive) Origin() (string, error) {
	c, err := logtree.ParseCheckpoint(a.files[logFolder+"checkpoint"])
	return c.Origin, err
}

// Files reads a folder whole, by path.
func Files(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err == nil {
			files[filepath.ToSlash(name)], err = os.ReadFile(path)
		}
		return err
	})
	return files, err
}
