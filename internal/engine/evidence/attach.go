package evidence

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// State is how far an item has come.
type State string

// The states.
const (
	Pending    State = "pending"    // it has come; what is made for eyes is not there yet
	Ready      State = "ready"      // its renditions are there
	Only       State = "opaque"     // it is only handed out as it came
	Unreadable State = "unreadable" // it is damaged; the original is kept
	Erased     State = "erased"     // nothing is left but that it was
)

// Item is bytes as evidence of something.
type Item struct {
	ID      string        `db:"id"`
	System  string        `db:"system"`
	Subject string        `db:"subject"`
	Kind    string        `db:"kind"`
	Media   picture.Media `db:"media"`
	Size    int64         `db:"size"`
	Width   int           `db:"width"`
	Height  int           `db:"height"`
	At      time.Time     `db:"made_at"`
	By      string        `db:"made_by"` // by what kind of official, as in the record
	State   State         `db:"state"`

	GoneAt  *time.Time `db:"gone_at"`  // when it was erased
	GoneWhy Ground     `db:"gone_why"` // and on what ground
	LostAt  *time.Time `db:"lost_at"`  // when its original was declared lost
}

// itemRow is all of a row of evidence_item.
type itemRow struct {
	Item
	Blob      string     `db:"blob"`
	Private   string     `db:"private"`
	KeyNumber int        `db:"key_number"`
	Entry     string     `db:"entry"`
	Busy      time.Time  `db:"busy"`
	Until     *time.Time `db:"until"`
}

func (r itemRow) place() string { return "evidence_item/" + r.ID }

// blobRow is a row of evidence_blob.
type blobRow struct {
	Hash      string        `db:"hash"`
	File      string        `db:"file"`
	Sum       string        `db:"sum"`
	Size      int64         `db:"size"`
	Media     picture.Media `db:"media"`
	Width     int           `db:"width"`
	Height    int           `db:"height"`
	Secret    string        `db:"secret"`
	KeyNumber int           `db:"key_number"`
}

func (r blobRow) place() string { return "evidence_blob/" + r.Hash }

// New is evidence that an act names.
type New struct {
	Hash    string // of what was taken
	Kind    string
	System  string
	Subject string
	By      string // as in the record: what kind of official, never a person
	Person  string // who took it in, who alone may name it
}

type owned struct {
	By   string `db:"by_whom"`
	Hash string `db:"hash"`
}

type onSubject struct {
	System  string `db:"system"`
	Subject string `db:"subject"`
}

var (
	intakeOf   = db.Declare[owned, intakeRow](`SELECT /*cols*/ FROM evidence_intake WHERE by_whom = :by_whom AND hash = :hash ORDER BY id DESC LIMIT 1`)
	useIntake  = db.Declare[string, db.None](`DELETE FROM evidence_intake WHERE id = :id`)
	blobByHash = db.Declare[string, blobRow](`SELECT /*cols*/ FROM evidence_blob WHERE hash = :hash`)
	insertBlob = db.Declare[blobRow, db.None](`
		INSERT INTO evidence_blob (hash, file, sum, size, media, width, height, secret, key_number)
		VALUES (:hash, :file, :sum, :size, :media, :width, :height, :secret, :key_number)`)
	insertItem = db.Declare[itemRow, db.None](`
		INSERT INTO evidence_item (id, system, subject, kind, blob, media, size, width, height, private, key_number, entry, made_at, made_by, state, gone_at, gone_why, lost_at, busy, until)
		VALUES (:id, :system, :subject, :kind, :blob, :media, :size, :width, :height, :private, :key_number, :entry, :made_at, :made_by, :state, :gone_at, :gone_why, :lost_at, :busy, :until)`)
	itemByID    = db.Declare[string, itemRow](`SELECT /*cols*/ FROM evidence_item WHERE id = :id`)
	itemsOf     = db.Declare[onSubject, Item](`SELECT /*cols*/ FROM evidence_item WHERE system = :system AND subject = :subject ORDER BY id`)
	itemsOfBlob = db.Declare[string, string](`SELECT id FROM evidence_item WHERE blob = :blob ORDER BY id DESC LIMIT 20`)
)

// Missing returns which of some hashes somebody has yet to send: those that an answer to
// an act of a phone lists.
func Missing(tx *db.Tx, person string, hashes []string) (missing []string, err error) {
	for _, h := range hashes {
		rows, err := intakeOf.Slice(tx, owned{person, h})
		if err != nil {
			return nil, fmt.Errorf("evidence: missing of %s: %w", person, err)
		}
		if len(rows) == 0 {
			missing = append(missing, h)
		}
	}
	return missing, nil
}

// Attach makes an item of bytes that were taken, in the transaction of the act that names
// them. Bytes that this person has not brought, or too long ago, are a fault.Conflict: they are to be
// sent (again).
func (e *Evidence) Attach(tx *db.Tx, n New) (Item, error) {
	fail := func(err error) (Item, error) {
		return Item{}, fmt.Errorf("evidence: attach to %s of %s: %w", n.Subject, n.System, err)
	}
	k, err := e.kind(n.Kind)
	if err != nil {
		return Item{}, err
	}
	rows, err := intakeOf.Slice(tx, owned{n.Person, n.Hash})
	if err != nil {
		return fail(err)
	}
	if len(rows) == 0 || rows[0].Until.Before(tx.Now()) {
		return Item{}, fault.New(fault.Conflict, "这张照片（或文件）还没有收到，或放得太久了。请再交一次。", "This photo (or file) has not come yet, or waited too long. Send it again.")
	}
	in := rows[0]
	if in.Kind != n.Kind {
		return Item{}, fault.New(fault.Invalid, "这份文件是作为“%[1]s”交的，不能当“%[2]s”用。", "This file was sent as %[1]s and cannot be used as %[2]s.", in.Kind, n.Kind)
	}
	text, err := record.OpenOwn(tx, in.place(), in.Secret)
	if err != nil {
		return fail(err)
	}
	var b brought
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return fail(err)
	}
	if err := blob(tx, n, in, b.Key); err != nil {
		return fail(err)
	}
	row, err := newItem(tx, n, in, b.Told)
	if err != nil {
		return fail(err)
	}
	if k.Keep > 0 {
		until := tx.Now().Add(k.Keep)
		row.Until = &until
	}
	same, err := itemsOfBlob.Slice(tx, row.Blob)
	if err != nil {
		return fail(err)
	}
	if row.Entry, err = appendAdded(tx, n, row); err != nil {
		return fail(err)
	}
	if _, err := insertItem.Exec(tx, row); err != nil {
		return fail(err)
	}
	for _, other := range same {
		if k.Uncompared {
			break
		}
		if err := ask(tx, row.ID, other, sameBytes); err != nil {
			return fail(err)
		}
	}
	return row.Item, nil
}

// blob has the bytes as a row, unless they are one already; the file that the intake
// brought is then named by nobody, and swept.
func blob(tx *db.Tx, n New, in intakeRow, key string) error {
	if used, err := useIntake.Exec(tx, in.ID); err != nil || used == 0 {
		return cmp.Or(err, error(fault.New(fault.Conflict, "这份文件刚刚被用掉了。请再交一次。", "This file has just been used. Send it again.")))
	}
	has, err := blobByHash.Slice(tx, in.Hash)
	if err != nil {
		return err
	}
	missed, err := lostOf.Slice(tx, in.Hash)
	if err != nil || len(has) > 0 && len(missed) == 0 {
		return err
	}
	row := blobRow{Hash: in.Hash, File: in.File, Sum: in.Sum, Size: in.Size, Media: in.Media, Width: in.Width, Height: in.Height}
	if row.Secret, row.KeyNumber, err = record.SealOwn(tx, row.place(), key); err != nil {
		return err
	}
	if len(has) == 0 {
		_, err = insertBlob.Exec(tx, row)
		return err
	}
	if _, err := mendBlob.Exec(tx, row); err != nil {
		return err
	}
	return found(tx, n.By, in.Hash, missed)
}

func newItem(tx *db.Tx, n New, in intakeRow, told picture.Told) (row itemRow, err error) {
	row.Item = Item{
		System: n.System, Subject: n.Subject, Kind: n.Kind, Media: in.Media, Size: in.Size, Width: in.Width, Height: in.Height,
		At: tx.Now(), By: n.By, State: Only,
	}
	if in.Media.IsPicture() {
		row.State = Pending
	}
	row.Blob, row.Busy = in.Hash, tx.Now()
	if row.ID, err = newID(); err != nil {
		return row, err
	}
	text, err := json.Marshal(told)
	if err != nil {
		return row, err
	}
	row.Private, row.KeyNumber, err = record.SealOwn(tx, row.place(), string(text))
	return row, err
}

// Items returns the evidence of a subject, in the order of its coming.
func Items(tx *db.Tx, system, subject string) ([]Item, error) {
	items, err := itemsOf.Slice(tx, onSubject{system, subject})
	if err != nil {
		return nil, fmt.Errorf("evidence: items of %s %s: %w", system, subject, err)
	}
	return items, nil
}

// Item returns one. It is a fault.NotFound when there is none.
func (e *Evidence) Item(tx *db.Tx, id string) (Item, error) {
	row, err := itemByID.One(tx, id)
	return row.Item, err
}

// Told returns the private fields of an item: when, where, with what. It is for somebody
// whom the system lets see them.
func Told(tx *db.Tx, id string) (told picture.Told, err error) {
	row, err := itemByID.One(tx, id)
	if err != nil {
		return told, err
	}
	if row.State == Erased {
		return told, gone()
	}
	text, err := record.OpenOwn(tx, row.place(), row.Private)
	if err == nil {
		err = json.Unmarshal([]byte(text), &told)
	}
	if err != nil {
		return told, fmt.Errorf("evidence: private fields of %s: %w", id, err)
	}
	return told, nil
}

func gone() error {
	return fault.New(fault.NotFound, "这份材料已按规定删除。", "This was erased, as the rules have it.")
}

// subject of entries.
func subjectOf(item string) string { return "evidence/" + item }

// appendAdded writes the entry and returns its id, by which its private part is erased.
func appendAdded(tx *db.Tx, n New, row itemRow) (string, error) {
	if err := record.Append(tx, n.By, added{item: row.ID, person: n.Person, hash: row.Blob, System: n.System, Of: n.Subject, What: n.Kind, Media: string(row.Media)}); err != nil {
		return "", err
	}
	history, err := record.History(tx, subjectOf(row.ID), "", 1)
	if err != nil {
		return "", err
	}
	if len(history) != 1 {
		return "", fmt.Errorf("its entry is not there: %s", strconv.Itoa(len(history)))
	}
	return history[0].ID, nil
}

// Bytes names the bytes of an item: two items have the same name if one picture was handed in
// twice. It is for comparing, and stays inside.
func Bytes(tx *db.Tx, id string) (string, error) {
	row, err := itemByID.One(tx, id)
	return row.Blob, err
}
