package entry

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Entries are those of a site.
type Entries struct{ db *db.DB }

// In returns the entries of a database.
func In(d *db.DB) *Entries { return &Entries{d} }

// Draft is what a unit writes.
type Draft struct {
	Title, Summary string
	Groups         map[string][]string // by kind; at least one [Unit]
	Contact
}

// Bounds of a draft, in characters, and of lists.
const (
	mostTitle   = 200
	mostSummary = 2000
	mostName    = 100
	mostGroups  = 20 // of one kind
	mostContact = 200
	mostOfUnit  = 50     // entries of an organisation in one contest
	mostEntries = 20_000 // of a contest
)

// check returns a draft in the form that it is kept in; each mistake is told at its field.
func (d Draft) check() (Draft, error) {
	var all []error
	wrong := func(field string, err error) { all = append(all, fault.At(field, err)) }
	long := func(field, s string, most int, check func(string, int) (lang.Text, bool)) {
		if t, ok := check(s, most); !ok {
			wrong(field, &fault.Error{Kind: fault.Invalid, Text: t})
		}
	}
	d.Title, d.Summary = strings.TrimSpace(d.Title), strings.TrimSpace(d.Summary)
	if d.Title == "" {
		wrong("title", fault.New(fault.Invalid, "请写作品名称", "give the entry a title"))
	}
	long("title", d.Title, mostTitle, lang.CheckText)
	long("summary", d.Summary, mostSummary, lang.CheckLines)
	groups := map[string][]string{}
	for _, kind := range kinds {
		for _, name := range d.Groups[kind] {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			long(kind, name, mostName, lang.CheckText)
			if slices.Contains(groups[kind], name) {
				wrong(kind, fault.New(fault.Invalid, "“%[1]s”写了两次", "%[1]q stands there twice", lang.Short(name)))
			}
			groups[kind] = append(groups[kind], name)
		}
		if len(groups[kind]) > mostGroups {
			wrong(kind, fault.New(fault.Invalid, "最多写 %[1]d 个", "%[1]d at most", mostGroups))
		}
	}
	if d.Groups = groups; len(groups[Unit]) == 0 {
		wrong(Unit, fault.New(fault.Invalid, "请写申报单位", "say whose entry it is"))
	}
	d.Presenter, d.Phone, d.Email = strings.TrimSpace(d.Presenter), strings.TrimSpace(d.Phone), strings.TrimSpace(d.Email)
	long("presenter", d.Presenter, mostName, lang.CheckText)
	if phone, ok := identity.NormalPhone(d.Phone); ok {
		d.Phone = phone
	} else if d.Phone != "" {
		wrong("phone", fault.New(fault.Invalid, "“%[1]s”不是电话号码", "%[1]q is no telephone number", lang.Short(d.Phone)))
	}
	if a, err := mail.ParseAddress(d.Email); d.Email != "" && (err != nil || a.Address != d.Email || len(d.Email) > mostContact) {
		wrong("email", fault.New(fault.Invalid, "“%[1]s”不是邮箱地址", "%[1]q is no mail address", lang.Short(d.Email)))
	}
	return d, errors.Join(all...)
}

// New is an entry to be.
type New struct {
	Contest      string
	Organisation string // whose it is; who submits for a unit may leave it empty
	Draft
}

// Submit submits an entry of one's own unit, while the contest takes them.
func (s *Entries) Submit(ctx context.Context, who identity.Colleague, n New) (Entry, error) {
	return s.submit(ctx, n, false, func(tx *db.Tx, _ *event.Event) (identity.Admitted, error) {
		if n.Organisation == "" {
			return identity.Admitted{}, fault.At("organisation", fault.New(fault.Invalid, "请选是哪个单位申报", "choose the unit that submits it"))
		}
		return admitUnit(tx, who, n.Organisation)
	})
}

// SubmitFor submits an entry for a unit, as who holds the contest: what came on paper in time may be typed in later, until review
// is over.
func (s *Entries) SubmitFor(ctx context.Context, who identity.Colleague, n New) (Entry, error) {
	return s.submit(ctx, n, true, func(tx *db.Tx, ev *event.Event) (identity.Admitted, error) {
		by, err := who.Admit(tx, contest.Organise, ev.Place())
		if err == nil && n.Organisation != "" {
			_, err = identity.Named(tx, n.Organisation)
		}
		return by, err
	})
}

func (s *Entries) submit(ctx context.Context, n New, office bool, admit func(*db.Tx, *event.Event) (identity.Admitted, error)) (e Entry, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ev, err := event.Read(tx, n.Contest)
		if err != nil {
			return err
		}
		by, err := admit(tx, &ev)
		if err != nil {
			return err
		}
		if err := taken(tx, &ev, office); err != nil {
			return err
		}
		d, err := n.check()
		if err != nil {
			return err
		}
		if err := room(tx, &ev, n.Organisation, office, 1); err != nil {
			return err
		}
		if err := alone(tx, ev.Code, n.Organisation, d); err != nil {
			return err
		}
		e = Entry{Contest: ev.Code, Organisation: n.Organisation, State: Submitted, Version: 1, MadeAt: tx.Now(), ChangedAt: tx.Now()}
		e.wrote(d)
		if e.ID, err = newID(); err != nil {
			return err
		}
		if !office {
			e.MadeBy = by.Person
		}
		r, err := e.row(tx, secret{Contact: d.Contact})
		if err != nil {
			return err
		}
		if _, err := insert.Exec(tx, r); err != nil {
			return err
		}
		if _, err := insertUnit.ExecEach(tx, slices.Values(e.units())); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, e.submitted(by, false))
	})
	return e, err
}

func (e *Entry) wrote(d Draft) { e.Title, e.Summary, e.Groups = d.Title, d.Summary, d.Groups }

func (e *Entry) submitted(by identity.Admitted, again bool) submitted {
	return submitted{person: by.Person, Contest: e.Contest, Entry: e.ID, Title: e.Title, Groups: e.Groups, Again: again}
}

func admitUnit(tx *db.Tx, who identity.Colleague, organisation string) (identity.Admitted, error) {
	at, err := identity.PlaceOf(tx, organisation)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, contest.Enter, at)
}

// admit is for what a unit does with its own entry, or who holds the contest does for it.
func (e *Entry) admit(tx *db.Tx, who identity.Colleague, at right.Place) (by identity.Admitted, office bool, err error) {
	if e.Organisation != "" {
		if by, err = admitUnit(tx, who, e.Organisation); err == nil || fault.KindOf(err) != fault.Denied {
			return by, false, err
		}
	}
	by, refused := who.Admit(tx, contest.Organise, at)
	if refused != nil && err != nil { // a unit is told what it lacks as one
		return by, false, err
	}
	return by, true, refused
}

// taken says why a contest takes no entries now: the office has until review is over, units until the time that was announced.
func taken(tx *db.Tx, ev *event.Event, office bool) error {
	switch {
	case ev.State == contest.Cancelled:
		return fault.New(fault.Conflict, "“%[1]s”已经取消，不收作品。", "%[1]q is cancelled and takes no entries.", ev.Title)
	case ev.State != contest.Called:
		return fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，不收作品。", "%[1]q takes no entries now: it is %[3]q.", ev.Title, ev.State.Name().ZH, ev.State.Name().EN)
	case !office && !tx.Now().Before(*ev.Until):
		until := ev.Until.In(calendar.China)
		return fault.New(fault.Late, "申报已于 %[1]s 截止。有特殊情况请联系承办单位。", "Entries were taken until %[1]s. If there is a reason to be late, ask who holds the contest.", until.Format("2006-01-02 15:04"))
	}
	return nil
}

type counting struct {
	Contest      string  `db:"contest"`
	Organisation *string `db:"organisation"`
	Limit        int     `db:"lim"`
}

var countEntries = db.Declare[counting, int](`
	SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM contest_entry WHERE contest = :contest [AND organisation = :organisation] LIMIT :lim) AS counted`)

// room says why a contest takes no more entries: of a unit, or of all.
func room(tx *db.Tx, ev *event.Event, organisation string, office bool, more int) error {
	if n, err := countEntries.One(tx, counting{Contest: ev.Code, Limit: mostEntries}); err != nil || n+more > mostEntries {
		if err == nil {
			err = fault.New(fault.Conflict, "一次评审最多 %[1]d 件作品，已有 %[2]d 件", "a contest has %[1]d entries at most, and there are %[2]d", mostEntries, n)
		}
		return err
	}
	if office {
		return nil
	}
	n, err := countEntries.One(tx, counting{Contest: ev.Code, Organisation: &organisation, Limit: mostOfUnit})
	if err == nil && n+more > mostOfUnit {
		err = fault.New(fault.Conflict, "一个单位最多申报 %[1]d 件", "a unit submits %[1]d entries at most", mostOfUnit)
	}
	return err
}

// alone refuses what is there already, by title and units: a form that was sent twice is one entry.
func alone(tx *db.Tx, code, organisation string, d Draft) error {
	q := listing{Contest: code, Limit: mostIDs}
	if organisation != "" {
		q.Organisation = &organisation
	}
	there, err := keysOf(tx, q)
	if err == nil && there[d.key()] {
		err = fault.At("title", fault.New(fault.Conflict, "“%[1]s”已经申报过了，名称和单位都一样", "%[1]q was submitted before, by the same units", lang.Short(d.Title)))
	}
	return err
}

// Mending is an entry written anew.
type Mending struct {
	Entry string
	Seen  int64
	Draft
}

// Mend writes an entry anew: before anybody has reviewed it, or when it was returned. It is submitted again.
func (s *Entries) Mend(ctx context.Context, who identity.Colleague, m Mending) (e Entry, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ev, by, office, err := e.mine(tx, who, m.Entry, m.Seen)
		if err != nil {
			return err
		}
		if err := taken(tx, &ev, office); err != nil {
			return err
		}
		if e.State != Submitted && e.State != Returned {
			return fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，不能再改：要改请承办单位先退回。", "%[1]q is %[3]q now and stands as it is: to change it, have it returned first.", lang.Short(e.Title), e.State.Name().ZH, e.State.Name().EN)
		}
		d, err := m.check()
		if err != nil {
			return err
		}
		e.wrote(d)
		e.State, e.Why = Submitted, ""
		if err := e.write(tx, secret{Contact: d.Contact}); err != nil {
			return err
		}
		if _, err := dropUnits.Exec(tx, e.ID); err != nil {
			return err
		}
		if _, err := insertUnit.ExecEach(tx, slices.Values(e.units())); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, e.submitted(by, true))
	})
	return e, err
}

// mine reads an entry, in the version that was seen, for its unit or who holds the contest.
func (e *Entry) mine(tx *db.Tx, who identity.Colleague, id string, seen int64) (ev event.Event, by identity.Admitted, office bool, err error) {
	if *e, err = Read(tx, id); err != nil {
		return ev, by, false, err
	}
	if ev, err = event.Read(tx, e.Contest); err != nil {
		return ev, by, false, err
	}
	by, office, err = e.admit(tx, who, ev.Place())
	e.Version = seen
	return ev, by, office, err
}

// Withdraw takes an entry back: by its unit, or by who holds the contest and says why. One that has a number keeps it, as
// withdrawn; in the hall that is the hall's to do.
func (s *Entries) Withdraw(ctx context.Context, who identity.Colleague, id string, seen int64, why string) (e Entry, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ev, by, office, err := e.mine(tx, who, id, seen)
		if err != nil {
			return err
		}
		if why, err = checkWhy(why, office); err != nil {
			return err
		}
		if err := e.withdraw(&ev); err != nil {
			return err
		}
		e.Why = why
		sealed, err := e.open(tx)
		if err != nil {
			return err
		}
		if err := e.write(tx, sealed); err != nil {
			return err
		}
		if err := event.Changed(tx, ev.Code, false); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, moved{person: by.Person, why: why, Contest: e.Contest, Entry: e.ID, To: string(Withdrawn)})
	})
	return e, err
}
