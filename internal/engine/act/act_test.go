package act_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/fault"
)

func TestQueriesPrepare(t *testing.T) { dbtest.Prepare(t, act.Schema) }

var counts = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM act_done`)

// TestOnce: done, done before, another body, another person, a failure that leaves nothing.
func TestOnce(t *testing.T) {
	dbtest.Each(t, []db.Schema{act.Schema}, func(t *testing.T, d *db.DB) {
		did := 0
		once := func(a act.Act, fails error) (answer string, again bool, err error) {
			err = d.Update(t.Context(), func(tx *db.Tx) error {
				answer, again, err = act.Once(tx, a, func() (string, error) { did++; return fmt.Sprint("answer ", did), fails })
				return err
			})
			return answer, again, err
		}
		a := act.Act{ID: "phone/1", Body: []byte("measure"), Person: "wang"}
		broken := errors.New("broken")
		if _, _, err := once(a, broken); !errors.Is(err, broken) || did != 1 {
			t.Fatal(err, did)
		}
		if answer, again, err := once(a, nil); answer != "answer 2" || again || err != nil {
			t.Fatal(answer, again, err)
		}
		if answer, again, err := once(a, broken); answer != "answer 2" || !again || err != nil || did != 2 {
			t.Fatal(answer, again, err, did)
		}
		for _, other := range []act.Act{{ID: "phone/1", Body: []byte("another"), Person: "wang"}, {ID: "phone/1", Body: []byte("measure"), Person: "zhao"}} {
			if _, _, err := once(other, nil); fault.KindOf(err) != fault.Conflict || did != 2 {
				t.Error(err, did)
			}
		}
		for _, id := range []string{"", "phone", "/1", "phone/", "phone/\x00", "phone/" + string(make([]byte, 200))} {
			if _, _, err := once(act.Act{ID: id}, nil); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", id, err)
			}
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			n, err := act.Forget(tx, time.Now().Add(time.Hour))
			if n != 1 {
				t.Errorf("%d were forgotten", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestAnyOrderAnyNumberOfTimes: acts that come again and again, in any order and at once, are done once
// each.
func TestAnyOrderAnyNumberOfTimes(t *testing.T) {
	dbtest.Each(t, []db.Schema{act.Schema}, func(t *testing.T, d *db.DB) {
		const acts, senders = 30, 6
		var mu sync.Mutex
		answers := map[string]map[string]bool{}
		var wg sync.WaitGroup
		for range senders {
			wg.Go(func() {
				for _, i := range rand.Perm(acts) {
					id := fmt.Sprint("phone/", i)
					var answer string
					err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
						answer, _, err = act.Once(tx, act.Act{ID: id, Body: []byte(id)}, func() (string, error) { return strconv.FormatInt(rand.Int64(), 10), nil })
						return err
					})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					if answers[id] == nil {
						answers[id] = map[string]bool{}
					}
					answers[id][answer] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, all := range answers {
			if len(all) != 1 {
				t.Errorf("%s was answered in %d ways", id, len(all))
			}
		}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			n, err := counts.One(tx, db.None{})
			if n != acts {
				t.Errorf("%d acts are kept", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestFilled: a form that is sent twice is done once; another text of the same form, or another person's, is refused and
// says so; without a number it is done each time, and a conflict of the use case stays its own.
func TestFilled(t *testing.T) {
	dbtest.Each(t, []db.Schema{act.Schema}, func(t *testing.T, d *db.DB) {
		did := 0
		own := fault.New(fault.Conflict, "变了", "it has changed")
		fill := func(f act.Form, fails error) (answer string, again bool, err error) {
			err = d.Update(t.Context(), func(tx *db.Tx) error {
				answer, again, err = act.Filled(tx, f, func() (string, error) { did++; return "made", fails })
				return err
			})
			return answer, again, err
		}
		f := act.Form{Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Person: "wang", Says: []string{"盖上"}}
		if _, _, err := fill(f, own); !errors.Is(err, own) || errors.Is(err, act.ErrAnother) {
			t.Error(err)
		}
		for i, again := range []bool{false, true, true} {
			if answer, was, err := fill(f, nil); answer != "made" || was != again || err != nil {
				t.Error(i, answer, was, err)
			}
		}
		for _, other := range []act.Form{{f.Number, f.Person, []string{"拆掉"}}, {f.Number, "zhao", f.Says}} {
			if _, _, err := fill(other, nil); !errors.Is(err, act.ErrAnother) {
				t.Error(err)
			}
		}
		if did != 2 {
			t.Errorf("it was done %d times", did)
		}
		for range 2 {
			if _, again, err := fill(act.Form{Number: "made up", Says: f.Says}, nil); again || err != nil {
				t.Error(again, err)
			}
		}
		if did != 4 {
			t.Errorf("it was done %d times", did)
		}
	})
}
