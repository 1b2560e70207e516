package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
)

type verifyContestCommand struct {
	File string `arg:"" help:"${verify_contest_file}"`
}

// mostContestFile bounds a public file: 10,000 entries by seven judges are some 30 MB.
const mostContestFile = 128 << 20

// Run opens every seal of a contest's public file, computes every total again, and says what holds or what was found.
func (c verifyContestCommand) Run(t terminal) error {
	text, _, err := contents(c.File, mostContestFile)
	if err != nil {
		return err
	}
	f, err := seal.Read(text)
	if fault.KindOf(err) != 0 {
		return verdict{err, exitBroken}
	}
	if err != nil {
		return err
	}
	r := seal.Verify(f)
	if len(r.Findings) > 0 {
		for _, one := range r.Findings {
			fmt.Fprintf(t.out, "%s  %s\n", one.At, one.Text.In(t.lang))
		}
		fmt.Fprintln(t.out, t.lang.F("发现 %d 处问题。", "%d things are wrong.", len(r.Findings)))
		return verdict{nil, exitBroken}
	}
	sum := sha256.Sum256(text)
	fmt.Fprintln(t.out, t.lang.F("核对无误：%[1]s（%[2]s）", "All holds: %[1]s (%[2]s)", f.Title.In(t.lang), f.Contest))
	fmt.Fprintln(t.out, t.lang.F("%[1]d 张计分的评分表都和封存时一样，其中 %[2]d 张由服务器代为封存；更正 %[3]d 张，作废 %[4]d 张；总分和名次重算一致。",
		"%[1]d sheets that count open to what was sealed, %[2]d of them sealed by the server for a judge; %[3]d were corrected and %[4]d voided; totals and places come out the same.", r.Sheets, r.ByServer, r.Late, r.Voided))
	for _, line := range f.Result {
		if line.Place > 0 {
			fmt.Fprintf(t.out, "%4d  %-12s %s\n", line.Place, line.Entry, line.Total)
		}
	}
	fmt.Fprintln(t.out, t.lang.F("规则：%s", "rule: %s", f.RuleHash))
	fmt.Fprintln(t.out, t.lang.F("文件：%s（请与公开日志里“contest.released”条目的校验值对照：标题、理由这些不参加计算的字，只由它保证）",
		"file: %s (compare it with the hash in the log's entry contest.released: titles and reasons compute nothing, and only that hash keeps them)", hex.EncodeToString(sum[:])))
	return nil
}
