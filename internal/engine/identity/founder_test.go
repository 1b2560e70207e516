package identity_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// TestACastIsADemosAlone: anybody comes in as one of a demo's people and may do what they
// may, and nothing opens where the database was not made as a demo, or has accounts.
func TestACastIsADemosAlone(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		w := open(t, d, identity.Plain)
		ctx := t.Context()
		w.must(w.Cast.Make(ctx, nil, identity.Member{Login: "office", Somebody: identity.Somebody{Name: "办公室"}, Roles: []identity.Giving{{Role: "station.office"}}}))
		w.is(w.Cast.Make(ctx, nil), fault.Conflict, "real accounts")
		all, err := w.Cast.List(ctx)
		w.must(err)
		if len(all) != 1 || all[0].Name != "办公室" || len(all[0].Roles) != 1 {
			t.Fatalf("%+v", all)
		}
		in, err := w.Cast.Enter(ctx, all[0].ID, "")
		w.must(err)
		w.must(w.authorize(w.who(in.Token), "station.edit", right.Place{}))
		again, err := w.Cast.Enter(ctx, all[0].ID, in.Token)
		w.must(err)
		if _, err := w.Sessions.Who(ctx, in.Token); err == nil || again.Token == in.Token {
			t.Error("the browser's former session goes on")
		}
		if _, err := w.Entrance.SignIn(ctx, identity.Attempt{Login: "office", Password: "", Network: "n"}); fault.KindOf(err) != fault.Denied {
			t.Errorf("with an empty password: %v", err)
		}
	})
	each(t, identity.Plain, func(t *testing.T, w *town) {
		if all, err := w.Cast.List(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("a real site has a cast: %v, %v", all, err)
		}
		_, err := w.Cast.Enter(t.Context(), w.grants.Person, "")
		w.is(err, fault.NotFound, "no cast")
	})
}
