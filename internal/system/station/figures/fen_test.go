package figures_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
)

// TestFenComeBackFromYuan: JSON says yuan, a sheet the same sum to the fen.
func TestFenComeBackFromYuan(t *testing.T) {
	for fen := range station.Fen(100_000) {
		if back := figures.Fen(figures.Yuan(fen)); back != fen {
			t.Fatalf("%d fen come back as %d", fen, back)
		}
	}
}
