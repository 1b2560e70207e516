package card

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// AdoptionState is how far an adoption is believed.
type AdoptionState string

// The states.
const (
	Said       AdoptionState = "said"
	Verified   AdoptionState = "verified"
	Unverified AdoptionState = "unverified"
	TakenBack  AdoptionState = "withdrawn"
)

var adoptionStates = []lang.Choice{
	{Key: string(Said), Name: lang.Text{ZH: "自报", EN: "merely said"}},
	{Key: string(Verified), Name: lang.Text{ZH: "已核实", EN: "verified"}},
	{Key: string(Unverified), Name: lang.Text{ZH: "未能核实", EN: "could not be verified"}},
	{Key: string(TakenBack), Name: lang.Text{ZH: "已撤回", EN: "withdrawn"}},
}

// Name is what a state is called.
func (s AdoptionState) Name() lang.Text { return named(adoptionStates, string(s)) }

// Adoption is that a unit works as a card says.
type Adoption struct {
	ID           string        `db:"id"`
	Card         string        `db:"card"`
	Organisation string        `db:"organisation"`
	Division     string        `db:"division"` // its code
	Since        string        `db:"since"`    // 2026-09
	Changed      string        `db:"changed"`  // what was done otherwise than on the card
	Effect       string        `db:"effect"`
	State        AdoptionState `db:"state"`
	Reason       string        `db:"reason"`
	MadeBy       string        `db:"made_by"`
	Version      int64         `db:"version"`
	MadeAt       time.Time     `db:"made_at"`
	MovedAt      time.Time     `db:"moved_at"`
}

type onceKey struct {
	Card         string `db:"card"`
	Organisation string `db:"organisation"`
	Division     string `db:"division"`
}

type behind struct {
	Card  string    `db:"card"`
	At    time.Time `db:"at"`
	ID    string    `db:"id"`
	Limit int       `db:"lim"`
}

var (
	insertAdoption = db.Declare[Adoption, db.None](`
		INSERT INTO contest_adoption (id, card, organisation, division, since, changed, effect, state, reason, made_by, version, made_at, moved_at)
		VALUES (:id, :card, :organisation, :division, :since, :changed, :effect, :state, :reason, :made_by, :version, :made_at, :moved_at)`)
	moveAdoption = db.Declare[Adoption, int64](`
		UPDATE contest_adoption SET state = :state, reason = :reason, version = version + 1, moved_at = :moved_at
		WHERE id = :id AND version = :version RETURNING version`)
	adoptionByID = db.Declare[string, Adoption](`SELECT /*cols*/ FROM contest_adoption WHERE id = :id`)
	once         = db.Declare[onceKey, Adoption](`
		SELECT /*cols*/ FROM contest_adoption WHERE card = :card AND organisation = :organisation AND division = :division AND state <> 'withdrawn'`)
	adoptionsOf = db.Declare[behind, Adoption](`
		SELECT /*cols*/ FROM contest_adoption WHERE card = :card AND state <> 'withdrawn' AND (made_at > :at OR made_at = :at AND id > :id)
		ORDER BY made_at, id LIMIT :lim`)
)

// ReadAdoption returns an adoption, or a fault.NotFound.
func ReadAdoption(tx *db.Tx, id string) (Adoption, error) {
	rows, err := adoptionByID.Slice(tx, id)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "没有这条采用记录。", "There is no such adoption.")
	}
	if err != nil {
		return Adoption{}, err
	}
	return rows[0], nil
}

// Adoptions are those of a card, the oldest first, behind one.
func Adoptions(tx *db.Tx, card string, after Adoption, limit int) ([]Adoption, error) {
	return adoptionsOf.Slice(tx, behind{card, after.MadeAt, after.ID, limit})
}

// Adopting is what a unit says.
type Adopting struct {
	Card, Organisation string
	Division           gb.Division
	Since              string // a month
	Changed, Effect    string
}

func (a *Adopting) check(now time.Time) error {
	a.Changed, a.Effect, a.Since = strings.TrimSpace(a.Changed), strings.TrimSpace(a.Effect), strings.TrimSpace(a.Since)
	wrong := []error{public("changed", a.Changed, mostText, true), public("effect", a.Effect, mostText, false)}
	month, err := time.ParseInLocation("2006-01", a.Since, calendar.China)
	switch {
	case err != nil:
		wrong = append(wrong, fault.At("since", fault.New(fault.Invalid, "请写从哪个月开始，例如 2026-09", "say since which month, as 2026-09")))
	case month.After(now) || month.Year() < 2000:
		wrong = append(wrong, fault.At("since", fault.New(fault.Invalid, "请写一个已经到了的月份", "name a month that has come")))
	}
	if !a.Division.Valid() {
		wrong = append(wrong, fault.At("division", fault.New(fault.Invalid, "请写在哪个地区采用", "say in which division")))
	}
	return errors.Join(wrong...)
}

// Adopt records that a unit has adopted what a card says: once for each division. The same again is answered with what is there.
func (s *Cards) Adopt(ctx context.Context, who identity.Colleague, in Adopting) (a Adoption, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		at, err := identity.PlaceOf(tx, in.Organisation)
		if err != nil {
			return fault.At("organisation", err)
		}
		by, err := who.Admit(tx, contest.Adopt, at)
		if err != nil {
			return err
		}
		if err := in.check(tx.Now()); err != nil {
			return err
		}
		c, err := Read(tx, in.Card)
		if err != nil {
			return err
		}
		switch {
		case c.Shown == 0:
			return fault.New(fault.Conflict, "这张案例卡没有公开，不能记采用。", "This case card is not public, and nobody adopts it.")
		case c.Organisation == in.Organisation:
			return fault.At("organisation", fault.New(fault.Invalid, "这是本单位自己的案例，不算采用", "the case is the unit's own, and no adoption"))
		}
		there, err := once.Slice(tx, onceKey{in.Card, in.Organisation, in.Division.Code()})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			a = there[0]
			if a.Since == in.Since && a.Changed == in.Changed && a.Effect == in.Effect {
				return nil
			}
			return fault.New(fault.Conflict, "本单位在这个地区已经记过采用（从 %s 起）。写错了可以先撤回那一条，再记一次。", "This unit has recorded its adoption in this division already (since %s). If that is wrong, withdraw it and record it again.", a.Since)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("card: %w", err)
		}
		now := tx.Now()
		a = Adoption{
			ID: id.String(), Card: c.ID, Organisation: in.Organisation, Division: in.Division.Code(), Since: in.Since, Changed: in.Changed, Effect: in.Effect,
			State: Said, MadeBy: by.Person, Version: 1, MadeAt: now, MovedAt: now,
		}
		if _, err := insertAdoption.Exec(tx, a); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, adopted{Card: c.ID, Adoption: a.ID, Division: a.Division, Since: a.Since, by: by.Person})
	})
	return a, err
}

// Deciding is what somebody says of an adoption after a look at its evidence, or that its unit takes it back.
type Deciding struct {
	Adoption string
	Seen     int64
	To       AdoptionState
	Reason   string // public
}

// Decide verifies an adoption or says that it could not be verified, by the case's unit or who holds its contest; or withdraws it,
// by the unit that recorded it.
func (s *Cards) Decide(ctx context.Context, who identity.Colleague, d Deciding) (a Adoption, err error) {
	d.Reason = strings.TrimSpace(d.Reason)
	if err := public("reason", d.Reason, mostText, true); err != nil {
		return a, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if a, err = ReadAdoption(tx, d.Adoption); err != nil {
			return err
		}
		var by identity.Admitted
		switch d.To {
		case Verified, Unverified:
			by, err = a.verifies(tx, who, d.To)
		case TakenBack:
			by, err = a.own(tx, who)
		case Said:
			fallthrough
		default:
			err = fault.At("to", fault.New(fault.Invalid, "请选怎么办", "choose what is to be done"))
		}
		if err != nil {
			return err
		}
		if a.State == d.To && a.Reason == d.Reason {
			return nil // the same form came twice
		}
		if a.State == TakenBack {
			return fault.New(fault.Conflict, "这条采用已经撤回。", "This adoption was withdrawn.")
		}
		a.State, a.Reason, a.Version, a.MovedAt = d.To, d.Reason, d.Seen, tx.Now()
		versions, err := moveAdoption.Slice(tx, a)
		if err != nil {
			return err
		}
		if len(versions) == 0 {
			return fault.New(fault.Conflict, "这条采用刚刚被别人办过，您填的都还在。请看一眼现在的样子，再做一次。", "Somebody has just decided of this adoption; what you typed is still there. Look at it as it is now, and do it again.")
		}
		a.Version = versions[0]
		return record.Append(tx, by.Sign, moved{Card: a.Card, Adoption: a.ID, Since: a.Since, To: string(a.State), by: by.Person, why: a.Reason})
	})
	return a, err
}

// verifies admits who may say whether an adoption holds: another person than who recorded it, of another unit, who has evidence to look at.
func (a *Adoption) verifies(tx *db.Tx, who identity.Colleague, to AdoptionState) (by identity.Admitted, err error) {
	c, err := Read(tx, a.Card)
	if err != nil {
		return by, err
	}
	if by, _, err = c.admit(tx, who); err != nil {
		return by, err
	}
	if by.Organisation != "" && by.Organisation == a.Organisation {
		return by, fault.New(fault.Denied, "这条是您的单位记的，要别的单位核实。", "Your own unit recorded it; another one verifies it.")
	}
	if by.Person == a.MadeBy {
		return by, fault.New(fault.Denied, "这条是您自己记的，要另一个人核实。", "You recorded it yourself; another person verifies it.")
	}
	items, err := evidence.Items(tx, contest.System, a.Evidence())
	if err == nil && to == Verified && len(items) == 0 {
		err = fault.New(fault.Conflict, "没有佐证可看，不能算核实。请采用的单位先传佐证材料。", "There is no evidence to look at, so that nothing is verified. Have the unit attach it first.")
	}
	return by, err
}

func (a *Adoption) own(tx *db.Tx, who identity.Colleague) (by identity.Admitted, err error) {
	at, err := identity.PlaceOf(tx, a.Organisation)
	if err != nil {
		return by, err
	}
	return who.Admit(tx, contest.Adopt, at)
}

// Standing is how somebody stands to an adoption.
type Standing struct {
	Own     bool // of the unit that recorded it
	Decides bool // may say whether it holds
}

// Asked returns an adoption to somebody, with how they stand to it.
func (s *Cards) Asked(ctx context.Context, who identity.Colleague, id string) (a Adoption, c Card, st Standing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if a, err = ReadAdoption(tx, id); err != nil {
			return err
		}
		if c, err = Read(tx, a.Card); err != nil {
			return err
		}
		_, own := a.own(tx, who)
		by, _, other := c.admit(tx, who)
		for _, e := range []error{own, other} {
			if e != nil && fault.KindOf(e) != fault.Denied {
				return e
			}
		}
		st = Standing{Own: own == nil, Decides: other == nil && by.Person != a.MadeBy}
		return nil
	})
	return a, c, st, err
}
