package main

import (
	"context"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/lang"
)

type evidenceCommand struct {
	Erase evidenceErase `cmd:"" help:"${evidence_erase}"`
	Lost  evidenceLost  `cmd:"" help:"${evidence_lost}"`
}

func evidenceTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"evidence_commands": l.T("照片和文件：按要求删除一份，声明原件丢失", "photos and papers: erase one on request, declare an original lost"),
		"evidence_erase":    l.T("删除一份材料：原件、缩图和公开的那张；日志里只留下有过它、什么时候、为什么删除", "erase a piece of evidence: the original, what was made of it and what was published; the log keeps that it was, and when and why it was erased"),
		"evidence_lost":     l.T("声明一份材料的原件丢失，备份就不再等它；文件放回来后再运行一次，就改回找到", "declare the original of a piece of evidence lost, so that a backup goes on without it; once the file is back, run this again and it is found"),
		"evidence_id":       l.T("材料的编号：在照片的地址 /photos/编号/… 里，备份的报错里也有", "the id of the evidence: it is in the address of the photo, /photos/id/…, and in the message of a backup"),
		"erase_reason":      l.T("为什么删除，会公开：asked 当事人要求，unrelated 与办件无关，order 依法或按上级要求", "why it is erased, which is public: asked by somebody whom it concerns, unrelated to the case, order by law or by order"),
	}
}

type evidenceErase struct {
	ID     string `arg:"" help:"${evidence_id}"`
	Reason string `required:"" placeholder:"ground" help:"${erase_reason}"`
}

// Run erases one item.
func (c evidenceErase) Run(ctx context.Context, t terminal, cfg app.Config) error {
	ground := evidence.Ground(c.Reason)
	if err := ground.Check(); err != nil {
		return err
	}
	err := app.OpenEvidence(ctx, cfg, func(e *evidence.Evidence) error { return e.Erase(ctx, app.ByCommand, c.ID, ground) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.lang.F("已删除材料 %[1]s（%[2]s）。", "The evidence %[1]s was erased (%[3]s).", c.ID, ground.Name().ZH, ground.Name().EN))
	return err
}

type evidenceLost struct {
	ID string `arg:"" help:"${evidence_id}"`
}

// Run declares an original lost, or found.
func (c evidenceLost) Run(ctx context.Context, t terminal, cfg app.Config) error {
	lost, err := app.LoseEvidence(ctx, cfg, c.ID)
	if err != nil {
		return err
	}
	says := t.lang.F("材料 %s 的原件好了，备份会带上它。", "The original of the evidence %s is whole: backups have it again.", c.ID)
	if lost {
		says = t.lang.F("已声明材料 %s 的原件丢失，记录在案。别的可以照常备份。", "The original of the evidence %s was declared lost, which is on record. The rest can be backed up.", c.ID)
	}
	_, err = fmt.Fprintln(t.out, says)
	return err
}

// without says what a backup went without.
func (t terminal) without(ctx context.Context, cfg app.Config, w io.Writer) error {
	all, err := app.LostEvidence(ctx, cfg)
	if err != nil || len(all) == 0 {
		return err
	}
	if _, err := fmt.Fprintln(w, t.lang.F("备份里没有 %d 份材料的原件，都已声明丢失：", "The backup is without the originals of %d pieces of evidence, which were declared lost:", len(all))); err != nil {
		return err
	}
	for _, one := range all {
		if _, err := fmt.Fprintf(w, "  %s  %s\n", one.Item, one.At.Format("2006-01-02")); err != nil {
			return err
		}
	}
	return nil
}
