package hall_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// walkSeed plays the walks again that a failure names.
var walkSeed = flag.Uint64("walk.seed", 0, "the seed of all walks of TestNoPathOfAHallLeaks; 0: one for three of them, and another each time")

// wanderer tries whatever there is in a hall.
type wanderer struct {
	*contesttest.Hall
	t        *testing.T
	r        *rand.Rand
	out      *release.Releases
	everyone []identity.Colleague
	drafts   map[string]string // that were answered, by judge and entry
	trace    []string
	reached  map[string]int
}

func pick[T any](w *wanderer, all ...T) T { return all[w.r.IntN(len(all))] }

func (w *wanderer) runs() (all []hall.Run) {
	w.Must(w.DB.View(w.t.Context(), func(tx *db.Tx) (err error) { all, err = hall.Runs(tx, contesttest.Code); return err }))
	return all
}

func (w *wanderer) asks() (all []hall.Ask) {
	w.Must(w.DB.View(w.t.Context(), func(tx *db.Tx) (err error) { all, err = hall.Asks(tx, contesttest.Code); return err }))
	return all
}

// steps are the use cases that lead on from a state, and back.
var steps = map[hall.State][]string{
	hall.Waiting: {"call", "call", "call", "call", "ask", "forfeit", "recuse", "missing", "no-show", "absent"}, hall.Called: {"start", "start", "start", "draft", "lock", "postpone", "ask", "forfeit"},
	hall.Presenting: {"stop", "stop", "pause", "start", "draft", "lock", "ask", "interrupt"},
	hall.Heard:      {"lock", "lock", "lock", "all", "all", "all", "close", "close", "close", "close", "draft", "missing", "absent", "away", "ask", "interrupt", "recuse"},
	hall.Closed:     {"check", "check", "check", "check", "refuse", "interrupt", "lock"}, hall.Checked: {"reveal", "reveal", "reveal", "refuse", "away"},
	hall.Shown:   {"correct", "reseal", "confirm", "drop", "decide", "settle", "release", "reveal"},
	hall.Forfeit: {"call", "lock", "recuse"}, hall.Interrupted: {"lock", "call"},
}

var others = []string{"hand", "desk", "lock", "close", "check", "reveal", "interrupt", "forfeit", "away", "missing", "recuse", "correct", "confirm", "settle", "release"}

// by is mostly who has the right.
func (w *wanderer) by(usual ...identity.Colleague) identity.Colleague {
	if w.r.IntN(5) == 0 {
		return pick(w, w.everyone...)
	}
	return pick(w, usual...)
}

func (w *wanderer) keeper() identity.Colleague     { return w.by(w.Keeper, w.Another, w.Both) }
func (w *wanderer) supervisor() identity.Colleague { return w.by(w.Supervisor, w.Both) }

// step does something.
func (w *wanderer) step() {
	runs := w.runs()
	r := pick(w, runs...)
	name := pick(w, steps[r.State]...)
	if w.r.IntN(6) == 0 {
		name = pick(w, others...)
	}
	j := w.r.IntN(9)
	err := w.do(name, r, j)
	w.trace = append(w.trace, fmt.Sprintf("%s of %s/%d (%s) j%d: %v", name, r.Entry, r.Attempt, r.State, j+1, err))
	if err != nil && fault.KindOf(err) == 0 {
		w.fail("%v", err)
	}
	if err == nil {
		w.reached[name]++
	}
}

func (w *wanderer) do(name string, r hall.Run, j int) error {
	ctx, key := w.t.Context(), fmt.Sprintf("j%d", j+1)
	switch name {
	case "call":
		return w.Call(ctx, w.keeper(), r.At)
	case "start":
		return w.Start(ctx, w.keeper(), r.At)
	case "pause":
		return w.Pause(ctx, w.keeper(), r.At)
	case "stop":
		return w.Stop(ctx, w.keeper(), r.At)
	case "postpone":
		return w.Postpone(ctx, w.keeper(), r.At, "堵车")
	case "ask":
		return w.Ask(ctx, w.keeper(), r.At, "没有到场")
	case "forfeit":
		return w.Forfeit(ctx, w.supervisor(), r.At)
	case "interrupt":
		return w.Interrupt(ctx, w.supervisor(), r.At)
	case "no-show":
		if err := w.Ask(ctx, w.Keeper, r.At, "没有到场"); err != nil {
			return err
		}
		return w.Forfeit(ctx, w.supervisor(), r.At)
	case "absent":
		if err := w.Missing(ctx, w.Another, r.At, key, "平板没电"); err != nil {
			return err
		}
		return w.Away(ctx, w.supervisor(), r.At, key)
	case "recuse":
		return w.Recuse(ctx, w.by(w.Organiser, w.Judges[j]), seat.Away{Contest: contesttest.Code, Entry: r.Entry, Seat: key, Reason: "本单位"})
	case "missing":
		return w.Missing(ctx, w.keeper(), r.At, key, "平板没电")
	case "away":
		return w.Away(ctx, w.supervisor(), r.At, key)
	case "hand":
		if w.r.IntN(2) == 0 {
			_, err := w.Seats.Beat(ctx, w.Judges[j], seat.Beat{Contest: contesttest.Code, Device: contesttest.Device(100 + j)})
			return err
		}
		return w.Seats.Hand(ctx, w.keeper(), contesttest.Code, key, contesttest.Device(j), seat.Code(contesttest.Device(100+j)))
	case "desk":
		_, err := w.Desk(ctx, w.keeper(), contesttest.Code)
		return err
	case "draft", "lock", "all":
		return w.marks(name, r, j)
	case "close":
		return w.Close(ctx, w.keeper(), r.At)
	case "check":
		return w.Check(ctx, w.supervisor(), r.At)
	case "refuse":
		return w.Refuse(ctx, w.supervisor(), r.At, "有一张没有录")
	case "reveal":
		return w.Reveal(ctx, w.by(w.Host), r.At, r.Openings)
	case "correct", "reseal", "confirm", "drop":
		return w.correction(name, r, key)
	default:
		return w.ending(name)
	}
}

func (w *wanderer) marks(name string, r hall.Run, j int) error {
	score := fmt.Sprintf("%d.%d", 7+w.r.IntN(2), w.r.IntN(3))
	device := pick(w, contesttest.Device(j), contesttest.Device(j), contesttest.Device(j), "", contesttest.Device(100+j))
	who := w.by(w.Judges[j])
	switch name {
	case "draft":
		err := w.Draft(w.t.Context(), w.Judges[j], hall.Draft{At: r.At, Criterion: "score", Mark: score, Device: device})
		if err == nil {
			w.drafts[fmt.Sprint(j, r.Entry)] = score
		}
		return err
	case "all":
		var last error
		for j := range w.Judges {
			last = w.lock(w.Judges[j], r.At, j, score, "")
		}
		return last
	}
	return w.lock(who, r.At, j, score, device)
}

func (w *wanderer) lock(who identity.Colleague, at hall.At, j int, score, device string) error {
	l := w.Sealing(at, j, w.Version(at.Entry, j), score)
	l.Device = device
	got, err := w.Lock(w.t.Context(), who, l)
	if err == nil {
		for k := range w.Judges {
			if w.Judges[k].Person == who.Person {
				delete(w.drafts, fmt.Sprint(k, at.Entry))
			}
		}
		if !got.Again && got.Opening.Marks["score"] != score {
			w.fail("it sealed %+v, and %s was given", got.Opening, score)
		}
	}
	return err
}

func (w *wanderer) correction(name string, r hall.Run, key string) error {
	if name == "correct" {
		_, err := w.Correct(w.t.Context(), w.keeper(), r.At, key, "看错了")
		return err
	}
	asks := w.asks()
	if len(asks) == 0 {
		return nil
	}
	a := pick(w, asks...)
	switch name {
	case "confirm":
		return w.Correction(w.t.Context(), w.supervisor(), a.ID)
	case "drop":
		return hall.Requests{Halls: w.Halls}.Correction(w.t.Context(), w.by(w.Supervisor, w.Both, w.Keeper), a.ID, "没有看错")
	}
	return w.reseal(a, fmt.Sprintf("9.%d", w.r.IntN(3)))
}

func (w *wanderer) reseal(a hall.Ask, score string) error {
	var j int
	_, _ = fmt.Sscanf(a.Seat, "j%d", &j)
	l := w.Sealing(contesttest.At(a.Entry), j-1, w.Version(a.Entry, j-1), score)
	l.Device = ""
	_, err := w.Reseal(w.t.Context(), w.by(w.Judges[j-1]), a.ID, l)
	return err
}

// ending: decisions and releases.
func (w *wanderer) ending(name string) error {
	ctx := w.t.Context()
	switch name {
	case "decide":
		b, err := w.Board(ctx, contesttest.Code)
		w.Must(err)
		if len(b.Result.Wants) == 0 {
			return nil
		}
		want := pick(w, b.Result.Wants...)
		d := mark.Decision{By: want.By, Stage: want.Stage, Cut: want.Cut, Among: want.Entries, Entries: slices.Clone(want.Entries)}
		w.r.Shuffle(len(d.Entries), func(x, y int) { d.Entries[x], d.Entries[y] = d.Entries[y], d.Entries[x] })
		if want.Cut != "" {
			d.Entries = d.Entries[:want.Room]
		}
		_, err = w.Decide(ctx, w.keeper(), contesttest.Code, d)
		return err
	case "settle":
		return w.Confirm(ctx, w.supervisor(), contesttest.Code, 1+w.r.IntN(4))
	default:
		r, err := w.out.Release(ctx, w.by(w.Organiser), contesttest.Code, "更正以后")
		if err == nil {
			w.verify(r)
		}
		return err
	}
}

func (w *wanderer) verify(r release.Release) {
	text, err := w.out.File(w.t.Context(), contesttest.Code, r.N)
	w.Must(err)
	f, err := seal.Read(text)
	w.Must(err)
	if found := seal.Verify(f).Findings; len(found) > 0 {
		w.fail("release %d does not hold: %+v", r.N, found)
	}
}

func (w *wanderer) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter\n%s", fmt.Sprintf(format, args...), strings.Join(w.trace, "\n"))
}

// whole holds the hall against what is always so.
func (w *wanderer) whole() {
	w.t.Helper()
	if wrong := w.Whole(); len(wrong) > 0 {
		w.fail("%s", strings.Join(wrong, "\n"))
	}
}

// judge is whole, and no draft that was answered is gone.
func (w *wanderer) judge() {
	w.t.Helper()
	w.whole()
	kept := map[string]string{}
	for j := range w.Judges {
		m, err := w.Mine(w.t.Context(), w.Judges[j], contesttest.Code)
		w.Must(err)
		for _, r := range m.Runs {
			if d := r.Drafts["score"]; d != "" {
				kept[fmt.Sprint(j, r.Entry)] = d
			}
		}
	}
	if !maps.Equal(kept, w.drafts) {
		w.fail("judges see the drafts %v, and %v were answered", kept, w.drafts)
	}
}

// home brings a hall to its end by those whose work it is: from wherever it is there is a way.
func (w *wanderer) home() {
	ctx := w.t.Context()
	must := func(what string, err error) {
		w.t.Helper()
		if err != nil {
			w.fail("on the way to the end: %s: %v", what, err)
		}
	}
	for _, r := range w.runs() {
		if r.State == hall.Waiting {
			must("call", w.Call(ctx, w.Keeper, r.At))
			r.State = hall.Called
		}
		if r.State == hall.Called {
			must("start", w.Start(ctx, w.Keeper, r.At))
			r.State = hall.Presenting
		}
		if r.State == hall.Presenting {
			must("stop", w.Stop(ctx, w.Keeper, r.At))
		}
	}
	for _, r := range w.runs() {
		if r.State == hall.Heard {
			for j := range w.Judges {
				m, err := w.Mine(ctx, w.Judges[j], contesttest.Code)
				must("mine", err)
				i := slices.IndexFunc(m.Runs, func(mine hall.MyRun) bool { return mine.At == r.At })
				if mine := m.Runs[i]; mine.Sealed == nil && !mine.Absent && !mine.Recused {
					must("lock", w.lock(w.Judges[j], r.At, j, "8.5", ""))
				}
			}
			must("close", w.Close(ctx, w.Keeper, r.At))
			r.State = hall.Closed
		}
		if r.State == hall.Closed {
			must("check", w.Check(ctx, w.Supervisor, r.At))
			r.State = hall.Checked
		}
		if r.State == hall.Checked {
			must("reveal", w.Reveal(ctx, w.Host, r.At, w.Openings(r.Entry)))
		}
	}
	for _, a := range w.asks() {
		if a.State == "asked" {
			err := w.reseal(a, "8.8")
			for range 50 { // by whoever it is, until it is the judge
				if err != nil {
					err = w.reseal(a, "8.8")
				}
			}
			must("reseal", err)
		}
		must("confirm", w.Correction(ctx, w.Supervisor, a.ID))
	}
	w.judge()
	for {
		b, err := w.Board(ctx, contesttest.Code)
		must("board", err)
		if len(b.Result.Wants) == 0 {
			break
		}
		want := b.Result.Wants[0]
		d := mark.Decision{By: want.By, Stage: want.Stage, Cut: want.Cut, Among: want.Entries, Entries: want.Entries}
		if want.Cut != "" {
			d.Entries = want.Entries[:want.Room]
		}
		n, err := w.Decide(ctx, w.Keeper, contesttest.Code, d)
		if fault.KindOf(err) == fault.Conflict { // it waits already
			_, err = fmt.Sscanf(err.Error()[strings.Index(err.Error(), "number ")+7:], "%d", &n)
		}
		must("decide", err)
		must("settle", w.Confirm(ctx, w.Supervisor, contesttest.Code, n))
	}
	r, err := w.out.Release(ctx, w.Organiser, contesttest.Code, "走完了")
	if fault.KindOf(err) == fault.Conflict && strings.Contains(err.Error(), "released last") {
		return
	}
	must("release", err)
	w.verify(r)
}

// Whatever is tried in a hall, by whom, in whatever order: nobody sees a score before its reveal, nothing is decided by one person, and from
// wherever the hall is there is a way to a release that verifies.
func TestNoPathOfAHallLeaks(t *testing.T) {
	walks := 5
	if testing.Short() {
		walks = 1
	}
	reached := map[string]int{}
	for n := range walks {
		seed := *walkSeed
		if seed == 0 && n < 3 {
			seed = 1 // by which every kind of step is taken
		} else if seed == 0 {
			seed = rand.Uint64()
		}
		t.Run(fmt.Sprintf("seed %d walk %d", seed, n), func(t *testing.T) {
			d := dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
			h := contesttest.Open(t, d, contesttest.Rule(n%3), 4)
			w := &wanderer{Hall: h, t: t, r: rand.New(rand.NewPCG(seed, uint64(n))), out: release.In(d, h.Facts), drafts: map[string]string{}, reached: reached}
			w.everyone = append([]identity.Colleague{h.Organiser, h.Keeper, h.Another, h.Supervisor, h.Host, h.Stranger, h.Both, h.Both, h.Both, {}}, h.Judges[:4]...)
			for _, steps := range []int{120, 30} { // to the end, and what may be done behind it
				for range steps {
					w.step()
					w.whole()
				}
				w.judge()
				w.home()
			}
		})
	}
	for _, name := range []string{"check", "reveal", "no-show", "interrupt", "recuse", "absent", "postpone", "refuse", "reseal", "confirm", "drop"} {
		if reached[name] == 0 && !testing.Short() && *walkSeed == 0 {
			t.Errorf("no walk did %s, so nothing was shown of it: %v", name, reached)
		}
	}
	t.Log("did", reached)
}
