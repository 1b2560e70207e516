package evidence_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"os"
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

// A rule erases what has lasted long enough, and the system may say until when.
func TestRetire(t *testing.T) {
	each(t, func(t *testing.T, a archive) {
		short := a.bring("case.paper", "measure/1", []byte("%PDF-1.4 1 %%EOF"))
		photo := a.bring("case.photo", "measure/2", photo(t, 1))
		if n, err := a.Retire(t.Context(), 10); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		for _, subject := range []string{"measure/1", "measure/2"} {
			if err := a.db.Update(t.Context(), func(tx *db.Tx) error { return evidence.Retain(tx, "case", subject, tx.Now().Add(-time.Second)) }); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := a.Retire(t.Context(), 10); err != nil || n != 2 || a.item(short.ID).State != evidence.Erased || a.item(photo.ID).State != evidence.Erased {
			t.Errorf("%d, %v", n, err)
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
