package rehearsal

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
)

// hangsOut has the result hang out: somebody finds a total wrong and is shown that it is not, and somebody knows of an earlier prize.
func (p *player) hangsOut(ctx context.Context) error {
	now := p.at(ctx, 1, 10*time.Hour)
	err := p.do(now, Organiser, func(who identity.Colleague) error {
		e, err := p.Events.Get(now, p.code)
		if err != nil {
			return err
		}
		_, err = p.Public.Post(now, who, p.code, e.Version)
		return err
	})
	if err != nil {
		return err
	}
	now = p.at(ctx, 1, 20*time.Hour)
	wrong, err := p.Public.Object(now, publicity.Objecting{Contest: p.code, What: "示例：第三名的总分和我自己算的差 0.01，请核对。"})
	if err != nil {
		return err
	}
	now = p.at(ctx, 2, 9*time.Hour)
	err = p.do(now, Organiser, func(who identity.Colleague) (err error) {
		wrong, err = p.Public.Examine(now, who, publicity.Examining{Objection: wrong.ID, Seen: wrong.Version, Found: "按规则先去掉一个最高分和一个最低分再平均，逐步重算与公布一致"})
		return err
	})
	if err != nil {
		return err
	}
	now = p.at(ctx, 2, 15*time.Hour)
	err = p.do(now, Supervisor, func(who identity.Colleague) error {
		_, err := p.Public.Decide(now, who, publicity.Deciding{Objection: wrong.ID, Seen: wrong.Version, Move: "dismiss", Why: "总分无误，每一步在作品的页面上都看得到"})
		return err
	})
	if err != nil {
		return err
	}
	_, err = p.Public.Object(p.at(ctx, 3, 11*time.Hour), publicity.Objecting{Contest: p.code, What: "示例：有一个获奖案例前年已经得过同类奖。", Contact: "示例联系方式"})
	return err
}
