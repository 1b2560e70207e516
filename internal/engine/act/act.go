// Package act makes what a device did once in effect, however often it arrives.
//
//	answer, again, err := act.Once(tx, act.Act{ID: …, Body: sent, Person: …}, func() (string, error) {
//		made, err := book.Advance(tx, …)
//		return made.Case.Code, err
//	})
//
// A phone that was without a signal sends its acts when there is a line, and again when no answer
// came. Each has an id that was made on the device (device/number) and is kept, with the hash of what was sent
// and the answer, in the transaction of the use case that it asks for: so the act is done and known to be
// done, or neither. What comes again gets the same answer; another body under an id that is
// known is refused, since one of the two would be lost.
//
// A use case that fails leaves nothing: the device keeps the act, and a person decides.
//
// A form that a browser sends is such an act, too: Filled does it once by the number with which its page drew it.
//
// Tables owned: act_done.
package act

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed schema
var files embed.FS

// Schema is the table of acts.
var Schema = db.SchemaIn("act", files)

// Act is one thing that a device did, perhaps long before it arrives.
type Act struct {
	ID     string // device/number
	Body   []byte // as it was sent; its hash alone is kept
	Person string // who did it; opaque
}

type row struct {
	ID     string    `db:"id"`
	Body   string    `db:"body"` // SHA-256, hex
	Person string    `db:"person"`
	At     time.Time `db:"at"`
	Answer string    `db:"answer"`
}

var (
	// insertAct waits for another transaction that has the id, and then fails to serialise, so that it
	// is tried again and sees what the other one did.
	insertAct = db.Declare[row, db.None](`
		INSERT INTO act_done (id, body, person, at, answer) VALUES (:id, :body, :person, :at, :answer) ON CONFLICT (id) DO NOTHING`)
	writeAnswer = db.Declare[row, db.None](`UPDATE act_done SET answer = :answer WHERE id = :id`)
	actByID     = db.Declare[string, row](`SELECT /*cols*/ FROM act_done WHERE id = :id`)
	actThere    = db.Declare[string, int](`SELECT COUNT(*) AS n FROM act_done WHERE id = :id`)
	oldActs     = db.Declare[time.Time, db.None](`DELETE FROM act_done WHERE at < :at`)
)

// maxID bounds an id: a device's own and a number.
const maxID = 100

// Once does an act that is not done yet, and returns the answer of its use case and whether it was done before. An id
// that is none is a fault.Invalid; one that came with another body, or from another person, a
// fault.Conflict.
func Once(tx *db.Tx, a Act, do func() (answer string, err error)) (answer string, again bool, err error) {
	device, number, ok := strings.Cut(a.ID, "/")
	if !ok || device == "" || number == "" || len(a.ID) > maxID || strings.ContainsFunc(a.ID, lang.Unprintable) {
		return "", false, fault.New(fault.Invalid, "这件事的编号“%[1]s”不对：应是 设备/序号", "the id of the act, %[1]q, is none: it should be device/number", lang.Short(a.ID))
	}
	sum := sha256.Sum256(a.Body)
	r := row{ID: a.ID, Body: hex.EncodeToString(sum[:]), Person: a.Person, At: tx.Now()}
	n, err := insertAct.Exec(tx, r)
	if err != nil {
		return "", false, err
	}
	if n == 0 {
		was, err := actByID.One(tx, a.ID)
		if err == nil && (was.Body != r.Body || was.Person != r.Person) {
			err = fault.New(fault.Conflict, "编号 %[1]s 已经用来送过另一件事，这一件没有做。请在设备上重新保存一次，再发送。",
				"the id %[1]s was used for something else already, and this was not done. Save it once more on the device, and send it again.", a.ID)
		}
		return was.Answer, err == nil, err
	}
	if r.Answer, err = do(); err != nil {
		return "", false, err
	}
	_, err = writeAnswer.Exec(tx, r)
	return r.Answer, false, err
}

// Done tells whether an act was done.
func Done(tx *db.Tx, id string) (bool, error) {
	n, err := actThere.One(tx, id)
	return n > 0, err
}

// Forget drops what was done before a time. A device that still sends such an act does it a
// second time, so it is to lie further back than any device keeps its own.
func Forget(tx *db.Tx, before time.Time) (int64, error) { return oldActs.Exec(tx, before) }
