package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// between parts an organisation from the one above it, in texts.
const between = " / "

// Listed is an organisation in a list.
type Listed struct {
	Organisation
	Under  string `db:"under"`  // the name of the one above
	Below  int    `db:"below"`  // open ones right below
	People int    `db:"people"` // active ones who belong to it
	Alike  int    `db:"alike"`  // open ones of the same name, this one among them
}

type organisationPage struct {
	Parent *string `db:"parent"`
	Text   *string `db:"text"`
	Begins *string `db:"begins"`
	Name   *string `db:"name"`
	Open   *bool   `db:"open"`
	After  *string `db:"after"`
	Limit  int     `db:"lim"`
}

type bounded struct {
	Organisation string `db:"organisation"`
	After        string `db:"after"`
	Limit        int    `db:"lim"`
}

var (
	listOrganisations = db.Declare[organisationPage, Listed](`
		SELECT o.id, o.parent, o.division, o.name, o.made_at, o.version, o.closed_at,
			COALESCE((SELECT u.name FROM identity_organisation u WHERE u.id = o.parent), '') AS under,
			(SELECT count(*) FROM identity_organisation b WHERE b.parent = o.id AND b.closed_at IS NULL) AS below,
			(SELECT count(*) FROM identity_person p WHERE p.organisation = o.id AND p.state = 'active') AS people,
			(SELECT count(*) FROM identity_organisation t WHERE t.name = o.name AND t.closed_at IS NULL) AS alike
		FROM identity_organisation o
		WHERE true [AND o.parent = :parent] [AND o.name = :name] [AND o.search LIKE :begins || '%' ESCAPE '\'] [AND o.search LIKE '%' || :text || '%' ESCAPE '\']
			[AND (o.closed_at IS NULL) = :open] [AND o.sort > (SELECT a.sort FROM identity_organisation a WHERE a.id = :after)]
		ORDER BY o.sort LIMIT :lim`)
	// organisationsAbove begins with the one asked for.
	organisationsAbove = db.Declare[string, Organisation](`
		WITH RECURSIVE up(id, parent, level) AS (
			SELECT id, parent, 0 FROM identity_organisation WHERE id = :id
			UNION ALL
			SELECT o.id, o.parent, u.level + 1 FROM up u JOIN identity_organisation o ON o.id = u.parent WHERE u.level < 12)
		SELECT o.id, o.parent, o.division, o.name, o.made_at, o.version, o.closed_at
		FROM up JOIN identity_organisation o ON o.id = up.id ORDER BY up.level`)
	personsIn = db.Declare[bounded, personRow](`
		SELECT /*cols*/ FROM identity_person WHERE organisation = :organisation AND state = 'active' AND id > :after ORDER BY id LIMIT :lim`)
	organisationsNamed = db.Declare[[]string, Organisation](`SELECT /*cols*/ FROM identity_organisation WHERE name IN :names AND closed_at IS NULL ORDER BY name, id`)
	grantsNaming       = db.Declare[naming, grantRow](`
		SELECT /*cols*/ FROM identity_grant WHERE (organisation = :id OR subject = :subject) AND revoked_at IS NULL AND (until_at IS NULL OR until_at > :now)
		ORDER BY id LIMIT 100`)
)

// Above is an organisation's id and those of all above it, from below. A system that
// asks whether somebody may do what a unit answers for names the place by all of them;
// see [right.Organisations].
func Above(tx *db.Tx, id string) (ids []string, err error) {
	all, err := organisationsAbove.Slice(tx, id)
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	return ids, err
}

// AllNamed are the open organisations of up to 4,096 names, to the letter. Several may have one name.
func AllNamed(tx *db.Tx, names []string) ([]Organisation, error) {
	return organisationsNamed.Slice(tx, names)
}

// path is an organisation in words, with what is above it.
func path(tx *db.Tx, id string) (string, error) {
	all, err := organisationsAbove.Slice(tx, id)
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	slices.Reverse(names)
	return strings.Join(names, between), err
}

// Whole is one organisation with what is around it.
type Whole struct {
	Organisation
	Leaning
	Path []Organisation // those above it, from the top
}

// Get returns one organisation. It is public.
func (s Organisations) Get(ctx context.Context, id string) (w Whole, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := organisationsAbove.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			_, err := organisationOf(tx, id)
			return err
		}
		w = Whole{Organisation: all[0], Path: all[1:]}
		slices.Reverse(w.Path)
		w.Leaning, err = s.leaning(tx, id)
		return err
	})
	return w, err
}

// Asked is a page of organisations: those right below one, or all whose name has a text.
type Asked struct {
	Parent string // empty: at the top; nothing where there is a Text
	Text   string
	Closed bool   // closed ones, too
	After  string // the id of the last of the page before
	Limit  int
}

// Page lists organisations by name. They are public.
func (s Organisations) Page(ctx context.Context, a Asked) (all []Listed, err error) {
	q := organisationPage{Limit: min(max(a.Limit, 1), maxPage)}
	if a.Text = strings.TrimSpace(a.Text); a.Text != "" {
		q.Text = new(like(a.Text))
	} else {
		q.Parent = &a.Parent
	}
	if !a.Closed {
		q.Open = new(true)
	}
	if a.After != "" {
		q.After = &a.After
	}
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = listOrganisations.Slice(tx, q); return err })
	return all, err
}

// like is a text as a pattern finds it.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text))
}

// maxChoices bounds what is offered while somebody types.
const maxChoices = 200

// Choices are open organisations to choose from, as [Organisations.Named] reads them:
// first those that begin with a text, then those that have it, then any.
func (s Organisations) Choices(ctx context.Context, text string) (names []string, err error) {
	open, pattern := true, like(strings.TrimSpace(text))
	asked := []organisationPage{{Open: &open, Begins: &pattern}, {Open: &open, Text: &pattern}, {Open: &open}}
	if pattern == "" {
		asked = asked[2:]
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names = nil
		had := map[string]bool{}
		for _, q := range asked {
			if len(names) == maxChoices {
				break
			}
			q.Limit = maxChoices
			rows, err := listOrganisations.Slice(tx, q)
			if err != nil {
				return err
			}
			for _, o := range rows {
				if had[o.ID] || len(names) == maxChoices {
					continue
				}
				had[o.ID] = true
				name, err := o.called(tx)
				if err != nil {
					return err
				}
				names = append(names, name)
			}
		}
		return nil
	})
	return names, err
}

// called is the shortest text that names one organisation and no other.
func (l Listed) called(tx *db.Tx) (string, error) {
	if l.Alike <= 1 && l.ClosedAt == nil {
		return l.Name, nil
	}
	return path(tx, l.ID)
}

// Called is what [Organisations.Named] reads as this organisation; of none, nothing.
func (s Organisations) Called(ctx context.Context, id string) (name string, err error) {
	if id == "" {
		return "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := organisationOf(tx, id)
		if err != nil {
			return err
		}
		rows, err := listOrganisations.Slice(tx, organisationPage{Name: &o.Name, Parent: &o.Parent, Limit: 1})
		if err == nil {
			name, err = rows[0].called(tx)
		}
		return err
	})
	return name, err
}

// Names are the names of organisations by id, for who shows what only has ids. One that
// there is not has none.
func (s Organisations) Names(ctx context.Context, ids ...string) (names map[string]string, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names = map[string]string{}
		for some := range slices.Chunk(ids, 1024) {
			rows, err := organisationNames.Slice(tx, some)
			if err != nil {
				return err
			}
			for _, o := range rows {
				names[o.ID] = o.Name
			}
		}
		return nil
	})
	return names, err
}

// Named finds the open organisation that somebody typed: its name, “上级 / 单位” where
// several have one name, or its id. What names none, or several, is refused with what
// there is.
func (s Organisations) Named(ctx context.Context, text string) (o Organisation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { o, err = s.named(tx, text, false); return err })
	return o, err
}

// NamedClosed is Named for one that is closed, for who opens it again.
func (s Organisations) NamedClosed(ctx context.Context, text string) (o Organisation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { o, err = s.named(tx, text, true); return err })
	return o, err
}

// mostNamed is how many candidates an error names.
const mostNamed = 5

func (s Organisations) named(tx *db.Tx, text string, closed bool) (Organisation, error) {
	text = strings.TrimSpace(text)
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '／' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) == 0 || parts[len(parts)-1] == "" {
		return Organisation{}, fault.New(fault.Invalid, "请填写单位。", "Name an organisation.")
	}
	name := parts[len(parts)-1]
	all, err := s.called(tx, text, name, strings.Join(parts, between))
	if err != nil {
		return Organisation{}, err
	}
	wanted := slices.DeleteFunc(slices.Clone(all), func(o Organisation) bool { return (o.ClosedAt != nil) != closed })
	switch {
	case len(wanted) == 1:
		return wanted[0], nil
	case len(wanted) > 1:
		return Organisation{}, s.ambiguous(tx, text, wanted)
	case len(all) > 0 && !closed:
		return Organisation{}, faultClosed(all[0].Name)
	case len(all) > 0:
		return Organisation{}, fault.New(fault.Conflict, "“%s”没有停用。", "“%s” is not closed.", all[0].Name)
	}
	return Organisation{}, s.unknown(tx, text, name)
}

// called finds the organisations of an id, or of a name below what a path says.
func (s Organisations) called(tx *db.Tx, id, name, asked string) ([]Organisation, error) {
	if all, err := organisationByID.Slice(tx, id); err != nil || len(all) > 0 {
		return all, err
	}
	rows, err := listOrganisations.Slice(tx, organisationPage{Name: &name, Limit: maxChoices})
	if err != nil {
		return nil, err
	}
	var all []Organisation
	for _, r := range rows {
		full, err := path(tx, r.ID)
		if err != nil {
			return nil, err
		}
		if full == asked || strings.HasSuffix(full, between+asked) {
			all = append(all, r.Organisation)
		}
	}
	return all, nil
}

func (s Organisations) ambiguous(tx *db.Tx, text string, all []Organisation) error {
	var paths []string
	for _, o := range all[:min(len(all), mostNamed)] {
		p, err := path(tx, o.ID)
		if err != nil {
			return err
		}
		paths = append(paths, p)
	}
	more := ""
	if len(all) > mostNamed {
		more = " …"
	}
	return fault.New(fault.Conflict, "有 %[2]d 个“%[1]s”，请写是哪一个：%[3]s", "There are %[2]d “%[1]s”: say which: %[4]s",
		lang.Short(text), len(all), strings.Join(paths, "；")+more, strings.Join(paths, "; ")+more)
}

// unknown says that there is no such organisation, and which have the text in their name.
func (s Organisations) unknown(tx *db.Tx, text, name string) error {
	near, err := listOrganisations.Slice(tx, organisationPage{Open: new(true), Text: new(like(name)), Limit: mostNamed})
	if err != nil {
		return err
	}
	if len(near) == 0 {
		return fault.New(fault.NotFound, "没有叫“%s”的单位。", "There is no organisation “%s”.", lang.Short(text))
	}
	var names []string
	for _, o := range near {
		n, err := o.called(tx)
		if err != nil {
			return err
		}
		names = append(names, n)
	}
	return fault.New(fault.NotFound, "没有叫“%[1]s”的单位。是不是：%[2]s？", "There is no organisation “%[1]s”. Is it one of these: %[3]s?",
		lang.Short(text), strings.Join(names, "、"), strings.Join(names, ", "))
}

// In lists the active persons who belong to an organisation, in the order of their
// making, at most 500 after the one named: those who are at home where the actor may look.
func (s Persons) In(ctx context.Context, by Actor, organisation, after string, limit int) ([]Person, error) {
	return s.page(ctx, by, after, limit, func(tx *db.Tx, after string) ([]personRow, error) {
		return personsIn.Slice(tx, bounded{organisation, after, maxPage})
	})
}

// Naming lists who holds a role for an organisation or over it, now or in time to come,
// the first hundred, for who may look at them.
func (s Organisations) Naming(ctx context.Context, by Actor, id string) (all []Holder, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		may, err := s.sees(tx, by)
		if err != nil {
			return err
		}
		rows, err := grantsNaming.Slice(tx, naming{id, right.Organisations(id)[0], s.clock(tx)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			persons, err := selectPerson.Slice(tx, r.Holder)
			if err != nil {
				return err
			}
			if len(persons) == 0 || !may(persons[0]) { // a program is nobody, and shown with its token
				continue
			}
			h := Holder{Person: r.Holder}
			if h.Grant, err = r.grant(); err != nil {
				return err
			}
			p, err := s.Persons.open(persons[0])
			if err != nil {
				return err
			}
			h.Name = p.Name
			all = append(all, h)
		}
		return nil
	})
	return all, err
}
