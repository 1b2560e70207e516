package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// child names the part that this binary plays when a test starts it anew.
const child = "XIADU_DB_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(child) {
	case "":
		os.Exit(m.Run())
	case "writes":
		writeUntilKilled(os.Args[1])
	case "full":
		fillDisk(os.Args[1])
	}
}

func childCommand(t *testing.T, part, dsn string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dsn)
	cmd.Env = append(os.Environ(), child+"="+part)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeUntilKilled prints each id after its Update has returned.
func writeUntilKilled(dsn string) {
	ctx := context.Background()
	d, err := db.Open(ctx, dsn)
	if err != nil {
		panic(err)
	}
	var printing sync.Mutex
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d", g, i)
				if err := d.Update(ctx, add(id)); err != nil {
					panic(err)
				}
				printing.Lock()
				fmt.Println(id)
				printing.Unlock()
			}
		}()
	}
	select {}
}

func TestKilledWhileWriting(t *testing.T) {
	dsn := dbtest.SQLite(t)
	if err := dbtest.Open(t, dsn, shop).Close(); err != nil {
		t.Fatal(err)
	}
	cmd := childCommand(t, "writes", dsn)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		acknowledged = append(acknowledged, lines.Text())
		if len(acknowledged) == 300 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if n := len(acknowledged); strings.Count(acknowledged[n-1], "-") != 1 {
		acknowledged = acknowledged[:n-1] // a line cut short by the kill
	}
	d := dbtest.Open(t, dsn, shop)
	err = d.View(t.Context(), func(tx *db.Tx) error {
		for _, id := range acknowledged {
			if _, err := articleByID.One(tx, id); err != nil {
				return fmt.Errorf("%s was acknowledged: %w", id, err)
			}
		}
		return nil
	})
	if err != nil || len(acknowledged) < 299 {
		t.Error(len(acknowledged), err)
	}
	update(t, d, add("after"))
}

// fillDisk limits the size of files for this process alone, writes until the
// limit refuses, lifts it and writes again.
func fillDisk(dsn string) {
	ctx := context.Background()
	d, err := db.Open(ctx, dsn)
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var before, limit syscall.Rlimit
	if err := errors.Join(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before)); err != nil {
		panic(err)
	}
	limit = before
	limit.Cur = 512 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		panic(err)
	}
	name := strings.Repeat("x", 2000)
	saved := 0
	for i := 0; ; i++ {
		err = d.Update(ctx, func(tx *db.Tx) error {
			for _, half := range []string{"a", "b"} {
				if _, err := addArticle.Exec(tx, article{ID: fmt.Sprint(i, half), Name: name}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			break
		}
		saved++
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		panic(err)
	}
	again := d.Update(ctx, add("after"))
	fmt.Println(saved, fault.KindOf(err) == fault.Unavailable, again == nil)
	if err := d.Close(); err != nil {
		panic(err)
	}
}

func TestFullDisk(t *testing.T) {
	dsn := dbtest.SQLite(t)
	if err := dbtest.Open(t, dsn, shop).Close(); err != nil {
		t.Fatal(err)
	}
	out, err := childCommand(t, "full", dsn).Output()
	if err != nil {
		t.Fatal(err)
	}
	var saved int64
	var told, again bool
	if _, err := fmt.Sscan(string(out), &saved, &told, &again); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if saved == 0 || !told || !again {
		t.Errorf("%d saved, told %v, worked again %v", saved, told, again)
	}
	if n := count(t, dbtest.Open(t, dsn, shop)); n != 2*saved+1 {
		t.Errorf("%d articles after %d updates of two, and one of one", n, saved)
	}
}

// TestTwoProcesses stands for an import beside a server: two handles on a file.
func TestTwoProcesses(t *testing.T) {
	dsn := dbtest.SQLite(t)
	server, importer := dbtest.Open(t, dsn, shop), dbtest.Open(t, dsn, shop)
	var wg sync.WaitGroup
	for i, d := range []*db.DB{server, importer} {
		wg.Go(func() {
			for j := range 20 {
				if err := d.Update(t.Context(), add(fmt.Sprint(i, "-", j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, server); n != 40 {
		t.Errorf("%d articles, want 40", n)
	}
}

// TestGiveUpWhileAnotherWrites lets a caller leave the queue.
func TestGiveUpWhileAnotherWrites(t *testing.T) {
	dsn := dbtest.SQLite(t)
	server, importer := dbtest.Open(t, dsn, shop), dbtest.Open(t, dsn, shop)
	err := importer.Update(t.Context(), func(tx *db.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := server.Update(ctx, add("late")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the deadline", err)
		}
		return add("import")(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, server, add("next"))
	if n := count(t, server); n != 2 {
		t.Errorf("%d articles, want 2: the one given up must not appear", n)
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dsn := range map[string]string{
		"no database":       file,
		"a folder":          t.TempDir(),
		"below a file":      filepath.Join(file, "x.db"),
		"nobody listens":    "postgres://x@127.0.0.1:1/x",
		"unwritable folder": "/proc/xiadu/x.db",
	} {
		d, err := db.Open(t.Context(), dsn)
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v, want a fault.Unavailable", name, err)
		}
		if err == nil {
			d.Close()
		}
	}
}

func TestOpenMakesFolders(t *testing.T) {
	dbtest.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "var", "数据 ?#%20", "x.db"), shop)
}
