package problem

import (
	"errors"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// EvidenceUntil is how long a photo or paper is kept: so many years from when its problem was settled, its
// inspection ended, and it came, whichever is last. While a problem of it is open it is kept, and so is what belongs
// to none that is known.
func EvidenceUntil(tx *db.Tx, i evidence.Item) (until time.Time, err error) {
	rule, err := complaint.KeptFor(i.Kind)
	if err != nil {
		return until, err
	}
	over := i.At
	ids, err := problemsOf(tx, i.Subject)
	if err != nil || len(ids) == 0 {
		return until, err
	}
	for _, id := range ids {
		at, is, err := overSince(tx, id)
		if err != nil || !is {
			return until, err
		}
		if at.After(over) {
			over = at
		}
	}
	return over.AddDate(rule.Length.N, 0, 0), nil
}

// problemsOf are the problems that a subject of evidence is about.
func problemsOf(tx *db.Tx, subject string) (ids []string, err error) {
	if !strings.HasPrefix(subject, sentTo) {
		p, _, err := ofEvidence(tx, subject)
		if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Denied {
			return nil, nil
		}
		return []string{p.ID}, err
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(subject, sentTo), "/")
	return letter.ProblemsOf(tx, id)
}

// errInACircle is that problems are merged into one another.
var errInACircle = errors.New("problem: merged in a circle")

// mostMerged bounds how often a problem was merged into the next.
const mostMerged = 100

// overSince is since when nothing of a problem, or of the one that it was merged into, is to be done.
func overSince(tx *db.Tx, id string) (at time.Time, is bool, err error) {
	for range mostMerged {
		p, err := Read(tx, id)
		if err != nil {
			return at, false, err
		}
		if p.Stage == complaint.Empty && p.MergedIn != "" {
			id = p.MergedIn
			continue
		}
		if p.Stage != complaint.Settled {
			return at, false, nil
		}
		c, err := campaign.Read(tx, p.Campaign)
		if err != nil {
			return at, false, err
		}
		at = p.ChangedAt
		if ended := c.Until.Add(1).Start(calendar.China); ended.After(at) {
			at = ended
		}
		return at, true, nil
	}
	return at, false, errInACircle
}

// sentTo begins the subjects of what came with letters.
const sentTo = "letter/"

// SentWith is the subject of the photos that came with a letter from the public. They stay with the letter wherever
// its points go, and are for the offices alone.
func SentWith(letterID string) string { return sentTo + letterID + "/sent" }

// MostSent bounds the photos of one letter.
const MostSent = 3

// KeepSent keeps the photos of a letter from the public, by the hashes of what TakenBy brought.
func KeepSent(tx *db.Tx, s *Problems, letterID string, hashes []string) error {
	if len(hashes) == 0 {
		return nil
	}
	if len(hashes) > MostSent {
		return fault.At("photo", fault.New(fault.Invalid, "最多 %d 张照片", "%d photos at most", MostSent))
	}
	album, err := s.evidence()
	if err != nil {
		return fault.At("photo", err)
	}
	for _, hash := range hashes {
		_, err := album.Attach(tx, evidence.New{
			Hash: hash, Kind: complaint.System + "." + complaint.ProofPhoto, System: complaint.System, Subject: SentWith(letterID), By: TakenBy, Person: TakenBy,
		})
		if err != nil {
			return fault.At("photo", err)
		}
	}
	return nil
}

// atSent is how somebody stands at the photos that came with a letter.
func atSent(tx *db.Tx, who identity.Colleague, a evidence.Asked) (identity.Admitted, error) {
	if a.Do == evidence.ToPublish {
		return identity.Admitted{}, notPublic()
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(a.Subject, sentTo), "/")
	l, err := letter.Read(tx, id)
	if err != nil {
		return identity.Admitted{}, err
	}
	at, err := l.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, toDo(a.Do), at)
}

// notPublic is that a photo from the public stays with the offices: it may tell who took it.
func notPublic() error {
	return fault.New(fault.Denied, "公众交来的照片不公开。", "A photo from the public is not published.")
}
