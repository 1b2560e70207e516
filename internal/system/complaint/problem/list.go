package problem

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Filter chooses problems of a campaign, the soonest due first.
type Filter struct {
	Campaign string
	Stage    string
	Lead     string
	Division string
	Kind     string // key
	Key      bool
	Late     bool // what is owed is late
	Text     string
	After    Mark
	Limit    int // 0: 50
}

// Mark is the problem behind which a page begins: the zero Mark is the beginning.
type Mark struct {
	DueAt time.Time
	ID    string
}

// Mark is behind this problem.
func (p Problem) Mark() Mark { return Mark{p.DueAt, p.ID} }

type listing struct {
	Campaign string     `db:"campaign"`
	Stage    *string    `db:"stage"`
	Lead     *string    `db:"lead"`
	Division *string    `db:"division"`
	Kind     *string    `db:"kind"`
	Key      *bool      `db:"key_item"`
	Before   *time.Time `db:"before"`
	Text     *string    `db:"text"`
	USC      *string    `db:"usc"`
	AtDue    time.Time  `db:"at_due"`
	AtID     string     `db:"at_id"`
	Limit    int        `db:"lim"`
}

const where = `
	campaign = :campaign [AND stage = :stage] [AND lead = :lead] [AND division = :division] [AND kinds LIKE :kind] [AND key_item = :key_item]
	[AND due_at < :before] [AND usc = :usc] [AND (code LIKE :text OR title LIKE :text OR site LIKE :text)]`

var (
	listProblems = db.Declare[listing, Problem](`
		SELECT /*cols*/ FROM complaint_problem WHERE ` + where + `
		AND (due_at, id) > (:at_due, :at_id) ORDER BY due_at, id LIMIT :lim`)
	countProblems = db.Declare[listing, int](`
		SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM complaint_problem WHERE ` + where + ` LIMIT :lim) AS counted`)
	stageCounts = db.Declare[string, StageCount](`
		SELECT stage, COUNT(*) AS n FROM complaint_problem WHERE campaign = :campaign GROUP BY stage ORDER BY stage`)
)

// StageCount is how many problems are in a stage.
type StageCount struct {
	Stage string `db:"stage"`
	N     int    `db:"n"`
}

// MaxCount is as far as problems are counted: a page says "over 10,000".
const MaxCount = 10_000

const maxPage = 200

func (f Filter) listing(now time.Time) listing {
	set := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	q := listing{Campaign: f.Campaign, Stage: set(f.Stage), Lead: set(f.Lead), Division: set(f.Division), AtDue: f.After.DueAt, AtID: f.After.ID, Limit: min(f.Limit, maxPage)}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if f.Kind != "" {
		q.Kind = set("% " + f.Kind + " %")
	}
	if f.Key {
		q.Key = &f.Key
	}
	if f.Late {
		q.Before = &now
	}
	if text := strings.NewReplacer("%", "", "_", "").Replace(strings.TrimSpace(f.Text)); text != "" {
		if usc := strings.ToUpper(text); gb.CheckUSC(usc) == nil {
			q.USC = &usc
		} else {
			q.Text = set("%" + text + "%")
		}
	}
	return q
}

// List is a page of the problems of a campaign, for an office.
func (s *Problems) List(ctx context.Context, who identity.Colleague, f Filter) (all []Problem, total int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := admitLook(tx, who, f.Campaign); err != nil {
			return err
		}
		q := f.listing(tx.Now())
		if all, err = listProblems.Slice(tx, q); err != nil {
			return err
		}
		q.Limit = MaxCount + 1
		total, err = countProblems.One(tx, q)
		return err
	})
	return all, total, err
}

func admitLook(tx *db.Tx, who identity.Colleague, code string) error {
	c, err := campaign.Read(tx, code)
	if err != nil {
		return err
	}
	_, err = who.Admit(tx, complaint.Look, right.In(c.Home))
	return err
}

// Stages counts the problems of a campaign by where they stand.
func (s *Problems) Stages(ctx context.Context, who identity.Colleague, code string) (all []StageCount, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := admitLook(tx, who, code); err != nil {
			return err
		}
		all, err = StageCounts(tx, code)
		return err
	})
	return all, err
}

// Whole is a problem with all that belongs to it, as far as who asks may see.
type Whole struct {
	Problem
	Campaign  campaign.Campaign
	Joint     []string
	Letters   []letter.Letter // empty for the responsible unit, which sees Digests
	Digests   []string
	Points    []letter.Point
	Measures  []Measure
	Sanctions []Sanction
	Words     []Word
	Children  []Child
	History   []casework.Past
	Clocks    []casework.Clock
	May       []string       // the moves that begin where it stands, and that they can make
	Barred    []Barred       // those of which they hold the right, and that are for others all the same
	Reports   []letter.Brief // the letters that they report on, or have reported on
	Unit      bool           // they see it as the responsible unit
	Office    bool           // they see it as an office
}

// Get returns a problem for an office, or for the unit that answers for it or helps.
func (s *Problems) Get(ctx context.Context, who identity.Colleague, code string) (w Whole, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := ByCode(tx, code)
		if err != nil {
			return err
		}
		w = Whole{Problem: p}
		if err := s.whose(tx, who, &w); err != nil {
			return err
		}
		return s.whole(tx, who, &w)
	})
	return w, err
}

// whose finds out as what somebody sees a problem. Who may not sees nothing of it.
func (s *Problems) whose(tx *db.Tx, who identity.Colleague, w *Whole) (err error) {
	lead, joint, err := s.book.Parties(tx, casework.Case{ID: w.ID, Life: w.Life, Lead: w.Lead})
	if err != nil {
		return err
	}
	w.Joint = joint
	at, err := w.At(tx)
	if err != nil {
		return err
	}
	_, refused := who.Admit(tx, complaint.Look, at)
	if refused != nil && fault.KindOf(refused) != fault.Denied {
		return refused
	}
	w.Office = refused == nil
	for _, unit := range append([]string{lead}, joint...) {
		if unit == "" {
			continue
		}
		_, err := admitUnit(tx, who, unit)
		if err != nil && fault.KindOf(err) != fault.Denied {
			return err
		}
		w.Unit = w.Unit || err == nil
	}
	if !w.Office && !w.Unit {
		return refused
	}
	return nil
}

const maxHistory = 500

func (s *Problems) whole(tx *db.Tx, who identity.Colleague, w *Whole) (err error) {
	if w.Campaign, err = campaign.Read(tx, w.Problem.Campaign); err != nil {
		return err
	}
	letters, err := letter.Of(tx, w.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		w.Digests = append(w.Digests, l.Digest)
		if w.Unit && l.Lead != "" {
			if _, err := admitUnit(tx, who, l.Lead); err == nil {
				w.Reports = append(w.Reports, l.Brief())
			} else if fault.KindOf(err) != fault.Denied {
				return err
			}
		}
	}
	if w.Office {
		w.Letters = letters
	}
	if w.Points, err = letter.PointsOf(tx, w.ID); err != nil {
		return err
	}
	if w.Measures, err = Measures(tx, w.ID); err != nil {
		return err
	}
	if w.Sanctions, err = Sanctions(tx, w.ID); err != nil {
		return err
	}
	if w.Office {
		if w.Words, err = Words(tx, w.Problem); err != nil {
			return err
		}
		if w.Children, err = Children(tx, w.ID); err != nil {
			return err
		}
	}
	if w.History, err = s.book.History(tx, w.ID, 0, maxHistory); err != nil {
		return err
	}
	if w.Clocks, err = s.book.Clocks(tx, w.ID); err != nil {
		return err
	}
	w.May, w.Barred, err = may(tx, s, who, w.Campaign, w.Problem)
	return err
}

// Description is what the office says of a problem: without anybody's data, since the unit sees it, and later
// the public.
type Description struct {
	Problem  string
	SeenAt   time.Time // Problem.ChangedAt as it was seen
	Title    string
	Division gb.Division
	Site     string
	USC      string
	At       geo.Point // the zero Point: not known
	Kinds    []complaint.Kind
	Key      bool
}

// described is that the office said anew what a problem is.
type described struct {
	person string

	Code     string   `json:"code"`
	Division string   `json:"division,omitempty"`
	Kinds    []string `json:"kinds"`
	Key      bool     `json:"key,omitempty"`
}

func (described) Kind() string      { return "complaint.problem-described" }
func (e described) Subject() string { return Subject(e.Code) }
func (e described) Private() any    { return complaint.ByWhom{By: e.person} }

// maxTitle bounds a title and the name of a site, in characters.
const maxTitle = 80

// Describe says anew what a problem is.
func (s *Problems) Describe(ctx context.Context, who identity.Colleague, d Description) (p Problem, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { p, err = DescribeIn(tx, s, who, d); return err })
	return p, err
}

// DescribeIn is Describe in a transaction that does more.
func DescribeIn(tx *db.Tx, s *Problems, who identity.Colleague, d Description) (p Problem, err error) {
	if d, err = d.check(); err != nil {
		return p, err
	}
	if p, err = Read(tx, d.Problem); err != nil {
		return p, err
	}
	by, err := s.admit(tx, who, complaint.Coordinate, p)
	if err != nil {
		return p, err
	}
	if !p.ChangedAt.Equal(d.SeenAt) {
		return p, fault.New(fault.Conflict, "“%[1]s”刚被别人改过，请看过现在的样子再改。", "%[1]q was changed just now: look at it as it is, then change it.", p.Code)
	}
	p.Title, p.Site, p.USC, p.Division, p.Kinds, p.KeyItem, p.ChangedAt = d.Title, d.Site, d.USC, d.Division.Code(), complaint.KindKeys(d.Kinds), d.Key, tx.Now()
	p.Lat, p.Lon = nil, nil
	if d.At != (geo.Point{}) {
		p.Lat, p.Lon = &d.At.Lat, &d.At.Lon
	}
	if _, err := s.admit(tx, who, complaint.Coordinate, p); err != nil { // also where it is moved to
		return p, fault.At("division", err)
	}
	if _, err := writeProblem.Exec(tx, p); err != nil {
		return p, err
	}
	return p, record.Append(tx, by.Sign, described{person: by.Person, Code: p.Code, Division: p.Division, Kinds: keys(d.Kinds), Key: p.KeyItem})
}

func (d Description) check() (Description, error) {
	d.Title, d.Site, d.USC = strings.TrimSpace(d.Title), strings.TrimSpace(d.Site), strings.ToUpper(strings.TrimSpace(d.USC))
	if t, ok := lang.CheckText(d.Title, maxTitle); !ok || d.Title == "" {
		if d.Title == "" {
			t = says("请写一句话的摘要，不写任何人的信息", "give a digest of one sentence, without anybody's data")
		}
		return d, fault.At("title", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := redact.Free("title", d.Title); err != nil {
		return d, err
	}
	if t, ok := lang.CheckText(d.Site, maxTitle); !ok {
		return d, fault.At("site", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := gb.CheckUSC(d.USC); d.USC != "" && err != nil {
		return d, fault.At("usc", err)
	}
	return d, nil
}

// Retitle says what a problem is of which a letter was divided: the first point of it.
func Retitle(tx *db.Tx, p Problem, title string, where gb.Division, kinds []complaint.Kind) (Problem, error) {
	p.Title, p.Division, p.Kinds, p.ChangedAt = title, where.Code(), complaint.KindKeys(kinds), tx.Now()
	_, err := writeProblem.Exec(tx, p)
	return p, err
}

// StageCounts counts the problems of a campaign by where they stand, for who has been admitted.
func StageCounts(tx *db.Tx, code string) ([]StageCount, error) { return stageCounts.Slice(tx, code) }
