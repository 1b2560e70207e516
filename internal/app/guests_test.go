package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestGuestsReachOnlyWhatIsOpen: at the address of guests no door answers that takes a sign-in, nor those of signing in itself, and
// nothing is sent that changes something, whoever asks; what is open answers as it does to nobody.
func TestGuestsReachOnlyWhatIsOpen(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a whole site to knock at each of its doors twice; run without -short")
	}
	s := siteOf(t)
	token := s.office.SignIn("contest.organiser", "station.office", "complaint.coordinator", "people.grants")
	out := s
	out.url = s.guests
	answered, shut := 0, 0
	for _, door := range s.doors {
		method, _, named := strings.Cut(door.Route, " ")
		status, to := out.knock(t, door.Route, token)
		if !door.Open || door.System == beside.Key || named && method != http.MethodGet {
			shut++
			if status != http.StatusNotFound || to != "" {
				t.Errorf("%s answers guests: %d %s", door.Route, status, to)
			}
			continue
		}
		if door.Route == "/" {
			continue // is what there is not
		}
		want, there := s.knock(t, door.Route, "")
		if status != want || to != there {
			t.Errorf("%s says %d %s to guests, and %d %s to nobody", door.Route, status, to, want, there)
		}
		if status == http.StatusOK {
			answered++
		}
	}
	if answered < 10 || shut < 60 {
		t.Errorf("%d answered guests, %d did not", answered, shut)
	}
	for address, staff := range map[string]bool{s.url: true, s.guests: false} {
		if _, body := get(t, address+"/contests"); strings.Contains(body, `href="/me"`) != staff || strings.Contains(body, `href="/sign-in"`) != staff {
			t.Errorf("%s leads to where staff come in: %t", address, !staff)
		}
	}
}

// TestAHallNeedsNoStreets: a fresh folder is served at two addresses, without streets, and both stop together.
func TestAHallNeedsNoStreets(t *testing.T) {
	c := Config{Home: t.TempDir(), Systems: []string{"contest"}, Policy: "hall", Guests: "0.0.0.0:0"}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan Started, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, c, "0.0.0.0:0", slog.New(slog.NewTextHandler(t.Output(), nil)), func(s Started) { ready <- s })
	}()
	s := <-ready
	if !s.Hall || !strings.HasPrefix(s.URL, "http://127.0.0.1:") || !strings.HasPrefix(s.First, s.URL) {
		t.Errorf("%+v", s)
	}
	if len(s.LAN) == 0 {
		t.Log("this machine has no network")
	}
	for _, at := range s.LAN {
		if status, body := get(t, at+"/sign-in"); status != http.StatusOK {
			t.Errorf("%s: %d %s", at, status, body)
		}
	}
	for _, at := range s.Guests {
		if status, _ := get(t, at+"/sign-in"); status != http.StatusNotFound {
			t.Errorf("%s lets guests sign in", at)
		}
		if status, body := get(t, at+"/contests"); status != http.StatusOK {
			t.Errorf("%s: %d %s", at, status, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if r, err := http.Get(s.URL); err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		t.Error("it answers still")
	}
}
