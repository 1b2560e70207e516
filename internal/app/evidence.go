package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
)

// taking are the systems that take photos and papers, with what they take.
func taking() map[string][]evidence.Kind {
	return map[string][]evidence.Kind{complaint.System: complaint.EvidenceKinds(), contest.System: contest.EvidenceKinds()}
}

// evidenceKinds are the kinds of evidence of the systems that are on.
func evidenceKinds(systems []string) (all []evidence.Kind) {
	for key, kinds := range taking() {
		if serves(systems, key) {
			all = append(all, kinds...)
		}
	}
	return all
}

// evidenceUntil is how each system says how long its evidence is kept, also one that is off.
var evidenceUntil = map[string]evidence.Until{complaint.System: problem.EvidenceUntil, contest.System: card.EvidenceUntil}

// album is the photos and papers of a server. What keeps them away, such as a folder that
// is another database's, keeps nobody from the other pages: it is logged, who brings a
// photo is told, and once a minute it is tried again.
type album struct {
	c     Config
	db    *db.DB
	kinds []evidence.Kind
	log   *slog.Logger
	told  map[string]bool // failures that were logged

	mu   sync.Mutex
	here *evidence.Evidence
	away error
}

func newAlbum(c Config, d *db.DB, kinds []evidence.Kind, log *slog.Logger) *album {
	a := &album{c: c, db: d, kinds: kinds, log: log, told: map[string]bool{}}
	a.away = fault.New(fault.Unavailable, "这里没有收照片和文件的系统。", "No system here takes photos or papers.")
	return a
}

// get returns the evidence, or why it is away.
func (a *album) get() (*evidence.Evidence, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.here, a.away
}

// open opens the folder. The reason why it cannot is for whoever runs the program.
func (a *album) open(ctx context.Context) error {
	if len(a.kinds) == 0 {
		return nil
	}
	here, err := evidence.Open(ctx, a.db, evidence.Options{Folder: evidenceFolder(a.c), Kinds: a.kinds, Until: evidenceUntil})
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.here, a.away = here, nil; err != nil {
		a.here, a.away = nil, fault.New(fault.Unavailable, "照片和文件现在存不了也看不了，管理员已经知道。请过一会儿再试。",
			"Photos and papers cannot be kept or seen just now; whoever runs this site knows. Try again later.").Because(err)
	}
	return err
}

// How often the worker looks for what has come, and how often it tidies up: what has to be
// erased by rule, files that no row names, and a folder that was away.
const (
	developEvery = time.Second
	reopenEvery  = time.Minute
	tidyEvery    = time.Hour
	developBatch = 10
	retireBatch  = 1000 // at most so many an hour
)

// start opens the folder and has the worker go until ctx ends; wait returns once it has.
func (a *album) start(ctx context.Context) (wait func()) {
	if len(a.kinds) == 0 {
		return func() {}
	}
	a.tell(ctx, "opening the folder", a.open(ctx))
	done := make(chan struct{})
	fault.Go("photos and papers", func() { defer close(done); a.keep(ctx) }, nil)
	return func() { <-done }
}

// tell logs a failure, each once.
func (a *album) tell(ctx context.Context, what string, err error) {
	text := fmt.Sprint(what, err)
	if err == nil || ctx.Err() != nil || a.told[text] {
		return
	}
	if len(a.told) > 100 { // what names an item has as many forms as there are items
		clear(a.told)
	}
	a.told[text] = true
	a.log.WarnContext(ctx, "photos and papers", "failed", what, "error", err)
}

// keep develops what has come and erases what is due.
func (a *album) keep(ctx context.Context) {
	var tidied time.Time
	for {
		wait := developEvery
		here, _ := a.get()
		if here == nil {
			wait = reopenEvery
		} else {
			a.tell(ctx, "developing", fault.Safely(func() error { _, err := here.Develop(ctx, developBatch); return err })())
			if now := time.Now(); now.Sub(tidied) > tidyEvery {
				tidied = now
				a.tell(ctx, "erasing what is due", fault.Safely(func() error { return tidy(ctx, here) })())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if here == nil {
			a.tell(ctx, "opening the folder", a.open(ctx))
		}
	}
}

// tidy erases what is due by rule and deletes what nobody names.
func tidy(ctx context.Context, e *evidence.Evidence) error {
	_, retired := e.Retire(ctx, retireBatch)
	_, swept := e.Sweep(ctx)
	return errors.Join(retired, swept)
}

// OpenEvidence opens the photos and papers of all systems for a command.
func OpenEvidence(ctx context.Context, c Config, use func(*evidence.Evidence) error) error {
	return c.withDatabase(ctx, func(d *db.DB) error {
		var kinds []evidence.Kind
		for _, all := range taking() {
			kinds = append(kinds, all...)
		}
		e, err := evidence.Open(ctx, d, evidence.Options{Folder: evidenceFolder(c), Kinds: kinds, Until: evidenceUntil})
		if err != nil {
			return err
		}
		return use(e)
	})
}

// ByCommand is who does what a command does, as the record has it.
const ByCommand = complaint.ByCommand

// LoseEvidence declares the original of an item lost, or found where it is whole again; it tells which.
func LoseEvidence(ctx context.Context, c Config, id string) (lost bool, err error) {
	err = OpenEvidence(ctx, c, func(e *evidence.Evidence) error {
		lost, err = e.DeclareLost(ctx, ByCommand, id, sumOf)
		return err
	})
	return lost, err
}

// LostEvidence lists what backups go without.
func LostEvidence(ctx context.Context, c Config) (all []evidence.Absence, err error) {
	err = c.withDatabase(ctx, func(d *db.DB) error {
		return d.View(ctx, func(tx *db.Tx) error { all, err = evidence.Lost(tx); return err })
	})
	return all, err
}
