package stationhttp

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestNavigation holds each map's link against the order and the datum that it
// documents. A swap sends people to another province.
func TestNavigation(t *testing.T) {
	at := geo.Point{Lon: 101.778, Lat: 36.617}
	gcj := geo.GCJ02.FromWGS84(at)
	lonLat := degrees(at.Lon) + "," + degrees(at.Lat)
	gcjLatLon := degrees(gcj.Lat) + "," + degrees(gcj.Lon)
	if geo.Distance(at, gcj) < 100 {
		t.Fatal("GCJ-02 is not shifted, so this test shows nothing")
	}
	apps := navigation(`大十字 "&<驿站>`, "西宁", at)
	for i, want := range []struct{ host, parameter, value string }{
		{"uri.amap.com", "to", lonLat + `,大十字 "&<驿站>`},
		{"apis.map.qq.com", "tocoord", gcjLatLon},
		{"api.map.baidu.com", "destination", "latlng:" + gcjLatLon + `|name:大十字 "&<驿站>`},
	} {
		u, err := url.Parse(apps[i].href)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "https" || u.Host != want.host || u.Query().Get(want.parameter) != want.value {
			t.Errorf("%s: %s = %q, want %q", apps[i].href, want.parameter, u.Query().Get(want.parameter), want.value)
		}
	}
	if q, _ := url.ParseQuery(strings.SplitN(apps[0].href, "?", 2)[1]); q.Get("coordinate") != "wgs84" {
		t.Error("Amap is not told the datum")
	}
	if q, _ := url.ParseQuery(strings.SplitN(apps[2].href, "?", 2)[1]); q.Get("coord_type") != "gcj02" {
		t.Error("Baidu is not told the datum")
	}
	if !strings.HasPrefix(apps[3].href, "geo:36.617000,101.778000?") {
		t.Error(apps[3].href)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.China)
	for _, c := range []struct {
		at     time.Duration
		zh, en string
	}{
		{13 * time.Hour, "22:00", "22:00"},
		{15 * time.Hour, "24:00", "midnight"},
		{23 * time.Hour, "明天 08:00", "08:00 tomorrow"},
		{71 * time.Hour, "周四 08:00", "08:00 on Thursday"},
		{8 * 24 * time.Hour, "12月1日 09:00", "09:00 on 1 December"},
	} {
		if got := clock(lang.ZH, now, now.Add(c.at)); got != c.zh {
			t.Errorf("in %v: %s, want %s", c.at, got, c.zh)
		}
		if got := clock(lang.EN, now, now.Add(c.at)); got != c.en {
			t.Errorf("in %v: %s, want %s", c.at, got, c.en)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 160_000: "160,000", 1_234_567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := count(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestPasted(t *testing.T) {
	for text, want := range map[string]geo.Point{
		"36.617, 101.778":  {Lon: 101.778, Lat: 36.617},
		"101.778，36.617":   {Lon: 101.778, Lat: 36.617},
		"-30.03 -51.23":    {Lon: -51.23, Lat: -30.03},
		" 101.778;36.617 ": {Lon: 101.778, Lat: 36.617},
	} {
		if got := pasted(text); got == nil || *got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"大十字", "36.617", "1号 2号", "361.5, 101.7", "36,101"} {
		if got := pasted(text); got != nil {
			t.Errorf("%s is taken for %v", text, *got)
		}
	}
}

func TestMemoComputesOnceForAll(t *testing.T) {
	m := newMemo[int](2)
	var computed atomic.Int32
	start := make(chan struct{})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			v, err := m.get(t.Context(), "k", func() (int, error) {
				<-start
				return int(computed.Add(1)), nil
			})
			if v != 1 || err != nil {
				t.Error(v, err)
			}
		})
	}
	close(start)
	all.Wait()
	if computed.Load() != 1 {
		t.Errorf("computed %d times", computed.Load())
	}
	// It forgets the oldest, and never keeps a failure.
	fail := errors.New("no")
	for range 2 {
		if _, err := m.get(t.Context(), "bad", func() (int, error) { computed.Add(1); return 0, fail }); !errors.Is(err, fail) {
			t.Error(err)
		}
	}
	if computed.Load() != 3 {
		t.Error("a failure was kept")
	}
	for _, key := range []string{"a", "b", "c"} {
		if _, err := m.get(t.Context(), key, func() (int, error) { return 0, nil }); err != nil {
			t.Error(err)
		}
	}
	if len(m.held) != 2 || len(m.order) != 2 {
		t.Errorf("%d kept, not 2", len(m.held))
	}
}

func TestMemoRefusesAFlood(t *testing.T) {
	m := newMemo[int](2 * mostBegun)
	never := make(chan struct{})
	gone, leave := context.WithCancel(t.Context())
	leave()
	for i := range mostBegun {
		if _, err := m.get(gone, strconv.Itoa(i), func() (int, error) { <-never; return 0, nil }); !errors.Is(err, context.Canceled) {
			t.Fatal(i, err)
		}
	}
	if _, err := m.get(t.Context(), "one more", func() (int, error) { return 0, nil }); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	close(never)
	for i := range mostBegun {
		if _, err := m.get(t.Context(), strconv.Itoa(i), nil); err != nil {
			t.Error(err)
		}
	}
	if _, err := m.get(t.Context(), "one more", func() (int, error) { return 0, nil }); err != nil {
		t.Error("the queue is empty, yet ", err)
	}
}

func TestMemoLetsAReaderLeave(t *testing.T) {
	m := newMemo[int](2)
	never := make(chan struct{})
	defer close(never)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := m.get(ctx, "k", func() (int, error) { <-never; return 0, nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
