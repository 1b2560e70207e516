// Package public is what everybody sees of contests: the list, a contest with what was revealed, its rule in sentences,
// and each step of an entry's total. All of it is made from [board.Show] and from files that went out.
package public

import (
	"net/http"
	"net/url"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of everybody.
type Pages struct {
	*page.Pages
	boards *board.Boards
}

// New returns them.
func New(p *page.Pages, boards *board.Boards) *Pages { return &Pages{p, boards} }

var title = lang.Text{ZH: "评审", EN: "Contests"}

// listed is how many contests a page of the list has.
const listed = 50

type listView struct {
	web.Page
	all       []event.Event
	names     map[string]string
	next      string
	continued bool
}

// List lists contests, the newest first.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) (err error) {
	v := listView{Page: p.Site.Page(r, title)}
	q := r.URL.Query()
	behind := event.From{Code: q.Get("behind")}
	if at, e := time.Parse(time.RFC3339Nano, q.Get("at")); e == nil {
		behind.MadeAt, v.continued = at, true
	}
	if v.all, err = p.Events.List(r.Context(), behind, listed+1); err != nil {
		return err
	}
	if len(v.all) > listed {
		v.all = v.all[:listed]
		last := v.all[listed-1]
		v.next = "/contests?" + url.Values{"at": {last.MadeAt.Format(time.RFC3339Nano)}, "behind": {last.Code}}.Encode()
	}
	var ids []string
	for i := range v.all {
		ids = append(ids, v.all[i].Office)
	}
	if v.names, err = p.Names(r, ids...); err != nil {
		return err
	}
	return v.Write(w, r, list(v))
}
