package picture

import (
	"context"
	"io"
	"math"
	"strings"
	"time"

	"github.com/bep/imagemeta"
)

// Told is what a picture's metadata tell of the person who took it. None of it is in
// what is served; the original has it, and private fields do.
type Told struct {
	Turn   int    // EXIF's orientation, 1 to 8; 1 where nothing is said
	Taken  string // as the camera wrote it, "2026-11-30T08:15:00" with an offset where it has one
	Device string
	Place  bool // whether it has a position
	Lat    float64
	Lon    float64
}

// wanted are the tags that are read; all others are passed over.
var wanted = map[string]bool{
	"Orientation": true, "DateTimeOriginal": true, "OffsetTimeOriginal": true, "Make": true, "Model": true,
	"GPSLatitude": true, "GPSLatitudeRef": true, "GPSLongitude": true, "GPSLongitudeRef": true,
}

const (
	mostTags    = 1000 // of one picture
	mostOfATag  = 1000 // bytes
	mostOfATold = 100  // characters that are kept of a text
)

// Tell reads the metadata of a picture. What is damaged or a lie tells nothing: a
// picture is taken all the same.
func Tell(ctx context.Context, r io.ReadSeeker, h Head) Told {
	told := Told{Turn: 1}
	format, ok := map[Media]imagemeta.ImageFormat{JPEG: imagemeta.JPEG, PNG: imagemeta.PNG, WebP: imagemeta.WebP}[h.Media]
	if !ok || rewind(r) != nil {
		return told
	}
	tags := map[string]any{}
	_, err := imagemeta.Decode(imagemeta.Options{
		R: stoppable{ctx, r}, ImageFormat: format, Sources: imagemeta.EXIF, LimitNumTags: mostTags, LimitTagSize: mostOfATag,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return wanted[t.Tag] },
		HandleTag: func(t imagemeta.TagInfo) error {
			// IFD1 is about the thumbnail inside, which is turned as it likes.
			if _, twice := tags[t.Tag]; !twice && !strings.HasPrefix(t.Namespace, "IFD1") {
				tags[t.Tag] = t.Value
			}
			return nil
		},
		Warnf: func(string, ...any) {},
	})
	if err != nil && len(tags) == 0 {
		return told
	}
	if turn, ok := whole(tags["Orientation"]); ok && turn >= 1 && turn <= 8 {
		told.Turn = turn
	}
	told.Taken = taken(text(tags["DateTimeOriginal"]), text(tags["OffsetTimeOriginal"]))
	maker, model := text(tags["Make"]), text(tags["Model"])
	if strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		maker = "" // as "Canon" in "Canon EOS 5D"
	}
	told.Device = strings.TrimSpace(maker + " " + model)
	lat, north := degrees(tags["GPSLatitude"], tags["GPSLatitudeRef"], "S", 90)
	lon, east := degrees(tags["GPSLongitude"], tags["GPSLongitudeRef"], "W", 180)
	if north && east && (lat != 0 || lon != 0) { // 0, 0 is what cameras write that do not know
		told.Place, told.Lat, told.Lon = true, lat, lon
	}
	return told
}

func whole(v any) (int, bool) {
	switch n := v.(type) {
	case uint16:
		return int(n), true
	case uint32:
		return int(min(n, math.MaxUint16)), true
	case uint8:
		return int(n), true
	}
	return 0, false
}

// text is a tag's text, without what could not be stored.
func text(v any) string {
	s, _ := v.(string)
	s = strings.ToValidUTF8(strings.TrimSpace(strings.Trim(s, "\x00 ")), "")
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > mostOfATold {
		s = string(r[:mostOfATold])
	}
	return s
}

// taken is the camera's time in the usual order. A camera without an offset says what
// its own clock showed, so none is made up for it.
func taken(at, offset string) string {
	t, err := time.Parse("2006:01:02 15:04:05", at)
	if err != nil || t.Year() < 1990 {
		return ""
	}
	const layout = "2006-01-02T15:04:05"
	if zone, err := time.Parse("-07:00", offset); err == nil {
		return t.Format(layout) + zone.Format("-07:00")
	}
	return t.Format(layout)
}

// degrees is a coordinate with its sign.
func degrees(v, ref any, negative string, most float64) (float64, bool) {
	d, ok := v.(float64)
	if !ok || math.IsNaN(d) || d < 0 || d > most {
		return 0, false
	}
	if text(ref) == negative {
		d = -d
	}
	return d, true
}

// stoppable ends a long reading.
type stoppable struct {
	ctx context.Context
	io.ReadSeeker
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.ReadSeeker.Read(p)
}
