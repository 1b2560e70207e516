package published_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/published"
)

const batch = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院异味扰民,城西区,固废、大气
D3QH202311260002,夜间油烟直排，噪声大,城西区,大气、噪音
`

// site is a city whose log is exported, and what an outsider finds.
type site struct {
	*complainttest.City
	t       *testing.T
	folder  string // of what was published
	dir     string // of the exported log
	figures *publiclog.Figures
}

func open(t *testing.T, d *db.DB) site {
	s := site{City: complainttest.Open(t, d), t: t, folder: filepath.Join(t.TempDir(), "log"), dir: t.TempDir()}
	s.figures = publiclog.NewFigures(publiclog.Open(d, s.folder), published.Queries())
	return s
}

func (s site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s site) export() {
	s.t.Helper()
	q, err := sequencer.Open(s.t.Context(), s.DB, s.folder, "example.com/log")
	s.must(err)
	s.must(q.Drain(s.t.Context()))
	_, err = publiclog.Open(s.DB, s.folder).Export(s.t.Context(), s.dir, published.Queries()...)
	s.must(err)
}

// receipt is the receipt of a figure as the site gives it.
func (s site) receipt(query string, number int) figure.Receipt {
	s.t.Helper()
	q, p, err := s.figures.Settle(query, published.Params("XN2023", number), s.Now)
	s.must(err)
	r, err := s.figures.Receipt(s.t.Context(), q, p)
	s.must(err)
	return r
}

func (s site) check(receipts ...figure.Receipt) verify.Report {
	s.t.Helper()
	o := verify.Options{Queries: published.Queries()}
	for _, r := range receipts {
		b, err := r.Bytes()
		s.must(err)
		o.Receipts = append(o.Receipts, verify.File{Name: r.Query, Text: b})
	}
	report, err := verify.Log(s.t.Context(), verify.Folder(s.dir), o)
	s.must(err)
	return report
}

// named wants one finding, of a name and with words.
func (s site) named(r verify.Report, what verify.What, words string) {
	s.t.Helper()
	if len(r.Findings) == 0 || r.Findings[0].What != what || !strings.Contains(r.Findings[0].String(), words) {
		s.t.Errorf("%v is not %s with %q", r.Findings, what, words)
	}
}

func (s site) publish(n bulletin.New) bulletin.Bulletin {
	s.t.Helper()
	n.Campaign, n.Why = "XN2023", "编制"
	b, err := s.Bulletins.Prepare(s.Ctx(), s.Clerk, n)
	s.must(err)
	for place := 1; place <= b.Letters; place++ {
		s.must(s.Bulletins.Look(s.Ctx(), s.Clerk, b.Ref(), place, 0))
	}
	b, err = s.Bulletins.Publish(s.Ctx(), s.Clerk, b.Ref())
	s.must(err)
	return b
}

func (s site) result(r figure.Receipt) (out published.CountsResult) {
	s.t.Helper()
	s.must(json.Unmarshal(r.Result, &out))
	return out
}

// TestAnOutsiderCountsAgain publishes a bulletin, has figures computed again from files alone, and tampers with
// each of them.
func TestAnOutsiderCountsAgain(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.Begin("XN2023", "city")
		s.Take("XN2023", batch)
		l := s.LettersOf(s.Handed("XN2023-0001", 100))[0]
		s.Report(l, letter.Answer{Found: "属实。", Done: "已整改。"}, letter.Closed)
		b := s.publish(bulletin.New{Batches: []int{1}})
		s.export()
		counts, table := s.receipt(published.Counts, 1), s.receipt(published.Table, 1)
		if n := s.result(counts); n.Letters != 2 || n.Types != 4 || n.Problems != 2 {
			t.Errorf("%+v", n)
		}
		if r := s.check(counts, table); len(r.Findings) != 0 || len(r.Figures) != 2 || r.Files != 1 {
			t.Fatalf("%+v", r)
		}

		other := counts
		other.Result = bytes.Replace(counts.Result, []byte(`"letters":2`), []byte(`"letters":1`), 1)
		again, err := figure.New(figure.Query{Name: counts.Query}, counts.Params, mustCheckpoint(t, counts), counts.Entries, nil, other.Result)
		s.must(err)
		s.named(s.check(again), verify.Miscounted, "letters")

		file := filepath.Join(s.dir, "files", b.Sum)
		text, err := os.ReadFile(file)
		s.must(err)
		s.must(os.WriteFile(file, bytes.Replace(text, []byte("异味扰民"), []byte("没有异味"), 1), 0o600))
		r := s.check(counts)
		s.named(r, verify.Changed, "bulletin/XN2023/1")
		s.must(os.Remove(file))
		r = s.check(counts)
		s.named(r, verify.Missing, "bulletin/XN2023/1")
		s.export()
		if r := s.check(counts); len(r.Findings) != 0 {
			t.Errorf("the export mends it: %v", r.Findings)
		}

		// A text is withdrawn: the folder has another file, and whoever verifies is told; the receipt of before cannot be
		// computed again, and that of now can.
		_, err = s.Bulletins.Withdraw(s.Ctx(), s.Clerk, bulletin.Withdrawal{Campaign: "XN2023", Code: l.Code, Why: "误公开"})
		s.must(err)
		s.export()
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("the withdrawn text is still in the folder: %v", err)
		}
		r = s.check(counts, s.receipt(published.Counts, 1))
		if len(r.Findings) != 0 || len(r.Withdrawn) != 1 || r.Withdrawn[0].Why.ZH != "误公开" || len(r.Figures) != 2 || r.Figures[0].Withdrawn == "" || r.Figures[1].Withdrawn != "" {
			t.Errorf("%+v", r)
		}
	})
}

// TestAFigureOfTodayTakesAClosingBack: what was published stays as it was, what is told of today does not.
func TestAFigureOfTodayTakesAClosingBack(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.Begin("XN2023", "city")
		s.Take("XN2023", batch)
		l := s.LettersOf(s.Handed("XN2023-0001", 100))[0]
		l = s.Report(l, letter.Answer{Found: "属实。", Done: "已整改。"}, letter.Closed)
		s.publish(bulletin.New{Batches: []int{1}})
		s.export()
		if n := s.result(s.receipt(published.Counts, 0)); n.Again != 0 || n.ByStatus[0].Key != "done" || n.ByStatus[0].N != 1 {
			t.Errorf("%+v", n)
		}
		s.must(d.View(t.Context(), func(tx *db.Tx) (err error) { l, err = letter.Read(tx, l.ID); return err }))
		l, err := s.Letters.Review(s.Ctx(), s.Clerk, letter.Review{Letter: l.ID, Seen: l.Version, Move: "answer"})
		s.must(err)
		s.must(d.Update(s.Ctx(), func(tx *db.Tx) error {
			by, err := s.Clerk.Admit(tx, "complaint.coordinate", placeOf(t, tx, l))
			if err != nil {
				return err
			}
			c, err := s.Campaigns.Get(t.Context(), "XN2023")
			if err != nil {
				return err
			}
			return letter.Again(tx, s.Book, by, c, l, "又反映同一问题")
		}))
		s.export()
		today, then := s.receipt(published.Counts, 0), s.receipt(published.Counts, 1)
		if n := s.result(today); n.Again != 1 || len(n.ByStatus) != 1 || n.ByStatus[0].Key != "working" {
			t.Errorf("%+v", n)
		}
		if n := s.result(then); n.ByStatus[0].Key != "done" {
			t.Errorf("the bulletin is another now: %+v", n)
		}
		if r := s.check(today, then); len(r.Findings) != 0 || len(r.Figures) != 2 {
			t.Errorf("%+v", r)
		}
	})
}

// lie is a bulletin whose entry says another count than its table has.
func TestAnEntryThatCountsOtherwise(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.Begin("XN2023", "city")
		s.Take("XN2023", batch)
		s.publish(bulletin.New{Batches: []int{1}})
		s.must(d.Update(s.Ctx(), func(tx *db.Tx) error {
			out, err := s.Bulletins.Public(s.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 1})
			if err != nil {
				return err
			}
			lie := out.Table
			lie.Version = 2
			text, _, err := lie.Canonical()
			if err != nil {
				return err
			}
			sum, err := record.PutFile(tx, text)
			if err != nil {
				return err
			}
			n := lie.Counts()
			n.Letters = 1
			return record.Append(tx, "office@x", bulletin.Out{Campaign: "XN2023", Bulletin: 1, Version: 2, Day: lie.Day.String(), File: sum, Counts: n})
		}))
		s.export()
		s.named(s.check(), verify.Miscounted, "letters of bulletin/XN2023/1 v2")
	})
}
