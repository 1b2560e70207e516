package evidence

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Sent is what whoever sends bytes says of them.
type Sent struct {
	Kind string
	By   string        // the person or device that brings them, who alone may name them
	Hash string        // SHA-256, hex; empty: nothing was said
	Size int64         // 0: nothing was said
	For  time.Duration // how long they wait for the act that names them; 0 means a week
}

// usualWait is how long a phone may be away before what it has sent is dropped.
const usualWait = 7 * 24 * time.Hour

// Taken is what was taken.
type Taken struct {
	Hash          string // SHA-256 of the bytes, hex, by which an act names them
	Size          int64
	Media         picture.Media
	Width, Height int // as stored
}

// intakeRow is a row of evidence_intake.
type intakeRow struct {
	ID        string        `db:"id"`
	Hash      string        `db:"hash"`
	By        string        `db:"by_whom"`
	Kind      string        `db:"kind"`
	File      string        `db:"file"`
	Sum       string        `db:"sum"`
	Size      int64         `db:"size"`
	Media     picture.Media `db:"media"`
	Width     int           `db:"width"`
	Height    int           `db:"height"`
	Secret    string        `db:"secret"`
	KeyNumber int           `db:"key_number"`
	Until     time.Time     `db:"until"`
}

func (r intakeRow) place() string { return "evidence_intake/" + r.ID }

// brought is the sealed part of an intake.
type brought struct {
	Key  string       `json:"key"`
	Told picture.Told `json:"told"`
}

var insertIntake = db.Declare[intakeRow, db.None](`
	INSERT INTO evidence_intake (id, hash, by_whom, kind, file, sum, size, media, width, height, secret, key_number, until)
	VALUES (:id, :hash, :by_whom, :kind, :file, :sum, :size, :media, :width, :height, :secret, :key_number, :until)`)

// Take reads bytes to their end and keeps them until an act names them. It decodes
// nothing. What breaks a rule is a fault.Invalid that says what to do, a full disk a
// fault.Unavailable; nothing is left of either, nor of a reader that fails. An error of
// the transaction leaves a file, which may be named all the same if only the answer to
// COMMIT was lost; the sweep takes it otherwise.
func (e *Evidence) Take(ctx context.Context, r io.Reader, s Sent) (Taken, error) {
	k, err := e.kind(s.Kind)
	if err != nil {
		return Taken{}, err
	}
	if s.Size > k.MaxBytes {
		return Taken{}, k.tooLarge()
	}
	sealed, err := e.receive(ctx, r, k)
	if err != nil {
		return Taken{}, err
	}
	row, told, err := e.examine(ctx, sealed, k, s)
	if err != nil {
		return Taken{}, errors.Join(err, sealed.Drop())
	}
	secret, err := json.Marshal(brought{base64.StdEncoding.EncodeToString(sealed.Key), told})
	if err != nil {
		return Taken{}, errors.Join(err, sealed.Drop())
	}
	committed, err := e.store.Keep(ctx, sealed)
	if err != nil {
		return Taken{}, err
	}
	defer committed()
	err = e.db.Update(ctx, func(tx *db.Tx) (err error) {
		wait := s.For
		if wait <= 0 {
			wait = usualWait
		}
		row.Until = tx.Now().Add(wait)
		if row.Secret, row.KeyNumber, err = record.SealOwn(tx, row.place(), string(secret)); err != nil {
			return err
		}
		_, err = insertIntake.Exec(tx, row)
		return err
	})
	if err != nil {
		return Taken{}, fmt.Errorf("evidence: take %s of %s: %w", s.Kind, s.By, err)
	}
	return Taken{row.Hash, row.Size, row.Media, row.Width, row.Height}, nil
}

// receive writes what comes, up to a byte more than is taken.
func (e *Evidence) receive(ctx context.Context, r io.Reader, k Kind) (*store.Sealed, error) {
	b, err := e.store.Begin()
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(b, io.LimitReader(cancellable{ctx, r}, k.MaxBytes+1))
	if err == nil && n > k.MaxBytes {
		err = k.tooLarge()
	}
	if err != nil {
		if fault.KindOf(err) == 0 {
			err = fault.New(fault.Invalid, "传到一半断了，没有收下。请再交一次。", "It broke off half way and was not taken. Send it again.").Because(err)
		}
		return nil, errors.Join(err, b.Drop())
	}
	return b.Seal()
}

type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// examine holds what came against what was said, and looks what it is.
func (e *Evidence) examine(ctx context.Context, b *store.Sealed, k Kind, s Sent) (intakeRow, picture.Told, error) {
	id, err := newID()
	if err != nil {
		return intakeRow{}, picture.Told{}, err
	}
	row := intakeRow{ID: id, Hash: b.Hash, By: s.By, Kind: k.Key, File: b.Name, Sum: b.Sum, Size: b.Size, Media: Opaque}
	if s.Hash != "" && !strings.EqualFold(s.Hash, b.Hash) || s.Size != 0 && s.Size != b.Size {
		return row, picture.Told{}, fault.New(fault.Invalid, "收到的和发出的不一样：路上坏了，没有收下。请再交一次。", "What came is not what was sent: it was damaged on the way and not taken. Send it again.")
	}
	if k.Opaque {
		if b.Size == 0 {
			return row, picture.Told{}, picture.Refusal(nil)
		}
		return row, picture.Told{}, nil
	}
	r, err := b.Read()
	if err != nil {
		return row, picture.Told{}, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	h, err := picture.Look(r)
	if err == nil {
		err = k.takes(h.Media)
	}
	row.Media, row.Width, row.Height = h.Media, h.Width, h.Height
	if err != nil {
		return row, picture.Told{}, err
	}
	return row, picture.Tell(ctx, r, h), nil
}
