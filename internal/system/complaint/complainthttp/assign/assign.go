// Package assign is the evening's assignment: several problems at once to a unit, and others that help.
//
// What is chosen is said back before it is done, with what it will do to how many. Then each problem is a transaction of
// its own with the version that was seen, so that one that somebody else has moved meanwhile stops no other; the answer
// tells which went and which did not, and why. Sent twice, the second time changes nothing.
//
// A unit sees a digest and not the letter, so that what is said back asks for the digest of each letter that has none; one can be
// proposed of the letter's own words, which is kept as having seen them. Nothing goes while one lacks.
package assign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of assigning.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const (
	at   = "/complaints/assign"
	rows = 100 // at a time
)

var title = lang.Text{ZH: "批量交办", EN: "Assign"}

// view is the list to choose from, what it will do, and what it did.
type view struct {
	page.Visit
	all      []problem.Problem // that wait
	total    int
	pages    kit.Pages
	offers   []string
	typed    url.Values
	chosen   map[string]bool   // codes
	picked   []problem.Problem // those chosen, to be shown back
	letters  int               // of them, each once
	lead     string            // names
	joint    []string
	leadID   string
	jointIDs []string
	results  []result
	bare     map[string][]string // of the problems in the list: which of their letters have no digest
	lacking  []lacking           // of those that were picked
}

// lacking is a letter without a digest, of a problem that is to be assigned.
type lacking struct {
	letter.Letter
	code string
}

func (l lacking) field() string { return problem.DigestField(l.ID) }

// result is what became of one.
type result struct {
	code, title string
	why         string // it did not go; empty: it did
}

// List answers the problems that wait to be assigned.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r, url.Values{})
	if err != nil {
		return err
	}
	return v.Write(w, r, listPage(v))
}

func (p *Pages) load(r *http.Request, typed url.Values) (v view, err error) {
	v.typed, v.chosen = typed, map[string]bool{}
	if v.Visit, err = p.Enter(r, title, complaint.Coordinate); err != nil {
		return v, err
	}
	for _, text := range typed["p"] {
		code, _, _ := strings.Cut(text, "@")
		v.chosen[code] = true
	}
	f := problem.Filter{Campaign: v.Campaign.Code, Stage: complaint.Received, Division: r.URL.Query().Get("division"), Limit: rows + 1}
	f.After.ID = r.URL.Query().Get("after")
	if f.After.ID != "" { // all of them wait without a time
		err = p.DB.View(r.Context(), func(tx *db.Tx) error {
			one, err := problem.Read(tx, f.After.ID)
			f.After = one.Mark()
			return err
		})
		if err != nil {
			return v, err
		}
		v.pages.First = v.At(at)
	}
	if v.all, v.total, err = p.Problems.List(r.Context(), v.Who, f); err != nil {
		return v, err
	}
	if len(v.all) > rows {
		v.all = v.all[:rows]
		v.pages.Next = v.At(at, "after", v.all[rows-1].ID)
	}
	v.bare = map[string][]string{}
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		ids := make([]string, len(v.all))
		for i, one := range v.all {
			ids[i] = one.ID
		}
		bare, err := letter.BareOf(tx, ids)
		for _, b := range bare {
			v.bare[b.Problem] = append(v.bare[b.Problem], b.Letter)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	v.pages.Shown = v.F("这一页 %d 个，共 %d 个", "%d on this page, %d in all", len(v.all), v.total)
	v.offers, err = p.Offers(r.Context())
	return v, err
}

// Send says back what was chosen, and once that is confirmed assigns.
func (p *Pages) Send(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, err := p.load(r, r.PostForm)
	if err != nil {
		return err
	}
	moves, err := p.read(r, &v)
	if err != nil {
		if v.Form, err = v.Refused(r.PostForm, err); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.Form.Status(), listPage(v))
	}
	switch r.PostForm.Get("do") {
	case "confirm":
		if err := v.describe(moves); err != nil {
			if v.Form, err = v.Refused(r.PostForm, err); err != nil {
				return err
			}
			return v.WriteStatus(w, r, v.Form.Status(), previewPage(v))
		}
		return p.confirmed(w, r, v, moves)
	case "propose":
		if err := p.propose(r.Context(), &v); err != nil {
			return err
		}
	}
	return v.Write(w, r, previewPage(v))
}

// propose fills in digests where nothing was typed.
func (p *Pages) propose(ctx context.Context, v *view) error {
	var ids []string
	for _, l := range v.lacking {
		if strings.TrimSpace(v.typed.Get(l.field())) == "" {
			ids = append(ids, l.ID)
		}
	}
	drafts, err := p.Letters.Propose(ctx, v.Who, ids)
	for id, text := range drafts {
		v.typed.Set(problem.DigestField(id), text)
	}
	return err
}

// describe gives the moves the digests that were typed: all that is wrong with them at once.
func (v view) describe(moves []problem.Move) error {
	digests := map[string]string{}
	var wrong []error
	for _, l := range v.lacking {
		text, err := letter.CheckDigest(l.field(), v.typed.Get(l.field()))
		wrong = append(wrong, err)
		digests[l.ID] = text
	}
	for i := range moves {
		moves[i].Digests = digests
	}
	return errors.Join(wrong...)
}

func (p *Pages) confirmed(w http.ResponseWriter, r *http.Request, v view, moves []problem.Move) error {
	for i, m := range moves {
		done := result{code: v.picked[i].Code, title: v.picked[i].Title}
		if _, err := p.Problems.Move(r.Context(), v.Who, m); err != nil {
			text, known := fault.In(v.Lang, err)
			if !known {
				return err
			}
			done.why = text
		}
		v.results = append(v.results, done)
	}
	return v.Write(w, r, donePage(v))
}

// read reads what was chosen, and for whom: all that is wrong with it at once.
func (p *Pages) read(r *http.Request, v *view) (moves []problem.Move, err error) {
	var all []error
	ctx := r.Context()
	v.leadID, err = p.Unit(ctx, "lead", v.typed.Get("lead"))
	switch {
	case err != nil:
		all = append(all, err)
	case v.leadID == "":
		all = append(all, fault.At("lead", fault.New(fault.Invalid, "请选主办单位", "choose the unit that leads")))
	case v.leadID == v.Campaign.Office:
		all = append(all, fault.At("lead", fault.New(fault.Invalid, "协调单位不能交办给自己：交办的和办理的要分开", "the office that coordinates cannot assign to itself")))
	}
	if v.jointIDs, err = p.Units(ctx, "joint", v.typed.Get("joint")); err != nil {
		all = append(all, err)
	}
	if len(v.chosen) == 0 {
		all = append(all, fault.At("p", fault.New(fault.Invalid, "还没有选问题：在下面勾选要交办的", "no problem is chosen: tick those to be assigned")))
	}
	if len(v.typed["p"]) > rows {
		all = append(all, fault.At("p", fault.New(fault.Invalid, "一次最多 %d 个", "%d at a time", rows)))
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		had := map[string]bool{}
		for _, text := range v.typed["p"] {
			code, version, _ := strings.Cut(text, "@")
			one, err := problem.ByCode(tx, code)
			if err == nil && one.Campaign != v.Campaign.Code {
				err = fault.New(fault.Invalid, "“%[1]s”是另一次督察的问题", "%[1]q is of another inspection", code)
			}
			if err != nil {
				return fault.At("p", err)
			}
			seen, _ := strconv.Atoi(version) // what is none was seen by nobody
			moves = append(moves, problem.Move{Problem: one.ID, Move: "assign", Seen: seen, Lead: v.leadID, Joint: v.jointIDs})
			v.picked = append(v.picked, one)
			letters, err := letter.Of(tx, one.ID)
			if err != nil {
				return err
			}
			for _, l := range letters {
				if l.Digest == "" && !had[l.ID] {
					v.lacking = append(v.lacking, lacking{l, one.Code})
				}
				had[l.ID] = true
			}
		}
		v.letters = len(had)
		return nil
	})
	if err != nil {
		return nil, err
	}
	names, err := p.Names(ctx, append([]string{v.leadID}, v.jointIDs...)...)
	v.lead = names[v.leadID]
	for _, id := range v.jointIDs {
		v.joint = append(v.joint, names[id])
	}
	return moves, err
}

// bareOnPage is how many letters of the list have no digest.
func (v view) bareOnPage() int {
	ids := map[string]bool{}
	for _, bare := range v.bare {
		for _, id := range bare {
			ids[id] = true
		}
	}
	return len(ids)
}

// went is how many of the results went.
func (v view) went() (n int) {
	for _, one := range v.results {
		if one.why == "" {
			n++
		}
	}
	return n
}

func value(p problem.Problem) string { return p.Code + "@" + strconv.Itoa(p.Version) }
