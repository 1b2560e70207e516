package bulletin

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// given is how many versions of a bulletin the log says were published, whatever the database has.
func given(tx *db.Tx, ref Ref) (versions int, err error) {
	all, err := record.History(tx, ref.Subject(), "", 1000)
	if err != nil {
		return 0, err
	}
	for _, item := range all {
		if item.Kind != (Out{}).Kind() {
			continue
		}
		var said Out
		if err := json.Unmarshal([]byte(item.Public), &said); err != nil {
			return 0, err
		}
		versions = max(versions, said.Version)
	}
	return versions, nil
}

// Restore brings a bulletin back that the log has and an older database lost, from the file beside the log: the site shows it again, and
// its letters that the database has are published letters. It is a fault.NotFound where the file is not there.
func Restore(tx *db.Tx, said Out, file string, at time.Time, by string) error {
	ref := Ref{said.Campaign, said.Bulletin, said.Version}
	b, err := Read(tx, ref)
	if err == nil && b.State == Published {
		return nil
	}
	drafted := err == nil
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	text, err := record.File(tx, file)
	if err != nil {
		return err
	}
	t, err := table.Read(text)
	if err != nil {
		return err
	}
	if drafted { // a draft of it was in the backup: what was published takes its place
		if _, err := dropRows.Exec(tx, ref); err != nil {
			return err
		}
		if _, err := dropBulletin.Exec(tx, ref); err != nil {
			return err
		}
	}
	b = Bulletin{
		Campaign: ref.Campaign, Number: ref.Number, Version: ref.Version, Title: t.Title, Day: said.Day, Batches: joined(t.Batches), State: Published,
		Letters: len(t.Rows), Sum: file, MadeAt: at, MadeBy: by, PublishedAt: &at, PublishedBy: by,
	}
	if _, err := insertBulletin.Exec(tx, b); err != nil {
		return err
	}
	for i, r := range t.Rows {
		if err := b.restore(tx, r, i+1, at, by); err != nil {
			return err
		}
	}
	return nil
}

// Replaced has a bulletin lie where it does since a text was taken out of it.
func Replaced(tx *db.Tx, said Back) error {
	b, err := Read(tx, Ref{said.Campaign, said.Bulletin, said.Version})
	if fault.KindOf(err) == fault.NotFound || err == nil && b.Sum != said.File {
		return nil
	}
	if err != nil {
		return err
	}
	now := tx.Now()
	b.Sum, b.ChangedAt = said.Instead, &now
	_, err = writeBulletin.Exec(tx, b)
	return err
}

// restore brings a row back, if the database has its letter.
func (b Bulletin) restore(tx *db.Tx, r table.Row, place int, at time.Time, by string) error {
	code, err := complaint.ReadCode(r.Code)
	if err != nil {
		return err
	}
	l, is, err := letter.ByCode(tx, b.Campaign, code, r.Batch)
	if err != nil || !is {
		return err
	}
	one := row{
		Campaign: b.Campaign, Number: b.Number, Version: b.Version, Place: place, Letter: l.ID, Code: l.Code, CodeKey: l.CodeKey, Looked: by, PublishedAt: &at,
	}
	if err := one.seal(tx, kept{Source: sourceOf(r)}); err != nil {
		return err
	}
	if one.Standing, err = last(tx, l.ID, at); err != nil {
		return err
	}
	if one.Standing {
		if _, err := standsNot.Exec(tx, l.ID); err != nil {
			return err
		}
	}
	if err := insertRow.Later(tx, one); err != nil {
		return err
	}
	if !one.Standing {
		return nil
	}
	return letter.Published(tx, l.ID, b.Number)
}

// last reports whether no bulletin after a moment has published a letter: what was published last stands, and an older bulletin
// may come back after it.
func last(tx *db.Tx, letter string, at time.Time) (bool, error) {
	rows, err := publishedOf.Slice(tx, letter)
	return !slices.ContainsFunc(rows, func(r row) bool { return r.PublishedAt.After(at) }), err
}

// sourceOf is what a row was made of, as far as it was published.
func sourceOf(r table.Row) source {
	s := source{
		Texts: map[string]string{"text": r.Text}, Batch: r.Batch, Code: r.Code, Key: r.Key, Channel: string(r.Channel), Division: r.Division.Code(), Kinds: complaint.KindKeys(r.Kinds),
		Verdict: r.Verdict.Key(), Status: r.Status.Key(), Owes: r.Owes, Again: r.Republished,
	}
	if r.Status == table.Working {
		s.Status = string(letter.Doing)
	}
	if r.Next != (calendar.Date{}) {
		s.Next = r.Next.String()
	}
	return s
}
