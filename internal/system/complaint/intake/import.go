package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/alike"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Intake takes batches in.
type Intake struct {
	db       *db.DB
	book     *casework.Book
	problems *problem.Problems
	shelf    shelf
}

// In takes into a database.
func In(d *db.DB, book *casework.Book, problems *problem.Problems) *Intake {
	return &Intake{db: d, book: book, problems: problems}
}

// Upload is a batch as somebody hands it in.
type Upload struct {
	Campaign string
	Number   int           // 0: that of its notice, of the same file before, or the next
	Day      calendar.Date // zero: that of its notice, or today
	Batch    Batch
	Notice   *Notice // nil: there was none
	File     []byte  // whose hash is kept; nil: typed in
	Source   Source
	DryRun   bool
	// Trial is an inspection that there is not yet: a dry run shows what its first batch would be.
	Trial *campaign.New
}

// Source is how a batch came.
type Source string

// The sources.
const (
	Table  Source = "table"
	Hand   Source = "hand"
	Public Source = "public"
)

// Outcome is what taking a batch in did, or would do.
type Outcome struct {
	Received
	Added       int
	Same        int          // there already, word for word
	Changed     []Change     // there already, and not the same: a person decides
	Questions   int          // that were asked: letters alike, codes cited
	Reopenings  int          // proposals to begin a closed problem again
	Differences []Difference // between the notice and the table
}

// Change is a letter that is there already and says something else now.
type Change struct {
	Row    int
	Code   string
	Fields []string // in Chinese, as the table calls them
}

// Received is a batch that was taken in.
type Received struct {
	Campaign    string    `db:"campaign"`
	Number      int       `db:"number"`
	Day         string    `db:"day"`
	Source      Source    `db:"source"`
	Title       string    `db:"title"`
	FileHash    string    `db:"file_hash"`
	Letters     int       `db:"letters"`
	Notice      string    `db:"notice"`
	Differences string    `db:"differences"`
	ReceivedAt  time.Time `db:"received_at"`
	ReceivedBy  string    `db:"received_by"`
}

// Said is what its notice said, or nil where there was none.
func (r Received) Said() (*Notice, error) {
	if r.Notice == "" {
		return nil, nil //nolint:nilnil // there was none
	}
	n := &Notice{}
	return n, json.Unmarshal([]byte(r.Notice), n)
}

// Differing is where its notice and its table do not agree.
func (r Received) Differing() (all []Difference, err error) {
	return all, json.Unmarshal([]byte(r.Differences), &all)
}

type ofCampaign struct {
	Campaign string `db:"campaign"`
	Number   int    `db:"number"`
	FileHash string `db:"file_hash"`
}

type listing struct {
	Campaign string `db:"campaign"`
	Day      string `db:"day"`
	Number   int    `db:"number"`
	Limit    int    `db:"lim"`
}

// noDay is behind all days.
const noDay = "9999"

var (
	putBatch = db.Declare[Received, db.None](`
		INSERT INTO complaint_batch (campaign, number, day, source, title, file_hash, letters, notice, differences, received_at, received_by)
		VALUES (:campaign, :number, :day, :source, :title, :file_hash, :letters, :notice, :differences, :received_at, :received_by)
		ON CONFLICT (campaign, number) DO UPDATE SET file_hash = excluded.file_hash, letters = excluded.letters, notice = excluded.notice, differences = excluded.differences`)
	batchOf     = db.Declare[ofCampaign, Received](`SELECT /*cols*/ FROM complaint_batch WHERE campaign = :campaign AND number = :number`)
	batchByFile = db.Declare[ofCampaign, Received](`SELECT /*cols*/ FROM complaint_batch WHERE campaign = :campaign AND file_hash = :file_hash ORDER BY number LIMIT 1`)
	lastBatch   = db.Declare[ofCampaign, int](`SELECT COALESCE(MAX(number), 0) AS n FROM complaint_batch WHERE campaign = :campaign AND number <= :number`)
	batchesOf   = db.Declare[listing, Received](`
		SELECT /*cols*/ FROM complaint_batch WHERE campaign = :campaign AND (day, number) < (:day, :number) ORDER BY day DESC, number DESC LIMIT :lim`)
)

// Batches lists those of a campaign by their days, the last first, before one by its number (0: from the last).
func (s *Intake) Batches(ctx context.Context, who identity.Colleague, code string, before, limit int) (all []Received, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Look, right.In(c.Home)); err != nil {
			return err
		}
		from := listing{Campaign: code, Day: noDay, Limit: limit}
		had, err := batchOf.Slice(tx, ofCampaign{Campaign: code, Number: before})
		if err != nil {
			return err
		}
		if len(had) > 0 {
			from.Day, from.Number = had[0].Day, before
		}
		all, err = batchesOf.Slice(tx, from)
		return err
	})
	return all, err
}

// Import takes a batch in, all of it or nothing: with one wrong row nothing is kept, and the batch's findings say what is
// wrong. The same batch again changes nothing. A letter that is there already and says something else is a
// question to a person, and stays as it is. A dry run says what would be done and does nothing.
func (s *Intake) Import(ctx context.Context, who identity.Colleague, u Upload) (o Outcome, err error) {
	return s.take(ctx, u, func(tx *db.Tx, at right.Place) (identity.Admitted, error) {
		return who.Admit(tx, complaint.Coordinate, at)
	})
}

// ImportHere is Import for whoever runs the program beside its database, and so may do anything with it.
func (s *Intake) ImportHere(ctx context.Context, u Upload) (Outcome, error) {
	return s.take(ctx, u, func(*db.Tx, right.Place) (identity.Admitted, error) {
		return identity.Admitted{Sign: complaint.ByCommand}, nil
	})
}

func (s *Intake) take(ctx context.Context, u Upload, admit func(*db.Tx, right.Place) (identity.Admitted, error)) (o Outcome, err error) {
	if n := u.Batch.Errors; n > 0 {
		return o, fault.At("file", fault.New(fault.Invalid, "有 %[1]d 处错误，一件也没有收：请按行改正后再传", "there are %[1]d errors, and nothing was taken in: mend the rows and send it again", n))
	}
	if err := s.shelf.catchUp(ctx, s.db); err != nil {
		return o, err
	}
	var came []shelved
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		t := &taking{Intake: s, tx: tx, u: u}
		if err := t.all(admit); err != nil {
			return err
		}
		o, came = t.o, t.came
		if u.DryRun {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		return o, nil
	}
	if err == nil {
		s.shelf.put(came)
	}
	return o, err
}

// errDry takes back what a dry run has done.
var errDry = errors.New("a dry run")

// taking is a batch while it is taken in.
type taking struct {
	*Intake
	tx *db.Tx
	u  Upload
	c  campaign.Campaign
	by identity.Admitted
	o  Outcome
	// own are the texts of this batch: they lie on the shelf only once they are committed.
	own  alike.Index
	came []shelved
	// near are the problems that a letter may be about by its place: read once.
	near *problem.Near
	// next is the number of the next problem, of those that the campaign gave to all letters at once.
	next, end int64
}

func (t *taking) all(admit func(*db.Tx, right.Place) (identity.Admitted, error)) (err error) {
	if t.u.Trial != nil && t.u.DryRun {
		t.c, err = campaign.Trial(t.tx, *t.u.Trial)
	} else {
		t.c, err = campaign.Read(t.tx, t.u.Campaign)
	}
	if err != nil {
		return err
	}
	if t.by, err = admit(t.tx, right.In(t.c.Home)); err != nil {
		return err
	}
	if err := t.number(); err != nil {
		return err
	}
	if t.u.Notice != nil {
		t.o.Differences = t.u.Batch.Against(*t.u.Notice, t.c.Home)
	}
	for i, l := range t.u.Batch.Letters {
		if err := t.letter(i+1, l); err != nil {
			return err
		}
	}
	if err := t.giveBack(); err != nil {
		return err
	}
	late := t.u.Notice != nil && t.o.Notice == "" && t.o.ReceivedBy != "" // of a batch that came without one
	if t.o.Added == 0 && !late {                                          // all was here before: there is nothing to keep
		return nil
	}
	return t.keep()
}

// problem is the number of another problem: they are asked for at once, since a batch asks for thousands.
func (t *taking) problem() (number int64, err error) {
	if t.next == t.end {
		rest := len(t.u.Batch.Letters)
		if t.next, err = campaign.NextProblems(t.tx, t.c.Code, rest); err != nil {
			return 0, err
		}
		t.end = t.next + int64(rest)
	}
	number = t.next
	t.next++
	return number, nil
}

// giveBack leaves no gap where letters were there already: nobody else can have had a number meanwhile.
func (t *taking) giveBack() error {
	if t.next == t.end {
		return nil
	}
	_, err := campaign.NextProblems(t.tx, t.c.Code, int(t.next-t.end))
	return err
}

// number finds which batch it is.
func (t *taking) number() error {
	r := Received{Campaign: t.c.Code, Number: t.u.Number, Source: t.u.Source, Title: t.u.Batch.Title}
	if len(t.u.File) > 0 {
		sum := sha256.Sum256(t.u.File)
		r.FileHash = hex.EncodeToString(sum[:])
	}
	if r.Number == 0 && t.u.Notice != nil && t.u.Notice.Batch > 0 {
		r.Number = t.u.Notice.Batch
	}
	var had []Received
	var err error
	switch {
	case r.Number > 0:
		had, err = batchOf.Slice(t.tx, ofCampaign{Campaign: r.Campaign, Number: r.Number})
	case r.FileHash != "":
		had, err = batchByFile.Slice(t.tx, ofCampaign{Campaign: r.Campaign, FileHash: r.FileHash})
	}
	if err != nil {
		return err
	}
	if len(had) > 0 {
		if had[0].Source == Public {
			return fault.At("number", fault.New(fault.Conflict, "第 %[1]d 批是公众 %[2]s 在网页上反映的：请换一个批次号，或空着", "batch %[1]d is what the public reported on %[2]s: give another number, or none", r.Number, had[0].Day))
		}
		t.o.Received = had[0]
		return nil
	}
	if r.Number == 0 {
		last, err := lastBatch.One(t.tx, ofCampaign{Campaign: r.Campaign, Number: complaint.MostBatch})
		if err != nil {
			return err
		}
		r.Number = last + 1
	}
	if r.Number > complaint.MostBatch {
		return fault.At("number", fault.New(fault.Invalid, "批次号最大 %d", "the number of a batch is %d at most", complaint.MostBatch))
	}
	day := t.u.Day
	if day == (calendar.Date{}) && t.u.Notice != nil {
		day = t.u.Notice.Date
	}
	if day == (calendar.Date{}) {
		day = calendar.DateOf(t.tx.Now().In(calendar.China))
	}
	r.Day = day.String()
	t.o.Received = r
	return nil
}

// letter takes one row in.
func (t *taking) letter(place int, l Letter) error {
	had, is, err := letter.ByCode(t.tx, t.c.Code, l.Code, t.o.Number)
	if err != nil {
		return err
	}
	if is {
		return t.again(had, l)
	}
	made, err := letter.Add(t.tx, t.book, t.by, t.c, letter.New{
		Batch: t.o.Number, PlaceIn: place, Code: l.Code, Channel: l.Channel, Key: l.Key, Region: l.Region, Division: l.Division,
		KindsText: l.KindsText, Kinds: l.Kinds, Original: l.original(),
	})
	if err != nil {
		return err
	}
	number, err := t.problem()
	if err != nil {
		return err
	}
	p, err := problem.Add(t.tx, t.book, t.by, t.c, problem.New{Title: l.title(t.c), Division: l.Division, Kinds: l.Kinds, Key: l.Key, Number: number})
	if err != nil {
		return err
	}
	err = letter.AddPoint(t.tx, letter.Point{Letter: made.ID, Number: 1, Problem: p.ID, Division: made.Division, Kinds: made.Kinds}, "")
	if err != nil {
		return err
	}
	t.o.Added++
	return t.ask(made, l)
}

// title is what a problem is called until somebody has read its letter: nothing of the letter's text.
func (l Letter) title(c campaign.Campaign) string {
	where := c.Home
	if l.Division.Valid() {
		where = l.Division
	}
	names := make([]string, len(l.Kinds))
	for i, k := range l.Kinds {
		names[i] = k.Name().ZH
	}
	what := strings.Join(names, "、")
	if what == "" {
		what = "生态环境"
	}
	return where.Name().ZH + what + "问题"
}

func (l Letter) original() letter.Original {
	o := letter.Original{
		Number: l.Number, Text: l.Text, Place: l.Place, Found: l.Found, Judged: l.Judged, Done: l.Done, Aim: l.Aim, Status: l.Status, Sanctions: l.Sanctions, Note: l.Note,
	}
	for _, c := range l.More {
		o.More = append(o.More, letter.Cell{Column: c.Column, Text: c.Text})
	}
	if l.At != nil {
		o.At = &letter.Spot{Lat: l.At.Lat, Lon: l.At.Lon}
	}
	return o
}
