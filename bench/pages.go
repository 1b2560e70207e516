package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/fault"
)

// pageTypes are one page of each type that a site has, of the demo city.
var pageTypes = []struct{ name, path string }{
	{"front", "/"},
	{"door", "/complaints"},
	{"find", "/find"},
	{"answer", "/find?lat=36.6197&lon=101.778&need=hot_water"},
	{"station", "/stations/XN-630102-014"},
	{"register", "/stations"},
	{"coverage", "/coverage?at=2026-11-23T12:00"},
	{"clock", "/coverage/clock"},
	{"areas", "/areas"},
	{"what-if", "/whatif"},
	{"plans", "/plans"},
	{"log", "/log"},
	{"receipt", "/receipts/figures/station.open/1?at=2026-11-23T12:00"},
	{"sign-in", "/sign-in"},
	{"api", "/api"},
}

// pageEntries measure how long a browser waits for the first byte of each type of page,
// beside a plain handler that writes the same bytes, compressed already. What a page is
// made of is held (coverages, articles); the page itself is made for each reader.
func pageEntries() []Entry {
	var site pagesSite
	var out []Entry
	for _, p := range pageTypes {
		out = append(out, Entry{
			Name: "page-" + p.name, Unit: "µs to the first byte", Peer: "plain handler", Less: true, Must: 0.5, Stretch: 1,
			Run: func(ctx context.Context) (Figures, error) {
				if err := site.start(ctx); err != nil {
					return Figures{}, err
				}
				return site.firstByte(ctx, p.path)
			},
		})
	}
	return out
}

// pagesSite is the demo city, served by the program itself.
type pagesSite struct{ url string }

// start serves until the invocation ends.
func (s *pagesSite) start(ctx context.Context) error {
	if s.url != "" {
		return nil
	}
	home, err := os.MkdirTemp("", "pages")
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = os.RemoveAll(home) })
	c, err := app.Demo(ctx, app.Config{Home: home}, nil)
	if err != nil {
		return err
	}
	ready, failed := make(chan string, 1), make(chan error, 1)
	fault.Go("serving pages", func() {
		failed <- app.Serve(ctx, c, "127.0.0.1:0", slog.New(slog.DiscardHandler), func(s app.Started) { ready <- s.URL })
	}, nil)
	select {
	case s.url = <-ready:
		time.Sleep(2 * time.Second) // the log signs its first checkpoint
		return nil
	case err := <-failed:
		return errors.Join(errors.New("the demo city is not served"), err)
	}
}

const (
	pageRounds  = 9
	pageAnswers = 60 // a round's, of each side
)

func (s *pagesSite) firstByte(ctx context.Context, path string) (Figures, error) {
	url, err := leadsTo(ctx, s.url+path)
	if err != nil {
		return Figures{}, err
	}
	body, header, err := ask(ctx, url)
	if err != nil {
		return Figures{}, err
	}
	for name := range header {
		if strings.HasPrefix(name, "Date") || name == "Content-Length" {
			header.Del(name)
		}
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		_, _ = w.Write(body)
	}))
	defer plain.Close()
	if again, _, err := ask(ctx, plain.URL); err != nil || !bytes.Equal(again, body) {
		return Figures{}, errors.Join(errors.New("the plain handler answers otherwise"), err)
	}
	waits := func(url string) func() (float64, error) {
		return func() (float64, error) {
			all := make([]float64, 0, pageAnswers)
			for range pageAnswers {
				wait, err := waitFor(ctx, url)
				if err != nil {
					return 0, err
				}
				all = append(all, float64(wait.Microseconds()))
			}
			slices.Sort(all)
			return all[len(all)/2], nil
		}
	}
	f, err := interleave(ctx, pageRounds, waits(url), waits(plain.URL))
	f.Note = fmt.Sprintf("%d bytes, compressed", len(body))
	return f, err
}

// browser asks as browsers do: compressed, over a connection that is kept.
var browser = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// leadsTo is where an address leads to: that of a receipt names the size of the log.
func leadsTo(ctx context.Context, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	return a.Request.URL.String(), a.Body.Close()
}

func ask(ctx context.Context, url string) ([]byte, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Encoding", "gzip")
	a, err := browser.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = a.Body.Close() }()
	body, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", url, a.Status)
	}
	return body, a.Header, err
}

func waitFor(ctx context.Context, url string) (wait time.Duration, err error) {
	var began, first time.Time
	trace := &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { began = time.Now() },
		GotFirstResponseByte: func() { first = time.Now() },
	}
	if _, _, err = ask(httptrace.WithClientTrace(ctx, trace), url); err != nil {
		return 0, err
	}
	return first.Sub(began), nil
}
