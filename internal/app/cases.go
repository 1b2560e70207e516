package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/xiadu/xiadu/internal/app/rounds"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// processes are how the cases of all systems go, system by system. They are of systems
// that are off, too: a case that was begun is still owed.
func processes() [][]process.Process {
	return [][]process.Process{complaint.Processes(), contest.Processes(), stars.Processes()}
}

// caseSystems are what the systems say of their cases, to the pages of who has to do them.
func (p parts) caseSystems() []duty.Cases {
	return []duty.Cases{{
		System: complaint.System, Name: lang.Text{ZH: "信访整改", EN: "Complaints"},
		Rights: []string{complaint.Coordinate, complaint.Answer, complaint.Check, complaint.SignOff},
		Show:   problem.Called(p.book),
		Also: []duty.Page{
			{Href: "/complaints/checks", Name: lang.Text{ZH: "等着现场核查的问题", EN: "Problems to be checked on site"}, Right: complaint.Check},
			{Href: "/complaints/visits", Name: lang.Text{ZH: "现场督办：今天的路线", EN: "On-site visits: today's round"}, Right: complaint.Supervise},
			{Href: "/complaints/checks", Name: lang.Text{ZH: "等着审核签字的问题", EN: "Problems to be signed off"}, Right: complaint.SignOff},
			{Href: "/complaints/desk", Name: lang.Text{ZH: "今晚的批次、交办和疑问", EN: "Tonight's batches, assignments and questions"}, Right: complaint.Coordinate},
		},
	}, {
		System: contest.System, Name: lang.Text{ZH: "评审", EN: "Contests"}, Rights: []string{contest.Organise, contest.Supervise}, Show: publicity.Called,
	}, {
		System: stationKey, Name: lang.Text{ZH: "驿站", EN: "Stations"}, Rights: []string{station.JudgeAppeals, station.ReviewStars}, Show: stars.Called,
	}}
}

// complained looks complaints up for the stars of stations: nil where none are served.
func (p parts) complained() stars.Complaints {
	if !serves(p.keys, complaint.System) {
		return nil
	}
	return func(tx *db.Tx, code string) (stars.Complained, error) {
		one, err := problem.ByCode(tx, code)
		if err != nil {
			return stars.Complained{}, err
		}
		upheld := []string{complaint.True.Key(), complaint.MostlyTrue.Key(), complaint.PartlyTrue.Key()}
		return stars.Complained{Upheld: slices.Contains(upheld, one.Verdict), Late: one.Late(tx.Now())}, nil
	}
}

// desks are what everybody has to do.
func (p parts) desks() *duty.Desks {
	return duty.New(duty.Deps{DB: p.db, Book: p.book, People: p.people, Systems: p.caseSystems(), Now: chinaTime})
}

// rounds does what the cases want done by time until ctx ends; wait returns when it has stopped.
func (p parts) rounds(ctx context.Context, senders rounds.Senders) (wait func()) {
	problems := problem.In(p.db, p.book, p.album)
	unit := func(ctx context.Context, id string) (string, error) {
		people, err := p.people()
		if err != nil {
			return "", err
		}
		names, err := people.Organisations.Names(ctx, id)
		return names[id], err
	}
	stopped := make(chan struct{})
	fault.Go("the rounds of cases", func() {
		defer close(stopped)
		rounds.Run(ctx, rounds.Deps{
			DB: p.db, Book: p.book, RanOut: problems.RanOut, Senders: senders, Unit: unit, Log: p.log, Trust: p.demo,
			Recounted: func(tx *db.Tx, r casework.Recounted) error { return problem.Recounted(tx, p.book, r) },
		})
	}, nil)
	return func() { <-stopped }
}

// maxHolidays bounds the file of holidays: a year has some ten lines.
const maxHolidays = 1 << 20

// told returns what the file of holidays says; empty without one.
func told(c Config) (string, error) {
	if c.Holidays == "" {
		return "", nil
	}
	info, err := os.Stat(c.Holidays)
	if err == nil && info.Size() > maxHolidays {
		return "", fault.New(fault.Invalid, "节假日文件 %[1]s 太大：每年十来行就够", "the file of holidays %[1]s is too big: a year has some ten lines", c.Holidays)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(c.Holidays)
	}
	if err != nil {
		return "", fault.New(fault.NotFound, "读不到节假日文件 %[1]s：检查 --holidays 的路径和权限", "the file of holidays %[1]s cannot be read: check the path and permissions of --holidays", c.Holidays).Because(err)
	}
	if err := calendar.Check(string(text)); err != nil {
		return "", inFile(c, err)
	}
	return string(text), nil
}

// inFile names the file in which something is wrong.
func inFile(c Config, err error) error {
	zh, ok := fault.In(lang.ZH, err)
	if !ok {
		return err
	}
	en, _ := fault.In(lang.EN, err)
	return fault.New(fault.KindOf(err), "%[1]s：%[2]s", "%[1]s: %[3]s", c.Holidays, zh, en).Because(err)
}

// Office is the days that are worked by the program's calendar and the file of holidays, without a site.
func Office(c Config) (clock.Office, error) {
	text, err := told(c)
	if err != nil {
		return clock.Office{}, err
	}
	known, err := calendar.Official.With(text)
	if err != nil {
		return clock.Office{}, inFile(c, err)
	}
	return clock.Office{Calendar: known}, nil
}

// learned is the calendar of the site: the program's, what it was told before, and the file of holidays.
func learned(ctx context.Context, c Config, d *db.DB) (known *calendar.Calendar, err error) {
	text, err := told(c)
	if err != nil {
		return nil, err
	}
	if text == "" {
		err = d.View(ctx, func(tx *db.Tx) error { known, err = casework.Calendar(tx, calendar.Official); return err })
		return known, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error { known, err = casework.Learn(tx, calendar.Official, text); return err })
	if err != nil {
		err = inFile(c, err)
	}
	return known, err
}

// Time holds the machine's time against what the site has seen and recorded; with confirm it is right from here on.
func Time(ctx context.Context, c Config, confirm bool) (s casework.TimeState, confirmed bool, err error) {
	err = c.withDatabase(ctx, func(d *db.DB) error {
		return d.Update(ctx, func(tx *db.Tx) error {
			if s, err = casework.TimeOf(tx); err == nil && confirm {
				confirmed, err = casework.ConfirmTime(tx)
			}
			return err
		})
	})
	return s, confirmed, err
}

// openBook is the cases of a site, by all that it knows of holidays.
func openBook(ctx context.Context, c Config, d *db.DB) (*casework.Book, error) {
	known, err := learned(ctx, c, d)
	if err != nil {
		return nil, err
	}
	return newBook(known)
}

// newBook is the cases of all systems: one for the site. Without a calendar they go by the program's.
func newBook(known *calendar.Calendar) (*casework.Book, error) {
	o := casework.Options{Outside: identity.Outside, Office: clock.Office{Calendar: known}}
	for _, of := range processes() {
		o.Processes = append(o.Processes, of...)
	}
	return casework.New(o)
}

// Complaints are the rooms of the complaint system for the command line, which takes no photos.
type Complaints struct {
	people    *identity.Service
	db        *db.DB
	Campaigns *campaign.Campaigns
	Intake    *intake.Intake
	Bulletins *bulletin.Bulletins
	problems  *problem.Problems
}

// Period is the period by which a problem's stage is owed, or that of one of its measures by its number (0: none), with the names of who
// changed it.
func (c Complaints) Period(ctx context.Context, code string, measure int) (r clock.Reckoning, err error) {
	err = c.db.View(ctx, func(tx *db.Tx) error {
		r, err = problem.PeriodOf(tx, c.problems, code, measure)
		return err
	})
	if err != nil {
		return r, err
	}
	names, err := c.people.Organisations.Names(ctx, r.By()...)
	return r.Named(func(id string) string { return cmp.Or(names[id], id) }), err
}

// OpenComplaints opens them for use.
func OpenComplaints(ctx context.Context, c Config, use func(Complaints) error) error {
	return People(ctx, c, func(s *identity.Service) error {
		return c.withDatabase(ctx, func(d *db.DB) error {
			book, err := openBook(ctx, c, d)
			if err != nil {
				return err
			}
			problems := problem.In(d, book, func() (*evidence.Evidence, error) {
				return nil, fault.New(fault.Unavailable, "命令行不收照片，请在网页上办理", "the command line takes no photos: use the pages")
			})
			return use(Complaints{s, d, campaign.In(d), intake.In(d, book, problems), bulletin.In(d), problems})
		})
	})
}

// stay is how long inspectors stay, in days.
const stay = 30

// whole fills in the days that nobody said: today and a month later.
func whole(n campaign.New) campaign.New {
	if n.From == (calendar.Date{}) {
		n.From = calendar.DateOf(chinaTime())
	}
	if n.Until == (calendar.Date{}) {
		n.Until = n.From.Add(stay)
	}
	return n
}

// Begin begins an inspection that is coordinated by an organisation of a name. It is made where the site has no
// organisation yet.
func (c Complaints) Begin(ctx context.Context, n campaign.New, office string) (campaign.Campaign, error) {
	n = whole(n)
	had, err := c.people.Organisations.Page(ctx, identity.Asked{Limit: 1})
	if err != nil {
		return campaign.Campaign{}, err
	}
	if len(had) > 0 {
		o, err := c.people.Organisations.Named(ctx, office)
		if err != nil {
			return campaign.Campaign{}, fault.At("office", err)
		}
		n.Office = o.ID
	} else if n.Office, err = c.people.Organisations.Add(ctx, identity.CommandLine, identity.Organising{Name: office, Division: n.Home}); err != nil {
		return campaign.Campaign{}, err
	}
	return c.Campaigns.BeginHere(ctx, n)
}

// Batch is a batch as the command line hands it in.
type Batch struct {
	Campaign     string
	File, Notice io.Reader // Notice may be nil
	Number       int
	Day          calendar.Date
	DryRun       bool
	// First is the inspection that the batch begins where the site has none at all; elsewhere a code that is not known is a
	// slip. Office coordinates it, and Began is told of it.
	First  campaign.New
	Office string
	Began  func(campaign.Campaign)
}

// maxBatchFile bounds the file of a batch: five thousand letters have some 10 MB.
const maxBatchFile = 64 << 20

// home is where the inspection of a batch is, and whether the batch is its first.
func (c Complaints) home(ctx context.Context, b Batch) (home gb.Division, first bool, err error) {
	camp, err := c.Campaigns.Get(ctx, b.Campaign)
	if fault.KindOf(err) != fault.NotFound {
		return camp.Home, false, err
	}
	if all, wrong := c.Campaigns.List(ctx, "", 1); wrong != nil || len(all) > 0 {
		return home, false, errors.Join(err, wrong)
	}
	return b.First.Home, true, nil
}

// Import reads a batch and takes it in, whole or not at all. What was read comes back for its findings, also
// with an error.
func (c Complaints) Import(ctx context.Context, b Batch) (read intake.Batch, notice *intake.Notice, out intake.Outcome, err error) {
	home, first, err := c.home(ctx, b)
	if err != nil {
		return read, nil, out, err
	}
	file, err := io.ReadAll(io.LimitReader(b.File, maxBatchFile+1))
	if err != nil {
		return read, nil, out, err
	}
	if len(file) > maxBatchFile {
		return read, nil, out, fault.New(fault.Invalid, "文件超过 %d MB：请分成几个文件", "the file is over %d MB: use several", maxBatchFile>>20)
	}
	if b.Notice != nil {
		n, err := intake.ReadNotice(ctx, b.Notice, home)
		if err != nil {
			return read, nil, out, err
		}
		notice = &n
	}
	if read, err = intake.Read(ctx, bytes.NewReader(file), intake.How{Home: home, Day: b.Day}); err != nil {
		return read, notice, out, err
	}
	u := intake.Upload{Campaign: b.Campaign, Number: b.Number, Day: b.Day, Batch: read, Notice: notice, File: file, Source: intake.Table, DryRun: b.DryRun}
	if first && read.Errors == 0 {
		if n := whole(b.First); b.DryRun {
			u.Trial = &n
		} else if made, err := c.Begin(ctx, n, b.Office); err != nil {
			return read, notice, out, err
		} else {
			b.Began(made)
		}
	}
	out, err = c.Intake.ImportHere(ctx, u)
	return read, notice, out, err
}
