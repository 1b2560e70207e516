package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
)

// SelectCode is the code of the selection of stations.
const SelectCode = "zuimei"

// SelectorsName is what the organisation that holds the selection is called.
const SelectorsName = "省总工会推选办公室（示例）"

// The logins of those who select stations.
const (
	Selector   = "zuimei-office"
	InCity     = "zuimei-city"
	InProvince = "zuimei-province"
	Treasurer  = "zuimei-money"
)

// selectors are the people who select stations, in the province that a city lies in.
func selectors(city gb.Division) (all []identity.Member) {
	add := func(login, name, role string, at gb.Division) {
		all = append(all, identity.Member{
			Login: login, Somebody: identity.Somebody{Name: name, Organisation: SelectorsName, Division: at},
			Roles: []identity.Giving{{Role: "contest." + role, Scope: right.Scope{Division: at}}},
		})
	}
	add(Selector, "推选组织人", "organiser", city.Parent())
	add(InCity, "市级推荐人", "recommender", city)
	add(InProvince, "省级推荐人", "recommender", city.Parent())
	add(Treasurer, "资金经办人", "treasurer", city.Parent())
	return all
}

// Of the selection: how many stations are nominated, the city and the province may recommend, and are chosen; and who judges.
const (
	Nominated = 8
	ofCity    = 5
	ofList    = 4
	chosen    = 3
	panelists = 5
	each      = 5000_00 // fen
)

// selection is one while it is played.
type selection struct{ *player }

func newSelection(ctx context.Context, s Stage) (*selection, error) {
	p, err := newPlayer(ctx, s, SelectCode)
	if err == nil {
		p.part, p.organiser, p.judges, p.limit, p.warn = "file", Selector, panelists, 0, 0
	}
	return &selection{p}, err
}

// Select plays a selection of stations of more than a year ago: nominated, recommended up the levels, scored without a hall, listed and
// paid for; one has told its effect.
func Select(ctx context.Context, s Stage) error {
	p, err := newSelection(ctx, s)
	if err != nil {
		return err
	}
	if len(s.Stations) != Nominated {
		return fmt.Errorf("there are %d stations to nominate, and %d are wanted", len(s.Stations), Nominated)
	}
	for _, part := range []func(context.Context) error{p.quotas, p.nominate, p.recommend, p.list, p.order, p.day, p.release, p.final, p.pay, p.effect} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("rehearsing %v: %w", p.now, err)
		}
	}
	return nil
}

// CallSelection begins a selection and sets its quotas, and nothing more.
func CallSelection(ctx context.Context, s Stage, province, city int) error {
	p, err := newSelection(ctx, s)
	if err != nil {
		return err
	}
	return p.quota(ctx, province, city)
}

func (p *selection) quotas(ctx context.Context) error { return p.quota(ctx, ofCity+1, ofCity) }

// quota begins the selection, and gives the province and the city what they may recommend.
func (p *selection) quota(ctx context.Context, province, city int) error {
	now := p.at(ctx, -60, 9*time.Hour)
	f, _ := rule.Preset("beautiful-stations-100")
	f.Rule.Cuts = slices.Clone(f.Rule.Cuts)
	f.Rule.Cuts[0].Heads = new(chosen)
	return p.do(now, Selector, func(who identity.Colleague) error {
		e, err := p.Events.Begin(now, who, event.New{
			Code: p.code, Title: "最美工会户外劳动者服务站点推选（示例）", Approval: "示例〔2025〕2 号", Cycle: "每年一次", Office: p.Office, Division: p.Home.Parent(), Rule: f,
		})
		if err != nil {
			return err
		}
		if _, err := p.Events.Call(now, who, p.code, e.Version, p.Day.AddDate(0, 0, -20)); err != nil {
			return err
		}
		for _, q := range []nomination.Quota{{Division: p.Home.Parent(), N: province}, {Division: p.Home, N: city}} {
			q.Contest, q.Paper = p.code, "示例〔2025〕3 号"
			if err := p.Chosen.SetQuota(now, who, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// nominate names eight stations, of which the city sends one back, which is mended, and does not recommend another.
func (p *selection) nominate(ctx context.Context) error {
	now := p.at(ctx, -50, 10*time.Hour)
	err := p.do(now, InCity, func(who identity.Colleague) error {
		for _, code := range p.Stations {
			if _, err := p.Chosen.Nominate(now, who, nomination.Naming{Contest: p.code, Station: code}); err != nil {
				return err
			}
		}
		_, err := p.Chosen.Return(now, who, p.step(0, 1), "名册里没有写谁提供场所，补上以后再报")
		if err == nil {
			_, err = p.Chosen.Decline(now, who, p.step(7, 1), "开放时间太短，先改进，明年再报")
		}
		return err
	})
	if err != nil {
		return err
	}
	now = p.at(ctx, -44, 10*time.Hour)
	return p.do(now, InCity, func(who identity.Colleague) error {
		_, err := p.Chosen.Nominate(now, who, nomination.Naming{Contest: p.code, Station: p.Stations[0], Seen: 2})
		return err
	})
}

func (p *selection) step(station int, seen int64) nomination.Step {
	return nomination.Step{Contest: p.code, Station: p.Stations[station], Seen: seen}
}

// recommend has the city recommend five, and the province four of them; it sends one back.
func (p *selection) recommend(ctx context.Context) error {
	now := p.at(ctx, -40, 10*time.Hour)
	var seen [ofCity]int64
	err := p.do(now, InCity, func(who identity.Colleague) error {
		for i := range ofCity {
			st := p.step(i, 1)
			if i == 0 {
				st.Seen = 3
			}
			n, err := p.Chosen.Recommend(now, who, st)
			if err != nil {
				return err
			}
			seen[i] = n.Version
		}
		return nil
	})
	if err != nil {
		return err
	}
	now = p.at(ctx, -30, 10*time.Hour)
	return p.do(now, InProvince, func(who identity.Colleague) error {
		for i := range ofList {
			if _, err := p.Chosen.Recommend(now, who, p.step(i, seen[i])); err != nil {
				return err
			}
		}
		_, err := p.Chosen.Return(now, who, p.step(ofList, seen[ofList]), "附近已有两个入选，请换一个片区的")
		return err
	})
}

// list closes the list for experts, and gives them their seats.
func (p *selection) list(ctx context.Context) error {
	now := p.at(ctx, -19, 10*time.Hour)
	return p.do(now, Selector, func(who identity.Colleague) error {
		e, err := p.Events.Get(now, p.code)
		if err != nil {
			return err
		}
		if _, err := p.Entries.Shortlist(now, who, p.code, e.Version); err != nil {
			return err
		}
		for n := 1; n <= p.judges; n++ {
			if err := p.Seats.Give(now, who, p.code, seatOf(n), p.troupe.Person(Judge(n))); err != nil {
				return err
			}
		}
		return nil
	})
}

// release settles what is tied at the line, and puts the result out.
func (p *selection) release(ctx context.Context) error {
	b, err := p.Halls.Board(p.later(ctx, 5*time.Minute), p.code)
	if err != nil {
		return err
	}
	for _, w := range b.Result.Wants {
		if err := p.decide(ctx, w); err != nil {
			return err
		}
	}
	now := p.later(ctx, 20*time.Minute)
	return p.do(now, Selector, func(who identity.Colleague) error {
		_, err := p.Releases.Release(now, who, p.code, "")
		return err
	})
}

// final hangs the list out, and makes it final after its period.
func (p *selection) final(ctx context.Context) error {
	for _, one := range []struct {
		day int
		do  func(context.Context, identity.Colleague, int64) error
	}{
		{1, func(now context.Context, who identity.Colleague, seen int64) error {
			_, err := p.Public.Post(now, who, p.code, seen)
			return err
		}},
		{20, func(now context.Context, who identity.Colleague, seen int64) error {
			_, err := p.Public.Finish(now, who, p.code, seen)
			return err
		}},
	} {
		now := p.at(ctx, one.day, 10*time.Hour)
		err := p.do(now, Selector, func(who identity.Colleague) error {
			e, err := p.Events.Get(now, p.code)
			if err != nil {
				return err
			}
			return one.do(now, who, e.Version)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pay has the money of each station budgeted, paid and received; two have spent some of it, and one movement is taken back.
func (p *selection) pay(ctx context.Context) error {
	b, err := p.Grants.Book(p.at(ctx, 22, 9*time.Hour), p.code)
	if err != nil {
		return err
	}
	post := func(day int, m grant.Movement) error {
		now := p.at(ctx, day, 15*time.Hour)
		m.Contest, m.Day = p.code, p.now.Format(time.DateOnly)
		return p.do(now, Treasurer, func(who identity.Colleague) error {
			_, _, err := p.Grants.Post(now, who, m)
			return err
		})
	}
	const fund, union = "省总工会（示例）", "市总工会（示例）驿站办公室"
	for n, one := range []struct {
		kind            grant.Kind
		letter, purpose string
	}{{grant.Budget, "B", "最美驿站奖补预算"}, {grant.Payment, "P", "拨付奖补资金"}, {grant.Receipt, "R", "收到奖补资金"}} {
		for i, l := range b.Lines {
			m := grant.Movement{
				ID: fmt.Sprintf("2025-%s-%02d", one.letter, i+1), Station: l.Station, Kind: one.kind, Payer: fund, Payee: union, Fen: each,
				Purpose: one.purpose, Paper: fmt.Sprintf("示例〔2025〕%s%d 号", one.letter, i+1),
			}
			if err := post(22+3*n, m); err != nil {
				return err
			}
		}
	}
	spent := func(id string, line int, fen int64, payee, purpose string) grant.Movement {
		return grant.Movement{ID: id, Station: b.Lines[line].Station, Kind: grant.Spent, Payer: union, Payee: payee, Fen: fen, Purpose: purpose, Paper: "示例发票 " + id}
	}
	back := spent("2025-S-03X", 1, -1800_00, "示例电器商行", "微波炉")
	back.Takes, back.Why = "2025-S-03", "记错了驿站"
	for n, m := range []grant.Movement{
		spent("2025-S-01", 0, 3200_00, "示例家电有限公司", "直饮水机"), spent("2025-S-02", 0, 1800_00, "示例电器商行", "微波炉"),
		spent("2025-S-03", 1, 1800_00, "示例电器商行", "微波炉"), back, spent("2025-S-04", 1, 2400_00, "示例家具厂", "座椅六把"),
	} {
		if err := post(40+5*n, m); err != nil {
			return err
		}
	}
	return nil
}

// effect has one station tell what became of it, a year after its money came.
func (p *selection) effect(ctx context.Context) error {
	now := p.at(ctx, 400, 10*time.Hour)
	b, err := p.Grants.Book(now, p.code)
	if err != nil {
		return err
	}
	return p.do(now, InCity, func(who identity.Colleague) error {
		_, err := p.Grants.Tell(now, who, grant.Telling{Contest: p.code, Station: b.Lines[0].Station, Says: "示例：直饮水机和微波炉装好以后一直在用；开放时间没有变化。来了多少人，要等到访记录接进来才说得出。"})
		return err
	})
}
