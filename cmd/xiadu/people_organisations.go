package main

import (
	"context"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
)

type peopleOrganisations struct {
	of     *peopleCommand
	Under  string `placeholder:"name" xor:"which" help:"${unit_under_list}"`
	Find   string `placeholder:"text" xor:"which" help:"${unit_find}"`
	Closed bool   `help:"${unit_closed}"`
	JSON   bool   `name:"json" help:"${cover_json}"`
}

// organisationJSON is an organisation in a list; the keys are for scripts and do not
// change.
type organisationJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`
	Division string `json:"division,omitempty"`
	Below    int    `json:"below"`
	People   int    `json:"people"`
	Closed   bool   `json:"closed"`
}

// Run lists the organisations at the top, those right below one, or those whose name has
// a text.
func (c peopleOrganisations) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		asked := identity.Asked{Text: c.Find, Closed: c.Closed}
		if c.Under != "" {
			up, err := s.Organisations.Named(ctx, c.Under)
			if err != nil {
				return err
			}
			asked.Parent = up.ID
		}
		all, err := everyPage(ctx, s, asked)
		if err != nil {
			return err
		}
		if c.JSON {
			rows := []organisationJSON{}
			for _, o := range all {
				rows = append(rows, organisationJSON{o.ID, o.Name, o.Parent, o.Division, o.Below, o.People, o.ClosedAt != nil})
			}
			return printJSON(t.out, rows)
		}
		return t.columns(t.lang.T("单位\t上级\t区划\t下级\t人\t状态", "organisation\tunder\tdivision\tbelow\tpeople\tstate"), func(w io.Writer) {
			for _, o := range all {
				state := t.lang.T("在用", "open")
				if o.ClosedAt != nil {
					state = t.lang.T("停用", "closed")
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", o.Name, orDash(o.Under), orDash(o.Division), o.Below, o.People, state)
			}
		})
	})
}

func everyPage(ctx context.Context, s *identity.Service, asked identity.Asked) (all []identity.Listed, err error) {
	asked.Limit = 500
	for {
		some, err := s.Organisations.Page(ctx, asked)
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(some) < asked.Limit {
			return all, nil
		}
		asked.After = some[len(some)-1].ID
	}
}

// peopleOrganisation is one organisation.
type peopleOrganisation struct {
	Add    unitAdd    `cmd:"" help:"${unit_add}"`
	Change unitChange `cmd:"" help:"${unit_change}"`
	Close  unitClose  `cmd:"" help:"${unit_close}"`
	Open   unitOpen   `cmd:"" help:"${unit_open}"`
}

type unitAdd struct {
	of       *peopleCommand
	Name     string `arg:"" help:"${unit_name}"`
	Under    string `placeholder:"name" help:"${unit_under}"`
	Division string `placeholder:"code" help:"${unit_division}"`
}

// Run adds an organisation and prints its id.
func (c unitAdd) Run(ctx context.Context, t terminal, cfg app.Config) error {
	d, err := placeOf(c.Division)
	if err != nil {
		return err
	}
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		parent, err := organisationOf(ctx, s, c.Under)
		if err != nil {
			return err
		}
		id, err := s.Organisations.Add(ctx, identity.CommandLine, identity.Organising{Parent: parent, Name: c.Name, Division: d})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, t.lang.F("已建立，编号：%s", "Added, its id: %s", id))
		return err
	})
}

// organisationOf is the id of the organisation that a flag names, or of none.
func organisationOf(ctx context.Context, s *identity.Service, text string) (id string, err error) {
	if text == "" {
		return "", nil
	}
	o, err := s.Organisations.Named(ctx, text)
	return o.ID, err
}

type unitChange struct {
	of           *peopleCommand
	Organisation string `arg:"" help:"${unit_which}"`
	Name         string `placeholder:"name" help:"${unit_rename}"`
	Under        string `placeholder:"name" xor:"under" help:"${unit_move}"`
	Top          bool   `xor:"under" help:"${unit_top}"`
	Division     string `placeholder:"code" help:"${unit_division}"`
}

// Run renames an organisation, or moves it.
func (c unitChange) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		o, err := s.Organisations.Named(ctx, c.Organisation)
		if err != nil {
			return err
		}
		to := identity.Organising{Parent: o.Parent, Name: o.Name}
		if c.Name != "" {
			to.Name = c.Name
		}
		if c.Top {
			to.Parent = ""
		} else if c.Under != "" {
			if to.Parent, err = organisationOf(ctx, s, c.Under); err != nil {
				return err
			}
		}
		if c.Division == "" {
			c.Division = o.Division
		}
		if to.Division, err = placeOf(c.Division); err != nil {
			return err
		}
		return t.did(s.Organisations.Change(ctx, identity.CommandLine, o.ID, o.Version, to), "已修改。", "Changed.")
	})
}

// did says that something was done, unless it was not.
func (t terminal) did(err error, zh, en string) error {
	if err == nil {
		_, err = fmt.Fprintln(t.out, t.lang.T(zh, en))
	}
	return err
}

type unitClose struct {
	of           *peopleCommand
	Organisation string `arg:"" help:"${unit_which}"`
	Why          string `required:"" placeholder:"reason" help:"${people_why}"`
}

// Run closes an organisation that nothing leans on.
func (c unitClose) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		o, err := s.Organisations.Named(ctx, c.Organisation)
		if err != nil {
			return err
		}
		return t.did(s.Organisations.Close(ctx, identity.CommandLine, o.ID, o.Version, c.Why), "已停用。", "Closed.")
	})
}

type unitOpen struct {
	of           *peopleCommand
	Organisation string `arg:"" help:"${unit_which}"`
}

// Run opens a closed organisation again.
func (c unitOpen) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return c.of.with(ctx, cfg, func(s *identity.Service) error {
		o, err := s.Organisations.NamedClosed(ctx, c.Organisation)
		if err != nil {
			return err
		}
		return t.did(s.Organisations.Reopen(ctx, identity.CommandLine, o.ID, o.Version), "已重新启用。", "Open again.")
	})
}

// unitTexts are the help of these commands.
func unitTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"people_organisations": l.T("列出单位：最上面的、某单位的下级，或按名称找", "list organisations: those at the top, those below one, or by name"),
		"people_organisation":  l.T("一个单位：建立、修改、停用、重新启用", "one organisation: add, change, close it or open it again"),
		"unit_under_list":      l.T("只看这个单位的下级", "only what is right below this one"),
		"unit_find":            l.T("名称里有这些字的", "those whose name has this text"),
		"unit_closed":          l.T("停用的也列出", "closed ones, too"),
		"unit_add":             l.T("建立一个单位", "add an organisation"),
		"unit_name":            l.T("名称", "its name"),
		"unit_under":           l.T("上级单位；不写就在最上面", "the one above it; by default it is at the top"),
		"unit_division":        l.T("区划：代码或名称", "a division's code or name"),
		"unit_change":          l.T("改名称、上级或区划", "rename it, or move it to another parent or division"),
		"unit_which":           l.T("单位的名称，“上级 / 单位”或编号", "its name, “parent / name”, or its id"),
		"unit_rename":          l.T("新名称", "the new name"),
		"unit_move":            l.T("新的上级", "the new parent"),
		"unit_top":             l.T("移到最上面", "move it to the top"),
		"unit_close":           l.T("停用一个单位；还有下级、人或角色时不行", "close an organisation, once nothing is below it and nobody belongs to it or acts for it"),
		"unit_open":            l.T("重新启用一个停用的单位", "open a closed organisation again"),
		"people_unit":          l.T("所在单位：名称，“上级 / 单位”或编号", "the organisation they belong to: its name, “parent / name”, or its id"),
		"people_in":            l.T("只看属于这个单位的人", "only who belongs to this organisation"),
		"people_for":           l.T("代表哪个单位；不写就是本人的单位", "for which organisation; by default their own"),
	}
}
