// Package campaign is an inspection: its round, team and days, and what it asks for.
//
//	c, err := campaigns.Begin(ctx, who, campaign.New{Code: "XN2023", Preset: "central", …})
//	rule, err := c.Rule(complaint.ClockPublicity)
//
// What differs from round to round (columns of the public table, periods, who accepts on site) is in a
// [Preset] with its source. A campaign takes one over when it begins and keeps its own: a newer
// program or preset moves no due date of a campaign that is under way.
//
// Tables owned: complaint_campaign.
package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Campaign is an inspection as it stands.
type Campaign struct {
	Code        string
	Name, Team  string
	Round       int
	Home        gb.Division
	From, Until calendar.Date
	Office      string // the organisation that coordinates
	Settings
	Version int64
	MadeAt  time.Time
}

// Settings are what it asks for.
type Settings struct {
	Preset   string                `json:"preset"`
	Acceptor Acceptor              `json:"acceptor"`
	Columns  string                `json:"columns"`
	Rules    map[string]clock.Rule `json:"rules"`
	Reports  Reports               `json:"reports,omitempty"`
}

// Rule returns the period of a clock.
func (s Settings) Rule(name string) (clock.Rule, error) {
	r, ok := s.Rules[name]
	if !ok {
		return r, fmt.Errorf("campaign: no rule for %q", name)
	}
	return r, nil
}

// lengths are the periods by their clocks, as the log has them.
func (s Settings) lengths() map[string]string {
	all := make(map[string]string, len(s.Rules))
	for name, r := range s.Rules {
		all[name] = r.Length.String()
	}
	return all
}

type row struct {
	Code     string    `db:"code"`
	Name     string    `db:"name"`
	Team     string    `db:"team"`
	Round    int       `db:"round"`
	Division string    `db:"division"`
	FromDay  string    `db:"from_day"`
	UntilDay string    `db:"until_day"`
	Office   string    `db:"office"`
	Settings string    `db:"settings"`
	Problems int64     `db:"problems"`
	Version  int64     `db:"version"`
	MadeAt   time.Time `db:"made_at"`
}

type page struct {
	After string `db:"after"`
	Limit int    `db:"lim"`
}

var (
	insert = db.Declare[row, db.None](`
		INSERT INTO complaint_campaign (code, name, team, round, division, from_day, until_day, office, settings, problems, version, made_at)
		VALUES (:code, :name, :team, :round, :division, :from_day, :until_day, :office, :settings, :problems, :version, :made_at)`)
	byCode = db.Declare[string, row](`SELECT /*cols*/ FROM complaint_campaign WHERE code = :code`)
	latest = db.Declare[page, row](`SELECT /*cols*/ FROM complaint_campaign WHERE code > :after ORDER BY code LIMIT :lim`)
	number = db.Declare[numbering, int64](`UPDATE complaint_campaign SET problems = problems + :n WHERE code = :code RETURNING problems`)

	numbersAfter = db.Declare[numbering, db.None](`UPDATE complaint_campaign SET problems = :n WHERE code = :code AND problems < :n`)
)

// Read returns a campaign, or a fault.NotFound.
func Read(tx *db.Tx, code string) (Campaign, error) {
	rows, err := byCode.Slice(tx, code)
	if err != nil {
		return Campaign{}, err
	}
	if len(rows) == 0 {
		return Campaign{}, fault.At("campaign", fault.New(fault.NotFound, "没有编号为“%[1]s”的督察", "there is no inspection with the code %[1]q", lang.Short(code)))
	}
	return rows[0].campaign()
}

func (r row) campaign() (c Campaign, err error) {
	c = Campaign{Code: r.Code, Name: r.Name, Team: r.Team, Round: r.Round, Office: r.Office, Version: r.Version, MadeAt: r.MadeAt}
	fail := func(err error) (Campaign, error) { return c, fmt.Errorf("campaign %s: %w", r.Code, err) }
	if c.Home, err = gb.Parse(r.Division); err != nil {
		return fail(err)
	}
	if c.From, err = calendar.ParseDate(r.FromDay); err != nil {
		return fail(err)
	}
	if c.Until, err = calendar.ParseDate(r.UntilDay); err != nil {
		return fail(err)
	}
	if err := json.Unmarshal([]byte(r.Settings), &c.Settings); err != nil {
		return fail(err)
	}
	return c, nil
}

type numbering struct {
	Code string `db:"code"`
	N    int    `db:"n"`
}

// NextProblems returns the first of so many numbers for other problems of a campaign, one after another.
func NextProblems(tx *db.Tx, code string, n int) (first int64, err error) {
	last, err := number.One(tx, numbering{code, n})
	return last - int64(n) + 1, err
}

// NumbersAfter has problems of a campaign numbered after a number that was given out.
func NumbersAfter(tx *db.Tx, code string, n int) error {
	_, err := numbersAfter.Exec(tx, numbering{code, n})
	return err
}

// Campaigns are those of a site.
type Campaigns struct{ db *db.DB }

// In returns those of a database.
func In(d *db.DB) *Campaigns { return &Campaigns{d} }

// Get returns a campaign, or a fault.NotFound.
func (s *Campaigns) Get(ctx context.Context, code string) (c Campaign, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { c, err = Read(tx, code); return err })
	return c, err
}

// List lists campaigns behind a code.
func (s *Campaigns) List(ctx context.Context, after string, limit int) (all []Campaign, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := latest.Slice(tx, page{after, limit})
		if err != nil {
			return err
		}
		all = make([]Campaign, len(rows))
		for i, r := range rows {
			if all[i], err = r.campaign(); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// All lists all campaigns: a city has one every few years.
func All(tx *db.Tx) ([]Campaign, error) {
	rows, err := latest.Slice(tx, page{"", mostCampaigns})
	if err != nil {
		return nil, err
	}
	all := make([]Campaign, len(rows))
	for i, r := range rows {
		if all[i], err = r.campaign(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// New is a campaign to be.
type New struct {
	Code, Name, Team string
	Round            int
	Home             gb.Division
	From, Until      calendar.Date
	Office           string
	Preset           string
}

// codeForm is what a code may be: it is a part of addresses and of the codes of problems.
var codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}$`)

// maxName bounds a name, in characters.
const maxName = 60

func (n New) check() (New, error) {
	n.Code, n.Name, n.Team = strings.ToUpper(strings.TrimSpace(n.Code)), strings.TrimSpace(n.Name), strings.TrimSpace(n.Team)
	var all []error
	wrong := func(field string, err error) { all = append(all, fault.At(field, err)) }
	if !codeForm.MatchString(n.Code) {
		wrong("code", fault.New(fault.Invalid, "编号用大写字母开头，只有字母和数字，2 到 12 个，例如 XN2023", "a code begins with a letter and has 2 to 12 letters and digits, as XN2023"))
	}
	for field, value := range map[string]string{"name": n.Name, "team": n.Team} {
		if t, ok := lang.CheckText(value, maxName); !ok || value == "" {
			if value == "" {
				t = text("请填写", "fill this in")
			}
			wrong(field, &fault.Error{Kind: fault.Invalid, Text: t})
		}
	}
	if n.Round < 1 || n.Round > 9 {
		wrong("round", fault.New(fault.Invalid, "轮次是 1 到 9", "the round is from 1 to 9"))
	}
	if !n.Home.Valid() {
		wrong("division", fault.New(fault.Invalid, "请选区划", "choose a division"))
	}
	if n.From == (calendar.Date{}) || n.Until == (calendar.Date{}) || n.Until.Sub(n.From) < 0 {
		wrong("until", fault.New(fault.Invalid, "进驻的起止日期不对：止不能早于起", "the days are wrong: it cannot end before it begins"))
	}
	return n, errors.Join(all...)
}

// Begin begins a campaign.
func (s *Campaigns) Begin(ctx context.Context, who identity.Colleague, n New) (c Campaign, err error) {
	return s.begin(ctx, n, func(tx *db.Tx, at right.Place) (identity.Admitted, error) {
		return who.Admit(tx, complaint.Coordinate, at)
	})
}

// BeginHere is Begin for whoever runs the program beside its database. The office has to be named.
func (s *Campaigns) BeginHere(ctx context.Context, n New) (Campaign, error) {
	return s.begin(ctx, n, func(*db.Tx, right.Place) (identity.Admitted, error) {
		return identity.Admitted{Sign: complaint.ByCommand}, nil
	})
}

func (s *Campaigns) begin(ctx context.Context, n New, admit func(*db.Tx, right.Place) (identity.Admitted, error)) (c Campaign, err error) {
	if n, err = n.check(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		by, err := admit(tx, right.In(n.Home))
		if err != nil {
			return err
		}
		if n.Office == "" {
			n.Office = by.Organisation
		}
		if _, err := identity.Named(tx, n.Office); err != nil {
			return fault.At("office", err)
		}
		c, err = n.begin(tx, by)
		return err
	})
	return c, err
}

// Trial begins a campaign in a transaction that is taken back, as a dry run's: its office need not be there yet.
func Trial(tx *db.Tx, n New) (c Campaign, err error) {
	if n, err = n.check(); err != nil {
		return c, err
	}
	return n.begin(tx, identity.Admitted{Sign: complaint.ByCommand})
}

// begin writes it down.
func (n New) begin(tx *db.Tx, by identity.Admitted) (c Campaign, err error) {
	preset, err := PresetOf(n.Preset)
	if err != nil {
		return c, err
	}
	settings, err := preset.Settings(n.From)
	if err != nil {
		return c, err
	}
	packed, err := json.Marshal(settings)
	if err != nil {
		return c, fmt.Errorf("campaign: %w", err)
	}
	had, err := byCode.Slice(tx, n.Code)
	if err != nil {
		return c, err
	}
	if len(had) > 0 {
		return c, fault.At("code", fault.New(fault.Conflict, "编号“%[1]s”已经有了：%[2]s", "the code %[1]q is taken: %[2]s", n.Code, had[0].Name))
	}
	r := row{
		Code: n.Code, Name: n.Name, Team: n.Team, Round: n.Round, Division: n.Home.Code(), FromDay: n.From.String(), UntilDay: n.Until.String(),
		Office: n.Office, Settings: string(packed), Version: 1, MadeAt: tx.Now(),
	}
	if _, err := insert.Exec(tx, r); err != nil {
		return c, err
	}
	if c, err = r.campaign(); err != nil {
		return c, err
	}
	return c, record.Append(tx, by.Sign, begun{
		person: by.Person, Code: n.Code, Name: n.Name, Team: n.Team, Round: n.Round, Division: n.Home.Code(), From: r.FromDay, Until: r.UntilDay, Office: n.Office,
		Acceptor: settings.Acceptor, Columns: settings.Columns, Rules: settings.lengths(),
	})
}

// begun is that an inspection began, with what it asks for.
type begun struct {
	person string

	Code     string `json:"code"`
	Name     string `json:"name"`
	Team     string `json:"team"`
	Round    int    `json:"round"`
	Division string `json:"division"`
	From     string `json:"from"`
	Until    string `json:"until"`
	Office   string `json:"office"`

	Acceptor Acceptor          `json:"acceptor"`
	Columns  string            `json:"columns"`
	Rules    map[string]string `json:"rules"` // by clock, how long: 10 days
}

func (begun) Kind() string      { return "complaint.campaign" }
func (b begun) Subject() string { return "campaign/" + b.Code }
func (b begun) Private() any    { return complaint.ByWhom{By: b.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: begun{}, Says: text("一次督察开始了，有哪些时限和规则", "An inspection began, with its periods and rules")},
		{Example: switched{}, Says: text("公众直接反映的入口打开或关上了", "The way for the public to report was opened or shut")},
	}
}
