package picture

import (
	"encoding/json"
	"image"
	"image/color"
	"math"

	"github.com/xiadu/xiadu/internal/fault"
)

// Shape hides a part of a picture: a rectangle between two corners, or, where it has a
// width, a stroke along its points. Points are in ten-thousandths of the upright
// picture's width and height, and Width in those of its longer side, so that a shape
// means the same at every size.
type Shape struct {
	Points [][2]int `json:"points"`
	Width  int      `json:"width,omitempty"`
}

const (
	unit       = 10_000
	mostShapes = 200
	mostPoints = 2000 // of all shapes
)

// ParseShapes reads shapes as JSON and holds them against the bounds.
func ParseShapes(text string) ([]Shape, error) {
	var shapes []Shape
	bad := func(cause error) error {
		return fault.New(fault.Invalid, "遮盖的图形不对，没有保存。请重新涂抹。", "The shapes that are to cover something are not right and were not saved. Paint them again.").Because(cause)
	}
	if len(text) > 100*mostPoints {
		return nil, bad(nil)
	}
	if err := json.Unmarshal([]byte(text), &shapes); err != nil {
		return nil, bad(err)
	}
	points := 0
	for _, s := range shapes {
		points += len(s.Points)
		if len(s.Points) == 0 || s.Width < 0 || s.Width > unit || s.Width == 0 && len(s.Points) != 2 {
			return nil, bad(nil)
		}
		for _, p := range s.Points {
			if p[0] < 0 || p[0] > unit || p[1] < 0 || p[1] > unit {
				return nil, bad(nil)
			}
		}
	}
	if len(shapes) > mostShapes || points > mostPoints {
		return nil, fault.New(fault.Invalid, "遮盖的图形太多：最多 %[1]d 个、%[2]d 个点。请用更大的方块遮盖。",
			"There are too many shapes: at most %[1]d, of %[2]d points. Cover with larger rectangles.", mostShapes, mostPoints)
	}
	return shapes, nil
}

// paint is what is seen in the place of what is hidden.
var paint = color.RGBA{0x26, 0x26, 0x26, 0xff}

// Cover returns a copy with the shapes painted over. It is done before a picture is
// shrunk, since a pixel of a smaller one is made of several of the larger.
func Cover(img *image.RGBA, shapes []Shape) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	copy(out.Pix, img.Pix)
	size := img.Rect.Size()
	at := func(p [2]int) (x, y float64) {
		return float64(p[0]) * float64(size.X) / unit, float64(p[1]) * float64(size.Y) / unit
	}
	for _, s := range shapes {
		x, y := at(s.Points[0])
		if s.Width == 0 {
			u, v := at(s.Points[1])
			for row := floor(min(y, v)); row < ceil(max(y, v)); row++ {
				fill(out, row, min(x, u), max(x, u))
			}
			continue
		}
		radius := max(1, float64(s.Width)*float64(max(size.X, size.Y))/unit/2)
		stroke(out, x, y, x, y, radius)
		for _, p := range s.Points[1:] {
			u, v := at(p)
			stroke(out, x, y, u, v, radius)
			x, y = u, v
		}
	}
	return out
}

// stroke paints all that is within radius of the line between two points: on each row
// an interval, for the shape has no dents.
func stroke(img *image.RGBA, x, y, u, v, radius float64) {
	dx, dy := u-x, v-y
	length := math.Hypot(dx, dy)
	for row := floor(min(y, v) - radius); row < ceil(max(y, v)+radius); row++ {
		// The widest of the row's own height counts, so that no edge is left out.
		left, right := math.Inf(1), math.Inf(-1)
		for _, at := range [...]float64{float64(row), float64(row) + 0.5, float64(row) + 1} {
			for _, c := range [...][2]float64{{x, y}, {u, v}} {
				if d := radius*radius - (at-c[1])*(at-c[1]); d >= 0 {
					left, right = min(left, c[0]-math.Sqrt(d)), max(right, c[0]+math.Sqrt(d))
				}
			}
			if length == 0 {
				continue
			}
			// The sides of the band run beside the line, at a distance of radius.
			nx, ny := -dy/length*radius, dx/length*radius
			for _, sign := range [...]float64{1, -1} {
				ax, ay := x+sign*nx, y+sign*ny
				bx, by := u+sign*nx, v+sign*ny
				if at < min(ay, by) || at > max(ay, by) {
					continue
				}
				if ay == by {
					left, right = min(left, ax, bx), max(right, ax, bx)
					continue
				}
				cross := ax + (at-ay)/(by-ay)*(bx-ax)
				left, right = min(left, cross), max(right, cross)
			}
		}
		if left <= right {
			fill(img, row, left, right)
		}
	}
}

// fill paints a row's pixels of which any part is between two places.
func fill(img *image.RGBA, row int, left, right float64) {
	size := img.Rect.Size()
	if row < 0 || row >= size.Y {
		return
	}
	for x := max(0, floor(left)); x < min(size.X, ceil(right)); x++ {
		img.SetRGBA(img.Rect.Min.X+x, img.Rect.Min.Y+row, paint)
	}
}

func floor(f float64) int { return int(math.Floor(f)) }
func ceil(f float64) int  { return int(math.Ceil(f)) }
