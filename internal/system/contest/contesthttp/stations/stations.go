// Package stations is the pages of a selection of the most beautiful stations: what was recommended, for everybody; each station's
// evidence file; the pages of who recommends, level by level; and the quotas, for who holds the selection.
package stations

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of a selection.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

// listView is what was recommended.
type listView struct {
	page.Contest
	quotas []share
	all    []nomination.Nomination
	next   string
	first  string
}

// share is a quota with what is used of it.
type share struct {
	nomination.Quota
	used int
}

// rowsShown is how many stations a page has.
const rowsShown = 100

var listTitle = lang.Text{ZH: "推荐的驿站", EN: "Recommended stations"}

// List is what was nominated and recommended, for everybody.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v := listView{}
	var err error
	if v.Contest, err = p.Public(r, listTitle); err != nil {
		return err
	}
	v.Here = "stations"
	if v.quotas, err = p.shares(r, v.Event.Code); err != nil {
		return err
	}
	after := r.URL.Query().Get("after")
	if v.all, err = p.Nominations.Public(r.Context(), nomination.Filter{Contest: v.Event.Code, After: after, Limit: rowsShown + 1}); err != nil {
		return err
	}
	at := page.At(v.Event.Code, "stations")
	if len(v.all) > rowsShown {
		v.all = v.all[:rowsShown]
		v.next = at + "?" + url.Values{"after": {v.all[rowsShown-1].Station}}.Encode()
	}
	if after != "" {
		v.first = at
	}
	return v.Write(w, r, listPage(v))
}

// shares are the quotas of a selection with what is used of each.
func (p *Pages) shares(r *http.Request, code string) (all []share, err error) {
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		all = nil
		quotas, err := nomination.Quotas(tx, code)
		if err != nil {
			return err
		}
		counts, err := nomination.Counts(tx, code)
		for _, q := range quotas {
			all = append(all, share{q, nomination.Used(counts, q.Division)})
		}
		return err
	})
	return all, err
}

// named is what a division is called by its code.
func named(v web.Page, code string) string {
	d, err := gb.Parse(code)
	if err != nil {
		return v.T("全国", "the whole country")
	}
	return d.Name().In(v.Lang)
}

// fileView is what is known of a station.
type fileView struct {
	page.Contest
	nomination.Shown
}

// changed tells whether a fact is another than when the station was chosen.
func (v *fileView) changed(f nomination.Fact) (was string, changed bool) {
	if v.Was == nil {
		return "", false
	}
	for _, old := range v.Was.Facts {
		if old.Key == f.Key {
			return old.Value.In(v.Lang), old.Value != f.Value
		}
	}
	return "", false
}

// File is a station's evidence file, for everybody.
func (p *Pages) File(w http.ResponseWriter, r *http.Request) error {
	v := fileView{}
	var err error
	if v.Contest, err = p.Public(r, lang.Text{ZH: "实证材料", EN: "Evidence file"}); err != nil {
		return err
	}
	v.Here = "stations"
	if v.Shown, err = p.Nominations.Show(r.Context(), v.Event.Code, r.PathValue("station")); err != nil {
		return err
	}
	v.Title = v.Name
	return v.Write(w, r, filePage(v))
}

// Text is the text of one file.
func (p *Pages) Text(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("n"), ".json"))
	if err != nil {
		return fault.New(fault.NotFound, "没有这一份材料", "there is no such file")
	}
	text, err := p.Nominations.Text(r.Context(), r.PathValue("code"), r.PathValue("station"), n)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(text) // a reader who left does not mind
	return nil
}

// stepName is what a file's step is called.
func stepName(l lang.Lang, step string) string {
	if step == nomination.Effect {
		return l.T("说成效时", "when its effect was told")
	}
	return nomination.State(step).Name().In(l)
}
