package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNone says why the engine's tests are skipped.
var errNone = errors.New("no PostgreSQL: set XIADU_TEST_POSTGRES, or install the Debian package postgresql")

// server is the server for this test binary.
var server = sync.OnceValues(func() (process, error) {
	if dsn := os.Getenv("XIADU_TEST_POSTGRES"); dsn != "" {
		return process{dsn: dsn}, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return process{}, errNone
	}
	slices.Sort(found)
	return start(filepath.Dir(found[len(found)-1]))
})

type process struct {
	dsn  string
	life io.Closer // the keeper's input, held open as long as this process lives
}

// Postgres returns the address of a fresh, empty database, which is dropped
// after the test. It skips the test when there is no server.
func Postgres(t testing.TB) string {
	t.Helper()
	s, err := server()
	if errors.Is(err, errNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	admin, name := s.dsn, "xiadu_"+strings.ToLower(rand.Text())
	run(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, dsn, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement has been answered
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Fatal(err)
	}
}

// keeper runs the server until its input ends, which happens when this process
// ends, however it ends; then it removes the folder. Nothing is synced to disk:
// these data live for one test run.
const keeper = `
{ "$1/initdb" -D "$2/data" -U xiadu -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions &&
exec "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
	-c full_page_writes=off -c max_connections=200; } & server=$!
read end
kill -TERM $server
wait $server
cd / && rm -rf "$2"
`

func start(bin string) (process, error) {
	dir, err := os.MkdirTemp("", "xiadu-pg-")
	if err != nil {
		return process{}, err
	}
	logs, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return process{}, err
	}
	defer logs.Close()                                               //nolint:errcheck // the keeper has its own handle
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", bin, dir) //nolint:noctx // it outlives every test and ends with its input
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, logs, logs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is not for it
	if os.Getuid() == 0 {
		if err := leaveRoot(cmd, dir); err != nil {
			return process{}, err
		}
	}
	life, err := cmd.StdinPipe()
	if err != nil {
		return process{}, err
	}
	if err := cmd.Start(); err != nil {
		return process{}, err
	}
	dsn := "postgres://xiadu@/postgres?host=" + url.QueryEscape(dir)
	if err := reachable(dsn); err != nil {
		text, _ := os.ReadFile(logs.Name())
		return process{}, fmt.Errorf("start PostgreSQL of %s: %w\n%s", bin, err, text)
	}
	return process{dsn, life}, nil
}

// leaveRoot runs cmd as the user "postgres": the server refuses to run as root.
func leaveRoot(cmd *exec.Cmd, dir string) error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return errNone
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, int(uid), int(gid))
}

func reachable(dsn string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
