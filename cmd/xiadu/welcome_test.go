package main

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestTheWelcomeKnowsItsCast: only a demo has a cast to choose from, however schematic
// the streets are; and a first start says that the address before is void.
func TestTheWelcomeKnowsItsCast(t *testing.T) {
	for _, demo := range []bool{true, false} {
		var out strings.Builder
		s := app.Started{URL: "http://localhost", City: atlas.Info{Title: "示意", Schematic: true}, Demo: demo, First: "http://localhost/first/x"}
		terminal{out: &out, lang: lang.EN}.welcome(s, app.Config{})
		if got := strings.Contains(out.String(), "choose one of the cast"); got != demo {
			t.Errorf("demo %t: %s", demo, out.String())
		}
		if !strings.Contains(out.String(), "Any that was shown before is void") {
			t.Errorf("nothing about the address before: %s", out.String())
		}
	}
}

// TestTheWelcomeOfAHall says where devices find the laptop, or that they cannot.
func TestTheWelcomeOfAHall(t *testing.T) {
	for want, s := range map[string]app.Started{
		"--listen 0.0.0.0:8080":       {URL: "http://127.0.0.1:8080", Hall: true},
		"    http://192.168.1.5:8080": {URL: "http://127.0.0.1:8080", Hall: true, LAN: []string{"http://192.168.1.5:8080"}},
		"    http://192.168.2.5:8081": {URL: "http://127.0.0.1:8080", Hall: true, LAN: []string{"http://192.168.1.5:8080"}, Guests: []string{"http://192.168.2.5:8081"}},
	} {
		var out strings.Builder
		terminal{out: &out, lang: lang.EN}.welcome(s, app.Config{Home: "hall"})
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "streets") {
			t.Errorf("%q: %s", want, out.String())
		}
	}
}
