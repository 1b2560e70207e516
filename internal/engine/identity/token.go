package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Programs are what acts with a token of its own.
type Programs struct{ *Service }

type serviceRow struct {
	ID        string     `db:"id"`
	Hash      string     `db:"hash"`
	Name      string     `db:"name"`
	MadeAt    time.Time  `db:"made_at"`
	MadeBy    string     `db:"made_by"`
	EndsAt    time.Time  `db:"ends_at"`
	RevokedAt *time.Time `db:"revoked_at"`
}

var (
	insertService = db.Declare[serviceRow, db.None](`
		INSERT INTO identity_service (id, hash, name, made_at, made_by, ends_at, revoked_at)
		VALUES (:id, :hash, :name, :made_at, :made_by, :ends_at, :revoked_at)`)
	serviceByHash = db.Declare[string, serviceRow](`SELECT /*cols*/ FROM identity_service WHERE hash = :hash`)
	serviceByID   = db.Declare[string, serviceRow](`SELECT /*cols*/ FROM identity_service WHERE id = :id`)
	allServices   = db.Declare[db.None, serviceRow](`SELECT /*cols*/ FROM identity_service ORDER BY id`)
	revokeService = db.Declare[serviceRow, db.None](`UPDATE identity_service SET revoked_at = :revoked_at WHERE id = :id`)
)

// tokenPrefix shows a token in a log or a repository for what it is.
const tokenPrefix = "xiadu_"

// maxTokenLife bounds how long a program is trusted without anybody looking.
const maxTokenLife = 400 * 24 * time.Hour

// Make makes a program's token, with roles (whose Way is ByToken) and an end. It
// is shown once.
func (s Programs) Make(ctx context.Context, by Actor, name string, ends time.Time, roles ...Giving) (token, id string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		now := s.clock(tx)
		name, err := checkShort(name)
		if err != nil {
			return err
		}
		if !ends.After(now) || ends.After(now.Add(maxTokenLife)) {
			return fault.New(fault.Invalid, "请写到期日：从明天起，最长 400 天。", "Give an end: from tomorrow to 400 days from now.")
		}
		if len(roles) == 0 {
			return fault.New(fault.Invalid, "请写这个程序的角色。", "Say which roles the program has.")
		}
		authority, err := s.Authorize(tx, by, right.Grants, right.In(roles[0].Scope.Division))
		if err != nil {
			return err
		}
		if id, err = newID(); err != nil {
			return err
		}
		token, _ = newToken()
		token = tokenPrefix + token
		if _, err := insertService.Exec(tx, serviceRow{ID: id, Hash: hashOf(token), Name: name, MadeAt: now, MadeBy: by.holder(), EndsAt: ends}); err != nil {
			return err
		}
		for _, g := range roles {
			if r, _ := s.catalogue.Role(g.Role); r.Way != right.ByToken {
				return fault.New(fault.Invalid, "角色“%s”是给人的，不能给程序。", "The role %s is a person's and no program's.", g.Role)
			}
			g.Holder, g.Until = id, ends
			if _, err := s.Grants.give(tx, by, g); err != nil {
				return err
			}
		}
		return record.Append(tx, by.sign(authority), plainAct(tokenMade, "token/"+id, about{by: by.holder(), note: name}))
	})
	return token, id, err
}

// Who returns the program that bears a token, or a fault.Denied.
func (s Programs) Who(ctx context.Context, token string) (who Actor, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := serviceByHash.Slice(tx, hashOf(token))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return badToken()
		}
		who = Actor{Service: rows[0].ID, Level: Full, Way: right.ByToken}
		if err := s.live(tx, rows[0].ID, s.clock(tx)); err != nil {
			return err
		}
		who.Grants, err = s.held(tx, rows[0].ID, right.ByToken)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	return who, nil
}

func badToken() error {
	return fault.New(fault.Denied, "程序口令无效、已到期或已收回。请授权管理员重新发放。", "The program's token is no good, has run out or was revoked. Ask the grants administrator for another.")
}

func (s Programs) live(tx *db.Tx, id string, now time.Time) error {
	rows, err := serviceByID.Slice(tx, id)
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].RevokedAt != nil || !now.Before(rows[0].EndsAt) {
		return badToken()
	}
	return nil
}

// Token is a program's token, as it is listed.
type Token struct {
	ID, Name, MadeBy string
	MadeAt, EndsAt   time.Time
	Revoked          bool
}

// List lists the programs' tokens.
func (s Programs) List(ctx context.Context, by Actor) (all []Token, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if err := s.maySee(tx, by, ""); err != nil {
			return err
		}
		rows, err := allServices.Slice(tx, db.None{})
		for _, r := range rows {
			all = append(all, Token{r.ID, r.Name, r.MadeBy, r.MadeAt, r.EndsAt, r.RevokedAt != nil})
		}
		return err
	})
	return all, err
}

// Revoke ends a program's token at once.
func (s Programs) Revoke(ctx context.Context, by Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := serviceByID.One(tx, id)
		if err != nil {
			return err
		}
		held, err := grantsOf(tx, id)
		if err != nil {
			return err
		}
		place := right.Place{}
		if len(held) > 0 {
			place = right.In(held[0].Scope.Division)
		}
		authority, err := s.Authorize(tx, by, right.Grants, place)
		if err != nil {
			return err
		}
		now := s.clock(tx)
		row.RevokedAt = &now
		if _, err := revokeService.Exec(tx, row); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), plainAct(tokenRevoked, "token/"+id, about{by: by.holder()}))
	})
}
