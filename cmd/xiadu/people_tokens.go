package main

import (
	"context"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

type peopleTokens struct {
	of       *peopleCommand
	Make     string `placeholder:"name" xor:"act" help:"${people_token_make}"`
	Role     string `placeholder:"role" help:"${people_token_role}"`
	Division string `placeholder:"code" help:"${people_give_division}"`
	Until    string `placeholder:"date" help:"${people_token_until}"`
	Revoke   string `placeholder:"number" xor:"act" help:"${people_token_revoke}"`
}

// Run lists the tokens of programs, makes one and prints it once, or takes one back.
func (c peopleTokens) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		switch {
		case c.Revoke != "":
			if err := s.Programs.Revoke(ctx, identity.CommandLine, c.Revoke); err != nil {
				return err
			}
			_, err := fmt.Fprintln(t.out, t.lang.T("已收回，马上失效。", "Revoked, at once."))
			return err
		case c.Make != "":
			return c.make(ctx, t, s)
		}
		all, err := s.Programs.List(ctx, identity.CommandLine)
		if err != nil {
			return err
		}
		return t.columns(t.lang.T("编号\t程序\t自\t至\t状态", "number\tprogram\tfrom\tuntil\tstate"), func(w io.Writer) {
			for _, k := range all {
				state := t.lang.T("有效", "good")
				if k.Revoked {
					state = t.lang.T("已收回", "revoked")
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, day(k.MadeAt), day(k.EndsAt), state)
			}
		})
	})
}

func (c peopleTokens) make(ctx context.Context, t terminal, s *identity.Service) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	last, err := calendar.ParseDate(c.Until)
	if err != nil {
		return fault.New(fault.Invalid, "请用 --until 写到期日，如 2026-12-31，最长 400 天。", "Give an end with --until, as 2026-12-31: 400 days from now at most.").Because(err)
	}
	token, id, err := s.Programs.Make(ctx, identity.CommandLine, c.Make, last.Add(1).Start(calendar.China), identity.Giving{Role: c.Role, Scope: right.Scope{Division: d}})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.lang.F("编号：%[1]s\n程序口令：%[2]s\n只显示这一次；程序放在请求头 Authorization: Bearer 里。",
		"number: %[1]s\ntoken: %[2]s\nIt is shown this once; the program sends it in the header Authorization: Bearer.", id, token))
	return err
}
