package queue_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/xiadu/xiadu/internal/queue"
)

// cluster starts three servers that keep everything in three copies.
func cluster(t *testing.T) (all []*server.Server, address string) {
	t.Helper()
	const size = 3
	var routes []*url.URL
	var ports []int
	for range size {
		socket, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, socket.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: socket.Addr().String()})
		socket.Close()
	}
	var addresses []string
	for i := range size {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("server-%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}, Routes: routes,
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("a server did not start")
		}
		all, addresses = append(all, s), append(addresses, "nats://"+s.Addr().String())
	}
	for end := time.Now().Add(30 * time.Second); !all[0].JetStreamIsCurrent() || !all[1].JetStreamIsCurrent() || !all[2].JetStreamIsCurrent(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the servers found no leader")
		}
	}
	return all, strings.Join(addresses, ",")
}

// In a cluster of three a server may fail in the middle of the work.
func TestAServerOfAClusterFails(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three servers that elect a leader; run without -short")
	}
	servers, address := cluster(t)
	q, err := queue.Open(t.Context(), queue.Config{URL: address, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	far, err := queue.Open(t.Context(), queue.Config{URL: address, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(far.Close)
	if err := q.Offer(t.Context(), "job", items(300)); err != nil {
		t.Fatal(err)
	}
	if n, err := q.Outstanding(t.Context(), "job"); n != 300 || err != nil {
		t.Errorf("%d items are outstanding: %v", n, err)
	}
	work(t, far, 2, upper)
	leader := 0
	for i, s := range servers {
		if s.JetStreamIsStreamLeader("$G", "XIADU_WORK") {
			leader = i
		}
	}
	servers[leader].Shutdown()
	if got := collect(t, q, "job", 300); len(got) != 300 {
		t.Errorf("%d results of 300", len(got))
	}
}
