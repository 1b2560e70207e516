package figure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Format is what the first member of a receipt says.
const Format = "xiadu figure receipt 1"

// Receipt is the whole of what is needed to compute a figure again from the log.
type Receipt struct {
	Format string `json:"format"`
	Query  string `json:"query"`
	Params Params `json:"params"`

	// Checkpoint is the signed note, of the size at which the figure was asked.
	Checkpoint string `json:"checkpoint"`

	// Size is how many entries of the log the figure is of, where that is fewer than the
	// checkpoint has: it was asked again, as of then. The checkpoint's tree begins with them.
	Size int64 `json:"size,omitempty"`

	Entries Inputs `json:"entries"`
	Files   []File `json:"files"`

	Result       json.RawMessage `json:"result"`
	ResultSHA256 string          `json:"result_sha256"` // of its canonical JSON
}

// Of is how many entries of the log the figure is of.
func (r Receipt) Of(c logtree.Checkpoint) int64 {
	if r.Size > 0 {
		return r.Size
	}
	return c.Size
}

// Inputs name the entries that a state is made of: those of the kinds, below the size that
// the figure is of.
type Inputs struct {
	Kinds  []string `json:"kinds"`
	Count  int64    `json:"count"`
	First  int64    `json:"first"`
	Last   int64    `json:"last"`
	SHA256 string   `json:"sha256"` // of the hashes of their leaves, one after the other
}

// Folding is a state while entries come in. It is not safe for concurrent use.
type Folding struct {
	Fold  *Fold
	State State
	in    Inputs
	hash  hash.Hash
}

// Begins begins a state.
func (f *Fold) Begins() *Folding {
	return &Folding{Fold: f, State: f.Begin(), in: Inputs{Kinds: f.Kinds, First: -1, Last: -1}, hash: sha256.New()}
}

// Add takes in the next entry of the log.
func (f *Folding) Add(index int64, s logtree.Statement, leaf tlog.Hash) error {
	if !f.Fold.Takes(s.Kind) {
		return nil
	}
	if f.in.Count == 0 {
		f.in.First = index
	}
	f.in.Count++
	f.in.Last = index
	f.hash.Write(leaf[:])
	if err := f.State.Add(s); err != nil {
		return fmt.Errorf("figure: entry %d: %w", index, err)
	}
	return nil
}

// Inputs are the entries so far.
func (f *Folding) Inputs() Inputs {
	in := f.in
	in.SHA256 = hex.EncodeToString(f.hash.Sum(nil))
	return in
}

// Equal tells whether o, as a receipt names them, are the same entries. It may name fewer kinds than are
// looked at now: those of which there was none yet.
func (in Inputs) Equal(o Inputs) bool {
	return in.Count == o.Count && in.First == o.First && in.Last == o.Last && in.SHA256 == o.SHA256 &&
		!slices.ContainsFunc(o.Kinds, func(kind string) bool { return !slices.Contains(in.Kinds, kind) })
}

// New makes the receipt of a result.
func New(q Query, p Params, c logtree.Checkpoint, in Inputs, files []File, result any) (r Receipt, err error) {
	r = Receipt{Format: Format, Query: q.Name, Params: p, Checkpoint: string(c.Note), Entries: in, Files: files}
	if r.Files == nil {
		r.Files = []File{}
	}
	if r.Result, err = canonical.JSON(result); err != nil {
		return r, fmt.Errorf("figure: the result of %s: %w", q.Name, err)
	}
	r.ResultSHA256 = sum(r.Result)
	return r, nil
}

// Bytes is the file.
func (r Receipt) Bytes() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}

// IsReceipt tells whether a file is the receipt of a figure, and not of an entry.
func IsReceipt(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(b, "\ufeff \t\r\n"), []byte("{"))
}

var errReceipt = errors.New("not a receipt of a figure")

// ParseReceipt reads a receipt and what it was made at, without asking whether it is true.
func ParseReceipt(b []byte) (r Receipt, c logtree.Checkpoint, err error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, c, fmt.Errorf("%w: %w", errReceipt, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || r.Format != Format {
		return r, c, errReceipt
	}
	if r.Result, err = canonical.JSON(r.Result); err != nil || !bytes.HasPrefix(r.Result, []byte("{")) {
		return r, c, errReceipt
	}
	c, err = logtree.ParseCheckpoint([]byte(r.Checkpoint))
	if err == nil && (r.Size < 0 || r.Size > c.Size) {
		err = errReceipt
	}
	return r, c, err
}

// What may be wrong with a receipt as it stands.
var (
	ErrResult = errors.New("its result is not the one of its hash")
	ErrParams = errors.New("its parameters are not those of its query")
	ErrFiles  = errors.New("it names files that its query does not need")
	ErrMember = errors.New("its result has a member that its query does not give")
)

// Check holds the receipt against itself and the log's keys.
func (r Receipt) Check(q Query, keys ...note.Verifier) error {
	if _, err := logtree.OpenCheckpoint([]byte(r.Checkpoint), keys...); err != nil {
		return err
	}
	if r.ResultSHA256 != sum(r.Result) {
		return ErrResult
	}
	settled, err := q.Settle(r.Params, time.Time{})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrParams, err)
	}
	if len(settled) != len(r.Params) {
		return ErrParams
	}
	for name, value := range settled {
		if given, ok := r.Params[name]; !ok || given != value {
			return ErrParams
		}
	}
	return r.belongs(q)
}

// belongs holds what the receipt names against what its query may have.
func (r Receipt) belongs(q Query) error {
	seen := map[string]bool{}
	for _, f := range r.Files {
		if !slices.Contains(q.Needs, f.Name) || seen[f.Name] {
			return fmt.Errorf("%w: %q", ErrFiles, f.Name)
		}
		seen[f.Name] = true
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(r.Result, &members); err != nil {
		return err
	}
	for name := range members {
		if !slices.Contains(q.Members, name) {
			return fmt.Errorf("%w: %q", ErrMember, name)
		}
	}
	return nil
}

// Difference is a member of the result that the log gives otherwise. Either may be
// empty: one has no such member.
type Difference struct{ Name, Says, Is string }

// Against holds the receipt's result against what was computed again. Of a part, as
// where files are missing, only its members are compared.
func (r Receipt) Against(again any, part bool) ([]Difference, error) {
	text, err := canonical.JSON(again)
	if err != nil {
		return nil, err
	}
	var says, is map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(r.Result, &says), json.Unmarshal(text, &is)); err != nil {
		return nil, err
	}
	var all []Difference
	for name := range is {
		if !bytes.Equal(says[name], is[name]) {
			all = append(all, Difference{name, string(says[name]), string(is[name])})
		}
	}
	for name := range says {
		if _, ok := is[name]; !ok && !part {
			all = append(all, Difference{name, string(says[name]), ""})
		}
	}
	slices.SortFunc(all, func(x, y Difference) int { return strings.Compare(x.Name, y.Name) })
	return all, nil
}

// Parts names the members of the result that were computed again, and the others.
func (r Receipt) Parts(again any) (computed, others []string, err error) {
	text, err := canonical.JSON(again)
	if err != nil {
		return nil, nil, err
	}
	var says, is map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(r.Result, &says), json.Unmarshal(text, &is)); err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(says)) {
		if _, ok := is[name]; ok {
			computed = append(computed, name)
		} else {
			others = append(others, name)
		}
	}
	return computed, others, nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
