package password

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
)

// quick are the methods at a cost that a test can pay often.
var quick = []Method{{Name: "argon2id", MemoryKiB: 64, Passes: 1}, {Name: "pbkdf2-sm3", Passes: 10}}

func TestWhatIsKeptChecks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHasher(rapid.SampledFrom(quick).Draw(t, "method"), Turns())
		// HMAC fills a short key up with zeros; no password that may be chosen has one (see Policy.Check).
		text := rapid.String().Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
		chosen, other := text.Draw(t, "chosen"), text.Draw(t, "other")
		kept, err := h.Hash(context.Background(), "", chosen)
		if err != nil {
			t.Fatal(err)
		}
		if right, stale, err := h.Check(context.Background(), "", chosen, kept); !right || stale || err != nil {
			t.Fatal(right, stale, err)
		}
		if right, _, _ := h.Check(context.Background(), "", other, kept); right != (Normal(other) == Normal(chosen)) {
			t.Fatalf("%q for %q: %v", other, chosen, right)
		}
		if right, _, err := h.Check(context.Background(), "", chosen, h.Nobody()); right || err != nil {
			t.Fatal("nobody's password was found", err)
		}
	})
}

// The method changes, and what was made by the former still checks.
func TestAnotherMethodIsStale(t *testing.T) {
	old, young := NewHasher(quick[0], Turns()), NewHasher(quick[1], Turns())
	kept, err := old.Hash(t.Context(), "", "小河边的驿站有热水")
	if err != nil {
		t.Fatal(err)
	}
	if right, stale, err := young.Check(t.Context(), "", "小河边的驿站有热水", kept); !right || !stale || err != nil {
		t.Error(right, stale, err)
	}
	for _, bad := range []string{"", "$", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$AAAA", strings.Replace(kept, "v=19", "v=16", 1), kept[:len(kept)-4]} {
		if _, _, err := young.Check(t.Context(), "", "x", bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestAFullQueueSaysSo(t *testing.T) {
	turns := shared.NewQueue(shared.Limits{AtOnce: 1, Waiting: 1, ByClient: 1})
	h := NewHasher(quick[0], turns)
	release, err := turns.Take(t.Context(), shared.Asker{Client: "a"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	fault.Go("one who waits", func() { _, err := h.Hash(ctx, "b", "x"); gone <- err }, nil)
	for turns.Waiting() == 0 { //nolint:revive // it is about to wait
	}
	if _, err := h.Hash(t.Context(), "c", "x"); fault.KindOf(err) != fault.Unavailable {
		t.Error("a third found a place:", err)
	}
	cancel()
	if err := <-gone; err == nil {
		t.Error("it did not give up")
	}
	release()
}

func TestPolicy(t *testing.T) {
	plain := Policy{MinLength: 10, Common: true}
	level3 := Policy{MinLength: 8, Classes: 3, Common: true}
	for _, c := range []struct {
		p    Policy
		s    string
		good bool
	}{
		{plain, "小河边的驿站有热水和微波炉", true},
		{plain, "correct horse battery", true},
		{plain, "short", false},
		{plain, "password2026!", false},
		{plain, "Ｐａｓｓｗｏｒｄ２０２６", false}, // full width
		{plain, "1234567890", false},
		{plain, "9876543210", false},
		{plain, "aaaaaaaaaaaa", false},
		{plain, "abcabcabcabc", false},
		{plain, "woaini1314520", false},
		{plain, "zhangwei1988", false}, // the login and a year
		{plain, "wang.fang.zhangwei.hebei", true},
		{plain, "tab\tin the middle", false},
		{plain, strings.Repeat("long", 200), false},
		{level3, "Xk9!mmqe", true},
		{level3, "xk9wmmqe", false},
		{level3, "Admin@123", false},
		{level3, "Passw0rd", false},
	} {
		if err := c.p.Check(c.s, "张伟", "zhangwei"); (err == nil) != c.good {
			t.Errorf("%q: %v", c.s, err)
		}
	}
	if n := len(commonWords()); n < 40_000 {
		t.Errorf("only %d common passwords", n)
	}
}

func BenchmarkHash(b *testing.B) {
	for _, m := range []Method{Argon2id, PBKDF2SM3} {
		b.Run(m.Name, func(b *testing.B) {
			h := NewHasher(m, Turns())
			for b.Loop() {
				if _, err := h.Hash(b.Context(), "", "小河边的驿站有热水"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
