package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// total is the sum of n over the entries of verify_test.
type total struct{ n int }

func (s *total) Add(e logtree.Statement) error {
	var said struct {
		N int `json:"n"`
	}
	err := json.Unmarshal(e.Public, &said)
	s.n += said.N
	return err
}

// sums is a figure that needs a file, for its second member.
var sums = figure.Query{
	Name: "test.sum/1", Needs: []string{"rates"}, Members: []string{"sum", "money"},
	Over: &figure.Fold{Kinds: []string{"test.done"}, Begin: func() figure.State { return &total{} }},
	Settle: func(p figure.Params, _ time.Time) (figure.Params, error) {
		if p["of"] == "" {
			return nil, errors.New("of what?")
		}
		return figure.Params{"of": p["of"]}, nil
	},
	Answer: func(_ context.Context, s figure.State, _ figure.Params, files map[string]string) (any, error) {
		out := map[string]any{"sum": s.(*total).n}
		if files["rates"] != "" {
			b, err := os.ReadFile(files["rates"])
			out["money"] = len(b) * s.(*total).n
			return out, err
		}
		return out, nil
	},
}

// figureAsked is the receipt that a site gives when its log has some entries.
func figureAsked(t *testing.T, key signer, all [][]byte, money int, files ...figure.File) figure.Receipt {
	t.Helper()
	f := sums.Over.Begins()
	var edge logtree.Edge
	for i, text := range all {
		s, err := logtree.ParseStatement(text)
		leaf := tlog.RecordHash(text)
		if err := errors.Join(err, f.Add(int64(i), s, leaf)); err != nil {
			t.Fatal(err)
		}
		edge.Add(leaf)
	}
	c, err := logtree.Checkpoint{Origin: origin, Size: edge.Size(), Root: edge.Root()}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	r, err := figure.New(sums, figure.Params{"of": "n"}, c, f.Inputs(), files, map[string]any{"sum": f.State.(*total).n, "money": money})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func bytesOf(t *testing.T, r figure.Receipt) []byte {
	t.Helper()
	b, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// figureLog is a log of 700 entries, a receipt of when it had 300, and the file that
// the figure needs.
func figureLog(t *testing.T) (key signer, log files, receipt figure.Receipt, rates string) {
	t.Helper()
	key = newSigner(t, origin)
	all := statements(700)
	log = publish(t, key, all)
	rates = filepath.Join(t.TempDir(), "rates")
	if err := os.WriteFile(rates, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	const sum = 299 * 300 / 2
	return key, log, figureAsked(t, key, all[:300], 3*sum, figure.File{Name: "rates", SHA256: sha256Of("abc")}), rates
}

// A figure of a past size stays true, and without its file it is said which part was
// computed again.
func TestAFigureIsComputedAgain(t *testing.T) {
	_, log, receipt, rates := figureLog(t)
	ask := func(files map[string]string) verify.Figure {
		t.Helper()
		r, err := verify.Log(t.Context(), log.source, verify.Options{Receipts: []verify.File{{Name: "f.json", Text: bytesOf(t, receipt)}}, Queries: []figure.Query{sums}, Files: files})
		if err != nil || len(r.Findings) > 0 || len(r.Figures) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Figures[0]
	}
	if f := ask(map[string]string{"rates": rates}); !slices.Equal(f.Recomputed, []string{"money", "sum"}) || f.Unchecked != nil || f.Size != 300 {
		t.Errorf("%+v", f)
	}
	if f := ask(nil); !slices.Equal(f.Recomputed, []string{"sum"}) || !slices.Equal(f.Unchecked, []string{"money"}) || !slices.Equal(f.Lacks, []string{"rates"}) {
		t.Errorf("without the file: %+v", f)
	}
}

// Each way in which a figure may be false has its name.
func TestAFigureThatIsFalse(t *testing.T) {
	key, log, good, rates := figureLog(t)
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("abcd"), 0o600); err != nil {
		t.Fatal(err)
	}
	mend := func(change func(*figure.Receipt)) figure.Receipt {
		r := good
		change(&r)
		return r
	}
	again := func(result map[string]any) figure.Receipt { // by somebody who hashes it anew
		r, err := figure.New(sums, good.Params, logtree.Checkpoint{Note: []byte(good.Checkpoint)}, good.Entries, good.Files, result)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const sum = 299 * 300 / 2
	stranger := newSigner(t, origin)
	for name, c := range map[string]struct {
		receipt figure.Receipt
		file    string
		want    verify.What
	}{
		"the result is tampered with":      {mend(func(r *figure.Receipt) { r.Result = json.RawMessage(`{"money":1,"sum":2}`) }), rates, verify.Disproved},
		"the question is tampered with":    {mend(func(r *figure.Receipt) { r.Params = figure.Params{"of": "n", "more": "x"} }), rates, verify.Disproved},
		"the checkpoint is a stranger's":   {figureAsked(t, stranger, statements(300), 3*sum), rates, verify.Disproved},
		"the result is wrong":              {again(map[string]any{"sum": sum + 1, "money": 3 * sum}), rates, verify.Miscounted},
		"a member is made up":              {again(map[string]any{"sum": sum, "money": 3 * sum, "more": 1}), rates, verify.Disproved},
		"made up where a file is missing":  {again(map[string]any{"sum": sum, "money": 3 * sum, "more": 1}), "", verify.Disproved},
		"a file goes by another name":      {mend(func(r *figure.Receipt) { r.Files = []figure.File{{Name: "rate", SHA256: r.Files[0].SHA256}} }), "", verify.Disproved},
		"a file is named twice":            {mend(func(r *figure.Receipt) { r.Files = append(r.Files, r.Files[0]) }), rates, verify.Disproved},
		"it says other kinds":              {mend(func(r *figure.Receipt) { r.Entries.Kinds = []string{"test.undone"} }), rates, verify.Misread},
		"a member is left out":             {again(map[string]any{"sum": sum}), rates, verify.Miscounted},
		"it says other entries":            {mend(func(r *figure.Receipt) { r.Entries.SHA256 = sha256Of("x") }), rates, verify.Misread},
		"it says fewer entries":            {mend(func(r *figure.Receipt) { r.Entries.Count-- }), rates, verify.Misread},
		"the file is another":              {good, other, verify.Exchanged},
		"another history was signed":       {figureAsked(t, key, statements(301)[1:], 0), rates, verify.Fork},
		"what needs the file is wrong":     {again(map[string]any{"sum": sum, "money": 5}), rates, verify.Miscounted},
		"what needs no file is wrong, too": {again(map[string]any{"sum": 5, "money": 3 * sum}), "", verify.Miscounted},
	} {
		t.Run(name, func(t *testing.T) {
			given := map[string]string{}
			if len(c.receipt.Files) > 0 && c.file != "" {
				given["rates"] = c.file
			}
			r, err := verify.Log(t.Context(), log.source, verify.Options{
				Receipts: []verify.File{{Name: "f.json", Text: bytesOf(t, c.receipt)}}, Queries: []figure.Query{sums}, Files: given,
			})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(r.Findings, func(f verify.Finding) bool { return f.What == c.want }) {
				t.Errorf("%v, want %s", r.Findings, c.want)
			}
		})
	}
}

// An entry that a figure is made of was changed afterwards: the entry is named, and the figure.
func TestAFigureOfAChangedEntry(t *testing.T) {
	_, log, receipt, _ := figureLog(t)
	bundle := log["tile/entries/000"]
	at := bytes.Index(bundle, []byte(`{"n":17}`))
	bundle[at+5] = '9'
	r, err := verify.Log(t.Context(), log.source, verify.Options{Receipts: []verify.File{{Name: "f.json", Text: bytesOf(t, receipt)}}, Queries: []figure.Query{sums}})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range r.Findings {
		found = append(found, string(f.What)+" "+f.Where)
	}
	if want := []string{"changed entry 17", "misread f.json"}; !slices.Equal(found, want) {
		t.Errorf("%v, want %v", found, want)
	}
}

// What cannot be asked at all is said so: a query of a newer program, and a file that no receipt
// names. What is no receipt any more was spoiled.
func TestAFigureThatNobodyKnows(t *testing.T) {
	_, log, receipt, rates := figureLog(t)
	ask := func(text []byte, files map[string]string) (verify.Report, error) {
		return verify.Log(t.Context(), log.source, verify.Options{Receipts: []verify.File{{Name: "f.json", Text: text}}, Queries: []figure.Query{sums}, Files: files})
	}
	if _, err := ask(bytes.Replace(bytesOf(t, receipt), []byte("test.sum/1"), []byte("test.sum/2"), 1), nil); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := ask(bytesOf(t, receipt), map[string]string{"rates": rates, "prices": rates}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	for name, text := range map[string][]byte{
		"form": []byte(`{"format":"other"}`), "more": append(bytesOf(t, receipt), '1'), "cut": bytesOf(t, receipt)[:100],
	} {
		if r, err := ask(text, nil); err != nil || len(r.Findings) != 1 || r.Findings[0].What != verify.Disproved {
			t.Errorf("%s: %v %v", name, r.Findings, err)
		}
	}
}

func sha256Of(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
