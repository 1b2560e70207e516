// Package drawfile is a draw as one public file, and its check from outside: no database, no site and no trust in
// who made it.
//
//	text, err := drawfile.New(receipts, keys, list, rows)
//	report := drawfile.Check(text, nil)
//	prior, err := drawfile.Prior(ctx, report, kept, source)
//
// The file has the entries of the draw with the proofs that they are in the log under a signed checkpoint, the list,
// and the result. No byte of it is free: it is canonical JSON and a line end; statements are under
// the proofs, the list under the hash in the terms, the result under the hash in its entry, the
// checkpoint under its signature. What is wrong is a [verify.Finding], by name and place. Who has the log's
// key can sign another history; only a checkpoint that was kept elsewhere shows it ([Prior]).
package drawfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// Format is what the member of that name says.
const Format = "xiadu draw file 1"

// File is what is in it.
type File struct {
	Checkpoint string          `json:"checkpoint"` // a signed note
	Entries    []Entry         `json:"entries"`    // of the draw, in the order of what was done
	Format     string          `json:"format"`
	Keys       []string        `json:"keys"` // the log's own word
	List       json.RawMessage `json:"list"`
	Result     []lots.Row      `json:"result"`
}

// Entry is a statement of the log, and its inclusion proof under the checkpoint.
type Entry struct {
	Index     int64           `json:"index"`
	Proof     []string        `json:"proof"` // hashes in base64
	Statement json.RawMessage `json:"statement"`
}

// New makes the file of a draw from the receipts of its entries, which are under one checkpoint.
func New(receipts []logtree.Receipt, keys []string, list *lots.List, rows []lots.Row) ([]byte, error) {
	f := File{Format: Format, Keys: keys, Result: rows, Entries: []Entry{}}
	var err error
	if f.List, err = list.Bytes(); err != nil {
		return nil, err
	}
	for _, r := range receipts {
		f.Checkpoint = string(r.Checkpoint.Note)
		e := Entry{Index: r.Index, Proof: []string{}, Statement: r.Statement}
		for _, h := range r.Proof {
			e.Proof = append(e.Proof, base64.StdEncoding.EncodeToString(h[:]))
		}
		f.Entries = append(f.Entries, e)
	}
	text, err := canonical.JSON(f)
	return append(text, '\n'), err
}

// Report is what a file says, as far as it holds.
type Report struct {
	File       File
	Course     *course.Course // nil: the terms could not be read
	Checkpoint logtree.Checkpoint
	Keys       []string // by which the checkpoint was checked
	Steps      []Step
	Findings   []verify.Finding

	keys []note.Verifier
}

// Step is an entry of the draw.
type Step struct {
	Index int64
	Said  logtree.Statement
}

// mostFindings is enough to see what has happened.
const mostFindings = 100

func (r *Report) found(what verify.What, where, zh, en string, args ...any) {
	if len(r.Findings) == mostFindings {
		return
	}
	r.Findings = append(r.Findings, verify.Finding{What: what, Where: where, Text: lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
}

// wrong is found for an error that says itself what is wrong.
func (r *Report) wrong(what verify.What, where string, err error) {
	zh, _ := fault.In(lang.ZH, err)
	en, ok := fault.In(lang.EN, err)
	if !ok {
		zh, en = err.Error(), err.Error()
	}
	r.found(what, where, "%[1]s", "%[2]s", zh, en)
}

// Check reads a file and draws again. Keys are those of the log, from elsewhere; without any the file's own are
// taken. A file that is none of a draw is a fault.Invalid.
func Check(text []byte, keys []string) (*Report, error) {
	r := &Report{Keys: keys}
	if err := json.Unmarshal(text, &r.File); err != nil || r.File.Format == "" && r.File.Entries == nil {
		return nil, fault.New(fault.Invalid, "这不是抽签的公开文件：要用抽签页面上下载的那个 JSON", "this is no public file of a draw: use the JSON from the page of the draw")
	}
	if again, err := canonical.JSON(r.File); err != nil || !bytes.Equal(append(again, '\n'), text) {
		r.found(verify.Changed, "file", "不是规定的写法（规范 JSON 加一个换行）：%[1]s", "it is not in its form, canonical JSON and a line end: %[2]s", differs(append(again, '\n'), text).ZH, differs(append(again, '\n'), text).EN)
	}
	if r.File.Format != Format {
		r.found(verify.Changed, "format", "格式写的是“%[1]s”，应当是“%[2]s”", "it says the format %[1]q, which should be %[2]q", lang.Short(r.File.Format), Format)
	}
	r.signed()
	r.proved()
	r.again()
	return r, nil
}

// differs says where two texts part.
func differs(want, got []byte) lang.Text {
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	return lang.Text{ZH: fmt.Sprintf("从第 %d 个字节起", at), EN: fmt.Sprintf("from byte %d on", at)}
}

// signed checks the checkpoint.
func (r *Report) signed() {
	given := len(r.Keys) > 0
	if !given {
		r.Keys = r.File.Keys
	}
	for _, vkey := range r.Keys {
		if key := r.key(vkey); key != nil {
			r.keys = append(r.keys, key)
		}
	}
	c, err := logtree.OpenCheckpoint([]byte(r.File.Checkpoint), r.keys...)
	if err != nil {
		r.found(verify.Forged, "checkpoint", "检查点不是由日志的密钥签的，或改过", "the checkpoint is not signed by the log's key, or was changed")
		c, _ = logtree.ParseCheckpoint([]byte(r.File.Checkpoint))
	}
	r.Checkpoint = c
	for i, vkey := range r.File.Keys { // each has signed, or it could be anything
		if given && r.key(vkey) == nil {
			continue
		}
		if key, err := note.NewVerifier(vkey); err == nil {
			if _, err := logtree.OpenCheckpoint([]byte(r.File.Checkpoint), key); err != nil {
				r.found(verify.Forged, "keys", "第 %[1]d 个公钥没有签这个检查点", "key %[1]d has not signed the checkpoint", i+1)
			}
		}
	}
}

// key reads a verifier key in its one form.
func (r *Report) key(vkey string) note.Verifier {
	key, err := note.NewVerifier(vkey)
	if err != nil || !strings.HasPrefix(vkey, fmt.Sprintf("%s+%08x+", key.Name(), key.KeyHash())) {
		r.found(verify.Changed, "keys", "“%[1]s”不是公钥", "%[1]q is no public key", lang.Short(vkey))
		return nil
	}
	return key
}

// proved checks that the statements are in the tree.
func (r *Report) proved() {
	for i, e := range r.File.Entries {
		where := entry(e.Index)
		said, err := logtree.ParseStatement(e.Statement)
		if err != nil {
			r.found(verify.Malformed, where, "第 %[1]d 步的条目不合格式", "the entry of step %[1]d has no form", i)
			continue
		}
		r.Steps = append(r.Steps, Step{e.Index, said})
		var proof tlog.RecordProof
		for _, text := range e.Proof {
			h, err := tlog.ParseHash(text)
			if err == nil && h.String() != text {
				err = fault.New(fault.Invalid, "", "")
			}
			if err != nil {
				r.found(verify.Malformed, where, "证明里的“%[1]s”不是散列", "%[1]q in its proof is no hash", lang.Short(text))
			}
			proof = append(proof, h)
		}
		if err := tlog.CheckRecord(proof, r.Checkpoint.Size, r.Checkpoint.Root, e.Index, tlog.RecordHash(e.Statement)); err != nil {
			r.found(verify.Disproved, where, "第 %[1]d 步（%[2]s）不在签过名的日志里：条目、编号或证明改过", "step %[1]d (%[2]s) is not in the signed log: the entry, its number or its proof was changed", i, said.Kind)
		}
		if i > 0 && e.Index <= r.File.Entries[0].Index {
			r.found(verify.Moved, where, "第 %[1]d 步在约定以前", "step %[1]d is before the commitment", i)
		}
	}
}

func entry(index int64) string { return fmt.Sprintf("entry %d", index) }

// again draws again.
func (r *Report) again() {
	if len(r.Steps) == 0 || len(r.Steps) != len(r.File.Entries) || r.Steps[0].Said.Kind != course.KindCommitted {
		r.found(verify.Missing, "entries", "没有约定，或有的条目读不懂：不能重算", "the commitment is missing, or an entry cannot be read: it cannot be drawn again")
		return
	}
	list, err := lots.Parse(r.File.List)
	if err != nil {
		r.wrong(verify.Changed, "list", err)
		return
	}
	first := r.Steps[0]
	if r.Course, err = course.Read(first.Said.Public, list, first.Said.At); err != nil {
		r.wrong(verify.Miscounted, entry(first.Index), err)
		return
	}
	subject := course.Subject(r.Course.Terms.Draw)
	for i, s := range r.Steps {
		if s.Said.Subject != subject {
			r.found(verify.Moved, entry(s.Index), "它是另一次抽签的（%[1]s）", "it is of another draw (%[1]s)", lang.Short(s.Said.Subject))
			return
		}
		if i == 0 {
			continue
		}
		if err := r.Course.Add(s.Said.Kind, s.Said.Public, s.Said.At); err != nil {
			r.wrong(verify.Miscounted, entry(s.Index), err)
			return
		}
	}
	r.compare(r.Course.Rows())
}

// compare names the rows that are not what comes out.
func (r *Report) compare(rows []lots.Row) {
	if len(rows) != len(r.File.Result) {
		r.found(verify.Miscounted, "result", "文件里有 %[1]d 行，重算出 %[2]d 行", "the file has %[1]d rows, and %[2]d come out", len(r.File.Result), len(rows))
	}
	for i := range min(len(rows), len(r.File.Result)) {
		is, err := canonical.JSON(rows[i])
		says, wrong := canonical.JSON(r.File.Result[i])
		if err != nil || wrong != nil || !bytes.Equal(is, says) {
			r.found(verify.Miscounted, fmt.Sprintf("row %d", i+1), "文件写的是 %[1]s，重算出 %[2]s", "the file says %[1]s, and %[2]s comes out", says, is)
		}
	}
}

// Holds reports whether nothing was found.
func (r *Report) Holds() bool { return len(r.Findings) == 0 }

// Seeded returns the entry with the seed, if there is one.
func (r *Report) Seeded() (Step, bool) {
	for _, s := range r.Steps {
		if s.Said.Kind == course.KindSeeded {
			return s, true
		}
	}
	return Step{}, false
}

// Signers are the names of whoever else signed a checkpoint, as witnesses do.
func signers(signed []byte, origin string) (all []string) {
	_, lines, _ := bytes.Cut(signed, []byte("\n\n"))
	for line := range strings.Lines(string(lines)) {
		if f := strings.Fields(line); len(f) == 3 && f[1] != origin {
			all = append(all, f[1])
		}
	}
	return all
}

// Kept is something that was kept elsewhere: a receipt of the commitment, a signed checkpoint, or a line with size and
// root.
type Kept struct {
	Name  string
	Text  []byte
	Dated time.Time // of the file; zero: not known
}
