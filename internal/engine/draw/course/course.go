// Package course says what the entries of a draw mean, one after the other.
//
//	c, err := course.Begin(terms, list, at)     // of a commitment
//	err = c.Do(&course.Seeded{…}, at)           // may it be done now? then what follows is in it
//	err = c.Add("draw.skipped", public, at)     // is what an entry says what follows?
//
// An entry is a [Step]. What the engine writes and what a reader checks are the same lines: Do fills in
// what follows from a step (how many are drawn, the hash of the result), and Add does the same to
// what an entry says and wants the same bytes. It is pure.
package course

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// State is where a draw stands.
type State string

// The states.
const (
	Waiting   State = "committed" // for its seed
	Drawn     State = "drawn"
	Cancelled State = "cancelled"
	Over      State = "closed"
)

// Course is a draw as its entries have it.
type Course struct {
	Terms    Committed
	Hash     string // of the terms
	List     *lots.List
	Began    time.Time
	State    State
	Seed     string // empty: none yet
	SeededAt time.Time
	Fallback bool   // the first choice was not used
	Reason   string // why it was cancelled
	Known    bool   // it was cancelled when somebody could know what would come of it
	Never    bool   // it was closed since no source came

	Opened map[string]lots.Opening
	Twins  [][2]string // blind codes that turned out to stand for one subject

	draw      *lots.Draw
	bySubject map[string]string // codes that were opened
}

// Begin begins the course of a commitment. Terms that cannot be, at that time, are a fault.
func Begin(terms Committed, l *lots.List, at time.Time) (*Course, error) {
	c := &Course{List: l, Began: at, State: Waiting, Opened: map[string]lots.Opening{}, bySubject: map[string]string{}}
	settled, err := terms.Settle(l, at)
	if err != nil {
		return nil, err
	}
	c.Terms = settled
	c.Hash, err = settled.Hash()
	return c, err
}

// Read begins the course of a commitment as its entry says it, in exactly these bytes.
func Read(public []byte, l *lots.List, at time.Time) (*Course, error) {
	var terms Committed
	if err := json.Unmarshal(public, &terms); err != nil {
		return nil, faultForm(KindCommitted)
	}
	c, err := Begin(terms, l, at)
	if err != nil {
		return nil, err
	}
	return c, same(KindCommitted, c.Terms, public)
}

// Step is what an entry says that comes after the commitment.
type Step interface {
	Kind() string
	Subject() string
	do(c *Course, at time.Time) error
}

// Do takes a step, and fills in what follows from it. What may not be done is a fault; then the course is of
// no more use.
func (c *Course) Do(s Step, at time.Time) error { return s.do(c, at) }

// Add takes the step that an entry says, in exactly these bytes.
func (c *Course) Add(kind string, public []byte, at time.Time) error {
	s := stepOf(kind)
	if s == nil {
		return faultForm(kind)
	}
	if err := json.Unmarshal(public, s); err != nil {
		return faultForm(kind)
	}
	if err := c.Do(s, at); err != nil {
		return err
	}
	return same(kind, s, public)
}

// same wants what was computed to be what is said, and names the member that is not.
func same(kind string, is any, says []byte) error {
	text, err := canonical.JSON(is)
	if err != nil || bytes.Equal(text, says) {
		return err
	}
	var a, b map[string]json.RawMessage
	if json.Unmarshal(text, &a) != nil || json.Unmarshal(says, &b) != nil {
		return faultForm(kind)
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if !bytes.Equal(a[name], b[name]) {
			return fault.New(fault.Conflict, "%[1]s 的 %[2]s：条目写的是 %[3]s，重算的是 %[4]s", "%[2]s of %[1]s: the entry says %[3]s, and it comes out as %[4]s", kind, name, short(b[name]), short(a[name]))
		}
	}
	return faultForm(kind)
}

func short(text []byte) string {
	if len(text) > 100 {
		return string(text[:100]) + "…"
	}
	return string(text)
}

func faultForm(kind string) error {
	return fault.New(fault.Invalid, "%[1]s 这一条不合格式", "the entry %[1]s is not in its form", kind)
}

// Open reports whether no other draw of its purpose may begin.
func (c *Course) Open() bool { return c.State == Waiting || c.State == Drawn || c.Owed() }

// Owed reports whether it was cancelled and still has to publish what would have come of it.
func (c *Course) Owed() bool { return c.State == Cancelled && c.Known && c.Seed == "" }

// Rows are what was drawn so far; none before the seed.
func (c *Course) Rows() []lots.Row {
	if c.draw == nil {
		return []lots.Row{}
	}
	return c.draw.Rows()
}

// Called is what people call a code besides: its name, or whom it was opened to stand for; empty where nobody may know.
func (c *Course) Called(code string) string {
	if o, opened := c.Opened[code]; opened {
		return o.Subject
	}
	if name := c.List.Called(code); name != code {
		return name
	}
	return ""
}

// Left is how many lots may yet be drawn.
func (c *Course) Left() int {
	if c.draw == nil {
		return 0
	}
	return c.draw.Left()
}

// Try is what a seed would give: anybody may know before it is typed in.
func (c *Course) Try(text string) ([]lots.Row, error) {
	d, err := lots.Begin(c.List, c.Terms.Shape, c.Hash, text)
	if err != nil {
		return nil, err
	}
	return d.Rows(), nil
}

// outcome is what entries say of the rows.
func (c *Course) outcome() (o Outcome, err error) {
	rows := c.draw.Rows()
	o.Drawn = len(rows)
	o.Result, err = lots.Hash(rows)
	return o, err
}

// HashOf is the SHA-256 of canonical JSON.
func HashOf(v any) (string, error) {
	text, err := canonical.JSON(v)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// choice returns what the seed comes of, the first being 1, or a fault.
func (c *Course) choice(n int) (seed.Choice, error) {
	if n < 1 || n > len(c.Terms.Seed) {
		return seed.Choice{}, fault.New(fault.Invalid, "约定里没有第 %[1]d 种种子来源", "the terms have no choice %[1]d of sources", n)
	}
	return c.Terms.Seed[n-1], nil
}
