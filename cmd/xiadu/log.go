package main

import (
	"context"
	"fmt"
	"os"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

type logCommand struct {
	Export  logExportCommand  `cmd:"" help:"${log_export}"`
	Receipt logReceiptCommand `cmd:"" help:"${log_receipt}"`
	Recover logRecoverCommand `cmd:"" help:"${log_recover}"`
	Renew   logRenewCommand   `cmd:"" help:"${log_renew}"`
	Rotate  logRotateCommand  `cmd:"" help:"${log_rotate}"`
}

func logTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"log":           l.T("公开日志：每次改动一条，谁都能核对", "the public log: an entry for each change, for anybody to check"),
		"log_origin":    l.T("新公开日志的名称：将来公布在哪里，如 city.example/log；不写就随机起一个", "the name of a new public log: where it will be published, as city.example/log; by default a random one"),
		"serve_relay":   l.T("把公开日志随时转给这个 NATS 服务（JetStream），供别的程序跟着读；不写就不转", "pass the public log on to this NATS server (JetStream) as it grows, for other programs to follow; by default it is not"),
		"serve_notices": l.T("发通知的通道，一个 JSON 文件（邮件，或短信、政务微信的网关）；不写就不发，要打的电话在 /me/calls", "how announcements are sent, a file of JSON (mail, or a gateway for SMS); by default nothing is, and /me/calls lists whom to ring up"),
		"log_export":    l.T("写成静态文件，任何网页服务器都能公布", "write it as static files, for any web server to publish"),
		"log_dir":       l.T("哪个文件夹；已有的接着写", "the folder; one that has an earlier state is brought up to date"),
		"log_receipt":   l.T("取一条记录的凭据（.tlog-proof）", "the receipt of an entry (.tlog-proof)"),
		"log_entry":     l.T("记录的编号", "the entry's id"),
		"log_recover":   l.T("数据库恢复成旧的以后，从镜像补回缺的条目", "after an older database was restored, take the missing entries from a mirror"),
		"log_mirror":    l.T("镜像：文件夹，或 http(s):// 地址", "the mirror: a folder, or an address with http(s)://"),
		"log_renew":     l.T("没有镜像或密钥丢失时，换一个名称和密钥继续，并引用旧日志的最后检查点", "without a mirror, or with the key lost: go on under another name and key, citing the last checkpoint"),
		"log_name":      l.T("新名称，如 city.example/log/2", "the new name, as city.example/log/2"),
		"log_rotate":    l.T("加一把新密钥，与旧的一起签名", "add a new key, which signs beside the old"),

		"verify":            l.T("核对一份公开日志，或一次抽签的公开文件（verify draw）", "check a public log, or the public file of a draw (verify draw)"),
		"verify_whole":      l.T("核对一份公开日志；抽签的公开文件用 verify draw。退出码 0 全对，1 有问题并已指出，2 用法不对，或有的数字只核对了一部分", "check a public log; the public file of a draw goes with verify draw. Exit code 0 all holds, 1 something is wrong and named, 2 wrong usage, or a figure was checked in part only"),
		"verify_log":        l.T("文件夹，或 http(s):// 地址", "a folder, or an address with http(s)://"),
		"verify_checkpoint": l.T("别处得到的检查点（报纸、公告、别人），或抄下的一行“条数 根”：日志必须与它一致", "a checkpoint from elsewhere (a paper, a bulletin, somebody else), or a line with size and root that was copied: the log must agree with it"),
		"verify_receipt":    l.T("凭据：它说的必须在日志里；数字的凭据还要重算一遍", "a receipt: what it says must be in the log; of a figure, it is computed again"),
		"verify_with":       l.T("重算数字要用、日志里没有的文件，如 streets=streets.atlas", "a file that a figure was made of and the log does not have, as streets=streets.atlas"),
		"verify_key":        l.T("日志的公钥，从别处得到的；不写就用日志自己给的", "the log's public key, from elsewhere; by default the one that the log itself gives"),
		"verify_keep":       l.T("把见过的检查点记在哪个文件夹，下次对照；写“-”不记", "the folder where checkpoints that were seen are kept, to hold the next check against; - keeps none"),

		"verify_draw":         l.T("照公开文件重抽一次签：名单、顺序、跳过、续抽，以及约定是否早于种子", "draw lots again from a public file: list, order, skips, drawing on, and whether the commitment came before the seed"),
		"verify_contest":      l.T("核对一次评审的公开文件：打开每个封存，重算每个总分和名次", "check a contest's public file: open every seal, compute every total and place again"),
		"verify_contest_file": l.T("评审公布的 JSON 文件", "the JSON file that the contest released"),
		"verify_contest_log":  l.T("日志在哪里（文件夹，或 http(s):// 地址）：连日志一起核对，这个文件是不是它公布的那一份", "where the log is, a folder or an address with http(s)://: check it, too, and whether it released this very file"),
		"verify_draw_file":    l.T("抽签页面上下载的 JSON 文件", "the JSON file from the page of the draw"),
		"verify_draw_kept":    l.T("种子公布以前从别处留下的：约定的凭据（.tlog-proof）、检查点，或抄下的一行“条数 根”", "what was kept elsewhere before the seed: a receipt of the commitment (.tlog-proof), a checkpoint, or a line with size and root that was copied"),
		"verify_draw_log":     l.T("日志在哪里（文件夹，或 http(s):// 地址）：用检查点证明先后时要从那里取证明", "where the log is, a folder or an address with http(s)://: the proof for a checkpoint comes from there"),
		"verify_draw_seed":    l.T("种子还没填时，用您知道的值先抽出来看：各来源的值用分号隔开", "before the seed is given: draw with the values that you know, with semicolons between those of several sources"),
	}
}

type logExportCommand struct {
	Dir string `arg:"" help:"${log_dir}"`
}

// Run exports the log and says how far it goes.
func (c logExportCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	at, err := app.ExportLog(ctx, cfg, c.Dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(t.out, t.lang.F("公开日志共 %[1]d 条，已写到 %[2]s。检查点：\n%[3]s", "The public log has %[1]d entries and is written to %[2]s. Its checkpoint:\n%[3]s", at.Size, c.Dir, at.Text()))
	return err
}

type logReceiptCommand struct {
	Entry string `arg:"" help:"${log_entry}"`
}

// Run prints the receipt.
func (c logReceiptCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	r, err := app.Receipt(ctx, cfg, c.Entry)
	if err != nil {
		return err
	}
	_, err = t.out.Write(r.Bytes())
	return err
}

type logRecoverCommand struct {
	Mirror string `arg:"" help:"${log_mirror}"`
}

// Run takes missing entries from a mirror.
func (c logRecoverCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	r, err := app.RecoverLog(ctx, cfg, c.Mirror)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.F("已从镜像补回 %d 条记录。它们的个人信息无法补回；各系统的数据仍是备份时的。", "%d entries were taken from the mirror. Their personal data cannot come back, and the systems' data are as in the backup.", r.Entries))
	if r.Files > 0 {
		fmt.Fprintln(t.out, t.lang.F("补回了公开日志旁边的 %d 个文件，已经公开的批次照旧能看。", "%d files beside the log came back, and what was published can be read as before.", r.Files))
	}
	for _, f := range r.Missing {
		fmt.Fprintln(t.err, t.lang.F("镜像里也没有 %[1]s 的文件 %.12[2]s…：换一份镜像，再运行一次 log recover。", "the mirror does not have the file of %[1]s either (%.12[2]s…): run log recover again with another mirror.", f.Name, f.SHA256))
	}
	if r.Unknown > 0 {
		fmt.Fprintln(t.err, t.lang.F("日志里有 %d 条信访整改的记录是数据库不知道的：工作台（/complaints/desk）列出了要补录什么。", "%d entries about complaints are of what the database does not know: the desk (/complaints/desk) lists what to put in again.", r.Unknown))
	}
	return nil
}

type logRenewCommand struct {
	Origin string `arg:"" help:"${log_name}"`
}

// Run goes on under another name.
func (c logRenewCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	if err := app.RenewLog(ctx, cfg, c.Origin, station.ByCommand); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, t.lang.F("公开日志从现在起叫 %s。请把新公钥和原因公布出去。", "The public log is called %s from now on. Publish its new key, and why.", c.Origin))
	return err
}

type logRotateCommand struct{}

// Run adds a key.
func (logRotateCommand) Run(t terminal, cfg app.Config) error {
	if err := app.RotateLogKey(cfg); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, t.lang.T("已加一把新密钥；等大家都有新公钥以后，从 log/key 里删去旧的一行。", "A new key signs, too. Remove the old one's line from log/key when all have the new public key."))
	return err
}

// checkpoints is where verify keeps what it has seen, by default.
func checkpoints() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "" // then nothing is kept
	}
	return dir + "/xiadu/checkpoints"
}
