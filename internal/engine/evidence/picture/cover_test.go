package picture_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
)

// What is covered is in no byte of what is published: two pictures that differ under
// the shapes alone are published as the same bytes.
func TestCoverHides(t *testing.T) {
	img := evidencetest.Scene{Seed: 3, W: 400, H: 300}.Draw()
	shapes := []picture.Shape{
		{Points: [][2]int{{6000, 7000}, {2000, 3001}}},
		{Points: [][2]int{{500, 500}, {9000, 800}, {9100, 9000}}, Width: 300},
		{Points: [][2]int{{1000, 9000}}, Width: 900},
	}
	other := image.NewRGBA(img.Rect)
	copy(other.Pix, img.Pix)
	rng := rand.New(rand.NewPCG(1, 2))
	hidden := 0
	for y := range 300 {
		for x := range 400 {
			if under(shapes, float64(x)+0.5, float64(y)+0.5, 400, 300) {
				hidden++
				other.SetRGBA(x, y, color.RGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255})
			}
		}
	}
	if hidden < 10_000 {
		t.Fatal("nothing is hidden")
	}
	publish := func(img *image.RGBA) []byte {
		b, err := picture.Encode(picture.Fit(picture.Cover(img, shapes), 200))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	before := bytes.Clone(img.Pix)
	if !bytes.Equal(publish(img), publish(other)) {
		t.Error("what is hidden makes a difference")
	}
	if !bytes.Equal(before, img.Pix) {
		t.Error("the original was painted on")
	}
	back := decode(t, publish(img))
	for _, p := range []image.Point{{80, 75}, {100, 10}, {181, 100}, {20, 135}} {
		if c := back.RGBAAt(p.X, p.Y); c.R > 0x40 || c.G > 0x40 || c.B > 0x40 {
			t.Errorf("at %v: %v", p, c)
		}
	}
}

// under is another way to say what a shape hides: by distance.
func under(shapes []picture.Shape, x, y, w, h float64) bool {
	for _, s := range shapes {
		at := func(i int) (float64, float64) {
			return float64(s.Points[i][0]) * w / 10_000, float64(s.Points[i][1]) * h / 10_000
		}
		if s.Width == 0 {
			a, b := at(0)
			c, d := at(1)
			if x > min(a, c) && x < max(a, c) && y > min(b, d) && y < max(b, d) {
				return true
			}
			continue
		}
		radius := float64(s.Width) * max(w, h) / 20_000
		for i := range s.Points {
			a, b := at(max(0, i-1))
			c, d := at(i)
			along := 0.0
			if l := (c-a)*(c-a) + (d-b)*(d-b); l > 0 {
				along = max(0, min(1, ((x-a)*(c-a)+(y-b)*(d-b))/l))
			}
			if math.Hypot(x-a-along*(c-a), y-b-along*(d-b)) <= radius {
				return true
			}
		}
	}
	return false
}

func TestParseShapes(t *testing.T) {
	many := "[" + strings.Repeat(`{"points":[[0,0],[1,1]]},`, 201)
	for _, bad := range []string{"", "{}", `[{"points":[]}]`, `[{"points":[[0,0]]}]`, `[{"points":[[0,10001]],"width":5}]`, `[{"points":[[0,0]],"width":-1}]`, many[:len(many)-1] + "]"} {
		if s, err := picture.ParseShapes(bad); err == nil {
			t.Errorf("%.40s: %v", bad, s)
		}
	}
	if s, err := picture.ParseShapes(`[{"points":[[0,0],[10,10]]},{"points":[[5,5]],"width":3}]`); err != nil || fmt.Sprint(s) != "[{[[0 0] [10 10]] 0} {[[5 5]] 3}]" {
		t.Error(s, err)
	}
}
