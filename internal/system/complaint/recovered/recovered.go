// Package recovered deals with a log that was recovered from a mirror over an older database: the log knows what the
// database does not.
//
//	n, err := recovered.Take(tx, entries)  // with log recover
//	all, more, err := recovered.List(ctx, d, "XN2023")
//	err = recovered.Settle(ctx, d, who, "XN2023", []string{"problem/XN2023-0012"})
//
// What was published comes back whole: bulletins, from the files beside the log, if need be in a later run, with another mirror.
// Numbers that the log says were given out are not given out again. The rest cannot come back from a public log, which has no
// texts and no persons: it is listed by what it is about until the office has put it in again and says so, of each thing that it
// was shown. That is an entry.
//
// Tables owned: complaint_lost.
package recovered

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
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
	Campaign string `db:"campaign"` // empty: not known
	Subject  string `db:"subject"`
	Entries  int    `db:"entries"`
}

// Of is what it is about: problem, letter, bulletin, campaign, visit.
func (a About) Of() string { what, _, _ := strings.Cut(a.Subject, "/"); return what }

// Name is its code or number.
func (a About) Name() string { _, name, _ := strings.Cut(a.Subject, "/"); return name }

type listing struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

type thing struct {
	Campaign string `db:"campaign"`
	Subject  string `db:"subject"`
}

var (
	insertLost = db.Declare[lost, db.None](`
		INSERT INTO complaint_lost (entry, campaign, subject, kind, at) VALUES (:entry, :campaign, :subject, :kind, :at) ON CONFLICT DO NOTHING`)
	// Those of which the inspection is not known come last.
	lostOf = db.Declare[listing, About](`
		SELECT campaign, subject, COUNT(*) AS entries FROM complaint_lost WHERE campaign IN (:campaign, '')
		GROUP BY campaign, subject ORDER BY campaign DESC, subject LIMIT :lim`)
	found   = db.Declare[string, db.None](`DELETE FROM complaint_lost WHERE entry = :entry`)
	settled = db.Declare[thing, db.None](`DELETE FROM complaint_lost WHERE campaign IN (:campaign, '') AND subject = :subject`)
)

// Entry is one of the log.
type Entry struct {
	logtree.Statement

	Lost bool // by an older database, and not taken in since
}

// Wanted reports whether Take has to have an entry: every bulletin, since its file may have come back only now, and what was lost.
func (e Entry) Wanted() bool {
	return strings.HasPrefix(e.Kind, ours) && (e.Lost || e.Kind == bulletin.Out{}.Kind() || e.Kind == bulletin.Back{}.Kind())
}

// Take takes in entries that came back from a mirror, in the order of the log. It returns how many there are of what the
// database has lost and does not know. Taking them in again changes nothing.
func Take(tx *db.Tx, entries []Entry) (n int, err error) {
	files := now(entries)
	for _, e := range entries {
		if !e.Wanted() {
			continue
		}
		known, err := take(tx, e.Statement, files)
		switch {
		case err != nil:
		case known:
			_, err = found.Exec(tx, e.ID)
		case e.Lost:
			n++
			err = lose(tx, e)
		}
		if err != nil {
			return 0, fmt.Errorf("recovered: entry %s: %w", e.ID, err)
		}
	}
	return n, nil
}

func lose(tx *db.Tx, e Entry) error {
	of, err := campaignOf(tx, e.Subject)
	if err == nil {
		_, err = insertLost.Exec(tx, lost{e.ID, of, e.Subject, e.Kind, e.At})
	}
	return err
}

// now is where the table of each file lies now: somewhere else, if a text was withdrawn.
func now(entries []Entry) map[string]string {
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

// Most is how many things are listed, and settled, at once: enough for a page.
const Most = 200

// List lists what the log tells more of than the database knows; more says that it is not all.
func List(ctx context.Context, d *db.DB, code string) (all []About, more bool, err error) {
	err = d.View(ctx, func(tx *db.Tx) error { all, err = lostOf.Slice(tx, listing{code, Most + 1}); return err })
	if len(all) > Most {
		return all[:Most], true, err
	}
	return all, false, err
}

// Settle says that the office has put in again what was lost of some subjects. What belongs to another inspection stays as it is.
func Settle(ctx context.Context, d *db.DB, who identity.Colleague, code string, subjects []string) error {
	if len(subjects) > Most {
		return fault.New(fault.Invalid, "一次最多确认 %[1]d 项，这里有 %[2]d 项：请分几次", "At most %[1]d things are settled at once, and there are %[2]d: do it in several steps", Most, len(subjects))
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home))
		if err != nil {
			return err
		}
		said := putIn{person: by.Person, Campaign: c.Code}
		for _, subject := range subjects {
			n, err := settled.Exec(tx, thing{c.Code, subject})
			if err != nil {
				return err
			}
			if n > 0 {
				said.Things++
				said.Entries += n
			}
		}
		if said.Things == 0 {
			return nil
		}
		return record.Append(tx, by.Sign, said)
	})
}
