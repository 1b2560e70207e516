package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
)

// peopleCommand is for when nobody can sign in. Whoever may run it on the data may do
// what the three administrators may, and the log says that it was the command line.
type peopleCommand struct {
	Policy string `env:"XIADU_POLICY" placeholder:"name" help:"${people_policy}"`

	List     peopleList     `cmd:"" help:"${people_list}"`
	Add      peopleAdd      `cmd:"" help:"${people_add}"`
	Reset    peopleReset    `cmd:"" help:"${people_reset}"`
	Roles    peopleRoles    `cmd:"" help:"${people_roles}"`
	Revoke   peopleRevoke   `cmd:"" help:"${people_revoke}"`
	Sessions peopleSessions `cmd:"" help:"${people_sessions}"`
	Leave    peopleLeave    `cmd:"" help:"${people_leave}"`
	Erase    peopleErase    `cmd:"" help:"${people_erase}"`
	Tokens   peopleTokens   `cmd:"" help:"${people_tokens}"`
	Key      peopleKey      `cmd:"" help:"${people_key}"`

	Organisations peopleOrganisations `cmd:"" help:"${people_organisations}"`
	Organisation  peopleOrganisation  `cmd:"" help:"${people_organisation}"`
}

// with opens the people under the policy of the flags.
func (p *peopleCommand) with(ctx context.Context, cfg app.Config, use func(*identity.Service) error) error {
	cfg.Policy = p.Policy
	return app.People(ctx, cfg, use)
}

// AfterApply hands the flags of the command to those below it.
func (p *peopleCommand) AfterApply() error { //nolint:unparam // its caller wants an error
	for _, of := range []**peopleCommand{&p.List.of, &p.Add.of, &p.Reset.of, &p.Roles.of, &p.Revoke.of, &p.Sessions.of, &p.Leave.of, &p.Erase.of, &p.Tokens.of, &p.Key.of, &p.Organisations.of, &p.Organisation.Add.of, &p.Organisation.Change.of, &p.Organisation.Close.of, &p.Organisation.Open.of} {
		*of = p
	}
	return nil
}

type peopleList struct {
	of    *peopleCommand
	Phone string `placeholder:"number" xor:"who" help:"${people_by_phone}"`
	In    string `placeholder:"name" xor:"who" help:"${people_in}"`
	JSON  bool   `name:"json" help:"${cover_json}"`
}

// personJSON is a person in a list; the keys are for scripts and do not change.
type personJSON struct {
	ID       string   `json:"id"`
	Login    string   `json:"login,omitempty"`
	Name     string   `json:"name"`
	Division string   `json:"division,omitempty"`
	Unit     string   `json:"organisation,omitempty"`
	State    string   `json:"state"`
	Roles    []string `json:"roles"`
}

// Run lists people, all of them or who has a telephone number.
func (c peopleList) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		all, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if c.JSON {
			rows := []personJSON{}
			for _, p := range all {
				rows = append(rows, personJSON{p.ID, p.Login, p.Name, p.Division.Code(), p.Organisation, stateOf(p), signs(p.Roles)})
			}
			return printJSON(t.out, rows)
		}
		units, err := unitsOf(ctx, s, all)
		if err != nil {
			return err
		}
		return t.columns(t.lang.T("账号\t姓名\t区划\t状态\t角色\t单位", "login\tname\tdivision\tstate\troles\torganisation"), func(w io.Writer) {
			for _, p := range all {
				var roles []string
				for _, g := range p.Roles {
					if units[g.Organisation] != "" {
						g.Organisation = units[g.Organisation]
					}
					roles = append(roles, identity.Sign(g))
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", orDash(p.Login), orDash(p.Name), orDash(p.Division.Code()), t.stateOf(p), orDash(strings.Join(roles, " ")), orDash(units[p.Organisation]))
			}
		})
	})
}

// unitsOf are the names of the organisations that people belong to and act for.
func unitsOf(ctx context.Context, s *identity.Service, all []identity.Person) (map[string]string, error) {
	var ids []string
	for _, p := range all {
		ids = append(ids, p.Organisation)
		for _, g := range p.Roles {
			ids = append(ids, g.Organisation)
		}
	}
	return s.Organisations.Names(ctx, ids...)
}

func (c peopleList) find(ctx context.Context, s *identity.Service) (all []identity.Person, err error) {
	if c.Phone != "" {
		return s.Persons.FindByPhone(ctx, identity.CommandLine, c.Phone)
	}
	in, err := organisationOf(ctx, s, c.In)
	if err != nil {
		return nil, err
	}
	const page = 500
	for after := ""; ; {
		var some []identity.Person
		if in != "" {
			some, err = s.Persons.In(ctx, identity.CommandLine, in, after, page)
		} else {
			some, err = s.Persons.List(ctx, identity.CommandLine, after, page)
		}
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(some) < page {
			return all, nil
		}
		after = all[len(all)-1].ID
	}
}

func stateOf(p identity.Person) string {
	switch {
	case p.Left:
		return "left"
	case p.Closed:
		return "closed"
	}
	return "active"
}

func (t terminal) stateOf(p identity.Person) string {
	return map[string]string{"left": t.lang.T("已离开", "left"), "closed": t.lang.T("已停用", "closed"), "active": t.lang.T("在用", "active")}[stateOf(p)]
}

func signs(held []right.Grant) []string {
	all := []string{}
	for _, g := range held {
		all = append(all, identity.Sign(g))
	}
	return all
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// columns prints rows under a heading, in columns.
func (t terminal) columns(heading string, rows func(io.Writer)) error {
	w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, heading)
	rows(w)
	return w.Flush()
}

type peopleAdd struct {
	of       *peopleCommand
	Login    string   `arg:"" help:"${people_login}"`
	Name     string   `required:"" placeholder:"name" help:"${people_name}"`
	Phone    string   `placeholder:"number" help:"${people_phone}"`
	Division string   `placeholder:"code" help:"${people_division}"`
	Unit     string   `name:"organisation" placeholder:"name" help:"${people_unit}"`
	Role     []string `placeholder:"role,…" help:"${people_role}"`
}

// Run makes an account and prints its first password, once.
func (c peopleAdd) Run(ctx context.Context, t terminal, cfg app.Config) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		unit, err := organisationOf(ctx, s, c.Unit)
		if err != nil {
			return err
		}
		out, err := s.Accounts.Issue(ctx, identity.CommandLine, c.Login, identity.Somebody{Name: c.Name, Phone: c.Phone, Organisation: unit, Division: d}, c.Role...)
		if err != nil {
			return err
		}
		return t.issued(out)
	})
}

func placeOf(s string) (gb.Division, error) {
	if s == "" {
		return gb.Division{}, nil
	}
	return gb.Resolve(s, gb.Division{})
}

func (t terminal) issued(out identity.Issued) error {
	_, err := fmt.Fprintln(t.out, t.lang.F("账号：%s\n初始密码：%s\n只显示这一次；第一次登录时要改。", "login: %s\nfirst password: %s\nIt is shown this once, and is to be changed at the first sign-in.", out.Login, out.Password))
	return err
}

type peopleReset struct {
	of   *peopleCommand
	Name string `arg:"" help:"${people_who}"`
}

// Run gives an account another password, and prints it once.
func (c peopleReset) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		out, err := s.Accounts.Reissue(ctx, identity.CommandLine, c.Name)
		if err != nil {
			return err
		}
		return t.issued(out)
	})
}

type peopleRoles struct {
	of       *peopleCommand
	Name     string `arg:"" optional:"" help:"${people_who_or_none}"`
	Give     string `placeholder:"role" help:"${people_give}"`
	Division string `placeholder:"code" help:"${people_give_division}"`
	Subject  string `placeholder:"kind/id" help:"${people_give_subject}"`
	For      string `name:"organisation" placeholder:"name" help:"${people_for}"`
	Until    string `placeholder:"date" help:"${people_give_until}"`
}

// Run lists the roles there are, or those somebody holds and held; or gives one.
func (c peopleRoles) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		if c.Name == "" {
			return t.columns(t.lang.T("角色\t名称\t可以做什么", "role\tname\twhat it may do"), func(w io.Writer) {
				for _, r := range s.Catalogue().Roles() {
					fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, r.Name.In(t.lang), r.Does.In(t.lang))
				}
			})
		}
		p, err := s.Persons.Find(ctx, identity.CommandLine, c.Name)
		if err != nil {
			return err
		}
		if c.Give != "" {
			if err := c.give(ctx, s, p.ID); err != nil {
				return err
			}
		}
		held, err := s.Grants.Of(ctx, identity.CommandLine, p.ID)
		if err != nil {
			return err
		}
		var ids []string
		for _, g := range held {
			ids = append(ids, g.Organisation)
		}
		units, err := s.Organisations.Names(ctx, ids...)
		if err != nil {
			return err
		}
		return t.columns(t.lang.T("授权\t角色\t范围\t自\t至\t单位", "grant\trole\tscope\tfrom\tuntil\torganisation"), func(w io.Writer) {
			for _, g := range held {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", g.ID, g.Role, scope(g.Scope), day(g.GivenAt), t.until(g), orDash(units[g.Organisation]))
			}
		})
	})
}

func (c peopleRoles) give(ctx context.Context, s *identity.Service, person string) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	unit, err := organisationOf(ctx, s, c.For)
	if err != nil {
		return err
	}
	g := identity.Giving{Holder: person, Role: c.Give, Organisation: unit, Scope: right.Scope{Division: d, Subject: c.Subject}}
	if c.Until != "" {
		last, err := calendar.ParseDate(c.Until)
		if err != nil {
			return fault.New(fault.Invalid, "“%s”不是日期，请写成 2026-12-31。", "%s is no date: write it as 2026-12-31.", c.Until).Because(err)
		}
		g.Until = last.Add(1).Start(calendar.China) // to the end of that day
	}
	_, err = s.Grants.Give(ctx, identity.CommandLine, g)
	return err
}

func scope(s right.Scope) string {
	return orDash(strings.TrimSpace(s.Division.Code() + " " + s.Subject))
}

// day is a date as the office counts it.
func day(at time.Time) string { return at.In(calendar.China).Format(time.DateOnly) }

func (t terminal) until(g identity.Held) string {
	switch {
	case !g.RevokedAt.IsZero():
		return day(g.RevokedAt) + t.lang.T(" 收回 ", " revoked ") + g.Why
	case !g.Until.IsZero():
		return day(g.Until.Add(-time.Second))
	}
	return "-"
}

type peopleRevoke struct {
	of    *peopleCommand
	Grant string `arg:"" help:"${people_grant}"`
	Why   string `placeholder:"reason" help:"${people_why}"`
}

// Run takes a role that somebody holds.
func (c peopleRevoke) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		if err := s.Grants.Revoke(ctx, identity.CommandLine, c.Grant, c.Why); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.out, t.lang.T("已收回。", "Revoked."))
		return err
	})
}

type peopleSessions struct {
	of   *peopleCommand
	Name string `arg:"" help:"${people_who}"`
	End  bool   `help:"${people_end}"`
}

// Run lists who is signed in under a name, or ends it all.
func (c peopleSessions) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		p, err := s.Persons.Find(ctx, identity.CommandLine, c.Name)
		if err != nil {
			return err
		}
		if c.End {
			if err := s.Sessions.EndAll(ctx, identity.CommandLine, p.ID); err != nil {
				return err
			}
		}
		all, err := s.Sessions.List(ctx, identity.CommandLine, p.ID)
		if err != nil {
			return err
		}
		return t.columns(t.lang.T("登录\t设备\t开始\t最近", "session\tdevice\tbegan\tlast seen"), func(w io.Writer) {
			for _, o := range all {
				const minute = "2006-01-02 15:04"
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.ID, orDash(o.Device), o.BeganAt.In(calendar.China).Format(minute), o.SeenAt.In(calendar.China).Format(minute))
			}
		})
	})
}
