package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/xiadu/xiadu/internal/record/figure"
)

// shelves begins the states that know which files are published beside the log: they are held against it
// whether somebody asks for a figure of them or not.
func shelves(w *walk, queries []figure.Query) {
	for _, q := range queries {
		if q.Shelf != nil && w.foldingOf(q.Shelf).State != nil {
			w.wantsFiles = true
		}
	}
}

// besideError is a file beside the log that cannot be had, or is another.
type besideError struct {
	sum  string
	gone bool
}

func (e *besideError) Error() string { return "the file " + e.sum + " beside the log" }

// beside fetches a file beside the log: its bytes are those that an entry names, or it is a besideError.
func (w *walk) beside(ctx context.Context, sum string) ([]byte, error) {
	text, err := w.src(ctx, figure.BesideFolder+sum)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &besideError{sum, true}
	}
	if err != nil {
		return nil, err
	}
	if hash := sha256.Sum256(text); hex.EncodeToString(hash[:]) != sum {
		return nil, &besideError{sum, false}
	}
	return text, nil
}

// besides holds the files beside the log against what entries say of them.
func (w *walk) besides(ctx context.Context) error {
	if !w.wantsFiles || !w.whole {
		return nil
	}
	for _, f := range w.folds {
		state, ok := f.State.(figure.Shelved)
		switch {
		case !ok, errors.Is(f.torn, errGap), f.torn == nil && f.next != w.report.Checkpoint.Size:
			continue // an entry is not what was signed, which was found: what the others say of files may not be all
		case f.torn != nil:
			w.found(Misread, "entries", "读不懂说到日志旁边文件的条目，那些文件无从核对：%[1]v", "entries about files beside the log cannot be read, so the files cannot be checked: %[1]v", f.torn)
			continue
		}
		for _, c := range state.Contradictions() {
			w.found(Contradicted, c.Name, "%[1]s", "%[2]s", c.Says.ZH, c.Says.EN)
		}
		for _, file := range state.Files() {
			if file.Instead != "" {
				w.report.Withdrawn = append(w.report.Withdrawn, file)
				continue
			}
			if err := shelf(ctx, w, state, file); err != nil {
				return err
			}
		}
	}
	return nil
}

func shelf(ctx context.Context, w *walk, state figure.Shelved, file figure.Shelf) error {
	where := figure.BesideFolder + file.SHA256
	text, err := w.beside(ctx, file.SHA256)
	if bad, ok := errors.AsType[*besideError](err); ok {
		if bad.gone {
			w.found(Missing, where, "%[1]s 的文件不存在", "the file of %[1]s is not there", file.Name)
		} else {
			w.found(Changed, where, "%[1]s 的文件改过：不是日志里写的那个散列", "the file of %[1]s was changed: it is not of the hash that the log has", file.Name)
		}
		return nil
	}
	if err != nil {
		return err
	}
	w.report.Files++
	for _, d := range state.Holds(file, text) {
		w.found(Miscounted, where, "%[1]s 的 %[2]s：日志写的是 %[3]s，文件里是 %[4]s", "%[2]s of %[1]s: the log says %[3]s, the file says %[4]s", file.Name, d.Name, shown(d.Says), shown(d.Is))
	}
	return nil
}

// lacking says of a figure that its file cannot be had: since it was withdrawn, which is no fault of the
// figure, or else.
func lacking(w *walk, a *asking, e *besideError) {
	for _, gone := range w.report.Withdrawn {
		if gone.SHA256 == e.sum {
			a.Withdrawn = fmt.Sprintf("%s (%s)", gone.Name, gone.SHA256[:12])
			a.Unchecked = []string{"*"}
			w.report.Figures = append(w.report.Figures, a.Figure)
			return
		}
	}
	w.found(Misread, a.Name, "它所用的文件 %[1]s 不在日志旁边，或改过，这个数字无从重算", "the file %[1]s that it is made of is not beside the log, or was changed, so the figure cannot be computed again", figure.BesideFolder+e.sum)
}
