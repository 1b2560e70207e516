package app

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Streets whose restore was killed after its commit get their place by the next
// command, whichever it is; streets of another state of the data never do.
func TestStreetsThatWaitedAreSettled(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长江路", 3), "", nil); err != nil {
		t.Fatal(err)
	}
	sheet := "编号,名称,经度,纬度,区划\nA-1,甲站,101.781,36.62,630103\n"
	if _, _, err := ImportStations(t.Context(), c, strings.NewReader(sheet), station.Reading{}, station.Importing{}); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := Backup(t.Context(), c, &backup); err != nil {
		t.Fatal(err)
	}
	restored := Config{Home: t.TempDir()}
	if err := Restore(t.Context(), restored, &backup); err != nil {
		t.Fatal(err)
	}
	if left := restored.allWaiting(); len(left) > 0 {
		t.Errorf("left waiting: %v", left)
	}
	killed := func() { // what a kill between commit and move leaves
		t.Helper()
		d, err := restored.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		err = d.View(t.Context(), func(tx *db.Tx) error {
			_, err := restored.wait(tx, restored.streets())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	killed()
	a, err := restored.openStreets(t.Context())
	if err != nil || a == nil || a.Walk.Name(0) != "长江路" {
		t.Fatalf("the streets did not come back: %v, %v", a, err)
	}
	// The same streets under the name of another state stay where they are.
	if err := os.Rename(restored.streets(), restored.Home+"/restored-0123456789abcdef.streets"); err != nil {
		t.Fatal(err)
	}
	if a, err := restored.openStreets(t.Context()); a != nil || err != nil {
		t.Errorf("streets of another state took their place: %v", err)
	}
}
