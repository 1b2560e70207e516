package main

import (
	"context"
	"fmt"
	"os"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
)

type backupCommand struct {
	File    string `arg:"" help:"${backup_file}"`
	Replace bool   `help:"${backup_replace}"`
}

// Run writes the backup beside its place and moves it there when it is whole.
func (b backupCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	if b.File == "-" {
		if err := app.Backup(ctx, cfg, t.out); err != nil {
			return err
		}
		return t.without(ctx, cfg, t.err)
	}
	if err := app.BackupTo(ctx, cfg, b.File, b.Replace); err != nil {
		return err
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintln(t.out, t.lang.F("已备份到 %s，%d KB。", "Backed up to %s, %d KB.", b.File, (info.Size()+1023)/1024)); err != nil {
		return err
	}
	return t.without(ctx, cfg, t.out)
}

type restoreCommand struct {
	File string `arg:"" help:"${restore_file}"`
}

// Run restores a backup.
func (r restoreCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	f, err := disk.OpenInput(r.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if err := app.Restore(ctx, cfg, f); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.lang.F("已从 %s 恢复。", "Restored from %s.", r.File))
	return err
}
