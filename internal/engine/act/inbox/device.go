package inbox

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Device is a browser of one person that signs what is done on it.
type Device struct {
	ID        string     `db:"id"`
	Person    string     `db:"person"`
	Login     string     `db:"login"` // the device of identity it was made on
	Name      string     `db:"name"`
	Public    string     `db:"public"`
	MadeAt    time.Time  `db:"made_at"`
	HeardAt   time.Time  `db:"heard_at"`
	Last      int64      `db:"last"` // highest number that was done
	RevokedAt *time.Time `db:"revoked_at"`
}

type byKey struct {
	Person string `db:"person"`
	Public string `db:"public"`
}

type devicesPage struct {
	Person string `db:"person"`
	Before string `db:"before"`
	Limit  int    `db:"lim"`
}

var (
	insertDevice = db.Declare[Device, db.None](`
		INSERT INTO offline_device (id, person, login, name, public, made_at, heard_at, last, revoked_at)
		VALUES (:id, :person, :login, :name, :public, :made_at, :heard_at, :last, :revoked_at)`)
	deviceByID  = db.Declare[string, Device](`SELECT /*cols*/ FROM offline_device WHERE id = :id`)
	deviceByKey = db.Declare[byKey, Device](`SELECT /*cols*/ FROM offline_device WHERE person = :person AND public = :public`)
	devicesOf   = db.Declare[devicesPage, Device](`
		SELECT /*cols*/ FROM offline_device WHERE person = :person AND id < :before ORDER BY id DESC LIMIT :lim`)
	heardDevice  = db.Declare[Device, db.None](`UPDATE offline_device SET heard_at = :heard_at, last = :last WHERE id = :id`)
	revokeDevice = db.Declare[Device, db.None](`UPDATE offline_device SET revoked_at = :revoked_at WHERE id = :id`)
)

// maxName bounds what a browser is called.
const maxName = 60

// Register makes a device known by the public half of its key, for who is signed in. The same
// key of the same person is the same device.
func (b *Inbox[W]) Register(ctx context.Context, d Device, public []byte) (id string, err error) {
	if _, err := envelope.Point(public); err != nil {
		return "", err
	}
	if d.Person == "" {
		return "", fault.New(fault.Denied, "请先登录。", "Sign in first.")
	}
	d.Public = base64.StdEncoding.EncodeToString(public)
	if r := []rune(d.Name); len(r) > maxName {
		d.Name = string(r[:maxName])
	}
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		had, err := deviceByKey.Slice(tx, byKey{d.Person, d.Public})
		if err != nil {
			return err
		}
		if len(had) > 0 {
			if had[0].RevokedAt != nil {
				return revoked()
			}
			id = had[0].ID
			return nil
		}
		made, err := uuid.NewV7()
		if err != nil {
			return err
		}
		d.ID, d.MadeAt, d.HeardAt, d.RevokedAt = made.String(), tx.Now(), tx.Now(), nil
		id = d.ID
		if _, err := insertDevice.Exec(tx, d); err != nil {
			return err
		}
		return record.Append(tx, self, deviceAdded{device: d.ID, person: d.Person})
	})
	if err != nil {
		return "", fmt.Errorf("inbox: register a device: %w", err)
	}
	return id, nil
}

func revoked() error {
	return fault.New(fault.Denied, "这台设备已被取消。请退出登录再登录一次，就成为一台新的。", "This device was revoked. Sign out and in again, and it is a new one.")
}

// Devices lists those of a person, the newest first, before an id; empty: from the newest on.
func (b *Inbox[W]) Devices(ctx context.Context, person, before string, limit int) (all []Device, err error) {
	if before == "" {
		before = "~"
	}
	err = b.db.View(ctx, func(tx *db.Tx) error {
		all, err = devicesOf.Slice(tx, devicesPage{person, before, limit})
		return err
	})
	return all, err
}

// Revoke ends a device of a person: what it signed and has not been done is held from now on.
func (b *Inbox[W]) Revoke(ctx context.Context, person, id string) error {
	return b.db.Update(ctx, func(tx *db.Tx) error {
		rows, err := deviceByID.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0].Person != person {
			return fault.New(fault.NotFound, "没有这台设备。", "There is no such device.")
		}
		if rows[0].RevokedAt != nil {
			return nil
		}
		now := tx.Now()
		rows[0].RevokedAt = &now
		if _, err := revokeDevice.Exec(tx, rows[0]); err != nil {
			return err
		}
		return record.Append(tx, self, deviceRevoked{device: id, person: person})
	})
}
