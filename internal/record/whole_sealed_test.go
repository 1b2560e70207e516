package record_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// draw is a visit that is not yet made.
type draw struct {
	Firm string `json:"firm"`
	who  string
}

func (draw) Kind() string      { return "test.drawn" }
func (d draw) Subject() string { return "firm/" + d.Firm }
func (draw) Sealed()           {}

// told is a draw that also has a person.
type told struct{ draw }

func (d told) Private() any { return map[string]string{"person": d.who, "phone": "13900000000"} }

type raw struct {
	Kind       string `db:"kind"`
	Subject    string `db:"subject"`
	By         string `db:"actor"`
	Public     string `db:"public"`
	Commitment string `db:"commitment"`
	ID         string `db:"id"`
}

var rawRows = db.Declare[db.None, raw](`SELECT /*cols*/ FROM record_entry ORDER BY id`)

func rows(t *testing.T, d *db.DB) []raw {
	t.Helper()
	return view(t, d, func(tx *db.Tx) ([]raw, error) { return rawRows.Slice(tx, db.None{}) })
}

func item(t *testing.T, d *db.DB, id string) record.Item {
	t.Helper()
	return view(t, d, func(tx *db.Tx) (record.Item, error) { return record.ByID(tx, id) })
}

// TestASealedEntrySaysNothing until it is opened: not its kind, subject or actor, and
// nothing in the row that is published; who has the database and its key reads it. Its
// opening is in the history of what it is about.
func TestASealedEntrySaysNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, keys := range []*ring{nil, newRing(t)} {
			if keys != nil {
				keys.number = 1
				record.UseKeys(d, keys)
			}
			before := len(rows(t, d))
			update(t, d, func(tx *db.Tx) error {
				if err := record.Append(tx, "inspector", draw{Firm: "F-1"}); err != nil {
					return err
				}
				return record.AppendAll(tx, "inspector", func(yield func(record.Entry) bool) {
					_ = yield(told{draw{"F-2", "p-7"}}) && yield(draw{Firm: "F-3"})
				})
			})
			all := rows(t, d)[before:]
			for _, r := range all {
				if r.Kind != logtree.KindSealed || r.Subject != "sealed" || r.By != "" || r.Public != "{}" || len(r.Commitment) != 64 {
					t.Errorf("published: %+v", r)
				}
			}
			for i, want := range []string{"firm/F-1", "firm/F-2", "firm/F-3"} {
				in := view(t, d, func(tx *db.Tx) (record.Item, error) { return record.Inside(tx, item(t, d, all[i].ID)) })
				if in.Subject != want || in.Kind != "test.drawn" || in.By != "inspector" || in.Public != `{"firm":"F-`+want[7:]+`"}` {
					t.Errorf("inside: %+v", in)
				}
			}
			if p := view(t, d, func(tx *db.Tx) (string, error) { return record.Private(tx, item(t, d, all[1].ID)) }); p != `{"person":"p-7","phone":"13900000000"}` {
				t.Errorf("its private part is %s", p)
			}
			if _, err := asked(t, d, func(tx *db.Tx) (string, error) { return record.Private(tx, item(t, d, all[0].ID)) }); fault.KindOf(err) != fault.NotFound {
				t.Errorf("one without a private part: %v", err)
			}
			if keys != nil {
				for _, k := range keptOf(t, d) {
					if k.Key == 1 && strings.Contains(k.Payload+k.Salt, "F-") {
						t.Errorf("in the database: %+v", k)
					}
				}
			}
			update(t, d, func(tx *db.Tx) error { return record.Open(tx, "chief", all[1].ID) })
			history := view(t, d, func(tx *db.Tx) ([]record.Item, error) { return record.History(tx, "firm/F-2", "", 1) })
			o, said, err := logtree.ParseOpening([]byte(history[0].Public))
			if err != nil || o.Entry != all[1].ID || said.Kind != "test.drawn" || said.By != "inspector" || strings.Contains(history[0].Public, "13900000000") ||
				logtree.SealedCommitment(o.Salt, o.Statement) != all[1].Commitment {
				t.Errorf("opened: %s, %v", history[0].Public, err)
			}
			for id, want := range map[string]fault.Kind{all[1].ID: fault.Conflict, history[0].ID: fault.Conflict, "none": fault.NotFound} {
				if err := d.Update(t.Context(), func(tx *db.Tx) error { return record.Open(tx, "chief", id) }); fault.KindOf(err) != want {
					t.Errorf("opening %s again: %v", id, err)
				}
			}
			update(t, d, func(tx *db.Tx) error { return record.Erase(tx, "chief", all[0].ID, "test") })
			if err := d.Update(t.Context(), func(tx *db.Tx) error { return record.Open(tx, "chief", all[0].ID) }); fault.KindOf(err) != fault.NotFound {
				t.Errorf("opening what is erased: %v", err)
			}
			var n int64
			update(t, d, func(tx *db.Tx) (err error) { n, err = record.Forget(tx, "chief", "p-7", "asked for"); return err })
			if n != 1 {
				t.Errorf("%d entries about a person are forgotten", n)
			}
		}
	})
}

// asked is what a question to the database gives, also when it fails.
func asked[T any](t *testing.T, d *db.DB, f func(*db.Tx) (T, error)) (out T, err error) {
	t.Helper()
	err = d.View(t.Context(), func(tx *db.Tx) (err error) { out, err = f(tx); return err })
	return out, err
}

// TestASealedEntryIsBounded: an opening has to have room for it.
func TestASealedEntryIsBounded(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		put := func(n int) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return record.Append(tx, "x", draw{Firm: strings.Repeat("f", n)}) })
		}
		if err := put(22_000); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if err := put(21_000); err != nil {
			t.Fatal(err)
		}
		all := rows(t, d)
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return record.Open(tx, "x", all[len(all)-1].ID) }); err != nil {
			t.Error("what could be sealed cannot be opened")
		}
	})
}
