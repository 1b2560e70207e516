package app

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// TestAnEditorCorrectsHoursAndTheFinderObeys: an editor closes a station at night, and who
// looks for one at night is told so without a restart; a second editor who saw the old
// version is shown what the first one wrote; the page tells what changed and as whom, and
// nobody's name or reason.
func TestAnEditorCorrectsHoursAndTheFinderObeys(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	editor := signedIn(t, c, "station.office")
	site := running(t, c)
	night := calendar.DateOf(time.Now().In(calendar.China)).Add(1).String() + "T23:30"
	finds := func() string {
		t.Helper()
		_, body := get(t, site+"/api/v1/nearest?lon=101.782&lat=36.62&at="+night)
		return body
	}
	const shut = `"standing":"opens_later"`
	if body := finds(); !strings.Contains(body, `"code":"A-1"`) || strings.Contains(body, shut) {
		t.Fatalf("before: %s", body)
	}
	send := func(path string, form url.Values) (int, string, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "session", Value: editor})
		a, err := (&http.Transport{}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, a.Header.Get("Location"), string(b)
	}
	hours := url.Values{"version": {"1"}, "hours": {"周一至周日 9:00-18:00"}, "services": {"hot_water"}, "why": {"站长王某来电"}}
	if status, to, body := send("/stations/A-1", hours); status != http.StatusSeeOther || to != "/stations/A-1?done=edit" {
		t.Fatalf("corrected: %d %s %s", status, to, body)
	}
	for i := 0; !strings.Contains(finds(), shut); i++ {
		if i == 100 {
			t.Fatalf("the finder still says: %s", finds())
		}
		time.Sleep(100 * time.Millisecond)
	}
	late := url.Values{"version": {"1"}, "name": {"新名字"}, "hours": {"24小时"}, "services": {"hot_water"}}
	status, _, body := send("/stations/A-1", late)
	if status != http.StatusConflict || !strings.Contains(body, "刚被别人改过") || !strings.Contains(body, "新名字") || !strings.Contains(body, "09:00–18:00") {
		t.Errorf("the second of two: %d %s", status, body)
	}
	_, body = get(t, site+"/stations/A-1")
	for _, want := range []string{"工会驿站办公室", "改动记录（2 条）"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "王某") {
		t.Error("the page says who rang")
	}
	if body = getAs(t, site+"/stations/A-1", editor); !strings.Contains(body, "王某") || !strings.Contains(body, "某某") {
		t.Error("who may change the station is not told who did and why")
	}
	if status, to, body := send("/stations/A-1/undo", url.Values{"version": {"2"}}); status != http.StatusSeeOther {
		t.Errorf("undone: %d %s %s", status, to, body)
	}
	for i := 0; strings.Contains(finds(), shut); i++ {
		if i == 100 {
			t.Fatalf("undone, the finder still says: %s", finds())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// getAs fetches a page in a browser in which somebody is signed in.
func getAs(t *testing.T, address, session string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: session})
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
