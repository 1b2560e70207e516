package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
)

// corners is a picture by whose corners one sees how it lies.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 0, 255}
			switch {
			case x < w/2 && y < h/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What bytes are is told by them; what is not taken is refused with what to do.
func TestLook(t *testing.T) {
	img := corners(40, 30)
	small, whole := asJPEG(t, img), asPNG(t, img)
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	var moving bytes.Buffer
	if err := gif.EncodeAll(&moving, &gif.GIF{
		Image: []*image.Paletted{image.NewPaletted(img.Rect, color.Palette{color.Black}), image.NewPaletted(img.Rect, color.Palette{color.White})}, Delay: []int{1, 1},
	}); err != nil {
		t.Fatal(err)
	}
	apng := append(append(bytes.Clone(whole[:33]), chunk("acTL", make([]byte, 8))...), whole[33:]...)
	ftyp := func(brand string) []byte { return []byte("\x00\x00\x00\x18ftyp" + brand + strings.Repeat("\x00", 40)) }
	for _, c := range []struct {
		name  string
		bytes []byte
		media picture.Media
		says  string // a part of the refusal
	}{
		{"jpeg", small, picture.JPEG, ""},
		{"png", whole, picture.PNG, ""},
		{"16 bits", asPNG(t, deep), picture.PNG, ""},
		{"webp", evidencetest.WebP, picture.WebP, ""},
		{"pdf", []byte("%PDF-1.7\n1 0 obj\n/OpenAction /JavaScript\n%%EOF\n"), picture.PDF, ""},
		{"jpeg with a program behind it", append(bytes.Clone(small), "MZ\x90 PK\x03\x04"...), picture.JPEG, ""},
		{"pdf cut off", []byte("%PDF-1.7\n1 0 obj\n"), "", "incomplete"},
		{"program", []byte("MZ\x90\x00"), "", "program"},
		{"heic", ftyp("heic"), "", "Most Compatible"},
		{"avif", ftyp("avif"), "", "screenshot"},
		{"video", ftyp("isom"), "", "video"},
		{"matroska", []byte("\x1aE\xdf\xa3\x01"), "", "video"},
		{"word", []byte("PK\x03\x04word/document.xml"), "", "PDF"},
		{"gif", moving.Bytes(), "", "GIF"},
		{"tiff", []byte("II*\x00abc"), "", "TIFF"},
		{"page", []byte("<html><script>alert(1)</script>"), "", "text or a web page"},
		{"nothing", nil, "", "empty"},
		{"random", []byte{0x80, 0, 1, 2, 0xfe}, "", "cannot be told"},
		{"apng", apng, "", "several frames"},
		{"webp that moves", webpHead(webpMoves, 10, 10), "", "several frames"},
		{"webp that lies", webpHead(0, 1<<24, 1<<24), "", ""},
		{"30,000 × 30,000", pngHead(30_000, 30_000), "", "30000×30000"},
		{"12,001 × 10", pngHead(12_001, 10), "", "too large"},
		{"10,000 × 6,000", pngHead(10_000, 6_000), "", "too large"},
		{"0 × 10", pngHead(0, 10), "", "damaged"},
		{"header cut off", whole[:20], "", "damaged"},
		{"jpeg cut off", small[:10], "", "damaged"},
	} {
		h, err := picture.Look(bytes.NewReader(c.bytes))
		if h.Media != c.media || (fault.KindOf(err) == fault.Invalid) == (c.media != "") || !strings.Contains(text(err), c.says) {
			t.Errorf("%s: %+v, %v", c.name, h, err)
		}
		if h.Media.IsPicture() && c.name != "webp" && (h.Width != 40 || h.Height != 30) {
			t.Errorf("%s is %d × %d", c.name, h.Width, h.Height)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

const webpMoves = 2

func chunk(name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngHead says how large a picture will be, and has no pixel of it.
func pngHead(w, h uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, w)
	b = append(binary.BigEndian.AppendUint32(b, h), 8, 2, 0, 0, 0)
	return append(append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", b)...), chunk("IDAT", make([]byte, 100))...)
}

func webpHead(flags byte, w, h int) []byte {
	three := func(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16)} }
	b := append([]byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), flags, 0, 0, 0)
	return append(append(b, three(w-1)...), three(h-1)...)
}

// A picture is upright whichever of eight ways the camera was held.
func TestUpright(t *testing.T) {
	stored := corners(64, 32)
	for turn := 1; turn <= 8; turn++ {
		// What is stored is the upright picture turned back.
		b := evidencetest.WithEXIF(asJPEG(t, held(stored, turn)), evidencetest.EXIF{Turn: turn})
		got := decode(t, b)
		if got.Rect.Dx() != 64 || got.Rect.Dy() != 32 {
			t.Fatalf("turn %d: %v", turn, got.Rect)
		}
		for _, p := range []image.Point{{8, 8}, {56, 8}, {8, 24}, {56, 24}} {
			a, b := got.RGBAAt(p.X, p.Y), stored.RGBAAt(p.X, p.Y)
			if far(a.R, b.R) || far(a.G, b.G) || far(a.B, b.B) {
				t.Errorf("turn %d at %v: %v, want %v", turn, p, a, b)
			}
		}
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 60 }

// held is how a camera that is held so stores an upright picture: by the table of the
// standard, where row 0 and column 0 are.
func held(img *image.RGBA, turn int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	W, H := w, h
	if turn >= 5 {
		W, H = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, W, H))
	for y := range H {
		for x := range W {
			at := [...]image.Point{
				1: {x, y}, 2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {w - 1 - y, x}, 7: {w - 1 - y, h - 1 - x}, 8: {y, h - 1 - x},
			}[turn]
			out.SetRGBA(x, y, img.RGBAAt(at.X, at.Y))
		}
	}
	return out
}

func decode(t *testing.T, b []byte) *image.RGBA {
	t.Helper()
	h, err := picture.Look(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	img, err := picture.Decode(t.Context(), bytes.NewReader(b), h)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// What the metadata tell is read, and is in nothing that is encoded after.
func TestTell(t *testing.T) {
	b := evidencetest.WithEXIF(asJPEG(t, corners(40, 30)), evidencetest.EXIF{
		Turn: 6, Taken: "2026:11:30 08:15:02", Offset: "+08:00", Make: "Pinecone", Model: "Pinecone 12", Lat: 36.62, Lon: 101.78,
	})
	h, err := picture.Look(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	told := picture.Tell(t.Context(), bytes.NewReader(b), h)
	if told.Turn != 6 || told.Taken != "2026-11-30T08:15:02+08:00" || told.Device != "Pinecone 12" || !told.Place || far2(told.Lat, 36.62) || far2(told.Lon, 101.78) {
		t.Errorf("%+v", told)
	}
	served, err := picture.Encode(picture.Fit(decode(t, b), 20))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Exif", "Pinecone", "2026", "MM\x00*", "II*\x00"} {
		if bytes.Contains(served, []byte(secret)) {
			t.Errorf("what is served has %q", secret)
		}
	}
	if none := picture.Tell(t.Context(), bytes.NewReader(asPNG(t, corners(9, 9))), picture.Head{Media: picture.PNG}); none != (picture.Told{Turn: 1}) {
		t.Errorf("of nothing: %+v", none)
	}
}

func far2(a, b float64) bool { return max(a-b, b-a) > 0.001 }

// A file that is cut off after its header is found while it is decoded, at every place.
func TestCutOff(t *testing.T) {
	for _, whole := range [][]byte{asPNG(t, corners(64, 64)), asJPEG(t, evidencetest.Scene{W: 64, H: 64}.Draw()), evidencetest.WebP} {
		h, err := picture.Look(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		for n := len(whole) / 3; n < len(whole)-len(whole)/8; n += 1 + len(whole)/50 {
			if _, err := picture.Decode(t.Context(), bytes.NewReader(whole[:n]), h); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s cut off at %d of %d: %v", h.Media, n, len(whole), err)
			}
		}
		gone, cancel := context.WithTimeout(t.Context(), -time.Second)
		cancel()
		if _, err := picture.Decode(gone, bytes.NewReader(whole), h); err == nil || fault.KindOf(err) != 0 {
			t.Errorf("out of time: %v", err)
		}
	}
}

// Two pictures beside each other are at one scale, whichever way up and however many
// pixels each was stored with.
func TestPair(t *testing.T) {
	for _, c := range []struct{ before, after, box image.Point }{
		{image.Pt(4000, 3000), image.Pt(2000, 1500), image.Pt(800, 600)},
		{image.Pt(4000, 3000), image.Pt(3000, 4000), image.Pt(800, 800)},
		{image.Pt(100, 1), image.Pt(1, 100), image.Pt(800, 800)},
	} {
		f := picture.Beside(c.before, c.after, 800)
		if f.Box != c.box || max(f.Before.X, f.Before.Y) != max(f.After.X, f.After.Y) {
			t.Errorf("%v beside %v: %+v", c.before, c.after, f)
		}
	}
	pair := picture.Pair(corners(80, 60), corners(40, 30), 160)
	if pair.Rect.Dx() != 2*160+8 || pair.Rect.Dy() != 120 || pair.RGBAAt(10, 10) != pair.RGBAAt(178, 10) {
		t.Errorf("%v, %v, %v", pair.Rect, pair.RGBAAt(10, 10), pair.RGBAAt(178, 10))
	}
}
