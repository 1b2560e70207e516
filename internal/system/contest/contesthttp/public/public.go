// Package public is what everybody sees of contests: the list, a contest with what was revealed, its rule in sentences,
// and each step of an entry's total. All of it is made from [board.Show] and from files that went out.
package public

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of everybody.
type Pages struct {
	*page.Pages
	boards *board.Boards

	mu   sync.Mutex
	kept map[string]*board.Show // of contests that were taken in, by the hash of their file
}

// New returns them.
func New(p *page.Pages, boards *board.Boards) *Pages {
	return &Pages{Pages: p, boards: boards, kept: map[string]*board.Show{}}
}

var title = lang.Text{ZH: "评审", EN: "Contests"}

// listed is how many contests a page of the list has.
const listed = 50

type listView struct {
	web.Page
	all       []row
	next      string
	continued bool
}

// row is a contest of the list: of this site, or taken in from a hall.
type row struct {
	code, title, office string
	state               contest.State
	origin              string // of the hall's log; empty: judged here
	at                  time.Time
}

// List lists contests, the newest first; those that were taken in stand where they came.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) (err error) {
	v := listView{Page: p.Site.Page(r, title)}
	q := r.URL.Query()
	behind := event.From{Code: q.Get("behind"), MadeAt: p.Now().AddDate(100, 0, 0)}
	if at, e := time.Parse(time.RFC3339Nano, q.Get("at")); e == nil {
		behind.MadeAt, v.continued = at, true
	}
	if v.all, err = p.rows(r, behind, listed+1); err != nil {
		return err
	}
	if len(v.all) > listed {
		v.all = v.all[:listed]
		last := v.all[listed-1]
		v.next = "/contests?" + url.Values{"at": {last.at.Format(time.RFC3339Nano)}, "behind": {last.code}}.Encode()
	}
	return v.Write(w, r, list(v))
}

func (p *Pages) rows(r *http.Request, behind event.From, limit int) (all []row, err error) {
	own, err := p.Events.List(r.Context(), behind, limit)
	if err != nil {
		return nil, err
	}
	var others []taken.Taken
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		others, err = taken.List(tx, taken.From{At: behind.MadeAt, Code: behind.Code}, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range own {
		ids = append(ids, own[i].Office)
	}
	names, err := p.Names(r, ids...)
	if err != nil {
		return nil, err
	}
	for i := range own {
		all = append(all, row{code: own[i].Code, title: own[i].Title, office: names[own[i].Office], state: own[i].State, at: own[i].MadeAt})
	}
	for i := range others {
		all = append(all, row{code: others[i].Contest, title: others[i].Title, office: others[i].Office, state: contest.Judged, origin: others[i].Origin, at: others[i].At})
	}
	slices.SortFunc(all, func(a, b row) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(b.code, a.code)) })
	return all[:min(limit, len(all))], nil
}
