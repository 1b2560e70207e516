package complainthttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// A form that is sent twice, pressed twice or by a reload, is done once; what is changed in one that was sent comes back
// with another number, and is taken then. That holds for what the public says and for what units and offices add.
func TestAFormThatIsSentTwiceIsDoneOnce(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		s := serveOn(t, d)
		token := s.Secret(s.LettersOf(s.Look(code))[0])
		unit, office, leader := s.token("complaint.unit", "市医院"), s.token("complaint.coordinator", "督察整改办"), s.token("complaint.supervisor", "市政府")
		s.Handed("XN2023-0003", 700)
		s.Checked(code, 500)
		s.Publish("XN2023", 1)
		day := s.Day(9)
		r, err := s.Visits.Plan(s.Ctx(), s.Leader, visit.New{Campaign: "XN2023", Day: s.Day(0), Mode: visit.Drive, Problems: []string{"XN2023-0003"}})
		if err != nil {
			t.Fatal(err)
		}
		stop := "/complaints/visits/" + r.ID + "/XN2023-0003"
		at := problem.At("XN2023-0003")
		measures := func() int { return len(s.whole("XN2023-0003").Measures) }
		for name, form := range map[string]struct {
			session, at, to string
			first, then     url.Values
			count           func() int
		}{
			"objection": {"", problemPage, problemPage, url.Values{"what": {"夜里还有味道"}}, url.Values{"what": {"白天也有"}}, func() int { return len(s.Children(s.Look(code))) }},
			"word":      {"", letterPage, letterPage, url.Values{"token": {token}, "says": {"solved"}}, url.Values{"token": {token}, "says": {"unsure"}}, func() int { return strings.Count(strings.Join(s.words(s.Look(code)), " "), "token") }},
			"measure":   {unit, at + "/add/measure", at + "/add/measure", url.Values{"what": {"换密封条"}, "day": {day.String()}}, url.Values{"what": {"换风机"}, "day": {day.String()}}, measures},
			"sanction":  {office, at + "/add/sanction", at + "/add/sanction", url.Values{"kind": {"interview"}, "n": {"1"}, "day": {s.Day(0).String()}}, url.Values{"kind": {"interview"}, "n": {"2"}, "day": {s.Day(0).String()}}, func() int { return len(s.whole("XN2023-0003").Sanctions) }},
			"told":      {leader, stop, stop + "/told", url.Values{"what": {"今晚停炉"}, "day": {day.String()}}, url.Values{"what": {"明天停炉"}, "day": {day.String()}}, measures},
		} {
			t.Run(name, func(t *testing.T) {
				status, page := s.ask(form.session, http.MethodGet, form.at, "")
				if status != http.StatusOK {
					t.Fatal(status, page)
				}
				at := strings.Index(page, `action="`+form.to+`"`)
				if at < 0 {
					t.Fatal("no form", page)
				}
				once, before := only(t, onceIn, page[at:]), form.count()
				form.first.Set("once", once)
				form.then.Set("once", once)
				for range 2 {
					if status, body := s.post(form.session, form.to, form.first.Encode()); status != http.StatusSeeOther {
						t.Fatal(status, body)
					}
				}
				if n := form.count(); n != before+1 {
					t.Errorf("sent twice it is there %d times", n-before)
				}
				status, body := s.post(form.session, form.to, form.then.Encode())
				if status != http.StatusConflict || !strings.Contains(body, "这张表单已经交过一次") || form.count() != before+1 {
					t.Fatal(status, body)
				}
				if at = strings.Index(body, `action="`+form.to+`"`); at < 0 {
					t.Fatal(body)
				}
				again := only(t, onceIn, body[at:])
				if again == once {
					t.Error("it comes back with the number that was used")
				}
				form.then.Set("once", again)
				if status, body := s.post(form.session, form.to, form.then.Encode()); status != http.StatusSeeOther || form.count() != before+2 {
					t.Error(status, body)
				}
			})
		}
	})
}

// whole is a problem as the office sees it.
func (s site) whole(code string) problem.Whole {
	s.t.Helper()
	w, err := s.Problems.Get(s.Ctx(), s.Clerk, code)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}
