package entry

import (
	"context"
	"errors"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Upload is a sheet as who holds a contest hands it in.
type Upload struct {
	Contest string
	Table   Table
	DryRun  bool
}

// Outcome is what taking a sheet in did, or would do.
type Outcome struct {
	Added int
	Same  int // there already, by title and units
	Known int // of what was added, whose first unit is an organisation here, which then sees its entry
}

// errDry takes back what a dry run has done.
var errDry = errors.New("a dry run")

// Import takes a sheet in, all of it or nothing: with one wrong row nothing is kept, and the findings of the table say what is
// wrong. The same sheet again changes nothing. A dry run says what would be done and does nothing.
func (s *Entries) Import(ctx context.Context, who identity.Colleague, u Upload) (o Outcome, err error) {
	if n := u.Table.Errors; n > 0 {
		return o, fault.At("file", fault.New(fault.Invalid, "有 %[1]d 处错误，一件也没有收：请按行改正后再传", "there are %[1]d errors, and nothing was taken in: mend the rows and send it again", n))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ev, err := event.Read(tx, u.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, ev.Place())
		if err != nil {
			return err
		}
		if err := taken(tx, &ev, true); err != nil {
			return err
		}
		if o, err = take(tx, &ev, u.Table); err != nil {
			return err
		}
		if u.DryRun {
			return errDry
		}
		if o.Added == 0 {
			return nil
		}
		return record.Append(tx, by.Sign, imported{person: by.Person, file: u.Table.Hash, Contest: ev.Code, Entries: o.Added})
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return o, err
}

// take writes the entries of a sheet that are not there yet.
func take(tx *db.Tx, ev *event.Event, t Table) (o Outcome, err error) {
	there, err := keysOf(tx, listing{Contest: ev.Code, Limit: mostIDs})
	if err != nil {
		return o, err
	}
	owners, err := owners(tx, ev.Division, t.Rows)
	if err != nil {
		return o, err
	}
	var rows []row
	var units []unitRow
	for _, l := range t.Rows {
		if there[l.key()] {
			o.Same++
			continue
		}
		e := Entry{Contest: ev.Code, Organisation: owners[l.Groups[Unit][0]], State: Submitted, Version: 1, MadeAt: tx.Now(), ChangedAt: tx.Now()}
		e.wrote(l.Draft)
		if e.ID, err = newID(); err != nil {
			return o, err
		}
		if e.Organisation != "" {
			o.Known++
		}
		r, err := e.row(tx, secret{Contact: l.Contact})
		if err != nil {
			return o, err
		}
		rows, units = append(rows, r), append(units, e.units()...)
	}
	o.Added = len(rows)
	if err := room(tx, ev, "", true, o.Added); err != nil {
		return o, err
	}
	if _, err := insert.ExecEach(tx, slices.Values(rows)); err != nil {
		return o, err
	}
	_, err = insertUnit.ExecEach(tx, slices.Values(units))
	return o, err
}

// keysOf are the keys of the entries that there are, from the first page of a list on.
func keysOf(tx *db.Tx, q listing) (map[string]bool, error) {
	there := map[string]bool{}
	for {
		page, err := q.read(tx)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if e.State != Withdrawn {
				there[key(e.Title, e.Groups[Unit])] = true
			}
		}
		if len(page) < q.Limit {
			return there, nil
		}
		q.After = page[len(page)-1].ID
	}
}

// owners are the organisations whose names the first units of rows are, to the letter: one of the name, in the contest's
// division. Others belong to none, and the office mends them.
func owners(tx *db.Tx, in gb.Division, rows []Line) (map[string]string, error) {
	var names []string
	for _, l := range rows {
		names = append(names, l.Groups[Unit][0])
	}
	slices.Sort(names)
	found := map[string]string{}
	for some := range slices.Chunk(slices.Compact(names), mostIDs) {
		all, err := identity.AllNamed(tx, some)
		if err != nil {
			return nil, err
		}
		for i, o := range all {
			twice := i > 0 && all[i-1].Name == o.Name || i+1 < len(all) && all[i+1].Name == o.Name
			d, err := gb.Parse(o.Division)
			if !twice && err == nil && d.Within(in) {
				found[o.Name] = o.ID
			}
		}
	}
	return found, nil
}
