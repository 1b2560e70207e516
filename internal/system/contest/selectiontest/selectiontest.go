// Package selectiontest has a selection of stations for tests: a register of ten stations, the people who select them, and on demand a
// whole selection that was played through the use cases.
//
//	s := selectiontest.Open(t, d)
//	s.Play()            // until one effect is told; the rehearsal has what and when
package selectiontest

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/troupe"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Selection is what a selection is played on.
type Selection struct {
	t testing.TB
	rehearsal.Stage
	Troupe *troupe.Troupe
	Hours  string // that every station has
}

const entrant = "西宁市政务服务局"

// Stations is how many the register has, S-01 and on: odd ones in 630102, even ones in 630103, and the last in another city.
const Stations = 10

// Open sets the stage in a database whose tables are there.
func Open(t testing.TB, d *db.DB) *Selection {
	t.Helper()
	s := &Selection{t: t, Hours: "24/7"}
	day := calendar.DateOf(time.Now().In(calendar.China)).Add(-411).Start(calendar.China) //nolint:forbidigo // a year ago, as the calendar has it
	ctx := db.Rehearse(t.Context(), day.AddDate(0, 0, -61))
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	people, err := identity.Open(ctx, d, identity.Options{Catalogue: right.NewCatalogue(right.People, contest.Rights), Policy: policy, KeyFile: filepath.Join(t.TempDir(), "people.key")})
	s.Must(err)
	home, err := gb.Parse("630100")
	s.Must(err)
	s.Must(people.Cast.Make(ctx, append(rehearsal.Units(home), identity.Unit{Name: entrant, Division: home}), rehearsal.Members(home, entrant)...))
	book, err := casework.New(casework.Options{Processes: contest.Processes(), Outside: identity.Outside})
	s.Must(err)
	office, err := people.Organisations.Named(ctx, rehearsal.SelectorsName)
	s.Must(err)
	s.Stage = rehearsal.Stage{
		DB: d, People: people, Events: event.In(d), Entries: entry.In(d), Experts: expert.In(d), Seats: seat.In(d), Halls: hall.In(d, entry.Facts), Orders: order.In(d, entry.Facts), Releases: release.In(d, entry.Facts), Public: publicity.In(d, book, entry.Facts),
		Chosen: nomination.In(d, s.Look), Grants: grant.In(d, s.Look, entry.Facts), Home: home, Office: office.ID, Day: day,
	}
	for i := range rehearsal.Nominated {
		s.Stations = append(s.Stations, Station(i+1))
	}
	s.Troupe, err = troupe.Of(t.Context(), people)
	s.Must(err)
	return s
}

// Station is the code of one, from 1.
func Station(n int) string { return fmt.Sprintf("S-%02d", n) }

// Look is the register.
func (s *Selection) Look(_ *db.Tx, code string) (nomination.Subject, error) {
	for n := 1; n <= Stations; n++ {
		if Station(n) != code {
			continue
		}
		in := map[bool]string{true: "630102", false: "630103"}[n%2 == 1]
		if n == Stations {
			in = "630202"
		}
		d, err := gb.Parse(in)
		from := lang.Text{ZH: "名册", EN: "the register"}
		return nomination.Subject{
			Station: code, Name: fmt.Sprintf("示例驿站%d", n), Host: "示例银行支行", Division: d,
			Facts: []nomination.Fact{
				{Key: "hours", Name: lang.Text{ZH: "开放时间", EN: "opening hours"}, Value: lang.Text{ZH: s.Hours, EN: s.Hours}, From: from, Link: "/stations/" + code},
				{Key: "visits", Name: lang.Text{ZH: "服务人次", EN: "visits"}, From: lang.Text{ZH: "本系统还没有记录到访", EN: "visits are not recorded"}, Missing: true},
			},
		}, err
	}
	return nomination.Subject{}, fault.New(fault.NotFound, "没有这个驿站", "there is no such station")
}

// Must ends the test on an error.
func (s *Selection) Must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// As is somebody of the cast, signed in so many days from the day of the review.
func (s *Selection) As(login string, day int) identity.Colleague {
	s.t.Helper()
	at := s.Day.AddDate(0, 0, day)
	s.Troupe.Leave(login)
	who, err := s.Troupe.As(db.Rehearse(s.t.Context(), at), at, login)
	s.Must(err)
	return who
}

// Play plays the whole selection.
func (s *Selection) Play() {
	s.t.Helper()
	s.Must(rehearsal.Select(s.t.Context(), s.Stage))
}

// Call begins a selection that takes nominations, with quotas of the province and of the city.
func (s *Selection) Call(province, city int) {
	s.t.Helper()
	s.Must(rehearsal.CallSelection(s.t.Context(), s.Stage, province, city))
}
