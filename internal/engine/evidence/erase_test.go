package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Erasing leaves no file, no field and no salt, and every leaf of the log as it was.
func TestErase(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		item := a.bring("case.photo", "measure/1", photo(t, 1))
		other := a.bring("case.photo", "measure/2", photo(t, 1)) // the same bytes
		a.develop()
		var entry record.Item
		a.view(func(tx *db.Tx) error {
			history, err := record.History(tx, "evidence/"+item.ID, "", 100)
			entry = history[len(history)-1]
			return err
		})
		leaf := entry.Leaf()
		if err := a.Erase(t.Context(), "office", item.ID, "order"); err != nil {
			t.Fatal(err)
		}
		if got, err := a.seen(other.ID, "还在"); err != nil || len(got) == 0 {
			t.Errorf("the other item lost its bytes: %v", err)
		}
		if err := a.Erase(t.Context(), "office", other.ID, "order"); err != nil {
			t.Fatal(err)
		}
		a.view(func(tx *db.Tx) error {
			now, err := record.ByID(tx, entry.ID)
			if err != nil || now.Leaf() != leaf || now.Commitment == "" {
				t.Errorf("the entry changed: %+v, %v", now, err)
			}
			if private, err := record.Private(tx, now); err == nil {
				t.Errorf("its private part is there: %s", private)
			}
			if _, err := evidence.Told(tx, item.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("private fields: %v", err)
			}
			return nil
		})
		for _, id := range []string{item.ID, other.ID} {
			_, seen := a.seen(id, "看")
			_, thumb := a.Rendition(t.Context(), id, evidence.Thumb)
			if fault.KindOf(seen) != fault.NotFound || fault.KindOf(thumb) != fault.NotFound || fault.KindOf(a.Erase(t.Context(), "office", id, "again")) != fault.NotFound {
				t.Errorf("%v, %v", seen, thumb)
			}
		}
		// The second intake brought a file that nobody names; what was named is gone.
		old(t, a.stored()...)
		if n, err := a.Sweep(t.Context()); err != nil || n != 1 || a.stored() != nil {
			t.Errorf("%d swept, left %v, %v", n, a.stored(), err)
		}
	})
}

// old makes files older than any grace.
func old(t *testing.T, files ...string) {
	t.Helper()
	before := time.Now().Add(-48 * time.Hour)
	for _, f := range files {
		if err := os.Chtimes(f, before, before); err != nil {
			t.Fatal(err)
		}
	}
}

// An older database whose log was taken from a mirror has what was erased since: the sweep
// erases it again.
func TestErasedBefore(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		item := a.bring("case.paper", "measure/1", []byte("%PDF-1.4 1 %%EOF"))
		other := a.bring("case.paper", "measure/1", []byte("%PDF-1.4 2 %%EOF"))
		if err := a.db.Update(t.Context(), func(tx *db.Tx) error { return record.Append(tx, "office", evidence.ErasedEntry(item.ID)) }); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := a.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if a.item(item.ID).State != evidence.Erased || a.item(other.ID).State != evidence.Only || len(a.stored()) != 1 {
			t.Errorf("%+v, %+v, %v", a.item(item.ID), a.item(other.ID), a.stored())
		}
	})
}

// A rule erases what has lasted long enough, once its system says that its case is over; what is open is
// kept, however old it is, and what came before there was a rule is asked about, too.
func TestRetire(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		over := map[string]time.Duration{} // by subject, from when it came
		kept := func(_ *db.Tx, i evidence.Item) (until time.Time, err error) {
			if d, is := over[i.Subject]; is {
				until = i.At.Add(d)
			}
			return until, nil
		}
		ruled, err := evidence.Open(t.Context(), a.db, evidence.Options{Folder: a.folder, Kinds: withKeep("case.photo"), Until: map[string]evidence.Until{"case": kept}})
		if err != nil {
			t.Fatal(err)
		}
		paper := a.bring("case.paper", "measure/1", []byte("%PDF-1.4 1 %%EOF"))
		photo := a.bring("case.photo", "measure/2", photo(t, 1)) // before photos had a rule
		open := a.bring("case.paper", "measure/3", []byte("%PDF-1.4 3 %%EOF"))
		a.develop()
		retire := func(after time.Duration, want int) {
			t.Helper()
			if n, err := ruled.Retire(db.Rehearse(t.Context(), time.Now().Add(after)), 10); err != nil || n != want {
				t.Fatalf("%d erased after %v, not %d: %v", n, after, want, err)
			}
		}
		retire(0, 0)
		over["measure/1"], over["measure/2"] = 40*24*time.Hour, 100*24*time.Hour
		retire(2*time.Hour, 0)
		retire(41*24*time.Hour, 1)
		retire(99*24*time.Hour, 0)
		retire(101*24*time.Hour, 1)
		retire(9000*24*time.Hour, 0)
		for _, id := range []string{paper.ID, photo.ID} {
			if i := a.item(id); i.State != evidence.Erased || i.GoneWhy != evidence.Retention || i.GoneAt == nil {
				t.Errorf("%+v", i)
			}
		}
		if i := a.item(open.ID); i.State != evidence.Only || len(a.stored()) != 1 {
			t.Errorf("%+v, %v", i, a.stored())
		}
		// Of what was erased the log has the commitment of its coming, and the ground.
		a.view(func(tx *db.Tx) error {
			all, err := record.History(tx, "evidence/"+paper.ID, "", 10)
			if err != nil || len(all) != 3 || all[2].Commitment == "" || !strings.Contains(all[1].Public+all[0].Public, `"retention"`) {
				t.Errorf("%+v, %v", all, err)
			}
			if _, err := record.Private(tx, all[2]); err == nil {
				t.Error("the hash of what was erased is there")
			}
			return nil
		})
	})
}

// withKeep are the kinds with a rule for one more.
func withKeep(key string) []evidence.Kind {
	all := slices.Clone(kinds)
	for i := range all {
		if all[i].Key == key {
			all[i].Keep = time.Hour
		}
	}
	return all
}

// An original that is damaged is declared lost, and no other; once its bytes are there again it is found.
func TestLost(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		b := []byte("%PDF-1.4 1 %%EOF")
		item := a.bring("case.paper", "measure/1", b)
		whole := a.bring("case.paper", "measure/2", []byte("%PDF-1.4 2 %%EOF"))
		var files map[string]string
		a.view(func(tx *db.Tx) error {
			all, err := evidence.Originals(tx)
			files = map[string]string{}
			for _, f := range all {
				files[f.Item] = f.Name
			}
			return err
		})
		i := slices.IndexFunc(a.stored(), func(path string) bool { return filepath.Base(path) == files[item.ID] })
		path := a.stored()[i]
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := func(path string) (string, error) {
			b, err := os.ReadFile(path)
			s := sha256.Sum256(b)
			return hex.EncodeToString(s[:]), err
		}
		declare := func(id string, want bool) {
			t.Helper()
			if is, err := a.DeclareLost(t.Context(), "command", id, sum); err != nil || is != want || (a.item(id).LostAt != nil) != want {
				t.Fatalf("%v, %+v, %v", is, a.item(id), err)
			}
		}
		if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := a.DeclareLost(t.Context(), "command", whole.ID, sum); fault.KindOf(err) != fault.Conflict {
			t.Errorf("what is whole: %v", err)
		}
		declare(item.ID, true)
		if _, err := a.DeclareLost(t.Context(), "command", item.ID, sum); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		a.view(func(tx *db.Tx) error {
			all, err := evidence.Originals(tx)
			lost, lerr := evidence.Lost(tx)
			if err != nil || lerr != nil || len(all) != 1 || all[0].Item != whole.ID || len(lost) != 1 || lost[0].Item != item.ID {
				t.Errorf("%v, %v", all, lost)
			}
			return nil
		})
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		declare(item.ID, false)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		declare(item.ID, true)
		again := a.bring("case.paper", "measure/3", b) // whoever still has it sends it again
		for _, id := range []string{item.ID, again.ID} {
			if got, err := a.seen(id, "看"); err != nil || !bytes.Equal(got, b) || a.item(id).LostAt != nil {
				t.Errorf("%q, %v", got, err)
			}
		}
	})
}

var errAct = errors.New("the act fails")

// A transaction that fails leaves what was taken, to be named again; once it has waited
// long enough, the sweep leaves nothing.
func TestActFails(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		b := photo(t, 1)
		hash := a.take("case.photo", "li", b).Hash
		a.take("case.photo", "zhao", b) // the same bytes, of somebody who does nothing with them
		err := a.db.Update(t.Context(), func(tx *db.Tx) error {
			if _, err := a.Attach(tx, evidence.New{Hash: hash, Kind: "case.photo", System: "case", Subject: "measure/1", By: "unit", Person: "li"}); err != nil {
				return err
			}
			return errAct
		})
		if !errors.Is(err, errAct) {
			t.Fatal(err)
		}
		old(t, a.stored()...)
		if n, err := a.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("what waits was swept: %d, %v", n, err)
		}
		item, err := a.attach("case.photo", "li", "measure/1", hash)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.attach("case.photo", "li", "measure/1", hash); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		if got, err := a.seen(item.ID, "看"); err != nil || !bytes.Equal(got, b) {
			t.Error(err)
		}
		_, err = a.Take(t.Context(), bytes.NewReader(b), evidence.Sent{Kind: "case.photo", By: "sun", For: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		if _, err := a.attach("case.photo", "sun", "measure/1", hash); fault.KindOf(err) != fault.Conflict {
			t.Errorf("too late: %v", err)
		}
		old(t, a.stored()...)
		if n, err := a.Sweep(t.Context()); err != nil || n != 1 {
			t.Errorf("%d swept, %v", n, err)
		}
		if _, err := a.seen(item.ID, "看"); err != nil {
			t.Error(err)
		}
	})
}

// A sweep without any grace beside intakes and acts never takes what a row names.
func TestSweepBeside(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		sweeper := open(t, a.db, a.folder, time.Nanosecond)
		stop := make(chan struct{})
		var swept sync.WaitGroup
		swept.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := sweeper.Sweep(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
		var brought sync.WaitGroup
		for i := range 4 {
			brought.Go(func() {
				for range 8 {
					b := []byte("%PDF-1.4 " + strings.Repeat("x", i/2) + " %%EOF") // two bring the same
					taken, err := a.Take(t.Context(), bytes.NewReader(b), evidence.Sent{Kind: "case.paper", By: string(rune('a' + i))})
					if err != nil {
						t.Error(err)
						return
					}
					item, err := a.attach("case.paper", string(rune('a'+i)), "measure/1", taken.Hash)
					if err != nil {
						t.Error(err)
						return
					}
					if got, err := a.seen(item.ID, "看"); err != nil || !bytes.Equal(got, b) {
						t.Errorf("%d bytes, %v", len(got), err)
					}
				}
			})
		}
		brought.Wait()
		close(stop)
		swept.Wait()
		if _, err := sweeper.Sweep(t.Context()); err != nil || len(a.stored()) != 2 {
			t.Errorf("left: %v, %v", a.stored(), err)
		}
	})
}

// Several workers develop each picture once, and one that was left half done again.
func TestWorkers(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		for i := range 6 {
			a.bring("case.photo", "measure/1", photo(t, uint64(50+i)))
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		total := 0
		for range 3 {
			worker := open(t, a.db, a.folder, 0)
			wait.Go(func() {
				n, err := worker.Develop(t.Context(), 100)
				mu.Lock()
				defer mu.Unlock()
				if total += n; err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if total != 6 || len(a.stored()) != 6*4 {
			t.Errorf("%d developed, %d files", total, len(a.stored()))
		}
	})
}

// The same picture in another form is asked about once, and a person answers once.
func TestLikenesses(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		img := evidencetest.Scene{Seed: 7, W: 400, H: 300}.Draw()
		first := a.bring("case.photo", "measure/1", asJPEG(t, img))
		a.bring("case.photo", "measure/2", asJPEG(t, evidencetest.Scene{Seed: 8, W: 400, H: 300}.Draw()))
		a.develop()
		again := open(t, a.db, a.folder, 0) // another process
		turned := again.bring("case.photo", "measure/3", asJPEG(t, evidencetest.Turn(evidencetest.Lighten(img, 0.6), 1)))
		same := again.bring("case.photo", "measure/4", asJPEG(t, img))
		again.develop()
		asked := map[[2]string]int{}
		a.view(func(tx *db.Tx) error {
			all, err := evidence.Unanswered(tx, 10)
			for _, l := range all {
				asked[[2]string{l.A, l.B}] = l.Distance
			}
			return err
		})
		if d, ok := asked[[2]string{same.ID, first.ID}]; len(asked) != 3 || !ok || d != -1 {
			t.Fatalf("asked %v", asked)
		}
		answer := func(s evidence.Answer) error {
			return a.db.Update(t.Context(), func(tx *db.Tx) error {
				return a.Answer(tx, turned.ID, first.ID, evidence.Said{Answer: s, By: "office", Person: "wang", Note: "同一张"})
			})
		}
		if err := answer("perhaps"); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if err := answer(evidence.Same); err != nil {
			t.Error(err)
		}
		if err := answer(evidence.Meant); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		a.view(func(tx *db.Tx) error {
			all, err := evidence.Likenesses(tx, first.ID)
			if err != nil || len(all) != 2 {
				t.Errorf("%v, %v", all, err)
			}
			return nil
		})
	})
}

// Signatures all look alike: nobody is asked about them, not even about the same bytes.
func TestUncompared(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		for i := range 3 {
			a.bring("case.signature", "visit/"+strconv.Itoa(i), photo(t, 3))
		}
		a.develop()
		a.view(func(tx *db.Tx) error {
			all, err := evidence.Unanswered(tx, 10)
			if len(all) != 0 {
				t.Errorf("asked about %v", all)
			}
			return err
		})
	})
}

// The public gets what a person covered and confirmed, and nothing of it once it is
// withdrawn or erased.
func TestPublish(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		item := a.bring("case.photo", "measure/1", photo(t, 3))
		a.develop()
		paint := func(shapes string) (version int) {
			if err := a.db.Update(t.Context(), func(tx *db.Tx) (err error) { version, err = a.Paint(tx, "office", item.ID, shapes); return err }); err != nil {
				t.Fatal(err)
			}
			return version
		}
		get := func() (image.Image, error) {
			b, err := a.Public().Picture(t.Context(), item.ID)
			if err != nil {
				return nil, err
			}
			if bytes.Contains(b, []byte("Exif")) {
				t.Error("it has metadata")
			}
			return jpeg.Decode(bytes.NewReader(b))
		}
		first := paint(`[]`)
		second := paint(`[{"points":[[1000,1000],[9000,9000]]}]`)
		confirm := func(version int) error {
			return a.Publish(t.Context(), item.ID, evidence.Confirmed{By: "office", Person: "wang", Version: version})
		}
		if err := confirm(first); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an older version: %v", err)
		}
		if _, err := get(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("before it is published: %v", err)
		}
		if _, err := a.Rendition(t.Context(), item.ID, "published"); err == nil {
			t.Error("there is another way to what is published")
		}
		if err := confirm(second); err != nil {
			t.Fatal(err)
		}
		img, err := get()
		if err != nil {
			t.Fatal(err)
		}
		for y := 50; y < 350; y += 20 {
			for x := 40; x < 260; x += 20 {
				if r, g, b, _ := img.At(x, y).RGBA(); max(r, g, b) > 0x3000 {
					t.Fatalf("at %d, %d something shows", x, y)
				}
			}
		}
		if err := a.db.Update(t.Context(), func(tx *db.Tx) error { return evidence.Withdraw(tx, item.ID, "office", "wang", "objection") }); err != nil {
			t.Fatal(err)
		}
		if _, err := get(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after it is withdrawn: %v", err)
		}
	})
}
