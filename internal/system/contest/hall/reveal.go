package hall

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Close takes no more marks of a run: when every seat has sealed, is absent or is recused.
func (h *Halls) Close(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Score, at, false, func(s *step) error {
		if err := s.from(Heard); err != nil {
			return err
		}
		a, err := everything(s.tx, s.facts, s.e)
		if err != nil {
			return err
		}
		if owed := a.owed(&s.run); len(owed) > 0 {
			return wanting(a.seats, owed, s.tx.Now())
		}
		s.run.State, s.run.AskedBy = Closed, s.by.Person
		return s.run.save(s.tx)
	})
}

// wanting says which seats have not sealed, and how each is connected.
func wanting(seats []seat.Seat, owed []string, now time.Time) error {
	var zh, en []string
	for _, one := range seats {
		if !slices.Contains(owed, one.Seat) {
			continue
		}
		switch {
		case one.SeenAt == nil:
			zh, en = append(zh, one.Seat+"（还没有连上）"), append(en, one.Seat+" (never connected)")
		case !one.Connected(now):
			ago := int(now.Sub(*one.SeenAt) / time.Second)
			unsentZH, unsentEN := "", ""
			if one.Unsent > 0 {
				unsentZH, unsentEN = fmt.Sprintf("，有 %d 个分没送到", one.Unsent), fmt.Sprintf(", with %d marks unsent", one.Unsent)
			}
			zh = append(zh, fmt.Sprintf("%s（%d 秒没有消息%s）", one.Seat, ago, unsentZH))
			en = append(en, fmt.Sprintf("%s (silent for %d s%s)", one.Seat, ago, unsentEN))
		default:
			zh, en = append(zh, one.Seat), append(en, one.Seat)
		}
	}
	return fault.New(fault.Conflict, "还有评委没有封存：%[1]s。等一等，换一台设备，改用纸质评分表，或由两个人写缺席。", "These have not sealed: %[2]s. Wait, take another device or paper, or have two people note an absence.", strings.Join(zh, "、"), strings.Join(en, ", "))
}

// Check confirms a closed run: what it comes to is settled, and only that can be revealed.
func (h *Halls) Check(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Supervise, at, false, func(s *step) error {
		if err := s.from(Closed); err != nil {
			return err
		}
		if err := another(s.run.AskedBy, s.by); err != nil {
			return err
		}
		a, err := everything(s.tx, s.facts, s.e)
		if err != nil {
			return err
		}
		if s.run.Score, err = s.scoreOf(&a); err != nil {
			return err
		}
		s.run.State, s.run.CheckedBy, s.run.Openings = Checked, s.by.Person, a.openings(&s.run)
		return s.run.save(s.tx)
	})
}

// scoreOf is what a run's part comes to; empty where only all of them tell.
func (s *step) scoreOf(a *all) (string, error) {
	r, err := a.scored(s.tx, func(r *Run) bool { return r.At == s.run.At })
	if err != nil {
		return "", err
	}
	tr, _ := r.Trace(s.run.Entry)
	for _, stage := range tr.Stages {
		for _, p := range stage.Parts {
			if p.Part == s.run.Part && p.Score != "" {
				return published(&s.e.Rule.Rule, p.Part, string(p.Score))
			}
		}
	}
	return "", nil
}

// published is a part's score with the places that the rule rounds it to.
func published(r *rule.Rule, part, score string) (string, error) {
	p, _, _ := r.Part(part)
	if p.Round == nil {
		return score, nil
	}
	n, err := exact.Parse(score)
	return n.Decimal(p.Round.Places), err
}

// Refuse opens a closed or checked run again, with a reason.
func (h *Halls) Refuse(ctx context.Context, who identity.Colleague, at At, reason string) error {
	return h.do(ctx, who, contest.Supervise, at, false, func(s *step) error {
		why, err := seat.Because(reason)
		if err != nil {
			return err
		}
		if err := s.from(Closed, Checked); err != nil {
			return err
		}
		if err := another(s.run.AskedBy, s.by); err != nil {
			return err
		}
		s.run.State, s.run.AskedBy, s.run.Why, s.run.Score, s.run.Openings, s.run.CheckedBy = Heard, "", why, "", "", ""
		if err := record.Append(s.tx, s.by.Sign, moved{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, To: "reopened", by: s.by.Person, why: why}); err != nil {
			return err
		}
		return s.run.save(s.tx)
	})
}

// Reveal shows everybody what was checked, by the hash that the host was shown. A second press finds it done.
func (h *Halls) Reveal(ctx context.Context, who identity.Colleague, at At, openings string) error {
	return h.do(ctx, who, contest.Host, at, true, func(s *step) error {
		if s.run.State == Shown && s.run.Openings == openings {
			return nil
		}
		if err := s.from(Checked); err != nil {
			return err
		}
		a, err := everything(s.tx, s.facts, s.e)
		if err != nil {
			return err
		}
		if now := a.openings(&s.run); now != openings || now != s.run.Openings {
			return fault.New(fault.Conflict, "作品 %s 的成绩和复核过的不一样了，没有公布。请监督员再看一次。", "%s is not what was checked, and nothing was revealed. Have the supervisor look again.", at.Entry)
		}
		s.run.State, s.run.Revealed = Shown, s.e.Board+1
		if err := record.Append(s.tx, s.by.Sign, revealed{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, Score: s.run.Score, Openings: openings, by: s.by.Person}); err != nil {
			return err
		}
		if err := s.unseal(); err != nil {
			return err
		}
		if err := s.run.save(s.tx); err != nil {
			return err
		}
		return s.finished()
	})
}

// unseal opens the sheets of a run and their entries of the record, and those of who is away.
func (s *step) unseal() error {
	sheets, err := s.sheets()
	if err != nil {
		return err
	}
	for _, one := range sheets {
		if err := opened(s, one.LogEntry); err != nil {
			return err
		}
		if one.State != sealedSheet {
			continue
		}
		one.State = openedSheet
		if _, err := markSheet.Exec(s.tx, one); err != nil {
			return err
		}
	}
	aways, err := seat.Aways(s.tx, s.e.Code)
	for _, w := range aways {
		if w.Part != s.run.Part || w.Entry != s.run.Entry || !w.Stands() {
			continue
		}
		if err := opened(s, w.LogEntry); err != nil {
			return err
		}
	}
	return err
}

// opened opens an entry of the record, which may be open already.
func opened(s *step, id string) error {
	err := record.Open(s.tx, s.by.Sign, id)
	if fault.KindOf(err) == fault.Conflict {
		return nil
	}
	return err
}

// finished ends the judging of a contest with its last reveal.
func (s *step) finished() error {
	runs, err := Runs(s.tx, s.e.Code)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State != Shown && r.State != Forfeit && r.State != Interrupted {
			return nil
		}
	}
	last := &s.e.Rule.Rule.Stages[len(s.e.Rule.Rule.Stages)-1]
	for _, p := range last.Parts {
		if p.Judged != nil && !slices.ContainsFunc(runs, func(r Run) bool { return r.Part == p.Key }) {
			return nil // a later stage is to come
		}
	}
	s.e.State = contest.Judged
	return s.e.Write(s.tx)
}
