package db

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// The writer commits for a group. SQLite has one writer and a durable COMMIT
// costs an fsync, so use cases that wait together share one:
//
//	BEGIN IMMEDIATE
//	  SAVEPOINT u   first use case    RELEASE u
//	  SAVEPOINT u   second, fails     ROLLBACK TO u, RELEASE u
//	  SAVEPOINT u   third             RELEASE u
//	COMMIT          now all three are answered
//
// The writer goroutine keeps the connection and hands it to each caller in turn,
// and the caller runs its function on its own goroutine. A panic therefore
// unwinds the caller with its own stack, and cannot stop the writer.
//
// Nobody is answered before the COMMIT, not even a failure, because a failure
// may rest on what an earlier use case of the group had written. When an error
// takes the whole transaction away (a full disk may), its use case gets the
// error and the others run again.
const (
	// A caller waits for its whole group, and another process for the lock, so
	// a group ends at either bound. By 256 use cases the fsync they share is a
	// small part of each; 20 ms is a delay that nobody sees.
	maxGroup = 256
	maxHold  = 20 * time.Millisecond

	// Callers beyond it wait to enter the queue, where they can still give up.
	queueLength = 1024
)

type writer struct {
	session *session
	files   *watchedFiles
	mark    marker
	written int64 // rows, as SQLite counts them on this connection
	queue   chan *job
	stopped chan struct{}
}

// job is one Update on its way through the writer.
type job struct {
	state atomic.Int32
	turn  chan *session // the writer to the caller: yours
	ran   chan error    // the caller to the writer: back, with the outcome
	done  chan error    // the writer to the caller: committed, or why not
}

const (
	waiting int32 = iota
	running
	abandoned
)

// errUnwound is the outcome of a function that did not return.
var errUnwound = errors.New("the use case panicked")

// errStopped is the outcome of what the writer had or was to have when it ended
// by a defect of its own: nobody can say whether it was written.
var errStopped = errors.New("the writer of the database has stopped")

func startWriter(s *session, files *watchedFiles, mark marker) *writer {
	w := &writer{session: s, files: files, mark: mark, queue: make(chan *job, queueLength), stopped: make(chan struct{})}
	fault.Go("the writer of the database", w.loop, nil)
	return w
}

// stop ends the writer after the work in the queue.
func (w *writer) stop() {
	close(w.queue)
	<-w.stopped
}

func (w *writer) update(ctx context.Context, f func(*Tx) error) error {
	j := &job{turn: make(chan *session, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	select {
	case w.queue <- j:
	case <-w.stopped:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
	giveUp := ctx.Done()
	for {
		select {
		case s := <-j.turn:
			giveUp = nil // the outcome is now the writer's to tell
			j.run(ctx, s, f)
		case err := <-j.done:
			return err
		case <-w.stopped: // by a panic: nobody will tell any more
			select {
			case err := <-j.done:
				return err
			default:
				return errStopped
			}
		case <-giveUp:
			if j.state.CompareAndSwap(waiting, abandoned) {
				return ctx.Err()
			}
			giveUp = nil
		}
	}
}

func (j *job) run(ctx context.Context, s *session, f func(*Tx) error) {
	outcome := errUnwound
	defer func() { j.ran <- outcome }()
	outcome = newTx(ctx, SQLite, uninterrupted{s}).do(f)
}

func (w *writer) loop() {
	defer close(w.stopped)
	for j := range w.queue {
		for jobs := []*job{j}; len(jobs) > 0; {
			jobs = w.group(jobs)
		}
	}
}

type outcome struct {
	job *job
	err error
}

// group runs one transaction, for jobs first and then for those that wait in
// the queue, and returns the jobs that must run again.
func (w *writer) group(jobs []*job) []*job {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		for _, j := range jobs {
			j.done <- explain(err)
		}
		return nil
	}
	var ran []outcome
	end := time.Now().Add(maxHold)
	for len(ran) < maxGroup && (len(ran) == 0 || time.Now().Before(end)) {
		var j *job
		if j, jobs = w.next(jobs); j == nil {
			break
		}
		if j.state.Swap(running) == abandoned {
			continue
		}
		err, intact := w.turn(j)
		if !intact {
			_ = w.exec("ROLLBACK") // the engine may have done so itself
			j.done <- explain(err)
			return append(survivors(ran), jobs...)
		}
		ran = append(ran, outcome{j, err})
	}
	err := w.commit()
	for _, o := range ran {
		if o.err == nil {
			o.err = explain(err)
		}
		o.job.done <- o.err
	}
	return jobs
}

// commit ends the transaction of a group. A database whose files were removed or
// exchanged takes the COMMIT as well as any, and it is lost with the process: so
// it is looked for before, when nothing is written yet, and after.
func (w *writer) commit() error {
	commits, err := w.count()
	if err == nil {
		err = w.files.look()
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		_ = w.exec("ROLLBACK")
		return err
	}
	if err := w.files.look(); err != nil {
		return err
	}
	if commits > 0 {
		w.mark.write(commits)
	}
	return nil
}

// count moves the number of commits, and tells it, if the group has written.
func (w *writer) count() (commits int64, err error) {
	var written int64
	if err := w.read("SELECT total_changes()", &written); err != nil || written == w.written {
		return 0, err
	}
	if err := w.read(nextState, &commits); err != nil {
		return 0, err
	}
	w.written = written + 1
	return commits, nil
}

// read runs a statement of one row with one number.
func (w *writer) read(text string, n *int64) error {
	st, err := w.session.prepare(context.Background(), text) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return err
	}
	return st.QueryRowContext(context.Background()).Scan(n)
}

// next takes from jobs, then from the queue, and never waits.
func (w *writer) next(jobs []*job) (*job, []*job) {
	if len(jobs) > 0 {
		return jobs[0], jobs[1:]
	}
	select {
	case j := <-w.queue:
		return j, nil // nil when the queue is closed and empty
	default:
		return nil, nil
	}
}

// turn lends the connection to a caller. It reports whether the transaction
// still stands.
func (w *writer) turn(j *job) (err error, intact bool) { //nolint:revive // the error is a result here, not a failure of turn
	if err := w.exec("SAVEPOINT u"); err != nil {
		return err, false
	}
	j.turn <- w.session
	err = <-j.ran
	if err != nil {
		if e := w.exec("ROLLBACK TO u"); e != nil {
			return err, false
		}
	}
	if e := w.exec("RELEASE u"); e != nil {
		return errors.Join(err, e), false
	}
	return err, true
}

func survivors(ran []outcome) []*job {
	jobs := make([]*job, len(ran))
	for i, o := range ran {
		jobs[i] = o.job
	}
	return jobs
}

func (w *writer) exec(text string) error {
	_, err := w.session.exec(context.Background(), text, nil)
	return err
}

// uninterrupted runs statements to their end: SQLite answers the interruption
// of a write by rolling back the whole transaction, which is the group's. The
// context is looked at between statements instead.
type uninterrupted struct{ s *session }

func (u uninterrupted) exec(ctx context.Context, text string, args []any) (int64, error) {
	return u.s.exec(context.WithoutCancel(ctx), text, args)
}

func (u uninterrupted) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return u.s.query(context.WithoutCancel(ctx), text, args)
}

func (u uninterrupted) execEach(ctx context.Context, text string, lists iter.Seq2[[]any, error]) (int64, error) {
	return execLoop(ctx, text, lists, u.exec)
}

// execLoop is execEach where a statement costs no round trip.
func execLoop(ctx context.Context, text string, lists iter.Seq2[[]any, error],
	exec func(context.Context, string, []any) (int64, error),
) (int64, error) {
	var sum int64
	for args, err := range lists {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return sum, err
		}
		n, err := exec(ctx, text, args)
		if err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}
