package entry

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Files are what belongs to entries beside their words: papers and pictures, for their units and who holds the contest. Judges do not
// see them: a letterhead would tell whose an entry is.
type Files struct {
	*Entries
	Album func() (*evidence.Evidence, error)
}

// mostFiles is how many an entry has.
const mostFiles = 10

const ofEntry = "entry/"

// Evidence is what its files are about.
func (e *Entry) Evidence() string { return ofEntry + e.ID }

// Attach adds files that were brought to an entry: by its unit while it may be mended, or by who holds the contest until review is over.
func (f Files) Attach(ctx context.Context, who identity.Colleague, id string, hashes []string) error {
	if len(hashes) == 0 {
		return fault.At("files", fault.New(fault.Invalid, "先选文件", "choose a file first"))
	}
	album, err := f.Album()
	if err != nil {
		return fault.At("files", err)
	}
	return f.db.Update(ctx, func(tx *db.Tx) error {
		e, err := Read(tx, id)
		if err != nil {
			return err
		}
		ev, err := event.Read(tx, e.Contest)
		if err != nil {
			return err
		}
		by, office, err := e.admit(tx, who, ev.Place())
		if err != nil {
			return err
		}
		if err := e.takesFiles(&ev, office); err != nil {
			return err
		}
		had, err := evidence.Items(tx, contest.System, e.Evidence())
		if err != nil {
			return err
		}
		if len(had)+len(hashes) > mostFiles {
			return fault.At("files", fault.New(fault.Invalid, "一件作品最多 %[1]d 个文件，已经有 %[2]d 个", "an entry has at most %[1]d files, and has %[2]d", mostFiles, len(had)))
		}
		return contest.Attach(tx, album, by, e.Evidence(), hashes)
	})
}

// TakesFiles tells whether its unit, or the office, may add files now.
func (e *Entry) TakesFiles(ev *event.Event, office bool) bool { return e.takesFiles(ev, office) == nil }

func (e *Entry) takesFiles(ev *event.Event, office bool) error {
	may := e.State == Submitted || e.State == Returned || office && e.State == Accepted
	if !may || ev.State != contest.Called {
		return fault.New(fault.Conflict, "这件作品现在是“%[1]s”，不能再加文件。", "This entry is %[2]q, and takes no more files.", e.State.Name().ZH, e.State.Name().EN)
	}
	return nil
}

// Gate is how somebody stands at the files of entries: a unit at its own, who holds the contest at all of it.
func Gate(who identity.Colleague) evidence.Gate {
	return func(tx *db.Tx, a evidence.Asked) (evidence.Doer, error) {
		if a.Do == evidence.ToBring {
			by, err := who.Admit(tx, contest.Enter, right.Nowhere)
			if fault.KindOf(err) == fault.Denied {
				by, err = who.Admit(tx, contest.Organise, right.Nowhere)
			}
			return evidence.Doer{By: by.Sign, Person: by.Person}, err
		}
		if a.Do != evidence.ToSee && a.Do != evidence.ToSeeOriginal {
			return evidence.Doer{}, fault.New(fault.Denied, "申报材料只能看，不能公开或删除。", "Attachments are looked at, and neither published nor erased here.")
		}
		e, err := Read(tx, strings.TrimPrefix(a.Subject, ofEntry))
		if err != nil {
			return evidence.Doer{}, err
		}
		ev, err := event.Read(tx, e.Contest)
		if err != nil {
			return evidence.Doer{}, err
		}
		by, _, err := e.admit(tx, who, ev.Place())
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
}

// keptYears is how long files are kept behind the end of a contest: an example, which the notice of a contest decides.
const keptYears = 3

// EvidenceUntil is how long a file of an entry is kept.
func EvidenceUntil(tx *db.Tx, i evidence.Item) (time.Time, error) {
	e, err := Read(tx, strings.TrimPrefix(i.Subject, ofEntry))
	if fault.KindOf(err) == fault.NotFound {
		return i.At.AddDate(keptYears, 0, 0), nil
	}
	if err != nil {
		return time.Time{}, err
	}
	ev, err := event.Read(tx, e.Contest)
	if err != nil || ev.State != contest.Final && ev.State != contest.Cancelled {
		return time.Time{}, err
	}
	return e.ChangedAt.AddDate(keptYears, 0, 0), nil
}
