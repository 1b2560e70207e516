package identity_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

var entriesOf = db.Declare[string, record.Item](`SELECT /*cols*/ FROM record_entry WHERE kind LIKE :kind ORDER BY id`)

func (w *town) entries(kind string) (items []record.Item) {
	w.t.Helper()
	w.must(w.db.View(w.t.Context(), func(tx *db.Tx) (err error) { items, err = entriesOf.Slice(tx, kind); return err }))
	return items
}

// private is the private part of an entry, empty where there is none any more.
func (w *town) private(item record.Item) (text string) {
	w.t.Helper()
	err := w.db.View(w.t.Context(), func(tx *db.Tx) (err error) { text, err = record.Private(tx, item); return err })
	if fault.KindOf(err) != fault.NotFound {
		w.must(err)
	}
	return text
}

// naming counts the entries whose private part has a text.
func (w *town) naming(text string) (n int) {
	w.t.Helper()
	for _, item := range append(w.entries("identity.%"), w.entries(record.KindSealed)...) {
		n += min(1, strings.Count(w.private(item), text))
	}
	return n
}

// When somebody comes and goes is sealed: the public log has neither the kind nor the
// session, and no two such entries are told apart; what an office does with its power is open.
func TestComingAndGoingIsSealed(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa")
		before := len(w.entries(record.KindSealed))
		w.enrol("dawa")
		w.must(w.Sessions.EndAll(t.Context(), identity.CommandLine, person))
		sealed := w.entries(record.KindSealed)[before:]
		if len(sealed) < 3 {
			t.Errorf("%d entries are sealed", len(sealed))
		}
		kinds := map[string]bool{}
		for _, item := range sealed {
			if item.By != "" || item.Subject != "sealed" || item.Public != "{}" {
				t.Errorf("published: %+v", item)
			}
			w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
				in, err := record.Inside(tx, item)
				kinds[in.Kind] = true
				return err
			}))
		}
		for _, kind := range []string{"identity.signed-in", "identity.session-raised", "identity.session-ended"} {
			if !kinds[kind] || len(w.entries(kind)) > 0 {
				t.Errorf("%s: sealed %t, in the open %d", kind, kinds[kind], len(w.entries(kind)))
			}
		}
		if len(w.entries("identity.account-made")) == 0 {
			t.Error("that an account was made is not public")
		}
	})
}

// Erasing a person takes what the log keeps of them, whichever key it was found by, and
// leaves what they did to others attributable, and the log whole for who checks it from
// outside.
func TestErasingAPersonErasesWhatTheLogKeeps(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		folder, dir := filepath.Join(t.TempDir(), "log"), t.TempDir()
		publish := func() {
			t.Helper()
			s, err := sequencer.Open(t.Context(), w.db, folder, "example.com/log")
			w.must(err)
			w.must(s.Drain(t.Context()))
			_, err = publiclog.Open(w.db, folder).Export(t.Context(), dir)
			w.must(err)
		}
		person := w.clerk("dawa", identity.Giving{Role: "station.office", Scope: right.Scope{Division: division(t, "630102")}})
		w.enrol("dawa")
		_, _, err := w.Keys.Rotate(t.Context(), identity.CommandLine, seal.SM, false)
		w.must(err)
		w.enrol("dawa")
		w.must(w.Persons.Leave(t.Context(), w.accounts, person, "达瓦退休"))
		about := `"person":"` + person + `"`
		before, others := w.naming(about), w.naming(`"person":`)
		granted := w.entries("identity.granted")
		publish()
		receipt, err := publiclog.Open(w.db, folder).Receipt(t.Context(), granted[len(granted)-1].ID)
		w.must(err)

		w.must(w.Persons.Erase(t.Context(), w.accounts, person))
		if before < 6 || w.naming(person) != 0 || w.naming("达瓦") != 0 || w.naming(`"person":`) != others-before {
			t.Errorf("of %d entries about them %d are left, of %d in all %d", before, w.naming(person), others, w.naming(`"person":`))
		}
		told := w.entries("record.forgotten")
		if len(told) != 1 || strings.Contains(told[0].Public, person) || w.private(w.entries("identity.person-erased")[0]) != `{"by":"`+w.accounts.Person+`"}` {
			t.Errorf("%+v", told)
		}
		publish()
		report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{Receipts: []verify.File{{Name: "before", Text: receipt.Bytes()}}})
		if err != nil || len(report.Findings) > 0 || report.Kinds[record.KindForgotten] != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// Who made entries about others stays in them when they are erased, as a number that
// leads to no name.
func TestWhatAnErasedPersonDidStaysAttributable(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa", identity.Giving{Role: right.AccountsAdmin})
		_, _, err := w.Accounts.Add(t.Context(), w.enrol("dawa"), "ekh", identity.Somebody{Name: "某"})
		w.must(err)
		w.fresh("amina", w.accounts)
		w.must(w.Persons.Leave(t.Context(), w.accounts, person, ""))
		w.must(w.Persons.Erase(t.Context(), w.accounts, person))
		if n, about := w.naming(`"by":"`+person+`"`), w.naming(`"person":"`+person+`"`); n != 3 || about != 0 {
			t.Errorf("%d entries about others say who made them, want 3; %d are about the erased", n, about)
		}
		if rows := strings.Join(w.dump("identity_person"), ""); !strings.Contains(rows, `["`+person+`","","","","",""`) {
			t.Errorf("the number leads to a name: %s", rows)
		}
	})
}

// The private parts are under the key in use: a rotation takes them along, and where
// the key is lost they say so, while the site goes on.
func TestTheKeyOfPrivateParts(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa")
		if rows := strings.Join(w.dump("record_private"), ""); strings.Contains(rows, person) || strings.Contains(rows, `"by"`) {
			t.Error("a private part can be read from the database")
		}
		_, _, err := w.Keys.Rotate(t.Context(), identity.CommandLine, seal.SM, false)
		w.must(err)
		about := w.naming(`"person":"` + person + `"`)
		if rows := strings.Join(w.dump("record_private"), ""); strings.Contains(rows, `"1:`) || about == 0 {
			t.Errorf("%d entries about them; rows are under the old key", about)
		}
		old := w.opt.KeyFile + ".lost"
		w.must(os.Rename(w.opt.KeyFile, old))
		w.must(identity.LoseKey(t.Context(), w.db, w.opt))
		w.Service = w.process()
		item := w.entries("identity.account-made")[0]
		err = w.db.View(t.Context(), func(tx *db.Tx) error { _, err := record.Private(tx, item); return err })
		w.is(err, fault.Unavailable, "under key 2")
		_, _, err = w.Keys.Rotate(t.Context(), identity.CommandLine, seal.AES, false)
		w.must(err)
		w.must(w.Sessions.EndAll(t.Context(), identity.CommandLine, person))
		text, err := os.ReadFile(old)
		w.must(err)
		now, err := os.ReadFile(w.opt.KeyFile)
		w.must(err)
		w.must(os.WriteFile(w.opt.KeyFile, append(now, text...), 0o600))
		if n := w.naming(`"person":"` + person + `"`); n <= about {
			t.Errorf("with the key back %d entries about them, before %d", n, about)
		}
	})
}
