// Package board is what hangs out for everybody: each published letter as the public may see it, in memory.
//
//	b, err := boards.Now(ctx)
//	l, ok := b.Find("XN2023.D3QH202311260001")
//	for _, l := range b.Letters { … }   // the last received first
//
// The map and Open311 ask about thousands of letters at once, so they ask a snapshot that never changes. Before it answers
// it is held against the database by two small queries a campaign (which bulletins are out, what changed last), and
// made anew where something did: a text that was taken back is gone at once. Files of bulletins never change, so
// each is read once.
//
// Nothing is in it but what was published: texts from the files of bulletins, redacted; places as they were moved when
// they were first published; stages and offices as the log has them. What is not published is not here.
//
// It owns no tables.
package board

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// State is how far a letter is, by its problems.
type State string

// The states. Stage-closed is not closed.
const (
	Working State = "working"
	Staged  State = "staged"
	Closed  State = "closed" // all its problems are filed (销号)
)

// Letter is a published letter.
type Letter struct {
	ID        string // campaign, code and of a bare serial its batch, between dots
	Own       string // the id of its case, which is the subject of its entries in the log
	Campaign  string
	Code      string
	Batch     int
	Bulletin  int
	Row       table.Row
	Received  time.Time
	Published time.Time
	Updated   time.Time
	State     State
	Stage     string // of the problem that is behind the others
	Next      string // of a stage-closed one: the day of its next step
	Owes      string // and who owes it
	Lead      string // the office that has to put it right
	At        *geo.Point
}

// Board is what was public at one time.
type Board struct {
	Letters []*Letter // the last received first
	byID    map[string]*Letter
	byOwn   map[string]*Letter
}

// Find returns a letter by its ID, however its case is written.
func (b *Board) Find(id string) (*Letter, bool) {
	l, ok := b.byID[strings.ToUpper(id)]
	return l, ok
}

// Own returns a letter by the id of its case.
func (b *Board) Own(id string) (*Letter, bool) { l, ok := b.byOwn[id]; return l, ok }

// Boards makes them.
type Boards struct {
	db    *db.DB
	mu    sync.Mutex
	stamp string
	made  time.Time
	last  *Board
	files map[string]map[key]table.Row // by the hash of a bulletin's file
}

// key is a letter in a table.
type key struct {
	code  string
	batch int
}

// In makes those of a database.
func In(d *db.DB) *Boards { return &Boards{db: d} }

// longest is for how long nothing is taken for unchanged: two changes of one microsecond have one stamp.
const longest = time.Minute

// Now is what is public now.
func (s *Boards) Now(ctx context.Context) (b *Board, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.db.View(ctx, func(tx *db.Tx) error {
		campaigns, err := campaign.All(tx)
		if err != nil {
			return err
		}
		stamp, err := stampOf(tx, campaigns)
		if err != nil {
			return err
		}
		if since := tx.Now().Sub(s.made); s.last != nil && stamp == s.stamp && since >= 0 && since < longest {
			b = s.last
			return nil
		}
		b, err = s.make(tx, campaigns)
		if err == nil {
			s.stamp, s.made, s.last = stamp, tx.Now(), b
		}
		return err
	})
	return b, err
}

// stampOf changes when anything public does.
func stampOf(tx *db.Tx, campaigns []campaign.Campaign) (string, error) {
	var out strings.Builder
	for _, c := range campaigns {
		bulletins, err := bulletin.AllOut(tx, c.Code)
		if err != nil {
			return "", err
		}
		last, err := problem.LastStand(tx, c.Code)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s %d %s;", c.Code, last.ChangedAt.UnixMicro(), last.ID)
		for _, b := range bulletins {
			fmt.Fprintf(&out, "%d %d %s;", b.Number, b.Version, b.Sum)
		}
	}
	return out.String(), nil
}

func (s *Boards) make(tx *db.Tx, campaigns []campaign.Campaign) (*Board, error) {
	m := &making{tx: tx, had: s.files, files: map[string]map[key]table.Row{}, names: map[string]string{}, out: &Board{byID: map[string]*Letter{}, byOwn: map[string]*Letter{}}}
	for _, c := range campaigns {
		if err := m.add(c); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(m.out.Letters, func(a, b *Letter) int { return cmp.Or(b.Received.Compare(a.Received), cmp.Compare(a.ID, b.ID)) })
	s.files = m.files
	return m.out, nil
}

// making is a board while it is made.
type making struct {
	tx    *db.Tx
	had   map[string]map[key]table.Row
	files map[string]map[key]table.Row
	names map[string]string
	out   *Board
}

// add adds what was published of a campaign.
func (m *making) add(c campaign.Campaign) error {
	standing, err := bulletin.StandingOf(m.tx, c.Code)
	if err != nil || len(standing) == 0 {
		return err
	}
	sums, err := m.read(standing)
	if err != nil {
		return err
	}
	problems := map[string]problem.Stand{}
	if err := problem.EachStand(m.tx, c.Code, func(p problem.Stand) { problems[p.ID] = p }); err != nil {
		return err
	}
	behind := map[string][]problem.Stand{}
	if err := letter.EachBehind(m.tx, c.Code, func(b letter.Behind) { behind[b.Letter] = append(behind[b.Letter], problems[b.Problem]) }); err != nil {
		return err
	}
	var made []*Letter
	err = letter.EachPublished(m.tx, c.Code, func(l letter.Out) {
		stands, is := standing[l.ID]
		row, has := m.files[sums[stands.Ref]][key{l.Code, l.Batch}]
		if !is || !has {
			return
		}
		one := &Letter{
			ID: idOf(c.Code, l), Own: l.ID, Campaign: c.Code, Code: l.Code, Batch: l.Batch, Bulletin: stands.Ref.Number, Row: row,
			Received: l.ReceivedAt, Published: stands.Published, Updated: stands.Published, At: stands.At,
		}
		one.stand(behind[l.ID])
		made = append(made, one)
	})
	if err != nil {
		return err
	}
	for _, one := range made {
		if err := errors.Join(m.name(&one.Lead), m.name(&one.Owes)); err != nil {
			return err
		}
		m.out.byID[strings.ToUpper(one.ID)], m.out.byOwn[one.Own] = one, one
	}
	m.out.Letters = append(m.out.Letters, made...)
	return nil
}

// read reads the files of the bulletins that something stands in, each once, and returns their hashes.
func (m *making) read(standing map[string]bulletin.Stands) (map[bulletin.Ref]string, error) {
	sums := map[bulletin.Ref]string{}
	for _, s := range standing {
		if sums[s.Ref] != "" {
			continue
		}
		b, err := bulletin.Read(m.tx, s.Ref)
		if err != nil {
			return nil, err
		}
		sums[s.Ref] = b.Sum
		if rows, is := m.had[b.Sum]; is {
			m.files[b.Sum] = rows
			continue
		}
		t, err := bulletin.Table(m.tx, b)
		if err != nil {
			return nil, err
		}
		rows := make(map[key]table.Row, len(t.Rows))
		for _, r := range t.Rows {
			rows[key{r.Code, r.Batch}] = r
		}
		m.files[b.Sum] = rows
	}
	return sums, nil
}

// idOf names a letter on the whole site.
func idOf(campaign string, l letter.Out) string {
	id := campaign + "." + l.CodeKey
	if l.CodeBatch > 0 {
		id += fmt.Sprintf(".%d", l.CodeBatch)
	}
	return id
}

// rank orders the stages of a problem by how far it is.
func rank(stage string) int {
	return slices.IndexFunc(complaint.Problem.Stages, func(s process.Stage) bool { return s.Key == stage })
}

// stand says how far a letter is: as far as the problem that is behind the others. With one of them in hand it is not
// closed for a stage.
func (l *Letter) stand(problems []problem.Stand) {
	closed, staged := len(problems) > 0, false
	for _, p := range problems {
		if p.Stage != complaint.Filed && p.Stage != complaint.Settled {
			closed = false
		}
		if p.Stage == complaint.Staged && (!staged || p.NextDay < l.Next) {
			staged, l.Next, l.Owes = true, p.NextDay, p.Lead
		}
		if l.Stage == "" || rank(p.Stage) < rank(l.Stage) {
			l.Stage, l.Lead = p.Stage, p.Lead
		}
		if p.ChangedAt.After(l.Updated) {
			l.Updated = p.ChangedAt
		}
	}
	switch {
	case closed:
		l.State = Closed
	case staged && rank(l.Stage) >= rank(complaint.Staged):
		l.State = Staged
	default:
		l.State = Working
	}
	switch {
	case l.State == Staged && l.Row.Owes != "" && l.Row.Next.String() == l.Next: // redacted, which what the unit typed is not
		l.Owes = l.Row.Owes
	case !staged && l.Row.Status == table.Staged && l.Stage == complaint.Rectifying && l.Row.Next != (calendar.Date{}): // as its bulletin has it
		l.State, l.Next, l.Owes = Staged, l.Row.Next.String(), l.Row.Owes
	}
}

// name puts what an office is called for its id; what names none stays as it is.
func (m *making) name(of *string) error {
	if *of == "" {
		return nil
	}
	if name, is := m.names[*of]; is {
		*of = name
		return nil
	}
	o, err := identity.Named(m.tx, *of)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err == nil {
		m.names[*of] = o.Name
		*of = o.Name
	}
	return err
}
