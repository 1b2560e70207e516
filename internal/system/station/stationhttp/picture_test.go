package stationhttp_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestPictureOfTheReadme makes docs/images/xiadu.png anew from the pages as they
// are: XIADU_SHOTS=$PWD/docs/images go test -run TestPictureOfTheReadme
// ./internal/system/station/stationhttp.
func TestPictureOfTheReadme(t *testing.T) {
	folder := os.Getenv("XIADU_SHOTS")
	if folder == "" {
		t.Skip("XIADU_SHOTS names no folder for the picture")
	}
	site := pagetest.DemoSite(t, pagetest.Monday)
	phone, desk := webtest.View{Width: 412, Height: 915, Sharpness: 2}, webtest.View{Width: 1280, Height: 900, Sharpness: 1.5}
	question := "at=2026-11-23T20%3A30&lat=36.61660&lon=101.76750"
	shot := func(v webtest.View, address string) string {
		b := webtest.Open(t, site, v)
		b.Go(address)
		b.WaitMap()
		return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Picture())
	}
	finder := shot(phone, "/find?need=hot_water&"+question)
	way := shot(phone, "/stations/XN-630103-020?"+question)
	coverage := shot(desk, "/coverage?at=2026-11-23T10:00&lang=en")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, composition, finder, way, coverage)
	}))
	t.Cleanup(page.Close)
	b := webtest.Open(t, page.URL, webtest.View{Width: 1640, Height: 880})
	b.Go("/find")
	whole, err := png.Decode(bytes.NewReader(b.Picture()))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, fewColours(whole)); err != nil {
		t.Fatal(err)
	}
	const most = 350_000
	if out.Len() > most {
		t.Errorf("the picture has %d bytes, more than %d", out.Len(), most)
	}
	if err := os.WriteFile(filepath.Join(folder, "xiadu.png"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// composition lays two phones beside a desk, each the top of a page.
const composition = `<!DOCTYPE html><style>
body { margin: 0; height: 880px; background: #dfe9ec; display: flex; align-items: center; justify-content: center; gap: 36px; }
img { display: block; height: 800px; object-fit: cover; object-position: top; border: 1px solid #b4c5cb; border-radius: 10px; }
.phone { width: 360px; border: 7px solid #17242c; border-radius: 28px; }
.desk { width: 682px; }
</style><img class="phone" src="%s"><img class="phone" src="%s"><img class="desk" src="%s">`

// fewColours is the picture in 256 colours: the commonest, for surfaces and
// letters, and then the commonest that are unlike those, for what is small and
// bright.
func fewColours(whole image.Image) *image.Paletted {
	const surfaces, all, unlike = 64, 256, 20 * 20
	seen := map[color.RGBA]int{}
	box := whole.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			seen[color.RGBAModel.Convert(whole.At(x, y)).(color.RGBA)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var kept color.Palette
	for _, c := range common {
		near := func(k color.Color) bool {
			k8 := k.(color.RGBA)
			r, g, b := int(c.R)-int(k8.R), int(c.G)-int(k8.G), int(c.B)-int(k8.B)
			return r*r+g*g+b*b < unlike
		}
		if len(kept) < surfaces || len(kept) < all && !slices.ContainsFunc(kept, near) {
			kept = append(kept, c)
		}
	}
	few := image.NewPaletted(box, kept)
	draw.Draw(few, box, whole, box.Min, draw.Src)
	return few
}
