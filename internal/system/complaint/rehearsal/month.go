package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// begun is a letter in the city, with its problem.
type begun struct {
	told
	letter  string
	problem string
}

// The evenings and days of the month, counted from the first.
const (
	stayed   = 30
	verified = 2  // days after a letter came
	applied  = 18 // when those with a story of their own are said to be done
	checked  = 19
	signed   = 20
	filed    = 29 // once five working days of publicity are over
	rebound  = 30
)

// month plays the evenings and what follows from them.
func (p *player) month(ctx context.Context) error {
	if err := p.begin(p.at(ctx, 0, 19, 0)); err != nil {
		return err
	}
	var all []begun
	days := map[int][]begun{}
	for day := range len(evenings) + verified {
		if err := p.verify(ctx, day, days[day-verified]); err != nil {
			return err
		}
		if day >= len(evenings) {
			continue
		}
		came, err := p.evening(ctx, day)
		if err != nil {
			return fmt.Errorf("evening %d: %w", day+1, err)
		}
		all, days[day] = append(all, came...), came
	}
	for _, phase := range []func(context.Context, []begun) error{p.apply, p.check, p.signOff, p.comesBack} {
		if err := phase(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) begin(ctx context.Context) error {
	who, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	_, err = p.Campaigns.Begin(ctx, who, campaign.New{
		Code: Campaign, Name: "第三轮督察边督边改（模拟）", Team: "第五督察组（模拟）", Round: 3, Home: p.Home, From: p.day(0), Until: p.day(stayed), Office: p.Units[office], Preset: "city",
	})
	return err
}

// evening takes a batch in at eight, assigns it by nine, and has it signed for and looked at in the next days.
func (p *player) evening(ctx context.Context, i int) ([]begun, error) {
	at := p.at(ctx, i, 20, 0)
	who, err := p.as(at, Coordinator)
	if err != nil {
		return nil, err
	}
	b, all := batch(p.Home, strings.ReplaceAll(p.day(0).String(), "-", ""), i+1)
	o, err := p.Intake.Import(at, who, intake.Upload{Campaign: Campaign, Number: i + 1, Day: p.day(0), Batch: b, Source: intake.Table})
	if err != nil {
		return nil, err
	}
	if o.Added != len(b.Letters) {
		return nil, fmt.Errorf("%d letters of %d were taken in", o.Added, len(b.Letters))
	}
	came, err := p.find(at, i+1, all)
	if err != nil {
		return nil, err
	}
	if err := p.describe(at, who, came); err != nil {
		return nil, err
	}
	return came, errors.Join(p.assign(ctx, i, came), p.sign(ctx, i, came))
}

// find reads the problems of the letters that came.
func (p *player) find(ctx context.Context, number int, all []told) (came []begun, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		came = nil
		for _, one := range all {
			l, _, err := letter.ByCode(tx, Campaign, one.Code, number)
			if err != nil {
				return err
			}
			points, err := letter.Points(tx, l.ID)
			if err != nil {
				return err
			}
			came = append(came, begun{one, l.ID, points[0].Problem})
		}
		return nil
	})
	return came, err
}

// describe gives those that have a site its name.
func (p *player) describe(ctx context.Context, who identity.Colleague, came []begun) error {
	for _, b := range came {
		if b.site == "" {
			continue
		}
		now, err := p.stands(ctx, b)
		if err != nil {
			return err
		}
		site, _, _ := strings.Cut(b.site, "（模拟）")
		_, err = p.Problems.Describe(ctx, who, problem.Description{
			Problem: b.problem, SeenAt: now.ChangedAt, Title: site + "问题", Site: b.site, Division: b.Division, Kinds: b.Kinds, Key: b.Key,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *player) stands(ctx context.Context, b begun) (now problem.Problem, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error { now, err = problem.Read(tx, b.problem); return err })
	return now, err
}

// together makes a step of many problems in one transaction, as a bulk act does.
func (p *player) together(ctx context.Context, came []begun, step func(tx *db.Tx, b begun, now problem.Problem) error) error {
	return p.DB.Update(ctx, func(tx *db.Tx) error {
		for _, b := range came {
			now, err := problem.Read(tx, b.problem)
			if err != nil {
				return err
			}
			if err := step(tx, b, now); err != nil {
				return fmt.Errorf("%s: %w", now.Code, err)
			}
		}
		return nil
	})
}

func (p *player) unit(b begun) string {
	if b.unit != "" {
		return p.Units[b.unit]
	}
	return p.Units[districtUnit(b.Division)]
}

// login is who answers for the unit of a problem.
func (b begun) login() string {
	if b.unit == hospital {
		return Hospital
	}
	return Districts
}

func (p *player) assign(ctx context.Context, day int, came []begun) error {
	at := p.at(ctx, day, 20, 40)
	who, err := p.as(at, Coordinator)
	if err != nil {
		return err
	}
	return p.together(at, came, func(tx *db.Tx, b begun, now problem.Problem) error {
		_, err := p.Problems.MoveIn(tx, who, problem.Move{Problem: b.problem, Move: "assign", Seen: now.Version, Lead: p.unit(b)})
		return err
	})
}

// sign has all signed for the same evening but those that stay late, and one sent back.
func (p *player) sign(ctx context.Context, day int, came []begun) error {
	at := p.at(ctx, day, 21, 30)
	for _, login := range []string{Hospital, Districts} {
		who, err := p.as(at, login)
		if err != nil {
			return err
		}
		err = p.together(at, came, func(tx *db.Tx, b begun, now problem.Problem) error {
			m := problem.Move{Problem: b.problem, Move: "sign", Seen: now.Version}
			if b.story == returned {
				m.Move, m.Why = "return", "湿地公园由市级部门管理，不属本区"
			}
			if b.login() != login || b.story == late {
				return nil
			}
			_, err := p.Problems.MoveIn(tx, who, m)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// verify has those judged that get so far, in the morning of a day.
func (p *player) verify(ctx context.Context, day int, came []begun) error {
	for i, b := range came {
		if b.story == inHand || b.story == late || b.story == returned {
			continue
		}
		at := p.at(ctx, day, 9, i)
		who, err := p.as(at, b.login())
		if err != nil {
			return err
		}
		if err := p.judge(at, who, b); err != nil {
			return err
		}
		if b.story == reported {
			if err := p.report(at, who, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge says that a problem is true, or not, and plans what is to be done.
func (p *player) judge(ctx context.Context, who identity.Colleague, b begun) error {
	var shown problem.File
	var err error
	if b.site != "" {
		p.before[b.problem] = p.place()
		shown, err = p.picture(ctx, who, shot{p.before[b.problem], true})
	} else {
		shown, err = p.paper(ctx, who)
	}
	if err != nil {
		return err
	}
	now, err := p.stands(ctx, b)
	if err != nil {
		return err
	}
	m := problem.Move{Problem: b.problem, Move: "found", Seen: now.Version, Day: p.day(40), Files: []problem.File{shown}, Verdicts: map[string]complaint.Verdict{b.letter + ".1": complaint.True}}
	if b.story == untrue {
		m.Move, m.Why, m.Day = "untrue", "经监测，昼夜噪声均达标，电磁环境符合限值", p.day(0)
		m.Verdicts[b.letter+".1"] = complaint.Untrue
	}
	if _, err := p.Problems.Move(ctx, who, m); err != nil {
		return err
	}
	if b.story == untrue {
		return nil
	}
	_, err = p.Problems.AddMeasure(ctx, who, problem.NewMeasure{Problem: b.problem, What: measureFor(b), Day: p.day(14), Money: 8_000_000})
	return err
}

func measureFor(b begun) string {
	switch {
	case slices.Contains(b.Kinds, complaint.Waste):
		return "暂存点加盖密闭，加装除臭，增加清运频次"
	case slices.Contains(b.Kinds, complaint.Water):
		return "排查管网错接混接，封堵排口"
	case slices.Contains(b.Kinds, complaint.Noise):
		return "夜间停止产生噪声的作业，加装隔声屏"
	}
	return "更换净化设施，安装在线监测"
}

// report reports on a letter, and the office answers.
func (p *player) report(ctx context.Context, who identity.Colleague, b begun) error {
	var l letter.Letter
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) { l, err = letter.Read(tx, b.letter); return err })
	if err != nil {
		return err
	}
	l, err = p.Letters.Report(ctx, who, letter.Report{Letter: b.letter, Seen: l.Version, Status: letter.Doing, Answer: letter.Answer{
		Found: "经现场核查，" + b.Text + "的情况存在。", Done: "已责令立即整改：" + measureFor(b) + "。", Aim: "两周内完成",
	}})
	if err != nil {
		return err
	}
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	_, err = p.Letters.Review(ctx, clerk, letter.Review{Letter: b.letter, Seen: l.Version, Move: "answer"})
	return err
}

// move makes a step as somebody, of the problem as it is.
func (p *player) move(ctx context.Context, login string, b begun, m problem.Move) error {
	who, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	now, err := p.stands(ctx, b)
	if err != nil {
		return err
	}
	m.Problem, m.Seen = b.problem, now.Version
	_, err = p.Problems.Move(ctx, who, m)
	return err
}

func (p *player) stage(ctx context.Context, b begun) error {
	who, err := p.as(ctx, b.login())
	if err != nil {
		return err
	}
	shown, err := p.paper(ctx, who)
	if err != nil {
		return err
	}
	return p.move(ctx, b.login(), b, problem.Move{
		Move: "stage", Day: p.day(120), Owes: industry, Why: "烟气治理改造已开工，设备到货后停产安装", Files: []problem.File{shown},
	})
}

// word puts down what neighbours say.
func (p *player) word(ctx context.Context, login string, b begun, says, why string) error {
	who, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	return p.Problems.AddWord(ctx, who, problem.NewWord{Problem: b.problem, Letter: b.letter, Source: problem.Neighbours, Says: says, Why: why})
}

func (p *player) confirm(ctx context.Context, b begun) error {
	if err := p.word(ctx, Checker, b, problem.Unsure, "问了 4 户，有 2 户说偶尔听得见"); err != nil {
		return err
	}
	who, err := p.as(ctx, Checker)
	if err != nil {
		return err
	}
	shown, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	return p.move(ctx, Checker, b, problem.Move{Move: "confirm", Why: "夜间复测达标，同意不属实", Files: []problem.File{shown}})
}

// tests are all five, met.
func tests() (keys []string) {
	for _, t := range problem.Tests {
		keys = append(keys, t.Key)
	}
	return keys
}

// closing are the stories that go as far as a check on site.
func (b begun) closing() bool {
	return b.story == closedOne || b.story == rebounded || b.story == falsely || b.story == reused
}

// apply has those with a story done and applied for, and one closed for a stage.
func (p *player) apply(ctx context.Context, all []begun) error {
	for i, b := range all {
		at := p.at(ctx, applied, 9, i)
		if b.story == longTerm {
			if err := p.stage(at, b); err != nil {
				return err
			}
		}
		if b.closing() || b.story == longTerm {
			who, err := p.as(at, b.login())
			if err != nil {
				return err
			}
			if err := p.report(at, who, b); err != nil {
				return err
			}
		}
		if !b.closing() {
			continue
		}
		who, err := p.as(at, b.login())
		if err != nil {
			return err
		}
		shown, err := p.picture(at, who, p.after(b))
		if err != nil {
			return err
		}
		if err := p.doMeasures(at, who, b, shown); err != nil {
			return err
		}
		if err := p.move(at, b.login(), b, problem.Move{Move: "done"}); err != nil {
			return err
		}
		self, err := p.paper(at, who)
		if err != nil {
			return err
		}
		if err := p.move(at, b.login(), b, problem.Move{Move: "apply", Tests: tests(), Files: []problem.File{self}}); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) doMeasures(ctx context.Context, who identity.Colleague, b begun, shown problem.File) error {
	var measures []problem.Measure
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) { measures, err = problem.Measures(tx, b.problem); return err })
	if err != nil {
		return err
	}
	for _, m := range measures {
		if _, err := p.Problems.MoveMeasure(ctx, who, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{shown}}); err != nil {
			return err
		}
	}
	return nil
}

// after is the photo of the place of a problem once its measures are done; in one story it is one that was shown
// for another problem before.
func (p *player) after(b begun) shot {
	if b.story == reused {
		return shot{place: 1}
	}
	return shot{place: p.before[b.problem]}
}

// check sends a checker from outside. What is not so goes back.
func (p *player) check(ctx context.Context, all []begun) error {
	for i, b := range all {
		at := p.at(ctx, checked, 9, i)
		var err error
		switch {
		case b.story == untrue:
			err = p.confirm(at, b)
		case b.closing():
			err = p.checkOne(at, b)
		}
		if err != nil {
			return err
		}
	}
	return developAll(p.at(ctx, checked, 18, 0), p.Evidence)
}

func (p *player) checkOne(ctx context.Context, b begun) error {
	who, err := p.as(ctx, Checker)
	if err != nil {
		return err
	}
	one, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if b.story == falsely {
		if err := p.word(ctx, Checker, b, problem.NotSolved, "问了 3 位，都说油桶只是挪到了后院"); err != nil {
			return err
		}
		return p.move(ctx, Checker, b, problem.Move{Move: "fail", Why: "现场油桶只是挪到后院，地面没有清理", Day: p.day(20), Files: []problem.File{one}})
	}
	two, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if err := p.word(ctx, Checker, b, problem.Solved, "问了 5 位，在门口和对面楼下"); err != nil {
		return err
	}
	return p.move(ctx, Checker, b, problem.Move{Move: "check", Files: []problem.File{one, two}})
}

// signOff signs off what was checked, but for the one with a photo that was used before: somebody has to say
// first what it is.
func (p *player) signOff(ctx context.Context, all []begun) error {
	for i, b := range all {
		if b.story != closedOne && b.story != rebounded {
			continue
		}
		if err := p.move(p.at(ctx, signed, 9, i), Signer, b, problem.Move{Move: "sign-off"}); err != nil {
			return err
		}
	}
	return nil
}

func developAll(ctx context.Context, e *evidence.Evidence) error {
	const some = 50
	for {
		n, err := e.Develop(ctx, some)
		if err != nil || n < some {
			return err
		}
	}
}

// comesBack publishes and files what is past its publicity, and brings one back.
func (p *player) comesBack(ctx context.Context, all []begun) error {
	if err := p.publish(p.at(ctx, filed, 9, 0)); err != nil {
		return err
	}
	for i, b := range all {
		if b.story != closedOne && b.story != rebounded {
			continue
		}
		if err := p.move(p.at(ctx, filed, 10, i), Coordinator, b, problem.Move{Move: "file"}); err != nil {
			return err
		}
	}
	return p.reopens(p.at(ctx, rebound, 20, 0), all)
}

// publish publishes the first batches, each row read by a person, who covers what may be somebody's data.
func (p *player) publish(ctx context.Context) error {
	delete(p.entered, Coordinator) // who publishes has just said who they are
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	draft, err := p.Bulletins.Prepare(ctx, clerk, bulletin.New{Campaign: Campaign, Title: "第一至四批边督边改公开情况（模拟）", Batches: []int{1, 2, 3, 4}, Why: "编制公开批次"})
	if err != nil {
		return err
	}
	desk, err := p.Bulletins.Desk(ctx, clerk, draft.Ref())
	if err != nil {
		return err
	}
	for _, line := range desk.Rows {
		if err := p.read(ctx, clerk, draft.Ref(), line.Place); err != nil {
			return fmt.Errorf("row %d: %w", line.Place, err)
		}
	}
	_, err = p.Bulletins.Publish(ctx, clerk, draft.Ref())
	return err
}

// read reads a row and covers what somebody has to decide about.
func (p *player) read(ctx context.Context, clerk identity.Colleague, ref bulletin.Ref, place int) error {
	for {
		row, err := p.Bulletins.Row(ctx, clerk, ref, place)
		if err != nil {
			return err
		}
		d, undecided := cover(row)
		if !undecided {
			return p.Bulletins.Look(ctx, clerk, ref, place, row.Seen)
		}
		if err := p.Bulletins.Decide(ctx, clerk, ref, d); err != nil {
			return err
		}
	}
}

// cover is the first decision that a row waits for: here all is covered.
func cover(row bulletin.Row) (bulletin.Decision, bool) {
	for _, text := range row.Texts {
		for _, part := range text.Parts {
			if part.Is == bulletin.Likely {
				return bulletin.Decision{Place: row.Place, Seen: row.Seen, Field: text.Field, From: part.From, To: part.To, Do: "cover", Kind: part.Kind}, true
			}
		}
	}
	return bulletin.Decision{}, false
}

// reopens takes the letter in that says that the carbon works is as before, and the office begins its problem
// again.
func (p *player) reopens(ctx context.Context, all []begun) error {
	i := slices.IndexFunc(all, func(b begun) bool { return b.story == rebounded })
	was := all[i]
	one := again
	one.Row, one.Division, one.Region, one.Channel = 2, was.Division, was.Region, complaint.Call
	one.Code, _ = complaint.ReadCode("D3QH" + strings.ReplaceAll(p.day(0).String(), "-", "") + "0901") // of a shape that is known
	one.Kinds, _ = complaint.ReadKinds(one.KindsText)
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	o, err := p.Intake.Import(ctx, clerk, intake.Upload{
		Campaign: Campaign, Number: len(evenings) + 1, Day: p.day(0), Source: intake.Table, Batch: intake.Batch{Title: "第17批 边督边改信访件（模拟数据）", Letters: []intake.Letter{one}},
	})
	if err != nil {
		return err
	}
	if o.Reopenings != 1 {
		return fmt.Errorf("%d problems were proposed to begin again", o.Reopenings)
	}
	var child problem.Child
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		children, err := problem.Children(tx, was.problem)
		if err == nil && len(children) > 0 {
			child = children[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = p.Problems.Decide(ctx, clerk, problem.Decision{Child: child.ID, Seen: child.Version, Move: "take", Why: "又有群众反映，夜间现场确有异味"})
	return err
}

// Evidence is what the stage's album is, for the rooms.
func Evidence(e *evidence.Evidence) problem.Album {
	return func() (*evidence.Evidence, error) { return e, nil }
}
