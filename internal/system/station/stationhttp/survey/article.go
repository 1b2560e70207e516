package survey

import (
	"context"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/published"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Article is what the stations tell the city at this minute: what share of the people
// reach one that is open, and how that goes through the day. It is the coverage page's
// own figure, of the same runs.
func (p *Pages) Article(ctx context.Context) (web.Article, error) {
	c := p.City()
	s := ask.Survey{Question: coverage.Question{Mode: network.Walk, At: p.Now(), Within: ask.UsualMinutes * time.Minute}, Chosen: true}
	if len(c.Survey.Demands) == 0 || len(c.Network.Stations) == 0 {
		return openNow(c, s.At), nil
	}
	s.Demand = c.Survey.Demands[0].Kind
	now, err := p.Runs.Cover(ctx, c, s.Question)
	if err != nil {
		return web.Article{}, err
	}
	if now.Demand == 0 {
		return openNow(c, s.At), nil
	}
	day, err := p.Runs.Day(ctx, c, s.Question, calendar.DateOf(s.At))
	if err != nil {
		return web.Article{}, err
	}
	return web.Article{
		At: s.At, Receipt: published.ReachPath(s.At, s.Demand),
		More: web.NavItem{Href: s.Address("/coverage"), Text: lang.Text{ZH: "看地图：谁走不到", EN: "The map: who is left out"}, Icon: web.IconMap},
		Says: func(l lang.Lang) web.ArticleWords {
			return web.ArticleWords{
				Headline: headline(l, c, s, now, day),
				Number:   lang.Percent(now.Covered[1].Float(), now.Demand.Float()), Unit: "%",
				Figure:  l.F("的%[1]s步行 %[2]d 分钟以内有开着的驿站", "of the %[1]s have an open station within %[2]d minutes on foot", c.Who(l, s.Demand), s.Minutes()),
				Text:    articleText(l, c, now, day),
				Picture: kit.Curve(todayCurve(l, day, s.At)),
			}
		},
	}, nil
}

// headline says the worst that is true of now: that most are left out, or when they
// will be.
func headline(l lang.Lang, c *city.City, s ask.Survey, now *coverage.Coverage, day *coverage.Clock) string {
	share := lang.Percent(now.Covered[1].Float(), now.Demand.Float())
	hour := s.At.Format("15:04")
	if 2*now.Covered[1] < now.Demand {
		return l.F("%[1]s，只有 %[2]s%% 的%[3]s走得到开着的驿站", "At %[1]s, only %[2]s%% of the %[3]s can walk to an open station", hour, share, c.Who(l, s.Demand))
	}
	low, _ := coverage.Extremes(day, 1, 0, coverage.MinutesPerDay)
	if 2*low.Covered[1] < low.Covered[0] {
		return l.F("%[1]s，%[2]s%% 的%[3]s走得到开着的驿站；%[4]s只有 %[5]s%%", "At %[1]s, %[2]s%% of the %[3]s can walk to an open station; at %[4]s only %[5]s%%", hour, share, c.Who(l, s.Demand), hourOf(l, low.From), words.ShareOf(low, 1))
	}
	return l.F("%[1]s，%[2]s%% 的%[3]s走得到开着的驿站", "At %[1]s, %[2]s%% of the %[3]s can walk to an open station", hour, share, c.Who(l, s.Demand))
}

// hourOf is a minute of the day in a headline.
func hourOf(l lang.Lang, minute int) string {
	if minute%60 == 0 && l != lang.EN {
		return strconv.Itoa(minute/60) + " 点"
	}
	return words.HourWords(minute)
}

func articleText(l lang.Lang, c *city.City, now *coverage.Coverage, day *coverage.Clock) []string {
	low, high := coverage.Extremes(day, 1, 0, coverage.MinutesPerDay)
	out := []string{
		l.F("在用的 %[1]s 个驿站里，此刻 %[2]s 个开着。", "Of %[1]s stations in service, %[2]s are open at this minute.", words.Count(now.Operating), words.Count(now.Counted)),
		l.F("今天最低 %[1]s%%（%[2]s），最高 %[3]s%%（%[4]s）。", "Today it is %[1]s%% at the lowest (%[2]s) and %[3]s%% at the highest (%[4]s).", words.ShareOf(low, 1), words.SpanWords(l, day, low), words.ShareOf(high, 1), words.SpanWords(l, day, high)),
	}
	if c.Estimated(now.Question.Demand) {
		out = append(out, l.T("人数是按地图上的房屋和街道估计的。", "How many people live where is estimated from the buildings and streets of the map."))
	}
	return out
}

// openNow is the article of a city where nobody has said where people are: how many
// doors are open.
func openNow(c *city.City, at time.Time) web.Article {
	operating, open := 0, 0
	for i := range c.Network.Stations {
		if s := &c.Network.Stations[i]; s.Status == station.Operating {
			operating++
			if s.Hours.OpenAt(at) {
				open++
			}
		}
	}
	return web.Article{
		At: at, Receipt: published.OpenPath(at), More: web.NavItem{Href: "/stations", Text: lang.Text{ZH: "看名册", EN: "The register"}, Icon: web.IconList},
		Says: func(l lang.Lang) web.ArticleWords {
			w := web.ArticleWords{
				Headline: l.F("%[1]s，%[2]s 个驿站里 %[3]s 个开着", "At %[1]s, %[3]s of %[2]s stations are open", at.Format("15:04"), words.Count(operating), words.Count(open)),
				Number:   words.Count(open), Figure: l.T("个驿站此刻开着", "stations are open at this minute"),
				Text: []string{l.T("还没有导入人口，所以说不出多少人走得到。", "Nobody has said where people live, so how many can walk to one is not known.")},
			}
			if operating == 0 {
				w.Headline, w.Text = l.T("这里还没有在用的驿站", "There are no stations in service here yet"), nil
			}
			return w
		},
	}
}

func todayCurve(l lang.Lang, day *coverage.Clock, now time.Time) kit.DayCurve {
	c := kit.DayCurve{Now: now.Hour()*60 + now.Minute()}
	for _, s := range day.Spans {
		c.Steps = append(c.Steps, kit.DayStep{From: s.From, To: s.To, Share: s.Share(1)})
	}
	low, high := coverage.Extremes(day, 1, 0, coverage.MinutesPerDay)
	c.Says = l.F("今天每一刻走得到的人占多少：最低 %[1]s%%（%[2]s），最高 %[3]s%%（%[4]s）", "The share through today: %[1]s%% at the lowest (%[2]s), %[3]s%% at the highest (%[4]s)",
		words.ShareOf(low, 1), words.SpanWords(l, day, low), words.ShareOf(high, 1), words.SpanWords(l, day, high))
	return c
}
