package gallery_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit/gallery"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// serve shows the gallery to nobody in particular, or to somebody with a right.
func serve(t *testing.T, who web.Reader) string {
	t.Helper()
	site, err := web.New(web.Options{
		City: lang.Text{ZH: "西宁市", EN: "Xining"}, Schematic: true, Systems: gallery.Systems, Mine: gallery.Mine,
		Reader: func(*http.Request) web.Reader { return who },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gallery.Routes(site, func(int, int, int) ([]byte, error) { return nil, nil }))
	t.Cleanup(server.Close)
	return server.URL
}

// Every part in every state: nothing wider than the page, nothing too small to tap, no
// finding of axe.
func TestEveryPartLooksRight(t *testing.T) {
	site := serve(t, web.Reader{})
	dark := func(v webtest.View) webtest.View { v.Dark = true; return v }
	for name, c := range map[string]struct {
		view webtest.View
		path string
		more bool // only looked at when somebody looks
	}{
		"kit-phone":       {webtest.Phone, "/kit", false},
		"kit-phone-large": {webtest.Phone, "/kit?large=1&lang=en", false},
		"kit-desk":        {webtest.Desk, "/kit?lang=en", false},
		"kit-desk-dark":   {dark(webtest.Desk), "/kit", false},
		"kit-phone-dark":  {dark(webtest.Phone), "/kit", true},
		"kit-print":       {webtest.View{Width: 794, Height: 1123, Print: true}, "/kit", true},
		"task-phone":      {webtest.Phone, "/kit/task", false},
		"task-large":      {webtest.Phone, "/kit/task?large=1&lang=en", true},
		"hall":            {webtest.View{Width: 1920, Height: 1080}, "/kit/hall", false},
		"hall-dark":       {dark(webtest.View{Width: 1920, Height: 1080}), "/kit/hall?lang=en", true},
	} {
		if c.more && os.Getenv("XIADU_SHOTS") == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, c.view)
			b.Go(c.path)
			b.Shot(name)
			b.Check()
		})
	}
}

// Five systems and what is one's own fit a phone: one button, which works without
// scripts, and the pages of the open system in a row that slides.
func TestFiveSystemsOnAPhone(t *testing.T) {
	quiet := webtest.Phone
	quiet.NoScript = true
	b := webtest.Open(t, serve(t, web.Reader{SignedIn: true}), quiet)
	b.Go("/kit")
	if text := b.Text(".systems-menu summary"); text != "驿站" {
		t.Errorf("the button says %q", text)
	}
	b.Click(".systems-menu summary")
	b.Shot("systems-phone")
	if text := b.Text(".systems-menu nav"); !strings.Contains(text, "信访整改") || !strings.Contains(text, "我的") {
		t.Errorf("the systems are %q", text)
	}
	if text := b.Text(".nav"); !strings.Contains(text, "部件") || strings.Contains(text, "名册") {
		t.Errorf("a reader without the right is shown %q", text)
	}
}

func TestTwoLevelsOnADesk(t *testing.T) {
	b := webtest.Open(t, serve(t, web.Reader{SignedIn: true, Rights: map[string]bool{"station.register": true}}), webtest.Desk)
	b.Go("/kit")
	b.Shot("systems-desk")
	if text := b.Text(".systems"); !strings.Contains(text, "驿站") || !strings.Contains(text, "合作社") || !strings.Contains(text, "我的") {
		t.Errorf("the first level is %q", text)
	}
	if here := b.Text(`.nav [aria-current="page"]`); here != "部件" {
		t.Errorf("the page of the second level is %q", here)
	}
	if text := b.Text(".nav"); !strings.Contains(text, "名册") {
		t.Errorf("who has the right is shown %q", text)
	}
	b.Check()
}

// / and ? are keys of office pages, not while something is typed, and can be turned off.
func TestKeysOfOfficePages(t *testing.T) {
	b := webtest.Open(t, serve(t, web.Reader{}), webtest.Desk)
	b.Go("/kit")
	webtest.Eval[bool](b, `document.activeElement.blur() ?? true`) // the first field that is wrong has the cursor
	b.Press("?")
	b.Wait(`document.querySelector('dialog[data-keys]').open`)
	b.Check()
	b.Shot("keys")
	b.Press("\u001b")
	b.Wait(`!document.querySelector('dialog[data-keys]').open`)
	b.Wait(`document.activeElement === document.body`)
	b.Press("/")
	b.Wait(`document.activeElement.name === 'q'`)
	webtest.Eval[string](b, `document.activeElement.value = ''`) // a driven browser types the key, too
	b.Press("?/")
	if typed := webtest.Eval[string](b, `document.activeElement.value`); typed != "?/" {
		t.Errorf("the field holds %q", typed)
	}
	b.Click("[data-keys-list]")
	b.Click("[data-keys-on]")
	b.Press("\u001b")
	b.Go("/kit")
	webtest.Eval[bool](b, `document.activeElement.blur() ?? true`)
	b.Press("?")
	if webtest.Eval[bool](b, `document.querySelector('dialog[data-keys]').open`) {
		t.Error("the keys are off, and open the list")
	}
}
