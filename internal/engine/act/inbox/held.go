package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Why is why an act waits for its author.
type Why string

// The reasons.
const (
	WhyRevoked  Why = "revoked"
	WhyConflict Why = "conflict"
	WhyRefused  Why = "refused"
)

// The states of a held act.
const (
	stateOpen     = "open"
	stateAccepted = "accepted"
	stateRejected = "rejected"
)

type heldRow struct {
	ID        string     `db:"id"`
	Device    string     `db:"device"`
	Person    string     `db:"person"`
	Why       Why        `db:"why"`
	Body      string     `db:"body"`
	Envelope  string     `db:"envelope"`
	CameAt    time.Time  `db:"came_at"`
	State     string     `db:"state"`
	DecidedAt *time.Time `db:"decided_at"`
}

type heldPage struct {
	Person string `db:"person"`
	After  string `db:"after"`
	Limit  int    `db:"lim"`
}

var (
	insertHeld = db.Declare[heldRow, db.None](`
		INSERT INTO offline_held (id, device, person, why, body, envelope, came_at, state, decided_at)
		VALUES (:id, :device, :person, :why, :body, :envelope, :came_at, :state, :decided_at)`)
	heldByID = db.Declare[string, heldRow](`SELECT /*cols*/ FROM offline_held WHERE id = :id`)
	heldOf   = db.Declare[heldPage, heldRow](`
		SELECT /*cols*/ FROM offline_held WHERE person = :person AND state = 'open' AND id > :after ORDER BY id LIMIT :lim`)
	decideHeld = db.Declare[heldRow, db.None](`
		UPDATE offline_held SET state = :state, envelope = :envelope, decided_at = :decided_at WHERE id = :id AND state = 'open'`)
)

// heldError is that an act has come already and waits, or was decided.
type heldError struct{ state string }

func (heldError) Error() string { return "inbox: the act is held" }

func notWanted() error {
	return fault.New(fault.Denied, "本人已决定不办这一件。", "Its author has decided that it is not wanted.")
}

// hold keeps an act for its author.
func (b *Inbox[W]) hold(ctx context.Context, o opened, why Why) error {
	text, err := json.Marshal(o.sent)
	if err != nil {
		return err
	}
	return b.db.Update(ctx, func(tx *db.Tx) error {
		had, err := heldByID.Slice(tx, o.ID)
		if err != nil || len(had) > 0 {
			return err
		}
		if _, err := insertHeld.Exec(tx, heldRow{
			ID: o.ID, Device: o.device.ID, Person: o.device.Person, Why: why, Body: o.sum(), Envelope: string(text), CameAt: tx.Now(), State: stateOpen,
		}); err != nil {
			return err
		}
		return record.Append(tx, self, held{act: o.ID, person: o.device.Person, Why: why})
	})
}

// Waiting is an act that waits for its author.
type Waiting struct {
	Act
	Why    Why
	Device string // the name of its browser
	CameAt time.Time
	Now    error // what would become of it now: nil, it would be done
}

// Waits lists what waits for a person, after an id, with what would become of each now.
func (b *Inbox[W]) Waits(ctx context.Context, person, after string, limit int) (all []Waiting, err error) {
	var rows []heldRow
	err = b.db.View(ctx, func(tx *db.Tx) error {
		rows, err = heldOf.Slice(tx, heldPage{person, after, limit})
		return err
	})
	for _, row := range rows {
		o, err := b.unpack(ctx, row)
		if err != nil {
			return nil, err
		}
		w := Waiting{Act: o.Act, Why: row.Why, Device: o.device.Name, CameAt: row.CameAt}
		w.Now = b.trial(ctx, o)
		all = append(all, w)
	}
	return all, err
}

func (b *Inbox[W]) unpack(ctx context.Context, row heldRow) (opened, error) {
	var e envelope.Envelope
	if err := json.Unmarshal([]byte(row.Envelope), &e); err != nil {
		return opened{}, fmt.Errorf("inbox: held %s: %w", row.ID, err)
	}
	return b.unseal(ctx, e)
}

var errTrial = errors.New("inbox: it was only tried")

// trial does an act and takes it back. The author tries it for themself, whatever became of
// their device.
func (b *Inbox[W]) trial(ctx context.Context, o opened) error {
	err := b.db.Update(ctx, func(tx *db.Tx) error {
		who, _, err := b.As(tx, o.device.Person, "")
		if err != nil {
			return err
		}
		if _, err := b.dispatch(tx, who, o); err != nil {
			return err
		}
		return errTrial
	})
	if errors.Is(err, errTrial) {
		return nil
	}
	return err
}

// Accept has a held act done for its author, who is signed in and asks for it. A version is
// what they have seen meanwhile, in the place of the one that the act saw; 0 leaves that.
func (b *Inbox[W]) Accept(ctx context.Context, who W, person, id string, version int64) error {
	row, err := b.mine(ctx, person, id)
	if err != nil {
		return err
	}
	o, err := b.unpack(ctx, row)
	if err != nil {
		return err
	}
	if version > 0 {
		o.Seen, o.After = version, ""
	}
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		if err := decide(tx, row, stateAccepted); err != nil {
			return err
		}
		_, _, err := act.Once(tx, act.Act{ID: o.ID, Body: o.text, Person: person}, func() (string, error) { return b.dispatch(tx, who, o) })
		if err != nil {
			return err
		}
		return record.Append(tx, self, accepted{act: id, person: person, Why: row.Why})
	})
	if _, lacks := errors.AsType[missingError](err); lacks {
		return fault.New(fault.Conflict, "它的照片还没有送到。请先在那台设备上把照片发完，或决定不办。", "Its photos have not come yet. Send them from that device first, or drop it.")
	}
	if errors.Is(err, errBefore) {
		return fault.New(fault.Conflict, "它前面的那一件还没有办，请先决定那一件。", "The act that it builds on is not done yet: decide that one first.")
	}
	return err
}

// Reject drops a held act for its author, with a note that may be empty.
func (b *Inbox[W]) Reject(ctx context.Context, person, id, note string) error {
	row, err := b.mine(ctx, person, id)
	if err != nil {
		return err
	}
	return b.db.Update(ctx, func(tx *db.Tx) error {
		if err := decide(tx, row, stateRejected); err != nil {
			return err
		}
		return record.Append(tx, self, rejected{act: id, person: person, note: note, Why: row.Why})
	})
}

// mine reads a held act of a person.
func (b *Inbox[W]) mine(ctx context.Context, person, id string) (row heldRow, err error) {
	err = b.db.View(ctx, func(tx *db.Tx) error {
		rows, err := heldByID.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0].Person != person || person == "" {
			return fault.New(fault.NotFound, "没有这一件待定的事。", "Nothing of that kind waits for you.")
		}
		row = rows[0]
		return nil
	})
	return row, err
}

// decide closes a held act, once.
func decide(tx *db.Tx, row heldRow, state string) error {
	now := tx.Now()
	row.State, row.Envelope, row.DecidedAt = state, "", &now
	n, err := decideHeld.Exec(tx, row)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "这一件已经决定过了。", "This has been decided already.")
	}
	return err
}
