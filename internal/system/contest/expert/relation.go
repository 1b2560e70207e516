package expert

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Kind is what ties an expert to a unit.
type Kind string

// The relations.
const (
	Own         Kind = "own"         // they work there
	Subordinate Kind = "subordinate" // it is below their own unit
	Superior    Kind = "superior"    // their own unit is below it
	Adviser     Kind = "adviser"     // it pays them for advice
	Relative    Kind = "relative"    // of somebody who answers for it
	Other       Kind = "other"
)

// Kinds are what they are called.
var Kinds = []lang.Choice{
	{Key: string(Own), Name: lang.Text{ZH: "本单位", EN: "own unit"}},
	{Key: string(Subordinate), Name: lang.Text{ZH: "下属单位", EN: "subordinate unit"}},
	{Key: string(Superior), Name: lang.Text{ZH: "上级单位", EN: "superior unit"}},
	{Key: string(Adviser), Name: lang.Text{ZH: "受聘顾问", EN: "paid adviser"}},
	{Key: string(Relative), Name: lang.Text{ZH: "亲属关系", EN: "relative"}},
	{Key: string(Other), Name: lang.Text{ZH: "其他关系", EN: "another relation"}},
}

// Said is how a relation is known.
type Said string

// The ways. Alike is no relation that is known but a question: the names may be those of one unit.
const (
	Declared Said = "declared" // by the expert
	Found    Said = "found"    // by who keeps the pool, or told from the tree of organisations
	Alike    Said = "alike"
)

// Relation is a relation as it is listed.
type Relation struct {
	ID        string    `db:"id"`
	Person    string    `db:"person"`
	Unit      string    `db:"unit"` // as written
	UnitKey   string    `db:"unit_key"`
	Kind      Kind      `db:"kind"`
	Said      Said      `db:"said"`
	Note      string    `db:"note"` // sealed; see [Experts.Relations]
	KeyNumber int       `db:"key_number"`
	At        time.Time `db:"at"`
}

var (
	insertRelation = db.Declare[Relation, db.None](`
		INSERT INTO contest_relation (id, person, unit, unit_key, kind, said, note, key_number, at)
		VALUES (:id, :person, :unit, :unit_key, :kind, :said, :note, :key_number, :at)`)
	relationByID = db.Declare[string, Relation](`SELECT /*cols*/ FROM contest_relation WHERE id = :id`)
	relationsOf  = db.Declare[string, Relation](`SELECT /*cols*/ FROM contest_relation WHERE person = :person ORDER BY unit_key, kind`)
	relationsBy  = db.Declare[[]string, Relation](`SELECT /*cols*/ FROM contest_relation WHERE person IN :persons ORDER BY person, unit_key, kind`)
	dropRelation = db.Declare[string, db.None](`DELETE FROM contest_relation WHERE id = :id`)
)

func (r *Relation) place() string { return "contest_relation/" + r.ID }

// Relating is a relation to be.
type Relating struct {
	Person string
	Unit   string // as written
	Kind   Kind
	Note   string
}

// mostRelations bounds what is said of one expert.
const mostRelations = 100

// admit reads an expert for themselves, or for who keeps the pool.
func (e *Expert) admit(tx *db.Tx, who identity.Colleague, person string) (by identity.Admitted, said Said, err error) {
	if who.SignedIn() && who.Person == person {
		*e, err = Read(tx, person)
		return identity.Admitted{Sign: "self", Person: person}, Declared, err
	}
	by, err = e.kept(tx, who, person)
	return by, Found, err
}

// Relate says that an expert has a relation to a unit: declared where they say so themselves, found where who keeps the pool does.
func (s *Experts) Relate(ctx context.Context, who identity.Colleague, n Relating) (r Relation, err error) {
	n.Unit, n.Note = strings.TrimSpace(n.Unit), strings.TrimSpace(n.Note)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var e Expert
		by, said, err := e.admit(tx, who, n.Person)
		if err != nil {
			return err
		}
		if _, known := lang.FindChoice(Kinds, string(n.Kind)); !known {
			return fault.At("kind", fault.New(fault.Invalid, "请选是什么关系", "choose which relation it is"))
		}
		if err := checkUnit(n.Unit); err != nil {
			return err
		}
		if t, ok := lang.CheckLines(n.Note, mostNote); !ok {
			return fault.At("note", &fault.Error{Kind: fault.Invalid, Text: t})
		}
		r = Relation{Person: n.Person, Unit: n.Unit, UnitKey: normal(n.Unit), Kind: n.Kind, Said: said, At: tx.Now()}
		had, err := relationsOf.Slice(tx, n.Person)
		if err != nil {
			return err
		}
		for _, one := range had {
			if one.UnitKey == r.UnitKey && one.Kind == r.Kind {
				return fault.At("unit", fault.New(fault.Conflict, "这种关系已经有了", "this relation is there already"))
			}
		}
		if len(had) >= mostRelations {
			return fault.New(fault.Conflict, "一位专家最多 %[1]d 种关系", "an expert has %[1]d relations at most", mostRelations)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("expert: %w", err)
		}
		if r.ID = id.String(); n.Note != "" {
			if r.Note, r.KeyNumber, err = record.SealOwn(tx, r.place(), n.Note); err != nil {
				return err
			}
		}
		if _, err := insertRelation.Exec(tx, r); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, related{by: by.Person, person: r.Person, unit: r.Unit, What: r.Kind, Said: r.Said})
	})
	return r, err
}

// Unrelate takes a relation back. What an expert declared only they take back: who keeps the pool would else make a conflict
// disappear.
func (s *Experts) Unrelate(ctx context.Context, who identity.Colleague, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		rows, err := relationByID.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "没有这种关系，它可能已经取消。", "There is no such relation: it may have been taken back.")
		}
		r := rows[0]
		var e Expert
		by, as, err := e.admit(tx, who, r.Person)
		if err != nil {
			return err
		}
		if as != r.Said {
			return fault.New(fault.Denied, "专家自己声明的由本人取消，查到的由承办单位取消。", "What an expert declared they take back themselves; what was found, who keeps the pool.")
		}
		if _, err := dropRelation.Exec(tx, id); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, related{by: by.Person, person: r.Person, unit: r.Unit, What: r.Kind, Said: r.Said, Gone: true})
	})
}

// Relations are those of an expert with their notes, for the expert or who keeps the pool.
func (s *Experts) Relations(ctx context.Context, who identity.Colleague, person string) (all []Relation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var e Expert
		if _, _, err := e.admit(tx, who, person); err != nil {
			return err
		}
		if all, err = relationsOf.Slice(tx, person); err != nil {
			return err
		}
		for i := range all {
			if r := &all[i]; r.Note != "" {
				if r.Note, err = record.OpenOwn(tx, r.place(), r.Note); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return all, err
}

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'contest_relation/' || id AS place, note AS secret, key_number FROM contest_relation
		WHERE key_number <> :key_number AND note <> '' AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE contest_relation SET note = :secret, key_number = :key_number WHERE id = :id`),
}}
