package demo

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestPicture draws the city into the folder that XIADU_SHOTS names, to be
// looked at by a person: does it resemble Xining?
func TestPicture(t *testing.T) {
	folder := os.Getenv("XIADU_SHOTS")
	if folder == "" {
		t.Skip("XIADU_SHOTS names no folder for pictures")
	}
	c := drawn()
	paint(t, filepath.Join(folder, "demo-city.png"), c, point{-19000 * metre, 13500 * metre}, point{9500 * metre, -9500 * metre}, 15*metre)
	paint(t, filepath.Join(folder, "demo-centre.png"), c, point{-4500 * metre, 3600 * metre}, point{2500 * metre, -2000 * metre}, 4*metre)
}

func paint(t *testing.T, file string, c *city, northWest, southEast point, scale int) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, (southEast.X-northWest.X)/scale, (northWest.Y-southEast.Y)/scale))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0xe8, 0xe4, 0xda, 255}), image.Point{}, draw.Src)
	line := func(pts []point, ink color.RGBA, width int) {
		for i := range len(pts) - 1 {
			a, b := pts[i], pts[i+1]
			n := max(1, b.minus(a).length()/max(1, scale/2))
			for k := range n + 1 {
				p := a.toward(b, k, n).minus(northWest)
				for dx := range width {
					for dy := range width {
						img.Set(p.X/scale+dx, -p.Y/scale+dy, ink)
					}
				}
			}
		}
	}
	for _, f := range c.floors {
		line(ring(f.line).closed(), color.RGBA{0xc8, 0xc0, 0xb0, 255}, 1)
	}
	for _, f := range c.parks {
		line(ring(f.line).closed(), color.RGBA{0x40, 0xa0, 0x40, 255}, 3)
	}
	for _, r := range c.green {
		line(r.closed(), color.RGBA{0xa0, 0xd0, 0x90, 255}, 1)
	}
	for _, f := range c.rivers {
		line(f.line, color.RGBA{0x60, 0xa0, 0xd0, 255}, 4)
	}
	for _, f := range c.rails {
		line(f.line, color.RGBA{0x30, 0x30, 0x30, 255}, 1)
	}
	for _, s := range c.streets {
		ink, width := color.RGBA{0x90, 0x90, 0x90, 255}, 1
		switch s.class {
		case "primary":
			ink, width = color.RGBA{0xd0, 0x60, 0x20, 255}, 3
		case "secondary":
			ink, width = color.RGBA{0xd0, 0xa0, 0x20, 255}, 2
		case "tertiary":
			ink, width = color.RGBA{0x50, 0x50, 0x90, 255}, 1
		case "footway", "pedestrian", "steps", "path":
			ink = color.RGBA{0x20, 0x80, 0x20, 255}
		}
		line(s.line, ink, width)
	}
	for _, s := range c.stations() {
		line([]point{s.at, s.at.plus(point{1, 0})}, color.RGBA{0x10, 0x40, 0xc0, 255}, 6)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d streets, %d blocks, %d strips", file, len(c.streets), len(c.blocks), len(c.green))
}
