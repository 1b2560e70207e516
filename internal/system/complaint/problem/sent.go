package problem

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

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
	return who.Admit(tx, complaint.Look, at)
}

// notPublic is that a photo from the public stays with the offices: it may tell who took it.
func notPublic() error {
	return fault.New(fault.Denied, "公众交来的照片不公开。", "A photo from the public is not published.")
}
