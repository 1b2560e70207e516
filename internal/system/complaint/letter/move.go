package letter

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// Letters are those of a site.
type Letters struct {
	db   *db.DB
	book *casework.Book
}

// In returns the letters of a database.
func In(d *db.DB, book *casework.Book) *Letters { return &Letters{d, book} }

// step is a move of a letter that is being made.
type step struct {
	casework.Step
	why string
	by  identity.Admitted
}

// move makes a step of a letter, writes its row and appends the entry.
func (l *Letter) move(tx *db.Tx, book *casework.Book, s step) error {
	s.Case, s.Reason = l.ID, s.why
	s.By = []casework.Person{{ID: s.by.Person, Organisation: s.by.Organisation}}
	made, err := book.Advance(tx, s.Step)
	if err != nil {
		return err
	}
	if err := l.follow(tx, book, made.Case); err != nil {
		return err
	}
	if _, err := writeLetter.Exec(tx, *l); err != nil {
		return err
	}
	return record.Append(tx, s.by.Sign, moved{id: l.ID, person: s.by.Person, why: s.why, Move: s.Move, To: l.Stage, Lead: l.Lead, Verdict: l.Verdict, Status: l.Status})
}

// Hand hands a letter over to those who answer for its problems. It is part of assigning one.
func Hand(tx *db.Tx, book *casework.Book, by identity.Admitted, id, lead string, joint []string) error {
	l, err := Read(tx, id)
	if err != nil {
		return err
	}
	if l.Stage != "received" && l.Stage != "handed" { // it was reported: who answers for a problem of it matters no more
		return nil
	}
	return l.move(tx, book, step{by: by, Step: casework.Step{Move: "hand", Seen: l.Version, Lead: lead, Joint: joint}})
}

// Recall takes a letter back from its unit, since none of its points is with one any more. Its period goes on. One that was reported
// on stays where it is.
func Recall(tx *db.Tx, book *casework.Book, by identity.Admitted, id, why string) error {
	l, err := Read(tx, id)
	if err != nil || l.Stage != "handed" {
		return err
	}
	return l.move(tx, book, step{by: by, why: why, Step: casework.Step{Move: "recall", Seen: l.Version, Nobody: true}})
}

// Noted writes into the history of a letter that its points changed.
func Noted(tx *db.Tx, book *casework.Book, by identity.Admitted, l Letter, why string) error {
	c, err := casework.Note(tx, book, l.ID, []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, why)
	if err != nil {
		return err
	}
	l.Version, l.ChangedAt = c.Version, c.ChangedAt
	_, err = writeLetter.Exec(tx, l)
	return err
}

// Judge says what was found of points, and what follows for their letters. Verdicts are by letter and number.
func Judge(tx *db.Tx, points []Point, verdicts map[string]complaint.Verdict) error {
	for _, p := range points {
		v, ok := verdicts[p.Key()]
		if !ok || v == complaint.Unjudged {
			return fault.At("verdict", fault.New(fault.Invalid, "还有问题点没有认定：请逐点选择属实、基本属实、部分属实或不属实", "a point is not judged yet: choose for each whether it is true, mostly, partly or not true"))
		}
		p.Verdict = v.Key()
		if err := WritePoint(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// Key names a point in a form.
func (p Point) Key() string { return p.Letter + "." + strconv.Itoa(p.Number) }

// derived is the verdict that a letter's points make.
func derived(points []Point) complaint.Verdict {
	all := make([]complaint.Verdict, len(points))
	for i, p := range points {
		all[i], _ = complaint.ParseVerdict(p.Verdict)
	}
	return complaint.Of(all)
}

// Report is what the unit says of a letter: the text that will be published, redacted.
type Report struct {
	Letter string
	Seen   int
	Answer
}

// maxAnswer bounds each text of an answer, in characters.
const maxAnswer = 5000

func (a Answer) check() (Answer, error) {
	for name, text := range map[string]*string{"found": &a.Found, "done": &a.Done, "aim": &a.Aim, "sanctions": &a.Sanctions, "note": &a.Note} {
		*text = strings.TrimSpace(*text)
		if len([]rune(*text)) > maxAnswer {
			return a, fault.At(name, fault.New(fault.Invalid, "最多 %d 个字", "%d characters at most", maxAnswer))
		}
	}
	switch {
	case a.Found == "":
		return a, fault.At("found", fault.New(fault.Invalid, "请写调查核实情况", "say what was found"))
	case a.Done == "":
		return a, fault.At("done", fault.New(fault.Invalid, "请写处理和整改情况；没有要整改的，写明为什么", "say what was done; where nothing was to be done, say why"))
	}
	return a, nil
}

// Report reports on a letter, by the unit that leads. All its points have to be judged; how far it is, is told by
// its problems ([StatusIn]).
func (s *Letters) Report(ctx context.Context, who identity.Colleague, r Report) (l Letter, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { l, err = s.ReportIn(tx, who, r); return err })
	return l, err
}

// ReportIn is Report in a transaction that does more.
func (s *Letters) ReportIn(tx *db.Tx, who identity.Colleague, r Report) (l Letter, err error) {
	if r.Answer, err = r.check(); err != nil {
		return l, err
	}
	if l, err = Read(tx, r.Letter); err != nil {
		return l, err
	}
	by, err := admitUnit(tx, who, l.Lead)
	if err != nil {
		return l, err
	}
	points, err := Points(tx, l.ID)
	if err != nil {
		return l, err
	}
	v := derived(points)
	if v == complaint.Unjudged {
		return l, fault.New(fault.Conflict, "还有问题点没有认定是否属实，先在问题页上认定，再报结。", "A point is not judged yet. Judge it on the problem's page first, then report.")
	}
	if l.VerdictWhy == "" { // nobody has said otherwise
		l.Verdict = v.Key()
	}
	if l.Status, err = stands(tx, l.ID); err != nil {
		return l, err
	}
	if err := l.writeAnswer(tx, r.Answer); err != nil {
		return l, err
	}
	return l, l.move(tx, s.book, step{by: by, Step: casework.Step{Move: "report", Seen: r.Seen, Fields: map[string]string{complaint.FieldVerdict: l.Verdict}}})
}

func admitUnit(tx *db.Tx, who identity.Colleague, unit string) (identity.Admitted, error) {
	if unit == "" {
		return identity.Admitted{}, fault.New(fault.Denied, "这一件还没有交办，没有责任单位。", "This was not assigned yet, and nobody answers for it.")
	}
	at, err := identity.PlaceOf(tx, unit)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, complaint.Answer, at)
}

// Review is what the office decides of a report.
type Review struct {
	Letter  string
	Seen    int
	Move    string // answer, rework or again
	Why     string
	Verdict complaint.Verdict // other than what the points say; needs Why
}

// Review decides on a report: it is answered, or goes back, or is taken up again after it was answered.
func (s *Letters) Review(ctx context.Context, who identity.Colleague, r Review) (l Letter, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { l, err = s.ReviewIn(tx, who, r); return err })
	return l, err
}

// ReviewIn is Review in a transaction that does more.
func (s *Letters) ReviewIn(tx *db.Tx, who identity.Colleague, r Review) (l Letter, err error) {
	r.Why = strings.TrimSpace(r.Why)
	l, by, err := admitOffice(tx, who, r.Letter, complaint.Coordinate)
	if err != nil {
		return l, err
	}
	c, err := campaign.Read(tx, l.Campaign)
	if err != nil {
		return l, err
	}
	rule, err := c.Rule(reportClock(l.KeyItem))
	if err != nil {
		return l, err
	}
	if r.Verdict != complaint.Unjudged && r.Verdict.Key() != l.Verdict {
		if r.Why == "" {
			return l, fault.At("why", fault.New(fault.Invalid, "与各问题点得出的认定不同，请写明理由", "this is not what the points say: give the reason"))
		}
		l.Verdict, l.VerdictWhy = r.Verdict.Key(), r.Why
	}
	return l, l.move(tx, s.book, step{by: by, why: r.Why, Step: casework.Step{Move: r.Move, Seen: r.Seen, Rules: map[string]clock.Rule{complaint.ClockReport: rule}}})
}

// admitOffice reads a letter for who holds a right where it lies.
func admitOffice(tx *db.Tx, who identity.Colleague, id, key string) (l Letter, by identity.Admitted, err error) {
	if l, err = Read(tx, id); err != nil {
		return l, by, err
	}
	at, err := l.At(tx)
	if err != nil {
		return l, by, err
	}
	by, err = who.Admit(tx, key, at)
	return l, by, err
}

// At is where a letter lies: in its division, or in the campaign's where that is not known.
func (l Letter) At(tx *db.Tx) (right.Place, error) {
	if d := l.Where(); d.Valid() {
		return right.In(d), nil
	}
	c, err := campaign.Read(tx, l.Campaign)
	return right.In(c.Home), err
}

// Original reads a letter as it came, for whoever has the right to and says why. That it was seen is kept.
func (s *Letters) Original(ctx context.Context, who identity.Colleague, id, why string) (l Letter, o Original, err error) {
	if why = strings.TrimSpace(why); why == "" {
		return l, o, fault.At("why", fault.New(fault.Invalid, "请写明为什么要看原文：会记下来", "say why you want to see it as it came: it is kept"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var by identity.Admitted
		if l, by, err = admitOffice(tx, who, id, complaint.Original); err != nil {
			return err
		}
		if o, err = l.OpenOriginal(tx); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, seen{l.ID, by.Person, why})
	})
	return l, o, err
}

// Correction is what the office puts right of a letter; what came stays as it came.
type Correction struct {
	Letter   string
	SeenAt   time.Time // Letter.ChangedAt as it was seen
	Digest   string
	Kinds    []complaint.Kind
	Division string
	Key      bool
	Why      string
}

// Correct puts right what a letter says of itself. A letter that has become a key one, or one no more,
// goes on under the other period, with nothing of its pauses lost.
func (s *Letters) Correct(ctx context.Context, who identity.Colleague, to Correction) (l Letter, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { l, err = s.CorrectIn(tx, who, to); return err })
	return l, err
}

// CorrectIn is Correct in a transaction that does more.
func (s *Letters) CorrectIn(tx *db.Tx, who identity.Colleague, to Correction) (l Letter, err error) {
	if to.Digest, err = checkDigest(to.Digest); err != nil {
		return l, err
	}
	l, by, err := admitOffice(tx, who, to.Letter, complaint.Coordinate)
	if err != nil {
		return l, err
	}
	if !l.ChangedAt.Equal(to.SeenAt) {
		return l, fault.New(fault.Conflict, "这一件刚被别人改过，请看过现在的样子再改。", "Somebody has changed this just now: look at it as it is, then change it.")
	}
	if to.Digest == "" && l.Digest != "" && l.Lead != "" {
		return l, fault.At("digest", fault.New(fault.Invalid, "这一件已经交办，责任单位看的就是摘要，不能空着：改写它", "this is with a unit, which sees its digest: reword it, it cannot be empty"))
	}
	if l.KeyItem != to.Key && l.owed() {
		if err := l.ruled(tx, s.book, by, to); err != nil {
			return l, err
		}
	}
	l.Digest, l.Kinds, l.Division, l.KeyItem, l.ChangedAt = to.Digest, complaint.KindKeys(to.Kinds), to.Division, to.Key, tx.Now()
	if _, err := writeLetter.Exec(tx, l); err != nil {
		return l, err
	}
	return l, record.Append(tx, by.Sign, corrected{id: l.ID, person: by.Person, why: to.Why, Kinds: keys(to.Kinds), Division: l.Division, Key: l.KeyItem})
}

// ruled puts the clock of a letter under another rule.
func (l *Letter) ruled(tx *db.Tx, book *casework.Book, by identity.Admitted, to Correction) error {
	c, err := campaign.Read(tx, l.Campaign)
	if err != nil {
		return err
	}
	rule, err := c.Rule(reportClock(to.Key))
	if err != nil {
		return err
	}
	now, _, err := book.Turn(tx, casework.Turn{
		Case: l.ID, Seen: l.Version, Clock: complaint.ClockReport, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}},
		Event: clock.Event{Kind: clock.Ruled, Rule: &rule}, Why: to.Why,
	})
	if err != nil {
		return err
	}
	return l.follow(tx, book, now)
}

// Again has a letter reported on anew, since a problem of it has come back.
func Again(tx *db.Tx, book *casework.Book, by identity.Admitted, c campaign.Campaign, l Letter, why string) error {
	if l.Stage != "reported" && l.Stage != "answered" {
		return nil
	}
	rule, err := c.Rule(reportClock(l.KeyItem))
	if err != nil {
		return err
	}
	l.Status = Doing
	return l.move(tx, book, step{by: by, why: why, Step: casework.Step{Move: "again", Seen: l.Version, Rules: map[string]clock.Rule{complaint.ClockReport: rule}}})
}

// Published says in which bulletin a letter was published last.
func Published(tx *db.Tx, id string, bulletin int) error {
	l, err := Read(tx, id)
	if err != nil {
		return err
	}
	l.Bulletin = bulletin
	_, err = writeLetter.Exec(tx, l)
	return err
}
