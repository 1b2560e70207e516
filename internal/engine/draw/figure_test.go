package draw_test

import (
	"context"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// checked is what a check of the whole log finds, with a receipt of the figure.
func checked(t *testing.T, s site) verify.Report {
	t.Helper()
	r, err := publiclog.NewFigures(s.Log, draw.Queries()).Receipt(t.Context(), draw.Queries()[0], figure.Params{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Log(t.Context(), s.Log.File, verify.Options{Queries: draw.Queries(), Receipts: []verify.File{{Name: "counts", Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Who checks the whole log draws every draw of it again, and counts them.
func TestTheWholeLogIsDrawnAgain(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	s.drawn()
	r := checked(t, s)
	if len(r.Findings) > 0 || len(r.Figures) != 1 || r.Files != 3 {
		t.Fatalf("%+v", r)
	}
	if result := string(r.Figures[0].Receipt.Result); !strings.Contains(result, `"draws":3`) || !strings.Contains(result, `"skipped":1`) || !strings.Contains(result, `"seeded":1`) {
		t.Error(result)
	}
}

// What somebody writes past the Book into the log is found by name.
func TestEntriesPastTheBookAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		write func(d draw.Draw, terms course.Committed) record.Entry
		what  verify.What
	}{
		"another result": {func(d draw.Draw, _ course.Committed) record.Entry {
			return course.Extended{Act: course.By(d.ID, "wang", ""), Outcome: course.Outcome{Drawn: 4, Result: strings.Repeat("a", 64)}, More: 1}
		}, verify.Miscounted},
		"a second commitment": {func(_ draw.Draw, terms course.Committed) record.Entry {
			terms.Act = course.By("another", "wang", "")
			return terms
		}, verify.Contradicted},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
			d := s.Commit("order", []lots.Lot{{Code: "A"}, {Code: "B"}, {Code: "C"}, {Code: "D"}}, nil, lots.Shape{First: 3})
			s.Seed(d.ID)
			s.Do(func(tx *db.Tx) error {
				got, _, err := s.Book.Course(tx, d.ID)
				if err != nil {
					return err
				}
				return record.Append(tx, "office", c.write(d, got.Terms))
			})
			r := checked(t, s)
			found := false
			for _, f := range r.Findings {
				found = found || f.What == c.what && strings.Contains(f.Text.EN+f.Where, "draw/")
			}
			if !found {
				t.Error(r.Findings)
			}
		})
	}
}

// A list that is not beside the log any more is missed by name.
func TestAListThatIsGoneIsMissed(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	d := s.commit("order")
	r, err := verify.Log(t.Context(), func(ctx context.Context, path string) ([]byte, error) {
		if strings.HasSuffix(path, d.List) {
			return verify.Folder(t.TempDir())(ctx, path)
		}
		return s.Log.File(ctx, path)
	}, verify.Options{Queries: draw.Queries()})
	if err != nil || len(r.Findings) != 1 || r.Findings[0].What != verify.Missing || !strings.Contains(r.Findings[0].Text.EN, "draw/"+d.ID) {
		t.Error(r.Findings, err)
	}
}
