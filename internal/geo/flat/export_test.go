package flat

import (
	"os"
	"testing"
)

// FillDisk makes w write to a device that is always full.
func FillDisk(t *testing.T, w *Writer) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.temp.Close(); err != nil {
		t.Fatal(err)
	}
	w.temp = full
}
