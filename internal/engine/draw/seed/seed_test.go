package seed_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.China)
	if err != nil {
		panic(err)
	}
	return t
}

func TestEachValueHasOneForm(t *testing.T) {
	for _, c := range []struct{ source, at, typed, want string }{
		{"ssq", "2026-12-01", "3 5 11 18 24 30 + 7", "03-05-11-18-24-30+07"},
		{"ssq", "2026-12-01", "30，05，１１、18 24 03＋07", "03-05-11-18-24-30+07"},
		{"ssq", "2026-12-01", "03-05-11-18-24-30+07", "03-05-11-18-24-30+07"},
		{"ssq", "2026-12-01", "03 05 11 18 24 34 + 07", ""},
		{"ssq", "2026-12-01", "03 03 11 18 24 30 + 07", ""},
		{"ssq", "2026-12-01", "03 05 11 18 24 30 + 17", ""},
		{"ssq", "2026-12-01", "03 05 11 18 24 30", ""},
		{"ssq", "2026-12-01", "红 03 05 11 18 24 30 + 07", ""},
		{"fc3d", "2026-12-01", "4 0 9", "409"},
		{"fc3d", "2026-12-01", "４０９", "409"},
		{"fc3d", "2026-12-01", "4090", ""},
		{"pl5", "2026-12-01", "30916", "30916"},
		{"sse", "2026-12-01", "3,888.60", "3888.60"},
		{"sse", "2026-12-01", "3888.6", ""},
		{"dice", "2026-12-01T09:00", "4163526514", "4163526514"},
		{"dice", "2026-12-01T09:00", "4163526517", ""},
		{"drand", "100", "AB00000000000000000000000000000000000000000000000000000000000001", "ab00000000000000000000000000000000000000000000000000000000000001"},
		{"drand", "100", "ab", ""},
	} {
		ch := seed.Choice{Sources: []seed.Ref{{At: c.at, Source: c.source}}}
		got, err := ch.Text([]string{c.typed})
		want := ""
		if c.want != "" {
			want = c.source + " " + c.at + " " + c.want
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s %q: %q, %v", c.source, c.typed, got, err)
		}
		if err != nil {
			continue
		}
		if values, ok := ch.Values(got); !ok || values[0] != c.want {
			t.Errorf("%q is taken apart into %q", got, values)
		}
		if _, ok := ch.Values(got + " "); ok {
			t.Errorf("%q has two forms", got)
		}
	}
}

func TestWhenASourceMayBeKnown(t *testing.T) {
	now := at("2026-11-30 12:00")
	for _, c := range []struct {
		refs            []seed.Ref
		from, due, want string
		kind            fault.Kind
	}{
		{refs: []seed.Ref{{At: "2026-12-01", Source: "ssq"}}, from: "2026-12-01 21:00", due: "2026-12-01 21:00"},
		{refs: []seed.Ref{{At: "2026-12-02", Source: "ssq"}}, kind: fault.Invalid}, // a Wednesday
		{refs: []seed.Ref{{At: "2026-11-29", Source: "ssq"}}, kind: fault.Late},
		{refs: []seed.Ref{{At: "2026-12-01", Source: "fc3d"}}, kind: fault.Invalid}, // a thousand outcomes
		{refs: []seed.Ref{{At: "2026-12-02", Source: "pl5"}, {At: "2026-12-01", Source: "sse"}}, from: "2026-12-01 14:57", due: "2026-12-02 21:00"},
		{refs: []seed.Ref{{At: "2026-11-29", Source: "fc3d"}, {At: "2026-12-01", Source: "pl5"}}, kind: fault.Late}, // one of the two is out
		{refs: []seed.Ref{{At: "2026-12-01", Source: "ssq"}, {At: "2026-12-01", Source: "ssq"}}, kind: fault.Invalid},
		{refs: []seed.Ref{{At: "2026-11-30T12:01", Source: "dice"}}, from: "2026-11-30 12:01", due: "2026-11-30 12:01"},
		{refs: []seed.Ref{{At: "2026-11-30T12:00", Source: "dice"}}, kind: fault.Late},
		{refs: []seed.Ref{{At: "2028-12-01T12:00", Source: "dice"}}, kind: fault.Invalid},
		{refs: []seed.Ref{{At: "2026-12-01", Source: "tea"}}, kind: fault.Invalid},
		{refs: nil, kind: fault.Invalid},
	} {
		ch, err := seed.Choice{Sources: c.refs, Until: at("2026-12-05 12:00")}.Settle(now)
		if fault.KindOf(err) != c.kind {
			t.Errorf("%v: %v", c.refs, err)
		}
		if c.kind == 0 && (!ch.From.Equal(at(c.from)) || !ch.Due.Equal(at(c.due))) {
			t.Errorf("%v: from %v, due %v", c.refs, ch.From, ch.Due)
		}
	}
	round := seed.Round(now.Add(time.Hour))
	ch, err := seed.Choice{Sources: []seed.Ref{{At: round, Source: "drand"}}, Until: at("2026-12-05 12:00")}.Settle(now)
	if err != nil || ch.Due.Before(now.Add(time.Hour)) || ch.Due.After(now.Add(time.Hour+3*time.Second)) {
		t.Errorf("round %s is due at %v: %v", round, ch.Due, err)
	}
}
