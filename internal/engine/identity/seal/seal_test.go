package seal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
)

func ring(t *testing.T, suite Suite) *Ring {
	t.Helper()
	r, err := MakeRing(filepath.Join(t.TempDir(), "people.key"), suite, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	for _, suite := range []Suite{AES, SM} {
		r := ring(t, suite)
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.String().Draw(t, "text")
			kept, err := r.Seal(1, "row/1/name", text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.Open("row/1/name", kept); got != text || err != nil {
				t.Fatalf("%q became %q, %v", text, got, err)
			}
			if text == "" {
				return
			}
			if len(text) > 3 && strings.Contains(kept, text) {
				t.Fatal("it can be read")
			}
			if _, err := r.Open("row/2/name", kept); err == nil {
				t.Fatal("it opened in another row")
			}
			i := rapid.IntRange(2, len(kept)-2).Draw(t, "altered at")
			if altered := kept[:i] + string(kept[i]^1) + kept[i+1:]; altered != kept {
				if _, err := r.Open("row/1/name", altered); err == nil {
					t.Fatal("it opened though altered")
				}
			}
		})
	}
}

// Another process adds a key; the first finds it when it is asked for it.
func TestAKeyAddedByAnotherProcess(t *testing.T) {
	r := ring(t, AES)
	other, err := OpenRing(r.Path())
	if err != nil {
		t.Fatal(err)
	}
	n, err := other.Add(SM, 4)
	if err != nil || n != 5 {
		t.Fatal(n, err)
	}
	kept, err := other.Seal(n, "a", "张伟")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Open("a", kept); got != "张伟" || err != nil || !strings.HasPrefix(kept, "5:") || r.Suite(5) != SM {
		t.Error(got, err, kept)
	}
	one, err := r.Index(1, "phone", "13912345678")
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Indexes("phone", "13912345678")
	if err != nil || len(all) != 2 || all[1] != one || strings.Contains(all[0], "139123") {
		t.Error(all, err)
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	r := ring(t, AES)
	if _, err := MakeRing(r.Path(), AES, 1); fault.KindOf(err) != fault.Conflict {
		t.Error("it was overwritten:", err)
	}
	info, err := os.Stat(r.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if _, err := r.Open("a", "7:AAAA"); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "lacks key 7") {
		t.Error(err)
	}
	if _, err := OpenRing(filepath.Join(t.TempDir(), "none")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	for _, text := range []string{
		"", "# none\n", "1 aes 00\n", "x aes " + strings.Repeat("00", 32), "1 des " + strings.Repeat("00", 32),
		"1 aes " + strings.Repeat("00", 32) + "\n1 sm " + strings.Repeat("11", 32),
	} {
		path := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenRing(path); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
