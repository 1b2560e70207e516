package app

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// overwrite does what cp does to a file that is there: the same file, with other
// content.
func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// streetsOf returns the bytes of a streets file with one street.
func streetsOf(t *testing.T, name string) []byte {
	t.Helper()
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, name, 20), "", nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(c.streets())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A server whose streets somebody copies something over goes on answering from
// those that it has, and goes over to what is whole.
func TestStreetsAreOverwrittenBesideAServer(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a running server to notice; run without -short")
	}
	old, other := streetsOf(t, "长江路"), streetsOf(t, "黄河路")
	c := Config{Home: t.TempDir()}
	overwrite(t, c.streets(), old)
	if _, err := bring(t, c, strings.NewReader(head+"A-1,甲站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	site := running(t, c)
	const finder = "/find?lon=101.785&lat=36.62"
	names := func(street string) bool { // as the place search knows it
		_, body := get(t, site+"/api/v1/places?q="+url.QueryEscape(street))
		return strings.Contains(body, street)
	}
	if !names("长江路") || names("黄河路") {
		t.Fatal("the streets are not those that were put there")
	}
	flipped := bytes.Clone(old)
	for i := range flipped {
		flipped[i] ^= 0xFF
	}
	for name, content := range map[string][]byte{
		"nothing": nil, "the first half": old[:len(old)/2], "garbage": bytes.Repeat([]byte("garbage "), len(old)/8), "every bit turned": flipped,
		"the end garbage": append(bytes.Clone(old[:100]), flipped[100:]...),
	} {
		overwrite(t, c.streets(), content)
		for end := time.Now().Add(lookAgain / 4); time.Now().Before(end); {
			for _, page := range []string{finder, "/coverage", "/map/near?lon=101.785&lat=36.62", "/api/v1/nearest?lon=101.785&lat=36.62"} {
				if code, body := get(t, site+page); code != http.StatusOK {
					t.Fatalf("%s over the streets, %s: %d %.300s", name, page, code, body)
				}
			}
		}
	}
	overwrite(t, c.streets(), other)
	for deadline := time.Now().Add(5 * lookAgain); !names("黄河路"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("new streets were copied over the old, and are not used")
		}
	}
}

// What replaces the streets is noticed by size or time as well as by identity;
// what it replaced is not kept.
func TestStreetsThatAreReplacedAreFreed(t *testing.T) {
	old, other := streetsOf(t, "长江路"), streetsOf(t, "黄河路")
	c := Config{Home: t.TempDir()}
	long := time.Now().Add(-time.Hour)
	put := func(content []byte) {
		t.Helper()
		overwrite(t, c.streets(), content)
		if long = long.Add(time.Second); os.Chtimes(c.streets(), long, long) != nil {
			t.Fatal("cannot set a time")
		}
	}
	put(old)
	city := liveCityOf(t, c)
	before := weak.Make(city.now.Load().Atlas.Walk)
	flipped := bytes.Clone(old) // of the same size: its time alone tells
	for i := range 64 {         // no gap between sections is so long
		flipped[len(flipped)/2+i] ^= 1
	}
	put(flipped)
	for range 2 { // the second time without reading it again
		if err := city.renew(t.Context()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("flipped bits: %v", err)
		}
	}
	if _, err := ImportDemand(t.Context(), c, strings.NewReader("id,lon,lat,population\na,101.781,36.62,5\n"), demand.Columns{}); err != nil {
		t.Fatal(err)
	}
	if err := city.renew(t.Context()); fault.KindOf(err) != fault.Invalid || len(city.now.Load().Survey.Demands) != 1 {
		t.Errorf("beside damaged streets the city has %d kinds of demand: %v", len(city.now.Load().Survey.Demands), err)
	}
	put(old)
	if err := city.renew(t.Context()); err != nil {
		t.Error(err)
	}
	if before.Value() != city.now.Load().Atlas.Walk {
		t.Error("the same streets again made another city")
	}
	put(other)
	if err := city.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := city.now.Load().Atlas.Walk.Name(0); got != "黄河路" {
		t.Errorf("on %s", got)
	}
	for deadline := time.Now().Add(10 * time.Second); before.Value() != nil; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("the old streets are still held")
		}
	}
}

// A file that changes while it is looked at is looked at again, even if its time
// stays and it was whole by chance.
func TestStreetsThatAreStillBeingWritten(t *testing.T) {
	c := Config{Home: t.TempDir()}
	overwrite(t, c.streets(), streetsOf(t, "长江路"))
	l := &liveCity{path: c.streets()}
	if err := l.openStreets(); err != nil || l.settled {
		t.Fatalf("a file of this moment: %v, settled %v", err, l.settled)
	}
	same := l.file.ModTime()
	overwrite(t, c.streets(), streetsOf(t, "黄河路"))
	if err := os.Chtimes(c.streets(), same, same); err != nil {
		t.Fatal(err)
	}
	if err := l.openStreets(); err != nil || l.streets.Walk.Name(0) != "黄河路" {
		t.Errorf("%v, on %s", err, l.streets.Walk.Name(0))
	}
}
