package entry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// numberPrefix is that of all numbers: E-01, E-02 and on.
const numberPrefix = "E"

// Subject is what a number stands for, as the list commits to it: the id of the entry, and the hash of what it is called and of
// whom it is, SHA-256 of the canonical JSON of {entry, groups, title}. So neither is changed behind its number.
func (e *Entry) Subject() (string, error) {
	text, err := canonical.JSON(struct {
		Entry  string              `json:"entry"`
		Groups map[string][]string `json:"groups"`
		Title  string              `json:"title"`
	}{e.ID, e.Groups, e.Title})
	if err != nil {
		return "", fmt.Errorf("entry %s: %w", e.ID, err)
	}
	sum := sha256.Sum256(text)
	return e.ID + " " + hex.EncodeToString(sum[:]), nil
}

// Shortlist ends the review of a contest, as whoever saw a version of the contest decides: what was accepted is shortlisted and
// has a number, given by chance, and what the numbers stand for is committed to in the log. Units must have had the time that was
// announced, and nothing may wait for review. What was returned and not mended stays returned.
func (s *Entries) Shortlist(ctx context.Context, who identity.Colleague, code string, seen int64) (ev event.Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if ev, err = event.Read(tx, code); err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, ev.Place())
		if err != nil {
			return err
		}
		if err := taken(tx, &ev, true); err != nil {
			return err
		}
		if tx.Now().Before(*ev.Until) {
			until := ev.Until.In(calendar.China).Format("2006-01-02 15:04")
			return fault.New(fault.Conflict, "申报到 %[1]s 才截止，在那以后才能结束初审。", "Entries are taken until %[1]s: review ends after that.", until)
		}
		counts, err := Counts(tx, code)
		if err != nil {
			return err
		}
		switch {
		case counts[Submitted] > 0:
			return fault.New(fault.Conflict, "还有 %[1]d 件作品没有审：先逐件通过、退回或不通过。", "%[1]d entries wait for review: accept, return or refuse each first.", counts[Submitted])
		case counts[Accepted] == 0:
			return fault.New(fault.Conflict, "没有一件作品通过初审，没有可以入围的。", "No entry was accepted, so that there is nothing to shortlist.")
		}
		list, err := number(tx, code)
		if err != nil {
			return err
		}
		ev.Version, ev.State = seen, contest.Reviewed
		if err := ev.Write(tx); err != nil {
			return err
		}
		if err := event.Changed(tx, code, true); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, shortlisted{person: by.Person, Contest: code, Entries: counts[Accepted], Refused: counts[Refused], List: list})
	})
	return ev, err
}

// number gives the accepted entries of a contest numbers by chance, and publishes the list of commitments.
func number(tx *db.Tx, code string) (list string, err error) {
	rows, err := accepted.Slice(tx, inState{code, string(Accepted)})
	if err != nil {
		return "", err
	}
	all := make([]Entry, len(rows))
	for i, r := range rows {
		all[i] = r.entry()
	}
	if err := grouped(tx, all); err != nil {
		return "", err
	}
	subjects, at := make([]string, len(all)), map[string]int{}
	for i := range all {
		if subjects[i], err = all[i].Subject(); err != nil {
			return "", err
		}
		at[subjects[i]] = i
	}
	codes, openings, err := lots.Blind(numberPrefix, subjects)
	if err != nil {
		return "", err
	}
	for _, o := range openings {
		e := &all[at[o.Subject]]
		s, err := e.open(tx)
		if err != nil {
			return "", err
		}
		s.Salt, e.Number, e.State, e.Why = o.Salt, o.Code, OnShortlist, ""
		if err := e.write(tx, s); err != nil {
			return "", err
		}
	}
	l, err := lots.New(codes, nil, nil)
	if err != nil {
		return "", err
	}
	text, err := l.Bytes()
	if err != nil {
		return "", err
	}
	return record.PutFile(tx, text)
}

type inState struct {
	Contest string `db:"contest"`
	State   string `db:"state"`
}

var accepted = db.Declare[inState, row](`SELECT /*cols*/ FROM contest_entry WHERE contest = :contest AND state = :state ORDER BY id`)

// Openings are what the numbers of a contest stand for, with the salts that prove it, by number. They are for who opens the codes
// of a draw, or of the contest; nobody else sees them.
func Openings(tx *db.Tx, code string) (all []lots.Opening, err error) {
	entries, err := Shortlisted(tx, code)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		s, err := e.open(tx)
		if err != nil {
			return nil, err
		}
		o := lots.Opening{Code: e.Number, Salt: s.Salt}
		if o.Subject, err = e.Subject(); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// mostOpened bounds an entry of the record, in bytes of what it opens.
const mostOpened = 48 << 10

// Open publishes which entry each number of a contest stands for, once all is revealed. The caller has admitted who does so, and
// does it once.
func Open(tx *db.Tx, by identity.Admitted, code string) error {
	ev, err := event.Read(tx, code)
	if err != nil {
		return err
	}
	if !ev.State.After(contest.Hall) {
		return fault.New(fault.Late, "评审还没有结束，编号代表谁现在不能公开", "judging is not over: what numbers stand for cannot be opened yet")
	}
	entries, err := Shortlisted(tx, code)
	if err != nil || len(entries) == 0 {
		return err
	}
	next, size := opened{person: by.Person, Contest: code}, 0
	for _, e := range entries {
		s, err := e.open(tx)
		if err != nil {
			return err
		}
		b := bearer{e.Number, s.Salt, e.ID, e.Title, e.Groups}
		text, err := json.Marshal(b)
		if err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
		if size+len(text) > mostOpened && len(next.Numbers) > 0 {
			if err := record.Append(tx, by.Sign, next); err != nil {
				return err
			}
			next.Numbers, size = nil, 0
		}
		next.Numbers, size = append(next.Numbers, b), size+len(text)
	}
	return record.Append(tx, by.Sign, next)
}
