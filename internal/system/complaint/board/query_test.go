package board_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/board"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// drawn is a board of letters that there are not.
func drawn(n int) *board.Board {
	b := &board.Board{}
	for i := range n {
		l := &board.Letter{
			ID: fmt.Sprintf("A.%d", i), Campaign: "A", State: []board.State{board.Working, board.Staged, board.Closed}[i%3],
			Received: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC).Add(-time.Duration(i) * time.Hour), Row: table.Row{Kinds: []complaint.Kind{complaint.Kind(i % 12)}},
		}
		if i%10 != 0 {
			l.At = &geo.Point{Lat: 36 + float64(i%500)/1000, Lon: 101 + float64(i%700)/1000}
		}
		b.Letters = append(b.Letters, l)
	}
	return b
}

func ask(t *testing.T, query string) board.Query {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := board.ParseQuery(v)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A query selects by state, kind, days and point; the pages of it are all of it; letters of one place are one point.
func TestSelect(t *testing.T) {
	b := drawn(1000)
	for query, want := range map[string]int{
		"": 1000, "campaign=B": 0, "state=closed": 333, "kind=water": 84, "from=2026-11-30": 21, "until=2026-11-29": 979, "from=2026-11-30&until=2026-11-30&state=staged": 7, "at=36.00100,101.00100": 1,
	} {
		if n := len(b.Select(ask(t, query))); n != want {
			t.Errorf("%s: %d, not %d", query, n, want)
		}
	}
	all, n := b.Select(ask(t, "")), 0
	for after := ""; ; {
		part, next := board.Page(all, after, 30)
		if n += len(part); next == "" {
			break
		}
		after = next
	}
	if n != 1000 {
		t.Errorf("the pages have %d", n)
	}
	spots, without := board.Spots(all)
	sum := without
	for _, s := range spots {
		sum += s.N()
	}
	if without != 100 || sum != 1000 || spots[0].At.Lat < spots[len(spots)-1].At.Lat {
		t.Errorf("%d without a place, %d in all", without, sum)
	}
	two := []*board.Letter{{State: board.Closed, At: &geo.Point{Lat: 1, Lon: 2}}, {State: board.Working, At: &geo.Point{Lat: 1, Lon: 2}}}
	if spots, _ := board.Spots(two); len(spots) != 1 || spots[0].N() != 2 || spots[0].State() != board.Working || spots[0].ID() != "1.00000,2.00000" {
		t.Errorf("%+v", spots)
	}
}

func TestQueryRefused(t *testing.T) {
	for query, field := range map[string]string{
		"state=gone": "state", "kind=gold": "kind", "from=yesterday": "from", "until=2026-13-01": "until", "from=2026-11-30&until=2026-11-29": "until", "at=1,2": "at", "after=%00": "after", "campaign=%E2%80%AE": "campaign",
	} {
		v, _ := url.ParseQuery(query)
		_, err := board.ParseQuery(v)
		if fields, all := fault.Fields(err); !all || fields[field] == nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("campaign=XN2023&state=closed&kind=water&from=2026-11-01&until=2026-11-30&at=36.61700,101.77800&after=XN2023.1")
	b := drawn(50)
	f.Fuzz(func(t *testing.T, s string) {
		v, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		q, err := board.ParseQuery(v)
		if err != nil {
			return
		}
		again, err := board.ParseQuery(q.Values())
		if again.After = q.After; err != nil || again != q {
			t.Fatalf("%q is %+v and then %+v: %v", s, q, again, err)
		}
		board.Page(b.Select(q), q.After, 7)
	})
}
