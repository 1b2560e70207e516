package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/xiadu/xiadu/internal/app/crew"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

var aWeek = run.Question{Minutes: 15, Demand: "people", Days: []calendar.Date{calendar.On(2026, 10, 1)}}

// demoCity makes the demo city once for all tests of runs.
var demoCity = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "xiadu-runs-*")
	if err != nil {
		return "", err
	}
	c, err := Demo(context.Background(), Config{Home: folder}, func(atlas.Step, int64, int64) {})
	return c.Home, err
})

func cityFolder(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("makes the demo city and runs it several times; run without -short")
	}
	home, err := demoCity()
	if err != nil {
		t.Fatal(err)
	}
	return home
}

func silent(lang.Text, int64, int64) {}

func TestMain(m *testing.M) {
	code := m.Run()
	if home, err := demoCity(); err == nil && code == 0 && !testing.Short() {
		_ = os.RemoveAll(filepath.Dir(home))
	}
	os.Exit(code)
}

// A run in one piece and by one goroutine is what all others have to equal.
func single(t *testing.T, city string) run.Run {
	t.Helper()
	out, err := Run(t.Context(), Config{Home: t.TempDir()}, Running{Cities: []string{city}, Question: aWeek, TileKm: 1000, Workers: 1}, silent)
	if err != nil || out.Items > 4 {
		t.Fatalf("%+v, %v", out, err)
	}
	return out
}

// Stopped over and over, a run goes on where it was, and gives the same.
func TestARunThatIsStoppedGoesOn(t *testing.T) {
	city := cityFolder(t)
	want := single(t, city)
	c := Config{Home: t.TempDir()}
	how := Running{Cities: []string{city}, Question: aWeek, TileKm: 0.7, Workers: 2}
	var most int64
	for stops := 1; ; stops++ {
		ctx, cancel := context.WithCancel(t.Context())
		began := int64(-1)
		out, err := Run(ctx, c, how, func(step lang.Text, done, total int64) {
			if step != crew.StepCompute {
				return
			}
			if began < 0 {
				began = done
			}
			if done < most {
				t.Errorf("%d items were done and now %d are", most, done)
			}
			if most = done; done >= began+total/5 {
				cancel()
			}
		})
		cancel()
		if err == nil {
			if out.Digest != want.Digest || stops < 3 {
				t.Errorf("after %d stops the figures are %s, want %s", stops, out.Digest, want.Digest)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		how.Cities = nil // xiadu run, with nothing after it
	}
}

// The files of an unfinished run may be gone, as after a restore. Naming its cities
// brings them back.
func TestARunWithoutItsFiles(t *testing.T) {
	city := cityFolder(t)
	c := Config{Home: t.TempDir()}
	how := Running{Cities: []string{city}, Question: aWeek, TileKm: 3, Workers: 1}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, c, how, func(step lang.Text, done, _ int64) {
		if step == crew.StepCompute && done > 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := (crew.Shelf{Folder: filepath.Join(c.runsFolder(), "files")}).Clear(); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), c, Running{Workers: 1}, silent); fault.KindOf(err) != fault.NotFound {
		t.Errorf("without its files: %v", err)
	}
	if out, err := Run(t.Context(), c, how, silent); err != nil || out.Number != 1 || out.Digest != single(t, city).Digest {
		t.Errorf("with them again: %+v, %v", out, err)
	}
}

// While a run goes on through the queue, its stream is emptied, and strangers
// send it what is no result, or a false one. It comes out the same.
func TestARunAmongLossAndNoise(t *testing.T) {
	city := cityFolder(t)
	want := single(t, city)
	c := Config{Home: t.TempDir()}
	joined := make(chan string, 1)
	var said strings.Builder
	how := Running{
		Cities: []string{city}, Question: aWeek, TileKm: 0.4, Workers: 0,
		Hand: crew.Handing{
			Listen: "127.0.0.1:0", Patience: time.Second, Started: func(address string) { joined <- address },
			Log: slog.New(slog.NewTextHandler(&said, nil)),
		},
	}
	var once sync.Once
	var spoiled error
	left := make(chan struct{})
	t.Cleanup(func() { <-left })
	go func() {
		defer close(left)
		address := <-joined
		joined <- address
		w := crew.Working{URL: address, Workers: 2, Patience: time.Second, Log: slog.New(slog.DiscardHandler), Joined: func() {}}
		_ = Work(t.Context(), Config{Home: filepath.Join(c.Home, "worker")}, w) // until the test ends
	}()
	// Before the second answer is taken, so that all of it lies before the rest.
	out, err := Run(t.Context(), c, how, func(step lang.Text, done, _ int64) {
		if step == crew.StepCompute && done > 0 {
			once.Do(func() { spoiled = spoil(t.Context(), <-joined) })
		}
	})
	if err != nil || out.Digest != want.Digest {
		t.Errorf("the figures are %s, want %s: %v", out.Digest, want.Digest, err)
	}
	if spoiled != nil {
		t.Error(spoiled)
	}
	for _, noticed := range []string{"no result is dropped", "items were lost on the way"} {
		if !strings.Contains(said.String(), noticed) {
			t.Errorf("nobody has noticed that %s: %s", noticed, said.String())
		}
	}
}

// spoil does to the streams of a run what no worker would.
func spoil(ctx context.Context, address string) error {
	nc, err := nats.Connect(address)
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	work, err := js.Stream(ctx, "XIADU_WORK")
	if err != nil {
		return err
	}
	info, err := work.Info(ctx, jetstream.WithSubjectFilter("xiadu.work.>"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		job := strings.TrimPrefix(subject, "xiadu.work.")
		for i, text := range []string{
			"", "not JSON", "{}", strings.Repeat("[", 100_000),
			fmt.Sprintf(`{"run":%q,"city":0,"tile":"1/1","answer":[{"division":"630100","figures":{"stations":[0,0,0,0],"demand":[1,1,0,0],"hours":[[192,0,1,1,1,1]]}}]}`, job),
			fmt.Sprintf(`{"run":%q,"city":0,"tile":"1/1","failed":"because"}`, job),
			`{"run":"another","city":0,"tile":"1/1","failed":"because"}`,
		} {
			if _, err := js.Publish(ctx, "xiadu.result."+job, []byte(text)); err != nil {
				return fmt.Errorf("message %d: %w", i, err)
			}
			if _, err := js.Publish(ctx, subject, []byte(text)); err != nil {
				return fmt.Errorf("message %d: %w", i, err)
			}
		}
	}
	return work.Purge(ctx)
}

func TestWhatCannotBeRun(t *testing.T) {
	folder := t.TempDir()
	list := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		cities []string
		kind   fault.Kind
		says   string
	}{
		{[]string{filepath.Join(folder, "nowhere")}, fault.NotFound, "找不到"},
		{[]string{folder}, fault.NotFound, "没有文件"},
		{[]string{list("head.csv", "a,b\n")}, fault.Invalid, "缺少列 division"},
		{[]string{list("empty.csv", "")}, fault.Invalid, "第 1 行"},
		{[]string{list("none.csv", "division,home\n")}, fault.Invalid, "没有城市"},
		{[]string{list("where.csv", "division,home\n999999,x\n")}, fault.Invalid, "第 2 行：区划代码“999999”查不到"},
		{[]string{list("half.csv", "name,division,streets\n西宁,630100,a.osm\n")}, fault.Invalid, "三个文件都写"},
		{[]string{list("quote.csv", "division,home\n\"630100,x\n")}, fault.Invalid, "第 2 行"},
		{[]string{list("gone.csv", "division,streets,stations,demand\n630100,a.osm,b.csv,c.csv\n")}, fault.NotFound, "a.osm"},
	} {
		_, err := Run(t.Context(), Config{Home: t.TempDir()}, Running{Cities: c.cities, Question: aWeek, Workers: 1}, silent)
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != c.kind || !strings.Contains(text, c.says) {
			t.Errorf("%v: %v", c.cities, err)
		}
	}
}

// Two coordinators in one folder would clear up each other's files.
func TestOneCoordinatorAtATime(t *testing.T) {
	c := Config{Home: t.TempDir()}
	release, err := c.lockRuns()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), c, Running{Workers: 1}, silent); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a second one: %v", err)
	}
	release()
	if _, err := Run(t.Context(), c, Running{Workers: 1}, silent); fault.KindOf(err) != fault.NotFound {
		t.Errorf("after it: %v", err)
	}
}
