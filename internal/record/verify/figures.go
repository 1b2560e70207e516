package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Figure is a figure of a receipt, and how much of it was computed again.
type Figure struct {
	Receipt figure.Receipt
	Query   figure.Query
	Name    string // of the receipt's file
	Size    int64  // of the log when it was asked

	// Recomputed are the members of the result that the log gives, and the files.
	Recomputed []string
	Unchecked  []string // the others
	Lacks      []string // the files that would be needed for those
	Withdrawn  string   // a text that it was made of, and that was taken back later: nothing was computed
}

// asking is a figure while the log is being read.
type asking struct {
	Figure
	files   map[string]string // that are the ones it was made of
	folding *folding
	inputs  figure.Inputs
	again   any
	err     error // why it could not be computed again
	asked   bool
}

// folding is a state that figures are asked of, and how far it has come.
type folding struct {
	*figure.Folding
	next int64
	torn error // an entry could not be taken in
}

// asked takes in the receipt of a figure. One that does not hold by itself is found
// and makes no claim; a figure that is not known is a fault, for nothing can be said of it.
func (w *walk) asked(f File, o Options) (*claim, error) {
	r, c, err := figure.ParseReceipt(f.Text)
	if err != nil {
		w.unreadable(f.Name)
		return nil, nil //nolint:nilnil // no claim, and nothing kept it from looking
	}
	q, err := figure.Find(o.Queries, r.Query)
	if err != nil {
		return nil, err
	}
	if c.Origin != w.report.Checkpoint.Origin {
		w.elsewhere(f.Name, c.Origin)
		return nil, nil //nolint:nilnil // the same
	}
	if err := r.Check(q, w.keys...); err != nil {
		w.found(Disproved, f.Name, "凭据不成立：%v", "the receipt proves nothing: %v", err)
		return nil, nil //nolint:nilnil // no claim, and nothing kept it from looking
	}
	a := &asking{Figure: Figure{Receipt: r, Query: q, Name: f.Name, Size: r.Of(c)}, files: map[string]string{}}
	for _, file := range r.Files {
		path := o.Files[file.Name]
		w.used[file.Name] = true
		a.files[file.Name] = ""
		if path == "" {
			a.Lacks = append(a.Lacks, file.Name)
			continue
		}
		sum, err := figure.SumOf(path)
		if err != nil {
			return nil, fault.New(fault.Invalid, "读不了文件 %s", "the file %s cannot be read", path).Because(err)
		}
		if sum != file.SHA256 {
			w.found(Exchanged, path, "不是 %[1]s 所用的 %[2]s：SHA-256 是 %.12[3]s…，应为 %.12[4]s…", "it is not the %[2]s that %[1]s was made of: its SHA-256 is %.12[3]s…, and should be %.12[4]s…", f.Name, file.Name, sum, file.SHA256)
			a.Lacks = append(a.Lacks, file.Name)
			continue
		}
		a.files[file.Name] = path
	}
	a.folding = w.foldingOf(q.Over)
	w.figures = append(w.figures, a)
	w.wanted(c.Size)
	return &claim{f.Name, c, false}, nil
}

// unreadable is said of a file that was given as a receipt and is none, or was one.
func (w *walk) unreadable(name string) {
	w.found(Disproved, name, "读不懂：不是凭据，或改坏了", "it cannot be read: it is no receipt, or was spoiled")
}

func (w *walk) elsewhere(name, origin string) {
	w.found(Disproved, name, "是另一份日志（%[1]s）的凭据，对这份什么也不证明", "it is a receipt of another log (%[1]s), and proves nothing of this one", origin)
}

// foldingOf is the state of a fold, one for all figures that are asked of it.
func (w *walk) foldingOf(f *figure.Fold) *folding {
	for _, known := range w.folds {
		if known.Fold == f {
			return known
		}
	}
	begun := &folding{Folding: f.Begins()}
	w.folds = append(w.folds, begun)
	return begun
}

var (
	errTorn = errors.New("an entry before it is not what was signed, or cannot be read")
	errGap  = fmt.Errorf("%w: it was found", errTorn) // by the walk itself
)

// fold takes an entry into the states, after the figures have been asked that are of
// the log before it.
func (w *walk) fold(ctx context.Context, index int64, s logtree.Statement, statement []byte, malformed error) {
	if len(w.folds) == 0 {
		return
	}
	w.ask(ctx, index)
	for _, f := range w.folds {
		switch {
		case f.torn != nil:
		case f.next != index || malformed != nil:
			f.torn = errGap
		default:
			f.next++
			if err := f.Add(index, s, tlog.RecordHash(statement)); err != nil {
				f.torn = fmt.Errorf("%w: %w", errTorn, err)
			}
		}
	}
}

// ask asks the figures that are of the log of a size.
func (w *walk) ask(ctx context.Context, size int64) {
	for _, a := range w.figures {
		if a.asked || a.Size > size {
			continue
		}
		a.asked = true
		if a.err = a.folding.torn; a.err == nil && a.folding.next != a.Size {
			a.err = errTorn
		}
		if a.err != nil {
			continue
		}
		a.inputs = a.folding.Inputs()
		if a.Query.Beside != nil {
			a.again, a.err = a.Query.Beside(ctx, a.folding.State, a.Receipt.Params, w.beside)
			continue
		}
		a.again, a.err = a.Query.Answer(ctx, a.folding.State, a.Receipt.Params, a.files)
	}
}

// judge says what has come of the figures. Of a log that does not hold nothing is
// computed: what is wrong with it was found.
func (w *walk) judge(ctx context.Context) error {
	w.ask(ctx, w.report.Checkpoint.Size)
	for _, a := range w.figures {
		switch {
		case a.Size > w.report.Checkpoint.Size: // the log was cut short, which is said
		case errors.Is(a.err, errTorn), !w.whole:
			w.found(Misread, a.Name, "依据的条目并不都是签过名的那些，或读不懂，这个数字无从重算", "the entries that it is made of are not all what was signed, or cannot be read, so the figure cannot be computed again")
			continue
		case a.err != nil:
			if bad, ok := errors.AsType[*besideError](a.err); ok {
				lacking(w, a, bad)
				continue
			}
			if kind := fault.KindOf(a.err); kind == fault.NotFound || kind == fault.Invalid {
				w.found(Misread, a.Name, "日志和它旁边的文件里没有这个数字：%[1]v", "the log and the files beside it have no such figure: %[1]v", a.err)
				continue
			}
			return fmt.Errorf("verify: computing %s again: %w", a.Name, a.err)
		case !a.inputs.Equal(a.Receipt.Entries):
			says := a.Receipt.Entries
			w.found(Misread, a.Name, "它说依据 %[1]d 条（散列 %.12[2]s…），日志里那时是 %[3]d 条（%.12[4]s…）", "it says that it is made of %[1]d entries (hash %.12[2]s…), and the log then had %[3]d of them (%.12[4]s…)", says.Count, says.SHA256, a.inputs.Count, a.inputs.SHA256)
			continue
		}
		if err := w.compared(a); err != nil {
			return err
		}
		w.report.Figures = append(w.report.Figures, a.Figure)
	}
	return nil
}

// compared holds the result against what was computed again.
func (w *walk) compared(a *asking) error {
	wrong, err := a.Receipt.Against(a.again, len(a.Lacks) > 0)
	if err != nil {
		return fmt.Errorf("verify: the result of %s: %w", a.Name, err)
	}
	for _, d := range wrong {
		w.found(Miscounted, a.Name, "%[1]s：凭据写的是 %[2]s，重算是 %[3]s", "%[1]s: the receipt says %[2]s, computed again it is %[3]s", d.Name, shown(d.Says), shown(d.Is))
	}
	a.Recomputed, a.Unchecked, err = a.Receipt.Parts(a.again)
	return err
}

// shown is a value, as far as it can be read at a glance.
func shown(text string) string {
	if text == "" {
		return "-"
	}
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
