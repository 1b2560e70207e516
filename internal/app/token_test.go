package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
)

func TestTheFirstStartMakesATokenThatStays(t *testing.T) {
	c := Config{Home: filepath.Join(t.TempDir(), "home")}
	first, err := c.token()
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.token()
	if err != nil || second != first || len(first) < 26 {
		t.Errorf("%q, then %q (%v)", first, second, err)
	}
	file, err := os.Stat(filepath.Join(c.Home, tokenName))
	if err != nil {
		t.Fatal(err)
	}
	if rights := file.Mode().Perm(); rights != 0o600 {
		t.Errorf("others may read it: %v", rights)
	}
	other, err := Config{Home: filepath.Join(t.TempDir(), "home")}.token()
	if err != nil || other == first {
		t.Errorf("another city has the same token: %v", err)
	}
}

func TestATokenOfTheSettingsMustBeLong(t *testing.T) {
	home := t.TempDir()
	if got, err := (Config{Home: home, Token: "0123456789abcdef"}).token(); err != nil || got != "0123456789abcdef" {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"short", "with spaces in the middle"} {
		if _, err := (Config{Home: home, Token: bad}).token(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := os.Stat(filepath.Join(home, tokenName)); err == nil {
		t.Error("a file was made beside a token of the settings")
	}
}
