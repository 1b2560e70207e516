package main

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

type complaintsTable struct {
	Campaign string `required:"" placeholder:"code" help:"${campaign}"`
	Bulletin int    `placeholder:"n" help:"${table_bulletin}"`
	Format   string `enum:"csv,xlsx,json" default:"csv" placeholder:"csv|xlsx|json" help:"${table_format}"`
}

// Run writes what was published, and nothing else.
func (c complaintsTable) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return app.OpenComplaints(ctx, cfg, func(rooms app.Complaints) error {
		out, err := c.table(ctx, rooms.Bulletins)
		if err != nil {
			return err
		}
		if c.Bulletin == 0 && c.Format != "json" {
			out = out.OfAll()
		}
		switch c.Format {
		case "xlsx":
			return out.WriteXLSX(t.out)
		case "json":
			text, err := out.JSON()
			if err != nil {
				return err
			}
			_, err = t.out.Write(text)
			return err
		}
		return out.WriteCSV(t.out)
	})
}

func (c complaintsTable) table(ctx context.Context, b *bulletin.Bulletins) (table.Table, error) {
	code := strings.ToUpper(c.Campaign)
	if c.Bulletin == 0 {
		return b.Standing(ctx, code)
	}
	out, err := b.Public(ctx, bulletin.Ref{Campaign: code, Number: c.Bulletin})
	return out.Table, err
}
