package public

import (
	"context"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
)

// Article is what contests tell the city: how many scores were revealed that anybody may compute again, and what had to be corrected.
func (p *Pages) Article(ctx context.Context) (a web.Article, err error) {
	n, err := p.Releases.Now(ctx)
	if err != nil {
		return a, err
	}
	newest, first, ran, err := p.newest(ctx)
	if err != nil {
		return a, err
	}
	more := web.NavItem{Href: "/contests", Text: lang.Text{ZH: "看各次评审", EN: "All contests"}, Icon: web.IconLegal}
	if newest.Code != "" {
		more = web.NavItem{Href: page.At(newest.Code), Text: lang.Text{ZH: "看名次，自己验算", EN: "Places, and how to check them"}, Icon: web.IconLegal}
	}
	return web.Article{
		At: p.Now(), Receipt: figure.Path(release.Results, nil), More: more,
		Says: func(l lang.Lang) web.ArticleWords {
			return web.ArticleWords{
				Headline: headline(l, n), Number: strconv.Itoa(n.Revealed), Figure: l.T("个当场公布的成绩", "scores revealed in the hall"),
				Text: tells(l, n, newest, ran), Picture: winners(l, newest, first),
			}
		},
	}, nil
}

// winner is an entry above a line of the newest contest, or one of its first ten.
type winner struct{ place, number, title, units, total string }

// newest is the newest contest that was released and is no rehearsal, with its first and how many ran; none: the zero event.
func (p *Pages) newest(ctx context.Context) (e event.Event, first []winner, ran int, err error) {
	all, err := p.Events.List(ctx, event.From{}, listed)
	if err != nil {
		return e, nil, 0, err
	}
	for i := range all {
		code := all[i].Code
		out, err := p.Releases.List(ctx, code)
		if err != nil {
			return e, nil, 0, err
		}
		if all[i].Rehearsal || len(out) == 0 {
			continue
		}
		b, err := p.boards.Of(ctx, code)
		if err != nil {
			return e, nil, 0, err
		}
		for _, o := range b.Order {
			if o.State == hall.Shown {
				ran++
			}
		}
		return all[i], firstOf(b), ran, nil
	}
	return e, nil, 0, nil
}

// mostShown is how many of the first an article has.
const mostShown = 10

func firstOf(b *board.Show) (first []winner) {
	in := map[string]bool{}
	for _, c := range b.Result.Cuts {
		for _, number := range c.In {
			in[number] = true
		}
	}
	for i := range b.Result.Entries {
		e := &b.Result.Entries[i]
		if e.Place == 0 || len(first) == mostShown || len(in) > 0 && !in[e.Key] {
			continue
		}
		named, _ := b.Named(e.Key)
		first = append(first, winner{strconv.Itoa(e.Place), e.Key, named.Title, strings.Join(named.Groups[entry.Unit], "、"), e.Text()})
	}
	return first
}

// headline says the most awkward that is true.
func headline(l lang.Lang, n release.Counts) string {
	switch {
	case n.Revealed == 0:
		return l.T("还没有评审公布过成绩", "No contest has revealed a score yet")
	case n.Corrected > 0:
		return l.F("公布了 %[1]d 个成绩，有 %[2]d 张评分表公布以后更正过，两个版本都在", "%[3]s revealed; %[4]s corrected afterwards, with both versions to see", n.Revealed, n.Corrected, lang.Plural(n.Revealed, "score"), lang.Plural(n.Corrected, "sheet"))
	}
	return l.F("公布了 %[1]d 个成绩，每一个都能从一个文件重算", "%[2]s revealed, each of which anybody computes again from one file", n.Revealed, lang.Plural(n.Revealed, "score"))
}

func tells(l lang.Lang, n release.Counts, newest event.Event, ran int) (all []string) {
	if newest.Code != "" {
		all = append(all, l.F("最近一次是%[1]s，%[2]d 个作品当场打分、当场公布。", "The last one was %[1]s: %[2]d entries were marked and revealed in the hall.", newest.Title, ran))
	}
	if n.Released < n.Contests {
		all = append(all, l.F("一共 %[1]d 次评审，其中 %[2]d 次已经放出公开文件。", "Of %[1]d contests %[2]d have put out their public file.", n.Contests, n.Released))
	}
	return append(all, l.T("评分表先封存再公布：谁也不能在听到别人的分以后改自己的分。", "Sheets are sealed before they are shown: nobody changes a mark after hearing another's."))
}
