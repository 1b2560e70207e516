package taken

import (
	"bytes"
	"context"
	"os"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

// Hall is where a contest was judged, for its export.
type Hall struct {
	DB      *db.DB
	Log     *publiclog.Log // with all that is to go out in it
	Names   func(ctx context.Context, ids ...string) (map[string]string, error)
	Figures []figure.Query
	Home    string // for a folder while it is written
}

// Export is a contest that was released as one file, with the checkpoint of the log in it. A rehearsal is refused, and a contest that
// has no release yet.
func (h Hall) Export(ctx context.Context, code string) (text []byte, at logtree.Checkpoint, err error) {
	about, releases, err := h.about(ctx, code)
	if err != nil {
		return nil, at, err
	}
	folder, err := os.MkdirTemp(h.Home, ".turn-contest-") // swept like others if this is killed
	if err != nil {
		return nil, at, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the next start sweeps it
	if at, err = h.Log.Export(ctx, folder, h.Figures...); err != nil {
		return nil, at, err
	}
	log, err := Files(folder)
	if err != nil {
		return nil, at, err
	}
	var proofs [][]byte
	for _, r := range releases {
		receipt, err := h.Log.Receipt(ctx, r.LogEntry)
		if err != nil {
			return nil, at, err
		}
		proofs = append(proofs, receipt.Bytes())
	}
	var b bytes.Buffer
	err = Write(&b, about, log, proofs)
	return b.Bytes(), at, err
}

func (h Hall) about(ctx context.Context, code string) (about About, releases []release.Release, err error) {
	var e event.Event
	err = h.DB.View(ctx, func(tx *db.Tx) error {
		if e, err = event.Read(tx, code); err != nil {
			return err
		}
		releases, err = release.All(tx, code)
		return err
	})
	switch {
	case err != nil:
		return about, nil, err
	case e.Rehearsal:
		return about, nil, fault.New(fault.Conflict, "“%s”是演练，演练不导出。", "%s is a rehearsal, and a rehearsal is not exported.", code)
	case len(releases) == 0:
		return about, nil, fault.New(fault.Conflict, "“%s”还没有公布公开文件：先在“组织”页公布，再导出。", "%s has no public file yet: release it on the page of the organiser, and export it then.", code)
	}
	names, err := h.Names(ctx, e.Office)
	about = About{Contest: code, Office: names[e.Office], Division: e.Division.Code()}
	return about, releases, err
}

// Import takes a contest in from a file of [Hall.Export], if all of it holds: findings say what does not, and then nothing was done.
func Import(ctx context.Context, d *db.DB, text []byte, o verify.Options) (t Taken, again bool, findings []verify.Finding, err error) {
	a, err := Read(text)
	if err != nil {
		return t, false, nil, err
	}
	var had Taken
	err = d.View(ctx, func(tx *db.Tx) error { had, _, err = Of(tx, a.About.Contest); return err })
	if err != nil {
		return t, false, nil, err
	}
	if here, err := a.Origin(); err == nil && had.Origin == here {
		o.Seen = append(o.Seen, verify.File{Name: "what was taken in before", Text: []byte(had.Note)})
	}
	f, findings, err := Check(ctx, a, o)
	if err != nil || len(findings) > 0 {
		return t, false, findings, err
	}
	f.After = had.File
	t, again, err = Take(ctx, d, f, Sum(text))
	return t, again, nil, err
}
