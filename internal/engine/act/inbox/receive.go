package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// State is what became of an act.
type State string

// The states. A device drops an act that is Done, Again or Held.
const (
	Done      State = "done"
	Again     State = "again"    // it was done before; the answer is the one of then
	Missing   State = "missing"  // bytes of its files
	Conflicts State = "conflict" // its author decides
	Refused   State = "refused"
	Held      State = "held"  // its author decides, on a page of their own
	Later     State = "later" // it is to be sent again
)

// Outcome is what became of one act.
type Outcome struct {
	ID      string
	State   State
	Answer  string   // of the use case
	Missing []string // hashes
	Err     error    // why it was not done: a fault to be told, or what is to be logged
}

// opened is an act that is whole and signed by its device.
type opened struct {
	Act
	device Device
	text   []byte
	sent   envelope.Envelope
}

// Courier is who brings acts.
type Courier struct {
	Person string
	// Blind are the ids of acts of which the device has nothing readable any more: nobody could
	// decide there, so that a conflict or a refusal waits here.
	Blind map[string]bool
}

// Receive does what can be done of some acts, each in its own transaction, in their order.
func (b *Inbox[W]) Receive(ctx context.Context, courier Courier, sent []envelope.Envelope) ([]Outcome, error) {
	if len(sent) > MaxBatch {
		return nil, fault.New(fault.Invalid, "一次最多送 %[1]d 件，这里有 %[2]d 件。请分几次。", "At most %[1]d acts are taken at a time, and these are %[2]d. Send them in parts.", MaxBatch, len(sent))
	}
	all := make([]Outcome, len(sent))
	for i, e := range sent {
		err := fault.Safely(func() error { all[i] = b.receive(ctx, courier, e); return nil })()
		if err != nil {
			all[i].State, all[i].Err = Later, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

func (b *Inbox[W]) receive(ctx context.Context, courier Courier, e envelope.Envelope) (out Outcome) {
	o, err := b.unseal(ctx, e)
	out.ID = o.ID
	if err == nil {
		out.Answer, out.State, out.Missing, err = b.do(ctx, o)
	}
	if err == nil {
		return out
	}
	out.Err, out.State = err, stateOf(err)
	why := Why(out.State)
	if errors.Is(err, errRevoked) {
		why, out.State = WhyRevoked, Held
	}
	if h, ok := errors.AsType[heldError](err); ok {
		out.State = Held
		if h.state == stateRejected {
			out.State, out.Err = Refused, notWanted()
		}
		return out
	}
	mine := courier.Person == o.device.Person && !courier.Blind[o.ID]
	if why == WhyRevoked || !mine && o.whole() && (out.State == Conflicts || out.State == Refused) {
		out.State, out.Err = Held, nil
		if err := b.hold(ctx, o, why); err != nil {
			out.State, out.Err = Later, err
		}
	}
	return out
}

// whole tells whether an act was opened, so that its author can be shown it.
func (o opened) whole() bool { return o.text != nil }

var (
	errRevoked = errors.New("inbox: the device was revoked")
	errBefore  = errors.New("inbox: the act before it is not done yet")
)

// missingError is that bytes have yet to come.
type missingError struct{ hashes []string }

func (missingError) Error() string { return "inbox: bytes are missing" }

// stateOf is what an error of an act makes of it.
func stateOf(err error) State {
	kind := fault.KindOf(err)
	if kind == fault.Conflict {
		return Conflicts
	}
	if kind == 0 || kind == fault.Unavailable {
		return Later
	}
	return Refused
}

// do has an act done once.
func (b *Inbox[W]) do(ctx context.Context, o opened) (answer string, state State, lacks []string, err error) {
	did, again := false, false
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		did = false
		answer, again, err = act.Once(tx, act.Act{ID: o.ID, Body: o.text, Person: o.device.Person}, func() (string, error) {
			did = true
			return b.once(tx, o)
		})
		if err != nil || again {
			return err
		}
		return o.device.heard(tx, o.ID)
	})
	m, lacking := errors.AsType[missingError](err)
	switch {
	case lacking:
		return "", Missing, m.hashes, nil
	case err == nil && again:
		return answer, Again, nil, nil
	case err == nil:
		return answer, Done, nil, nil
	case !did && fault.KindOf(err) == fault.Conflict: // another text under a known id: nobody can choose it
		if text, ok := errors.AsType[*fault.Error](err); ok {
			err = &fault.Error{Kind: fault.Denied, Text: text.Text}
		}
	}
	return "", "", nil, err
}

// once is what is done of an act that was not done yet.
func (b *Inbox[W]) once(tx *db.Tx, o opened) (string, error) {
	rows, err := heldByID.Slice(tx, o.ID)
	if err != nil {
		return "", err
	}
	if len(rows) > 0 {
		if rows[0].Body != o.sum() {
			return "", fault.New(fault.Denied, "编号 %[1]s 已经用来送过另一件事，这一件没有做。请在设备上重新保存一次，再发送。",
				"the id %[1]s was used for something else already, and this was not done. Save it once more on the device, and send it again.", o.ID)
		}
		return "", heldError{rows[0].State}
	}
	device, err := deviceByID.One(tx, o.device.ID)
	if err != nil {
		return "", err
	}
	who, stands, err := b.As(tx, device.Person, device.Login)
	if err != nil {
		return "", err
	}
	if !stands || device.RevokedAt != nil {
		return "", errRevoked
	}
	return b.dispatch(tx, who, o)
}

// dispatch hands an act to its system.
func (b *Inbox[W]) dispatch(tx *db.Tx, who W, o opened) (string, error) {
	k, ok := b.Kinds[o.Kind]
	if !ok {
		return "", unknownKind(o.Kind)
	}
	if o.After != "" {
		if err := b.after(tx, o); err != nil {
			return "", err
		}
	}
	if len(o.Files) > 0 {
		if k.Files == "" || b.Files.Missing == nil {
			return "", fault.New(fault.Invalid, "“%s”不收文件。", "Files are not taken with “%s”.", k.Name.ZH)
		}
		hashes := make([]string, len(o.Files))
		for i, f := range o.Files {
			hashes[i] = f.Hash
		}
		lacks, err := b.Files.Missing(tx, o.device.Person, hashes)
		if err != nil {
			return "", err
		}
		if len(lacks) > 0 {
			return "", missingError{lacks}
		}
	}
	return k.Do(tx, who, o.Act)
}

// after holds an act against the one that it builds on.
func (b *Inbox[W]) after(tx *db.Tx, o opened) error {
	done, err := act.Done(tx, o.After)
	if err != nil || done {
		return err
	}
	rows, err := heldByID.Slice(tx, o.After)
	if err != nil {
		return err
	}
	if len(rows) > 0 && rows[0].State == stateRejected {
		return fault.New(fault.Conflict, "它前面的那一件（%[1]s）决定不办了，这一件就不能照办。", "The act that it builds on (%[1]s) was not wanted, so that it cannot be done as it is.", o.After)
	}
	return errBefore
}

func unknownKind(kind string) error {
	return fault.New(fault.Invalid, "这里不办“%s”：办它的系统没有开，或程序太旧。请管理员看一看。", "“%s” is not done here: its system is off, or the program is too old. Ask whoever runs the site.", lang.Short(kind))
}

// unseal opens an act and holds it against its device.
func (b *Inbox[W]) unseal(ctx context.Context, e envelope.Envelope) (o opened, err error) {
	h, err := envelope.Read(e)
	if err != nil {
		return o, err
	}
	o.ID = h.Device + "/" + strconv.FormatInt(h.Number, 10)
	if h.For != envelope.ForAct || h.Number < 1 || len(e.Box) > MaxBody+maxAround {
		return o, fault.New(fault.Invalid, "%[1]s 不是一件可以办的事，或者太大（最多 %[2]d KB）。", "%[1]s is no act, or too large (at most %[2]d KB).", lang.Short(o.ID), MaxBody>>10)
	}
	err = b.db.View(ctx, func(tx *db.Tx) error {
		rows, err := deviceByID.Slice(tx, h.Device)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return otherSite()
		}
		o.device, o.sent = rows[0], e
		public, err := base64.StdEncoding.DecodeString(o.device.Public)
		if err != nil {
			return err
		}
		if err := envelope.Verify(public, e); err != nil {
			return err
		}
		site, err := b.private(tx, h.Key)
		if err != nil {
			return err
		}
		o.text, err = envelope.Open(site, e)
		return err
	})
	if err != nil {
		return o, err
	}
	id := o.ID
	if err := json.Unmarshal(o.text, &o.Act); err != nil || o.ID != id || len(o.Body) > MaxBody || len(o.Files) > maxFiles || o.Happened.IsZero() || o.Seen < 0 {
		o.ID, o.text = id, nil
		return o, fault.New(fault.Invalid, "%[1]s 里面写的不对：请在设备上重新做一次。", "What is in %[1]s is not as it has to be: do it once more on the device.", id).Because(err)
	}
	return o, nil
}

// maxAround is how much an act has besides its body.
const maxAround = 16 << 10

func (o opened) sum() string {
	sum := sha256.Sum256(o.text)
	return hex.EncodeToString(sum[:])
}

// heard notes that an act of a device was done.
func (d Device) heard(tx *db.Tx, id string) error {
	now, err := deviceByID.One(tx, d.ID)
	if err != nil {
		return err
	}
	var number int64
	if _, err := fmt.Sscanf(id, d.ID+"/%d", &number); err != nil {
		return err
	}
	now.HeardAt, now.Last = tx.Now(), max(now.Last, number)
	_, err = heardDevice.Exec(tx, now)
	return err
}

// Plain is an error in words, where it is one of the inbox itself.
func Plain(err error) error {
	if errors.Is(err, errBefore) {
		return fault.New(fault.Unavailable, "它前面的那一件还没有办，办了就轮到它。", "The act that it builds on is not done yet. It follows as soon as that is.")
	}
	return err
}
