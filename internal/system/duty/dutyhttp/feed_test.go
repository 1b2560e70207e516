package dutyhttp_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
)

// address makes a calendar and returns the path of its address.
func (c colleague) address() string {
	c.o.t.Helper()
	_, _, body := c.do(http.MethodPost, "/me/calendar")
	m := regexp.MustCompile(`<code>` + regexp.QuoteMeta(c.o.url) + `(/me/calendar/[A-Z2-7]{26}\.ics)</code>`).FindStringSubmatch(body)
	if m == nil || !strings.Contains(body, "data:image/png") || !strings.Contains(body, "只显示这一次") {
		c.o.t.Fatal("no address is shown")
	}
	c.sees("/me/calendar", []string{"现在有一个地址"}, m[1])
	return m[1]
}

// A calendar has codes and times and nothing else, and follows what is owed; it is gone when
// it is revoked, when another is made and when its person has left, and its secret is in no log.
func TestCalendarFeed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina, stranger := o.handler("水务局"), colleague{o: o}
		o.now = china("2026-11-03 10:00")
		id := o.letter("L-1", "水务局", "7 working days")
		o.letter("L-2", "供热公司", "7 working days")
		o.letter("L-4", "水务局", "60 hours")
		at := amina.address()
		read := func(at string) string {
			status, _, body := stranger.do(http.MethodGet, at)
			if status != http.StatusOK {
				return ""
			}
			return body
		}
		first := read(at)
		for _, want := range []string{
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "UID:" + id + "-assigned@xiadu\r\n", "DTSTART;VALUE=DATE:20261112\r\n", "SUMMARY:L-1 到期\r\n",
			"DTSTART:20261105T140000Z\r\n", "TRIGGER;VALUE=DATE-TIME:20261111T010000Z\r\n", "END:VCALENDAR\r\n", "DTSTAMP:20261103T020000Z\r\nLAST-MODIFIED:20261103T020000Z\r\nSEQUENCE:1\r\n",
		} {
			if !strings.Contains(strings.ReplaceAll(first, "\r\n ", ""), want) {
				t.Errorf("the calendar lacks %q:\n%s", want, first)
			}
		}
		for _, not := range []string{"L-2", "关于", "某某", "水务局", amina.person} {
			if strings.Contains(first, not) {
				t.Errorf("the calendar says %q", not)
			}
		}
		if again := read(at); again != first {
			t.Error("the same duties make another calendar")
		}
		o.must(o.move(id, "sign", casework.Person{ID: amina.person, Organisation: o.units["水务局"]}))
		if moved := read(at); !strings.Contains(moved, "DTSTART;VALUE=DATE:20261117") || !strings.Contains(moved, "SEQUENCE:2\r\n") || strings.Contains(moved, "20261112") {
			t.Error("the calendar did not follow:", moved)
		}

		second := amina.address()
		if read(at) != "" || read(second) == "" {
			t.Error("the former address still opens it, or the new one does not")
		}
		amina.do(http.MethodPost, "/me/calendar/end")
		if read(second) != "" {
			t.Error("it opens after it was revoked")
		}
		third := amina.address()
		if read(third) == "" || read(strings.TrimSuffix(third, ".ics")) != "" || read("/me/calendar/x.ics") != "" {
			t.Error("the address is not exact")
		}
		o.must(o.Persons.Leave(t.Context(), identity.CommandLine, amina.person, "调走"))
		if read(third) != "" {
			t.Error("it opens after the person left")
		}
		o.mu.Lock()
		log := o.log.String()
		o.mu.Unlock()
		for _, secret := range []string{at, second, third} {
			if strings.Contains(log, strings.TrimSuffix(strings.TrimPrefix(secret, "/me/calendar/"), ".ics")) {
				t.Error("a secret is in the log")
			}
		}
		if !strings.Contains(log, "GET /me/calendar/{file}") {
			t.Error("the log does not show that the calendar was asked for")
		}
	})
}

// Whose account is closed has no calendar until it is opened again.
func TestCalendarOfAClosedAccount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina := o.handler("水务局")
		at := amina.address()
		stranger := colleague{o: o}
		o.must(o.Accounts.Close(t.Context(), identity.CommandLine, amina.person, "暂停"))
		if status, _, _ := stranger.do(http.MethodGet, at); status != http.StatusNotFound {
			t.Error(status)
		}
		o.must(o.Accounts.Reopen(t.Context(), identity.CommandLine, amina.person))
		if status, _, _ := stranger.do(http.MethodGet, at); status != http.StatusOK {
			t.Error(status)
		}
	})
}

// letters opens many at once.
func (o *office) letters(prefix string, n int, length string) {
	o.t.Helper()
	o.must(o.d.Update(o.t.Context(), func(tx *db.Tx) error {
		for i := range n {
			_, err := o.book.Open(tx, casework.Opening{
				Process: "post.letter", Code: fmt.Sprintf("%s-%03d", prefix, i), Division: "630102", Lead: o.units["水务局"], Asker: o.units["督办办公室"],
				By: []casework.Person{{ID: "clerk"}}, Rules: map[string]clock.Rule{"sign": rule(o.t, length)},
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// A calendar that cannot have all says how much is missing, and what is late never pushes out what is still ahead.
func TestCalendarThatIsCut(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		amina := o.handler("水务局")
		o.now = china("2026-11-03 10:00")
		o.letters("LATE", 300, "60 hours")
		at := amina.address()
		read := func() string {
			_, _, body := (colleague{o: o}).do(http.MethodGet, at)
			return strings.ReplaceAll(body, "\r\n ", "")
		}
		if body := read(); strings.Contains(body, "CALDESC") || strings.Contains(body, "cut@xiadu") || strings.Count(body, "BEGIN:VEVENT") != 300 {
			t.Error("a whole calendar says that it is cut, or is")
		}
		o.now = china("2026-11-10 10:00")
		o.letters("SOON", 230, "7 working days")
		body := read()
		late, soon := strings.Count(body, "SUMMARY:LATE-"), strings.Count(body, "SUMMARY:SOON-")
		if late != 270 || soon != 230 || strings.Count(body, "BEGIN:VEVENT") != 501 {
			t.Errorf("%d late and %d soon", late, soon)
		}
		for _, want := range []string{"X-WR-CALDESC:日历只放得下 500 件，还有 30 件不在里面", "UID:cut@xiadu", "SUMMARY:日历只放得下 500 件，还有 30 件不在里面", "DTSTART;VALUE=DATE:20261110"} {
			if !strings.Contains(body, want) {
				t.Errorf("the calendar lacks %q", want)
			}
		}
		if again := read(); again != body {
			t.Error("the same duties make another calendar")
		}
	})
}
