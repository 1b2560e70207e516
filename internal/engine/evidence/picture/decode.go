package picture

import (
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/xiadu/xiadu/internal/fault"
)

// Decode returns the pixels of a picture that Look has passed, turned upright, on white
// where they were transparent. A file that is damaged further on is a fault.Invalid.
func Decode(ctx context.Context, r io.ReadSeeker, h Head) (*image.RGBA, error) {
	turn := Tell(ctx, r, h).Turn
	if err := rewind(r); err != nil {
		return nil, err
	}
	decode, from := jpeg.Decode, io.Reader(stoppable{ctx, r})
	switch h.Media {
	case JPEG, PDF:
	case PNG:
		decode = png.Decode
	case WebP:
		decode = webp.Decode
	}
	var img image.Image
	// A decoder that meets what it was not made for must not end the process.
	err := fault.Safely(func() (err error) { img, err = decode(from); return err })()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, damaged(err)
	}
	if size := img.Bounds().Size(); size.X != h.Width || size.Y != h.Height {
		return nil, damaged(nil)
	}
	return upright(img, turn), nil
}

// strip is how many rows are converted at a time, so that a turned picture is in memory
// once and not twice.
const strip = 64

// upright undoes what EXIF says of how the camera was held.
func upright(img image.Image, turn int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	white := image.NewUniform(color.White)
	if turn <= 1 {
		draw.Draw(out, out.Rect, white, image.Point{}, draw.Src)
		draw.Draw(out, out.Rect, img, b.Min, draw.Over)
		return out
	}
	rows := image.NewRGBA(image.Rect(0, 0, w, strip))
	for top := 0; top < h; top += strip {
		draw.Draw(rows, rows.Rect, white, image.Point{}, draw.Src)
		draw.Draw(rows, rows.Rect, img, b.Min.Add(image.Pt(0, top)), draw.Over)
		for y := top; y < min(top+strip, h); y++ {
			from := rows.Pix[(y-top)*rows.Stride:]
			for x := range w {
				at := turned(x, y, w, h, turn)
				copy(out.Pix[out.PixOffset(at.X, at.Y):][:4], from[4*x:4*x+4])
			}
		}
	}
	return out
}

// turned is where a stored pixel is in the upright picture.
func turned(x, y, w, h, turn int) image.Point {
	switch turn {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	}
	return image.Pt(x, y)
}

// Fit returns the picture with no side longer than side. It is never enlarged.
func Fit(img *image.RGBA, side int) *image.RGBA {
	size := img.Rect.Size()
	if max(size.X, size.Y) <= side {
		return img
	}
	return scaled(img, within(size, side))
}

// within is a size whose longer side is side.
func within(size image.Point, side int) image.Point {
	long := max(size.X, size.Y)
	return image.Pt(max(1, (size.X*side+long/2)/long), max(1, (size.Y*side+long/2)/long))
}

func scaled(img *image.RGBA, to image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: to})
	draw.CatmullRom.Scale(out, out.Rect, img, img.Rect, draw.Src, nil)
	return out
}
