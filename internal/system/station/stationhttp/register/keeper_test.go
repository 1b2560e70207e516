package register_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

var (
	linkShown = regexp.MustCompile(`/invitation/[A-Z0-9]+`)
	codeShown = regexp.MustCompile(`<code>(\d{6})</code>`)
)

// TestAKeeperComesInByALinkAndSpeaksForOneStation: the office invites a keeper from the
// station's page; the link and the code, which are shown once, let one phone in; it says
// that the station is open, pauses it and reopens it, and is refused at any other; once the
// office takes the role nothing is left of it.
func TestAKeeperComesInByALinkAndSpeaksForOneStation(t *testing.T) {
	site := pagetest.TownSite(t)
	office, keeper := pagetest.SignedIn(t, site, "station.office"), pagetest.Stranger(t)
	if a, body := pagetest.Send(t, office, site+"/stations/T-1/keepers", url.Values{"name": {""}, "phone": {"12"}}); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nobody was invited: %s %s", a.Status, body)
	}
	a, body := pagetest.Send(t, office, site+"/stations/T-1/keepers", url.Values{"name": {"王站长"}})
	link, code := linkShown.FindString(body), codeShown.FindStringSubmatch(body)
	if a.StatusCode != http.StatusOK || link == "" || code == nil {
		t.Fatalf("invited: %s %s", a.Status, body)
	}
	if a, _ := pagetest.GetAs(t, keeper, site+link); a.StatusCode != http.StatusOK {
		t.Fatalf("opened: %s", a.Status)
	}
	a, body = pagetest.Send(t, keeper, site+link, url.Values{"code": {code[1]}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/stations/many/kept" {
		t.Fatalf("bound: %s %s %s", a.Status, a.Header.Get("Location"), body)
	}
	say := func(code, version, door string) int {
		t.Helper()
		a, _ := pagetest.Send(t, keeper, site+"/stations/many/kept/"+code, url.Values{"version": {version}, "door": {door}})
		return a.StatusCode
	}
	_, body = pagetest.GetAs(t, keeper, site+"/stations/many/kept")
	pagetest.WantInOrder(t, body, `href="/stations/T-1"`, "今天照常开着", "暂停开放")
	if status := say("T-1", "1", "shut"); status != http.StatusSeeOther {
		t.Errorf("paused: %d", status)
	}
	_, body = pagetest.GetAs(t, keeper, site+"/stations/many/kept")
	pagetest.WantInOrder(t, body, "现在是暂停开放", "恢复开放")
	for what, c := range map[string]struct {
		code, version string
		want          int
	}{
		"a version of before":   {"T-1", "1", http.StatusConflict},
		"another's station":     {"T-2", "1", http.StatusForbidden},
		"one that is not there": {"NO", "1", http.StatusNotFound},
	} {
		if status := say(c.code, c.version, "open"); status != c.want {
			t.Errorf("%s: %d", what, status)
		}
	}
	for _, door := range []string{"", "<ajar>"} {
		a, body := pagetest.Send(t, keeper, site+"/stations/many/kept/T-1", url.Values{"version": {"2"}, "door": {door}})
		if a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("the door is said to be %q: %s", door, a.Status)
		}
		pagetest.WantInOrder(t, body, `action="/stations/many/kept/T-1"`, `class="wrong"`, "不明白：请点", "恢复开放")
	}
	if status := say("T-1", "2", "open"); status != http.StatusSeeOther {
		t.Errorf("reopened, after what nobody understood: %d", status)
	}
	if status := say("T-1", "3", "shut"); status != http.StatusSeeOther {
		t.Errorf("paused again: %d", status)
	}
	if a, _ := pagetest.Send(t, keeper, site+"/stations/T-1", url.Values{"version": {"4"}, "name": {"新"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("a keeper edits the register: %s", a.Status)
	}
	_, body = pagetest.GetAs(t, office, site+"/stations/T-1/keepers")
	pagetest.WantInOrder(t, body, "王站长", `name="grant"`)
	grant := regexp.MustCompile(`name="grant" value="([^"]+)"`).FindStringSubmatch(body)[1]
	if a, _ := pagetest.Send(t, office, site+"/stations/T-1/keepers/take", url.Values{"grant": {grant}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("taken: %s", a.Status)
	}
	if status := say("T-1", "4", "open"); status != http.StatusForbidden {
		t.Errorf("a keeper no longer: %d", status)
	}
	// Who answers for another district invites nobody here.
	far, err := gb.Parse("110101")
	if err != nil {
		t.Fatal(err)
	}
	other := pagetest.Stranger(t)
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	other.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: pagetest.Office(t, site).SignInFor(identity.Giving{Role: "station.office", Scope: right.Scope{Division: far}})}})
	if a, _ := pagetest.Send(t, other, site+"/stations/T-1/keepers", url.Values{"name": {"李某"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("an office elsewhere invites: %s", a.Status)
	}
}

// TestAKeeperInABrowser is the keeper's page at both widths, as pictures, too.
func TestAKeeperInABrowser(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	code := pagetest.DemoStation(t)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			office := webtest.Open(t, site, view)
			pagetest.SignIn(t, office, site, "station.office")
			office.Go("/stations/" + code + "/keepers")
			office.Type("#f-name", "王站长")
			office.Shot("keepers-" + name)
			office.Check()
			office.Follow(`form .button-main`)
			office.Shot("invited-" + name)
			office.Check()
			link, number := office.Text("pre code"), office.Text("p code")
			keeper := webtest.Open(t, site, view)
			keeper.Go(link[strings.Index(link, "/invitation/"):])
			keeper.Type("#f-code", number)
			keeper.Follow(`form .button-main`)
			keeper.Shot("keeper-" + name)
			keeper.Check()
			keeper.Follow(`[value="open"]`)
			if done := keeper.Text(".notice-title"); !strings.Contains(done, "照常开着") {
				t.Errorf("it says “%s” at %s", done, keeper.Path())
			}
			keeper.Go("/me/account")
			keeper.Shot("keeper-me-" + name)
			keeper.Check()
		})
	}
}
