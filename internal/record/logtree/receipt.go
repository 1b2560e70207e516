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

// Receipt proves that a statement is in the log. Its file is a C2SP tlog-proof,
// which needs nothing else but the log's key to be checked: the statement goes
// in it as the extra data.
type Receipt struct {
	Statement  []byte
	Index      int64
	Proof      tlog.RecordProof
	Checkpoint Checkpoint
}

const receiptHead = "c2sp.org/tlog-proof@v1"

// Bytes is the file.
func (r Receipt) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", receiptHead, base64.StdEncoding.EncodeToString(r.Statement), r.Index)
	for _, h := range r.Proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint.Note)
	return b.Bytes()
}

var errReceipt = errors.New("not a receipt: a .tlog-proof file with its entry in it")

// ParseReceipt reads a receipt without checking what it says.
func ParseReceipt(b []byte) (r Receipt, err error) {
	head, signed, ok := bytes.Cut(b, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || lines[0] != receiptHead {
		return r, errReceipt
	}
	extra, ok := strings.CutPrefix(lines[1], "extra ")
	if !ok {
		return r, errReceipt
	}
	if r.Statement, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil {
		return r, errReceipt
	}
	index, ok := strings.CutPrefix(lines[2], "index ")
	if r.Index, err = strconv.ParseInt(index, 10, 64); err != nil || !ok || strconv.FormatInt(r.Index, 10) != index {
		return r, errReceipt
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line { // written in the one way
			return r, errReceipt
		}
		r.Proof = append(r.Proof, h)
	}
	r.Checkpoint, err = ParseCheckpoint(signed)
	return r, err
}

// Check holds the receipt against the log's keys.
func (r Receipt) Check(keys ...note.Verifier) error {
	if _, err := OpenCheckpoint(r.Checkpoint.Note, keys...); err != nil {
		return err
	}
	return tlog.CheckRecord(r.Proof, r.Checkpoint.Size, r.Checkpoint.Root, r.Index, tlog.RecordHash(r.Statement))
}
