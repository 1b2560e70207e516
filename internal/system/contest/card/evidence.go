package card

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
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

const ofAdoption = "adoption/"

// Evidence is what the files of an adoption are about.
func (a *Adoption) Evidence() string { return ofAdoption + a.ID }

// mostFiles is how many an adoption has.
const mostFiles = 10

// Attach adds files that were brought to an adoption, by its unit.
func (s *Cards) Attach(ctx context.Context, who identity.Colleague, id string, hashes []string) error {
	if len(hashes) == 0 {
		return fault.At("files", fault.New(fault.Invalid, "先选文件", "choose a file first"))
	}
	album, err := s.Album()
	if err != nil {
		return fault.At("files", err)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := ReadAdoption(tx, id)
		if err != nil {
			return err
		}
		by, err := a.own(tx, who)
		if err != nil {
			return err
		}
		if a.State == TakenBack {
			return fault.New(fault.Conflict, "这条采用已经撤回。", "This adoption was withdrawn.")
		}
		had, err := evidence.Items(tx, contest.System, a.Evidence())
		if err != nil {
			return err
		}
		if len(had)+len(hashes) > mostFiles {
			return fault.At("files", fault.New(fault.Invalid, "一条采用最多 %[1]d 个文件，已经有 %[2]d 个", "an adoption has at most %[1]d files, and has %[2]d", mostFiles, len(had)))
		}
		return contest.Attach(tx, album, by, a.Evidence(), hashes)
	})
}

// Gate is how somebody stands at the files of contests: those of entries as [entry.Gate] says, those of an adoption for its unit and for
// who may verify it.
func Gate(who identity.Colleague) evidence.Gate {
	entries := entry.Gate(who)
	return func(tx *db.Tx, asked evidence.Asked) (evidence.Doer, error) {
		if asked.Do == evidence.ToBring {
			by, err := who.Admit(tx, contest.Adopt, right.Nowhere)
			if fault.KindOf(err) == fault.Denied {
				return entries(tx, asked)
			}
			return evidence.Doer{By: by.Sign, Person: by.Person}, err
		}
		id, is := strings.CutPrefix(asked.Subject, ofAdoption)
		if !is {
			return entries(tx, asked)
		}
		if asked.Do != evidence.ToSee && asked.Do != evidence.ToSeeOriginal {
			return evidence.Doer{}, fault.New(fault.Denied, "佐证材料只能看，不能公开或删除。", "Evidence of an adoption is looked at, and neither published nor erased here.")
		}
		a, err := ReadAdoption(tx, id)
		if err != nil {
			return evidence.Doer{}, err
		}
		by, err := a.own(tx, who)
		if fault.KindOf(err) == fault.Denied {
			var c Card
			if c, err = Read(tx, a.Card); err != nil {
				return evidence.Doer{}, err
			}
			by, _, err = c.admit(tx, who)
		}
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
}

// keptYears is how long the files of an adoption are kept: an example, like that of entries.
const keptYears = 3

// EvidenceUntil is how long a file of a contest is kept.
func EvidenceUntil(tx *db.Tx, i evidence.Item) (time.Time, error) {
	if strings.HasPrefix(i.Subject, ofAdoption) {
		return i.At.AddDate(keptYears, 0, 0), nil
	}
	return entry.EvidenceUntil(tx, i)
}
