package store_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *store.Store, b []byte) *store.Sealed {
	t.Helper()
	sealed, committed, err := s.Put(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	committed()
	return sealed
}

func read(s *store.Store, b *store.Sealed) ([]byte, error) {
	r, err := s.Open(b.Name, b.Key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func random(n int) []byte {
	rng := rand.New(rand.NewPCG(uint64(n), 5))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.IntN(256))
	}
	return b
}

const chunk = 64 << 10

// What was written is read, whole or from any place, at every size around a chunk's.
func TestReadsWhatWasWritten(t *testing.T) {
	s := open(t)
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 3*chunk + 7} {
		want := random(n)
		b := put(t, s, want)
		got, err := read(s, b)
		if err != nil || !bytes.Equal(got, want) || b.Size != int64(n) {
			t.Errorf("%d bytes: %d, %v", n, len(got), err)
		}
		r, err := s.Open(b.Name, b.Key)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, n / 2, max(0, n-1)} {
			if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, want[at:]) {
				t.Errorf("%d bytes from %d: %d, %v", n, at, len(rest), err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(s.Path(b.Name))
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := store.SumOf(f); err != nil || sum != b.Sum {
			t.Errorf("the file's sum: %s, %v", sum, err)
		}
		_ = f.Close()
	}
}

// A flipped bit, an end that is cut off, chunks that change places and another key are
// all found; nothing that was not written is handed out.
func TestDamage(t *testing.T) {
	s := open(t)
	want := random(2*chunk + 100)
	b := put(t, s, want)
	whole, err := os.ReadFile(s.Path(b.Name))
	if err != nil {
		t.Fatal(err)
	}
	body := len(whole) - 2*(chunk+16) - 116
	sealed := chunk + 16
	swapped := bytes.Clone(whole)
	copy(swapped[body:], whole[body+sealed:body+2*sealed])
	copy(swapped[body+sealed:], whole[body:body+sealed])
	cases := map[string][]byte{"swapped": swapped, "empty": {}, "longer": append(bytes.Clone(whole), 0)}
	for name, n := range map[string]int{"head": 5, "no chunk": body, "a chunk": body + sealed, "two chunks": body + 2*sealed, "all but a byte": len(whole) - 1} {
		cases["cut off after "+name] = whole[:n]
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		flipped := bytes.Clone(whole)
		flipped[rng.IntN(len(whole))] ^= 1 << rng.IntN(8)
		cases[string(rune('a'+len(cases)))+" flipped"] = flipped
	}
	for name, bad := range cases {
		if err := os.WriteFile(s.Path(b.Name), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(s, b)
		if err == nil || !bytes.HasPrefix(want, got) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if err := os.WriteFile(s.Path(b.Name), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	other := *b
	other.Key = random(32)
	if _, err := read(s, &other); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("another key: %v", err)
	}
	if _, err := s.Open("../../etc/passwd", b.Key); err == nil {
		t.Error("a name that leads elsewhere")
	}
}

// Whoever has brought a file and not committed yet holds the sweep off, however old it is.
func TestSweepWaits(t *testing.T) {
	s := open(t)
	begun, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	sealed, committed, err := s.Put(t.Context(), []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	nobody := func(context.Context, []string) (map[string]bool, error) { return nil, nil }
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if n, err := s.Sweep(short, 0, nobody); n != 0 || err == nil {
		t.Errorf("%d swept beside somebody who has not committed, %v", n, err)
	}
	committed()
	if n, err := s.Sweep(t.Context(), time.Hour, nobody); n != 0 || err != nil {
		t.Errorf("%d swept that are not old, %v", n, err)
	}
	if n, err := s.Sweep(t.Context(), 0, nobody); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	if _, err := read(s, sealed); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := begun.Drop(); err != nil {
		t.Errorf("what is being written was swept: %v", err)
	}
}

// What somebody who was killed was writing goes, and the id stays.
func TestSweepIncoming(t *testing.T) {
	s := open(t)
	id, err := s.SetID("first")
	if again, err2 := s.SetID("second"); err != nil || err2 != nil || id != "first" || again != "first" {
		t.Fatal(id, again, err, err2)
	}
	if err := os.WriteFile(filepath.Join(s.Folder(), "incoming", "LEFT"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := s.Sweep(t.Context(), 0, func(context.Context, []string) (map[string]bool, error) { return nil, nil })
	if n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
