package run

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

var schemas = []db.Schema{record.Schema, station.Schema}

func TestPrepare(t *testing.T) { dbtest.Prepare(t, schemas...) }

func bytesOf(s string) io.Reader { return strings.NewReader(s) }

// towns makes a plan of two towns, and a computer of their items.
func towns(t *testing.T) (Plan, func(Task) Answer) {
	t.Helper()
	p := Plan{Name: "test", Question: aQuarter}
	var cities []*City
	for i, code := range []string{"630100", "659001"} {
		w := rapid.Custom(func(t *rapid.T) town { return drawTown(t, 30, 60) }).Example(i)
		in, grid := w.inputs(t), Square(0, 900)
		sum := Sum(strings.Repeat(string(rune('a'+i)), 64))
		p.Cities = append(p.Cities, Member{Name: code, Division: division(t, code), Streets: sum, Inputs: sum, Grid: grid, Tiles: Cut(in, grid), Stations: len(in.Stations), Cells: len(in.Cells)})
		cities = append(cities, NewCity(w.streets.Walk, w.streets.WalkProfile, in, grid, p.Question))
	}
	return p, func(task Task) Answer {
		a, err := cities[task.City].Answer(task.Tile)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

func resultOf(task Task, a Answer) Result {
	return Result{Run: task.Run, City: task.City, Tile: task.Tile, Answer: a}
}

// A run is answered from many sides at once, twice over, after a restart, and
// comes out as when one does it in order.
func TestExactlyOnceInEffect(t *testing.T) {
	p, compute := towns(t)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		do := func(workers, times int) Run {
			l := NewLedger(d)
			r, err := l.Begin(ctx, "test", p)
			if err != nil {
				t.Fatal(err)
			}
			tasks, err := l.Waiting(ctx, r)
			if err != nil || int64(len(tasks)) != r.Items || len(tasks) < 10 {
				t.Fatalf("%d of %d items wait: %v", len(tasks), r.Items, err)
			}
			half := len(tasks) / 2
			keep(t, l, tasks[:half], compute, workers, times)
			if _, err := l.Finish(ctx, "test", r); fault.KindOf(err) != fault.Late {
				t.Errorf("half a run is finished: %v", err)
			}
			again, err := NewLedger(d).Begin(ctx, "test", p) // as after a restart
			if err != nil || again.ID != r.ID {
				t.Fatalf("the same plan began %v and then %v: %v", r.ID, again.ID, err)
			}
			rest, err := l.Waiting(ctx, again)
			if err != nil || len(rest) != len(tasks)-half {
				t.Fatalf("%d items wait, want %d: %v", len(rest), len(tasks)-half, err)
			}
			keep(t, l, append(rest, tasks[:half]...), compute, workers, times)
			out, err := l.Finish(ctx, "test", r)
			if err != nil || out.State != Done {
				t.Fatalf("finished: %+v, %v", out, err)
			}
			if twice, err := l.Finish(ctx, "test", r); err != nil || twice.Digest != out.Digest || !twice.Ended.Equal(out.Ended) {
				t.Errorf("finished twice: %+v, %v", twice, err)
			}
			return out
		}
		one, many := do(1, 1), do(8, 3)
		if one.Digest != many.Digest || one.Number != 1 || many.Number != 2 {
			t.Errorf("one worker gives %s, eight give %s", one.Digest, many.Digest)
		}
		if first, err := NewLedger(d).Keep(ctx, Result{Run: one.ID, Tile: "0/0", Answer: Answer{{Division: "630100"}}}); first || err != nil {
			t.Errorf("an answer after the end: %v, %v", first, err)
		}
		look(t, NewLedger(d), many)
		err := d.View(ctx, func(tx *db.Tx) error {
			items, err := record.History(tx, Subject(one.ID), "", 10)
			if err == nil && (len(items) != 2 || items[0].Kind != "run.ended" || !strings.Contains(items[0].Public, one.Digest) || items[1].Kind != "run.begun") {
				t.Errorf("the record has %+v", items)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// look reads what two runs of the same plan have left: parts that add up, and no
// change from one to the other.
func look(t *testing.T, l *Ledger, last Run) {
	t.Helper()
	v, err := l.Look(t.Context(), 0, Country)
	if err != nil {
		t.Fatal(err)
	}
	var sum Figures
	for _, p := range v.Parts {
		sum.Add(&p.Figures)
		if p.Parent != Country || len(p.Past) != 2 || p.Past[0].OnceDay != p.Past[1].OnceDay {
			t.Errorf("%s lies in %s and has the past %+v", p.Code, p.Parent, p.Past)
		}
	}
	if !cmp.Equal(sum, v.Own.Figures) || v.Run.ID != last.ID || v.Own.Cities != 2 || v.Source.Cities != 2 || v.Going != nil {
		t.Errorf("the parts add up to %+v, the country has %+v, of run %d", sum, v.Own.Figures, v.Run.Number)
	}
	_, corps, err := l.All(t.Context(), last.Number, division(t, "660000"))
	if err != nil || len(corps) != 2 || corps[0].Code != "659001" || corps[1].Code != "660000" {
		t.Errorf("the Corps has %+v, %v", corps, err)
	}
	_, xinjiang, err := l.All(t.Context(), last.Number, division(t, "650000"))
	if err != nil || len(xinjiang) != 0 {
		t.Errorf("Xinjiang has %+v, %v", xinjiang, err)
	}
	if _, err := l.Look(t.Context(), 9, Country); fault.KindOf(err) != fault.NotFound {
		t.Errorf("run 9: %v", err)
	}
	if _, err := l.Look(t.Context(), 1, "110000"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a division that is not there: %v", err)
	}
}

func keep(t *testing.T, l *Ledger, tasks []Task, compute func(Task) Answer, workers, times int) {
	t.Helper()
	queue := make(chan Task)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for task := range queue {
				if _, err := l.Keep(context.Background(), resultOf(task, compute(task))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range times {
		for _, task := range tasks {
			queue <- task
		}
	}
	close(queue)
	all.Wait()
}

func TestAnswersThatAreRefused(t *testing.T) {
	p, compute := towns(t)
	d := dbtest.Open(t, dbtest.SQLite(t), schemas...)
	l, ctx := NewLedger(d), t.Context()
	r, err := l.Begin(ctx, "test", p)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := l.Waiting(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	good := resultOf(tasks[0], compute(tasks[0]))
	for name, spoil := range map[string]func(*Result){
		"of no run":        func(r *Result) { r.Run = "another" },
		"of no city":       func(r *Result) { r.City = 7 },
		"of no tile":       func(r *Result) { r.Tile = "1000/1000" },
		"of another tile":  func(r *Result) { r.Answer = compute(tasks[len(tasks)-1]) },
		"of another day":   func(r *Result) { r.Answer[0].Figures.Hours = r.Answer[0].Figures.Hours[:HoursInWeek] },
		"of more stations": func(r *Result) { r.Answer[0].Figures.Stations++ },
		"of other demand":  func(r *Result) { r.Answer[0].Figures.Day++; r.Answer[0].Figures.Night++ },
		"of nothing":       func(r *Result) { r.Answer = nil },
		"that has failed":  func(r *Result) { r.Failed = "no streets" },
		"out of order":     func(r *Result) { r.Answer = append(r.Answer, r.Answer[0]) },
		"of no division":   func(r *Result) { r.Answer[0].Division = "000001" },
	} {
		bad := good
		bad.Answer = compute(tasks[0])
		spoil(&bad)
		if first, err := l.Keep(ctx, bad); first || !errors.Is(err, ErrRefused) {
			t.Errorf("an answer %s: %v, %v", name, first, err)
		}
	}
	if first, err := l.Keep(ctx, good); !first || err != nil {
		t.Errorf("the good answer: %v, %v", first, err)
	}
	if first, err := l.Keep(ctx, good); first || err != nil {
		t.Errorf("the good answer again: %v, %v", first, err)
	}
}

func TestOneRunAtATime(t *testing.T) {
	p, _ := towns(t)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		l, ctx := NewLedger(d), t.Context()
		if _, err := l.Unfinished(ctx); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unfinished of none: %v", err)
		}
		r, err := l.Begin(ctx, "test", p)
		if err != nil {
			t.Fatal(err)
		}
		other := p
		other.Question.Minutes = 10
		if _, err := l.Begin(ctx, "test", other); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another began beside it: %v", err)
		}
		if going, err := l.Unfinished(ctx); err != nil || going.ID != r.ID {
			t.Errorf("unfinished is %+v, %v", going, err)
		}
		if err := l.Drop(ctx, "test", r); err != nil {
			t.Fatal(err)
		}
		if next, err := l.Begin(ctx, "test", other); err != nil || next.Number != 2 {
			t.Errorf("after a drop: %+v, %v", next, err)
		}
	})
}
