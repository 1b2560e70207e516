package rehearsal_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/rehearsal"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

var questions = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM complaint_question`)

// stage sets a month up in a database, with its cast, that began so many days ago.
func stage(t *testing.T, d *db.DB, daysAgo int) rehearsal.Stage {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	start := calendar.DateOf(time.Now().In(calendar.China)).Add(-daysAgo).Start(calendar.China)
	ctx := db.Rehearse(t.Context(), start)
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	people, err := identity.Open(ctx, d, identity.Options{Catalogue: right.NewCatalogue(right.People, complaint.Rights), Policy: policy, KeyFile: filepath.Join(t.TempDir(), "people.key")})
	must(err)
	home, err := gb.Parse("630100")
	must(err)
	must(people.Cast.Make(ctx, rehearsal.Units(home), rehearsal.Members(home)...))
	units := map[string]string{}
	for _, u := range rehearsal.Units(home) {
		o, err := people.Organisations.Named(ctx, u.Name)
		must(err)
		units[u.Name] = o.ID
	}
	book, err := casework.New(casework.Options{Processes: complaint.Processes(), Outside: identity.Outside})
	must(err)
	e, err := evidence.Open(ctx, d, evidence.Options{Folder: t.TempDir(), Kinds: complaint.EvidenceKinds()})
	must(err)
	problems := problem.In(d, book, rehearsal.Evidence(e))
	return rehearsal.Stage{
		DB: d, Book: book, Evidence: e, People: people, Campaigns: campaign.In(d), Letters: letter.In(d, book), Problems: problems,
		Intake: intake.In(d, book, problems), Bulletins: bulletin.In(d), Visits: visit.In(d, problems, rehearsal.Evidence(e), complainttest.Streets), Home: home, Units: units, Start: start,
	}
}

// The month plays from its first batch to its rebound; where each problem stands is what its story says.
func TestPlay(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...)
	s := stage(t, d, 31)
	began := time.Now()
	if err := rehearsal.Play(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	t.Log("played in", time.Since(began))
	counts := map[string]int{}
	err := d.View(t.Context(), func(tx *db.Tx) error {
		rows, err := problem.StageCounts(tx, rehearsal.Campaign)
		for _, r := range rows {
			counts[r.Stage] = r.N
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(counts)
	sameInTheLog(t, d, time.Now())
	paused(t, s)
	// Few letters of the month are alike: what a person is asked, a person can answer.
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		n, err := questions.One(tx, db.None{})
		if n < 1 || n > 200 {
			t.Errorf("%d questions are asked", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// The photo that was used before holds its closing up until a person has said what it is.
	var asked []evidence.Likeness
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { asked, err = evidence.Unanswered(tx, 10); return err }); err != nil || len(asked) != 1 {
		t.Errorf("asked about %+v, %v", asked, err)
	}
	toured(t, s)
	// Something waits for everybody: the clerk, units, checkers, and who signs off.
	for stage, atLeast := range map[string]int{
		complaint.Received: 1, complaint.Returned: 1, complaint.Assigned: 5, complaint.Verifying: 5, complaint.Unfounded: 2, complaint.Rectifying: 100, complaint.Staged: 10,
		complaint.Done: 100, complaint.Applied: 4, complaint.Checked: 2, complaint.Publicity: 1, complaint.Filed: 5,
	} {
		if counts[stage] < atLeast {
			t.Errorf("%d problems are %s, not at least %d", counts[stage], stage, atLeast)
		}
	}
	outside(t, s)
	bulletins(t, s)
}

// outside wants work for each who checks or signs off, that they may really do.
func outside(t *testing.T, s rehearsal.Stage) {
	t.Helper()
	for login, stages := range map[string][]string{
		rehearsal.Checker: {complaint.Applied, complaint.Unfounded}, rehearsal.Superior: {complaint.Applied, complaint.Unfounded}, rehearsal.Signer: {complaint.Checked},
	} {
		for _, stage := range stages {
			all, _, err := problem.WaitingFor(t.Context(), s.Problems, as(t, s, login), problem.Filter{Campaign: rehearsal.Campaign, Stage: stage, Limit: 50})
			if err != nil || !slices.ContainsFunc(all, func(w problem.Waiting) bool { return len(w.May) > 0 }) {
				t.Errorf("nothing that is %s waits for %s: %v", stage, login, err)
			}
		}
	}
}

// bulletins wants one for each batch that was answered, with its letters, and again what has changed of earlier ones; and
// one more that is being prepared.
func bulletins(t *testing.T, s rehearsal.Stage) {
	t.Helper()
	all, err := s.Bulletins.List(t.Context(), as(t, s, rehearsal.Coordinator), rehearsal.Campaign, complaint.Publish)
	if err != nil || len(all) != 15 || all[0].State != bulletin.Draft || !strings.Contains(all[0].Title, "模拟") {
		t.Fatalf("%d bulletins, %v", len(all), err)
	}
	again, several, verdicts := 0, 0, map[complaint.Verdict]int{}
	for _, b := range all[1:] {
		out, err := s.Bulletins.Public(t.Context(), b.Ref())
		if err != nil {
			t.Fatal(err)
		}
		c := out.Table.Counts()
		again += c.Republished
		for _, r := range out.Table.Rows {
			if r.Batch != b.Number && !r.Republished {
				t.Errorf("bulletin %d has %s of batch %d", b.Number, r.Code, r.Batch)
			}
			if len(r.Points) > 1 {
				several++
			}
			verdicts[r.Verdict]++
		}
	}
	if again < 50 || several < 30 || verdicts[complaint.True] < 50 || verdicts[complaint.PartlyTrue] < 50 || verdicts[complaint.MostlyTrue] < 10 || verdicts[complaint.Untrue] < 3 {
		t.Errorf("%d letters were published again, %d have several points, and verdicts are %v", again, several, verdicts)
	}
}

// as is somebody of the cast, by their login.
func as(t *testing.T, s rehearsal.Stage, login string) identity.Colleague {
	t.Helper()
	cast, err := s.People.Cast.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(cast, func(p identity.Person) bool { return p.Login == login })
	in, err := s.People.Cast.Enter(t.Context(), cast[i].ID, "")
	if err != nil {
		t.Fatal(err)
	}
	actor, err := s.People.Sessions.Who(t.Context(), in.Token)
	if err != nil {
		t.Fatal(err)
	}
	return s.People.Colleague(actor)
}

// paused pauses a period, so that its day passes and the problem is not late: in the figure of the log as in the database.
func paused(t *testing.T, s rehearsal.Stage) {
	t.Helper()
	office := as(t, s, rehearsal.Coordinator)
	all, n, err := s.Problems.List(t.Context(), office, problem.Filter{Campaign: rehearsal.Campaign, Stage: complaint.Rectifying, Limit: 100})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	for _, p := range all {
		whole, err := s.Problems.Get(t.Context(), office, p.Code)
		if err != nil {
			t.Fatal(err)
		}
		running, ok := whole.Running()
		if !ok || !slices.ContainsFunc(period.Choices(running, time.Now()), func(c period.Choice) bool { return c.Key() == "paused.检测" }) {
			continue
		}
		now, err := problem.TurnPeriod(t.Context(), s.Problems, office, period.Turn{Case: p.ID, Seen: p.Version, Kind: clock.Paused, Reason: "检测", Why: "送样检测"})
		if err != nil || now.HasDue() {
			t.Fatal(now.DueAt, err)
		}
		sameInTheLog(t, s.DB, p.DueAt.Add(time.Hour))
		return
	}
	t.Error("nothing can be paused")
}

// toured wants one round that was made and one for the morning after.
func toured(t *testing.T, s rehearsal.Stage) {
	t.Helper()
	rounds, _, err := s.Visits.List(t.Context(), as(t, s, rehearsal.Supervisor), visit.Filter{Campaign: rehearsal.Campaign, Mine: true})
	today := calendar.DateOf(time.Now().In(calendar.China)).String()
	if err != nil || len(rounds) != 2 || rounds[0].Day != today || rounds[0].Visited != 0 || rounds[1].Visited != rounds[1].Stops {
		t.Errorf("the rounds are %+v, %v", rounds, err)
	}
}

// sameInTheLog adds the public entries up and holds the figure against what the database counts.
func sameInTheLog(t *testing.T, d *db.DB, at time.Time) {
	t.Helper()
	query, err := figure.Find(standing.Queries(), standing.Problems)
	if err != nil {
		t.Fatal(err)
	}
	state := query.Over.Begin()
	err = d.View(t.Context(), func(tx *db.Tx) error {
		var all []record.Item
		for before := ""; ; {
			page, err := record.Latest(tx, "complaint.", before, 1000)
			if err != nil {
				return err
			}
			all = append(all, page...)
			if len(page) < 1000 {
				break
			}
			before = page[len(page)-1].ID
		}
		slices.Reverse(all)
		for _, item := range all {
			if query.Over.Takes(item.Kind) {
				if err := state.Add(logtree.Statement{Kind: item.Kind, Public: json.RawMessage(item.Public)}); err != nil {
					return err
				}
			}
		}
		p, err := query.Settle(figure.Params{"campaign": rehearsal.Campaign}, at)
		if err != nil {
			return err
		}
		got, err := query.Answer(t.Context(), state, p, nil)
		if err != nil {
			return err
		}
		want, err := standing.Now(tx, rehearsal.Campaign, at.Truncate(time.Minute))
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("the log says %+v, the database %+v", got, want)
		}
		if want.Problems < 300 || want.Reopened != 1 || want.Closed < 5 {
			t.Errorf("%+v", want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
