package visit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/act/inbox/inboxtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// post is a town whose phones send what they did.
type post struct {
	*complainttest.City
	t   *testing.T
	box *inbox.Inbox[identity.Colleague]
}

func postOf(t *testing.T, d *db.DB) post {
	t.Helper()
	c := town(t, d)
	return post{c, t, inbox.Open(d, inbox.Options[identity.Colleague]{
		Kinds: c.Visits.Kinds(), As: c.People.Author,
		Files: inbox.Files{
			Limit:   func(kind string) (int64, error) { k, err := c.Evidence.Kind(kind); return k.MaxBytes, err },
			Missing: evidence.Missing,
			Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
				_, err := c.Evidence.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
				return err
			},
		},
	})}
}

func (p post) phone(who identity.Colleague) *inboxtest.Phone {
	p.t.Helper()
	return inboxtest.New(p.t, p.box, who.Person, who.Device)
}

// bring brings a photo of a phone and returns how an act names it.
func (p post) bring(phone *inboxtest.Phone, seed uint64) inbox.File {
	p.t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, evidencetest.Scene{Seed: seed, W: 320, H: 240}.Draw(), nil); err != nil {
		p.t.Fatal(err)
	}
	file, head, boxes := phone.File(visit.ActSeen, b.Bytes())
	if _, err := p.box.Begin(p.t.Context(), head); err != nil {
		p.t.Fatal(err)
	}
	for i, box := range boxes {
		if _, err := p.box.Part(p.t.Context(), phone.ID, file.Hash, i, box); err != nil {
			p.t.Fatal(err)
		}
	}
	return file
}

func happened(at time.Time) func(*inbox.Act) {
	return func(a *inbox.Act) { a.Happened = at; a.Distance = new(int64) }
}

func saw(version int) func(*inbox.Act) { return func(a *inbox.Act) { a.Seen = int64(version) } }

func with(f inbox.File) func(*inbox.Act) { return func(a *inbox.Act) { a.Files = []inbox.File{f} } }

// state is all that came of a round, as it reads: without what only says when something arrived, and without the numbers
// of measures, which are given in the order of arrival.
func (p post) state(r visit.Round) string {
	p.t.Helper()
	var lines []string
	say := func(what ...any) { lines = append(lines, strings.TrimSuffix(fmt.Sprintln(what...), "\n")) }
	for _, code := range []string{first, second} {
		s, err := p.Visits.At(p.Ctx(), p.Leader, r.ID, code)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, one := range s.Seen {
			say(code, "seen", one.Act, one.Measure, one.Found, one.Note, one.Happened.Unix(), len(strings.Fields(one.Items)))
		}
		say(code, "stands", s.Outcome().Act, s.Outcome().Found, s.Of(1).Act, s.Of(1).Found, len(s.Items), s.Acts())
		for _, one := range s.Told {
			i := slices.IndexFunc(s.Measures, func(m problem.Measure) bool { return m.Number == one.Measure })
			if i < 0 {
				p.t.Fatalf("%s became no measure: %+v", one.Act, s.Measures)
			}
			m := s.Measures[i]
			say(code, "told", one.Act, one.What, one.Owner, one.DueDay, "measure", m.What, m.Owner, m.DueDay, m.Source, m.Stage)
		}
		for _, one := range s.Signed {
			say(code, "signed", one.Act, one.As, one.Words, one.Covers, s.Signers[one.Act])
		}
	}
	return strings.Join(lines, "\n")
}

// send sends envelopes as a phone does, and wants that each is done, or was.
func (p post) send(courier string, all ...envelope.Envelope) {
	p.t.Helper()
	out, err := p.box.Receive(p.Ctx(), inbox.Courier{Person: courier}, all)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, o := range out {
		if o.State != inbox.Done && o.State != inbox.Again {
			p.t.Fatalf("%s: %s %v", o.ID, o.State, o.Err)
		}
	}
}

// day is what two phones did on a round: the supervisor's, and that of who went with them.
func (p post) day(r visit.Round) (day []envelope.Envelope, names *strings.Replacer) {
	one, other := p.phone(p.Leader), p.phone(p.Leader)
	then := func(minutes int) func(*inbox.Act) {
		return happened(p.Now.Add(time.Duration(minutes-300) * time.Minute))
	}
	at := func(code string, more ...string) map[string]any {
		body := map[string]any{"round": r.ID, "problem": code}
		for i := 0; i+1 < len(more); i += 2 {
			body[more[i]] = more[i+1]
		}
		return body
	}
	sealed := []envelope.Envelope{
		one.Act(visit.ActSeen, at(first, "measure", "1", "found", "部分兑现", "note", "盖了一半"), then(1), with(p.bring(one, 800))),
		one.Act(visit.ActTold, at(first, "what", "换密封条", "day", p.Day(2).String()), then(2)),
		other.Act(visit.ActSeen, at(first, "measure", "1", "found", "kept", "note", "看着是好的"), then(1)), // in the same minute
		other.Act(visit.ActSeen, at(first, "found", "met"), then(3)),
		other.Act(visit.ActTold, at(first, "what", "加一次清运", "day", p.Day(0).String(), "owner", p.Orgs["住建局"]), then(4)),
		one.Act(visit.ActSeen, at(second, "found", "门关着，进不去", "note", "敲门没有人应"), then(9)),
		other.Act(visit.ActSeen, at(second, "found", "absent"), then(8)),
	}
	cover := fmt.Sprintf("%s/1 %s/2", one.ID, one.ID)
	sealed = append(sealed, one.Act(visit.ActSigned, at(first, "as", "unit", "name", "马晓峰", "words", "第 1 项 部分兑现", "covers", cover), then(5)))
	return sealed, strings.NewReplacer(one.ID, "A", other.ID, "B")
}

// In whatever order the acts of several devices come, in parts, more than once, and brought by somebody else: what is there
// is the same, each instruction is one measure, and none of it is there twice.
func TestSyncInAnyOrder(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		p := postOf(t, d)
		var want string
		measures := p.measures()
		for n := range 8 {
			r := round(t, p.City, first, second)
			day, names := p.day(r)
			order := slices.Clone(day)
			if n > 0 {
				order = append(order, day[:4]...)
				chance := rand.New(rand.NewPCG(uint64(n), 7)) //nolint:gosec // an order to try
				chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			}
			for i := 0; i < len(order); i += 1 + n%3 { // in parts, as lines break
				p.send([]string{p.Leader.Person, p.Clerk.Person}[i%2], order[i:min(i+1+n%3, len(order))]...)
			}
			p.send(p.Leader.Person, day...) // and all of it once more
			got := names.Replace(p.state(r))
			if n == 0 {
				want = got
				if !strings.Contains(got, first+" stands B/2 met B/1 kept 1 [A/1 B/1 A/2 B/2 B/3]") || !strings.Contains(got, second+" stands A/3 closed") {
					t.Fatal(got)
				}
			}
			if got != want {
				t.Errorf("order %d: it is\n%s\nand in the order of the day\n%s", n, got, want)
			}
			if now := p.measures(); now != measures+2*(n+1) {
				t.Errorf("order %d: %d measures were made, not 2", n, now-measures-2*n)
			}
		}
	})
}

func (p post) measures() (n int) {
	p.t.Helper()
	w, err := p.Problems.Get(p.Ctx(), p.Clerk, first)
	if err != nil {
		p.t.Fatal(err)
	}
	return len(w.Measures)
}

// A problem moved on while a phone was away: both are shown and nothing is lost; who does it all the same has it kept.
func TestSyncConflict(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		p := postOf(t, d)
		r := round(t, p.City, first, second)
		phone := p.phone(p.Leader)
		p0 := p.Look(first)
		body := map[string]any{"round": r.ID, "problem": first, "what": "换密封条", "day": p.Day(2).String()}
		told := phone.Act(visit.ActTold, body, saw(p0.Version))
		w, err := p.Problems.Get(p.Ctx(), p.Unit, first)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Problems.MoveMeasure(p.Ctx(), p.Unit, problem.MeasureMove{Measure: w.Measures[0].ID, Move: "do", Seen: w.Measures[0].Version, Files: []problem.File{p.Photo(p.Unit, 700)}}); err != nil {
			t.Fatal(err)
		}
		now := p.Make(p.Unit, first, problem.Move{Move: "done"})
		for range 2 {
			out, err := p.box.Receive(p.Ctx(), inbox.Courier{Person: p.Leader.Person}, []envelope.Envelope{told})
			if err != nil {
				t.Fatal(err)
			}
			c, ok := errors.AsType[*inbox.Conflict](out[0].Err)
			if out[0].State != inbox.Conflicts || !ok || c.Version != int64(now.Version) || !strings.Contains(c.Wanted.ZH, "换密封条") || !strings.Contains(c.Now.ZH, "已办结") {
				t.Fatalf("%+v %v", out[0], out[0].Err)
			}
		}
		p.send(p.Leader.Person, phone.Act(visit.ActTold, body, saw(now.Version)))
		s, err := p.Visits.At(p.Ctx(), p.Leader, r.ID, first)
		if err != nil || len(s.Told) != 1 || s.Told[0].Measure != 0 || s.Told[0].What != "换密封条" || len(p.Children(now)) != 1 {
			t.Errorf("%+v %v", s.Told, err)
		}
	})
}

// An instruction for the day of the visit that comes a day later is a measure still, late by the day that was said.
func TestInstructionOfYesterday(t *testing.T) {
	p := postOf(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	r := round(t, p.City, first)
	told := p.phone(p.Leader).Act(visit.ActTold, map[string]any{"round": r.ID, "problem": first, "what": "今天清空", "day": p.Day(0).String()}, happened(p.Now))
	day := p.Day(0).String()
	p.Days(2)
	p.send(p.Leader.Person, told)
	w, err := p.Problems.Get(p.Ctx(), p.Unit, first)
	if err != nil || len(w.Measures) != 2 || w.Measures[1].DueDay != day || !w.Measures[1].Late(p.Now) {
		t.Errorf("%+v %v", w.Measures, err)
	}
}
