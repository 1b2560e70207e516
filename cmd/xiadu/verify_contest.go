package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/logcheck"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

type verifyContestCommand struct {
	File string `arg:"" help:"${verify_contest_file}"`

	Log        string   `placeholder:"log" help:"${verify_contest_log}"`
	Checkpoint []string `placeholder:"file" help:"${verify_checkpoint}"`
	Key        []string `placeholder:"key" help:"${verify_key}"`
}

// mostContestFile bounds a public file: 10,000 entries by seven judges are some 30 MB.
const mostContestFile = 128 << 20

// Run opens every seal of a contest's public file, computes every total again, holds the file against the log where one is named, and
// says what holds, what was found, and what it did not look at.
func (c verifyContestCommand) Run(ctx context.Context, t terminal) error {
	if c.Log == "" && len(c.Checkpoint)+len(c.Key) > 0 {
		return verdict{fault.New(fault.Invalid, "检查点和公钥是和日志对照的：请加上 --log", "checkpoints and keys are held against a log: add --log"), exitUsage}
	}
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
	var found []string
	for _, one := range r.Findings {
		found = append(found, one.At+"  "+one.Text.In(t.lang))
	}
	if len(found) > 0 {
		return t.broken(found)
	}
	looked := t.lang.T("没有看日志：每张表的日志编号、封存的先后、标题和理由，只有日志能证明。加上 --log 网址或文件夹，就连日志一起核对。",
		"The log was not looked at: the entry that each sheet names, what was sealed before what, titles and reasons are proved by the log alone. With --log URL or FOLDER they are checked, too.")
	if c.Log != "" {
		if looked, found, err = c.inLog(ctx, t, f, text); err != nil {
			return err
		}
		if len(found) > 0 {
			return t.broken(found)
		}
	}
	fmt.Fprintln(t.out, t.lang.F("核对无误：%[1]s（%[2]s）", "All holds: %[1]s (%[2]s)", f.Title.In(t.lang), f.Contest))
	fmt.Fprintln(t.out, t.lang.F("%[1]d 张计分的评分表都和封存时一样，其中 %[2]d 张由服务器代为封存；更正 %[3]d 张，作废 %[4]d 张；总分和名次重算一致。",
		"%[1]d sheets that count open to what was sealed, %[2]d of them sealed by the server for a judge; %[3]d were corrected and %[4]d voided; totals and places come out the same.", r.Sheets, r.ByServer, r.Late, r.Voided))
	t.results(f)
	fmt.Fprintln(t.out, t.lang.F("规则：%s", "rule: %s", f.RuleHash))
	fmt.Fprintln(t.out, t.lang.F("文件：%s", "file: %s", digest(text)))
	fmt.Fprintln(t.out, looked)
	return nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// broken says what was found.
func (t terminal) broken(found []string) error {
	for _, line := range found {
		fmt.Fprintln(t.out, line)
	}
	fmt.Fprintln(t.out, t.lang.F("发现 %d 处问题。", "%d things are wrong.", len(found)))
	return verdict{nil, exitBroken}
}

// results are all entries: those that have a place with what they are above, and the others with why they have none.
func (t terminal) results(f *seal.File) {
	name := func(key string) string { return f.Rule.About.Name(key).In(t.lang) }
	for _, line := range f.Result {
		place, total, says := "—", cmp.Or(line.Total, "—"), []string(nil)
		if line.Place > 0 {
			place = strconv.Itoa(line.Place)
		}
		if line.Tied {
			says = append(says, t.lang.T("并列", "tied"))
		}
		for _, cut := range f.Cuts {
			if slices.Contains(cut.In, line.Entry) {
				says = append(says, name(cut.Cut))
			}
		}
		for _, e := range f.Facts.Entries {
			if e.Key == line.Entry && e.Status != "" {
				says = append(says, t.status(string(e.Status)))
			}
		}
		fmt.Fprintln(t.out, strings.TrimRight(fmt.Sprintf("%4s  %-12s %-8s %s", place, line.Entry, total, strings.Join(says, t.lang.T("，", ", "))), " "))
	}
}

// status is how an entry ended early.
func (t terminal) status(s string) string {
	switch s {
	case "forfeit":
		return t.lang.T("弃权", "forfeit")
	case "withdrawn":
		return t.lang.T("撤回", "withdrawn")
	case "disqualified":
		return t.lang.T("取消资格", "disqualified")
	}
	return s
}

// inLog holds the file against a log: it is one that the log released, to the byte, and each of its sheets is what was sealed. A file
// that it did not release is compared with the one that it did.
func (c verifyContestCommand) inLog(ctx context.Context, t terminal, f *seal.File, text []byte) (says string, found []string, err error) {
	src, err := logcheck.At(c.Log)
	if err != nil {
		return "", nil, err
	}
	o := verify.Options{Keys: c.Key, Queries: app.Figures()}
	if o.Seen, err = inputs(c.Checkpoint); err != nil {
		return "", nil, err
	}
	released, report, err := release.InLog(ctx, src, o, f.Contest)
	if err != nil {
		return "", nil, err
	}
	for _, one := range report.Findings {
		found = append(found, fmt.Sprintf("%s  %s  %s", one.What, one.Where, one.Text.In(t.lang)))
	}
	if len(found) > 0 {
		return "", found, nil
	}
	sum := digest(text)
	for i := range released {
		if one := &released[i]; one.File == sum {
			return t.lang.F("日志也核对过（%[1]d 条）：它公布的第 %[2]d 份文件就是这一份，每张评分表都是封存时的那一张（条目 %[3]s）。检查点：\n%[4]s",
				"The log was checked, too (%[1]d entries): its release %[2]d is this file, and each sheet is the one that was sealed (entry %[3]s). The checkpoint:\n%[4]s",
				report.Checkpoint.Size, one.N, one.Entry, strings.TrimRight(report.Checkpoint.Text(), "\n")), nil, nil
		}
	}
	if len(released) == 0 {
		return "", []string{t.lang.F("日志里没有公布过“%s”的文件", "the log released no file of %q", f.Contest)}, nil
	}
	last := released[len(released)-1]
	for _, at := range differing(text, last.Text) {
		found = append(found, t.lang.F("%[1]s  和日志公布的第 %[2]d 份文件不一样", "%[1]s  is not as in the log's release %[2]d", at, last.N))
	}
	return "", found, nil
}

// mostDiffering is how many places of two files are named.
const mostDiffering = 20

// differing are the places in which two files of a contest are not the same; a sheet's with whose it is.
func differing(mine, theirs []byte) (all []string) {
	var a, b any
	if json.Unmarshal(mine, &a) != nil || json.Unmarshal(theirs, &b) != nil {
		return []string{"."}
	}
	var walk func(at string, a, b any)
	walk = func(at string, a, b any) {
		if len(all) == mostDiffering {
			return
		}
		switch x := a.(type) {
		case map[string]any:
			if y, ok := b.(map[string]any); ok {
				both := maps.Clone(y)
				maps.Copy(both, x)
				for _, key := range slices.Sorted(maps.Keys(both)) {
					walk(strings.TrimPrefix(at+"."+key, "."), x[key], y[key])
				}
				return
			}
		case []any:
			if y, ok := b.([]any); ok && len(x) == len(y) {
				for i := range x {
					walk(fmt.Sprintf("%s[%d]%s", at, i, whose(x[i])), x[i], y[i])
				}
				return
			}
		}
		one, _ := json.Marshal(a)
		other, _ := json.Marshal(b)
		if !bytes.Equal(one, other) {
			all = append(all, at)
		}
	}
	walk("", a, b)
	if len(all) == 0 {
		all = []string{"."} // the same, written otherwise
	}
	return all
}

// whose is the entry and the seat that a member of a list is of.
func whose(member any) string {
	m, _ := member.(map[string]any)
	entry, _ := m["entry"].(string)
	seat, _ := m["seat"].(string)
	if entry == "" {
		return ""
	}
	return "(" + strings.TrimSpace(entry+" "+seat) + ")"
}
