package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/record/publiclog"
)

// TestALogThatOpensLate: a folder that cannot be made at start keeps nobody from the
// pages, is told of once, and once it can be made the entries come into the log.
func TestALogThatOpensLate(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if err := os.WriteFile(c.logFolder(), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := bring(t, c, strings.NewReader(head+"A-1,站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	told := &lines{}
	ctx, stop := context.WithCancel(t.Context())
	wait := c.sequence(ctx, d, slog.New(slog.NewTextHandler(io.MultiWriter(told, t.Output()), nil)))
	defer func() { stop(); wait() }()
	time.Sleep(openAgain + openAgain/2) // a second attempt is no second line
	if n := told.count("nothing is put into the public log"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if err := os.Remove(c.logFolder()); err != nil {
		t.Fatal(err)
	}
	l := publiclog.Open(d, c.logFolder())
	for end := time.Now().Add(5 * openAgain); ; time.Sleep(50 * time.Millisecond) {
		if at, err := l.Checkpoint(t.Context()); err == nil && at.Size == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the entry is not in the log")
		}
	}
}

// TestPeopleWhoOpenLate: where the key cannot be made at start, the address at which the
// first administrators are made is told once it can; a panic ends nothing.
func TestPeopleWhoOpenLate(t *testing.T) {
	c := Config{Home: t.TempDir()}
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := os.Mkdir(c.keyFile(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.keyFile(), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStaff(c, d, slog.New(slog.NewTextHandler(t.Output(), nil)))
	firsts := make(chan string, 9)
	s.late = func(first string) { firsts <- first }
	if first := s.open(t.Context()); first != "" {
		t.Fatalf("without a key: %q", first)
	}
	if _, away := s.get(); away == nil {
		t.Fatal("nothing keeps people away")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.keep(ctx, 20*time.Millisecond) }()
	defer func() { stop(); <-ended }()
	if err := os.RemoveAll(c.keyFile()); err != nil {
		t.Fatal(err)
	}
	select {
	case first := <-firsts:
		if first == "" {
			t.Error("no token is told")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is told")
	}
	time.Sleep(200 * time.Millisecond)
	if len(firsts) > 0 {
		t.Error("it is told again")
	}
	broken := newStaff(c, nil, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if first := broken.open(t.Context()); first != "" {
		t.Error(first)
	}
	if _, away := broken.get(); away == nil {
		t.Error("a panic is nothing")
	}
}
