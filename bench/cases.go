package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/insight"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/rehearsal"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/system/duty"
)

// caseEntries measure the lists, filters and counts of an office and the page of one person, among a million cases: half
// of them letters, half problems, half of each in one inspection. The peer of each is its queries alone, each text
// once: without rights, types, and whatever is asked again for each row. An entry has the figures of its worst list; all of them,
// with the plans by which the engine answers, are in out/cases-ENGINE.txt.
func caseEntries() (all []Entry) {
	for _, engine := range []string{db.SQLite, db.Postgres} {
		all = append(all, Entry{
			Name: "cases-lists-" + engine, Unit: "ms", Peer: "the queries alone", Less: true, Must: 1. / 3, Stretch: 2. / 3,
			Run: func(ctx context.Context) (f Figures, err error) {
				err = withDatabases(ctx, engine, func(dir string, d, _ *db.DB) error {
					b, err := newCaseBench(ctx, dir, d)
					if err == nil {
						f, err = b.measure(ctx)
					}
					return err
				})
				return f, err
			},
		})
	}
	return all
}

const (
	manyLetters    = 500_000
	manyCampaigns  = 10
	caseListRounds = 5
)

type caseBench struct {
	db          *db.DB
	letters     *letter.Letters
	problems    *problem.Problems
	intake      *intake.Intake
	bulletins   *bulletin.Bulletins
	desks       *duty.Desks
	home        gb.Division
	units       []string
	clerk, unit identity.Colleague
	campaigns   []string
	now         time.Time
}

func newCaseBench(ctx context.Context, dir string, d *db.DB) (*caseBench, error) {
	if err := d.Migrate(ctx, record.Schema, identity.Schema, evidence.Schema, casework.Schema, complaint.Schema, manySchema); err != nil {
		return nil, err
	}
	home, err := gb.Parse("630100")
	if err != nil {
		return nil, err
	}
	people, err := identity.Open(ctx, d, identity.Options{
		Catalogue: right.NewCatalogue(right.People, complaint.Rights, duty.Rights), Policy: identity.Plain, KeyFile: filepath.Join(dir, "people.key"),
	})
	if err != nil {
		return nil, err
	}
	if err := people.Cast.Make(ctx, rehearsal.Units(home), rehearsal.Members(home)...); err != nil {
		return nil, err
	}
	book, err := casework.New(casework.Options{Processes: complaint.Processes(), Outside: identity.Outside})
	if err != nil {
		return nil, err
	}
	problems := problem.In(d, book, func() (*evidence.Evidence, error) { return nil, errNotHere })
	b := &caseBench{
		db: d, letters: letter.In(d, book), problems: problems, intake: intake.In(d, book, problems), bulletins: bulletin.In(d), home: home, now: time.Now(),
		desks: duty.New(duty.Deps{
			DB: d, Book: book, People: func() (*identity.Service, error) { return people, nil }, Now: time.Now,
			Systems: []duty.Cases{{
				System: complaint.System, Name: lang.Text{ZH: "信访整改", EN: "Complaints"},
				Rights: []string{complaint.Coordinate, complaint.Answer, complaint.Check, complaint.SignOff}, Show: problem.Called(book),
			}},
		}),
	}
	office := ""
	for i, u := range rehearsal.Units(home) {
		o, err := people.Organisations.Named(ctx, u.Name)
		if err != nil {
			return nil, err
		}
		if i == 1 { // below the government, it coordinates
			office = o.ID
		} else if i > 1 {
			b.units = append(b.units, o.ID)
		}
	}
	if b.clerk, err = enter(ctx, people, rehearsal.Coordinator); err == nil {
		b.unit, err = enter(ctx, people, rehearsal.Hospital)
	}
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(b.now.In(calendar.China))
	for i := range manyCampaigns {
		code := fmt.Sprintf("XN%02d", i)
		b.campaigns = append(b.campaigns, code)
		_, err := campaign.In(d).BeginHere(ctx, campaign.New{
			Code: code, Name: "督察", Team: "第五督察组", Round: 3, Home: home, From: today.Add(-90), Until: today, Preset: "city", Office: office,
		})
		if err != nil {
			return nil, err
		}
	}
	f := caseFill{campaigns: b.campaigns, office: office, units: b.units, home: home, now: b.now.UTC().Truncate(time.Second)}
	if err := f.fill(ctx, d, manyLetters); err != nil {
		return nil, err
	}
	if d.Engine() == db.Postgres {
		err = d.Update(ctx, func(tx *db.Tx) error { _, err := analyze.Exec(tx, db.None{}); return err })
	}
	return b, err
}

// analyze is what PostgreSQL does by itself after a while.
var analyze = db.Declare[db.None, db.None](`ANALYZE`)

func enter(ctx context.Context, people *identity.Service, login string) (who identity.Colleague, err error) {
	cast, err := people.Cast.List(ctx)
	if err != nil {
		return who, err
	}
	for _, one := range cast {
		if one.Login != login {
			continue
		}
		in, err := people.Cast.Enter(ctx, one.ID, "")
		if err != nil {
			return who, err
		}
		actor, err := people.Sessions.Who(ctx, in.Token)
		return people.Colleague(actor), err
	}
	return who, fmt.Errorf("nobody is called %q", login)
}

// caseList is a list, filter or count as a page asks for it. It returns how many rows it has.
type caseList struct {
	name string
	ask  func(ctx context.Context) (int, error)
}

func (b *caseBench) lists() (all []caseList) {
	code := b.campaigns[0]
	letters := func(name string, f letter.Filter) {
		f.Campaign = code
		all = append(all, caseList{"letters: " + name, func(ctx context.Context) (int, error) {
			rows, _, err := b.letters.List(ctx, b.clerk, f)
			return len(rows), err
		}})
	}
	letters("all", letter.Filter{})
	letters("from the middle on", letter.Filter{After: letter.Mark{Batch: 250}})
	letters("of a batch", letter.Filter{Batch: 300})
	letters("in hand", letter.Filter{Stage: "handed"})
	letters("of a kind", letter.Filter{Kind: "noise"})
	letters("key ones", letter.Filter{Key: true})
	letters("by a code", letter.Filter{Text: "D3QH" + code + "10012"})
	problems := func(name string, f problem.Filter) {
		f.Campaign = code
		all = append(all, caseList{"problems: " + name, func(ctx context.Context) (int, error) {
			rows, _, err := b.problems.List(ctx, b.clerk, f)
			return len(rows), err
		}})
	}
	problems("all", problem.Filter{})
	problems("from today on", problem.Filter{After: problem.Mark{DueAt: b.now}})
	problems("by stage", problem.Filter{Stage: complaint.Rectifying})
	problems("by unit", problem.Filter{Lead: b.units[3]})
	problems("by district", problem.Filter{Division: b.home.Children()[2].Code()})
	problems("of a kind", problem.Filter{Kind: "noise"})
	problems("key ones", problem.Filter{Key: true})
	problems("late", problem.Filter{Late: true})
	problems("late of a unit, being put right", problem.Filter{Late: true, Lead: b.units[3], Stage: complaint.Rectifying})
	problems("with a word", problem.Filter{Text: "问题 123"})
	return append(all, append(b.counts(code), b.mine()...)...)
}

// counts are what is counted, and the questions.
func (b *caseBench) counts(code string) (all []caseList) {
	add := func(name string, ask func(ctx context.Context) (int, error)) { all = append(all, caseList{name, ask}) }
	add("problems: by stage, counted", func(ctx context.Context) (int, error) {
		rows, err := b.problems.Stages(ctx, b.clerk, code)
		return len(rows), err
	})
	add("letters: by stage, counted", func(ctx context.Context) (int, error) {
		rows, err := b.letters.Standings(ctx, b.clerk, code, b.now.AddDate(0, 0, 3))
		return len(rows), err
	})
	view := func(name string, ask func(tx *db.Tx) (int, error)) {
		add(name, func(ctx context.Context) (n int, err error) {
			err = b.db.View(ctx, func(tx *db.Tx) (err error) { n, err = ask(tx); return err })
			return n, err
		})
	}
	view("letters: by batch, counted", func(tx *db.Tx) (int, error) { rows, err := letter.BatchStates(tx, code); return len(rows), err })
	view("the front page's figure", func(tx *db.Tx) (int, error) { r, err := standing.Now(tx, code, b.now); return r.Problems, err })
	view("an inspection from above", func(tx *db.Tx) (int, error) { r, err := insight.Of(tx, code, b.now); return len(r.Units), err })
	add("questions", func(ctx context.Context) (int, error) {
		rows, err := b.intake.Questions(ctx, b.clerk, code, intake.Question{}, 50)
		return len(rows), err
	})
	add("questions: counted", func(ctx context.Context) (int, error) { return b.intake.Pending(ctx, b.clerk, code) })
	return all
}

// mine are the pages of one person.
func (b *caseBench) mine() (all []caseList) {
	add := func(name string, ask func(ctx context.Context) (int, error)) { all = append(all, caseList{name, ask}) }
	me := func(name string, who identity.Colleague, which duty.Which, after casework.Duty) {
		add("/me: "+name, func(ctx context.Context) (n int, err error) {
			h, err := b.desks.Home(ctx, who, which, after)
			for _, l := range h.Lists {
				n += len(l.Rows)
			}
			return n, err
		})
	}
	me("a unit's, all lists", b.unit, "", casework.Duty{})
	me("a unit's, late", b.unit, duty.Late, casework.Duty{})
	me("a unit's, due", b.unit, duty.Soon, casework.Duty{})
	me("a unit's, the rest", b.unit, duty.Rest, casework.Duty{})
	me("an office's, all lists", b.clerk, "", casework.Duty{})
	me("an office's, waiting for", b.clerk, duty.Waiting, casework.Duty{})
	me("an office's, waiting for, far on", b.clerk, duty.Waiting, casework.Duty{DueAt: b.now, Case: "0"})
	add("/complaints/mine: a unit's problems", func(ctx context.Context) (int, error) {
		rows, err := problem.Mine(ctx, b.problems, b.unit, problem.Mark{}, 50)
		return len(rows), err
	})
	return all
}

func (b *caseBench) measure(ctx context.Context) (worst Figures, err error) {
	var w strings.Builder
	defer func() {
		if e := os.MkdirAll(outDir, 0o750); err == nil {
			err = e
		}
		if e := os.WriteFile(filepath.Join(outDir, "cases-"+b.db.Engine()+".txt"), []byte(w.String()), 0o600); err == nil {
			err = e
		}
	}()
	within := 0
	all := b.lists()
	for _, l := range all {
		asked := map[string]bool{}
		var bare []db.Asked
		n, err := l.ask(db.Watch(ctx, func(a db.Asked) {
			if own := strings.Contains(a.Text, "complaint_") || strings.Contains(a.Text, "casework_"); own && !asked[a.Text] {
				asked[a.Text] = true
				bare = append(bare, a)
			}
		}))
		if err != nil || n == 0 {
			return worst, fmt.Errorf("%s: %d rows: %w", l.name, n, err)
		}
		f, err := interleave(ctx, caseListRounds, func() (float64, error) {
			took, err := seconds(wall, func() error { _, err := l.ask(ctx); return err })
			return took * 1000, err
		}, func() (float64, error) {
			took, err := seconds(wall, func() error { _, err := b.db.Bare(ctx, bare); return err })
			return took * 1000, err
		})
		if err != nil {
			return worst, err
		}
		if f.Ours <= 3*f.Peer {
			within++
		}
		fmt.Fprintf(&w, "%-40s %9.2f ms, the queries alone %9.2f ms, %5.2f times, %d rows\n", l.name, f.Ours, f.Peer, f.Ours/f.Peer, n)
		if err := b.plans(ctx, &w, bare); err != nil {
			return worst, err
		}
		if worst.Peer == 0 || f.Ours/f.Peer > worst.Ours/worst.Peer {
			worst, worst.Note = f, "the worst is "+l.name
		}
	}
	worst.Note = fmt.Sprintf("%d of %d lists within three times, among %d cases; %s", within, len(all), 2*manyLetters, worst.Note)
	return worst, nil
}

// plans writes how the engine answers.
func (b *caseBench) plans(ctx context.Context, w *strings.Builder, all []db.Asked) error {
	for _, a := range all {
		p, err := b.db.PlanOf(ctx, a)
		if err != nil {
			return err
		}
		text := p.Text
		if _, behind, ok := strings.Cut(text, " FROM "); ok { // the columns say nothing
			text = "FROM " + behind
		}
		fmt.Fprintf(w, "    %s\n        %s\n", text, strings.ReplaceAll(p.Says, "\n", "\n        "))
	}
	return nil
}
