// Package listen opens the addresses that a site is served at, and tells by which others of the network reach them.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// At opens the addresses to listen at: the second may be empty, for none.
func At(ctx context.Context, listen, guests string) (all []net.Listener, err error) {
	for i, address := range []string{listen, guests} {
		if i > 0 && address == "" {
			break
		}
		socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			for _, open := range all {
				open.Close() //nolint:errcheck // the first error says more
			}
			flag := []string{"--listen", "--listen-public"}[i]
			return nil, fault.New(fault.Unavailable, "不能在 %[1]s 上提供服务：地址被占用或不允许。请换一个：%[2]s 127.0.0.1:%[3]d",
				"cannot serve on %[1]s: it is in use or not allowed. Choose another: %[2]s 127.0.0.1:%[3]d", address, flag, 8081+i).Because(err)
		}
		all = append(all, socket)
	}
	return all, nil
}

// Serve serves each socket by its server until ctx ends, or one of them fails.
func Serve(ctx context.Context, servers []*http.Server, sockets []net.Listener) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(servers))
	for i, s := range servers {
		one := func() error { return serve(ctx, s, sockets[i]) }
		fault.Go("serving", func() { ended <- one() }, func(err error) { ended <- err })
	}
	for range servers {
		err = errors.Join(err, <-ended)
		stop()
	}
	return err
}

// Here is where this machine reaches an address that it listens at.
func Here(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(t.Port))
	}
	return a.String()
}

// LAN are the addresses at which other machines of the network reach what listens at a; none where they do not.
func LAN(a net.Addr) (all []string) {
	t, ok := a.(*net.TCPAddr)
	if !ok || t.IP.IsLoopback() {
		return nil
	}
	if !t.IP.IsUnspecified() {
		return []string{"http://" + t.String()}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil // it answers all the same
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, one := range addresses {
			if n, ok := one.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
				all = append(all, "http://"+net.JoinHostPort(n.IP.String(), strconv.Itoa(t.Port)))
			}
		}
	}
	return all
}

// shutdownTime is how long answers under way may take after a stop is asked for.
const shutdownTime = 5 * time.Second

// serve runs the server until ctx ends, and then lets answers finish.
func serve(ctx context.Context, s *http.Server, socket net.Listener) error {
	s.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) }
	failed := make(chan error, 1)
	fault.Go("serving", func() { failed <- s.Serve(socket) }, func(err error) { failed <- err })
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", socket.Addr(), err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return s.Close()
	}
	return nil
}
