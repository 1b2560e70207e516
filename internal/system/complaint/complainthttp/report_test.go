package complainthttp_test

import (
	"bytes"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const reportPage, followPage = "/complaints/report", "/complaints/follow"

// standing begins what takes reports of the public all year.
func (s site) standing() { s.Begin("GZ2026", "public") }

// part is a field of a form, or a file where it has a name.
type part struct{ field, name, text string }

// report sends the form of a report, as a browser without scripts does.
func (s site) report(parts ...part) (status int, body string) {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var to io.Writer
		var err error
		if p.name != "" {
			to, err = w.CreateFormFile(p.field, p.name)
		} else {
			to, err = w.CreateFormField(p.field)
		}
		if err == nil {
			_, err = io.WriteString(to, p.text)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.sent(reportPage, w.FormDataContentType(), &b)
}

func jpegOf(t *testing.T, seed uint64) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, evidencetest.Scene{Seed: seed, W: 640, H: 480}.Draw(), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	onceIn   = regexp.MustCompile(`name="once" value="([A-Z2-7]{26})"`)
	codeIn   = regexp.MustCompile(`data-code>([^<]+)<`)
	secretIn = regexp.MustCompile(`data-secret>([^<]+)<`)
	valueIn  = regexp.MustCompile(`name="photo" value="([^"]+)" checked`)
)

func only(t *testing.T, re *regexp.Regexp, body string) string {
	t.Helper()
	m := re.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in %s", re, body)
	}
	return m[1]
}

// What somebody typed and the photo that came stay through every refusal; what is sent twice is one letter with one
// secret; the secret alone shows where it stands.
func TestThePublicReports(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		if status, body := s.ask("", http.MethodGet, reportPage, ""); status != http.StatusOK || !strings.Contains(body, "现在不收") || strings.Contains(body, "<textarea") {
			t.Errorf("while it is shut: %d", status)
		}
		if status, body := s.report(part{"text", "", "河边倒泔水很久了"}, part{"place", "", "桥下"}); status != http.StatusConflict || !strings.Contains(body, "12345") || !strings.Contains(body, "河边倒泔水很久了") {
			t.Errorf("sent while it is shut: %d", status)
		}
		s.standing()
		_, form := s.ask("", http.MethodGet, reportPage, "")
		once := only(t, onceIn, form)
		said := []part{{"once", "", once}, {"text", "", "夜里往河里倒泔水\n很久了"}, {"kind", "", "water"}, {"lat", "", "north"}, {"photo", "now.jpg", jpegOf(t, 31)}}
		status, body := s.report(said...)
		for _, kept := range []string{"夜里往河里倒泔水", "读不懂", `value="north"`, once, "已收到，不用再选"} {
			if status != http.StatusUnprocessableEntity || !strings.Contains(body, kept) {
				t.Fatalf("%d without %q: %s", status, kept, body)
			}
		}
		photo := only(t, valueIn, body)
		mended := []part{said[0], said[1], said[2], {"lat", "", "36.617"}, {"lon", "", "101.778"}, {"photo", "", photo}}
		status, body = s.report(mended...)
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		letterCode, secret := only(t, codeIn, body), only(t, secretIn, body)
		if _, again := s.report(mended...); only(t, codeIn, again) != letterCode || only(t, secretIn, again) != secret {
			t.Error("sent twice it is two letters")
		}
		another := []part{said[0], {"text", "", "另一件：工地凌晨打桩"}, {"place", "", "西门口"}}
		status, body = s.report(another...)
		if status != http.StatusConflict || !strings.Contains(body, "还没有收下") || !strings.Contains(body, "工地凌晨打桩") || only(t, onceIn, body) == once {
			t.Errorf("another problem from the same form: %d %s", status, body)
		}
		another[0].text = only(t, onceIn, body)
		if status, body = s.report(another...); status != http.StatusOK || only(t, codeIn, body) == letterCode {
			t.Errorf("sent again from that page: %d %s", status, body)
		}
		s.follows(letterCode, secret)
	})
}

// follows looks at what a secret shows.
func (s site) follows(code, secret string) {
	s.t.Helper()
	status, body := s.post("", followPage, url.Values{"token": {strings.ToLower(secret)}}.Encode())
	if status != http.StatusOK || !strings.Contains(body, code) || !strings.Contains(body, "GZ2026-0001") || strings.Contains(body, "泔水") || strings.Contains(body, `name="says"`) {
		s.t.Errorf("%d %s", status, body)
	}
	for range bound.Secret.Most {
		status, body = s.post("", followPage, "token=AAAA")
	}
	if status != http.StatusNotFound && status != http.StatusUnprocessableEntity || !strings.Contains(body, "凭证不对") {
		s.t.Errorf("a wrong one: %d %s", status, body)
	}
	if status, body = s.post("", followPage, "token=BBBB"); status != http.StatusForbidden || !strings.Contains(body, "BBBB") {
		s.t.Errorf("many wrong ones: %d", status)
	}
	if status, _ := s.ask("", http.MethodGet, "/complaints/letters/public/GZ2026/"+url.PathEscape(code), ""); status != http.StatusNotFound {
		s.t.Errorf("the code shows what was not published: %d", status)
	}
}

// A network sends so many and no more, and whoever is refused for it keeps what they typed.
func TestReportsAreBounded(t *testing.T) {
	s := serve(t)
	s.standing()
	report := []part{{"text", "", "夜里往河里倒泔水"}, {"place", "", "桥下"}}
	for range bound.Report.Most {
		if status, body := s.report(report...); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	status, body := s.report(append(report, part{"photo", "now.jpg", jpegOf(t, 3)})...)
	if status != http.StatusForbidden || !strings.Contains(body, "分钟后再试") || !strings.Contains(body, "夜里往河里倒泔水") || !strings.Contains(body, "桥下") {
		t.Errorf("%d %s", status, body)
	}
}

// What no page offers is refused at its field.
func TestReportsOfNonsense(t *testing.T) {
	s := serve(t)
	s.standing()
	for _, wrong := range []part{{"kind", "", "gold"}, {"division", "", "110101"}, {"division", "", "x"}, {"lat", "", "91"}, {"photo", "", strings.Repeat("0", 64) + " other.jpg"}} {
		status, body := s.report(part{"text", "", "夜里往河里倒泔水"}, part{"place", "", "桥下"}, wrong)
		if status != http.StatusUnprocessableEntity && status != http.StatusConflict || !strings.Contains(body, "夜里往河里倒泔水") {
			t.Errorf("%v: %d", wrong, status)
		}
	}
}

// The office opens and shuts it; nobody else does.
func TestTheOfficeSwitchesReports(t *testing.T) {
	s := serve(t)
	office, unit := s.token("complaint.coordinator", "督察整改办"), s.token("complaint.unit", "市医院")
	at := "/complaints/campaigns/XN2023"
	if status, _ := s.post(unit, at+"/reports", "seen=1&reports=page"); status != http.StatusForbidden {
		t.Errorf("a unit: %d", status)
	}
	if status, body := s.post(office, at+"/reports", "seen=1&reports=gold"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请选一种") {
		t.Errorf("nonsense: %d", status)
	}
	if status, _ := s.post(office, at+"/reports", "seen=1&reports=page"); status != http.StatusSeeOther {
		t.Errorf("%d", status)
	}
	if _, body := s.ask("", http.MethodGet, "/complaints", ""); !strings.Contains(body, reportPage) {
		t.Error("the door does not lead there")
	}
	if status, body := s.report(part{"text", "", "夜里往河里倒泔水"}, part{"place", "", "桥下"}); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	// The evening's table goes on beside it, in a batch of its own.
	if o := s.Take("XN2023", "受理编号,交办问题基本情况\nD3QH202311270001,新的一件\n"); o.Number != 2 || o.Source != intake.Table {
		t.Errorf("%+v", o.Received)
	}
	day := s.Day(0).String()
	for at, want := range map[string]string{
		"/complaints/desk?campaign=XN2023": "公众反映 " + day, "/complaints/bulletins?campaign=XN2023": "公众反映 " + day + "：1 件没有公开",
		"/complaints/letters?campaign=XN2023&batch=" + day: `value="` + day + `"`, "/complaints/letters?campaign=XN2023&batch=" + strings.ReplaceAll(day, "-", ""): `value="` + day + `"`,
	} {
		if status, body := s.ask(office, http.MethodGet, at, ""); status != http.StatusOK || !strings.Contains(body, want) || strings.Contains(body, "第 "+strings.ReplaceAll(day, "-", "")) {
			t.Errorf("%s: %d without %q", at, status, want)
		}
	}
}

// Nobody is told that something was taken by a link that somebody made up, and a problem in hand takes nothing.
func TestNothingIsConfirmedThatWasNot(t *testing.T) {
	s := serve(t)
	s.Publish("XN2023", 1)
	for _, q := range []string{"?said=1", "?said=zzzzzz.00000000000000000000000000000000"} {
		if _, body := s.ask("", http.MethodGet, letterPage+q, ""); strings.Contains(body, "您的话记下了") {
			t.Errorf("%s confirms a word", q)
		}
	}
	for _, q := range []string{"?told=1", "?told=zzzzzz.00000000000000000000000000000000"} {
		if _, body := s.ask("", http.MethodGet, problemPage+q, ""); strings.Contains(body, "收下了") {
			t.Errorf("%s confirms an objection", q)
		}
	}
	for _, form := range []string{"", "what=x", "nonsense=1&sure=1"} {
		if status, body := s.post("", problemPage, form); status != http.StatusGone || !strings.Contains(body, "现在不收异议") {
			t.Errorf("%q: %d %s", form, status, body)
		}
	}
}

// A complainant reports on a phone with a photo, keeps the code and the secret, follows it, and gives the word that the
// checker hears.
func TestAComplainantOnAPhone(t *testing.T) {
	s := serve(t)
	s.standing()
	b := webtest.Open(t, s.url, webtest.Phone)
	b.Go("/complaints")
	b.Shot("public-door-phone")
	b.Check()
	b.Follow(`a[href="` + reportPage + `"]`)
	b.Shot("report-phone")
	b.Check()
	b.Choose(`#f-photo`, s.shots(41)...)
	b.Follow(send) // without a text and a place: the photo stays
	b.Forget()
	b.Shot("report-wrong-phone")
	b.Check()
	if b.Count(`.chosen-file`) != 1 || b.Count(`#e-text`) != 1 || b.Count(`#e-place`) != 1 {
		t.Error(b.Text("main"))
	}
	set(b, "text", "夜里十一点以后，河边的饭店往河里倒泔水，已经半个月")
	b.Type("#f-place", "南川河文化公园桥下")
	b.Click(`input[name="kind"][value="water"]`)
	b.Follow(send)
	b.Wait(`!document.querySelector('[data-print]').hidden`)
	b.Shot("report-sent-phone")
	b.Check()
	secret := b.Text("[data-secret]")
	b.Go(followPage + "#secret=" + strings.ReplaceAll(secret, " ", ""))
	b.Wait(`document.querySelector('#f-token').value !== '' && location.hash === ''`)
	b.Follow(send)
	b.Shot("follow-phone")
	b.Check()
	if text := b.Text("main"); !strings.Contains(text, "GZ2026-0001") || strings.Contains(text, "泔水") {
		t.Error(text)
	}
	s.dealt(b, secret)
}

// dealt has the office and the unit deal with what was reported, and its complainant say that it is not solved.
func (s site) dealt(b *webtest.Tab, secret string) {
	t := s.t
	t.Helper()
	s.develop()
	p := s.Look("GZ2026-0001")
	l := s.LettersOf(p)[0]
	office := s.as("complaint.coordinator", "督察整改办", webtest.Desk)
	office.Go("/complaints/letters/" + l.ID)
	office.Shot("report-office-desk")
	office.Check()
	if office.Count(`.strip img`) != 1 {
		t.Error("the office does not see the photo")
	}
	s.Handed("GZ2026-0001", 700)
	unit := s.as("complaint.unit", "市医院", webtest.Desk)
	unit.Go(problem.At("GZ2026-0001"))
	if text := unit.Text("main"); strings.Contains(text, "泔水") || strings.Contains(text, "反映人交来的照片") {
		t.Errorf("the unit sees %s", text)
	}
	b.Go(followPage)
	b.Type("#f-token", secret)
	b.Follow(send)
	b.Click(`input[name="says"][value="not"]`)
	b.Follow(`main form .button-main`)
	b.Shot("follow-said-phone")
	b.Check()
	if said := s.words(s.Look("GZ2026-0001")); len(said) != 1 || said[0] != "token not" {
		t.Errorf("%v", said)
	}
	b.Resize(webtest.Desk.Width, webtest.Desk.Height)
	b.Shot("follow-said-desk")
	b.Check()
	b.Go(reportPage)
	b.Shot("report-desk")
	b.Check()
	office.Go("/complaints/campaigns/GZ2026")
	office.Shot("campaign-reports-desk")
	office.Check()
	if s.Look("GZ2026-0001").Stage != complaint.Rectifying {
		t.Error("it is not in hand")
	}
}
