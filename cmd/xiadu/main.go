// Command xiadu is the whole program: the server, the imports, the coverage
// report and the care of the data.
//
// Settings come from flags, then the environment (XIADU_…), then a file of
// "name = value" lines, then defaults that work. It speaks Chinese, and English
// with --lang en or XIADU_LANG=en.
//
// Exit codes: 0 done, 1 something broke, 2 wrong usage, 3 wrong input, 4 not
// found, 5 in conflict with what is there, 6 not allowed, 7 too late, 8 not
// available now, 130 cancelled by the user.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker: see the Makefile.
var version = "unknown"

func main() { os.Exit(start()) }

// start runs the program and returns its exit code. The first signal cancels
// the work, which cleans up; a second one ends the process at once.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return perform(ctx, os.Args[1:], os.Stdout, os.Stderr)
}
