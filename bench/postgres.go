package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresServer is a PostgreSQL of this run's own: on a socket in a folder of
// its own, gone when the run is.
type postgresServer struct {
	dsn string
	dir string
	cmd *exec.Cmd
	as  *syscall.Credential
}

// startPostgres starts a server that has the given extension, if one is installed.
func startPostgres(ctx context.Context, extension string) (*postgresServer, error) {
	controls, err := filepath.Glob("/usr/share/postgresql/*/extension/" + extension + ".control")
	if err != nil || len(controls) == 0 {
		return nil, fmt.Errorf("%w: PostgreSQL has no extension %s (Debian: postgresql-15-%s)", errNotHere, extension, extension)
	}
	version := filepath.Base(filepath.Dir(filepath.Dir(controls[len(controls)-1])))
	bin := filepath.Join("/usr/lib/postgresql", version, "bin")
	dir, err := os.MkdirTemp("", "xiadu-bench-pg-")
	if err != nil {
		return nil, err
	}
	s := &postgresServer{dir: dir, dsn: "postgres://bench@/postgres?host=" + url.QueryEscape(dir)}
	if err := s.leaveRoot(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	initdb := s.command(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	s.cmd = s.command(ctx, filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "shared_buffers=256MB", "-c", "jit=off")
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for range 200 {
		var c *pgx.Conn
		if c, err = pgx.Connect(ctx, s.dsn); err == nil {
			return s, c.Close(ctx)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), s.stop())
}

// leaveRoot makes the server run as the user "postgres": it refuses to as root.
func (s *postgresServer) leaveRoot() error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("%w: there is no user postgres", errNotHere)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(errU, errG, os.Chown(s.dir, int(uid), int(gid)))
}

func (s *postgresServer) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// stop ends this server, and no other: a fast shutdown.
func (s *postgresServer) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return errors.Join(s.cmd.Wait(), os.RemoveAll(s.dir))
}
