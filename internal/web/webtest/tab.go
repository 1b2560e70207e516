package webtest

import (
	"cmp"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// View is the window that a page is seen through.
type View struct {
	Width, Height int64
	Sharpness     float64 // pixels of the device to one of the page; 0 is 1
	Dark          bool
	Print         bool
	NoScript      bool
	NoGeolocation bool // the reader refuses to say where they are
	NoWebGL       bool // the device cannot draw a map
	NoCamera      bool // the reader lets no page use the camera
}

// The two views that every page must look right in.
var (
	Phone = View{Width: 390, Height: 844}
	Desk  = View{Width: 1280, Height: 900}
)

// patience is how long a journey may take before its test gives up: software
// rendering on a busy machine is slow.
const patience = 2 * time.Minute

type request struct {
	url   string
	bytes int64
}

// Tab is one tab of the browser, on one site.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu      sync.Mutex
	errors  []string // messages on the console that are errors
	outside []string // requests that left the site
	wire    map[network.RequestID]*request
}

// Open opens a tab on the site at the given address, such as a test server's
// URL.
func Open(t *testing.T, site string, v View) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(start(t), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return openIn(ctx, t, site, v)
}

func openIn(ctx context.Context, t *testing.T, site string, v View) *Tab {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	b := &Tab{t: t, ctx: ctx, site: strings.TrimSuffix(site, "/"), wire: map[network.RequestID]*request{}}
	b.must(chromedp.Listen(ctx, b.hear))
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b.look(v)
	return b
}

func (b *Tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *Tab) look(v View) {
	b.t.Helper()
	opts := []chromedp.EmulateViewportOption{chromedp.EmulateScale(cmp.Or(v.Sharpness, 1))}
	if v.Width < 600 {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.must(chromedp.Do(b.ctx, chromedp.EmulateViewport(v.Width, v.Height, opts...)))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: map[bool]string{true: "dark", false: "light"}[v.Dark]},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if v.Print {
		media.Media = "print"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media)
	b.must(err)
	if v.NoScript {
		_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		b.must(err)
	}
	if v.NoWebGL {
		_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `HTMLCanvasElement.prototype.getContext = () => null`,
		})
		b.must(err)
	}
	if v.NoGeolocation {
		b.permit(browser.PermissionSettingDenied)
	}
	if v.NoCamera { // the browser of a test allows it without a question
		_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))`,
		})
		b.must(err)
	}
}

func (b *Tab) permit(s browser.PermissionSetting) {
	b.t.Helper()
	_, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "geolocation"}, Setting: s, Origin: b.site,
		BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	})
	b.must(err)
}

// Stand puts the reader at a position and lets the site ask for it.
func (b *Tab) Stand(lon, lat float64) {
	b.t.Helper()
	b.permit(browser.PermissionSettingGranted)
	accuracy := 10.0
	_, err := chromedp.Call(b.ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{
		Longitude: &lon, Latitude: &lat, Accuracy: &accuracy,
	})
	b.must(err)
}

// hear notes what the page says and asks for.
func (b *Tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, ev.ExceptionDetails.Text+" "+describe(ev.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			var words []string
			for _, arg := range ev.Args {
				words = append(words, describe(arg))
			}
			b.errors = append(b.errors, "console: "+strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			b.errors = append(b.errors, string(ev.Entry.Source)+": "+ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err != nil || strings.HasPrefix(u.Scheme, "http") && !strings.HasPrefix(ev.Request.URL, b.site) {
			b.outside = append(b.outside, ev.Request.URL)
		}
		b.wire[ev.RequestID] = &request{url: ev.Request.URL}
	case *network.EventLoadingFinished:
		if r := b.wire[ev.RequestID]; r != nil {
			r.bytes = int64(ev.EncodedDataLength)
		}
	}
}

func describe(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return strings.TrimSpace(o.Description + " " + string(o.Value))
}

// Forget drops what has been noted so far: after a deliberate error page, or
// before counting Transferred.
func (b *Tab) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.errors, b.outside = nil, nil
	clear(b.wire)
}

// Transferred returns the bytes that came over the wire since the tab opened,
// leaving out what was asked from addresses that contain one of except.
func (b *Tab) Transferred(except ...string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	var sum int64
	for _, r := range b.wire {
		if !slices.ContainsFunc(except, func(part string) bool { return strings.Contains(r.url, part) }) {
			sum += r.bytes
		}
	}
	return sum
}

// Picture returns the whole page as PNG.
func (b *Tab) Picture() []byte {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	b.must(err)
	return png
}

// Shot keeps a picture of the whole page as name.png in the folder XIADU_SHOTS.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("XIADU_SHOTS")
	if dir == "" {
		return
	}
	b.must(os.MkdirAll(dir, 0o755))
	b.must(os.WriteFile(filepath.Join(dir, name+".png"), b.Picture(), 0o644))
}

// pageOfPDF is how a page begins in what Chromium prints; its tree has an s more.
var pageOfPDF = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// Paper prints the page as a reader would, keeps it as name.pdf in the folder
// XIADU_SHOTS, and returns how many sheets it takes.
func (b *Tab) Paper(name string) int {
	b.t.Helper()
	yes := true
	out, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
	b.must(err)
	if dir := os.Getenv("XIADU_SHOTS"); dir != "" {
		b.must(os.MkdirAll(dir, 0o755))
		b.must(os.WriteFile(filepath.Join(dir, name+".pdf"), out.Data, 0o644))
	}
	return len(pageOfPDF.FindAll(out.Data, -1))
}

// Resize gives the open page another window, as a reader does who turns the device.
func (b *Tab) Resize(width, height int64) {
	b.t.Helper()
	b.look(View{Width: width, Height: height})
}
