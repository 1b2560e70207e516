package public

import (
	"context"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Article is what the complaints tell the city: how many were called done and how many are closed, and what is
// awkward about it.
func (p *Pages) Article(ctx context.Context) (a web.Article, err error) {
	all, err := p.Campaigns.List(ctx, "", mostListed)
	if err != nil || len(all) == 0 {
		return nothing(p.Now()), err
	}
	c := all[0]
	for _, one := range all { // what is taken all year is told of where there is no inspection
		if c.Standing() && !one.Standing() || c.Standing() == one.Standing() && c.From.Before(one.From) {
			c = one
		}
	}
	at := p.Now()
	var r standing.Result
	err = p.DB.View(ctx, func(tx *db.Tx) error { r, err = standing.Now(tx, c.Code, at); return err })
	if err != nil {
		return a, err
	}
	return web.Article{
		At: at, Receipt: standing.Path(at, c.Code),
		More: web.NavItem{Href: "/complaints", Text: lang.Text{ZH: "看公开的批次", EN: "What was published"}, Icon: web.IconComplaint},
		Says: func(l lang.Lang) web.ArticleWords {
			return web.ArticleWords{
				Headline: headline(l, r), Number: strconv.Itoa(r.Closed), Unit: " / " + strconv.Itoa(r.Problems),
				Figure:  l.T("个问题已经销号", "problems are closed"),
				Text:    tells(l, c, r),
				Picture: kit.Bars(bars(l, r)),
			}
		},
	}, nil
}

func nothing(at time.Time) web.Article {
	return web.Article{
		At: at, Receipt: standing.Path(at, ""), More: web.NavItem{Href: "/complaints", Text: lang.Text{ZH: "信访整改", EN: "Complaints"}, Icon: web.IconComplaint},
		Says: func(l lang.Lang) web.ArticleWords {
			return web.ArticleWords{
				Headline: l.T("还没有督察交办的信访件", "No complaints have been handed over yet"), Number: "0", Figure: l.T("件信访件", "letters"),
			}
		},
	}
}

// headline says the worst that is true.
func headline(l lang.Lang, r standing.Result) string {
	switch {
	case r.Reopened > 0:
		return l.F("%[1]d 件信访件，说过办结的 %[2]d 个问题里，%[3]d 个又反弹重开", "Of %[4]s called done, %[3]d came back (%[5]s)", r.Letters, r.WasClosed, r.Reopened, lang.Plural(r.WasClosed, "problem"), lang.Plural(r.Letters, "letter"))
	case r.Unsigned > 0:
		return l.F("%[1]d 件信访件，%[2]d 个问题交办了还没人签收", "%[3]s assigned that nobody has signed for (%[4]s)", r.Letters, r.Unsigned, lang.Plural(r.Unsigned, "problem"), lang.Plural(r.Letters, "letter"))
	case r.Late > 0:
		return l.F("%[1]d 件信访件，%[2]d 个问题超期了", "%[3]s late (%[4]s)", r.Letters, r.Late, lang.Plural(r.Late, "problem"), lang.Plural(r.Letters, "letter"))
	}
	return l.F("%[1]d 件信访件，%[2]d 个问题，没有超期的", "%[3]s of %[4]s, and none is late", r.Letters, r.Problems, lang.Plural(r.Problems, "problem"), lang.Plural(r.Letters, "letter"))
}

func tells(l lang.Lang, c campaign.Campaign, r standing.Result) []string {
	out := []string{l.F("%[1]s：收到 %[2]d 件，是 %[3]d 个问题。", "%[1]s: %[4]s came, about %[5]s.", c.Name, r.Letters, r.Problems, lang.Plural(r.Letters, "letter"), lang.Plural(r.Problems, "problem"))}
	if r.Unsigned > 0 {
		out = append(out, l.F("%d 个问题还没有人签收。", "%d are not signed for.", r.Unsigned))
	}
	if r.Late > 0 {
		out = append(out, l.F("%d 个问题该走的一步已经超期。", "%d are late with the step that is owed now.", r.Late))
	}
	return append(out, l.T("说办结不算数：有无关单位到现场核查、有群众的话，才能销号；反弹的收回重办。", "Being called done is not enough: somebody unrelated looks on site and people are heard before it is closed; what comes back is taken up again."))
}

// bars are the stages that have problems, in the order of the way.
func bars(l lang.Lang, r standing.Result) kit.BarChart {
	chart := kit.BarChart{Says: l.F("%d 个问题停在哪一步", "where %d problems stand", r.Problems)}
	for _, s := range complaint.Problem.Stages {
		if n := r.Stages[s.Key]; n > 0 {
			chart.Bars = append(chart.Bars, kit.Bar{Name: s.Name.In(l), N: n})
		}
	}
	return chart
}
