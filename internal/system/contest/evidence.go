package contest

import (
	"time"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
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
