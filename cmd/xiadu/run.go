package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Exit codes, beside those of the kinds of fault.
const (
	exitDone      = 0
	exitBroken    = 1
	exitUsage     = 2
	exitCancelled = 130
)

var exitCodes = map[fault.Kind]int{
	fault.Invalid: 3, fault.NotFound: 4, fault.Conflict: 5, fault.Denied: 6, fault.Late: 7, fault.Unavailable: 8,
}

// terminal is where a command speaks: results to out, all else to err.
type terminal struct {
	out, err io.Writer
	lang     lang.Lang
}

// perform parses the command line, runs the command and says how it went.
func perform(ctx context.Context, args []string, out, errs io.Writer) int {
	t := terminal{out: out, err: errs, lang: language(args, os.Getenv("XIADU_LANG"))}
	var c cli
	parser, err := kong.New(&c,
		kong.Name("xiadu"), kong.Description("${xiadu}"), kong.NoDefaultHelp(), kong.Vars(texts(t.lang)), kong.Vars(nationTexts(t.lang)), kong.Writers(out, errs),
		kong.Bind(t), kong.BindTo(ctx, (*context.Context)(nil)), kong.Resolvers(&settingsFile{args: args}),
	)
	if err != nil {
		panic(err) // the command's own declaration is wrong: any test shows it
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case errors.Is(err, errHelped):
		return exitDone
	case err != nil && fault.KindOf(err) == 0:
		fmt.Fprintln(errs, t.lang.F("%s\n用 xiadu --help 看用法。", "%s\nSee xiadu --help.", usageError(t.lang, err)))
		return exitUsage
	case err == nil:
		t.lang = lang.Parse(c.Lang) // the settings file has a say too
		err = command.Run(c.settings(), t)
	}
	return t.finish(ctx, err)
}

// verdict has an exit code of its own; one without an error has said all there is
// to say.
type verdict struct {
	error
	code int
}

func (v verdict) Unwrap() error { return v.error }

// finish tells the user what went wrong and returns the exit code.
func (t terminal) finish(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	code := 0
	if v, ok := errors.AsType[verdict](err); ok {
		if code = v.code; v.error == nil {
			return code
		}
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(t.err, t.lang.T("已取消，没有留下做了一半的东西。", "Cancelled; nothing half done is left behind."))
		return exitCancelled
	}
	if fields, _ := fault.Fields(err); len(fields) == 1 && fields["file"] != nil { // it was named on the command line
		err = fields["file"]
	}
	if text, ok := fault.Named(t.lang, err); ok {
		fmt.Fprintln(t.err, text)
		return cmp.Or(code, exitCodes[fault.KindOf(err)])
	}
	fmt.Fprintln(t.err, t.lang.F("出错了：%v", "Something broke: %v", err))
	return exitBroken
}

// printJSON prints what a command says to a program.
func printJSON(w io.Writer, what any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(what)
}

// language is asked for by flag or environment. It is looked up before the
// command line is parsed, so that help and complaints about it are in it too.
func language(args []string, env string) lang.Lang {
	for i, arg := range args {
		if tag, ok := strings.CutPrefix(arg, "--lang="); ok {
			return lang.Parse(tag)
		}
		if arg == "--lang" && i+1 < len(args) {
			return lang.Parse(args[i+1])
		}
	}
	return lang.Parse(env)
}
