// Package rehearsal plays a contest from its call to its release through the use cases of the system: 55 cases of 39 units, nine
// judges, and the bad day that everybody fears.
//
//	err := rehearsal.Play(ctx, rehearsal.Stage{…, Day: aWeekAgo})   // the event
//	err := rehearsal.Spread(ctx, rehearsal.Stage{…, Day: threeWeeksAgo}) // a small one that is final: case cards, and who adopted them
//	err := rehearsal.Try(ctx, rehearsal.Stage{…, Day: today})       // a small one that waits in the hall, for who wants to try it
//	err := rehearsal.Select(ctx, rehearsal.Stage{…, Day: lastYear}) // the most beautiful stations, with the money and its effect
//
// Everything in it is made up and says so; the numbers of cases and units are those of a newspaper. One entry is late, one does not
// come, three judges of nine are recused from a unit, a tablet dies and its sheet is typed from paper, the clock stands still for a
// power cut, a mark is found wrong after its reveal, and two entries are tied at place ten, down to the last step of the rule. Its result hangs out, with one objection that was dismissed and
// one that waits. It goes
// through the same doors as life: people with rights, transactions at their time of the rehearsed day (db.Rehearse), entries in the
// log. So it is the demo, and a test that the rooms fit together.
package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/troupe"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Stage is what a contest is played on.
type Stage struct {
	DB       *db.DB
	People   *identity.Service
	Events   *event.Events
	Entries  *entry.Entries
	Experts  *expert.Experts
	Seats    *seat.Seats
	Halls    *hall.Halls
	Orders   *order.Orders
	Releases *release.Releases
	Public   *publicity.Publicities
	Cards    *card.Cards
	Chosen   *nomination.Nominations // for [Select]
	Grants   *grant.Grants
	Stations []string // codes of those that are nominated, eight of them
	Home     gb.Division
	Office   string    // the id of the organisation that holds it, of the name of Units
	Day      time.Time // of the event, midnight in China
}

// Code is the code of the contest that is played.
const Code = "cases-55"

// The logins of those who play.
const (
	Organiser  = "contest-office"
	Keeper     = "contest-keeper"
	Second     = "contest-keeper-2"
	Supervisor = "contest-supervisor"
	Host       = "contest-host"
	Unit       = "contest-unit"
)

// Judge is the login of a judge, from 1.
func Judge(n int) string { return "contest-judge-" + strconv.Itoa(n) }

// Judges is how many there are.
const Judges = 9

// OfficeName is what the organisation that holds the contest is called.
const OfficeName = "营商环境评审组委会"

const hosts = "评审监督组"

// Units are the organisations that take part.
func Units(home gb.Division) []identity.Unit {
	others, _ := adopters()
	return append([]identity.Unit{{Name: OfficeName, Division: home}, {Name: hosts, Division: home}, {Name: SelectorsName, Division: home.Parent()}}, others...)
}

// Members are the people who take part; entrant is the organisation for which one of them submits.
func Members(home gb.Division, entrant string) (all []identity.Member) {
	add := func(login, name, of string, g identity.Giving) {
		g.Scope.Division = home
		roles := []identity.Giving{g}
		if g.Role != "contest.organiser" && g.Role != "contest.unit" { // who judges does so for the province, too
			wide := g
			wide.Scope.Division = home.Parent()
			roles = append(roles, wide)
		}
		all = append(all, identity.Member{Login: login, Somebody: identity.Somebody{Name: name, Organisation: of, Division: home}, Roles: roles})
	}
	role := func(key string) identity.Giving { return identity.Giving{Role: "contest." + key} }
	add(Organiser, "评审组织人", OfficeName, role("organiser"))
	add(Unit, "申报单位经办人", entrant, identity.Giving{Role: "contest.unit", Organisation: entrant, Scope: right.Scope{}})
	add(Keeper, "计分员", OfficeName, role("scorekeeper"))
	add(Second, "计分员二", OfficeName, role("scorekeeper"))
	add(Supervisor, "评审监督员", hosts, role("supervisor"))
	add(Host, "评审主持人", OfficeName, role("host"))
	for n := range Judges {
		add(Judge(n+1), fmt.Sprintf("评委%d", n+1), OfficeName, role("judge"))
	}
	_, others := adopters()
	return slices.Concat(all, selectors(home), others)
}

// player is a contest while it is played.
type player struct {
	Stage
	code      string
	part      string // that is judged, by the rule
	organiser string // by login
	judges    int
	limit     int // of a presentation, in seconds; 0: none
	warn      int
	now       time.Time
	troupe    *troupe.Troupe
	plan      plan
}

func newPlayer(ctx context.Context, s Stage, code string) (p *player, err error) {
	p = &player{Stage: s, code: code, part: part, organiser: Organiser, judges: Judges, limit: limit, warn: warn}
	p.troupe, err = troupe.Of(ctx, s.People)
	return p, err
}

// Play plays the event.
func Play(ctx context.Context, s Stage) error {
	p, err := newPlayer(ctx, s, Code)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{p.call, p.review, p.panel, p.order, p.day, p.after, p.hangsOut} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("rehearsing %v: %w", p.now, err)
		}
	}
	return nil
}

// at moves the clock to a time, so many days from the event's, and returns the context of what happens then.
func (p *player) at(ctx context.Context, day int, clock time.Duration) context.Context {
	p.now = p.Day.AddDate(0, 0, day).Add(clock)
	return db.Rehearse(ctx, p.now)
}

// later moves the clock on.
func (p *player) later(ctx context.Context, d time.Duration) context.Context {
	p.now = p.now.Add(d)
	return db.Rehearse(ctx, p.now)
}

// do has somebody do something now.
func (p *player) do(ctx context.Context, login string, act func(identity.Colleague) error) error {
	who, err := p.troupe.As(ctx, p.now, login)
	if err != nil {
		return err
	}
	if err := act(who); err != nil {
		return fmt.Errorf("%s: %w", login, err)
	}
	return nil
}
