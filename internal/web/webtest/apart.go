package webtest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"github.com/xiadu/xiadu/internal/fault"
)

// Beside opens another tab of the same browser, with the same cookies and the same store.
func Beside(b *Tab, v View) *Tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(context.WithoutCancel(b.ctx))
	b.t.Cleanup(cancel)
	return openIn(ctx, b.t, b.site, v)
}

// conditions are those of a network, as every Chromium of late takes them.
type conditions struct {
	Offline  bool    `json:"offline"`
	Latency  float64 `json:"latency"`
	Download float64 `json:"downloadThroughput"`
	Upload   float64 `json:"uploadThroughput"`
}

var emulate = cdp.Command[conditions, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// Signal gives the tab its network, or takes it. The worker that answers for the site has
// requests of its own, which a Line cuts.
func Signal(b *Tab, has bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulate, conditions{Offline: !has, Download: -1, Upload: -1})
	b.must(err)
	// A page that is opened later is told by this one.
	_, err = chromedp.Call(b.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !has, DownloadThroughput: -1, UploadThroughput: -1})
	b.must(err)
}

// Kill ends the tab's process in the middle of whatever it does, and the other tabs of it.
func Kill(b *Tab) {
	b.t.Helper()
	dead := make(chan struct{}, 1)
	b.must(chromedp.Listen(b.ctx, func(ev any) {
		if _, ok := ev.(*inspector.EventTargetCrashed); ok {
			dead <- struct{}{}
		}
	}))
	fault.Go("killing a tab", func() { _, _ = chromedp.Call(b.ctx, page.Crash, struct{}{}) }, nil) // who is dead does not answer
	select {
	case <-dead:
	case <-b.ctx.Done():
		b.t.Fatal("the tab does not die")
	}
}

// Wipe empties kinds of what the browser keeps for the site, such as "indexeddb": as it does
// when it is short of space.
func Wipe(b *Tab, what string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: b.site, StorageTypes: what})
	b.must(err)
}

// Attach puts files into a field, as if they had been chosen.
func Attach(b *Tab, selector string, paths ...string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), paths)))
}

// BeforeEachPage runs a script before any of a page's own, as on a device that is otherwise.
func BeforeEachPage(b *Tab, script string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	b.must(err)
}
