package webtest

import (
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Go opens an address of the site and waits until it has loaded.
func (b *Tab) Go(path string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(b.site+path)))
}

// Path returns the address where the tab is, without the site.
func (b *Tab) Path() string {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	b.must(err)
	return strings.TrimPrefix(at, b.site)
}

// Click presses what the CSS selector finds first.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	found(b, func() error {
		return chromedp.Do(b.ctx, chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
	})
}

// found does something with an element, and looks for it again where a script has put another in its place since it was
// found: that is before anything was done with it.
func found(b *Tab, do func() error) {
	b.t.Helper()
	const tries = 5
	var err error
	for range tries {
		if err = do(); err == nil || !strings.Contains(err.Error(), "Could not find node") {
			break
		}
	}
	b.must(err)
}

// Follow presses what the selector finds and waits until the next page has come: its answer is there before the page
// that is left is gone. A page that only changes within itself stays.
func (b *Tab) Follow(selector string) {
	b.t.Helper()
	Eval[bool](b, `window.leaving = true`)
	var answer *network.Response
	found(b, func() (err error) {
		answer, err = chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector)))
		return err
	})
	if answer != nil {
		b.Wait(`!window.leaving`)
		return
	}
	// A change of the address within the page may come before a page of its own does.
	b.Wait(`(window.left ??= performance.now()) && (!window.leaving || performance.now() - window.left > 1500)`)
}

// Type writes text into a field, in place of what was there.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text)))
}

// Choose puts files of this machine into a field for files.
func (b *Tab) Choose(selector string, files ...string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), files)))
}

// Press sends keys to whatever has the focus, such as "\t" or kb.Enter.
func (b *Tab) Press(keys string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(keys)))
}

// Tap presses the map at shares of its width and height.
func (b *Tab) Tap(selector string, across, down float64) {
	b.t.Helper()
	at := b.point(selector, across, down)
	b.must(chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1])))
}

// Hover moves the pointer over what the selector finds first.
func (b *Tab) Hover(selector string) {
	b.t.Helper()
	at := b.point(selector, .5, .5)
	b.must(chromedp.Do(b.ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1])))
}

// Drag presses at one point of an element, moves to another and lets go.
func (b *Tab) Drag(selector string, across, down, toAcross, toDown float64) {
	b.t.Helper()
	from := b.point(selector, across, down)
	to := b.point(selector, toAcross, toDown)
	b.must(chromedp.Do(b.ctx,
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, from[0], from[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, (from[0]+to[0])/2, (from[1]+to[1])/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, to[0], to[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, to[0], to[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
	))
}

// point brings an element into view and returns the point at shares of it.
func (b *Tab) point(selector string, across, down float64) [2]float64 {
	b.t.Helper()
	at := Eval[[]float64](b, `(() => {
		const e = document.querySelector(`+quote(selector)+`);
		e.scrollIntoView({block: 'center'});
		const r = e.getBoundingClientRect();
		return [r.x, r.y, r.width, r.height];
	})()`)
	return [2]float64{at[0] + at[2]*across, at[1] + at[3]*down}
}

// Text returns the visible text of what the selector finds first.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	var text string
	found(b, func() (err error) {
		text, err = chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
		return err
	})
	return text
}

// Count returns how many elements the selector finds.
func (b *Tab) Count(selector string) int {
	b.t.Helper()
	return Eval[int](b, `document.querySelectorAll(`+quote(selector)+`).length`)
}

// Wait waits until a JavaScript expression is true in a page that has wholly
// arrived, across changes of page: half a table is not what its user sees.
func (b *Tab) Wait(expression string) {
	b.t.Helper()
	for {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("document.readyState !== 'loading' && !!("+expression+")"))
		if ok {
			return
		}
		select {
		case <-b.ctx.Done():
			b.t.Fatalf("waited for %s in vain: %v\n%s", expression, err, strings.Join(b.complaints(), "\n"))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// WaitMap waits until the map has drawn everything, and fails if it cannot.
func (b *Tab) WaitMap() {
	b.t.Helper()
	b.Wait(`document.body.dataset.map === 'idle' || !!document.body.dataset.maperror`)
	if e := Eval[string](b, `document.body.dataset.maperror || ''`); e != "" {
		b.t.Fatalf("the map failed: %s\n%s", e, strings.Join(b.complaints(), "\n"))
	}
}

// Eval returns the value of a JavaScript expression in the page.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	b.must(err)
	return v
}

// SetCookie gives the browser a cookie of the site, as another tab may have done.
func (b *Tab) SetCookie(name, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.site})
	b.must(err)
}
