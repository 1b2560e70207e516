package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Devices are browsers that are known, or bound.
type Devices struct{ *Service }

type deviceRow struct {
	ID        string     `db:"id"`
	Hash      string     `db:"hash"`
	Person    string     `db:"person"`
	Bound     bool       `db:"bound"`
	Name      string     `db:"name"`
	MadeAt    time.Time  `db:"made_at"`
	RevokedAt *time.Time `db:"revoked_at"`
}

var (
	insertDevice = db.Declare[deviceRow, db.None](`
		INSERT INTO identity_device (id, hash, person, bound, name, made_at, revoked_at)
		VALUES (:id, :hash, :person, :bound, :name, :made_at, :revoked_at)`)
	deviceByHash    = db.Declare[string, deviceRow](`SELECT /*cols*/ FROM identity_device WHERE hash = :hash AND revoked_at IS NULL`)
	deviceByID      = db.Declare[string, deviceRow](`SELECT /*cols*/ FROM identity_device WHERE id = :id AND revoked_at IS NULL`)
	devicesOf       = db.Declare[string, deviceRow](`SELECT /*cols*/ FROM identity_device WHERE person = :person AND revoked_at IS NULL ORDER BY id`)
	revokeDevicesOf = db.Declare[ending, db.None](`
		UPDATE identity_device SET revoked_at = :ended_at WHERE person = :person AND id <> :keep AND revoked_at IS NULL`)
	revokeDevice = db.Declare[deviceRow, db.None](`UPDATE identity_device SET revoked_at = :revoked_at WHERE id = :id`)
	endByDevice  = db.Declare[ending, db.None](`
		UPDATE identity_session SET ended_at = :ended_at, why = :why WHERE person = :person AND device = :keep AND ended_at IS NULL`)
)

// add makes a device known and returns its token and id.
func (s Devices) add(tx *db.Tx, person, name string, bound bool) (token, id string, err error) {
	if id, err = newID(); err != nil {
		return "", "", err
	}
	if name, err = checkShort(lang.Short(name)); err != nil {
		name = "?"
	}
	token, hash := newToken()
	_, err = insertDevice.Exec(tx, deviceRow{ID: id, Hash: hash, Person: person, Bound: bound, Name: name, MadeAt: s.clock(tx)})
	return token, id, err
}

// knownDevice returns the device of a token if it is one of that person.
func knownDevice(tx *db.Tx, token, person string) (deviceRow, error) {
	if token == "" {
		return deviceRow{}, nil
	}
	rows, err := deviceByHash.Slice(tx, hashOf(token))
	if err != nil || len(rows) == 0 || rows[0].Person != person || person == "" {
		return deviceRow{}, err
	}
	return rows[0], nil
}

// Device is a browser that somebody signs in from.
type Device struct {
	ID     string
	Name   string
	Bound  bool // by an invitation
	MadeAt time.Time
}

// List lists the devices of a person: one's own, or anybody's for who may look.
func (s Devices) List(ctx context.Context, by Actor, person string) (all []Device, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if by.Person != person || person == "" {
			if err := s.maySee(tx, by, person); err != nil {
				return err
			}
		}
		rows, err := devicesOf.Slice(tx, person)
		for _, r := range rows {
			all = append(all, Device{r.ID, r.Name, r.Bound, r.MadeAt})
		}
		return err
	})
	return all, err
}

// Revoke ends a device and its sessions: one's own that was lost, or another's
// for who keeps accounts. Whoever had bound it is invited again.
func (s Devices) Revoke(ctx context.Context, by Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := deviceByID.One(tx, id)
		if err != nil {
			return err
		}
		sign, err := s.Sessions.mayEnd(tx, by, row.Person)
		if err != nil {
			return err
		}
		now := s.clock(tx)
		row.RevokedAt = &now
		if _, err := revokeDevice.Exec(tx, row); err != nil {
			return err
		}
		if _, err := endByDevice.Exec(tx, ending{row.Person, id, now, endedByOther}); err != nil {
			return err
		}
		return record.Append(tx, sign, plainAct(deviceRevoked, "device/"+id, about{person: row.Person, by: by.holder()}))
	})
}

// Author is who signed what comes now, perhaps brought by somebody else: a person with what
// they hold now and no session, for this transaction alone. A grave right asks who one is,
// and admits nobody so. It is false for a person who has left, and for what was done on a
// device that was revoked since; an empty device is asked about no more.
func (s *Service) Author(tx *db.Tx, person, device string) (Colleague, bool, error) {
	p, err := personByID(tx, person)
	if err != nil {
		return Colleague{}, false, err
	}
	way, stands := right.ByPassword, p.State == stateActive
	if device != "" {
		rows, err := deviceByID.Slice(tx, device)
		if err != nil {
			return Colleague{}, false, err
		}
		stands = stands && len(rows) > 0 && rows[0].Person == person
		if first(rows).Bound {
			way = right.ByDevice
		}
	}
	return s.Colleague(Actor{Person: p.ID, Organisation: p.Organisation, Way: way, Level: Full, signed: true}), stands, nil
}
