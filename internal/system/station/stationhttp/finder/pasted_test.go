package finder

import (
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
)

func TestPasted(t *testing.T) {
	for text, want := range map[string]geo.Point{
		"36.617, 101.778":  {Lon: 101.778, Lat: 36.617},
		"101.778，36.617":   {Lon: 101.778, Lat: 36.617},
		"-30.03 -51.23":    {Lon: -51.23, Lat: -30.03},
		" 101.778;36.617 ": {Lon: 101.778, Lat: 36.617},
	} {
		if got := pasted(text); got == nil || *got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"大十字", "36.617", "1号 2号", "361.5, 101.7", "36,101"} {
		if got := pasted(text); got != nil {
			t.Errorf("%s is taken for %v", text, *got)
		}
	}
}
