package onepage

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// somewhere is the middle of a map that is about 11 km wide.
var somewhere = geo.Point{Lon: 101.77, Lat: 36.62}

func ground() *Ground {
	box := geo.BoxOf(somewhere.Fixed()).Pad(5000)
	return NewGround(&city.City{}, lang.ZH, box, Across)
}

// TestMapsStaySmall: a map lies in a page that few print, so what it holds is bounded
// however large the city is.
func TestMapsStaySmall(t *testing.T) {
	var cells []Cell
	var marks []Mark
	for i := range 300 {
		for j := range 300 {
			at := geo.Point{Lon: somewhere.Lon + float64(i-150)*0.0003, Lat: somewhere.Lat + float64(j-150)*0.0003}
			cells = append(cells, Cell{at, Class((i + j/50) % 3)})
			marks = append(marks, Mark{At: at, Shape: Shape(j % 2)})
		}
	}
	m := Draw(ground(), "", "", 30, cells, marks)
	if n := strings.Count(strings.Join(m.cells[:], ""), "M"); n > mostCells*11/10 || n < mostCells/4 {
		t.Errorf("%d squares", n)
	}
	if n := len(strings.Join(m.dots[:], "")); n > 150_000 || n == 0 {
		t.Errorf("the stations take %d bytes", n)
	}
	if strings.Count(m.dots[Open], "M") < strings.Count(m.dots[Shut], "M") {
		t.Error("a station that is shut has taken the place of one that is open")
	}
}

// TestDiscsDoNotOverlap: sites at one place stand beside each other, with a line to it.
func TestDiscsDoNotOverlap(t *testing.T) {
	var marks []Mark
	for i := range 30 {
		marks = append(marks, Mark{At: somewhere, Shape: New, Text: strconv.Itoa(i + 1)})
	}
	m := Draw(ground(), "", "", 30, nil, marks)
	if len(m.texts) != 30 || strings.Count(m.leads, "M") != 29 {
		t.Fatalf("%d ranks, leads %s", len(m.texts), m.leads)
	}
	for i, a := range m.taken {
		for _, b := range m.taken[:i] {
			if a.meets(b) {
				t.Fatalf("%v and %v overlap", a, b)
			}
		}
	}
}

// TestNamesAreTheSameOnBothMaps: and stand on no mark of either, nor on one another.
func TestNamesAreTheSameOnBothMaps(t *testing.T) {
	g := ground()
	for i := range 40 {
		g.names = append(g.names, name{fmt.Sprintf("路%d", i), spot{200 + float64(i%5)*60, 200 + float64(i/5)*20}})
	}
	before := Draw(g, "", "", 30, nil, nil)
	after := Draw(g, "", "", 30, nil, []Mark{{At: somewhere, Shape: New}})
	maps := Named(before, after)
	if len(maps[0].names) < 3 || fmt.Sprint(maps[0].names) != fmt.Sprint(maps[1].names) {
		t.Fatalf("%v\n%v", maps[0].names, maps[1].names)
	}
	for i, a := range maps[0].names {
		for _, b := range maps[0].names[:i] {
			if dx, dy := a.x-b.x, a.y-b.y; dx*dx < 60*60 && dy*dy < 40*40 {
				t.Errorf("%v and %v overlap", a, b)
			}
		}
	}
}
