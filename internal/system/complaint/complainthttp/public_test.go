package complainthttp_test

import (
	"bytes"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const (
	letterPage  = "/complaints/letters/public/XN2023/D3QH202311260001"
	problemPage = "/complaints/problems/public/XN2023-0001"
)

// words are what was said of a problem by whom.
func (s site) words(p problem.Problem) (all []string) {
	s.t.Helper()
	err := s.DB.View(s.t.Context(), func(tx *db.Tx) error {
		words, err := problem.Words(tx, p)
		for _, w := range words {
			all = append(all, w.Source+" "+w.Says)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// sayWord says something of the letter with a secret.
func (s site) sayWord(token, says string) (int, string) {
	s.t.Helper()
	return s.post("", letterPage, url.Values{"token": {token}, "says": {says}}.Encode())
}

// hand sends a form with a word and a photo, as a browser without scripts does.
func (s site) hand(photo []byte, times int) (status int, body string) {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("what", "还是臭"); err != nil {
		s.t.Fatal(err)
	}
	name := ""
	if photo != nil {
		name = "now.jpg"
	}
	var err error
	for range times {
		part, made := w.CreateFormFile("photo", name)
		if err = made; err == nil {
			_, err = part.Write(photo)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.sent(problemPage, w.FormDataContentType(), &b)
}

// sent sends a form of nobody who is signed in, as it is.
func (s site) sent(path, kind string, body io.Reader) (status int, text string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", kind)
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return a.StatusCode, string(all)
}

// Only the secret of this letter gives its complainant's word; wrong ones tell nothing, and there are few of them.
func TestOnlyTheSecretGivesTheWord(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		p := s.Look(code)
		l, other := s.LettersOf(p)[0], s.LettersOf(s.Look("XN2023-0002"))[0]
		token, foreign := s.Secret(l), s.Secret(other)
		if status, _ := s.sayWord(token, problem.Solved); status != http.StatusNotFound {
			t.Errorf("a letter that was not published answers %d", status)
		}
		s.Publish("XN2023", 1)
		_, unknown := s.sayWord("AAAA", problem.NotSolved)
		status, of := s.sayWord(foreign, problem.NotSolved)
		if status != http.StatusUnprocessableEntity || !strings.Contains(of, "凭证不对") || !strings.Contains(of, foreign) || onceIn.ReplaceAllString(strings.ReplaceAll(of, foreign, "AAAA"), "") != onceIn.ReplaceAllString(unknown, "") {
			t.Errorf("the secret of another letter tells something, or is lost: %d", status)
		}
		if status, body := s.sayWord(token, ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请选") || !strings.Contains(body, token) {
			t.Errorf("nothing chosen: %d", status)
		}
		spaced := strings.ToLower(token[:4] + " " + token[4:])
		for range bound.Secret.Most { // right ones cost nothing
			if status, body := s.sayWord(spaced, problem.Unsure); status != http.StatusSeeOther {
				t.Fatalf("%d %s", status, body)
			}
		}
		if said := s.words(p); len(said) != bound.Secret.Most || said[0] != "token unsure" {
			t.Errorf("%v", said)
		}
		for range bound.Secret.Most {
			status, _ = s.sayWord("BBBB", problem.Solved)
		}
		if status != http.StatusForbidden {
			t.Errorf("wrong secrets are not slowed: %d", status)
		}
		if status, body := s.sayWord(token, problem.NotSolved); status != http.StatusForbidden || !strings.Contains(body, "分钟后") || !strings.Contains(body, token) {
			t.Errorf("%d", status)
		}
	})
}

// While a closing is open to objections anybody objects; who complained and says that it is not solved, and anybody with a
// photo, propose to begin again.
func TestWhatThePublicMaySay(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		token := s.Secret(s.LettersOf(s.Look(code))[0])
		s.Checked(code, 500)
		if status, _ := s.ask("", http.MethodGet, problemPage, ""); status != http.StatusNotFound {
			t.Errorf("a problem that was not published answers %d", status)
		}
		s.Publish("XN2023", 1)
		long := strings.Repeat("臭", 1001)
		for what, want := range map[string]string{"": "请写明哪里不同意", long: "最多 1000 个字"} {
			if status, body := s.post("", problemPage, url.Values{"what": {what}}.Encode()); status != http.StatusUnprocessableEntity || !strings.Contains(body, want) || !strings.Contains(body, what) {
				t.Errorf("%.10q: %d", what, status)
			}
		}
		if status, body := s.post("", problemPage, url.Values{"what": {"夜里还有味道"}}.Encode()); status != http.StatusSeeOther {
			t.Fatalf("%d %s", status, body)
		}
		if _, body := s.ask("", http.MethodGet, problemPage+"?told=1", ""); !strings.Contains(body, "1 条异议等协调联络组决定，最迟 20") || strings.Contains(body, "夜里还有味道") {
			t.Errorf("%s", body)
		}
		if status, _ := s.sayWord(token, problem.NotSolved); status != http.StatusSeeOther {
			t.Errorf("%d", status)
		}
		if status, _ := s.sayWord(token, problem.NotSolved); status != http.StatusSeeOther {
			t.Errorf("%d", status)
		}
		all := s.Children(s.Look(code))
		if len(all) != 2 || all[0].Process != complaint.Objection.Key || all[1].Process != complaint.Proposal.Key {
			t.Fatalf("%+v", all)
		}
		s.filed(all...)
		s.shown()
	})
}

// filed dismisses what was objected and proposed, and files the problem as closed.
func (s site) filed(said ...problem.Child) {
	s.t.Helper()
	s.Days(20)
	for _, c := range said {
		move := "dismiss"
		if c.Process == complaint.Proposal.Key {
			move = "decline"
		}
		if _, err := s.Problems.Decide(s.Ctx(), s.Clerk, problem.Decision{Child: c.ID, Seen: c.Version, Move: move, Why: "复测达标"}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.move(s.Clerk, problem.Move{Move: "file"})
}

// shown has somebody without a secret say that it is not solved.
func (s site) shown() {
	t := s.t
	t.Helper()
	if status, body := s.hand(nil, 1); status != http.StatusUnprocessableEntity || !strings.Contains(body, "没有照片不收") || !strings.Contains(body, "还是臭") {
		t.Errorf("without a photo: %d %s", status, body)
	}
	if status, body := s.hand([]byte("MZ is no photo"), 1); status != http.StatusUnprocessableEntity || !strings.Contains(body, "还是臭") {
		t.Errorf("no photo: %d %s", status, body)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, evidencetest.Scene{Seed: 900, W: 640, H: 480}.Draw(), nil); err != nil {
		t.Fatal(err)
	}
	if status, body := s.hand(photo.Bytes(), 2); status != http.StatusUnprocessableEntity || !strings.Contains(body, "一次最多交 1 个文件") {
		t.Errorf("two at once: %d", status)
	}
	if status, body := s.hand(photo.Bytes(), 1); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	s.develop()
	all := s.Children(s.Look(code))
	if len(all) != 3 || all[2].Process != complaint.Proposal.Key || all[2].Letter != "" || !all[2].Open() {
		t.Fatalf("%+v", all)
	}
	var items []evidence.Item
	if err := s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		items, err = evidence.Items(tx, complaint.System, all[2].Shown())
		return err
	}); err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	tile := "/photos/" + items[0].ID
	_, public := s.ask("", http.MethodGet, problemPage, "")
	if strings.Contains(public, items[0].ID) || strings.Contains(public, "还是臭") || !strings.Contains(public, "1 条重开建议") {
		t.Errorf("the public sees %s", public)
	}
	clerk, unit := s.token("complaint.coordinator", "督察整改办"), s.token("complaint.unit", "市医院")
	if _, body := s.ask(clerk, http.MethodGet, problem.At(code), ""); !strings.Contains(body, items[0].ID) || !strings.Contains(body, "还是臭") {
		t.Error("the office does not see what was shown")
	}
	if status, _ := s.ask(clerk, http.MethodGet, tile+"/screen", ""); status != http.StatusOK {
		t.Errorf("the office is answered %d", status)
	}
	if status, _ := s.ask(unit, http.MethodGet, tile+"/screen", ""); status != http.StatusForbidden {
		t.Errorf("the unit is answered %d", status)
	}
	if status, _ := s.post(clerk, tile+"/publish", "version=1"); status != http.StatusForbidden {
		t.Errorf("it can be published: %d", status)
	}
}

// On a phone the secret comes behind the # of a link, and is gone from the address; on both widths the pages hold.
func TestWhoComplainedSaysSoOnAPhone(t *testing.T) {
	s := serve(t)
	token := s.Secret(s.LettersOf(s.Look(code))[0])
	s.Checked(code, 600)
	s.Publish("XN2023", 1)
	b := webtest.Open(t, s.url, webtest.Phone)
	b.Go(letterPage + "#secret=" + token)
	b.Wait(`document.querySelector('#f-token').value === '` + token + `' && location.hash === ''`)
	b.Follow(`#say .button-main`) // nothing is chosen
	b.Forget()
	b.Shot("say-wrong-phone")
	b.Check()
	if b.Count(`#e-says`) != 1 {
		t.Error("what is wrong is not said")
	}
	b.Click(`input[name="says"][value="not"]`)
	b.Follow(`#say .button-main`)
	b.Shot("say-said-phone")
	b.Check()
	if said := s.words(s.Look(code)); said[len(said)-1] != "token not" {
		t.Errorf("%v", said)
	}
	b.Go(letterPage)
	b.Follow(`a[href="` + problemPage + `"]`)
	b.Shot("object-phone")
	b.Check()
	webtest.Eval[string](b, `document.querySelector('#f-what').value = '夜里还有味道'`)
	b.Follow(send)
	b.Shot("objected-phone")
	b.Check()
	if !strings.Contains(b.Text("main"), "1 条异议") {
		t.Error(b.Text("main"))
	}
	b.Resize(webtest.Desk.Width, webtest.Desk.Height)
	b.Shot("object-desk")
	b.Check()
	b.Go(letterPage)
	b.Shot("say-desk")
	b.Check()
	s.filed(s.Children(s.Look(code))...)
	b.Go(problemPage)
	b.Shot("doubt-desk")
	b.Check()
	b.Resize(webtest.Phone.Width, webtest.Phone.Height)
	b.Shot("doubt-phone")
	b.Check()
}
