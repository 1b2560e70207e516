package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
)

// serveNearest is the program's own API over the metropolis, with all that
// stands before it for the public: it says its address on w and answers until
// its standard input ends, so that it never outlives who started it.
func serveNearest(ctx context.Context, w io.Writer, path string) error {
	a, err := atlas.Open(path)
	if err != nil {
		return err
	}
	stations, err := scatter(a.Walk, metropolisStations)
	if err != nil {
		return err
	}
	network := network.New(streetsOf(a), stations)
	network.Prepare(question(geo.Point{}, overHTTP))
	site, err := web.New(web.Options{
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)), //nolint:sloglint // what is logged is written, to nowhere
		City: lang.Text{ZH: "测试", EN: "Bench"},
	})
	if err != nil {
		return err
	}
	snapshot := city.NewCity(coverage.New(network, nil), a, "bench")
	mux := site.NewMux()
	stationhttp.Routes(mux, stationhttp.Deps{
		Site: site, City: func() *city.City { return snapshot }, Now: func() time.Time { return setOut },
	})
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := web.Server(site.Handler(mux), site.Log)
	fault.Go("serving until the parent is gone", func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close() // ends Serve, which says so
	}, nil)
	fmt.Fprintln(w, socket.Addr())
	if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// apiServer is serveNearest in a process of its own.
type apiServer struct {
	addr  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func startServer(ctx context.Context, path string) (*apiServer, error) {
	cmd, err := child(ctx, "serve", path)
	if err != nil {
		return nil, err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &apiServer{cmd: cmd, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), s.stop())
	}
	s.addr = strings.TrimSpace(line)
	return s, nil
}

func (s *apiServer) stop() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }
