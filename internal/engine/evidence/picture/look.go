package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// begins is as much of a file as tells what it is.
const begins = 512

// Look says what bytes are, and of a picture how large it will be, from the header. What
// is not taken is a fault.Invalid that says what to do instead.
func Look(r io.ReadSeeker) (Head, error) {
	start := make([]byte, begins)
	if err := rewind(r); err != nil {
		return Head{}, err
	}
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Head{}, err
	}
	start = start[:n]
	h := Head{Media: mediaOf(start)}
	switch {
	case h.Media == PDF:
		if err := wholePDF(r); err != nil {
			return Head{}, err
		}
		return h, nil
	case !h.Media.IsPicture():
		return Head{}, Refusal(start)
	}
	if err := rewind(r); err != nil {
		return Head{}, err
	}
	var c image.Config
	switch h.Media {
	case PDF:
	case PNG:
		if c, err = png.DecodeConfig(r); err == nil {
			err = oneFrame(r)
		}
		h.deep = c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model || c.ColorModel == color.Gray16Model
	case WebP:
		if len(start) > 20 && string(start[12:16]) == "VP8X" && start[20]&webpMoves != 0 {
			return Head{}, moving()
		}
		c, err = webp.DecodeConfig(r)
	case JPEG:
		seen := &marks{r: r}
		c, err = jpeg.DecodeConfig(seen)
		h.progressive = seen.progressive()
	}
	h.Width, h.Height = c.Width, c.Height
	switch {
	case errors.Is(err, errMoves):
		return Head{}, moving()
	case err != nil:
		return Head{}, damaged(err)
	case h.Width < 1 || h.Height < 1:
		return Head{}, damaged(nil)
	case h.Width > MaxSide || h.Height > MaxSide || int64(h.Width)*int64(h.Height) > MaxPixels:
		return Head{}, tooLarge(h.Width, h.Height)
	}
	return h, nil
}

// mediaOf tells by the first bytes what is taken; "" is anything else.
func mediaOf(start []byte) Media {
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(start, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case len(start) >= 12 && string(start[:4]) == "RIFF" && string(start[8:12]) == "WEBP":
		return WebP
	case bytes.HasPrefix(start, []byte("%PDF-")):
		return PDF
	}
	return ""
}

// wholePDF looks for the mark that ends a document: one that was cut off in sending is
// found while somebody can still send it again. Nothing else of it is ever read.
func wholePDF(r io.ReadSeeker) error {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	const last = 2048
	if _, err := r.Seek(max(0, size-last), io.SeekStart); err != nil {
		return err
	}
	end, err := io.ReadAll(io.LimitReader(r, last))
	if err == nil && !bytes.Contains(end, []byte("%%EOF")) {
		return damaged(nil)
	}
	return err
}

const (
	webpMoves   = 1 << 1 // the flag of an animation in the extended header
	progressive = 0xc2   // the marker of a frame whose coefficients come in several scans
)

var errMoves = errors.New("it has several frames")

// oneFrame passes over a PNG's chunks to the pixels: acTL says that there are frames.
func oneFrame(r io.ReadSeeker) error {
	if _, err := r.Seek(8, io.SeekStart); err != nil {
		return err
	}
	var head [8]byte
	for range 10_000 { // a file of nothing but small chunks ends somewhere
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		switch string(head[4:]) {
		case "acTL":
			return errMoves
		case "IDAT", "IEND":
			return nil
		}
		length := int64(binary.BigEndian.Uint32(head[:4]))
		if length > 1<<31-1 {
			return png.FormatError("bad chunk length")
		}
		if _, err := r.Seek(length+4, io.SeekCurrent); err != nil {
			return err
		}
	}
	return errMoves
}

// marks remembers the last bytes that were read, in which the frame's marker is: a
// header is read no further than that.
type marks struct {
	r    io.Reader
	seen []byte
}

func (m *marks) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.seen = append(m.seen, p[:n]...)
	const most = 1 << 16
	if len(m.seen) > most {
		m.seen = append(m.seen[:0], m.seen[len(m.seen)-most:]...)
	}
	return n, err
}

// progressive may be true of one that is not, since a marker may be in a text: it then
// only waits for more memory than it needs.
func (m *marks) progressive() bool { return bytes.Contains(m.seen, []byte{0xff, progressive}) }
