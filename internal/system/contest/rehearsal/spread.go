package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// EarlierCode is the code of a small contest whose list is final: its winners have case cards, which others have adopted.
const EarlierCode = "cases-8"

// earlier are its entries, made up: a unit and a title a line.
var earlier = []string{
	"西宁市政务服务局|一枚印章管审批", "西宁市政务服务局|“办不成事”窗口", "市医保局|异地就医备案自己办", "市住建局|竣工联合验收一张表",
	"市税务局|税费事项语音提示办", "城东区政务局|夜间办事厅", "市水务局|用水报装三天通水", "市司法局|企业合规体检",
}

// says is what cards say, by the title of their entry.
var says = map[string]card.Draft{
	"一枚印章管审批":   {Field: "approval", Problem: "示例：办一件事要跑七个部门，每个部门盖一枚章。", Measures: "示例：审批事项划到一个局，一枚印章办结。\n原部门改作监管，每周对一次清单。", Effect: "示例：跑一次，平均两天办结。"},
	"“办不成事”窗口":  {Field: "service", Problem: "示例：窗口说办不了，就没有人再管。", Measures: "示例：办不成的事在一个窗口登记，专人接着办，三天里答复。\n每月把办不成的原因列成清单，改流程。", Effect: "示例：登记的事八成办成，其余写明依据。"},
	"异地就医备案自己办": {Field: "service", Problem: "示例：外出看病先回参保地盖章。", Measures: "示例：手机上自己备案，不再要证明。\n窗口只帮不会用手机的人。", Effect: "示例：备案当场生效。"},
	"竣工联合验收一张表": {Field: "approval", Problem: "示例：五家分头验收，前后一个月。", Measures: "示例：一张表申请，五家同一天到场。\n问题一次告知，整改一次复验。", Effect: "示例：验收从一个月减到八天。"},
	"税费事项语音提示办": {Field: "finance", Problem: "示例：不知道哪天该报什么，常常逾期。", Measures: "示例：到期前三天电话语音提示。\n按键就能转人工。", Effect: "示例：逾期申报少了三成。"},
	"夜间办事厅":     {Field: "service", Problem: "示例：上班的人白天来不了。", Measures: "示例：每周两晚延到九点，能预约。\n只开办得最多的二十件事。", Effect: "示例：一晚办四十件。"},
	"用水报装三天通水":  {Field: "park", Problem: "示例：接水要等半个月。", Measures: "示例：外线施工并联许可。\n勘查当天给方案。", Effect: "示例：平均三天通水。"},
	"企业合规体检":    {Field: "law", Problem: "示例：企业不知道哪里不合规，罚了才知道。", Measures: "示例：对照清单先自查，再请律师看一次。\n首次查出的轻微问题限期改，不罚。", Effect: "示例：同类处罚少了一半。"},
}

// adopterUnits work as the cards say. The months are so many back.
var adopterUnits = []struct {
	login, unit, code string
	back              []int
	brings            bool // evidence, so that it is verified
	changed, effect   string
}{
	{"contest-adopter-1", "城东区政务大厅（示例）", "630102", []int{4, 1}, true, "示例：照着做，窗口设在二楼综合区。", "示例：一个月登记 41 件，办成 35 件。"},
	{"contest-adopter-2", "城中区政务大厅（示例）", "630103", []int{3, 2}, true, "示例：加了电话登记，不到大厅也能报。", "示例：等候时间少了一半。"},
	{"contest-adopter-3", "湟中区政务大厅（示例）", "630106", []int{2}, false, "示例：乡镇便民点一起登记。", ""},
	{"contest-adopter-4", "大通县政务大厅（示例）", "630121", []int{2, 0}, false, "示例：先在两个窗口试。", ""},
}

// adopters are the units and the people who record adoptions.
func adopters() (units []identity.Unit, all []identity.Member) {
	for _, a := range adopterUnits {
		d, err := gb.Parse(a.code)
		if err != nil {
			panic(err) // a code of the country, written above
		}
		units = append(units, identity.Unit{Name: a.unit, Division: d})
		g := identity.Giving{Role: "contest.adopter", Organisation: a.unit}
		g.Scope.Division = d
		all = append(all, identity.Member{Login: a.login, Somebody: identity.Somebody{Name: "学用单位经办人", Organisation: a.unit, Division: d}, Roles: []identity.Giving{g}})
	}
	return units, all
}

// Spread plays a small contest to its final list, and what became of its winners.
func Spread(ctx context.Context, s Stage) error {
	p, err := newPlayer(ctx, s, EarlierCode)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{p.few, p.order, p.day, p.ends, p.cards, p.adoptions} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("rehearsing %v: %w", p.now, err)
		}
	}
	return nil
}

// few is a contest of some entries, of which the first four win.
func (p *player) few(ctx context.Context) error {
	f, _ := rule.Preset("trim-1-1-mean-2dp")
	heads := 4
	f.Rule.Cuts = []rule.Cut{{Key: "good", Stage: f.Rule.Stages[0].Key, Heads: &heads, Tie: rule.Admit}}
	names := map[string]lang.Text{"good": {ZH: "优秀案例", EN: "commended"}}
	maps.Copy(names, f.About.Names)
	f.About.Names = names
	var all []entry.Draft
	for _, line := range earlier {
		unit, title := parts(line)
		all = append(all, entry.Draft{Title: title, Summary: "示例", Groups: map[string][]string{entry.Unit: {unit}}})
	}
	return p.begin(ctx, event.New{Title: "优秀案例评选（示例）", Cycle: "上半年", Rule: f}, all)
}

// ends releases the result and has it become final when its publicity is over.
func (p *player) ends(ctx context.Context) error {
	now := p.later(ctx, 10*time.Minute)
	err := p.do(now, Organiser, func(who identity.Colleague) error { _, err := p.Releases.Release(now, who, p.code, ""); return err })
	if err != nil {
		return err
	}
	step := func(now context.Context, do func(context.Context, identity.Colleague, int64) error) error {
		return p.do(now, Organiser, func(who identity.Colleague) error {
			e, err := p.Events.Get(now, p.code)
			if err != nil {
				return err
			}
			return do(now, who, e.Version)
		})
	}
	var until time.Time
	err = step(p.later(ctx, time.Hour), func(now context.Context, who identity.Colleague, seen int64) error {
		period, err := p.Public.Post(now, who, p.code, seen)
		until = period.Until
		return err
	})
	if err != nil {
		return err
	}
	p.now = until.Add(time.Hour)
	return step(db.Rehearse(ctx, p.now), func(now context.Context, who identity.Colleague, seen int64) error {
		_, err := p.Public.Finish(now, who, p.code, seen)
		return err
	})
}

// cards has the winners written up and shown; the last of them waits for the organiser.
func (p *player) cards(ctx context.Context) error {
	now := p.later(ctx, 20*time.Hour)
	var all []card.Winner
	err := p.DB.View(now, func(tx *db.Tx) (err error) { all, err = p.Cards.Winners(tx, p.code); return err })
	if err != nil {
		return err
	}
	for i, w := range all {
		d := says[w.Entry.Title]
		d.Title, d.Office, d.Phone = w.Entry.Title, w.Entry.Groups[entry.Unit][0]+" 办公室（示例）", "0971-0000000"
		d.Figures = []card.Figure{{What: "示例：平均办理天数", Said: "2 天"}, {What: "已核实采用这类案例的单位", Said: "写卡时 0 家", At: "/receipts/figures/" + card.Spread}}
		err := p.do(now, Organiser, func(who identity.Colleague) error {
			c, err := p.Cards.Save(now, who, card.Saving{Contest: p.code, Number: w.Entry.Number, Draft: d})
			if err != nil {
				return err
			}
			if c, err = p.Cards.Offer(now, who, c.ID, c.Version); err != nil || i == len(all)-1 {
				return err
			}
			_, err = p.Cards.Show(now, who, c.ID, c.Version)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// adoptions has units say that they work as the cards say; who brings evidence is verified.
func (p *player) adoptions(ctx context.Context) error {
	var shown []card.Card
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) { shown, err = card.Library(tx, card.Filter{Limit: 10}); return err })
	if err != nil {
		return err
	}
	for _, u := range adopterUnits {
		for k, back := range u.back {
			now := p.later(ctx, 3*time.Hour)
			var a card.Adoption
			err := p.do(now, u.login, func(who identity.Colleague) error {
				org, err := p.People.Organisations.Named(now, u.unit)
				if err != nil {
					return err
				}
				at, err := gb.Parse(u.code)
				if err != nil {
					return err
				}
				first := calendar.DateOf(p.now.In(calendar.China)).Start(calendar.China)
				month := first.AddDate(0, -back, 1-first.Day()).Format("2006-01")
				if a, err = p.Cards.Adopt(now, who, card.Adopting{Card: shown[k%len(shown)].ID, Organisation: org.ID, Division: at, Since: month, Changed: u.changed, Effect: u.effect}); err != nil || !u.brings {
					return err
				}
				return p.bring(now, who, a)
			})
			if err != nil {
				return err
			}
			if !u.brings {
				continue
			}
			now = p.later(ctx, time.Hour)
			err = p.do(now, Organiser, func(who identity.Colleague) error {
				_, err := p.Cards.Decide(now, who, card.Deciding{Adoption: a.ID, Seen: a.Version, To: card.Verified, Reason: "示例：看了登记台账的照片，与所说一致。"})
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// bring attaches a made-up picture to an adoption.
func (p *player) bring(ctx context.Context, who identity.Colleague, a card.Adoption) error {
	album, err := p.Cards.Album()
	if err != nil {
		return err
	}
	picture := image.NewGray(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			picture.SetGray(x, y, color.Gray{Y: uint8(128 + (x+y+int(chance(a.ID)%97))%97)})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return err
	}
	taken, err := album.Take(ctx, &b, evidence.Sent{Kind: contest.Attachment, By: who.Person})
	if err != nil {
		return err
	}
	return p.Cards.Attach(ctx, who, a.ID, []string{taken.Hash})
}
