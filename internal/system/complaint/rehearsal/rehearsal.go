// Package rehearsal plays a month of 边督边改 through the use cases of the system: sixteen evenings of batches, the same
// day's assignments, verdicts, measures, a bulletin for each batch that was answered, checks from outside, a rebound, a
// false closing that a checker finds, and a photo that was used before.
//
//	err := rehearsal.Play(ctx, rehearsal.Stage{…, Start: monthAgo})
//	err := rehearsal.Year(ctx, rehearsal.Stage{…}, told) // and on, until the last of them is settled
//
// Everything in it is made up and says so; how many letters came each evening is as the inspection of 2023 had it
// for the city. It goes through the same doors as life: people with rights, transactions at their time of the
// rehearsed month (db.Rehearse), entries in the log. So it is the demo, and a test that the rooms fit together.
package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/troupe"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// Stage is what a month is played on.
type Stage struct {
	DB        *db.DB
	Book      *casework.Book
	Evidence  *evidence.Evidence
	People    *identity.Service
	Campaigns *campaign.Campaigns
	Letters   *letter.Letters
	Problems  *problem.Problems
	Intake    *intake.Intake
	Bulletins *bulletin.Bulletins
	Visits    *visit.Visits
	Home      gb.Division
	Units     map[string]string // ids of the organisations, by the names of Units
	Start     time.Time         // of the first evening's day, midnight in China
}

// Campaign is the code of the inspection that is played.
const Campaign = "XN01"

// The logins of those who play.
const (
	Coordinator = "complaint-office"
	Checker     = "complaint-checker"
	Superior    = "complaint-superior"
	Signer      = "complaint-signer"
	Supervisor  = "complaint-leader"
	Hospital    = "complaint-hospital"
	Districts   = "complaint-units"
	Watcher     = "complaint-watcher"
)

const (
	government = "市政府"
	office     = "督察整改协调联络组"
	health     = "市卫生健康委"
	hospital   = "市第二医院"
	industry   = "市工业和信息化局"
	water      = "市水务局"
	housing    = "市住房保障和房产管理局"
	order      = "市城市管理局"
	ecology    = "市生态环境局"
	discipline = "市纪委监委督查组"
)

// Units are the organisations that take part, each below one that came before.
func Units(home gb.Division) (all []identity.Unit) {
	add := func(name, under string, at gb.Division) {
		all = append(all, identity.Unit{Name: name, Under: under, Division: at})
	}
	add(government, "", home)
	for _, name := range []string{office, health, industry, water, housing, order, ecology, discipline} {
		add(name, government, home)
	}
	add(hospital, health, home)
	for _, d := range home.Children() {
		add(districtUnit(d), government, home)
	}
	return all
}

func districtUnit(d gb.Division) string { return d.Name().ZH + "政府" }

// Members are the people who take part.
func Members(home gb.Division) []identity.Member {
	member := func(login, name, role, of string, at right.Scope) identity.Member {
		return identity.Member{
			Login: login, Somebody: identity.Somebody{Name: name, Organisation: of, Division: home},
			Roles: []identity.Giving{{Role: role, Scope: at}},
		}
	}
	everywhere := right.Scope{Division: home}
	units := member(Districts, "各区县和部门经办人", "complaint.unit", government, everywhere)
	units.Roles = nil
	for _, u := range Units(home) {
		if u.Name != government && u.Name != office && u.Name != discipline && u.Name != health && u.Name != hospital && u.Name != water {
			units.Roles = append(units.Roles, unitRole(u.Name, home))
		}
	}
	hospitals := member(Hospital, "市第二医院经办人", "complaint.unit", hospital, everywhere)
	hospitals.Roles = []identity.Giving{unitRole(hospital, home)}
	return []identity.Member{
		member(Coordinator, "协调联络组经办人", "complaint.coordinator", office, everywhere),
		hospitals,
		units,
		member(Checker, "核查组（市水务局）", "complaint.checker", water, everywhere),
		member(Superior, "市卫生健康委验收人", "complaint.checker", health, everywhere),
		member(Signer, "审核签字人", "complaint.signer", government, everywhere),
		member(Supervisor, "督办领导", "complaint.supervisor", government, everywhere),
		member(Watcher, "纪检督查", "complaint.watcher", discipline, everywhere),
	}
}

func unitRole(name string, home gb.Division) identity.Giving {
	return identity.Giving{Role: "complaint.unit", Organisation: name, Scope: right.Scope{Division: home}}
}

// player is a month while it is played.
type player struct {
	Stage
	now    time.Time
	troupe *troupe.Troupe
	all    []begun
	told   func(ctx context.Context, what string) error // what has been published; nil: nobody is told

	// By the id of a problem: the place of its photos, how far it is, when it was mended, and whether somebody was fined.
	before map[string]uint64
	how    map[string]state
	mended map[string]calendar.Date
	fined  map[string]bool
	looks  map[string]calendar.Date // by the id of a letter: when it was looked at
	camera
}

// camera brings photos and papers.
type camera struct {
	album  *evidence.Evidence
	places uint64
	papers int
}

// Play plays the month.
func Play(ctx context.Context, s Stage) error {
	p, err := newPlayer(ctx, s)
	if err != nil {
		return err
	}
	if err = p.month(ctx); err == nil {
		err = p.waits(ctx)
	}
	if err != nil {
		return fmt.Errorf("rehearsing %v: %w", p.now, err)
	}
	return nil
}

func newPlayer(ctx context.Context, s Stage) (p *player, err error) {
	p = &player{
		Stage: s, before: map[string]uint64{}, how: map[string]state{}, mended: map[string]calendar.Date{}, fined: map[string]bool{}, looks: map[string]calendar.Date{},
		camera: camera{album: s.Evidence},
	}
	p.troupe, err = troupe.Of(ctx, s.People)
	return p, err
}

// at moves the clock to a time of a day of the month and returns the context of what happens then.
func (p *player) at(ctx context.Context, day, hour, minute int) context.Context {
	p.now = p.Start.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	return db.Rehearse(ctx, p.now)
}

// as returns somebody, signed in.
func (p *player) as(ctx context.Context, login string) (identity.Colleague, error) {
	return p.troupe.As(ctx, p.now, login)
}

// day is a day of the month, some days ahead of now.
func (p *player) day(ahead int) calendar.Date {
	return calendar.DateOf(p.now.In(calendar.China)).Add(ahead)
}

// photo brings a drawn photo of a place that nobody has photographed.
func (p *camera) photo(ctx context.Context, who identity.Colleague) (problem.File, error) {
	return p.picture(ctx, who, shot{place: p.place()})
}

// place is another place to be photographed.
func (p *camera) place() uint64 {
	p.places++
	return p.places
}

// picture brings the photo of a place.
func (p *camera) picture(ctx context.Context, who identity.Colleague, s shot) (problem.File, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, s.draw(), &jpeg.Options{Quality: photoQuality}); err != nil {
		return problem.File{}, err
	}
	taken, err := p.album.Take(ctx, &b, evidence.Sent{Kind: complaint.System + "." + complaint.ProofPhoto, By: who.Person})
	return problem.File{Kind: complaint.ProofPhoto, Hash: taken.Hash}, err
}

const photoQuality = 80

// paper brings a signed report, as one page that says that it is made up.
func (p *camera) paper(ctx context.Context, who identity.Colleague) (problem.File, error) {
	p.papers++
	taken, err := p.album.Take(ctx, bytes.NewReader(onePage(fmt.Sprintf("Simulated report %d", p.papers))), evidence.Sent{Kind: complaint.System + "." + complaint.ProofPaper, By: who.Person})
	return problem.File{Kind: complaint.ProofPaper, Hash: taken.Hash}, err
}

// onePage is a PDF with one line of Latin text.
func onePage(line string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	content := fmt.Sprintf("BT /F1 18 Tf 72 760 Td (%s) Tj ET", line)
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}
