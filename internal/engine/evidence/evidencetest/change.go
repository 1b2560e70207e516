package evidencetest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"golang.org/x/image/draw"
)

// JPEG encodes and decodes a picture.
func JPEG(img image.Image, quality int) *image.RGBA {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // it writes to memory
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		panic(err) // what was just encoded
	}
	out := image.NewRGBA(image.Rectangle{Max: back.Bounds().Size()})
	draw.Draw(out, out.Rect, back, back.Bounds().Min, draw.Src)
	return out
}

// Shrink scales a picture.
func Shrink(img *image.RGBA, by float64) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, int(by*float64(img.Rect.Dx())), int(by*float64(img.Rect.Dy()))))
	draw.BiLinear.Scale(out, out.Rect, img, img.Rect, draw.Src, nil)
	return out
}

// Lighten multiplies the light.
func Lighten(img *image.RGBA, by float64) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		if out.Pix[i] = v; i%4 != 3 {
			out.Pix[i] = uint8(min(255, by*float64(v)))
		}
	}
	return out
}

// Turn turns a picture by quarters.
func Turn(img *image.RGBA, quarters int) *image.RGBA {
	for range quarters {
		w, h := img.Rect.Dx(), img.Rect.Dy()
		out := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				out.SetRGBA(h-1-y, x, img.RGBAAt(x, y))
			}
		}
		img = out
	}
	return img
}

// Mirror exchanges left and right.
func Mirror(img *image.RGBA) *image.RGBA {
	w := img.Rect.Dx()
	out := image.NewRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range w {
			out.SetRGBA(w-1-x, y, img.RGBAAt(x, y))
		}
	}
	return out
}

// Blur averages a pixel with its neighbours.
func Blur(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(img.Rect)
	for y := range h {
		for x := range w {
			var sum [3]int
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					c := img.RGBAAt(min(w-1, max(0, x+dx)), min(h-1, max(0, y+dy)))
					sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] / 9), uint8(sum[1] / 9), uint8(sum[2] / 9), 255})
		}
	}
	return out
}

// Crop takes a share off each side.
func Crop(img *image.RGBA, share float64) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	dx, dy := int(share*float64(w)), int(share*float64(h))
	out := image.NewRGBA(image.Rect(0, 0, w-2*dx, h-2*dy))
	draw.Draw(out, out.Rect, img, image.Pt(dx, dy), draw.Src)
	return out
}

// Curve brightens or darkens as a slider does, along a curve that keeps black and white.
func Curve(img *image.RGBA, exponent float64) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		if out.Pix[i] = v; i%4 != 3 {
			out.Pix[i] = uint8(math.Round(255 * math.Pow(float64(v)/255, exponent)))
		}
	}
	return out
}
