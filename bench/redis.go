package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
)

// redisServer is a Redis of this run's own: on loopback, and nothing on disk.
type redisServer struct {
	addr    string
	cmd     *exec.Cmd
	dir     string
	radiusM int // in which it searches, see tune
}

const redisKey = "stations"

func startRedis(ctx context.Context) (*redisServer, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("%w: redis-server is not installed", errNotHere)
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "xiadu-bench-redis-")
	if err != nil {
		return nil, err
	}
	s := &redisServer{addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), dir: dir}
	s.cmd = exec.CommandContext(ctx, path, "--bind", "127.0.0.1", "--port", strconv.Itoa(port),
		"--dir", dir, "--save", "", "--appendonly", "no", "--daemonize", "no")
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for range 100 {
		var c *redisConn
		if c, err = dialRedis(ctx, s.addr); err == nil {
			_, err = c.do("PING")
			if err = errors.Join(err, c.Close()); err == nil {
				return s, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("redis-server does not answer: %w", err), s.stop())
}

// freePort returns a port that nobody listens on.
func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close() //nolint:errcheck // it was never used
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("a port is %v", l.Addr())
	}
	return addr.Port, nil
}

// stop ends this server, and no other.
func (s *redisServer) stop() error {
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	_ = s.cmd.Wait() // it was killed
	return os.RemoveAll(s.dir)
}

// fill gives Redis the stations under their numbers.
func (s *redisServer) fill(ctx context.Context, stations []station.Station) error {
	c, err := dialRedis(ctx, s.addr)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // all of it was answered
	const batch = 1000
	for first := 0; first < len(stations); first += batch {
		args := []string{"GEOADD", redisKey}
		for _, x := range stations[first:min(first+batch, len(stations))] {
			args = append(args, degrees(x.At.Lon), degrees(x.At.Lat), x.Code)
		}
		if _, err := c.do(args...); err != nil {
			return err
		}
	}
	return nil
}

// tune finds the radius in which Redis is asked to search. It must be given one
// and takes longer the larger it is, so it gets the smallest that has limit
// stations for nine places in ten; for the others it may answer less.
func (s *redisServer) tune(ctx context.Context, from []geo.Point, limit int) error {
	c, err := dialRedis(ctx, s.addr)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // all of it was answered
	for s.radiusM = 100; s.radiusM < 10_000; s.radiusM += 100 {
		enough := 0
		for _, p := range from {
			codes, err := c.near(p, s.radiusM, limit)
			if err != nil {
				return err
			}
			if len(codes) == limit {
				enough++
			}
		}
		if enough*10 >= len(from)*9 {
			return nil
		}
	}
	return fmt.Errorf("redis finds %d stations nowhere", limit)
}

// redisConn speaks as much of Redis's protocol as is needed here.
type redisConn struct {
	net.Conn
	r   *bufio.Reader
	out []byte
}

func dialRedis(ctx context.Context, addr string) (*redisConn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &redisConn{Conn: c, r: bufio.NewReader(c)}, nil
}

// near returns the codes of the stations nearest to p in a straight line.
func (c *redisConn) near(p geo.Point, radiusM, limit int) ([]string, error) {
	return c.do("GEOSEARCH", redisKey, "FROMLONLAT", degrees(p.Lon), degrees(p.Lat),
		"BYRADIUS", strconv.Itoa(radiusM), "m", "ASC", "COUNT", strconv.Itoa(limit))
}

// do sends one command and returns the texts of its answer.
func (c *redisConn) do(args ...string) ([]string, error) {
	c.out = fmt.Appendf(c.out[:0], "*%d\r\n", len(args))
	for _, a := range args {
		c.out = fmt.Appendf(c.out, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := c.Write(c.out); err != nil {
		return nil, err
	}
	return readReply(c.r)
}

func readReply(r *bufio.Reader) ([]string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if len(line) < 3 {
		return nil, fmt.Errorf("a reply of Redis is %q", line)
	}
	text := line[1 : len(line)-2]
	switch line[0] {
	case '+', ':':
		return []string{text}, nil
	case '-':
		return nil, fmt.Errorf("redis: %s", text)
	case '$', '*':
	default:
		return nil, fmt.Errorf("a reply of Redis is %q", line)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("a reply of Redis is %q: %w", line, err)
	}
	if line[0] == '$' {
		if n < 0 {
			return nil, nil
		}
		bulk := make([]byte, n+2)
		_, err := io.ReadFull(r, bulk)
		return []string{string(bulk[:n])}, err
	}
	var all []string
	for range n {
		one, err := readReply(r)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}
