// Package taken is contests that were judged in a hall with a log of its own, and taken into this site afterwards.
//
//	text, at, err := taken.Hall{…}.Export(ctx, "hall-2026")            // in the hall: one file
//	t, again, findings, err := taken.Import(ctx, db, text, options)    // in the city: nothing is believed before all is checked
//
// Everything that is shown of such a contest comes out of its releases, which anybody computes again, and of what the hall's log opened.
// The entry of this site's log says what was taken in and by which checkpoint of the hall; that the hall itself told the truth it
// cannot say. A later file of the same hall replaces an earlier one if its log extends it.
//
// Tables owned: contest_taken, contest_taken_release.
package taken

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Taken is a contest that was taken in.
type Taken struct {
	Contest  string    `db:"contest"`
	Title    string    `db:"title"`
	Approval string    `db:"approval"`
	Cycle    string    `db:"cycle"`
	Office   string    `db:"office"`
	Division string    `db:"division"`
	Entries  string    `db:"entries"` // what numbers stand for, JSON
	Origin   string    `db:"origin"`  // of the hall's log
	Size     int64     `db:"size"`
	Root     string    `db:"root"`
	Note     string    `db:"note"` // the hall's checkpoint
	File     string    `db:"file"` // hash of the file
	LogEntry string    `db:"log_entry"`
	At       time.Time `db:"at"`
}

// Release is one of its public files.
type Release struct {
	Contest string `db:"contest"`
	N       int    `db:"n"`
	Entry   string `db:"entry"` // of the hall's log
	Text    string `db:"text"`
	Proof   string `db:"proof"` // that the hall's log has the entry
}

// From is where a list goes on: behind a contest.
type From struct {
	At   time.Time
	Code string
}

type page struct {
	Before time.Time `db:"at"`
	Code   string    `db:"contest"`
	Limit  int       `db:"lim"`
}

// At is when it was released, as the hall's log says.
func (r Release) At() (time.Time, error) {
	receipt, err := logtree.ParseReceipt([]byte(r.Proof))
	if err != nil {
		return time.Time{}, fmt.Errorf("taken: release %d of %s: %w", r.N, r.Contest, err)
	}
	s, err := logtree.ParseStatement(receipt.Statement)
	if err != nil {
		return time.Time{}, fmt.Errorf("taken: release %d of %s: %w", r.N, r.Contest, err)
	}
	return s.At, nil
}

var (
	insert = db.Declare[Taken, db.None](`
		INSERT INTO contest_taken (contest, title, approval, cycle, office, division, entries, origin, size, root, note, file, log_entry, at)
		VALUES (:contest, :title, :approval, :cycle, :office, :division, :entries, :origin, :size, :root, :note, :file, :log_entry, :at)`)
	drop   = db.Declare[string, db.None](`DELETE FROM contest_taken WHERE contest = :contest`)
	byCode = db.Declare[string, Taken](`SELECT /*cols*/ FROM contest_taken WHERE contest = :contest`)
	listed = db.Declare[page, Taken](`
		SELECT /*cols*/ FROM contest_taken WHERE (at < :at OR at = :at AND contest < :contest)
		ORDER BY at DESC, contest DESC LIMIT :lim`)
	insertRelease = db.Declare[Release, db.None](`INSERT INTO contest_taken_release (contest, n, entry, text, proof) VALUES (:contest, :n, :entry, :text, :proof)`)
	dropReleases  = db.Declare[string, db.None](`DELETE FROM contest_taken_release WHERE contest = :contest`)
	releasesOf    = db.Declare[string, Release](`SELECT /*cols*/ FROM contest_taken_release WHERE contest = :contest ORDER BY n`)
)

// Of is a contest that was taken in; false: there is none of that code.
func Of(tx *db.Tx, code string) (Taken, bool, error) {
	rows, err := byCode.Slice(tx, code)
	if err != nil || len(rows) == 0 {
		return Taken{}, false, err
	}
	return rows[0], true, nil
}

// Free refuses a code under which a contest was taken in: here none may begin under it.
func Free(tx *db.Tx, code string) error {
	t, is, err := Of(tx, code)
	if err == nil && is {
		err = fault.At("code", fault.New(fault.Conflict, "编号“%[1]s”是从现场 %[2]s 收进来的一场，请换一个", "the code %[1]q is that of a contest which was taken in from %[2]s; choose another", code, t.Origin))
	}
	return err
}

// List lists those that were taken in, the newest first, behind one.
func List(tx *db.Tx, behind From, limit int) ([]Taken, error) {
	return listed.Slice(tx, page{behind.At, behind.Code, limit})
}

// Releases are the public files of a contest that was taken in.
func Releases(tx *db.Tx, code string) ([]Release, error) { return releasesOf.Slice(tx, code) }

// Take takes in what was found to hold, by whoever runs the program; sum is the hash of its file. The same file again changes nothing.
// A later file was held against the checkpoint of the earlier one, which After names.
func Take(ctx context.Context, d *db.DB, f *Found, sum string) (t Taken, again bool, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		again = false
		had, is, err := Of(tx, f.About.Contest)
		if err != nil {
			return err
		}
		if is && had.File == sum {
			t, again = had, true
			return nil
		}
		if err := free(tx, f, had, is); err != nil {
			return err
		}
		entries, err := json.Marshal(f.Entries)
		if err != nil {
			return fmt.Errorf("taken: %w", err)
		}
		c := f.Checkpoint
		t = Taken{
			Contest: f.About.Contest, Title: f.Title, Approval: f.Approval, Cycle: f.Cycle, Office: f.About.Office, Division: f.About.Division, Entries: string(entries),
			Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Note: string(c.Note), File: sum, At: tx.Now(),
		}
		t.LogEntry, err = record.AppendID(tx, "command-line", takenIn{Contest: t.Contest, Title: t.Title, Origin: t.Origin, Size: t.Size, Root: t.Root, File: sum, Releases: len(f.Releases)})
		if err != nil {
			return err
		}
		if _, err := drop.Exec(tx, t.Contest); err != nil {
			return err
		}
		if _, err := dropReleases.Exec(tx, t.Contest); err != nil {
			return err
		}
		if _, err := insert.Exec(tx, t); err != nil {
			return err
		}
		for _, r := range f.Releases {
			if _, err := insertRelease.Exec(tx, Release{t.Contest, r.N, r.Entry, string(r.Text), string(r.Proof)}); err != nil {
				return err
			}
		}
		return nil
	})
	return t, again, err
}

// free refuses a code that stands for something else here.
func free(tx *db.Tx, f *Found, had Taken, is bool) error {
	code := f.About.Contest
	switch _, err := event.Read(tx, code); {
	case err == nil:
		return fault.New(fault.Conflict, "本站已经有编号为 %[1]s 的评审，是在这里办的。编号写在每个封存里，改不了：现场用一个本站没有的编号建立评审；这一场的公开文件和日志照样能用 xiadu verify 核对，也可以收进另一个数据目录（--home）。",
			"this site has a contest %[1]s of its own. A code is in every seal and cannot change: in a hall begin contests under codes that the site does not have. The files of this one are checked by xiadu verify all the same, and can be taken into another folder (--home).", code)
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	if !is {
		return nil
	}
	if had.File != f.After {
		return fault.New(fault.Conflict, "核对期间，%s 又从别的文件收进来过一次。请再收一次，会按现在的核对。", "%s was taken in from another file while this one was checked. Import it again: it is then held against that.", code)
	}
	if had.Origin != f.Checkpoint.Origin {
		return fault.New(fault.Conflict, "编号 %[1]s 已经从另一个现场（%[2]s）收进来过，这个文件是 %[3]s 的。两场不能用一个编号：请把后一场收进另一个数据目录（--home）。",
			"the code %[1]s was taken in from another hall (%[2]s), and this file is of %[3]s. Two contests cannot share a code: take the second into another folder (--home).", code, had.Origin, f.Checkpoint.Origin)
	}
	if f.Checkpoint.Size <= had.Size {
		return fault.New(fault.Conflict, "这个文件不比已经收进来的新（日志 %[1]d 条，已有 %[2]d 条），什么也没有改。", "this file is not newer than what was taken in (its log has %[1]d entries, and %[2]d are here); nothing was changed.", f.Checkpoint.Size, had.Size)
	}
	return nil
}

type takenIn struct {
	Contest  string `json:"contest"`
	Title    string `json:"title"`
	Origin   string `json:"origin"`
	Size     int64  `json:"size"`
	Root     string `json:"root"`
	File     string `json:"file"`
	Releases int    `json:"releases"`
}

func (takenIn) Kind() string      { return "contest.taken-in" }
func (e takenIn) Subject() string { return contest.Subject(e.Contest) }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: takenIn{Contest: "hall-2026", Origin: "hall.example/log"}, Says: lang.Text{ZH: "一次在现场评的审收进来了：现场日志到哪一条，根是什么，文件的校验值", EN: "A contest that was judged in a hall was taken in: the size and root of the hall's log, and the hash of the file"}},
	}
}

// Sum is the hash of a text, in hex, as the log names files.
func Sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
