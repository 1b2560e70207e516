package public

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/web"
)

// mostKept bounds the contests of halls that are in memory.
const mostKept = 8

// elsewhere is a contest that was judged in a hall with a log of its own: nil where the site has none of the code.
func (p *Pages) elsewhere(r *http.Request) (t *taken.Taken, err error) {
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		one, is, err := taken.Of(tx, r.PathValue("code"))
		if is {
			t = &one
		}
		return err
	})
	return t, err
}

// files are the releases of one, and none of a code that the site does not have.
func (p *Pages) files(r *http.Request) (files []taken.Release, err error) {
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		files, err = taken.Releases(tx, r.PathValue("code"))
		return err
	})
	return files, err
}

// lookElsewhere is look for such a contest.
func (p *Pages) lookElsewhere(r *http.Request, title lang.Text) (v view, is bool, err error) {
	t, err := p.elsewhere(r)
	if err != nil || t == nil {
		return v, false, err
	}
	v.Page, v.taken, v.office, v.home = p.Site.Page(r, title), t, t.Office, web.Address(r, "/log")
	if v.board, err = p.shown(r, t); err != nil {
		return v, false, fmt.Errorf("taken %s: %w", t.Contest, err)
	}
	v.Event = v.board.Event
	return v, true, nil
}

// shown is what is shown of one: computed from its last public file, once for all who ask.
func (p *Pages) shown(r *http.Request, t *taken.Taken) (*board.Show, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.kept[t.File]; s != nil {
		return s, nil
	}
	files, err := p.files(r)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fault.New(fault.NotFound, "没有这次评审", "there is no such contest")
	}
	f, err := seal.Read([]byte(files[len(files)-1].Text))
	if err != nil {
		return nil, err
	}
	set, err := f.Set()
	if err != nil {
		return nil, err
	}
	table, err := mark.Arrange(&f.Rule.Rule, set)
	if err != nil {
		return nil, err
	}
	e := event.Event{Code: t.Contest, Title: t.Title, Approval: t.Approval, Cycle: t.Cycle, Rule: f.Rule, RuleHash: f.RuleHash, State: contest.Judged, MadeAt: t.At}
	if e.Division, err = gb.Parse(t.Division); err != nil {
		return nil, err
	}
	var all []taken.Entry
	if err := json.Unmarshal([]byte(t.Entries), &all); err != nil {
		return nil, err
	}
	entries := map[string]entry.Entry{}
	for _, one := range all {
		entries[one.Number] = entry.Entry{Number: one.Number, Title: one.Title, Groups: one.Groups}
	}
	var releases []release.Release
	for _, one := range files {
		at, err := one.At()
		if err != nil {
			return nil, err
		}
		releases = append(releases, release.Release{Contest: t.Contest, N: one.N, File: taken.Sum([]byte(one.Text)), At: at})
	}
	if len(p.kept) >= mostKept {
		clear(p.kept)
	}
	s := board.Elsewhere(hall.Board{Event: e, Result: scoring.Score(table), Facts: f.Facts, Sheets: f.Sheets, All: true}, releases, entries)
	p.kept[t.File] = s
	return s, nil
}

// Proof is that the hall's log has the release, as a receipt.
func (p *Pages) Proof(w http.ResponseWriter, r *http.Request) error {
	files, err := p.files(r)
	if err != nil {
		return err
	}
	for _, f := range files {
		if strconv.Itoa(f.N) == r.PathValue("n") {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="`+f.Contest+"-"+strconv.Itoa(f.N)+`.tlog-proof"`)
			_, _ = w.Write([]byte(f.Proof)) // a reader who left does not mind
			return nil
		}
	}
	return fault.New(fault.NotFound, "没有这一次公布的凭据：只有从现场收进来的评审才有，别的在 /log 里查", "there is no such receipt: contests that were taken in have them; look in /log for others")
}

// own tells whether it was judged here.
func (v view) own() bool { return v.taken == nil }

// ruleOf is the contest whose rule is asked for.
func (p *Pages) ruleOf(r *http.Request, title lang.Text) (page.Contest, error) {
	c, err := p.Public(r, title)
	if fault.KindOf(err) != fault.NotFound {
		return c, err
	}
	v, is, other := p.lookElsewhere(r, title)
	if other != nil || !is {
		return c, cmp.Or(other, err)
	}
	return v.Contest, nil
}
