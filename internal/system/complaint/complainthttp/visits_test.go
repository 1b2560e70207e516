package complainthttp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const another = "XN2023-0002"

// promised is a site whose first two problems are being put right, each with a promise and a place on the map.
func promised(t *testing.T) site {
	t.Helper()
	s := serveOn(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	for i, one := range []string{code, another} {
		p := s.Look(one)
		if _, err := s.Problems.Describe(s.Ctx(), s.Clerk, problem.Description{
			Problem: p.ID, SeenAt: p.ChangedAt, Title: p.Title, Division: p.Where(), Kinds: p.KindList(), Key: p.KeyItem, Site: p.Site, At: complainttest.Corner(4+i, 5+4*i),
		}); err != nil {
			t.Fatal(err)
		}
		handed := s.Handed(one, uint64(20*i+1))
		if _, err := s.Problems.AddMeasure(s.Ctx(), s.Unit, problem.NewMeasure{Problem: handed.ID, What: []string{"暂存间加盖密闭", "更换油烟净化器"}[i], Day: s.Day(9)}); err != nil {
			t.Fatal(err)
		}
	}
	s.develop()
	return s
}

const (
	unsent = `document.querySelector('[data-acts]')?.dataset.actsUnsent === `
	onHand = `document.querySelector('[data-acts-ready]') && !document.querySelector('[data-acts-line=kept]').hidden && navigator.serviceWorker.controller`
)

// pick chooses what was found in a form of a stop.
func pick(b *webtest.Tab, form, words string) {
	webtest.Eval[bool](b, `(document.querySelector('`+form+` input[value="`+words+`"]').click(), true)`)
}

// dictate writes into a field of several lines that is empty.
func dictate(b *webtest.Tab, field, text string) {
	b.Click(field)
	b.Press(text)
}

// note does what a form of a stop asks and waits until it is noted on the phone.
func note(b *webtest.Tab, form, n string) {
	b.Click(form + ` button[type=submit]`)
	b.Wait(unsent + `'` + n + `'`)
}

// A supervisor opens the round, goes where there is no signal, notes two stops with a photo, an instruction and a signature; the tab is
// killed, and opened again without a signal; meanwhile somebody else was there with another phone. With a signal again all of it is
// sent, once, and once more: nothing is lost and nothing is there twice.
func TestARoundWithoutASignal(t *testing.T) {
	s := promised(t)
	line := webtest.NewLine(t, s.url)
	token := s.token("complaint.supervisor", "市政府")
	who := s.People.Who(token)
	b := webtest.Open(t, line.URL, webtest.Phone)
	b.SetCookie("session", token)
	b.Go("/complaints/visits")
	b.Shot("visits-none")
	b.Go("/complaints/visits/new")
	pick(b, "form.stack", another)
	pick(b, "form.stack", code)
	pick(b, "form.stack", "walk")
	b.Shot("visit-new")
	b.Check()
	b.Follow(`form.stack .button-main`)
	b.Wait(onHand)
	at := b.Path()
	if text := b.Text(".visit-stops"); !strings.Contains(text, "从上一站步行") || strings.Count(text, "还没有看") != 2 {
		t.Errorf("the round says %q", text)
	}
	b.Shot("visit-round")
	b.Check()
	id := strings.TrimPrefix(at, "/complaints/visits/")

	line.Cut()
	webtest.Signal(b, false)
	b.Go(at + "/" + code)
	b.Wait(`!document.querySelector('[data-offline-bundle]').hidden && document.querySelector('[data-acts-ready]')`)
	if text := b.Text("main"); !strings.Contains(text, "暂存间加盖密闭") || !strings.Contains(text, "市医院") {
		t.Errorf("the stop says %q", text)
	}
	pick(b, "#seen-1", "部分兑现")
	dictate(b, "#seen-1-note", "盖了，没有密闭")
	webtest.Attach(b, "#seen-1-photo", s.shots(501)...)
	note(b, "#seen-1", "1")
	dictate(b, "#told-what", "今晚换密封条")
	note(b, "#told", "2")
	b.Click("#signed-unit summary")
	b.Type("#signed-unit-name", "马晓峰")
	b.Drag("#signed-unit canvas", 0.2, 0.5, 0.8, 0.3)
	note(b, "#signed-unit", "3")
	if text := b.Text("[data-acts-here]"); !strings.Contains(text, "第 1 项：部分兑现。盖了，没有密闭") || !strings.Contains(text, "还没送出") {
		t.Errorf("the phone shows %q", text)
	}
	b.Shot("visit-stop-unsent")
	b.Forget() // Chromium notes each request without a network
	b.Check()
	b.Go(at + "/" + another)
	b.Wait(`document.querySelector('[data-acts-ready]')`)
	pick(b, "#seen-0", "门关着，进不去")
	dictate(b, "#seen-0-note", "敲门没有人应")
	note(b, "#seen-0", "4")

	webtest.Kill(b)
	other := s.token("complaint.supervisor", "市政府") // with another phone, and a signal
	if err := s.Visits.See(t.Context(), s.People.Who(other), visit.See{At: visit.At{Round: id, Problem: code}, Found: visit.Met, Note: "一起到场"}); err != nil {
		t.Fatal(err)
	}
	c := webtest.Beside(b, webtest.Phone)
	c.Go(at + "/" + code) // the line is still cut
	c.Wait(unsent + `'4'`)
	line.Mend()
	webtest.Signal(c, true)
	c.Wait(unsent + `'0'`)
	noted(t, s, who, id)
	c.Go(at + "/" + code)
	c.Wait(unsent + `'0'`)
	c.Wait(`document.querySelectorAll('.visit-found').length >= 4`)
	s.develop()
	c.Go(at + "/" + code)
	c.Shot("visit-stop-done")
	c.Forget()
	c.Check()
	noted(t, s, who, id)
	unitSees(t, s)
}

// noted is what has to be there, once.
func noted(t *testing.T, s site, who identity.Colleague, round string) {
	t.Helper()
	var here visit.Site
	for range 100 { // the server answers before the page is loaded anew
		var err error
		if here, err = s.Visits.At(t.Context(), who, round, code); err != nil {
			t.Fatal(err)
		}
		if len(here.Signed) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(here.Seen) != 2 || len(here.Told) != 1 || len(here.Signed) != 1 || len(here.Measures) != 2 || len(here.Items) != 2 {
		t.Fatalf("%d seen, %d told, %d signed, %d measures, %d items", len(here.Seen), len(here.Told), len(here.Signed), len(here.Measures), len(here.Items))
	}
	if here.Of(1).Found != visit.Partly || here.Of(1).Note != "盖了，没有密闭" || here.Outcome().Note != "一起到场" || here.Told[0].Measure != 2 || here.Measures[1].What != "今晚换密封条" {
		t.Errorf("%+v %+v", here.Seen, here.Told)
	}
	sign := here.Signed[0]
	if !sign.Covering(here.Of(1).Act) || !sign.Covering(here.Told[0].Act) || len(strings.Fields(sign.Covers)) != 2 || here.Signers[sign.Act] != "马晓峰" || sign.Items == "" ||
		!strings.Contains(sign.Words, "第 1 项：部分兑现。盖了，没有密闭\n指令：今晚换密封条") {
		t.Errorf("signed %q for %q by %v", sign.Words, sign.Covers, here.Signers)
	}
	there, err := s.Visits.At(t.Context(), who, round, another)
	if err != nil || len(there.Seen) != 1 || there.Outcome().Found != visit.Closed {
		t.Errorf("%+v %v", there.Seen, err)
	}
}

// unitSees wants the unit to find the visit and its measure where it works.
func unitSees(t *testing.T, s site) {
	t.Helper()
	b := s.as("complaint.unit", "市医院", webtest.Phone)
	b.Go(problem.At(code))
	if text := b.Text("#visits"); !strings.Contains(text, "部分兑现") || !strings.Contains(text, "今晚换密封条") || strings.Contains(text, "马晓峰") {
		t.Errorf("the unit sees %q", text)
	}
	if text := b.Text("#measure-2"); !strings.Contains(text, "今晚换密封条") || !strings.Contains(text, "现场督办时定的") {
		t.Errorf("the unit sees %q", text)
	}
	b.Shot("visit-problem")
	b.Check()
}

// Without scripts a stop is a page of ordinary forms; what is wrong is said at its field, and what was typed stays.
func TestAStopWithoutScripts(t *testing.T) {
	s := promised(t)
	r, err := s.Visits.Plan(s.Ctx(), s.Leader, visit.New{Campaign: "XN2023", Day: s.Day(0), Mode: visit.Drive, Problems: []string{code}})
	if err != nil {
		t.Fatal(err)
	}
	still := webtest.Phone
	still.NoScript = true
	b := s.as("complaint.supervisor", "市政府", still)
	at := "/complaints/visits/" + r.ID + "/" + code
	b.Go(at)
	dictate(b, "#told-what", "打电话给 13812345678 催办")
	b.Follow("#told .button-main")
	if text := b.Text("#told"); !strings.Contains(text, "不能有个人信息") || !strings.Contains(text, "13812345678") {
		t.Errorf("the form says %q", text)
	}
	b.Shot("visit-noscript")
	b.Go(at)
	dictate(b, "#told-what", "今晚换密封条")
	b.Follow("#told .button-main")
	dictate(b, "#seen-0-note", "看过了")
	b.Follow("#seen-0 button[type=submit]")
	if text := b.Text("#seen-0"); !strings.Contains(text, "请选看到的情况") {
		t.Errorf("the form says %q", text)
	}
	here, err := s.Visits.At(t.Context(), s.Leader, r.ID, code)
	if err != nil || len(here.Told) != 1 || here.Told[0].Measure != 2 || len(here.Seen) != 0 {
		t.Errorf("%+v %v", here.Told, err)
	}
}

// A round is for those who supervise, coordinate or look where it is.
func TestWhoMaySeeARound(t *testing.T) {
	s := promised(t)
	r, err := s.Visits.Plan(s.Ctx(), s.Leader, visit.New{Campaign: "XN2023", Day: s.Day(0), Mode: visit.Drive, Problems: []string{code}})
	if err != nil {
		t.Fatal(err)
	}
	east, err := gb.Parse("630102")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := s.People.SignInFor(identity.Giving{Role: "complaint.supervisor", Organisation: s.Orgs["市政府"], Scope: right.Scope{Division: east}})
	at := "/complaints/visits/" + r.ID
	for name, c := range map[string]struct {
		token string
		want  int
	}{
		"supervisor":    {s.token("complaint.supervisor", "市政府"), http.StatusOK},
		"office":        {s.token("complaint.coordinator", "督察整改办"), http.StatusOK},
		"unit":          {s.token("complaint.unit", "市医院"), http.StatusForbidden},
		"another place": {elsewhere, http.StatusForbidden},
	} {
		for _, path := range []string{at, at + "/" + code, at + "/bundle.json"} {
			if status, _ := s.ask(c.token, http.MethodGet, path, ""); status != c.want {
				t.Errorf("%s at %s: %d", name, path, status)
			}
		}
	}
	if status, _ := s.ask(elsewhere, http.MethodPost, at+"/"+code+"/seen", "found=met"); status != http.StatusForbidden {
		t.Errorf("acting from another place: %d", status)
	}
}
