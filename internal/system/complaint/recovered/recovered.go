// Package recovered deals with a log that was recovered from a mirror over an older database: the log knows what the
// database does not.
//
//	lost, err := recovered.Take(ctx, d, entries)  // with log recover
//	all, err := recovered.List(ctx, d, who, "XN2023")
//
// What was published comes back whole: bulletins, from the files beside the log. Numbers that the log says were given out
// are not given out again. The rest cannot come back from a public log, which has no texts and no persons: it is
// listed by what it is about until the office has put it in again and says so.
//
// Tables owned: complaint_lost.
package recovered

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// ours is how the kinds of this system begin.
const ours = "complaint."

// lost is an entry that the database did not know.
type lost struct {
	Entry    string    `db:"entry"`
	Campaign string    `db:"campaign"`
	Subject  string    `db:"subject"`
	Kind     string    `db:"kind"`
	At       time.Time `db:"at"`
}

// About is something that the log tells more of than the database knows.
type About struct {
	Subject string `db:"subject"`
	Entries int    `db:"entries"`
}

// Of is what it is about: problem, letter, bulletin, campaign, visit.
func (a About) Of() string { what, _, _ := strings.Cut(a.Subject, "/"); return what }

// Name is its code or number.
func (a About) Name() string { _, name, _ := strings.Cut(a.Subject, "/"); return name }

type listing struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

var (
	insertLost = db.Declare[lost, db.None](`
		INSERT INTO complaint_lost (entry, campaign, subject, kind, at) VALUES (:entry, :campaign, :subject, :kind, :at) ON CONFLICT DO NOTHING`)
	lostOf = db.Declare[listing, About](`
		SELECT subject, COUNT(*) AS entries FROM complaint_lost WHERE campaign IN (:campaign, '') GROUP BY subject ORDER BY subject LIMIT :lim`)
	settled = db.Declare[string, db.None](`DELETE FROM complaint_lost WHERE campaign IN (:campaign, '')`)
)

// Take takes in entries that came back from a mirror, in the order of the log. It returns how many things the database does not
// know. Taking them in again changes nothing.
func Take(ctx context.Context, d *db.DB, entries []logtree.Statement) (n int, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n = 0
		files := now(entries)
		for _, s := range entries {
			known, err := take(tx, s, files)
			if err != nil {
				return err
			}
			if known || !strings.HasPrefix(s.Kind, ours) {
				continue
			}
			n++
			of, err := campaignOf(tx, s.Subject)
			if err == nil {
				_, err = insertLost.Exec(tx, lost{s.ID, of, s.Subject, s.Kind, s.At})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// now is where the table of each file lies now: somewhere else, if a text was withdrawn.
func now(entries []logtree.Statement) map[string]string {
	moved := map[string]string{}
	for _, s := range entries {
		var b bulletin.Back
		if s.Kind == b.Kind() && json.Unmarshal(s.Public, &b) == nil {
			for from, to := range moved {
				if to == b.File {
					moved[from] = b.Instead
				}
			}
			moved[b.File] = b.Instead
		}
	}
	return moved
}

// take brings back what can be; it is false where the database still lacks something.
func take(tx *db.Tx, s logtree.Statement, files map[string]string) (known bool, err error) {
	switch s.Kind {
	case bulletin.Out{}.Kind():
		var said bulletin.Out
		if err := json.Unmarshal(s.Public, &said); err != nil {
			return false, err
		}
		file := said.File
		if to, ok := files[file]; ok {
			file = to
		}
		err := bulletin.Restore(tx, said, file, s.At, s.By)
		if fault.KindOf(err) == fault.NotFound {
			return false, nil
		}
		return err == nil, err
	case bulletin.Back{}.Kind():
		var said bulletin.Back
		if err := json.Unmarshal(s.Public, &said); err != nil {
			return false, err
		}
		return true, bulletin.Replaced(tx, said)
	case "complaint.problem-opened":
		campaignCode, number, _ := strings.Cut(strings.TrimPrefix(s.Subject, "problem/"), "-")
		if n, err := strconv.Atoi(number); err == nil {
			return false, campaign.NumbersAfter(tx, campaignCode, n)
		}
	}
	return false, nil
}

// campaignOf is the inspection that a subject belongs to; empty where the database does not know.
func campaignOf(tx *db.Tx, subject string) (string, error) {
	what, name, _ := strings.Cut(subject, "/")
	switch what {
	case "problem":
		code, _, _ := strings.Cut(name, "-")
		return code, nil
	case "bulletin", "campaign":
		code, _, _ := strings.Cut(name, "/")
		return code, nil
	case "letter":
		l, err := letter.Read(tx, name)
		if fault.KindOf(err) == fault.NotFound {
			return "", nil
		}
		return l.Campaign, err
	}
	return "", nil
}

// mostListed is enough for a page.
const mostListed = 200

// List lists what the log tells more of than the database knows.
func List(ctx context.Context, d *db.DB, code string) (all []About, err error) {
	err = d.View(ctx, func(tx *db.Tx) error { all, err = lostOf.Slice(tx, listing{code, mostListed}); return err })
	return all, err
}

// Settle says that the office has put in again what was lost.
func Settle(ctx context.Context, d *db.DB, who identity.Colleague, code string) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home)); err != nil {
			return err
		}
		_, err = settled.Exec(tx, code)
		return err
	})
}
