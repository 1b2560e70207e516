package casework

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/record"
)

// Notices are the announcements on their way out.
type Notices struct{ *Book }

// Notice is an announcement on its way to an organisation. It has codes and times, no
// texts and no persons, so that it may go through anybody's gateway.
//
// It is written with the step that it tells of, and goes out within office hours. What is
// no longer true by then (the work was done, the time was extended) never goes out.
type Notice struct {
	ID           string     `db:"id"`
	Kind         NoticeKind `db:"kind"`
	Case         string     `db:"case_id"`
	Life         int        `db:"life"`
	Process      string     `db:"process"`
	Code         string     `db:"code"`
	Stage        string     `db:"stage"`
	Division     string     `db:"division"`
	Organisation string     `db:"organisation"`
	DueAt        time.Time  `db:"due_at"`
	MadeAt       time.Time  `db:"made_at"`
	State        string     `db:"state"`
	NextAt       time.Time  `db:"next_at"`
	Tries        int        `db:"tries"`
	Why          string     `db:"why"` // it was not sent: in a word, without an address
	DoneAt       *time.Time `db:"done_at"`
}

// NoticeKind is what a notice tells.
type NoticeKind string

// The kinds of notice.
const (
	Work    NoticeKind = "work"    // something new is owed
	Warning NoticeKind = "warning" // it is soon due
	Late    NoticeKind = "late"    // it is late
)

// The states of a notice.
const (
	pending = "pending"
	sent    = "sent"
	dead    = "dead" // it cannot be sent: somebody has to ring up
	told    = "told" // somebody has
)

// Why a notice is given up at once.
const (
	NoSender      = "no sender" // none is set up that takes it
	OlderDatabase = "restored"  // it may have gone out, in what was lost
)

// HasDue reports whether what the notice is about has a time by which it is owed.
func (n Notice) HasDue() bool { return n.DueAt.Before(never) }

// Dead reports whether it will not be tried again.
func (n Notice) Dead() bool { return n.State == dead }

type nextNotices struct {
	Now   time.Time `db:"now"`
	Limit int       `db:"lim"`
}

type openNotices struct {
	Now          time.Time `db:"now"`
	Organisation string    `db:"organisation"`
	ID           string    `db:"id"`
	Limit        int       `db:"lim"`
}

var (
	insertNotice = db.Declare[Notice, db.None](`
		INSERT INTO casework_notice (id, kind, case_id, life, process, code, stage, division, organisation, due_at, made_at, state, next_at, tries, why, done_at)
		VALUES (:id, :kind, :case_id, :life, :process, :code, :stage, :division, :organisation, :due_at, :made_at, :state, :next_at, :tries, :why, :done_at)`)
	noticesOf    = db.Declare[string, Notice](`SELECT /*cols*/ FROM casework_notice WHERE case_id = :case_id ORDER BY id`)
	noticeByID   = db.Declare[string, Notice](`SELECT /*cols*/ FROM casework_notice WHERE id = :id`)
	deleteNotice = db.Declare[string, db.None](`DELETE FROM casework_notice WHERE id = :id`)
	dueNotices   = db.Declare[nextNotices, Notice](`
		SELECT /*cols*/ FROM casework_notice WHERE state = 'pending' AND next_at <= :now ORDER BY next_at, id LIMIT :lim`)
	// writeNotice changes what is as it was taken: whose time ran out meanwhile changes nothing.
	writeNotice = db.Declare[Notice, db.None](`
		UPDATE casework_notice SET state = :state, next_at = :next_at, why = :why, done_at = :done_at WHERE id = :id AND tries = :tries AND state = 'pending'`)
	takeNotice = db.Declare[Notice, db.None](`
		UPDATE casework_notice SET tries = :tries, next_at = :next_at WHERE id = :id AND state = 'pending'`)
	closeNotice = db.Declare[Notice, db.None](`
		UPDATE casework_notice SET state = :state, next_at = :next_at, tries = :tries, done_at = :done_at WHERE id = :id AND state IN ('pending', 'dead')`)
	unsentNotices = db.Declare[openNotices, Notice](`
		SELECT /*cols*/ FROM casework_notice
		WHERE state IN ('pending', 'dead') AND (tries > 0 OR next_at <= :now) AND (organisation, id) > (:organisation, :id)
		ORDER BY organisation, id LIMIT :lim`)
	giveUpDue = db.Declare[time.Time, db.None](`
		UPDATE casework_notice SET state = 'dead', why = 'restored', done_at = next_at WHERE state = 'pending' AND next_at <= :now`)
	forgetNotices = db.Declare[time.Time, db.None](`DELETE FROM casework_notice WHERE state IN ('sent', 'told') AND next_at < :next_at`)
)

// announce keeps the notices of a case as its duties are now: new work is told, what is
// still owed will be warned of and told to be late, and what is owed no more is not told.
func (b Notices) announce(tx *db.Tx, p *process.Process, c Case, had, now []Duty) error {
	var rows []Notice
	var err error
	if c.began == nil {
		if rows, err = noticesOf.Slice(tx, c.ID); err != nil {
			return err
		}
	}
	var wanted []Notice
	for _, d := range now {
		stage, _ := p.Stage(d.Name)
		organisation, of := OfOrganisation(d.Holder)
		if !stage.Tell || !of {
			continue
		}
		n := Notice{Case: c.ID, Life: c.Life, Process: c.Process, Code: c.Code, Stage: d.Name, Division: c.Division, Organisation: organisation, DueAt: d.DueAt, State: pending}
		fresh := !slices.ContainsFunc(had, func(o Duty) bool { return o.Holder == d.Holder && o.Name == d.Name })
		wanted = append(wanted, b.of(n, fresh, b.now(tx))...)
	}
	for _, r := range rows {
		i := slices.IndexFunc(wanted, r.tells)
		switch {
		case i >= 0:
			wanted = slices.Delete(wanted, i, i+1) // it is there, sent or not
		case r.State == pending && !stillTrue(r, now):
			if _, err := deleteNotice.Exec(tx, r.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range wanted {
		if n.ID, err = newID(); err != nil {
			return err
		}
		n.MadeAt = b.now(tx)
		if err := insertNotice.Later(tx, n); err != nil {
			return err
		}
	}
	return nil
}

// of is what is to be told of a duty, and when.
func (b Notices) of(n Notice, fresh bool, now time.Time) (all []Notice) {
	add := func(kind NoticeKind, at time.Time) {
		n.Kind, n.NextAt = kind, b.office.Next(at).UTC()
		all = append(all, n)
	}
	if fresh {
		add(Work, now)
	}
	if !n.HasDue() {
		return all
	}
	// What is told as new with its due time needs no warning at the same time.
	if warn := b.WarnAt(n.DueAt); warn.After(b.office.Next(now)) || !fresh {
		add(Warning, latest(warn, now))
	}
	add(Late, latest(n.DueAt, now))
	return all
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// WarnAt is when to warn of something that is due: within office hours.
func (b Notices) WarnAt(due time.Time) time.Time { return b.office.Before(due, b.warn) }

// tells reports whether two notices tell the same. New work is news each time.
func (n Notice) tells(o Notice) bool {
	return n.Kind != Work && n.Kind == o.Kind && n.Life == o.Life && n.Stage == o.Stage && n.Organisation == o.Organisation && n.DueAt.Equal(o.DueAt)
}

// stillTrue reports whether a notice of new work tells what is still owed. What it says of
// when it is due is read from the duty as it goes out.
func stillTrue(n Notice, now []Duty) bool {
	return n.Kind == Work && slices.ContainsFunc(now, func(d Duty) bool { return d.Holder == Organisation(n.Organisation) && d.Name == n.Stage })
}

// Take hands out notices that are due, each to one sender: another one may take it
// once the lease has run out, as when the sender was killed.
func (b Notices) Take(tx *db.Tx, limit int, lease time.Duration) ([]Notice, error) {
	now := b.now(tx)
	rows, err := dueNotices.Slice(tx, nextNotices{now, limit})
	if err != nil {
		return nil, err
	}
	var taken []Notice
	for _, n := range rows {
		if n.Kind == Warning && !n.DueAt.After(now) { // nobody could send it in time: it is late, and that is told
			if _, err := deleteNotice.Exec(tx, n.ID); err != nil {
				return nil, err
			}
			continue
		}
		n.Tries, n.NextAt = n.Tries+1, now.Add(lease)
		if _, err := takeNotice.Exec(tx, n); err != nil {
			return nil, err
		}
		duties, err := dutiesOf.Slice(tx, n.Case)
		if err != nil {
			return nil, err
		}
		for _, d := range duties { // an extension since then is told, too
			if d.Holder == Organisation(n.Organisation) && d.Name == n.Stage {
				n.DueAt = d.DueAt
			}
		}
		taken = append(taken, n)
	}
	return taken, nil
}

// Sent says that a notice that was taken has gone out.
func (b Notices) Sent(tx *db.Tx, n Notice) error {
	now := b.now(tx)
	n.State, n.Why, n.DoneAt = sent, "", &now
	_, err := writeNotice.Exec(tx, n)
	return err
}

const (
	maxTries     = 8
	firstBackoff = time.Minute
	maxBackoff   = time.Hour
	maxWhy       = 200
)

// Failed says why a notice that was taken has not gone out. It is tried again after a
// while, within office hours; after eight times, or at once where no other try
// would help, somebody has to ring up.
func (b Notices) Failed(tx *db.Tx, n Notice, why string, hopeless bool) error {
	now := b.now(tx)
	n.Why = why[:min(len(why), maxWhy)]
	if hopeless || n.Tries >= maxTries {
		n.State, n.DoneAt = dead, &now
	} else {
		n.NextAt = b.office.Next(now.Add(min(firstBackoff<<(n.Tries-1), maxBackoff))).UTC()
	}
	_, err := writeNotice.Exec(tx, n)
	return err
}

// Unsent lists notices that should have gone out and have not, by organisation, behind one.
func (b Notices) Unsent(tx *db.Tx, after Notice, limit int) ([]Notice, error) {
	return unsentNotices.Slice(tx, openNotices{b.now(tx), after.Organisation, after.ID, limit})
}

// Get is one by its id, or a fault.NotFound.
func (b Notices) Get(tx *db.Tx, id string) (Notice, error) { return noticeByID.One(tx, id) }

// Told says that somebody has rung up, so that it need not be sent. Sign and person are who
// did, as the record names them.
func (b Notices) Told(tx *db.Tx, sign, person string, n Notice) error {
	now := b.now(tx)
	n.State, n.DoneAt = told, &now
	changed, err := closeNotice.Exec(tx, n)
	if err != nil || changed == 0 { // it went out meanwhile
		return err
	}
	return record.Append(tx, sign, noticeTold{person, n.ID, string(n.Kind), n.Organisation})
}

// Again has a notice that was given up tried anew.
func (b Notices) Again(tx *db.Tx, n Notice) error {
	n.State, n.NextAt, n.Tries, n.DoneAt = pending, b.now(tx), 0, nil
	_, err := closeNotice.Exec(tx, n)
	return err
}

// Forget drops what was sent or told before a time.
func (b Notices) Forget(tx *db.Tx, before time.Time) (int64, error) {
	return forgetNotices.Exec(tx, before)
}
