package imprint_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/imprint"
)

// change is what is done to a picture that is handed in again.
type change struct {
	name string
	do   func(*image.RGBA) *image.RGBA
}

// The eight that have to be found, and others that are only measured.
var (
	changes = []change{
		{"re-encoded at quality 60", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(i, 60) }},
		{"shrunk to a half", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Shrink(i, 0.5), 85) }},
		{"shrunk to a quarter", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Shrink(i, 0.25), 85) }},
		{"darkened by half", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Lighten(i, 0.5), 85) }},
		{"brightened along a curve", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Curve(i, 0.6), 85) }},
		{"turned by 90°", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Turn(i, 1), 85) }},
		{"turned by 180°", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Turn(i, 2), 85) }},
		{"turned by 270°", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Turn(i, 3), 85) }},
	}
	besides = []change{
		{"mirrored", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Mirror(i), 85) }},
		{"blurred", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Blur(i), 85) }},
		{"brightened until it clips", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Lighten(i, 1.5), 85) }},
		{"cropped by 1.5 % a side", func(i *image.RGBA) *image.RGBA { return evidencetest.JPEG(evidencetest.Crop(i, 0.015), 85) }},
	}
)

// originals are so many that are not those on which the thresholds were fixed (seeds
// 5000 to 5239): seven of ten by day, one at night, one in fog, one of a wall.
const (
	originals = 100
	firstSeed = 9000
)

func scene(i int) evidencetest.Scene {
	light := evidencetest.Day
	if i%10 >= 7 {
		light = evidencetest.Light(i%10 - 6)
	}
	return evidencetest.Scene{Seed: uint64(firstSeed + i), Light: light, W: 400, H: 300}
}

// What the issue asks: 100 originals by 8 changes, of which 95 % are found; no other
// picture is, nor one of 100 of the same angle with a real change.
func TestRates(t *testing.T) {
	if testing.Short() {
		t.Skip("draws 200 scenes; run without -short")
	}
	var shelf imprint.Shelf
	kept := make([]imprint.Print, originals)
	pictures := make([]*image.RGBA, originals)
	for i := range originals {
		pictures[i] = evidencetest.JPEG(scene(i).Draw(), 90)
		if kept[i] = imprint.Of(pictures[i]); !kept[i].Blank() {
			shelf.Add(strconv.Itoa(i), kept[i].Bits)
		}
	}
	others := 0
	// search returns whether the original is found, and counts the others that are.
	search := func(i int, img *image.RGBA) (found bool) {
		for _, h := range shelf.Search(imprint.Of(img)) {
			if h.ID == strconv.Itoa(i) {
				found = true
			} else {
				others++
				t.Logf("original %d is taken for %s, %d bits away", i, h.ID, h.Distance)
			}
		}
		return found
	}
	rate := func(c change) int {
		n := 0
		for i, img := range pictures {
			if search(i, c.do(img)) {
				n++
			}
		}
		t.Logf("%s: %d of %d found", c.name, n, originals)
		return n
	}
	found := 0
	for _, c := range changes {
		found += rate(c)
	}
	missed := 0
	for i := range originals {
		s := scene(i)
		s.Has, s.Moment = evidencetest.Object(1+i%3), 1
		if search(i, evidencetest.JPEG(s.Draw(), 90)) {
			missed++
			t.Logf("original %d with object %d is taken for itself", i, s.Has)
		}
		search(i, pictures[i])
	}
	all := originals * len(changes)
	fmt.Printf("found %d of %d (%.1f %%); other pictures taken for one: %d; real changes taken for none: %d of %d\n",
		found, all, 100*float64(found)/float64(all), others, missed, originals)
	if found*100 < 95*all || others > 0 || missed > 0 {
		t.Error("that is not what is asked")
	}
	for _, c := range besides {
		rate(c)
	}
}

// A picture is at no distance from itself in any of eight positions.
func TestTurns(t *testing.T) {
	img := evidencetest.Scene{Seed: 4, W: 256, H: 256}.Draw()
	var shelf imprint.Shelf
	shelf.Add("it", imprint.Of(img).Bits)
	for quarters := range 4 {
		for _, turned := range []*image.RGBA{evidencetest.Turn(img, quarters), evidencetest.Mirror(evidencetest.Turn(img, quarters))} {
			if hits := shelf.Search(imprint.Of(turned)); len(hits) != 1 || hits[0].Distance != 0 {
				t.Errorf("turned by %d: %v", quarters, hits)
			}
		}
	}
}

// Of what shows nothing there is no print: not of black, of white, of noise alone, of a
// picture of a pixel.
func TestBlank(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, grey := range map[string]func() uint8{
		"black": func() uint8 { return 0 }, "white": func() uint8 { return 255 }, "noise": func() uint8 { return uint8(20 + rng.IntN(5)) },
	} {
		for _, size := range []int{1, 3, 64, 300} {
			img := image.NewRGBA(image.Rect(0, 0, size, size))
			for i := range img.Pix {
				img.Pix[i] = grey()
			}
			if name == "noise" && size <= 64 {
				continue // a pixel a part is no noise: it is what there is to see
			}
			if !imprint.Of(img).Blank() {
				t.Errorf("%s of %d pixels is not blank", name, size)
			}
		}
	}
}

// Looking at a million prints takes about a third of a second.
func BenchmarkSearch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var shelf imprint.Shelf
	for i := range 1_000_000 {
		var bits imprint.Bits
		for j := range bits {
			bits[j] = byte(rng.IntN(256))
		}
		shelf.Add(strconv.Itoa(i), bits)
	}
	p := imprint.Of(evidencetest.Scene{Seed: 4, W: 256, H: 256}.Draw())
	for b.Loop() {
		shelf.Search(p)
	}
}
