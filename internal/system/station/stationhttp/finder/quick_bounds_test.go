package finder

import (
	"bytes"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// However many different things are said of stations, so many are kept, and what
// is said again is the same.
func TestSayingsAreBounded(t *testing.T) {
	var kept sayings
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i := range 3 * mostSayings {
		s := page.Saying{Lang: lang.EN, Way: i % 7, Changes: at.Add(time.Duration(i) * time.Second)}
		first, err := kept.get(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := kept.get(s); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("said %s and then %s, %v", first, again, err)
		}
		if len(kept.kept) > mostSayings {
			t.Fatalf("%d sayings are kept", len(kept.kept))
		}
	}
}

// Cards are kept up to so many bytes; beyond it each is written when it is asked for.
func TestCardsAreBounded(t *testing.T) {
	at := geo.Point{Lon: 101.778, Lat: 36.617}
	n := coverage.New(network.New(network.Streets{}, []station.Station{{Code: "A-1", Name: "甲", At: at}, {Code: "A-2", Name: "乙", At: at}}), nil)
	city := newTown(city.NewCity(n, nil, "r1"))
	var found network.Answer
	if err := n.FindInto(&found, network.Question{From: at, Limit: 2}); err != nil || len(found.Found) != 2 {
		t.Fatal(len(found.Found), err)
	}
	first, err := city.card(lang.EN, found.Found[0])
	if err != nil {
		t.Fatal(err)
	}
	if city.cards.all[lang.EN][found.Found[0].Index()].Load() == nil {
		t.Error("the first card is not kept")
	}
	city.cards.bytes.Store(mostCardBytes - 10) // as if others took the rest
	for range 2 {
		card, err := city.card(lang.EN, found.Found[1])
		if err != nil || len(card) < len(first)/2 {
			t.Fatalf("%s, %v", card, err)
		}
	}
	if city.cards.all[lang.EN][found.Found[1].Index()].Load() != nil {
		t.Error("a card is kept beyond the bound")
	}
	if again, err := city.card(lang.EN, found.Found[0]); err != nil || &again[0] != &first[0] {
		t.Errorf("the first card is written again, %v", err)
	}
}
