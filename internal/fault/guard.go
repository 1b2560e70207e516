package fault

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// A panic that nobody recovers ends the process and with it everybody's answers.
// So no goroutine begins bare (goroutines_test.go of the module holds that): each is
// begun in one of three ways, by who waits for it.
//
//	errgroup: g.Go(fault.Safely(f))   the panic becomes the group's error
//	parts of one computation: Group   the panic goes on in the one who waits
//	a loop of its own: Go             the panic is logged

// PanicError is a panic that was recovered. It is no fault: it is logged whole, and a
// user is shown only that something broke.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

// recovered makes an error of what recover returned. It keeps the stack of a
// panic that has come through other goroutines.
func recovered(v any) *PanicError {
	if p, ok := v.(*PanicError); ok {
		return p
	}
	return &PanicError{v, debug.Stack()}
}

func (p *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// Brief is the error in one line, for where a stack does not belong.
func (p *PanicError) Brief() string { return fmt.Sprintf("panic: %v", p.Value) }

// Unwrap returns the error that was panicked with, if it was one.
func (p *PanicError) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Safely returns f with a panic made a *PanicError.
func Safely(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = recovered(v)
			}
		}()
		return f()
	}
}

// Go runs f in a goroutine of its own. A panic is told to the log, under the
// name of what ends by it, and to failed, which may be nil.
func Go(what string, f func(), failed func(error)) {
	go func() {
		err := Safely(func() error { f(); return nil })()
		if err == nil {
			return
		}
		slog.Default().Error("a goroutine panicked", "what", what, "error", err)
		if failed != nil {
			failed(err)
		}
	}()
}

// Group runs the parts of one computation side by side. The zero Group is ready.
type Group struct {
	all   sync.WaitGroup
	mu    sync.Mutex
	first *PanicError
}

// Go runs a part.
func (g *Group) Go(f func()) {
	g.all.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				g.mu.Lock()
				defer g.mu.Unlock()
				if g.first == nil {
					g.first = recovered(v)
				}
			}
		}()
		f()
	})
}

// Wait returns when all parts have ended. If one of them panicked it panics, as
// if the caller had run them one after another.
func (g *Group) Wait() {
	g.all.Wait()
	if g.first != nil {
		panic(g.first)
	}
}
