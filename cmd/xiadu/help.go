package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/xiadu/xiadu/internal/lang"
)

// errHelped stops the parse after help was printed.
var errHelped = errors.New("help was printed")

// helpFlag prints help in the user's language instead of running a command.
type helpFlag bool

// BeforeReset is called by kong as soon as the flag is seen.
func (helpFlag) BeforeReset(ctx *kong.Context, t terminal) error {
	node := ctx.Selected()
	if node == nil {
		node = ctx.Model.Node
	}
	printHelp(t.out, t.lang, node)
	return errHelped
}

func printHelp(w io.Writer, l lang.Lang, node *kong.Node) {
	usage := node.FullPath() + positional(node)
	if len(node.Children) > 0 {
		usage += l.T(" <命令>", " <command>")
	}
	fmt.Fprintln(w, l.F("用法：%s [选项]", "Usage: %s [flags]", usage))
	fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(node.Help+"\n"+node.Detail))
	section := func(title string, rows [][2]string) {
		if len(rows) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n", title)
		for _, row := range rows {
			fmt.Fprintf(w, "  %-26s %s\n", row[0], strings.ReplaceAll(row[1], "\n", "\n"+strings.Repeat(" ", 29)))
		}
	}
	section(l.T("命令", "Commands"), commandRows(node, ""))
	var args, flags [][2]string
	for _, arg := range node.Positional {
		args = append(args, [2]string{arg.Summary(), arg.Help})
	}
	section(l.T("参数", "Arguments"), args)
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			flags = append(flags, [2]string{flagName(f), f.Help + remarks(l, f)})
		}
	}
	section(l.T("选项", "Flags"), flags)
	if node.Type == kong.ApplicationNode {
		fmt.Fprintf(w, "\n%s\n", l.T(
			"退出码：0 完成，1 出错，2 用法不对，3 输入不对，4 找不到，5 与现有数据冲突，6 不允许，7 过期，8 暂不可用，130 已取消。",
			"Exit codes: 0 done, 1 broken, 2 wrong usage, 3 wrong input, 4 not found, 5 conflict, 6 not allowed, 7 too late, 8 not available, 130 cancelled."))
	}
}

// commandRows lists commands with what is below them: import streets and so on.
func commandRows(node *kong.Node, prefix string) [][2]string {
	var rows [][2]string
	for _, child := range node.Children {
		if len(child.Children) > 0 {
			rows = append(rows, commandRows(child, prefix+child.Name+" ")...)
			continue
		}
		rows = append(rows, [2]string{prefix + child.Name + positional(child), child.Help})
	}
	return rows
}

func positional(node *kong.Node) string {
	var b strings.Builder
	for _, arg := range node.Positional {
		b.WriteString(" " + arg.Summary())
	}
	return b.String()
}

func flagName(f *kong.Flag) string {
	name := "    --" + f.Name
	if f.Short != 0 {
		name = fmt.Sprintf("-%c, --%s", f.Short, f.Name)
	}
	if f.IsBool() {
		return name
	}
	return name + "=" + strings.ToUpper(f.FormatPlaceHolder())
}

// remarks are the flag's default and its name in the environment.
func remarks(l lang.Lang, f *kong.Flag) string {
	var list []string
	if f.HasDefault && f.Default != "" {
		list = append(list, l.T("默认 ", "default ")+f.Default)
	}
	list = append(list, f.Envs...)
	if len(list) == 0 {
		return ""
	}
	return l.T("（", " (") + strings.Join(list, l.T("，", ", ")) + l.T("）", ")")
}

// complaints are what kong says about a command line, and the same in Chinese.
var complaints = []struct {
	said *regexp.Regexp
	zh   string
}{
	{regexp.MustCompile(`^unknown flag (.+?), did you mean (.+)\?$`), "没有 $1 这个选项，是不是 $2？"},
	{regexp.MustCompile(`^unknown flag (.+)$`), "没有 $1 这个选项。"},
	{regexp.MustCompile(`^unexpected argument (.+?), did you mean (.+)\?$`), "不认识 $1，是不是 $2？"},
	{regexp.MustCompile(`^unexpected argument (.+)$`), "不认识 $1。"},
	{regexp.MustCompile(`^expected one of (.+)$`), "还要写一个命令：$1。"},
	{regexp.MustCompile(`^expected (.+)$`), "还要写 $1。"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "缺少选项 $1。"},
	{regexp.MustCompile(`^(\S+) must be one of (.+) but got (.+)$`), "$1 只能是 $2，不能是 $3。"},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together$`), "$1 和 $2 不能一起用。"},
}

// usageError says what is wrong with a command line.
func usageError(l lang.Lang, err error) string {
	text := err.Error()
	if l == lang.EN {
		return strings.ToUpper(text[:1]) + text[1:] + "."
	}
	for _, c := range complaints {
		if c.said.MatchString(text) {
			return c.said.ReplaceAllString(text, c.zh)
		}
	}
	return "命令行有误：" + text
}
