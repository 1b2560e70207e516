package verify

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/lang"
)

// What is wrong, by name.
type What string

// What may be wrong with a log.
const (
	Forged    What = "forged"    // not signed by the log's key
	Fork      What = "fork"      // two histories, both signed
	Truncated What = "truncated" // shorter than what was seen before
	Rewritten What = "rewritten" // the tree is not the one that was signed
	Changed   What = "changed"   // bytes of a file or an entry
	Moved     What = "moved"     // an entry is in another's place
	Removed   What = "removed"   // an entry is left out
	Inserted  What = "inserted"  // an entry is put in between
	Missing   What = "missing"   // a file
	Altered   What = "altered"   // a row of the site's database, as the site says itself
	Malformed What = "malformed" // an entry that is no statement
	Repeated  What = "repeated"  // an entry that was there before
	Unfounded What = "unfounded" // an entry that speaks of what is not there
	Misopened What = "misopened" // an opening that does not say what was sealed
	Disproved What = "disproved" // a receipt

	Contradicted What = "contradicted" // by a root that somebody has copied

	Misread    What = "misread"    // a figure that is made of other entries than its receipt says
	Miscounted What = "miscounted" // a figure that its entries and files do not give
	Exchanged  What = "exchanged"  // a file that is not the one a figure was made of
)

// Finding is one thing that is wrong, and where.
type Finding struct {
	What  What
	Where string // a file, or "entry 17"
	Text  lang.Text
}

func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.What, f.Where, f.Text.EN) }

// AlteredError is what a source returns for a file that the site does not give out since its own rows are not
// what was signed: it says so itself.
type AlteredError struct{ Text lang.Text }

func (e *AlteredError) Error() string { return e.Text.EN }

// maxFindings is enough to see what has happened.
const maxFindings = 100

func (w *walk) found(what What, where, zh, en string, args ...any) {
	if len(w.report.Findings) < maxFindings {
		w.report.Findings = append(w.report.Findings, Finding{what, where, lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
	}
}

func entry(index int64) string { return fmt.Sprintf("entry %d", index) }
