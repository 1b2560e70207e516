package main

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/engine/identity"
)

type peopleLeave struct {
	of   *peopleCommand
	Name string `arg:"" help:"${people_who}"`
	Why  string `placeholder:"reason" help:"${people_why}"`
}

// Run ends all that somebody may do, because they have left.
func (c peopleLeave) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		p, err := s.Persons.Find(ctx, identity.CommandLine, c.Name)
		if err != nil {
			return err
		}
		if err := s.Persons.Leave(ctx, identity.CommandLine, p.ID, c.Why); err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, t.lang.F("%s 已离开：账号停用，角色和登录都结束了。要求删除个人信息时，再用 people erase。", "%s has left: the account is closed, roles and sessions are ended. When they ask to be forgotten, use people erase.", p.Name))
		return err
	})
}

type peopleErase struct {
	of   *peopleCommand
	Name string `arg:"" help:"${people_who}"`
}

// Run forgets somebody who has left.
func (c peopleErase) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		p, err := s.Persons.Find(ctx, identity.CommandLine, c.Name)
		if err != nil {
			return err
		}
		if err := s.Persons.Erase(ctx, identity.CommandLine, p.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, t.lang.T("已删除：姓名、电话和公开日志背后的个人部分都没有了，日志的证明照样成立。以前的备份里还有，请按规定销毁。",
			"Forgotten: name, telephone and the private parts behind the public log are gone, and every proof of the log still holds. Earlier backups still have them: destroy these as your rules say."))
		return err
	})
}
