package contest

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// Attachment is the kind of a file that belongs to an entry.
const Attachment = System + ".attachment"

// Of attachments.
const (
	mostAttached = 30 << 20             // bytes
	leastKept    = 365 * 24 * time.Hour // before the system is asked how long still
)

// EvidenceKinds are what the system takes as evidence.
func EvidenceKinds() []evidence.Kind {
	return []evidence.Kind{{
		Key: Attachment, Name: text("材料（PDF、图片）", "attachment (PDF, pictures)"),
		Media: []picture.Media{picture.PDF, picture.JPEG, picture.PNG, picture.WebP}, MaxBytes: mostAttached, Uncompared: true, Keep: leastKept,
	}}
}

// Attach makes files that somebody brought evidence of a subject of the system. The caller has admitted them, and knows how many it takes.
func Attach(tx *db.Tx, album *evidence.Evidence, by identity.Admitted, subject string, hashes []string) error {
	for _, hash := range hashes {
		if _, err := album.Attach(tx, evidence.New{Hash: hash, Kind: Attachment, System: System, Subject: subject, By: by.Sign, Person: by.Person}); err != nil {
			return fault.At("files", err)
		}
	}
	return nil
}
