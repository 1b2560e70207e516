package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
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
}

// with opens the people under the policy of the flags.
func (p *peopleCommand) with(ctx context.Context, cfg app.Config, use func(*identity.Service) error) error {
	cfg.Policy = p.Policy
	return app.People(ctx, cfg, use)
}

// AfterApply hands the flags of the command to those below it.
func (p *peopleCommand) AfterApply() error { //nolint:unparam // its caller wants an error
	for _, of := range []**peopleCommand{&p.List.of, &p.Add.of, &p.Reset.of, &p.Roles.of, &p.Revoke.of, &p.Sessions.of, &p.Leave.of, &p.Erase.of, &p.Tokens.of, &p.Key.of} {
		*of = p
	}
	return nil
}

type peopleList struct {
	of    *peopleCommand
	Phone string `placeholder:"number" help:"${people_by_phone}"`
	JSON  bool   `name:"json" help:"${cover_json}"`
}

// personJSON is a person in a list; the keys are for scripts and do not change.
type personJSON struct {
	ID       string   `json:"id"`
	Login    string   `json:"login,omitempty"`
	Name     string   `json:"name"`
	Division string   `json:"division,omitempty"`
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
				rows = append(rows, personJSON{p.ID, p.Login, p.Name, p.Division.Code(), stateOf(p), signs(p.Roles)})
			}
			out := json.NewEncoder(t.out)
			out.SetIndent("", "  ")
			return out.Encode(rows)
		}
		return t.columns(t.lang.T("账号\t姓名\t区划\t状态\t角色", "login\tname\tdivision\tstate\troles"), func(w io.Writer) {
			for _, p := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", orDash(p.Login), orDash(p.Name), orDash(p.Division.Code()), t.stateOf(p), orDash(strings.Join(signs(p.Roles), " ")))
			}
		})
	})
}

func (c peopleList) find(ctx context.Context, s *identity.Service) (all []identity.Person, err error) {
	if c.Phone != "" {
		return s.Persons.FindByPhone(ctx, identity.CommandLine, c.Phone)
	}
	const page = 500
	for after := ""; ; {
		some, err := s.Persons.List(ctx, identity.CommandLine, after, page)
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
	Role     []string `placeholder:"role,…" help:"${people_role}"`
}

// Run makes an account and prints its first password, once.
func (c peopleAdd) Run(ctx context.Context, t terminal, cfg app.Config) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		out, err := s.Accounts.Issue(ctx, identity.CommandLine, c.Login, identity.Somebody{Name: c.Name, Phone: c.Phone, Division: d}, c.Role...)
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
		return t.columns(t.lang.T("授权\t角色\t范围\t自\t至", "grant\trole\tscope\tfrom\tuntil"), func(w io.Writer) {
			for _, g := range held {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", g.ID, g.Role, scope(g.Scope), day(g.GivenAt), t.until(g))
			}
		})
	})
}

func (c peopleRoles) give(ctx context.Context, s *identity.Service, person string) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	g := identity.Giving{Holder: person, Role: c.Give, Scope: right.Scope{Division: d, Subject: c.Subject}}
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

type peopleKey struct {
	of     *peopleCommand
	Rotate string `enum:"aes,sm,none" default:"none" placeholder:"aes|sm" help:"${people_rotate}"`
	Resume bool   `help:"${people_resume}"`
	Lost   bool   `help:"${people_lost}"`
}

// Run puts another key of personal data in use, or accepts that it is lost.
func (c peopleKey) Run(ctx context.Context, t terminal, cfg app.Config) error {
	if c.Lost {
		cfg.Policy = c.of.Policy
		if err := app.LosePeopleKey(ctx, cfg); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.out, t.lang.T("已换上新的密钥。账号和密码照旧；姓名、电话要重新填写，第二因素要重新设置。",
			"Another key is in use. Accounts and passwords go on; names and telephone numbers are to be entered again, second factors to be set up again."))
		return err
	}
	if c.Rotate == "none" && !c.Resume {
		return fault.New(fault.Invalid, "请写 --rotate aes（或 sm）、--resume 或 --lost。", "Say --rotate aes (or sm), --resume or --lost.")
	}
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		number, rows, err := s.Keys.Rotate(ctx, identity.CommandLine, seal.Suite(c.Rotate), c.Resume)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, t.lang.F("现在用第 %[1]d 号密钥，重新加密了 %[2]d 行。请把新的 people.key 另存一份；旧密钥留在文件里，旧备份还要用。",
			"Key %[1]d is in use, and %[2]d rows were encrypted anew. Keep a copy of the new people.key; the old keys stay in it, for old backups.", number, rows))
		return err
	})
}

// peopleTexts are the help of this command.
func peopleTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"people":               l.T("人员：没有人能登录时，在机房里管理账号和角色", "people: accounts and roles, for when nobody can sign in"),
		"people_policy":        l.T("密码和登录的规矩：plain 一般，hall 一人兼任，level3 等保三级，commercial 等保三级加国密", "what is asked of passwords and sessions: plain, hall (one person for all), level3 (等保 level 3), commercial (with SM3 and SM4)"),
		"people_list":          l.T("列出人员、账号和角色", "list people, their logins and roles"),
		"people_by_phone":      l.T("只看有这个电话号码的人", "only who has this telephone number"),
		"people_add":           l.T("建立账号，显示一次初始密码", "make an account and show its first password once"),
		"people_login":         l.T("账号：字母、汉字、数字或 . _ -", "the login: letters, digits or . _ -"),
		"people_name":          l.T("姓名", "the person's name"),
		"people_phone":         l.T("电话", "the telephone number"),
		"people_division":      l.T("所在区划：代码或名称", "where they belong: a division's code or name"),
		"people_role":          l.T("在全部范围内授予的角色", "roles to give, over everything"),
		"people_reset":         l.T("换一个初始密码，结束所有登录，去掉第二因素，停用的重新启用", "give another first password, end all sessions, remove the second factor, and open the account if it was closed"),
		"people_who":           l.T("账号、编号或电话", "a login, id or telephone number"),
		"people_who_or_none":   l.T("账号、编号或电话；不写就列出所有角色", "a login, id or telephone number; without it all roles are listed"),
		"people_roles":         l.T("看有哪些角色，或某人的角色；也可以授予", "list the roles, or somebody's; or give one"),
		"people_give":          l.T("授予这个角色", "give this role"),
		"people_give_division": l.T("在这个区划之内；不写就是全部", "within this division; by default everywhere"),
		"people_give_subject":  l.T("针对哪一个对象", "over which one thing"),
		"people_give_until":    l.T("到哪一天为止", "to the end of which day"),
		"people_revoke":        l.T("收回一项授权", "take a role that somebody holds"),
		"people_grant":         l.T("授权的编号，见 people roles", "the number of the grant, see people roles"),
		"people_why":           l.T("为什么", "why"),
		"people_sessions":      l.T("看某人在哪里登录着，或全部结束", "see where somebody is signed in, or end it all"),
		"people_end":           l.T("结束全部登录，忘掉所有设备", "end all sessions and forget all devices"),
		"people_leave":         l.T("某人离开了：停用账号，结束角色和登录", "somebody has left: close the account, end roles and sessions"),
		"people_erase":         l.T("删除离开的人的个人信息", "forget somebody who has left"),
		"people_tokens":        l.T("程序口令：列出、新发、收回", "tokens of programs: list them, make or revoke one"),
		"people_token_make":    l.T("给这个名称的程序发口令，只显示一次", "make a token for the program of this name, shown once"),
		"people_token_role":    l.T("程序的角色，如 station.program", "the program's role, as station.program"),
		"people_token_until":   l.T("到哪一天为止，最长 400 天", "to the end of which day, 400 days from now at most"),
		"people_token_revoke":  l.T("收回这个编号的口令", "revoke the token of this number"),
		"people_key":           l.T("更换个人信息的密钥（可在服务运行时），或声明已丢失", "put another key of personal data in use (also while the site serves), or accept that it is lost"),
		"people_rotate":        l.T("新密钥的算法：aes，或国密 sm", "the new key's algorithms: aes, or sm for the national ones"),
		"people_resume":        l.T("把上次中断的更换做完", "finish a change that was broken off"),
		"people_lost":          l.T("密钥已丢失：姓名、电话、第二因素就此作废", "the key is lost: names, telephone numbers and second factors are void"),
	}
}
