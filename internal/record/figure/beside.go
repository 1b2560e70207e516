package figure

import (
	"context"

	"github.com/xiadu/xiadu/internal/lang"
)

// BesideFolder is where the files beside the log are, among the files of the log: a name is a SHA-256.
const BesideFolder = "files/"

// Fetch returns a file beside the log by its SHA-256, of those bytes and no others.
type Fetch func(ctx context.Context, sum string) ([]byte, error)

// Shelved is a State that knows the files beside the log which its entries name.
type Shelved interface {
	State
	Files() []Shelf
	// Holds says in what a file is not what entries say of it.
	Holds(f Shelf, text []byte) []Difference
	// Contradictions are entries that cannot both be true.
	Contradictions() []Contradiction
}

// Contradiction is what two entries say against one another, and of what.
type Contradiction struct {
	Name string
	Says lang.Text
}

// Shelf is a file beside the log as entries name it.
type Shelf struct {
	Name   string // for people: bulletin/XN2023/13, version 1
	SHA256 string
	// Instead is the file that took its place, and Why: it is not published any longer. Empty: it is.
	Instead string
	Why     lang.Text
}
