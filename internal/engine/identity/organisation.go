package identity

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Organisations are what people act for: a tree, of which a page is read at a time.
type Organisations struct{ *Service }

// Organisation is a bureau, a union, a bank, a village: what people act for. It is
// public.
type Organisation struct {
	ID       string     `db:"id"`
	Parent   string     `db:"parent"` // empty: at the top
	Division string     `db:"division"`
	Name     string     `db:"name"`
	MadeAt   time.Time  `db:"made_at"`
	Version  int64      `db:"version"`
	ClosedAt *time.Time `db:"closed_at"`
}

// Organising is what an organisation is to be.
type Organising struct {
	Parent   string // its id; empty: at the top
	Name     string
	Division gb.Division
}

// maxLevels bounds the tree: whoever answers for what is below walks up no farther.
const maxLevels = 12

type organisationRow struct {
	Organisation
	Search string `db:"search"`
	Sort   string `db:"sort"`
}

type named struct {
	Parent string `db:"parent"`
	Name   string `db:"name"`
}

type naming struct {
	ID      string    `db:"id"`
	Subject string    `db:"subject"`
	Now     time.Time `db:"now"`
}

type idName struct {
	ID   string `db:"id"`
	Name string `db:"name"`
}

var (
	insertOrganisation = db.Declare[organisationRow, db.None](`
		INSERT INTO identity_organisation (id, parent, division, name, made_at, version, closed_at, search, sort)
		VALUES (:id, :parent, :division, :name, :made_at, :version, :closed_at, :search, :sort)`)
	writeOrganisation = db.Declare[organisationRow, db.None](`
		UPDATE identity_organisation SET parent = :parent, division = :division, name = :name, version = :version,
			closed_at = :closed_at, search = :search, sort = :sort WHERE id = :id`)
	organisationByID   = db.Declare[string, Organisation](`SELECT /*cols*/ FROM identity_organisation WHERE id = :id`)
	organisationNames  = db.Declare[[]string, idName](`SELECT id, name FROM identity_organisation WHERE id IN :ids`)
	organisationByName = db.Declare[named, Organisation](`SELECT /*cols*/ FROM identity_organisation WHERE parent = :parent AND name = :name`)

	// levelsBelow is how deep the tree goes below one, itself not counted.
	levelsBelow = db.Declare[string, int](`
		WITH RECURSIVE below(id, level) AS (
			SELECT id, 0 FROM identity_organisation WHERE id = :id
			UNION ALL
			SELECT o.id, b.level + 1 FROM below b JOIN identity_organisation o ON o.parent = b.id WHERE b.level < 12)
		SELECT max(level) FROM below`)
	countBelow  = db.Declare[string, int](`SELECT count(*) FROM identity_organisation WHERE parent = :id AND closed_at IS NULL`)
	countOf     = db.Declare[string, int](`SELECT count(*) FROM identity_person WHERE organisation = :id AND state = 'active'`)
	countNaming = db.Declare[naming, int](`
		SELECT count(*) FROM identity_grant g WHERE (g.organisation = :id OR g.subject = :subject)
			AND g.revoked_at IS NULL AND (g.until_at IS NULL OR g.until_at > :now)
			AND NOT EXISTS (SELECT 1 FROM identity_service s WHERE s.id = g.holder AND s.revoked_at IS NOT NULL)`)
)

// place is where an organisation lies, for who is to keep it.
func (o Organisation) place() (right.Place, error) {
	d, err := divisionOf(o.Division)
	return right.In(d, right.Organisations(o.ID)...), err
}

func (o Organisation) row() organisationRow {
	return organisationRow{o, strings.ToLower(o.Name), lang.NameOrder(number.ReplaceAllStringFunc(o.Name, padded)) + " " + o.ID}
}

// Lists count: 第2社区 stands before 第10社区.
var number = regexp.MustCompile(`[0-9]+`)

func padded(digits string) string { return fmt.Sprintf("%08s", digits) }

// check returns what an organisation is to be in the form that it is kept in; each
// mistake is told at its field.
func (to Organising) check() (Organising, error) {
	to.Name = strings.TrimSpace(to.Name)
	if to.Name == "" {
		return to, fault.At("name", fault.New(fault.Invalid, "请填写单位名称。", "Give the organisation's name."))
	}
	if t, ok := lang.CheckText(to.Name, 2*maxName); !ok {
		return to, fault.At("name", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if strings.ContainsAny(to.Name, "/／") {
		return to, fault.At("name", fault.New(fault.Invalid, "单位名称里不要用斜杠：它用来分开上级和单位。", "No slash in a name: it parts an organisation from the one above it."))
	}
	return to, nil
}

// fits holds what an organisation is to be against the tree: the one above is there and
// open, it is not below itself, and no other has the name there. An id is empty for one
// that is new.
func (to Organising) fits(tx *db.Tx, id string) error {
	levels := 1
	if to.Parent != "" {
		if err := belongs(tx, to.Parent); err != nil {
			return fault.At("under", err)
		}
		above, err := Above(tx, to.Parent)
		if err != nil {
			return err
		}
		if slices.Contains(above, id) {
			return fault.At("under", fault.New(fault.Invalid, "不能放到自己或自己的下级下面。", "An organisation cannot be below itself, nor below what is below it."))
		}
		levels += len(above)
	}
	if id != "" {
		below, err := levelsBelow.One(tx, id)
		if err != nil {
			return err
		}
		levels += below
	}
	if levels > maxLevels {
		return fault.At("under", fault.New(fault.Invalid, "单位最多 %d 级。", "There are %d levels at most.", maxLevels))
	}
	same, err := organisationByName.Slice(tx, named{to.Parent, to.Name})
	if err != nil || len(same) == 0 || same[0].ID == id {
		return err
	}
	if same[0].ClosedAt != nil {
		return fault.At("name", fault.New(fault.Conflict, "这里有过“%s”，已停用：请重新启用它。", "There was “%s” here, which is closed: open it again.", to.Name))
	}
	return fault.At("name", fault.New(fault.Conflict, "已经有“%s”这个单位。", "There is an organisation “%s” already.", to.Name))
}

// Add adds an organisation and returns its id. Two of one name below one parent are a
// fault.Conflict.
func (s Organisations) Add(ctx context.Context, by Actor, to Organising) (id string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		id, err = s.add(tx, by, to)
		return err
	})
	return id, err
}

func (s Organisations) add(tx *db.Tx, by Actor, to Organising) (string, error) {
	authority, err := s.Authorize(tx, by, right.Accounts, right.In(to.Division))
	if err != nil {
		return "", err
	}
	if to, err = to.check(); err != nil {
		return "", err
	}
	if err := to.fits(tx, ""); err != nil {
		return "", err
	}
	id, err := newID()
	if err != nil {
		return "", err
	}
	o := Organisation{ID: id, Parent: to.Parent, Division: to.Division.Code(), Name: to.Name, MadeAt: s.clock(tx), Version: 1}
	if _, err := insertOrganisation.Exec(tx, o.row()); err != nil {
		return "", err
	}
	return id, record.Append(tx, by.sign(authority), organised{about{by: by.holder()}, id, o.Parent, o.Division, o.Name})
}

// seen finds an organisation for who has seen a version of it, and may keep it. Somebody
// who was there between is a fault.Conflict.
func (s Organisations) seen(tx *db.Tx, by Actor, id string, version int64) (Organisation, right.Grant, error) {
	o, err := organisationOf(tx, id)
	if err != nil {
		return o, right.Grant{}, err
	}
	place, err := o.place()
	if err != nil {
		return o, right.Grant{}, err
	}
	authority, err := s.Authorize(tx, by, right.Accounts, place)
	if err == nil && o.Version != version {
		err = fault.New(fault.Conflict, "“%s”刚被别人改过：请看现在的样子，再决定怎么改。", "Somebody has just changed “%s”: look at it as it is now, then decide.", o.Name)
	}
	return o, authority, err
}

// Change renames an organisation, or moves it to another parent or division, as whoever
// changes it saw it in a version. They keep accounts where it lies and where it is to
// lie. Nothing else of what others wrote is lost: a version that is not the last is a
// fault.Conflict.
func (s Organisations) Change(ctx context.Context, by Actor, id string, version int64, to Organising) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, authority, err := s.seen(tx, by, id, version)
		if err != nil {
			return err
		}
		if to.Division.Code() != o.Division { // they must be responsible there too
			if _, err := s.Authorize(tx, by, right.Accounts, right.In(to.Division)); err != nil {
				return err
			}
		}
		if o.ClosedAt != nil {
			return fault.New(fault.Conflict, "“%s”已停用，不能再改。要改请先重新启用。", "“%s” is closed and stays as it is. Open it again to change it.", o.Name)
		}
		if to, err = to.check(); err != nil {
			return err
		}
		if to.Name == o.Name && to.Parent == o.Parent && to.Division.Code() == o.Division {
			return nil
		}
		if err := to.fits(tx, id); err != nil {
			return err
		}
		o.Name, o.Parent, o.Division = to.Name, to.Parent, to.Division.Code()
		o.Version++
		if _, err := writeOrganisation.Exec(tx, o.row()); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), reorganised{about{by: by.holder()}, id, o.Parent, o.Division, o.Name})
	})
}

// Close closes an organisation: nobody new can belong to it or act for it. While
// something still leans on it that is a fault.Conflict, which says how much.
func (s Organisations) Close(ctx context.Context, by Actor, id string, version int64, why string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, authority, err := s.seen(tx, by, id, version)
		if err != nil {
			return err
		}
		if why = strings.TrimSpace(why); why == "" {
			return fault.At("why", fault.New(fault.Invalid, "请写为什么停用。", "Say why it is closed."))
		}
		if t, ok := lang.CheckText(why, maxWhy); !ok {
			return fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
		}
		if o.ClosedAt != nil {
			return fault.New(fault.Conflict, "“%s”已经停用。", "“%s” is closed already.", o.Name)
		}
		l, err := s.leaning(tx, id)
		if err != nil {
			return err
		}
		if l != (Leaning{}) {
			return l.refuse(o.Name)
		}
		now := s.clock(tx)
		o.ClosedAt = &now
		o.Version++
		if _, err := writeOrganisation.Exec(tx, o.row()); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), organisationAct{about{by: by.holder(), note: why}, organisationClosed, id})
	})
}

// maxWhy bounds a reason.
const maxWhy = 200

// Leaning is what leans on an organisation: open ones below it, active people who belong
// to it, and grants in force or to come that name it.
type Leaning struct{ Below, People, Grants int }

func (s Organisations) leaning(tx *db.Tx, id string) (l Leaning, err error) {
	if l.Below, err = countBelow.One(tx, id); err != nil {
		return l, err
	}
	if l.People, err = countOf.One(tx, id); err != nil {
		return l, err
	}
	l.Grants, err = countNaming.One(tx, naming{id, right.Organisations(id)[0], s.clock(tx)})
	return l, err
}

// refuse says how much leans on an organisation, and what to do with it.
func (l Leaning) refuse(name string) error {
	var zh, en []string
	add := func(n int, c, e string) {
		if n > 0 {
			zh, en = append(zh, lang.ZH.F(c, e, n)), append(en, lang.EN.F(c, e, n))
		}
	}
	add(l.Below, "下面还有 %d 个在用的单位（先移走或停用）", "%d open organisations are below it (move or close them)")
	add(l.People, "%d 个在岗的人属于它（先换单位或办离开）", "%d active people belong to it (move them, or let them leave)")
	add(l.Grants, "%d 项角色写着它（先收回）", "%d roles in force name it (take them back)")
	return fault.New(fault.Conflict, "“%[1]s”还不能停用：%[2]s。", "“%[1]s” cannot be closed yet: %[3]s.", name, strings.Join(zh, "；"), strings.Join(en, "; "))
}

// Reopen opens a closed organisation again, below one that is open.
func (s Organisations) Reopen(ctx context.Context, by Actor, id string, version int64) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, authority, err := s.seen(tx, by, id, version)
		if err != nil {
			return err
		}
		if o.ClosedAt == nil {
			return fault.New(fault.Conflict, "“%s”没有停用。", "“%s” is not closed.", o.Name)
		}
		if err := belongs(tx, o.Parent); err != nil {
			return err
		}
		o.ClosedAt = nil
		o.Version++
		if _, err := writeOrganisation.Exec(tx, o.row()); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), organisationAct{about{by: by.holder()}, organisationOpened, id})
	})
}

func organisationOf(tx *db.Tx, id string) (Organisation, error) {
	rows, err := organisationByID.Slice(tx, id)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "没有这个单位。", "There is no such organisation.")
	}
	return first(rows), err
}

// Named returns an organisation as a transaction sees it, or a fault.NotFound.
func Named(tx *db.Tx, id string) (Organisation, error) { return organisationOf(tx, id) }

// PlaceOf is where an organisation has to do something: in its own division, by its name and
// the names of all that are above it.
func PlaceOf(tx *db.Tx, id string) (right.Place, error) {
	o, err := organisationOf(tx, id)
	if err != nil {
		return right.Place{}, err
	}
	d, err := divisionOf(o.Division)
	if err != nil {
		return right.Place{}, err
	}
	up, err := Above(tx, id)
	return right.In(d, right.Organisations(up...)...), err
}

// Outside reports whether an organisation is outside of others: it is none of them, not
// below one and, with superior, not above one either. One that there is not is outside of
// nothing.
func Outside(tx *db.Tx, organisation string, of []string, superior bool) (bool, error) {
	up, err := Above(tx, organisation)
	if err != nil || len(up) == 0 {
		return false, err
	}
	for _, o := range of {
		if slices.Contains(up, o) {
			return false, nil
		}
		if !superior {
			continue
		}
		over, err := Above(tx, o)
		if err != nil || slices.Contains(over, organisation) {
			return false, err
		}
	}
	return true, nil
}

// belongs says whether something new can belong to an organisation: to one that there
// is and that is open, or to none.
func belongs(tx *db.Tx, organisation string) error {
	if organisation == "" {
		return nil
	}
	o, err := organisationOf(tx, organisation)
	if err == nil && o.ClosedAt != nil {
		err = faultClosed(o.Name)
	}
	return err
}

func faultClosed(name string) error {
	return fault.New(fault.Conflict, "“%s”已停用。请换一个单位，或先重新启用它。", "“%s” is closed. Choose another organisation, or open it again first.", name)
}
