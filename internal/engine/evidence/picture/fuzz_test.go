package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
)

// FuzzHeaders: whatever bytes come, looking at them ends in a head within the bounds or
// a refusal, and what they tell is within bounds, too.
func FuzzHeaders(f *testing.F) {
	var small, whole bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	img.Set(1, 1, color.White)
	if jpeg.Encode(&small, img, nil) != nil || png.Encode(&whole, img) != nil {
		f.Fatal("encoding failed")
	}
	f.Add(small.Bytes())
	f.Add(whole.Bytes())
	f.Add(evidencetest.WebP)
	f.Add(evidencetest.WithEXIF(small.Bytes(), evidencetest.EXIF{Turn: 6, Taken: "2026:11:30 08:15:02", Offset: "+08:00", Make: "A", Model: "B", Lat: 36, Lon: 101}))
	f.Add(pngHead(30_000, 30_000))
	f.Add([]byte("%PDF-1.4 %%EOF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := picture.Look(bytes.NewReader(b))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if !h.Media.IsPicture() {
			return
		}
		if h.Width < 1 || h.Height < 1 || h.Width > picture.MaxSide || h.Height > picture.MaxSide || h.Width*h.Height > picture.MaxPixels {
			t.Fatalf("%+v", h)
		}
		told := picture.Tell(t.Context(), bytes.NewReader(b), h)
		if told.Turn < 1 || told.Turn > 8 || math.Abs(told.Lat) > 90 || math.Abs(told.Lon) > 180 || len(told.Device) > 1000 {
			t.Fatalf("%+v", told)
		}
		if h.Width*h.Height > 1<<16 {
			return // so that fuzzing is about headers
		}
		if _, err := picture.Decode(t.Context(), bytes.NewReader(b), h); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	})
}
