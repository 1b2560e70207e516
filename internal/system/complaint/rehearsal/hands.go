package rehearsal

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

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

func (b begun) led(units map[string]string) string {
	if b.unit != "" {
		return units[b.unit]
	}
	return units[districtUnit(b.Division)]
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
		_, err := p.Problems.MoveIn(tx, who, problem.Move{
			Problem: b.problem, Move: "assign", Seen: now.Version, Lead: b.led(p.Units), Digests: map[string]string{b.letter: letter.Draft(b.Text)},
		})
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
	at := p.at(ctx, day, 9, 0)
	clerk, err := p.as(at, Coordinator)
	if err != nil {
		return err
	}
	for _, login := range []string{Hospital, Districts} {
		who, err := p.as(at, login)
		if err != nil {
			return err
		}
		mine := slices.DeleteFunc(slices.Clone(came), func(b begun) bool {
			return b.login() != login || b.story == inHand || b.story == late || b.story == returned
		})
		shown, err := p.shown(at, who, mine)
		if err != nil {
			return err
		}
		err = p.together(at, mine, func(tx *db.Tx, b begun, now problem.Problem) error {
			if err := p.judge(tx, who, b, now, shown[b.problem]); err != nil || b.story != reported {
				return err
			}
			return p.report(tx, who, clerk, b)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shown brings what each is judged by: a photo of the places with a story, else a paper.
func (p *player) shown(ctx context.Context, who identity.Colleague, came []begun) (map[string]problem.File, error) {
	files := map[string]problem.File{}
	for _, b := range came {
		var err error
		if b.site == "" {
			files[b.problem], err = p.paper(ctx, who)
		} else {
			p.before[b.problem] = p.place()
			files[b.problem], err = p.picture(ctx, who, shot{p.before[b.problem], true})
		}
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// judge says that a problem is true, or not, and plans what is to be done.
func (p *player) judge(tx *db.Tx, who identity.Colleague, b begun, now problem.Problem, shown problem.File) error {
	m := problem.Move{Problem: b.problem, Move: "found", Seen: now.Version, Day: p.day(40), Files: []problem.File{shown}, Verdicts: map[string]complaint.Verdict{b.letter + ".1": complaint.True}}
	if b.story == untrue {
		m.Move, m.Why, m.Day = "untrue", "经监测，昼夜噪声均达标，电磁环境符合限值", p.day(0)
		m.Verdicts[b.letter+".1"] = complaint.Untrue
	}
	if _, err := p.Problems.MoveIn(tx, who, m); err != nil || b.story == untrue {
		return err
	}
	_, err := p.Problems.AddMeasureIn(tx, who, problem.NewMeasure{Problem: b.problem, What: measureFor(b), Day: p.day(14), Money: 8_000_000})
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
func (p *player) report(tx *db.Tx, who, clerk identity.Colleague, b begun) error {
	l, err := letter.Read(tx, b.letter)
	if err != nil {
		return err
	}
	l, err = p.Letters.ReportIn(tx, who, letter.Report{Letter: b.letter, Seen: l.Version, Status: letter.Doing, Answer: letter.Answer{
		Found: "经现场核查，" + b.Text + "的情况存在。", Done: "已责令立即整改：" + measureFor(b) + "。", Aim: "两周内完成",
	}})
	if err != nil {
		return err
	}
	_, err = p.Letters.ReviewIn(tx, clerk, letter.Review{Letter: b.letter, Seen: l.Version, Move: "answer"})
	return err
}

// move makes a step as somebody, of the problem as it is.
func (p *player) move(ctx context.Context, login string, b begun, m problem.Move) error {
	who, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	now, err := stands(ctx, p.DB, b)
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
