package web_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/tile"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit/gallery"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

func newSite(t *testing.T, o web.Options) *web.Site {
	t.Helper()
	o.Systems, o.Mine = gallery.Systems, gallery.Mine
	site, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// serve runs the preview on real tiles where there is real data, and on empty
// ones elsewhere.
func serve(t *testing.T) string {
	t.Helper()
	site := newSite(t, web.Options{
		City: lang.Text{ZH: "南京市", EN: "Nanjing"}, Attribution: "© OpenStreetMap contributors", Schematic: true,
	})
	render := func(int, int, int) ([]byte, error) { return nil, nil }
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if x, err := osm.Read(t.Context(), filepath.Join(dir, "nanjing-xinjiekou.osm"), nil); err == nil {
		render = tile.Build(x).Tile
	}
	server := httptest.NewServer(gallery.Routes(site, render))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPagesLookRight(t *testing.T) {
	site := serve(t)
	dark := func(v webtest.View) webtest.View { v.Dark = true; return v }
	printed := webtest.View{Width: 794, Height: 1123, Print: true}
	for name, c := range map[string]struct {
		view webtest.View
		path string
		more bool // only looked at when somebody looks
	}{
		"finder-phone":       {webtest.Phone, "/", false},
		"finder-phone-dark":  {dark(webtest.Phone), "/", true},
		"finder-phone-large": {webtest.Phone, "/?large=1", true},
		"finder-phone-en":    {webtest.Phone, "/?lang=en&large=1", false},
		"finder-desk":        {webtest.Desk, "/?route=a", true},
		"finder-desk-dark":   {dark(webtest.Desk), "/?lang=en&route=a", false},
		"office-phone":       {webtest.Phone, "/office", false},
		"office-desk":        {webtest.Desk, "/office", false},
		"office-desk-dark":   {dark(webtest.Desk), "/office?lang=en", true},
		"office-print":       {printed, "/office", true},
		"office-desk-large":  {webtest.Desk, "/office?large=1", true},
	} {
		if c.more && os.Getenv("XIADU_SHOTS") == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, c.view)
			b.Go(c.path)
			b.WaitMap()
			b.Shot(name)
			b.Check()
		})
	}
}

func TestErrorPageIsCalm(t *testing.T) {
	b := webtest.Open(t, serve(t), webtest.Phone)
	b.Go("/broken")
	b.Shot("error-phone")
	if text := b.Text("main"); !strings.Contains(text, "我们这边出了问题") || !strings.Contains(text, "编号") || strings.Contains(text, "fire") {
		t.Errorf("the page says %q", text)
	}
	b.Forget() // Chromium reports the status 500 on its console
	b.Check()
}

func TestFirstViewIsSmallWithoutTheMap(t *testing.T) {
	b := webtest.Open(t, serve(t), webtest.Phone)
	b.Go("/")
	b.WaitMap()
	first, all := b.Transferred("/map", "/tiles/", ".geojson"), b.Transferred()
	t.Logf("first view %d bytes, with the map %d", first, all)
	if first < 5_000 || first > 40_000 {
		t.Errorf("the first view costs %d bytes, of which the page needs room for 60 KB of stations", first)
	}
}

func TestWithoutWebGLTheListRemains(t *testing.T) {
	old := webtest.Phone
	old.NoWebGL = true
	b := webtest.Open(t, serve(t), old)
	b.Go("/")
	b.Wait(`document.querySelector('.map-canvas').textContent.includes('这里画不出地图')`)
	if n := b.Count(".card"); n != 3 {
		t.Errorf("%d stations in the list", n)
	}
	b.Check()
}

func TestMapAnswersTheListAndTheTap(t *testing.T) {
	b := webtest.Open(t, serve(t), webtest.Desk)
	b.Go("/")
	b.WaitMap()
	b.Hover("#station-b")
	b.Wait(`document.querySelector('.map-canvas').dataset.marked === 'b'`)
	b.Tap(".map-canvas", .06, .9)
	b.Wait(`location.search.includes('lat=32.0')`)
	if at := b.Path(); strings.Contains(at, "lon=118.784&") || !strings.Contains(at, "lon=118.") {
		t.Errorf("a tap on the map led to %s", at)
	}
	b.Check()
}

func TestPositionButton(t *testing.T) {
	site := serve(t)
	t.Run("given", func(t *testing.T) {
		b := webtest.Open(t, site, webtest.Phone)
		b.Stand(118.79, 32.05)
		b.Go("/")
		b.Click("[data-locate]")
		b.Wait(`location.search.includes('lon=118.79000') && location.search.includes('lat=32.05000')`)
	})
	t.Run("refused", func(t *testing.T) {
		refusing := webtest.Phone
		refusing.NoGeolocation = true
		b := webtest.Open(t, site, refusing)
		b.Go("/")
		b.Click("[data-locate]")
		b.Wait(`document.querySelector('[data-locate-status]').textContent.includes('浏览器没有给出位置')`)
		b.Check()
	})
}

func TestWithoutScriptTheSwitchesWork(t *testing.T) {
	still := webtest.Phone
	still.NoScript = true
	b := webtest.Open(t, serve(t), still)
	b.Go("/")
	b.Shot("finder-phone-noscript")
	b.Follow(".switch[lang=en]")
	b.Go("/office")
	if text := b.Text("h1"); text != "The 15-minute circle" {
		t.Errorf("after switching, the next page is headed %q", text)
	}
}
