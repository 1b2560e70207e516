package logtree

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says which log had which size and root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash

	// Note is the checkpoint with its signatures, as it is published.
	Note []byte
}

// Text is what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Sign returns c with a note signed by all signers.
func (c Checkpoint) Sign(signers ...note.Signer) (Checkpoint, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	c.Note = signed
	return c, err
}

var errCheckpoint = errors.New("not a checkpoint")

// maxNote is enough for a checkpoint with a hundred witnesses' signatures.
const maxNote = 64 << 10

// ParseCheckpoint reads a signed note without looking at its signatures.
func ParseCheckpoint(signed []byte) (Checkpoint, error) {
	text, signatures, ok := bytes.Cut(signed, []byte("\n\n"))
	lines := strings.Split(string(text), "\n")
	if !ok || len(signed) > maxNote || len(lines) < 3 || lines[0] == "" {
		return Checkpoint{}, errCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, errCheckpoint
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || !exact(signatures) {
		return Checkpoint{}, errCheckpoint
	}
	return Checkpoint{lines[0], size, root, signed}, nil
}

// exact reports whether signatures are written in the one way in which their bytes can be: of the
// last characters of base64 some bits say nothing, and package note passes over them.
func exact(signatures []byte) bool {
	for line := range bytes.Lines(signatures) {
		fields := bytes.Fields(line)
		if len(fields) != 3 {
			continue // what is no signature is for note to refuse
		}
		if _, err := base64.StdEncoding.Strict().DecodeString(string(fields[2])); err != nil {
			return false
		}
	}
	return true
}

// ParseClaim reads what somebody copied of a checkpoint, without its signatures: a line
// with size and root, or the three lines of the text, which name the log, too.
func ParseClaim(text []byte) (Checkpoint, error) {
	words := strings.Fields(strings.TrimPrefix(string(text), "\ufeff"))
	c := Checkpoint{}
	if len(words) == 3 {
		c.Origin, words = words[0], words[1:]
	}
	if len(words) != 2 {
		return Checkpoint{}, errCheckpoint
	}
	var err error
	if c.Size, err = strconv.ParseInt(words[0], 10, 64); err != nil || c.Size < 0 {
		return Checkpoint{}, errCheckpoint
	}
	if c.Root, err = tlog.ParseHash(words[1]); err != nil {
		return Checkpoint{}, errCheckpoint
	}
	return c, nil
}

// OpenCheckpoint reads a checkpoint that one of the keys has signed. The keys
// are those of one log: a note of another origin is not one of its checkpoints.
func OpenCheckpoint(signed []byte, keys ...note.Verifier) (Checkpoint, error) {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(signed, note.VerifierList(keys...))
	if err != nil {
		return Checkpoint{}, err
	}
	for _, s := range n.Sigs {
		if s.Name == c.Origin {
			return c, nil
		}
	}
	return Checkpoint{}, fmt.Errorf("the checkpoint of %s is signed by another log", c.Origin)
}
