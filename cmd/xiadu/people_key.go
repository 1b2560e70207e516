package main

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
)

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
	var number, rows int
	err := c.of.with(ctx, cfg, func(s *identity.Service) (err error) {
		number, rows, err = s.Keys.Rotate(ctx, identity.CommandLine, seal.Suite(c.Rotate), c.Resume)
		return err
	})
	if err != nil {
		return err
	}
	more, err := app.SealAnew(ctx, cfg)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.lang.F("现在用第 %[1]d 号密钥，重新加密了 %[2]d 行。请把新的 people.key 另存一份；旧密钥留在文件里，旧备份还要用。",
		"Key %[1]d is in use, and %[2]d rows were encrypted anew. Keep a copy of the new people.key; the old keys stay in it, for old backups.", number, rows+more))
	return err
}
