package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/xiadu/xiadu/internal/geo/atlas"
)

// progress shows how far long work has come, and nothing where the errors do
// not go to a terminal.
type progress struct {
	t    terminal
	bar  *progressbar.ProgressBar // nil stays quiet
	last atlas.Step
	told time.Time // when a log was last told
}

// tellAgain is how often a log hears of long work.
const tellAgain = time.Minute

func (t terminal) progress() *progress {
	p := &progress{t: t}
	if f, ok := t.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(f), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	return p
}

// step is an atlas.Progress.
func (p *progress) step(step atlas.Step, done, total int64) {
	if p.bar == nil {
		return
	}
	if step != p.last {
		p.last = step
		p.bar.Reset()
		p.bar.Describe(step.Text().In(p.t.lang))
	}
	p.bar.ChangeMax64(total)
	p.bar.Set64(done) //nolint:errcheck // a bar that cannot be drawn is no reason to stop
}

// show says in words what is being done, and how much of it is.
//
// Where there is no terminal to draw on, a line now and then tells a log.
func (p *progress) show(words string, done, total int64) {
	if p.bar == nil {
		if p.told.IsZero() {
			p.told = time.Now()
		}
		if time.Since(p.told) > tellAgain {
			p.told = time.Now()
			fmt.Fprintln(p.t.err, words)
		}
		return
	}
	p.bar.Describe(words)
	p.bar.ChangeMax64(total)
	p.bar.Set64(done) //nolint:errcheck // as in step
}

func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish() //nolint:errcheck // as above
	}
}
