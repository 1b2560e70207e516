package identity_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// What was not looked at, and what was right, cost nobody a wait.
func TestOnlyWhatIsWrongIsCounted(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		in, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		me := w.who(in.Token)
		w.SetCrowded(true)
		for range identity.Plain.Free + 1 {
			w.is(w.Entrance.Confirm(t.Context(), me, good), fault.Unavailable, "Many are signing in")
			_, err = w.Entrance.ChangePassword(t.Context(), me, good, other, "")
			w.is(err, fault.Unavailable, "Many are signing in")
		}
		w.SetCrowded(false)
		for range identity.Plain.Free + 1 {
			_, err = w.Entrance.ChangePassword(t.Context(), me, good, good, "")
			w.is(err, fault.Invalid, "is the present one")
		}
		w.must(w.Entrance.Confirm(t.Context(), me, good))
	})
}

// Who can have a guess broken off before it is looked at must not be rid of those
// that were wrong, and who waited in vain must not wait longer for it.
func TestABrokenOffGuessForgetsNone(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		guess := func(kind fault.Kind, says string) {
			t.Helper()
			_, err := w.Entrance.SignIn(t.Context(), attempt("dawa", other))
			w.is(err, kind, says)
		}
		for range identity.Plain.Free - 1 {
			guess(fault.Denied, "is wrong")
		}
		w.SetCrowded(true)
		guess(fault.Unavailable, "Many are signing in")
		guess(fault.Unavailable, "Many are signing in")
		w.SetCrowded(false)
		guess(fault.Denied, "is wrong")
		guess(fault.Denied, "Too many")
	})
}
