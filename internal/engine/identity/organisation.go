package identity

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Organisations are what people act for.
type Organisations struct{ *Service }

// Organisation is a bureau, a union, a bank, a village: what people act for. It is
// public.
type Organisation struct {
	ID       string    `db:"id"`
	Parent   string    `db:"parent"` // empty: at the top
	Division string    `db:"division"`
	Name     string    `db:"name"`
	MadeAt   time.Time `db:"made_at"`
}

type named struct {
	Parent string `db:"parent"`
	Name   string `db:"name"`
}

var (
	insertOrganisation = db.Declare[Organisation, db.None](`
		INSERT INTO identity_organisation (id, parent, division, name, made_at) VALUES (:id, :parent, :division, :name, :made_at)`)
	organisationByID   = db.Declare[string, Organisation](`SELECT /*cols*/ FROM identity_organisation WHERE id = :id`)
	organisationByName = db.Declare[named, Organisation](`SELECT /*cols*/ FROM identity_organisation WHERE parent = :parent AND name = :name`)
	allOrganisations   = db.Declare[db.None, Organisation](`SELECT /*cols*/ FROM identity_organisation ORDER BY id`)
)

// Add adds an organisation below another (empty: at the top) and returns
// its id. Two of one name below one parent are a fault.Conflict.
func (s Organisations) Add(ctx context.Context, by Actor, parent, name string, d gb.Division) (id string, err error) {
	name = strings.TrimSpace(name)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		authority, err := s.Authorize(tx, by, right.Accounts, right.In(d))
		if err != nil {
			return err
		}
		if t, ok := lang.CheckText(name, 2*maxName); !ok || name == "" {
			if name == "" {
				t = lang.Text{ZH: "请填写单位名称。", EN: "Give the organisation's name."}
			}
			return &fault.Error{Kind: fault.Invalid, Text: t}
		}
		if parent != "" {
			if _, err := organisationByID.One(tx, parent); err != nil {
				return err
			}
		}
		same, err := organisationByName.Slice(tx, named{parent, name})
		if err != nil {
			return err
		}
		if len(same) > 0 {
			return fault.New(fault.Conflict, "已经有“%s”这个单位。", "There is an organisation “%s” already.", name)
		}
		if id, err = newID(); err != nil {
			return err
		}
		o := Organisation{ID: id, Parent: parent, Division: d.Code(), Name: name, MadeAt: s.clock(tx)}
		if _, err := insertOrganisation.Exec(tx, o); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), organised{about{by: by.holder()}, id, parent, o.Division, name})
	})
	return id, err
}

// List returns all of them, in the order of their making.
func (s Organisations) List(ctx context.Context) (all []Organisation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = allOrganisations.Slice(tx, db.None{}); return err })
	return all, err
}
