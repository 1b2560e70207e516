package picture

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// Frame is where two pictures lie beside each other: in boxes of one size, at one scale.
type Frame struct {
	Box           image.Point // of each
	Before, After image.Point // the sizes of the pictures, each in the middle of its box
}

// Beside lays out two pictures whose longer sides become side. A camera that is turned
// sees the same width along its longer side, and one that stores fewer pixels sees no
// less: so that, and not the number of pixels, is held equal.
func Beside(before, after image.Point, side int) Frame {
	f := Frame{Before: within(before, side), After: within(after, side)}
	f.Box = image.Pt(max(f.Before.X, f.After.X), max(f.Before.Y, f.After.Y))
	return f
}

// gap parts the two pictures of a pair.
const gap = 8

// Pair draws two pictures beside each other as [Beside] lays them out.
func Pair(before, after *image.RGBA, side int) *image.RGBA {
	f := Beside(before.Rect.Size(), after.Rect.Size(), side)
	out := image.NewRGBA(image.Rect(0, 0, 2*f.Box.X+gap, f.Box.Y))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	put := func(img *image.RGBA, size image.Point, left int) {
		at := image.Rectangle{Max: size}.Add(image.Pt(left+(f.Box.X-size.X)/2, (f.Box.Y-size.Y)/2))
		draw.CatmullRom.Scale(out, at, img, img.Rect, draw.Src, nil)
	}
	put(before, f.Before, 0)
	put(after, f.After, f.Box.X+gap)
	return out
}
