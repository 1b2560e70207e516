package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// staff is the people of a server. What keeps them away, a key file that is missing or
// a folder where nothing can be written, keeps nobody from the pages of the public: who
// wants to sign in is told, and once a minute it is tried again.
type staff struct {
	c   Config
	db  *db.DB
	log *slog.Logger

	late func(first string) // told the token of the first start where people open later than the site

	mu     sync.Mutex
	people *identity.Service
	away   error
}

// upkeepEvery is how often what has run out is ended, and an older database found.
const upkeepEvery = time.Minute

func newStaff(c Config, d *db.DB, log *slog.Logger) *staff { return &staff{c: c, db: d, log: log} }

// get returns the people, or why they are away.
func (s *staff) get() (*identity.Service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people, s.away
}

// open lets people in, after an older database has been looked for, and returns the
// token of the first start where there is nobody yet.
func (s *staff) open(ctx context.Context) (first string) {
	var people *identity.Service
	err := fault.Safely(func() (err error) {
		if people, err = s.opened(ctx); err == nil {
			first, err = people.FirstStart.Address(ctx)
		}
		return err
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.tell(ctx, err)
		return ""
	}
	s.people, s.away = people, nil
	return first
}

func (s *staff) opened(ctx context.Context) (*identity.Service, error) {
	o, err := s.c.people()
	if err != nil {
		return nil, err
	}
	if err := s.c.makeHome(); err != nil {
		return nil, err
	}
	people, err := identity.Open(ctx, s.db, o)
	if err != nil {
		return nil, err
	}
	return people, s.beat(ctx, people)
}

// beat looks for an older database and ends what has run out.
func (s *staff) beat(ctx context.Context, people *identity.Service) error {
	older, err := people.Upkeep.Beat(ctx)
	if older {
		s.log.WarnContext(ctx, "the database is an older one: all sessions, devices and invitations ended; see xiadu people list")
	}
	return err
}

// tell notes why people are away, and says it once.
func (s *staff) tell(ctx context.Context, err error) {
	if fmt.Sprint(err) != fmt.Sprint(s.away) {
		s.log.WarnContext(ctx, "nobody can sign in", "error", err)
	}
	s.away = err
}

// keep does the upkeep every so often until ctx ends, and opens what could not be opened
// before.
func (s *staff) keep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	told := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		people, _ := s.get()
		if people == nil {
			if first := s.open(ctx); first != "" && s.late != nil {
				s.late(first)
			}
			continue
		}
		err := fault.Safely(func() error { return s.beat(ctx, people) })()
		now := fmt.Sprint(err)
		if err != nil && now != told && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the upkeep of people failed", "error", err)
		}
		told = now
	}
}
