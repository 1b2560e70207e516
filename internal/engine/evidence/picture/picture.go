// Package picture is what evidence does with the bytes of a picture: it says what they
// are, bounds them before a pixel is made, and makes what is served of them.
//
//	head, err := picture.Look(r)              // from the header alone
//	told := picture.Tell(ctx, r, head)        // when, where, with what: for private fields
//	img, err := picture.Decode(ctx, r, head)  // upright and opaque
//	thumb, err := picture.Encode(picture.Fit(img, picture.ThumbSide))
//
// What bytes are is told by them, never by a name. Whatever is served was encoded here
// from pixels, so that it has no metadata, no second file behind it and no type of its
// own. [Cover] paints pixels: what lies under it is in nothing that was encoded after.
//
// A picture is at most [MaxSide] pixels a side, [MaxPixels] in all, and one frame: a
// header that says otherwise is refused by Look. How many bytes a decoded one takes is
// [Head.Weight], by which whoever decodes bounds how much is in memory at a time.
//
// It computes on bytes and touches no storage. Colours are taken as sRGB: a profile is
// dropped with the rest of the metadata.
package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"

	"github.com/xiadu/xiadu/internal/fault"
)

// Media is what bytes are.
type Media string

// What is known. Only these are taken by content; see [Refusal] for the others.
const (
	JPEG Media = "image/jpeg"
	PNG  Media = "image/png"
	WebP Media = "image/webp"
	PDF  Media = "application/pdf"
)

// IsPicture tells what is decoded from what is only kept.
func (m Media) IsPicture() bool { return m == JPEG || m == PNG || m == WebP }

// The bounds of a picture. 50 million pixels are the largest that phones make without
// being asked to; a panorama is wider than it is high.
const (
	MaxSide   = 12_000
	MaxPixels = 50_000_000
)

// Head is what a header says.
type Head struct {
	Media         Media
	Width, Height int // as stored, not yet upright; 0 for what is no picture
	deep          bool
	progressive   bool
}

// Weight is about how many bytes are in memory while the picture is decoded and turned:
// the decoder's own, the upright copy, and a progressive JPEG's coefficients.
func (h Head) Weight() int64 {
	each := int64(3 + 4)
	if h.deep {
		each += 5
	}
	if h.progressive {
		each += 12
	}
	return int64(h.Width) * int64(h.Height) * each
}

// The sides of what is made for eyes, and how well it is encoded.
const (
	ThumbSide  = 320
	ScreenSide = 1600
	quality    = 85
)

// Encode returns pixels as a JPEG without metadata.
func Encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// tooLarge is what a header asks for that is beyond the bounds.
func tooLarge(width, height int) error {
	return fault.New(fault.Invalid,
		"这张图片有 %[1]d×%[2]d 像素，太大：每边最多 %[3]d，总共最多 %[4]d 万像素。请缩小后再交，手机拍的原图都在这个范围内。",
		"This picture has %[1]d×%[2]d pixels, which is too large: at most %[3]d a side and %[4]d0,000 in all. Shrink it, then send it again; what a phone takes is within these bounds.",
		width, height, MaxSide, MaxPixels/10_000)
}

// damaged is a file that begins as something and is not.
func damaged(cause error) error {
	return fault.New(fault.Invalid, "这个文件不完整或已损坏，打不开。请重新拍摄，或从原来的设备再传一次。",
		"This file is incomplete or damaged and cannot be opened. Take it anew, or send it again from the device that has it.").Because(cause)
}

func moving() error {
	return fault.New(fault.Invalid, "这是动图，有好几帧。请交一张静止的照片（JPEG、PNG 或 WebP）：截图即可。",
		"This picture moves: it has several frames. Send a still one (JPEG, PNG or WebP), such as a screenshot of it.")
}

func rewind(r io.Seeker) error {
	_, err := r.Seek(0, io.SeekStart)
	return err
}
