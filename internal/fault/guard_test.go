package fault_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
)

// broken panics with what the runtime says of a bad index.
func broken() error {
	var none []int
	return errors.New(strings.Repeat("x", none[len(none)]))
}

func TestAPanicBecomesAnErrorWithItsStack(t *testing.T) {
	err := fault.Safely(broken)()
	p, ok := errors.AsType[*fault.PanicError](err)
	if !ok || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "fault_test.broken") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(p.Brief(), "\n") || fault.KindOf(err) != 0 {
		t.Errorf("brief %q, kind %d", p.Brief(), fault.KindOf(err))
	}
	plain := errors.New("plain")
	if err := fault.Safely(func() error { return plain })(); err != plain { //nolint:errorlint // it must be the very same
		t.Errorf("an error became %v", err)
	}
	if err := fault.Safely(func() error { panic(plain) })(); !errors.Is(err, plain) {
		t.Errorf("a panic with an error lost it: %v", err)
	}
}

// A part's panic reaches whoever asked, with the stack of the part, and the
// other parts end first.
func TestAPanicOfAPartGoesOnInTheOneWhoWaits(t *testing.T) {
	other := false
	err := fault.Safely(func() error {
		var outer fault.Group
		outer.Go(func() {
			var inner fault.Group
			inner.Go(func() { _ = broken() })
			inner.Go(func() { other = true })
			inner.Wait()
		})
		outer.Wait()
		return nil
	})()
	if err == nil || !strings.Contains(err.Error(), "fault_test.broken") || strings.Count(err.Error(), "debug.Stack") != 1 {
		t.Errorf("got %v", err)
	}
	if !other {
		t.Error("the other part did not end")
	}
}

func TestALoopThatPanicsIsToldOf(t *testing.T) {
	told := make(chan error)
	fault.Go("a loop", func() { _ = broken() }, func(err error) { told <- err })
	if err := <-told; !strings.Contains(err.Error(), "fault_test.broken") {
		t.Errorf("got %v", err)
	}
}
