package signin_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const submit = "main form .button-main"

// An administrator sets the site up from the one-time address, in a real browser: on a
// phone with large type in Chinese, and at a desk in English and the dark. Each page
// is held against what a page must be.
func TestSettingUpInABrowser(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		view, query, name := webtest.Phone, "?large=1", "phone"
		if strings.Contains(t.Name(), "postgres") {
			view, query, name = webtest.Desk, "?lang=en", "desk"
			view.Dark = true
		}
		b := webtest.Open(t, o.url, view)
		seen := func(page string) {
			t.Helper()
			b.Shot("signin-" + page + "-" + name)
			b.Forget() // Chromium reports statuses of 400 and above on its console
			b.Check()
		}
		token, err := o.people.FirstStart.Address(t.Context())
		o.must(err)
		b.Go(signin.FirstPath(token) + query)
		seen("first")
		for field, text := range map[string]string{
			"a-name": "张一", "a-login": "zhang", "b-name": "李二", "b-login": "li", "c-name": "王三", "c-login": "zhang",
			"password": good, "repeat": good,
		} {
			b.Type("#f-"+field, text)
		}
		b.Follow(submit)
		seen("first-wrong")
		if b.Text("#e-c-login") == "" {
			t.Error("the login that is there twice is not at its field")
		}
		for field, text := range map[string]string{"c-login": "wang", "password": good, "repeat": good} {
			b.Type("#f-"+field, text)
		}
		b.Follow(submit)
		seen("founded")
		b.Follow("main a.button")
		seen("sign-in")
		b.Type("#f-login", "zhang")
		b.Type("#f-password", "wrong-one-of-course")
		b.Follow(submit)
		seen("sign-in-wrong")
		b.Type("#f-password", good)
		b.Follow(submit)
		seen("factor")
		secret := b.Text("main p code")
		b.Type("#f-code", code(t, secret, -1))
		b.Follow(submit)
		seen("recovery")
		b.Follow("main a.button")
		seen("me")
		b.Go("/sign-in/password")
		seen("password")
		b.Go("/me/account")
		b.Follow(`form[action="/sign-out"] button`)
		b.Type("#f-login", "zhang")
		b.Type("#f-password", good)
		b.Follow(submit)
		seen("code")
		b.Type("#f-code", code(t, secret, 0))
		b.Follow(submit)
		if at := b.Path(); at != "/me/account" {
			t.Errorf("the code leads to %s", at)
		}
	})
}
