package intake

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/key"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Report is what somebody reports to us themselves, without saying who they are.
type Report struct {
	Campaign string
	Way      campaign.Reports // by which it came
	Text     string
	Place    string     // in words
	At       *geo.Point // on the map; it or Place
	Division gb.Division
	Kinds    []complaint.Kind
	Photos   []string // hashes of what problem.TakenBy brought
	More     []Cell
	// Form is a random text of the form (rand.Text), by which one that is sent twice is known; empty: it is sent once.
	Form string
}

// Reported is a report that was taken in. The secret is nowhere else: only its hash is kept.
type Reported struct {
	Letter letter.Letter
	Secret string
}

// What bounds a report, and all of a day: whoever sends from many networks cannot fill the database.
const (
	leastText   = 5
	mostReport  = 4000
	mostPlace   = 200
	MostReports = 1000 // in one day
	formLength  = 26   // of rand.Text
	// formLife is for how long a form that is sent again gets the same answer.
	formLife = time.Hour
)

type dayOf struct {
	Campaign string `db:"campaign"`
	Source   Source `db:"source"`
	Day      string `db:"day"`
}

var batchOfDay = db.Declare[dayOf, Received](`SELECT /*cols*/ FROM complaint_batch WHERE campaign = :campaign AND source = :source AND day = :day`)

// check says all that is wrong with a report at once.
func (r *Report) check() error {
	r.Text, r.Place = strings.TrimSpace(strings.ReplaceAll(r.Text, "\r\n", "\n")), strings.TrimSpace(r.Place)
	var all []error
	wrong := func(field, zh, en string, args ...any) {
		all = append(all, fault.At(field, fault.New(fault.Invalid, zh, en, args...)))
	}
	switch n := len([]rune(r.Text)); {
	case n < leastText:
		wrong("text", "请写是什么问题：什么时候、看到或闻到什么", "say what it is: when, and what you see or smell")
	case n > mostReport:
		wrong("text", "最多 %[1]d 个字，现在是 %[2]d 个", "%[1]d characters at most, and these are %[2]d", mostReport, n)
	}
	if t, ok := lang.CheckLines(r.Text, mostReport); !ok && len(all) == 0 {
		all = append(all, fault.At("text", &fault.Error{Kind: fault.Invalid, Text: t}))
	}
	switch t, ok := lang.CheckText(r.Place, mostPlace); {
	case !ok:
		all = append(all, fault.At("place", &fault.Error{Kind: fault.Invalid, Text: t}))
	case r.Place == "" && r.At == nil:
		wrong("place", "请写在哪里，或在地图上点一下", "say where it is, or tap the map")
	}
	if r.At != nil && !r.At.Valid() {
		wrong("lat", "位置不在地球上，请在地图上重新点一下", "this place is not on the earth: tap the map again")
	}
	if len(r.Photos) > problem.MostSent {
		wrong("photo", "最多 %d 张照片", "%d photos at most", problem.MostSent)
	}
	return errors.Join(all...)
}

// Report takes in what somebody reports: as a letter of the day's batch, with its problem, its clock and the questions
// that any letter raises. The same form again, within an hour, gets the same answer and changes nothing.
func (s *Intake) Report(ctx context.Context, r Report) (out Reported, err error) {
	if err := r.check(); err != nil {
		return out, err
	}
	if err := s.shelf.catchUp(ctx, s.db); err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out = Reported{}
		if out.Secret, err = secretOf(tx, r.Form); err != nil {
			return err
		}
		if had, err := s.before(tx, r, &out); had || err != nil {
			return err
		}
		t := &taking{Intake: s, tx: tx, u: Upload{Campaign: r.Campaign, Source: Public}, by: identity.Admitted{Sign: problem.TakenBy}}
		if out.Letter, err = t.report(r); err != nil {
			return err
		}
		if err := problem.KeepSent(tx, s.problems, out.Letter.ID, r.Photos); err != nil {
			return err
		}
		if out.Secret == "" {
			out.Secret, err = letter.NewToken(tx, out.Letter.ID)
			return err
		}
		return letter.KeepToken(tx, out.Letter.ID, out.Secret)
	})
	return out, err
}

// secretOf is the secret that the letter of a form gets: made of it with a key that never leaves, so that whoever sends
// the form twice is shown the same one, and it need not be kept. Empty: it has no form.
func secretOf(tx *db.Tx, form string) (string, error) {
	if len(form) != formLength {
		return "", nil
	}
	hidden, err := key.Of(tx, "report")
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, hidden)
	mac.Write([]byte(form))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:formLength], nil
}

// ErrAnother is that a form has sent something else already: a browser that goes back restores the form with its text.
var ErrAnother error = fault.New(fault.Conflict, "这张表单已经交过一件，现在写的和那一件不一样，还没有收下。要另外反映这一件，请再交一次，或重新打开表单。",
	"This form has sent a report already, and what it says now is another, which was not taken. To report it too, send it once more, or open the form anew.")

// before finds what a form has sent already.
func (s *Intake) before(tx *db.Tx, r Report, out *Reported) (bool, error) {
	if out.Secret == "" {
		return false, nil
	}
	id, at, is, err := letter.MadeToken(tx, out.Secret)
	if err != nil || !is {
		return false, err
	}
	if out.Letter, err = letter.Read(tx, id); err != nil {
		return false, err
	}
	had, err := out.Letter.OpenOriginal(tx)
	if err != nil {
		return false, err
	}
	if now := (Letter{Text: r.Text, Place: r.Place, At: r.At}).original(); now.Text != had.Text || now.Place != had.Place || !reflect.DeepEqual(now.At, had.At) {
		return true, ErrAnother
	}
	if tx.Now().Sub(at) > formLife {
		return true, fault.New(fault.Conflict, "这一份已经收到过了，凭证只给一次。要反映别的，请重新打开“我要反映”。", "This one has been taken already, and a secret is given once. To report something else, open the form anew.")
	}
	return true, nil
}

// report takes one report in.
func (t *taking) report(r Report) (l letter.Letter, err error) {
	if t.c, err = campaign.Read(t.tx, r.Campaign); err != nil {
		return l, err
	}
	if !t.c.Takes(r.Way, t.tx.Now()) {
		return l, campaign.NotTaken()
	}
	if err := t.today(); err != nil {
		return l, err
	}
	if t.o.Letters >= MostReports {
		return l, fault.New(fault.Late, "今天反映的已经太多，收不下了。请明天再来；急的请拨打 12345 或 12369。", "Too much has been reported today. Come again tomorrow; what is urgent, call 12345 or 12369.")
	}
	code, err := t.code()
	if err != nil {
		return l, err
	}
	if t.u.Batch, err = r.batch(code.Text, t.c.Home); err != nil {
		return l, err
	}
	if err := t.letter(t.o.Letters+1, t.u.Batch.Letters[0]); err != nil {
		return l, err
	}
	if err := t.keep(); err != nil {
		return l, err
	}
	l, _, err = letter.ByCode(t.tx, t.c.Code, code, t.o.Number)
	return l, err
}

// code is the next of the day that no letter has: a table of the office may have taken some.
func (t *taking) code() (c complaint.Code, err error) {
	for n := range MostReports {
		if c, err = complaint.ReadCode(fmt.Sprintf("G%s-%03d", strings.ReplaceAll(t.o.Day, "-", ""), t.o.Letters+1+n)); err != nil {
			return c, err
		}
		if _, taken, err := letter.ByCode(t.tx, t.c.Code, c, t.o.Number); !taken || err != nil {
			return c, err
		}
	}
	return c, fault.New(fault.Conflict, "今天的编号都被占用了，到 %[1]s 为止，没有收下：请拨打 12345 或 12369，并告诉协调联络组。", "all codes of today are taken, up to %[1]s, and nothing was kept: call 12345 or 12369, and tell the coordination group", c.Text)
}

// today finds the batch of what the public reports today, which begins with the first report.
func (t *taking) today() error {
	today := calendar.DateOf(t.tx.Now().In(calendar.China))
	had, err := batchOfDay.Slice(t.tx, dayOf{t.c.Code, Public, today.String()})
	if err != nil {
		return err
	}
	if len(had) > 0 {
		t.o.Received = had[0]
		return nil
	}
	number := complaint.PublicBatch(today)
	t.o.Received = Received{Campaign: t.c.Code, Number: number, Day: today.String(), Source: Public, Title: complaint.BatchName(number).ZH}
	return nil
}

// batch reads a report as the one row of a table: what is said of any row is said of it.
func (r Report) batch(code string, home gb.Division) (Batch, error) {
	read := reader{how: How{Home: home}, seen: map[string]int{}}
	texts := make([]string, fieldCount)
	for f := range fieldCount {
		read.at = append(read.at, f)
		read.batch.Columns = append(read.batch.Columns, fieldName(f))
	}
	texts[fCode], texts[fText], texts[fPlace] = code, r.Text, r.Place
	if r.Division.Valid() {
		texts[fRegion] = r.Division.Name().ZH
	}
	var names []string
	for _, k := range r.Kinds {
		names = append(names, k.Name().ZH)
	}
	texts[fKinds] = strings.Join(names, "、")
	read.letter(1, texts)
	for _, f := range read.batch.Findings {
		if f.Error {
			return read.batch, fault.At("text", &fault.Error{Kind: fault.Invalid, Text: f.Text})
		}
	}
	l := &read.batch.Letters[0]
	l.At, l.More, l.Key = r.At, r.More, false // a star means nothing here
	if r.Division.Valid() {
		l.Division = r.Division
	}
	return read.batch, nil
}
