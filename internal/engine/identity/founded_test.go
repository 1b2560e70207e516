package identity_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

// TestAnAccountIsNoAdministrator: the first start goes on while nobody who can sign in is
// an administrator, whatever accounts there are, and is over once somebody is.
func TestAnAccountIsNoAdministrator(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d, identity.Plain)
		ctx := t.Context()
		_, err := w.Accounts.Issue(ctx, identity.CommandLine, "ed", identity.Somebody{Name: "艾"}, "station.office")
		w.must(err)
		first, err := w.FirstStart.Address(ctx)
		w.must(err)
		w.must(w.FirstStart.Good(ctx, first))
		_, err = w.FirstStart.SetUp(ctx, first, "net", founder("amina", "阿米娜"), good, founder("bai", "白玛"), founder("chen", "陈静"))
		w.must(err)
		if again, err := w.FirstStart.Address(ctx); again != "" || err != nil {
			t.Errorf("there is another address: %q, %v", again, err)
		}
	})
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d, identity.Plain)
		first, err := w.FirstStart.Address(t.Context())
		w.must(err)
		_, err = w.Accounts.Issue(t.Context(), identity.CommandLine, "amina", identity.Somebody{Name: "阿米娜"}, right.AccountsAdmin)
		w.must(err)
		w.is(w.FirstStart.Good(t.Context(), first), fault.Conflict, "first start is over")
	})
}

// TestIssueGivesRolesOverTheDivision: an account of the command line has its roles over
// its division, and over everything only where it has none.
func TestIssueGivesRolesOverTheDivision(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d, identity.Plain)
		place := division(t, "630103")
		for login, p := range map[string]identity.Somebody{"zhang": {Name: "张", Division: place}, "li": {Name: "李"}} {
			made, err := w.Accounts.Issue(t.Context(), identity.CommandLine, login, p, "station.office")
			w.must(err)
			held, err := w.Grants.Of(t.Context(), identity.CommandLine, made.Person)
			w.must(err)
			if len(held) != 1 || held[0].Scope.Division != p.Division {
				t.Errorf("%s holds %+v", login, held)
			}
		}
	})
}

// TestALoginIsOfOneScript: letters that look like Latin ones are none; Chinese characters
// and Latin letters go together.
func TestALoginIsOfOneScript(t *testing.T) {
	for _, good := range []string{"new1", "张wei", "zoë", "办公室"} {
		if _, err := identity.CheckLogin(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"nеw1", "новый", "αb", "ab٣"} { // the first has a Cyrillic е
		if _, err := identity.CheckLogin(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
