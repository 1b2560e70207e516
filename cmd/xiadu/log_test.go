package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/record/logtree"
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

// A change is under a signed checkpoint within a second, at the address of the site,
// and whoever asks there finds that all of it holds. On a machine that is busy with
// other things one of three changes has to be so quick.
func TestAChangeIsInThePublicLogWithinASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a dozen processes; run without -short")
	}
	work := crashSite(t)
	home := copyOf(t, filepath.Join(work, "begun"))
	server := served(t, command(t, work, home, "serve", "--listen", "127.0.0.1:0"))
	size := int64(0)
	for ; size == 0; size = loggedSize(t, server.url) { // what the data begin with
		time.Sleep(10 * time.Millisecond)
	}
	if second := served(t, command(t, work, home, "serve", "--listen", "127.0.0.1:0")); loggedSize(t, second.url) < size {
		t.Error("another server on the same data serves less of the log")
	}
	seen := filepath.Join(t.TempDir(), "seen")
	quickest := time.Hour
	if err := os.WriteFile(filepath.Join(work, "none.csv"), []byte("编号,名称,经度,纬度,营业时间\nN-1,驿站,101.77,36.617,8:00-18:00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		file := []string{"none.csv", "few.csv"}[i%2] // the data begin with few
		xiadu(t, work, home, "import", "stations", file, "--division", "630103", "--replace")
		began := time.Now()
		for now := size; now == size; now = loggedSize(t, server.url) {
			if time.Since(began) > time.Minute {
				t.Fatalf("change %d is in no checkpoint after a minute", i)
			}
			time.Sleep(20 * time.Millisecond)
		}
		quickest = min(quickest, time.Since(began))
		size = loggedSize(t, server.url)
		xiadu(t, work, home, "verify", server.url+"/log", "--keep", seen)
	}
	if quickest > time.Second {
		t.Errorf("the quickest of three changes was under a checkpoint after %v", quickest)
	}
	t.Logf("the quickest change was under a checkpoint after %v", quickest)
}

// loggedSize is how many entries the log of a server has, by its checkpoint; 0
// before the first.
func loggedSize(t *testing.T, site string) int64 {
	t.Helper()
	answer, err := http.Get(site + "/log/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode == http.StatusNotFound {
		return 0
	}
	c, err := logtree.ParseCheckpoint(text)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v: %s", answer.Status, err, text)
	}
	return c.Size
}
