package ask

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// ParseBox reads west,south,east,north in degrees.
func ParseBox(q url.Values) (geo.Box, error) {
	text := q.Get("bbox")
	if text == "" {
		return geo.Everywhere, nil
	}
	parts := strings.Split(text, ",")
	var v [4]float64
	ok := len(parts) == len(v)
	for i := range v {
		if ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
			v[i], ok = n, err == nil
		}
	}
	southWest, northEast := geo.Point{Lon: v[0], Lat: v[1]}, geo.Point{Lon: v[2], Lat: v[3]}
	if !ok || !southWest.Valid() || !northEast.Valid() {
		return geo.Box{}, fault.New(fault.Invalid, "bbox“%s”读不懂：请写成 西,南,东,北 四个度数，如 101.6,36.5,101.9,36.7。",
			"The bbox “%s” cannot be read: write west,south,east,north in degrees, as 101.6,36.5,101.9,36.7.", lang.Short(text))
	}
	a, b := southWest.Fixed(), northEast.Fixed()
	return geo.Box{West: a.Lon, South: a.Lat, East: b.Lon, North: b.Lat}, nil
}
