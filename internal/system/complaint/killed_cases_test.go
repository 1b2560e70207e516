package complaint_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"image/jpeg"
	"io"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/act/inbox/inboxtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// forms are what somebody has before them when they press a button: the problems as they were shown, and what was typed.
type forms struct {
	Shown    map[string]problem.Problem
	Measure  problem.Measure
	Letter   string // of the problem that is checked
	Bulletin bulletin.Ref
	Round    visit.Round
	Form     string // of a report
	Sent     envelope.Envelope
	Boxes    [][]byte
	Hash     string
	Act      envelope.Envelope
	Device   string

	done int    // of the use case's steps, as the page shows that is opened again
	told func() // that a step is done
}

// site is a city with somebody at work.
type site struct {
	*complainttest.City
	t *testing.T
	*forms
}

// useCase is what is done in so many steps, each a whole by itself of which somebody is told.
type useCase struct {
	name  string
	steps int
	do    func(s site) error
}

var useCases = []useCase{
	{"take in a batch", 1, func(s site) error {
		_, err := s.Intake.Import(s.Ctx(), s.Clerk, intake.Upload{Campaign: "XN2023", Batch: s.Read(nextBatch), File: []byte(nextBatch), Source: intake.Table})
		return err
	}},
	// The page confirms each problem by itself, and says of each whether it is done.
	{"assign in bulk", 2, func(s site) error {
		for _, code := range []string{bulkOne, bulkOther} {
			if err := s.make(s.Clerk, code, problem.Move{Move: "assign", Lead: s.Orgs["市医院"], Joint: []string{s.Orgs["住建局"]}}); err != nil {
				return err
			}
		}
		return nil
	}},
	{"found with photos", 1, func(s site) error {
		return s.make(s.Unit, signed, problem.Move{
			Move: "found", Verdicts: s.Points(s.Shown[signed], complaint.True), Day: s.Day(60), Files: []problem.File{s.Photo(s.Unit, 51), s.Photo(s.Unit, 52)},
		})
	}},
	{"add a measure and prove it", 2, func(s site) error {
		err := s.step(1, func() error {
			_, err := s.Problems.AddMeasure(s.Ctx(), s.Unit, problem.NewMeasure{Problem: s.Shown[rectifying].ID, What: "换密封条", Day: s.Day(10), Money: 100})
			return err
		})
		if err != nil {
			return err
		}
		_, err = s.Problems.MoveMeasure(s.Ctx(), s.Unit, problem.MeasureMove{Measure: s.Measure.ID, Move: "do", Seen: s.Measure.Version, Files: []problem.File{s.Photo(s.Unit, 53)}})
		return err
	}},
	{"ask a neighbour and check with two photos", 2, func(s site) error {
		p := s.Shown[applied]
		err := s.step(1, func() error {
			return s.Problems.AddWord(s.Ctx(), s.Checker, problem.NewWord{Problem: p.ID, Letter: s.Letter, Source: problem.Neighbours, Says: problem.Solved, Why: "问了 5 位，在院门口"})
		})
		if err != nil {
			return err
		}
		return s.make(s.Checker, applied, problem.Move{Move: "check", Files: []problem.File{s.Photo(s.Checker, 54), s.Photo(s.Checker, 55)}})
	}},
	{"sign off", 1, func(s site) error { return s.make(s.Signer, checked, problem.Move{Move: "sign-off"}) }},
	{"file", 1, func(s site) error { return s.make(s.Clerk, publicity, problem.Move{Move: "file"}) }},
	{"merge", 1, func(s site) error {
		return s.make(s.Clerk, merged, problem.Move{Move: "merge", Into: into, Why: "同一件事"})
	}},
	{"report with a photo", 1, func(s site) error {
		hash, err := s.sent()
		if err != nil {
			return err
		}
		_, err = s.Intake.Report(s.Ctx(), intake.Report{
			Campaign: "GZ2026", Way: campaign.ByPage, Form: s.Form, Text: "夜里十一点以后，河边的饭店往河里倒泔水", Place: "南川河文化公园桥下",
			Kinds: []complaint.Kind{complaint.Water, complaint.Fumes}, Photos: []string{hash},
		})
		return err
	}},
	{"publish a bulletin", 1, func(s site) error { _, err := s.Bulletins.Publish(s.Ctx(), s.Clerk, s.Bulletin); return err }},
	{"sync an act with a photo", 1, func(s site) error { return s.sync() }},
	{"instruct on a visit", 1, func(s site) error {
		return s.step(1, func() error {
			_, err := s.Visits.Tell(s.Ctx(), s.Leader, visit.Tell{
				At: visit.At{Round: s.Round.ID, Problem: rectifying, Files: []string{s.Photo(s.Leader, 57).Hash}}, What: "今天之内换上密封条", Day: s.Day(0),
			})
			return err
		})
	}},
}

// step does what a person would not do again who sees on the page that it is done.
func (s site) step(n int, do func() error) error {
	if s.done >= n {
		return nil
	}
	if err := do(); err != nil {
		return err
	}
	s.tell()
	return nil
}

func (s site) tell() {
	if s.told != nil {
		s.told()
	}
}

// make makes a step of a problem as it was shown; that it was made already is told, and no harm.
func (s site) make(who identity.Colleague, code string, m problem.Move) error {
	p := s.Shown[code]
	m.Problem, m.Seen = p.ID, p.Version
	m.Digests = s.Digests(p)
	_, err := s.Problems.Move(s.Ctx(), who, m)
	if s.done > 0 && fault.KindOf(err) == fault.Conflict {
		err = nil
	}
	s.tell()
	return err
}

// sent brings a photo as somebody whom nobody asks who they are.
func (s site) sent() (string, error) {
	taken, err := s.Evidence.Take(s.Ctx(), bytes.NewReader(picture(s.t, 56)), evidence.Sent{Kind: "complaint.photo", By: problem.TakenBy})
	return taken.Hash, err
}

func picture(t *testing.T, seed uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, evidencetest.Scene{Seed: seed, W: 160, H: 120}.Draw(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s site) box() *inbox.Inbox[identity.Colleague] {
	return inbox.Open(s.DB, inbox.Options[identity.Colleague]{
		Kinds: s.Visits.Kinds(), As: s.People.Author,
		Files: inbox.Files{
			Limit:   func(kind string) (int64, error) { k, err := s.Evidence.Kind(kind); return k.MaxBytes, err },
			Missing: evidence.Missing,
			Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
				_, err := s.Evidence.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
				return err
			},
		},
	})
}

// sync sends a photo that a phone has and the act that names it, as the phone does: what is lacking of the photo first.
func (s site) sync() error {
	box := s.box()
	lacks, err := box.Begin(s.Ctx(), s.Sent)
	if err != nil {
		return err
	}
	for _, i := range lacks {
		if _, err := box.Part(s.Ctx(), s.Device, s.Hash, i, s.Boxes[i]); err != nil {
			return err
		}
	}
	out, err := box.Receive(s.Ctx(), inbox.Courier{Person: s.Leader.Person}, []envelope.Envelope{s.Act})
	if err == nil && out[0].State != inbox.Done && out[0].State != inbox.Again {
		err = fmt.Errorf("%s: %w", out[0].State, out[0].Err)
	}
	return err
}

const (
	publicity  = "XN2023-0001"
	checked    = "XN2023-0002"
	applied    = "XN2023-0003"
	rectifying = "XN2023-0004"
	signed     = "XN2023-0005"
	bulkOne    = "XN2023-0006"
	bulkOther  = "XN2023-0007"
	merged     = "XN2023-0008"
	into       = "XN2023-0009"
)

const (
	batch = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废、大气
D3QH202311260002,五四西路某烧烤店夜间油烟直排,城西区,大气
D3QH202311260003,某铝厂夜间偷排，烟气呛人,大通县,大气
D3QH202311260004,北川河边有人倾倒建筑垃圾,城北区,固废
D3QH202311260005,汽修店喷漆没有密闭，气味大,城东区,大气
D3QH202311260006,工地半夜打桩，睡不着,城中区,噪音
D3QH202311260007,养殖场粪水流进水渠,湟中区,水
D3QH202311260008,搅拌站扬尘，窗台一层灰,湟源县,大气
D3QH202311260009,水泥罐车冲洗水排到路边,湟源县,水
`
	published = "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311270001,洗车店污水直排雨水口,城东区,水\n"
	nextBatch = "受理编号,交办问题基本情况,行政区域,污染类型\n" +
		"D3QH202311280001,市医院后院医疗废物暂存间还有异味，见 D3QH202311260001,城西区,固废\n*D3QH202311280002,1、砂场没有盖；2、运砂车不盖篷布,大通县,\"大气、生态\"\n"
)

// begin makes a city in which each use case has something to be done about.
func (s site) begin() {
	s.Begin("XN2023", "city")
	s.Begin("GZ2026", "public")
	s.Take("XN2023", batch)
	s.Checked(publicity, 100)
	s.Days(16)
	for _, l := range s.LettersOf(s.Look(publicity)) {
		s.must(s.DB.Update(s.Ctx(), func(tx *db.Tx) error { return letter.Published(tx, l.ID, 1) }))
	}
	s.closing(checked, 110)
	for _, l := range s.LettersOf(s.Look(checked)) {
		s.must(s.Problems.AddWord(s.Ctx(), s.Checker, problem.NewWord{Problem: s.Look(checked).ID, Letter: l.ID, Source: problem.None, Why: "点位在厂区里，附近没有住户可问"}))
	}
	s.Make(s.Checker, checked, problem.Move{Move: "check", Files: []problem.File{s.Photo(s.Checker, 120), s.Photo(s.Checker, 121)}})
	s.closing(applied, 130)
	s.Letter = s.LettersOf(s.Look(applied))[0].ID
	s.Handed(rectifying, 140)
	s.Measure = s.planned(rectifying)
	s.Make(s.Clerk, signed, problem.Move{Move: "assign", Lead: s.Orgs["市医院"]})
	s.Make(s.Unit, signed, problem.Move{Move: "sign"})
	_, err := s.Evidence.Develop(s.Ctx(), 50)
	s.must(err)

	o := s.Take("XN2023", published)
	b, err := s.Bulletins.Prepare(s.Ctx(), s.Clerk, bulletin.New{Campaign: "XN2023", Batches: []int{o.Number}, Why: "编制公开批次"})
	s.must(err)
	r, err := s.Bulletins.Row(s.Ctx(), s.Clerk, b.Ref(), 1)
	s.must(err)
	s.must(s.Bulletins.Look(s.Ctx(), s.Clerk, b.Ref(), 1, r.Seen))
	s.Bulletin = b.Ref()

	s.Round, err = s.Visits.Plan(s.Ctx(), s.Leader, visit.New{Campaign: "XN2023", Day: s.Day(0), Mode: visit.Walk, Problems: []string{rectifying}})
	s.must(err)
	phone := inboxtest.New(s.t, s.box(), s.Leader.Person, s.Leader.Device)
	var file inbox.File
	file, s.Sent, s.Boxes = phone.File(visit.ActSeen, picture(s.t, 58))
	s.Hash, s.Device = file.Hash, phone.ID
	s.Act = phone.Act(visit.ActSeen, map[string]any{"round": s.Round.ID, "problem": rectifying, "measure": "1", "found": "kept", "note": "盖好了"},
		func(a *inbox.Act) { a.Happened, a.Distance, a.Files = s.Now, new(int64), []inbox.File{file} })

	s.Form = rand.Text()
	s.Shown = map[string]problem.Problem{}
	for _, code := range []string{publicity, checked, applied, rectifying, signed, bulkOne, bulkOther, merged, into} {
		s.Shown[code] = s.Look(code)
	}
}

func (s site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// planned gives a problem a measure.
func (s site) planned(code string) problem.Measure {
	s.t.Helper()
	m, err := s.Problems.AddMeasure(s.Ctx(), s.Unit, problem.NewMeasure{Problem: s.Look(code).ID, What: "加盖密闭", Day: s.Day(10)})
	s.must(err)
	return m
}

// closing takes a problem to where the unit has applied for its closing.
func (s site) closing(code string, scene uint64) {
	s.t.Helper()
	s.Handed(code, scene)
	m := s.planned(code)
	_, err := s.Problems.MoveMeasure(s.Ctx(), s.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{s.Photo(s.Unit, scene+2)}})
	s.must(err)
	s.Make(s.Unit, code, problem.Move{Move: "done"})
	var tests []string
	for _, one := range problem.Tests {
		tests = append(tests, one.Key)
	}
	s.Make(s.Unit, code, problem.Move{Move: "apply", Tests: tests, Files: []problem.File{s.Photo(s.Unit, scene+3)}})
}
