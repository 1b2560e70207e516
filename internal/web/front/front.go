// Package front is the front page of a site and the doors of its systems.
//
//	GET /            where can I rest now, and what each system tells the city today
//	GET /complaints  the door of a system that is not built yet, and so on
//
// The page is a newspaper's: an article a system, of live figures, true also where that
// is awkward, each with a link to how it is known, and last the checkpoint of the public
// log. An article is the site's and no reader's: desk asks each system at most once a
// minute and a page waits for it less than a blink (desk.go). Where one system alone is
// on, / is that system, answered in place.
//
// No redirect here is permanent: a browser would remember it after a restart with other
// systems.
package front

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps struct {
	Site       *web.Site
	Systems    []web.Mounted // that are on, in their order
	Off        []web.System
	Now        func() time.Time // in the city's zone
	Checkpoint func(context.Context) (logtree.Checkpoint, error)
}

type pages struct {
	Deps
	desk *desk
}

// Routes lists the addresses.
func Routes(mux *web.Mux, d Deps) {
	p := &pages{Deps: d, desk: newDesk(d)}
	if alone, ok := d.alone(); ok {
		answer := alone.Alone
		if answer == nil {
			answer = p.door(alone.System)
		}
		mux.Of(alone.Key).Open("GET /{$}", func(w http.ResponseWriter, r *http.Request) error {
			r = r.Clone(r.Context())
			r.URL.Path = alone.Home // of which the page takes itself to be
			return answer(w, r)
		})
	} else {
		mux.Open("GET /{$}", p.page)
	}
	for _, s := range d.Systems {
		if s.Planned {
			mux.Open("GET "+s.Door, p.door(s.System))
		}
	}
	for _, s := range d.Off {
		off := p.off(s)
		mux.Open(s.Door, off)
		mux.Open(s.Door+"/", off)
	}
}

// alone is the system that / is: the only one that is on, or the only one there is
// anything of, where it has nothing to tell a city.
func (d Deps) alone() (web.Mounted, bool) {
	if len(d.Systems) == 1 {
		return d.Systems[0], true
	}
	built := slices.DeleteFunc(slices.Clone(d.Systems), func(s web.Mounted) bool { return s.Planned })
	if len(built) == 1 && built[0].Article == nil && built[0].Alone != nil {
		return built[0], true
	}
	return web.Mounted{}, false
}

// view is the front page.
type view struct {
	web.Page
	question web.Mounted // the system that workers ask; without Ask where there is none
	told     []told
	planned  []web.System
	now      time.Time
	log      logtree.Checkpoint
	logged   bool // there is a checkpoint
	logHome  string
}

// told is what a system tells, or why it does not.
type told struct {
	system  web.System
	article web.Article
	words   web.ArticleWords
	state   state
}

func (p *pages) page(w http.ResponseWriter, r *http.Request) error {
	for _, s := range p.Systems {
		// Addresses of the days when the finder was here are on paper and in bookmarks.
		if s.Ask != nil && asks(r.URL.Query(), s.Asked) {
			http.Redirect(w, r, s.Home+"?"+r.URL.RawQuery, http.StatusFound)
			return nil
		}
	}
	v := view{Page: p.Site.Page(r, lang.Text{ZH: "今天", EN: "Today"}), now: p.Now(), logHome: web.Address(r, "/log")}
	v.Describe = v.T("这座城市今天的公共服务：每个数字都能自己查证。", "The city's public services today, with figures that anyone can check.")
	for i, s := range p.Systems {
		switch {
		case s.Planned:
			v.planned = append(v.planned, s.System)
			continue
		case s.Ask != nil && v.question.Ask == nil:
			v.question = s
		}
		if s.Article != nil {
			one := told{system: s.System}
			if one.article, one.state = p.desk.latest(r.Context(), i); one.state == fresh {
				one.words = one.article.Says(v.Lang)
			}
			v.told = append(v.told, one)
		}
	}
	// The checkpoint is asked for at each request and not kept with the articles. An article
	// is made anew the moment that the register changes, and what it tells is in the log a
	// second later: under a checkpoint of a minute ago it would not be. It is one row and a
	// small file.
	var err error
	if v.log, err = p.Checkpoint(r.Context()); err == nil {
		v.logged = true
	} else if fault.KindOf(err) != fault.NotFound {
		p.Site.LogOutage(r.Context(), err) // the page stands without it
	}
	return v.Write(w, r, frontView(v))
}

// asks reports whether an address holds a question.
func asks(q url.Values, names []string) bool {
	return slices.ContainsFunc(names, q.Has)
}

// city is what the page is about, as its headline says it.
func (v view) city() string {
	if city := v.Site.City.In(v.Lang); city != "" {
		return v.F("今天在%s", "Today in %s", city)
	}
	return v.T("今天在这座城市", "Today in the city")
}

// date is the day and hour of the page.
func (v view) date() string {
	if v.Lang == lang.EN {
		return v.now.Format("Monday 2 January 2006, 15:04")
	}
	return v.now.Format("2006年1月2日 星期") + weekdays[v.now.Weekday()] + v.now.Format(" 15:04")
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}
