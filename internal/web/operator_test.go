package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

const goodToken = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newTestOperator(token string) (*Operator, *clock) {
	c := &clock{time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	return newOperator(token, c.now), c
}

func post(from string, form url.Values, cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/plans", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = from
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func withToken(token string) url.Values { return url.Values{"token": {token}} }

func TestTheTokenSignsInAndTheSessionIsNotTheToken(t *testing.T) {
	o, clock := newTestOperator(goodToken)
	w := httptest.NewRecorder()
	r := post("192.0.2.1:5", withToken(" "+goodToken+"\n"))
	if err := o.Admit(w, r); err != nil {
		t.Fatal(err)
	}
	if !o.Signed(r) {
		t.Error("the page that answers the sign-in does not know of it")
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.String(), goodToken) {
		t.Errorf("the cookie is %v", c)
	}
	if err := o.Admit(httptest.NewRecorder(), post("192.0.2.2:5", nil, c)); err != nil {
		t.Errorf("with the cookie: %v", err)
	}
	for name, value := range map[string]string{"cut": c.Value[:len(c.Value)-2], "empty": "", "other": strings.Repeat("A", len(c.Value)), "changed": c.Value[:20] + flip(c.Value[20:21]) + c.Value[21:]} {
		if o.Signed(post("192.0.2.2:5", nil, &http.Cookie{Name: c.Name, Value: value})) {
			t.Errorf("a cookie that is %s is taken", name)
		}
	}
	if other, _ := newTestOperator(goodToken + "2"); other.Signed(post("192.0.2.2:5", nil, c)) {
		t.Error("a session outlives its token")
	}
	clock.at = clock.at.Add(operatorSession)
	if o.Signed(post("192.0.2.2:5", nil, c)) {
		t.Error("a session does not end")
	}
}

func TestASessionSignedOutIsRefusedWhereverItsCookieIs(t *testing.T) {
	o, clock := newTestOperator(goodToken)
	sign := func() *http.Cookie {
		w := httptest.NewRecorder()
		if err := o.Admit(w, post("192.0.2.1:5", withToken(goodToken))); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0]
	}
	one, other := sign(), sign()
	o.signOut(httptest.NewRecorder(), post("192.0.2.1:5", nil, one))
	if o.Signed(post("192.0.2.2:5", nil, one)) {
		t.Error("a copy of the cookie works after the sign-out")
	}
	if !o.Signed(post("192.0.2.1:5", nil, other)) {
		t.Error("another session ended with it")
	}
	o.signOut(httptest.NewRecorder(), post("192.0.2.9:5", nil, &http.Cookie{Name: operatorCookie, Value: strings.Repeat("A", len(one.Value))}))
	if len(o.ended) != 1 {
		t.Errorf("%d sessions are listed, one of them made up", len(o.ended))
	}
	clock.at = clock.at.Add(operatorSession)
	third := sign()
	o.signOut(httptest.NewRecorder(), post("192.0.2.1:5", nil, third))
	if len(o.ended) != 1 {
		t.Errorf("%d sessions are listed, some have run out", len(o.ended))
	}
}

func TestTheCookieIsSecureBehindAProxyThatSpeaksHTTPS(t *testing.T) {
	o, _ := newTestOperator(goodToken)
	for proto, want := range map[string]bool{"https": true, "http": false, "": false} {
		r := post("192.0.2.1:5", withToken(goodToken))
		r.Header.Set("X-Forwarded-Proto", proto)
		w := httptest.NewRecorder()
		if err := o.Admit(w, r); err != nil {
			t.Fatal(err)
		}
		if got := w.Result().Cookies()[0].Secure; got != want {
			t.Errorf("forwarded from %q: secure is %v", proto, got)
		}
	}
}

func flip(letter string) string {
	if letter == "A" {
		return "B"
	}
	return "A"
}

func TestABearerIsAdmittedWithoutASession(t *testing.T) {
	o, _ := newTestOperator(goodToken)
	r, w := post("192.0.2.1:5", nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer "+goodToken)
	if err := o.Admit(w, r); err != nil || len(w.Result().Cookies()) > 0 {
		t.Errorf("%v, %v", err, w.Result().Cookies())
	}
	r.Header.Set("Authorization", "Bearer nonsense")
	if err := o.Admit(w, r); fault.KindOf(err) != fault.Denied {
		t.Errorf("a wrong bearer: %v", err)
	}
}

func TestWithoutATokenNobodyIsAdmitted(t *testing.T) {
	o, _ := newTestOperator("")
	for _, form := range []url.Values{nil, withToken(""), withToken("x")} {
		if err := o.Admit(httptest.NewRecorder(), post("192.0.2.1:5", form)); fault.KindOf(err) != fault.Denied {
			t.Errorf("%v: %v", form, err)
		}
	}
}

func TestWrongTokensAreLimitedPerNetwork(t *testing.T) {
	o, clock := newTestOperator(goodToken)
	try := func(from, token string) error {
		return o.Admit(httptest.NewRecorder(), post(from, withToken(token)))
	}
	for range triesAllowed {
		if err := try("[2001:db8::1]:5", "wrong"); !strings.Contains(err.Error(), "operator.token") {
			t.Fatal(err)
		}
	}
	// The right one does not help now, and neither does another address of the network.
	for _, from := range []string{"[2001:db8::1]:6", "[2001:db8::ffff]:5"} {
		if err := try(from, goodToken); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s gets in after too many attempts", from)
		}
	}
	if err := try("[2001:db8:1::1]:5", goodToken); err != nil {
		t.Errorf("a neighbour is shut out: %v", err)
	}
	clock.at = clock.at.Add(triesWindow)
	if err := try("[2001:db8::1]:5", goodToken); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	o, _ := newTestOperator(goodToken)
	for i := range maxNetworks + 50 {
		o.attempts.begin(url.QueryEscape(string(rune('a'+i%26))) + time.Duration(i).String())
	}
	if n := len(o.attempts.of); n > maxNetworks+1 {
		t.Errorf("%d networks are kept", n)
	}
}

func TestSigningInLeadsBackAndNowhereElse(t *testing.T) {
	site, err := New(Options{Token: goodToken})
	if err != nil {
		t.Fatal(err)
	}
	h := site.Handler(site.NewMux())
	for back, want := range map[string]string{"/plans?q=1": "/plans?q=1", "//evil.example/": "/operator", "https://evil.example": "/operator", `/\evil.example`: "/operator", "": "/operator"} {
		r := httptest.NewRequest(http.MethodPost, "/operator", strings.NewReader(url.Values{"token": {goodToken}, "back": {back}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("back to %q: %d %q", back, w.Code, w.Header().Get("Location"))
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/operator", strings.NewReader(url.Values{"token": {"wrong"}, "back": {"/plans"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if body := w.Body.String(); w.Code != http.StatusForbidden || !strings.Contains(body, "口令不对") || !strings.Contains(body, `value="/plans"`) || strings.Contains(body, `value="wrong"`) {
		t.Errorf("a wrong token: %d %s", w.Code, body)
	}
}
