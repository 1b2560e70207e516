package identity

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
)

type grantRow struct {
	ID           string     `db:"id"`
	Holder       string     `db:"holder"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Division     string     `db:"division"`
	Subject      string     `db:"subject"`
	FromAt       *time.Time `db:"from_at"`
	UntilAt      *time.Time `db:"until_at"`
	GivenAt      time.Time  `db:"given_at"`
	GivenBy      string     `db:"given_by"`
	RevokedAt    *time.Time `db:"revoked_at"`
	RevokedBy    string     `db:"revoked_by"`
	Why          string     `db:"why"`
}

var (
	insertGrant = db.Declare[grantRow, db.None](`
		INSERT INTO identity_grant (id, holder, role, organisation, division, subject, from_at, until_at, given_at, given_by, revoked_at, revoked_by, why)
		VALUES (:id, :holder, :role, :organisation, :division, :subject, :from_at, :until_at, :given_at, :given_by, :revoked_at, :revoked_by, :why)`)
	heldBy = db.Declare[string, grantRow](`
		SELECT /*cols*/ FROM identity_grant WHERE holder = :holder AND revoked_at IS NULL ORDER BY id`)
	everHeldBy = db.Declare[string, grantRow](`
		SELECT /*cols*/ FROM identity_grant WHERE holder = :holder ORDER BY id`)
	grantByID   = db.Declare[string, grantRow](`SELECT /*cols*/ FROM identity_grant WHERE id = :id`)
	revokeGrant = db.Declare[grantRow, db.None](`
		UPDATE identity_grant SET revoked_at = :revoked_at, revoked_by = :revoked_by, why = :why WHERE id = :id AND revoked_at IS NULL`)
	// holdersOfRole are those who can sign in and hold a role over everything, without end.
	holdersOfRole = db.Declare[string, string](`
		SELECT DISTINCT g.holder FROM identity_grant g
		JOIN identity_account a ON a.person = g.holder
		JOIN identity_person p ON p.id = g.holder
		WHERE g.role = :role AND g.revoked_at IS NULL AND g.until_at IS NULL AND g.division = '' AND g.subject = ''
			AND a.closed_at IS NULL AND a.password <> '' AND p.state = 'active'
		ORDER BY g.holder`)
)

func (g grantRow) grant() (right.Grant, error) {
	out := right.Grant{ID: g.ID, Role: g.Role, Organisation: g.Organisation, Scope: right.Scope{Subject: g.Subject}}
	if g.Division != "" {
		d, err := gb.Parse(g.Division)
		if err != nil {
			// A code that this program does not know must not become "everywhere".
			return out, fmt.Errorf("identity: grant %s: %w", g.ID, err)
		}
		out.Scope.Division = d
	}
	if g.FromAt != nil {
		out.From = *g.FromAt
	}
	if g.UntilAt != nil {
		out.Until = *g.UntilAt
	}
	return out, nil
}

func grantsOf(tx *db.Tx, holder string) ([]right.Grant, error) {
	rows, err := heldBy.Slice(tx, holder)
	if err != nil {
		return nil, err
	}
	out := make([]right.Grant, len(rows))
	for i, r := range rows {
		if out[i], err = r.grant(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
