// Package webtest opens pages in a real Chromium for journeys that a reader
// would make.
//
// The browser starts once in a test binary, at the first Open, and each test
// gets a Tab of its own with no cookies. A tab remembers every message on the
// console and every request: Check fails the test for an error, for a request
// that leaves the site, and for what axe-core finds serious. A test skips with
// the reason when no Chromium is installed, unless CI asks for it by setting
// XIADU_BROWSER=must.
//
// Set XIADU_SHOTS to a folder to keep what Shot sees.
package webtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

var errNoBrowser = errors.New("no Chromium found: install chromium (Debian: apt-get install chromium fonts-noto-cjk)")

// chromium is the one Chromium of this test binary. It ends with the process:
// Chromium leaves when the pipe to it closes.
var chromium = sync.OnceValues(func() (context.Context, error) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errNoBrowser
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox,
		// WebGL in software, so that the map draws on any machine.
		chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "zh-CN"),
		// A camera that shows a clock, and is allowed without a question.
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
	)
	// On a machine that is busy with other packages' tests Chromium now and then leaves before it listens.
	const tries = 3
	var err error
	for range tries {
		allocated, _ := chromedp.NewExecAllocator(context.Background(), opts...)
		ctx, _ := chromedp.NewContext(allocated)
		if err = chromedp.Do(ctx); err == nil {
			return ctx, nil
		}
	}
	return nil, err
})

func start(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("software rendering takes seconds a page: left out with -short")
	}
	ctx, err := chromium()
	switch {
	case errors.Is(err, errNoBrowser) && os.Getenv("XIADU_BROWSER") != "must":
		t.Skip(err)
	case err != nil:
		t.Fatal("start Chromium: ", err)
	}
	return ctx
}
