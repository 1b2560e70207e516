package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The public file of a contest holds for a stranger who has nothing else, and no longer once a mark, a total or a byte is another.
func TestVerifyContest(t *testing.T) {
	whole, err := os.ReadFile("../../internal/engine/scoring/seal/testdata/contest.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, was, is string
		exit          int
		says          string
	}{
		{name: "as it is", says: "54 sheets that count open to what was sealed"},
		{"a mark", `"marks":{"score":"8.8"}`, `"marks":{"score":"8.9"}`, exitBroken, "opens to something else than was sealed"},
		{"a total", `"total":"8.74"`, `"total":"8.75"`, exitBroken, "it comes to"},
		{"white space", `{"contest"`, `{ "contest"`, exitBroken, "canonical form"},
		{"no contest", `"format":"xiadu contest 1"`, `"format":"xiadu contest 9"`, exitBroken, "no contest's public file"},
	} {
		text := whole
		if c.was != "" {
			if text = bytes.Replace(whole, []byte(c.was), []byte(c.is), 1); bytes.Equal(text, whole) {
				t.Fatalf("%s: %s is not in the file", c.name, c.was)
			}
		}
		folder := t.TempDir()
		file := filepath.Join(folder, "contest.json")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := command(t, folder, folder, "--lang", "en", "verify", "contest", file)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.exit || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: exit %d, %v: %s", c.name, code, err, out)
		}
	}
}
