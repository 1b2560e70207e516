// Package pagetest serves small cities to the tests of pages, and reads what comes back.
package pagetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/web"
)

// TownSite serves the hand-made town on Monday morning.
func TownSite(t *testing.T) string {
	t.Helper()
	data := dbtest.Open(t, dbtest.SQLite(t), Schemas...)
	for _, s := range TownStations(t) {
		if _, err := station.New(data).Save(t.Context(), "test", s); err != nil {
			t.Fatal(err)
		}
	}
	return Serve(t, web.Options{}, Town(t), data, Monday)
}

// Reply is what came back.
type Reply struct {
	StatusCode int
	Status     string
	Header     http.Header
}

// Get asks as a browser does, or as a program if accept says so.
func Get(t *testing.T, address, accept string) (Reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	return answered(t, http.DefaultClient, r)
}

// Send sends a form as a browser does.
func Send(t *testing.T, client *http.Client, address string, form url.Values) (Reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	return answered(t, client, r)
}

// GetAs fetches a page in a browser in which somebody is signed in.
func GetAs(t *testing.T, client *http.Client, address string) (Reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	return answered(t, client, r)
}

// answered is the answer to a request, whole.
func answered(t *testing.T, client *http.Client, r *http.Request) (Reply, string) {
	t.Helper()
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Reply{a.StatusCode, a.Status, a.Header}, string(body)
}

// Page fetches a page and fails the test unless it is one.
func Page(t *testing.T, address string) string {
	t.Helper()
	a, body := Get(t, address, "text/html")
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", address, a.Status, body)
	}
	return body
}

// WantInOrder fails unless body has the texts, one after the other.
func WantInOrder(t *testing.T, body string, texts ...string) {
	t.Helper()
	rest := body
	for _, text := range texts {
		at := strings.Index(rest, text)
		if at < 0 {
			t.Fatalf("the page has no “%s” where it should:\n%s", text, body)
		}
		rest = rest[at+len(text):]
	}
}

// At is a place of the town in an address, metres east and north of its corner.
func At(east, north float64) string {
	p := InTown(east, north)
	return url.Values{"lat": {F6(p.Lat)}, "lon": {F6(p.Lon)}}.Encode()
}

// F6 writes a coordinate as an address has it.
func F6(v float64) string { return fmt.Sprintf("%.6f", v) }

// ReadJSON is what an address answers as an object.
func ReadJSON[T any](t *testing.T, address string) T {
	t.Helper()
	a, body := Get(t, address, "application/json")
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", address, a.Status, err, body)
	}
	return v
}

// Ask fetches JSON into a T.
func Ask[T any](t *testing.T, address string) (out T) {
	t.Helper()
	a, body := Get(t, address, "application/json")
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", address, a.Status, body)
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%s: %v\n%s", address, err, body)
	}
	return out
}

// TrialAt is the address of a trial on the demo city, at noon.
func TrialAt(path string, changes ...string) string {
	q := url.Values{"at": {"2026-11-23T12:00"}, "minutes": {"15"}}
	if len(changes) > 0 {
		q["c"] = changes
	}
	return path + "?" + q.Encode()
}

// SameJSON reports whether an address answers the same JSON, however it is laid out.
func SameJSON(t *testing.T, want, address string) bool {
	t.Helper()
	_, body := Get(t, address, "application/json")
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal([]byte(want), &a), json.Unmarshal([]byte(body), &b)); err != nil {
		t.Fatal(address, err)
	}
	delete(b, "$schema") // what the API adds
	return reflect.DeepEqual(a, b)
}

// TownWithCandidate is the town with a place that is no station yet.
func TownWithCandidate(t *testing.T) string {
	t.Helper()
	stations := TownStations(t)
	candidate := stations[0]
	candidate.Code, candidate.Name, candidate.Status, candidate.At = "C-1", "候选银行", station.Candidate, InTown(400, 5)
	return Serve(t, web.Options{}, TownOf(t, append(stations, candidate)), nil, Monday)
}

// AloneStation is a station of the demo city that many people have no other of.
func AloneStation(t *testing.T) station.Station {
	t.Helper()
	d, err := DemoCity()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Batch.Stations {
		if s.Brand.Key() == "icbc" && s.Hours.OpenAt(Monday) {
			return s
		}
	}
	t.Fatal("the demo city has no such station")
	return station.Station{}
}

// Shapes is GeoJSON as the tests look into it.
type Shapes struct {
	Type     string
	Left     int `json:"left_out"`
	Features []struct {
		ID         string
		Properties map[string]any
		Geometry   struct {
			Type        string
			Coordinates any
		}
	}
}

// Noon is a question of the town at noon.
const Noon = "at=2026-11-23T12%3A00&minutes=15"
