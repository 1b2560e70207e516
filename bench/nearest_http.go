package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	connections = 4
	overHTTP    = 5 // stations an answer has
	httpSpan    = 1500 * time.Millisecond
)

// nearestHTTPEntry measures the same question as a program asks it, over
// connections that stay open. The peer is Redis, which knows straight lines only
// and cannot ask for a service; one command at a time on as many connections.
// Each server is a process of its own and shares the cores with this client.
func nearestHTTPEntry(in *inputs) Entry {
	return Entry{
		Name: "nearest-over-http", Unit: "answers/s", Peer: "Redis GEOSEARCH, straight line", Must: 1, Stretch: 1.5,
		Run: func(ctx context.Context) (f Figures, err error) {
			if _, err := web.New(web.Options{}); err != nil {
				return f, fmt.Errorf("%w: %w", errNotHere, err)
			}
			redis, err := startRedis(ctx)
			if err != nil {
				return f, err
			}
			defer func() { err = errors.Join(err, redis.stop()) }()
			a, err := in.openMetropolis(ctx)
			if err != nil {
				return f, err
			}
			api, err := startServer(ctx, metropolisPath())
			if err != nil {
				return f, err
			}
			defer func() { err = errors.Join(err, api.stop()) }()
			return nearestHTTP(ctx, a, api, redis)
		},
	}
}

func nearestHTTP(ctx context.Context, a *atlas.Atlas, api *apiServer, redis *redisServer) (Figures, error) {
	stations, err := scatter(a.Walk, metropolisStations)
	if err != nil {
		return Figures{}, err
	}
	if err := redis.fill(ctx, stations); err != nil {
		return Figures{}, err
	}
	from := askers(a.Walk, questions)
	if err := redis.tune(ctx, from[:proven], overHTTP); err != nil {
		return Figures{}, err
	}
	if err := judgeHTTP(ctx, network.New(streetsOf(a), stations), from[:proven], api, redis); err != nil {
		return Figures{}, err
	}
	ours := func() (float64, error) {
		return answersPerSecond(ctx, func() (io.Closer, func(i int) error, error) {
			c, err := dialHTTP(ctx, api.addr)
			return c, func(i int) error { return c.get(from[i%questions]) }, err
		})
	}
	peer := func() (float64, error) {
		return answersPerSecond(ctx, func() (io.Closer, func(i int) error, error) {
			c, err := dialRedis(ctx, redis.addr)
			return c, func(i int) error { _, err := c.near(from[i%questions], redis.radiusM, overHTTP); return err }, err
		})
	}
	f, err := interleave(ctx, 3, ours, peer)
	f.Note = fmt.Sprintf("%d stations, limit %d, %d connections; Redis within %d m; %d answers equal to those in process",
		metropolisStations, overHTTP, connections, redis.radiusM, proven)
	return f, err
}

// answersPerSecond asks on all connections at once, each its own questions.
func answersPerSecond(ctx context.Context, dial func() (io.Closer, func(i int) error, error)) (float64, error) {
	var rates [connections]float64
	all, _ := errgroup.WithContext(ctx)
	for n := range connections {
		all.Go(fault.Safely(func() error {
			c, ask, err := dial()
			if err != nil {
				return err
			}
			rates[n], err = perSecond(wall, httpSpan, func(i int) error { return ask(i + n*questions/connections) })
			return errors.Join(err, c.Close())
		}))
	}
	err := all.Wait()
	var sum float64
	for _, r := range rates {
		sum += r
	}
	return sum, err
}

// httpConn asks the API on one connection, without a pool before it.
type httpConn struct {
	net.Conn
	r   *bufio.Reader
	out []byte
}

func dialHTTP(ctx context.Context, addr string) (*httpConn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &httpConn{Conn: c, r: bufio.NewReader(c)}, nil
}

// ask sends the question for the stations nearest to p.
func (c *httpConn) ask(p geo.Point) error {
	c.out = append(c.out[:0], "GET /api/v1/nearest?lat="...)
	c.out = strconv.AppendFloat(c.out, p.Lat, 'f', 7, 64)
	c.out = append(c.out, "&lon="...)
	c.out = strconv.AppendFloat(c.out, p.Lon, 'f', 7, 64)
	c.out = append(c.out, askRest...)
	_, err := c.Write(c.out)
	return err
}

var askRest = fmt.Sprintf("&need=%s&limit=%d HTTP/1.1\r\nHost: bench\r\nAccept-Language: en\r\n\r\n", needed.Key(), overHTTP)

// get asks for the stations nearest to p and reads past the answer, all of which
// is there when it returns. As with Redis, no client library stands between.
func (c *httpConn) get(p geo.Point) error {
	if err := c.ask(p); err != nil {
		return err
	}
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the API answers %q", status)
	}
	length := -1
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("the API does not say how long its answer is")
	}
	_, err = c.r.Discard(length)
	return err
}

// read asks for the stations nearest to p and reads the answer into body.
func (c *httpConn) read(p geo.Point, body any) error {
	if err := c.ask(p); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode != http.StatusOK {
		said, err := io.ReadAll(answer.Body)
		return errors.Join(fmt.Errorf("the API answers %s: %s", answer.Status, said), err)
	}
	err = json.NewDecoder(answer.Body).Decode(body)
	_, rest := io.Copy(io.Discard, answer.Body)
	return errors.Join(err, rest)
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }

// judgeHTTP proves that the API answers as the finder does in process, and that
// Redis finds what is nearest in a straight line.
func judgeHTTP(ctx context.Context, n *network.Network, from []geo.Point, api *apiServer, redis *redisServer) error {
	c, err := dialHTTP(ctx, api.addr)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // all of it was answered
	r, err := dialRedis(ctx, redis.addr)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // all of it was answered
	for _, p := range from {
		p.Lon, p.Lat = math.Round(p.Lon*1e7)/1e7, math.Round(p.Lat*1e7)/1e7 // as it is sent
		var said struct {
			Stations []struct {
				Station struct{ Code string }
			}
		}
		if err := c.read(p, &said); err != nil {
			return err
		}
		found, err := n.Find(question(p, overHTTP))
		if err != nil {
			return err
		}
		var got, want []string
		for _, s := range said.Stations {
			got = append(got, s.Station.Code)
		}
		for _, f := range found.Found {
			want = append(want, f.Station.Code)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("from %v the API says %v, the finder %v", p, got, want)
		}
		if err := judgeRedis(n, r, p); err != nil {
			return err
		}
	}
	return nil
}

// judgeRedis allows for the half metre to which Redis rounds positions.
func judgeRedis(n *network.Network, r *redisConn, p geo.Point) error {
	codes, err := r.near(p, 5000, 1)
	if err != nil {
		return err
	}
	if len(codes) != 1 {
		return fmt.Errorf("from %v Redis finds %v", p, codes)
	}
	s, ok := n.Station(codes[0])
	nearest := math.Inf(1)
	for _, x := range n.Stations {
		nearest = min(nearest, geo.Distance(p, x.At))
	}
	if !ok || geo.Distance(p, s.At) > nearest+2 {
		return fmt.Errorf("from %v Redis finds %q at %.1f m, but there is one at %.1f m", p, codes[0], geo.Distance(p, s.At), nearest)
	}
	return nil
}
