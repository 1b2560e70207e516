package contesthttp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const joinPage = "/contests/" + contesttest.Code + "/office/join"

// A judge comes in by a card, over plain http at an address of the network, and marks: no page of a hall needs more of a browser.
func TestACardLetsAJudgeIn(t *testing.T) {
	if testing.Short() {
		t.Skip("prints cards in a browser; run without -short")
	}
	s := judgingAt(t, contesttest.Rule(0), 1, outside(t))
	o := webtest.Open(t, "http://"+s.address, webtest.Desk)
	o.SetCookie("session", s.People.SignIn("contest.organiser", "people.grants"))
	o.Go(joinPage)
	if webtest.Eval[bool](o, `window.isSecureContext`) {
		t.Fatal("the browser takes the address for a secure one: this would show nothing")
	}
	if text := o.Text("main"); !strings.Contains(text, "http://"+s.address+"/contests/"+contesttest.Code+"/screen") {
		t.Errorf("the screen's address is wanting: %s", text)
	}
	o.Shot("join-1280")
	o.Forget() // it says that it ignores a header that is for https
	o.Check()
	o.Follow(`form[action="` + joinPage + `"] .button-main`)
	o.Shot("join-cards-1280")
	o.Forget()
	o.Check()
	if n := o.Count(".join-cards .join-code"); n != 9 {
		t.Fatalf("%d cards", n)
	}
	if n := o.Paper("join-cards"); n < 3 {
		t.Errorf("cards and codes are on %d sheets", n)
	}
	address, code := o.Text(".join-card .join-address"), o.Text(".join-codes tbody tr td code")
	if cards := o.Text(".join-cards"); strings.Contains(cards, code) {
		t.Error("a card has its own code on it")
	}

	b := webtest.Open(t, "http://"+s.address, webtest.Phone)
	b.Go(strings.TrimPrefix(address, "http://"+s.address))
	b.Type("#f-code", code)
	b.Follow("main form .button-main")
	if at := b.Path(); at != judgePage {
		t.Fatalf("a card leads to %s: %s", at, b.Text("main"))
	}
	b.Wait(ready)
	var one seat.Seat
	for range 100 { // the page says that it is there once its script runs
		s.Must(s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			one, _, err = seat.Of(tx, contesttest.Code, s.Judges[0].Person)
			return err
		}))
		if one.Device != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if one.Seat != "j1" || one.Device == "" {
		t.Errorf("%+v", one)
	}
	in := webtest.Open(t, "http://"+s.address, webtest.Desk) // by the form, as on any page of a hall
	in.Go("/sign-in")
	in.Type("#f-login", s.People.Account("contest.organiser"))
	in.Type("#f-password", identitytest.Password)
	in.Follow(`form[action="/sign-in"] .button-main`)
	if text := in.Text("main"); strings.Contains(text, "别的网站") || in.Path() == "/sign-in" {
		t.Fatalf("nobody signs in over plain http: %s", text)
	}
	o.Go(joinPage)
	if text := o.Text("main"); !strings.Contains(text, "给还没有进来的 8 席做卡") {
		t.Errorf("the seat that came in is to have a card: %s", text)
	}
	phone := webtest.Beside(o, webtest.Phone)
	phone.Go(joinPage)
	phone.Shot("join-390")
	phone.Forget()
	phone.Check()
}

// Cards are made by who may give a judge their role, and by nobody else; another card ends the one before.
func TestWhoMakesCards(t *testing.T) {
	s := judgingAt(t, contesttest.Rule(0), 1, "127.0.0.1")
	ask := func(token, method string, form ...string) answer {
		v := visitor{site{t: t, url: "http://" + s.address}, token}
		if method == http.MethodGet {
			return v.get(joinPage)
		}
		return v.post(joinPage, form...)
	}
	ask(s.Token(s.Organiser), http.MethodGet).want(http.StatusOK, "做卡要由授权管理员来", "!做一张")
	ask(s.Token(s.Organiser), http.MethodPost, "seat", "j1").want(http.StatusConflict, "还要“授权管理员”的角色", "!/invitation/")
	ask(s.Token(s.Judges[0]), http.MethodPost, "seat", "j1").want(http.StatusForbidden, "!/invitation/")
	ask(s.Token(s.Keeper), http.MethodGet).want(http.StatusForbidden)
	ask("", http.MethodPost, "seat", "j1").want(http.StatusForbidden)

	both := s.People.SignIn("contest.organiser", "people.grants")
	ask(both, http.MethodPost, "seat", "j99").want(http.StatusConflict, "没有要做卡的席位")
	token := func() string {
		_, rest, _ := strings.Cut(ask(both, http.MethodPost, "seat", "j1").want(http.StatusOK, "j1", "!j2").body, "/invitation/")
		text, _, _ := strings.Cut(rest, "<")
		return text
	}
	first, second := token(), token()
	nobody := visitor{site{t: t, url: "http://" + s.address}, ""}
	_, err := s.People.Invitations.Open(t.Context(), first, "browser")
	if err == nil {
		t.Error("the first card is good still")
	}
	if _, err := s.People.Invitations.Open(t.Context(), second, "browser"); err != nil {
		t.Error(err)
	}
	nobody.get(joinPage).want(http.StatusSeeOther)
}
