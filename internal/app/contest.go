package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
)

// ExportContest puts what is pending into the public log and returns a contest that was released as one file, with the log's
// checkpoint.
func ExportContest(ctx context.Context, c Config, code string) (text []byte, at logtree.Checkpoint, err error) {
	err = withLog(ctx, c, func(d *db.DB) error {
		about, releases, err := contestOf(ctx, c, d, code)
		if err != nil {
			return err
		}
		s, err := c.sequencer(ctx, d)
		if err == nil {
			err = s.Drain(ctx)
		}
		if err != nil {
			return err
		}
		public := publiclog.Open(d, c.logFolder())
		folder, err := os.MkdirTemp(c.Home, ".turn-contest-") // swept like others if this is killed
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder) //nolint:errcheck // the next start sweeps it
		if at, err = public.Export(ctx, folder, Figures()...); err != nil {
			return err
		}
		log, err := taken.Files(folder)
		if err != nil {
			return err
		}
		var proofs [][]byte
		for _, r := range releases {
			receipt, err := public.Receipt(ctx, r.LogEntry)
			if err != nil {
				return err
			}
			proofs = append(proofs, receipt.Bytes())
		}
		var b bytes.Buffer
		err = taken.Write(&b, about, log, proofs)
		text = b.Bytes()
		return err
	})
	return text, at, err
}

func contestOf(ctx context.Context, c Config, d *db.DB, code string) (about taken.About, releases []release.Release, err error) {
	var e event.Event
	if err := d.View(ctx, func(tx *db.Tx) (err error) { e, err = event.Read(tx, code); return err }); err != nil {
		return about, nil, err
	}
	if e.Rehearsal {
		return about, nil, fault.New(fault.Conflict, "“%s”是演练，演练不导出。", "%s is a rehearsal, and a rehearsal is not exported.", code)
	}
	if releases, err = release.In(d, nil).List(ctx, code); err != nil {
		return about, nil, err
	}
	if len(releases) == 0 {
		return about, nil, fault.New(fault.Conflict, "“%s”还没有公布公开文件：先在“组织”页公布，再导出。", "%s has no public file yet: release it on the page of the organiser, and export it then.", code)
	}
	about = taken.About{Contest: code, Office: e.Office, Division: e.Division.Code()}
	err = People(ctx, c, func(s *identity.Service) error {
		names, err := s.Organisations.Names(ctx, e.Office)
		if names[e.Office] != "" {
			about.Office = names[e.Office]
		}
		return err
	})
	return about, releases, err
}

// TakeInContest takes a contest in from a file, if all of it holds: findings say what does not, and then nothing was done.
func TakeInContest(ctx context.Context, c Config, text []byte, o verify.Options) (t taken.Taken, again bool, findings []verify.Finding, err error) {
	a, err := taken.Read(text)
	if err != nil {
		return t, false, nil, err
	}
	o.Queries = Figures()
	err = withLog(ctx, c, func(d *db.DB) error {
		var had taken.Taken
		err := d.View(ctx, func(tx *db.Tx) (err error) { had, _, err = taken.Of(tx, a.About.Contest); return err })
		if err != nil {
			return err
		}
		if here, err := a.Origin(); err == nil && had.Note != "" && had.Origin == here {
			o.Seen = append(o.Seen, verify.File{Name: "what was taken in before", Text: []byte(had.Note)})
		}
		var f *taken.Found
		if f, findings, err = taken.Check(ctx, a, o); err != nil || len(findings) > 0 {
			return err
		}
		sum := sha256.Sum256(text)
		t, again, err = taken.Take(ctx, d, f, hex.EncodeToString(sum[:]))
		return err
	})
	return t, again, findings, err
}
