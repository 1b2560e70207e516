package seal

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// Ring is the keys of a file. It is safe for concurrent use.
type Ring struct {
	path string

	mu   sync.Mutex
	keys map[int]*key
	seen stamp
}

// stamp tells one state of the file from another.
type stamp struct {
	size int64
	at   time.Time
}

// maxFile bounds what is read: a thousand rotations.
const maxFile = 100_000

const heading = `# 个人信息的密钥：丢失后，姓名、电话和第二因素无法恢复。请另存一份在安全的地方，不要和备份放在一起。
# The keys of personal data. If they are lost, so are names, telephone numbers and second factors.
# Keep a copy in a safe place, and not with the backups.
`

// MakeRing makes the file with one key. It is a fault.Conflict where there is one.
func MakeRing(path string, suite Suite, number int) (*Ring, error) {
	r := &Ring{path: path, keys: map[int]*key{}}
	if err := r.add(number, suite, true); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, fault.New(fault.Conflict, "密钥文件 %s 已经存在，不会被覆盖。", "The key file %s is there already and is not overwritten.", path)
		}
		return nil, fmt.Errorf("seal: making %s: %w", path, err)
	}
	return OpenRing(path)
}

// OpenRing reads the file. One that is not there is a fault.NotFound, one that
// cannot be understood a fault.Invalid.
func OpenRing(path string) (*Ring, error) {
	r := &Ring{path: path, keys: map[int]*key{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.read(); err != nil {
		return nil, err
	}
	return r, nil
}

// Path is where the file lies.
func (r *Ring) Path() string { return r.path }

// read reads the file if it is not as it was last seen.
func (r *Ring) read() error {
	info, err := os.Stat(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "找不到密钥文件 %s。", "There is no key file %s.", r.path).Because(err)
	}
	if err != nil {
		return fmt.Errorf("seal: reading %s: %w", r.path, err)
	}
	now := stamp{info.Size(), info.ModTime()}
	if now == r.seen {
		return nil
	}
	if info.Size() > maxFile {
		return unreadable(r.path, "it is too large")
	}
	text, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("seal: reading %s: %w", r.path, err)
	}
	keys := map[int]*key{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		k, err := parse(line)
		if err != nil {
			return unreadable(r.path, err.Error())
		}
		if keys[k.number] != nil {
			return unreadable(r.path, "a number comes twice")
		}
		keys[k.number] = k
	}
	if len(keys) == 0 {
		return unreadable(r.path, "it has no key")
	}
	r.keys, r.seen = keys, now
	return nil
}

func unreadable(path, why string) error {
	return fault.New(fault.Invalid, "密钥文件 %[1]s 读不懂（%[2]s）。每行应为“编号 算法 十六进制密钥”。请换回原来的文件。",
		"The key file %[1]s cannot be understood (%[2]s). Each line is “number suite hex”. Put the former file back.", path, why)
}

func parse(line string) (*key, error) {
	f := strings.Fields(line)
	if len(f) != 3 {
		return nil, errors.New("a line has not three parts")
	}
	number, err := strconv.Atoi(f[0])
	if err != nil || number < 1 {
		return nil, errors.New("a number is none")
	}
	suite := Suite(f[1])
	if suite != AES && suite != SM {
		return nil, errors.New("a suite is unknown")
	}
	secret, err := hex.DecodeString(f[2])
	if err != nil || len(secret) != secretBytes {
		return nil, errors.New("a key is not 32 bytes in hexadecimal")
	}
	return newKey(number, suite, secret)
}

// key returns a key, looking at the file again.
func (r *Ring) key(number int) (*key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A file that is being replaced, or gone since, takes no key away that is known.
	err := r.read()
	if k := r.keys[number]; k != nil {
		return k, nil
	}
	return nil, missing(r.path, number).Because(err)
}

// Numbers returns the numbers of the keys, the newest first.
func (r *Ring) Numbers() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.read() // what is known will do
	var all []int
	for n := range r.keys {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(b, a) })
	return all
}

// Suite returns the suite of a key.
func (r *Ring) Suite(number int) Suite {
	if k, err := r.key(number); err == nil {
		return k.suite
	}
	return ""
}

// Add writes a new key into the file and returns its number, which is above any in
// the file and above after.
func (r *Ring) Add(suite Suite, after int) (int, error) {
	number := after + 1
	if all := r.Numbers(); len(all) > 0 {
		number = max(number, all[0]+1)
	}
	if err := r.add(number, suite, false); err != nil {
		return 0, fmt.Errorf("seal: adding a key to %s: %w", r.path, err)
	}
	_, err := r.key(number)
	return number, err
}

// add writes the file anew beside its place and moves it there, so that it is
// never half there.
func (r *Ring) add(number int, suite Suite, exclusive bool) error {
	text := []byte(heading)
	if !exclusive {
		old, err := os.ReadFile(r.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			text = old
		}
	}
	secret := make([]byte, secretBytes)
	rand.Read(secret) // documented never to fail
	text = fmt.Appendf(text, "%d %s %x\n", number, suite, secret)
	f, err := os.CreateTemp(filepath.Dir(r.path), ".people-*") // mode 0600
	if err != nil {
		return err
	}
	if err := finish(f, text); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if exclusive { // two first starts at once: one of them makes it
		err = errors.Join(os.Link(f.Name(), r.path), os.Remove(f.Name()))
	} else {
		err = os.Rename(f.Name(), r.path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(f.Name()))
	}
	return syncFolder(filepath.Dir(r.path))
}

func finish(f *os.File, text []byte) error {
	_, err := f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes a rename last: rows are about to be sealed with the new key.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
