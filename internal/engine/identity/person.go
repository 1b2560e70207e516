package identity

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Persons are the people, whatever their way in.
type Persons struct{ *Service }

// The states of a person. None goes back.
const (
	stateActive = "active"
	stateLeft   = "left"
	stateErased = "erased"
)

type personRow struct {
	ID           string    `db:"id"`
	Organisation string    `db:"organisation"`
	Division     string    `db:"division"`
	Name         string    `db:"name"`  // sealed
	Phone        string    `db:"phone"` // sealed
	PhoneIndex   string    `db:"phone_index"`
	KeyNumber    int       `db:"key_number"`
	State        string    `db:"state"`
	MadeAt       time.Time `db:"made_at"`
}

type phones struct {
	A string `db:"a"`
	B string `db:"b"`
}

type pageOf struct {
	After string `db:"after"`
	Limit int    `db:"lim"`
}

var (
	insertPerson = db.Declare[personRow, db.None](`
		INSERT INTO identity_person (id, organisation, division, name, phone, phone_index, key_number, state, made_at)
		VALUES (:id, :organisation, :division, :name, :phone, :phone_index, :key_number, :state, :made_at)`)
	writePerson = db.Declare[personRow, db.None](`
		UPDATE identity_person SET organisation = :organisation, division = :division, name = :name, phone = :phone,
			phone_index = :phone_index, key_number = :key_number, state = :state WHERE id = :id`)
	selectPerson = db.Declare[string, personRow](`SELECT /*cols*/ FROM identity_person WHERE id = :id`)
	listPersons  = db.Declare[pageOf, personRow](`
		SELECT /*cols*/ FROM identity_person WHERE id > :after AND state <> 'erased' ORDER BY id LIMIT :lim`)
	everyPerson = db.Declare[db.None, personRow](`
		SELECT /*cols*/ FROM identity_person WHERE state <> 'erased' ORDER BY id`)
	personsByPhone = db.Declare[phones, personRow](`
		SELECT /*cols*/ FROM identity_person WHERE phone_index IN (:a, :b) AND state = 'active' ORDER BY id`)
)

// personByID finds who is here or has left. An erased person is nobody: whoever could
// still change them would name them anew.
func personByID(tx *db.Tx, id string) (personRow, error) {
	rows, err := selectPerson.Slice(tx, id)
	if err == nil && first(rows).State != stateActive && first(rows).State != stateLeft {
		err = fault.New(fault.NotFound, "没有这个人，或已被删除。", "There is no such person, or they were erased.")
	}
	if err != nil {
		return personRow{}, err
	}
	return rows[0], nil
}

// Person is somebody, as those see them who may.
type Person struct {
	ID           string
	Name, Phone  string
	Organisation string
	Division     gb.Division
	Left         bool
	MadeAt       time.Time
	Version      string // changes with what [Persons.Change] writes

	Login  string // empty: no account
	Closed bool
	Roles  []right.Grant // held now
}

func (s Persons) open(p personRow) (out Person, err error) {
	out = Person{ID: p.ID, Organisation: p.Organisation, Left: p.State != stateActive, MadeAt: p.MadeAt, Version: p.version()}
	if out.Name, err = s.keys.Open("identity_person/"+p.ID+"/name", p.Name); err != nil {
		return out, err
	}
	if out.Phone, err = s.keys.Open("identity_person/"+p.ID+"/phone", p.Phone); err != nil {
		return out, err
	}
	if p.Division != "" {
		out.Division, err = gb.Parse(p.Division)
	}
	return out, err
}

// version tells one writing of a row from another: each seals the name anew, and what is
// sealed differs each time.
func (p personRow) version() string {
	return hashOf(p.Name)[:16]
}

// sealed returns p with name and telephone under a key.
func (s Persons) sealed(key int, p personRow, name, phone string) (personRow, error) {
	var err error
	p.KeyNumber, p.PhoneIndex = key, ""
	if p.Name, err = s.keys.Seal(key, "identity_person/"+p.ID+"/name", name); err != nil {
		return p, err
	}
	if p.Phone, err = s.keys.Seal(key, "identity_person/"+p.ID+"/phone", phone); err != nil {
		return p, err
	}
	if phone != "" {
		p.PhoneIndex, err = s.keys.Index(key, "phone", phone)
	}
	return p, err
}

// Somebody is a person to be.
type Somebody struct {
	Name, Phone  string
	Organisation string
	Division     gb.Division
}

// maxName bounds a name: of a person, a device or a program.
const maxName = 60

var (
	mobile = regexp.MustCompile(`^1[3-9]\d{9}$`)
	digits = regexp.MustCompile(`^\d{7,15}$`)
)

// NormalPhone returns the one form of a telephone number, in which it is kept and
// found: digits, without the country's code, and false for what is none.
func NormalPhone(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '－' || r == '(' || r == ')' || r == '（' || r == '）' || r == '\u00a0':
			return -1
		}
		return r
	}, s[:min(len(s), 100)])
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && mobile.MatchString(rest) {
			return rest, true
		}
	}
	s = strings.TrimPrefix(s, "+")
	return s, digits.MatchString(s)
}

// Check returns the person in the form they are kept in, or a fault.Invalid.
func (p Somebody) Check() (Somebody, error) {
	p.Name = strings.TrimSpace(p.Name)
	if p.Name == "" {
		return p, fault.New(fault.Invalid, "请填写姓名。", "Give a name.")
	}
	if t, ok := lang.CheckText(p.Name, maxName); !ok {
		return p, &fault.Error{Kind: fault.Invalid, Text: t}
	}
	if p.Phone == "" {
		return p, nil
	}
	phone, ok := NormalPhone(p.Phone)
	if !ok {
		return p, fault.New(fault.Invalid, "“%s”不是电话号码：手机号是 1 开头的 11 位数字，座机请写区号。", "“%s” is no telephone number: a mobile has 11 digits and begins with 1; write the area code of others.", lang.Short(p.Phone))
	}
	p.Phone = phone
	return p, nil
}

// add makes a person inside a transaction, whoever may.
func (s Persons) add(tx *db.Tx, by Actor, sign string, p Somebody) (personRow, error) {
	p, err := p.Check()
	if err != nil {
		return personRow{}, err
	}
	if err := belongs(tx, p.Organisation); err != nil {
		return personRow{}, fault.At("organisation", err)
	}
	id, err := newID()
	if err != nil {
		return personRow{}, err
	}
	key, err := s.key(tx)
	if err != nil {
		return personRow{}, err
	}
	row, err := s.sealed(key, personRow{ID: id, Organisation: p.Organisation, Division: p.Division.Code(), State: stateActive, MadeAt: s.clock(tx)}, p.Name, p.Phone)
	if err != nil {
		return personRow{}, err
	}
	if _, err := insertPerson.Exec(tx, row); err != nil {
		return personRow{}, err
	}
	return row, record.Append(tx, sign, plainAct(personAdded, somebody, about{person: id, by: by.holder()}))
}

// mayManage admits who manages accounts where a person is at home.
func (s *Service) mayManage(tx *db.Tx, by Actor, p personRow) (right.Grant, error) {
	d, err := divisionOf(p.Division)
	if err != nil {
		return right.Grant{}, err
	}
	return s.Authorize(tx, by, right.Accounts, right.In(d, "person/"+p.ID))
}

func divisionOf(code string) (gb.Division, error) {
	if code == "" {
		return gb.Division{}, nil
	}
	return gb.Parse(code)
}

// Change writes a person's name, telephone, organisation and division anew, as whoever
// changes them saw them in a version. Somebody who was there between is a
// fault.Conflict.
func (s Persons) Change(ctx context.Context, by Actor, id, version string, to Somebody) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := personByID(tx, id)
		if err != nil {
			return err
		}
		authority, err := s.mayManage(tx, by, row)
		if err != nil {
			return err
		}
		if to.Division.Code() != row.Division { // they must be responsible there too
			if _, err := s.Authorize(tx, by, right.Accounts, right.In(to.Division)); err != nil {
				return err
			}
		}
		if row.version() != version {
			return fault.New(fault.Conflict, "这个人的资料刚被别人改过：请看现在的样子，再决定怎么改。", "Somebody has just changed this person: look at them as they are now, then decide.")
		}
		if to, err = to.Check(); err != nil {
			return err
		}
		if to.Organisation != row.Organisation {
			if err := belongs(tx, to.Organisation); err != nil {
				return fault.At("organisation", err)
			}
		}
		key, err := s.key(tx)
		if err != nil {
			return err
		}
		row.Organisation, row.Division = to.Organisation, to.Division.Code()
		if row, err = s.sealed(key, row, to.Name, to.Phone); err != nil {
			return err
		}
		if _, err := writePerson.Exec(tx, row); err != nil {
			return err
		}
		return record.Append(tx, by.sign(authority), plainAct(personChanged, somebody, about{person: id, by: by.holder()}))
	})
}

// Leave ends all that a person may do here: account, sessions, devices, invitations
// and grants, all or nothing. Who is the last of a kind stays.
func (s Persons) Leave(ctx context.Context, by Actor, id, why string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := personByID(tx, id)
		if err != nil {
			return err
		}
		authority, err := s.mayManage(tx, by, row)
		if err != nil {
			return err
		}
		if row.State != stateActive {
			return fault.New(fault.Conflict, "这个人已经离开。", "This person has left already.")
		}
		held, err := heldBy.Slice(tx, id)
		if err != nil {
			return err
		}
		sign := by.sign(authority)
		var roles []string
		for _, g := range held {
			if err := s.Grants.revoke(tx, by, sign, g, why); err != nil {
				return err
			}
			roles = append(roles, g.Role)
		}
		row.State = stateLeft
		if _, err := writePerson.Exec(tx, row); err != nil {
			return err
		}
		if err := s.Sessions.shutOut(tx, id, endedLeft); err != nil {
			return err
		}
		if err := s.Grants.stillHeld(tx, roles...); err != nil {
			return err
		}
		return record.Append(tx, sign, plainAct(personLeft, somebody, about{person: id, by: by.holder(), note: why}))
	})
}

var (
	deleteAccount   = db.Declare[string, db.None](`DELETE FROM identity_account WHERE person = :person`)
	deletePasswords = db.Declare[string, db.None](`DELETE FROM identity_password WHERE person = :person`)
	deleteFactor    = db.Declare[string, db.None](`DELETE FROM identity_factor WHERE person = :person`)
	deleteRecovery  = db.Declare[string, db.None](`DELETE FROM identity_recovery WHERE person = :person`)
	deleteNotices   = db.Declare[string, db.None](`DELETE FROM identity_notice WHERE person = :person`)
	unnameDevices   = db.Declare[string, db.None](`UPDATE identity_device SET name = '' WHERE person = :person`)
)

// erasedReason is public, so it is the same for everybody.
const erasedReason = "the person was erased"

// Erase removes what names a person who has left: name, telephone, login, passwords,
// factor, the names of their devices, and what the log keeps of them apart from its
// public parts. The row stays as a number that grants and sessions point to, and under
// which the entries of what they did to others still say who did it.
func (s Persons) Erase(ctx context.Context, by Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := personByID(tx, id)
		if err != nil {
			return err
		}
		authority, err := s.mayManage(tx, by, row)
		if err != nil {
			return err
		}
		if row.State == stateActive {
			return fault.New(fault.Conflict, "在岗的人不能删除：请先办理离开。", "Somebody who is active cannot be erased: let them leave first.")
		}
		if err := row.erase(tx); err != nil {
			return err
		}
		sign := by.sign(authority)
		if _, err := record.Forget(tx, sign, id, erasedReason); err != nil {
			return err
		}
		return record.Append(tx, sign, plainAct(personErased, somebody, about{by: by.holder()}))
	})
}

// erase leaves a number of a person.
func (p personRow) erase(tx *db.Tx) error {
	p.State, p.Name, p.Phone, p.PhoneIndex = stateErased, "", "", ""
	if _, err := writePerson.Exec(tx, p); err != nil {
		return err
	}
	for _, q := range []db.Query[string, db.None]{deleteAccount, deletePasswords, deleteFactor, deleteRecovery, deleteNotices, unnameDevices} {
		if _, err := q.Exec(tx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// checkShort says what is wrong with the name of a device or program.
func checkShort(s string) (string, error) {
	s = strings.TrimSpace(s)
	if t, ok := lang.CheckText(s, maxName); !ok || utf8.RuneCountInString(s) == 0 {
		if t == (lang.Text{}) {
			t = lang.Text{ZH: "请填写名称", EN: "give a name"}
		}
		return s, &fault.Error{Kind: fault.Invalid, Text: t}
	}
	return s, nil
}
