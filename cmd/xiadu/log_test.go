package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A server that signs the public log is killed, at another moment each time, while
// thousands of entries come in. What is published afterwards holds, and goes on
// from whatever was published before.
func TestServerKilledWhileItSigns(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some thirty processes; run without -short")
	}
	work := crashSite(t)
	home := copyOf(t, filepath.Join(work, "begun"))
	public, seen := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "seen")
	for i := range 6 {
		server := served(t, command(t, work, home, "serve", "--listen", "127.0.0.1:0"))
		file := []string{"many.csv", "few.csv"}[i%2]
		xiadu(t, work, home, "import", "stations", file, "--division", "630103", "--replace")
		time.Sleep(time.Duration(i) * 60 * time.Millisecond)
		server.kill()
		if i%3 == 2 { // what the server itself has published is kept, too
			kept, err := os.ReadFile(filepath.Join(home, "log", "checkpoint"))
			if err == nil {
				err = os.WriteFile(filepath.Join(work, "kept"), kept, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			xiadu(t, work, home, "log", "export", public)
			xiadu(t, work, home, "verify", public, "--keep", seen, "--checkpoint", "kept")
			continue
		}
		xiadu(t, work, home, "log", "export", public)
		xiadu(t, work, home, "verify", public, "--keep", seen)
	}
}
